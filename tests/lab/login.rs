//! Logging in to a real OpenSSH server, each way that is offered, and each way of being refused.

use netsnap_core::ErrorKind;
use netsnap_core::collect::CollectOptions;
use netsnap_core::model::{Device, Proof, Secret};
use netsnap_tests::Bench;

use crate::script::Lab;

async fn version(device: Device) -> String {
    let bench = Bench::new().await;
    let commands = ["show version".to_owned(), "show running-config".to_owned()];
    let options = CollectOptions::default();
    let devices = std::slice::from_ref(&device);
    let run = bench.engine.collect(devices, &commands, &options).await;
    let run = run.expect("recorded");
    assert_eq!(run.devices[0].error, None);
    let id = &run.execution.id;
    let output = bench.engine.output(id, &device.name, "show version").await;
    let output = output.expect("kept");
    assert!(output.summary.proof >= Proof::Fence);
    bench.assert_nothing_half_written();
    output.text().into_owned()
}

#[tokio::test]
async fn a_password_logs_in() {
    let lab = Lab::take();
    let mut router = lab.router("r1");
    (router.key, router.password) = (None, Some(Secret::Literal("netsnap".to_owned())));
    assert!(version(router).await.starts_with("FRRouting 8."));
}

#[tokio::test]
async fn a_key_logs_in() {
    let lab = Lab::take();
    let mut router = lab.router("r1");
    router.password = None;
    assert!(version(router).await.starts_with("FRRouting 8."));
}

async fn refusal(device: Device) -> ErrorKind {
    let bench = Bench::new().await;
    let (devices, commands) = ([device], ["show version".to_owned()]);
    let options = CollectOptions::default();
    let run = bench.engine.collect(&devices, &commands, &options).await;
    let error = run.expect("recorded").devices[0]
        .error
        .clone()
        .expect("refused");
    assert!(error.hint.is_some() && !error.retryable, "{error:?}");
    error.kind
}

#[tokio::test]
async fn a_wrong_password_is_rejected() {
    let lab = Lab::take();
    let mut router = lab.router("r1");
    (router.key, router.password) = (None, Some(Secret::Literal("wrong".to_owned())));
    assert_eq!(refusal(router).await, ErrorKind::AuthenticationRejected);
}

#[tokio::test]
async fn unknown_changed_and_revoked_host_keys_are_told_apart() {
    let lab = Lab::take();
    let (router, other) = (lab.router("r1"), lab.router("r2"));
    let known = std::fs::read_to_string(router.known_hosts.clone().unwrap()).unwrap();
    let keys = |device: &Device| -> Vec<String> {
        let host = format!("{} ", device.host);
        let of = known.lines().filter_map(|line| line.strip_prefix(&host));
        of.map(|key| format!("{} {key}\n", router.host)).collect()
    };
    let revoke = |line: &String| format!("@revoked {line}{line}");
    let revoked: String = keys(&router).iter().map(revoke).collect();
    for (text, kind) in [
        (String::new(), ErrorKind::HostKeyUnknown),
        (keys(&other).concat(), ErrorKind::HostKeyChanged),
        (revoked, ErrorKind::HostKeyRevoked),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known_hosts");
        std::fs::write(&file, text).unwrap();
        let mut device = router.clone();
        device.known_hosts = Some(file);
        assert_eq!(refusal(device).await, kind);
    }
}
