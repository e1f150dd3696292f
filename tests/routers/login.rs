//! Logging in to a real OpenSSH server, each way that is offered.

use netsnap_core::collect::CollectOptions;
use netsnap_core::model::{Device, Proof, Secret};
use netsnap_tests::{Bench, Lab};

async fn version(device: Device) -> String {
    let bench = Bench::new().await;
    let commands = ["show version".to_owned(), "show running-config".to_owned()];
    let run = bench
        .engine
        .collect(&[device.clone()], &commands, &CollectOptions::default())
        .await
        .unwrap();
    assert_eq!(run.devices[0].error, None);
    let output = bench
        .engine
        .output(&run.execution.id, &device.name, "show version")
        .await
        .unwrap();
    assert_eq!(output.summary.proof, Proof::Fence);
    bench.assert_nothing_half_written();
    output.text().into_owned()
}

#[tokio::test]
async fn a_password_logs_in() {
    let mut router = Lab::find().router("r1");
    (router.key, router.password) = (None, Some(Secret::Literal("netsnap".to_owned())));
    assert!(version(router).await.starts_with("FRRouting 8."));
}

#[tokio::test]
async fn a_key_logs_in() {
    let mut router = Lab::find().router("r1");
    router.password = None;
    assert!(version(router).await.starts_with("FRRouting 8."));
}
