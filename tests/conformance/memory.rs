//! An output that never ends costs the memory of its limit, not its own size.

use netsnap_core::ErrorKind;
use netsnap_core::Netsnap;
use netsnap_core::collect::CollectOptions;
use netsnap_tests::{Bed, Job};

const THIS: &str = "memory::an_overflow_costs_the_memory_of_its_limit";
const LIMIT: u64 = 1 << 20;
/// The output is 60 MB; buffers on the way have their own, constant, sizes.
const ALLOWED: u64 = 24 << 20;

/// Returns a line of `/proc/self/status` in bytes.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line
        .unwrap()
        .trim_matches(|letter: char| !letter.is_ascii_digit());
    kilobytes.parse::<u64>().unwrap() << 10
}

/// The process that is measured: the devices live elsewhere.
async fn overflow(job: Job) {
    let engine = Netsnap::open(&job.store).await.unwrap();
    let mut options = CollectOptions::default();
    let warm = ["show version".to_owned()];
    engine.collect(&job.devices, &warm, &options).await.unwrap();
    options.limits.output = LIMIT;
    let before = memory("VmHWM:");
    let run = engine
        .collect(&job.devices, &[job.what], &options)
        .await
        .unwrap();
    let error = run.devices[0].error.clone().expect("too much");
    assert_eq!(error.kind, ErrorKind::OutputOverflow);
    let grown = memory("VmHWM:") - before;
    assert!(grown < ALLOWED, "{} MB more", grown >> 20);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_overflow_costs_the_memory_of_its_limit() {
    if let Some(job) = Job::of_this_process() {
        return overflow(job).await;
    }
    let bed = Bed::ring(1).await;
    let mut child = Job::command(&bed, THIS, "show bulk 60").spawn().unwrap();
    assert!(child.wait().await.unwrap().success());
    bed.assert_clean().await;
}
