//! What goes wrong on real routers, and what a caller is told.

use std::time::Duration;

use netsnap_core::ErrorKind;
use netsnap_core::capture::CaptureOptions;
use netsnap_core::collect::CollectOptions;
use netsnap_core::model::{Device, DeviceStatus, Secret};
use netsnap_core::transport::Limits;
use netsnap_tests::{Bench, Lab};

fn short() -> Limits {
    let mut limits = Limits::default();
    limits.connect = Duration::from_secs(2);
    limits.handshake = Duration::from_secs(2);
    limits
}

/// Collects from all four routers and returns how one of them failed; the others must be well.
async fn collect_with_one_broken(lab: &Lab, broken: &str) -> ErrorKind {
    let bench = Bench::new().await;
    let mut options = CollectOptions::default();
    options.limits = short();
    let run = bench
        .engine
        .collect(
            &lab.inventory.devices,
            &["show version".to_owned()],
            &options,
        )
        .await
        .unwrap();
    for device in run.devices.iter().filter(|device| device.device != broken) {
        assert_eq!(device.status, DeviceStatus::Ok, "{device:?}");
    }
    bench.assert_nothing_half_written();
    let device = run
        .devices
        .iter()
        .find(|device| device.device == broken)
        .unwrap();
    let error = device.error.clone().expect("the broken one fails");
    assert!(error.hint.is_some(), "{error:?}");
    error.kind
}

#[tokio::test]
async fn silence_refusal_and_a_frozen_server_are_three_kinds() {
    let lab = Lab::find();
    for (mode, kind) in [
        ("drop", ErrorKind::ConnectTimeout),
        ("refuse", ErrorKind::ConnectionRefused),
        ("hang", ErrorKind::BannerTimeout),
    ] {
        lab.lab(&["break", "r2", mode]);
        let found = collect_with_one_broken(&lab, "r2").await;
        lab.lab(&["heal", "r2"]);
        assert_eq!(found, kind, "{mode}");
    }
}

#[tokio::test]
async fn a_slow_router_is_only_slow() {
    let lab = Lab::find();
    lab.lab(&["slow", "r3", "200"]);
    let bench = Bench::new().await;
    let run = bench
        .engine
        .capture(&[lab.router("r3")], &CaptureOptions::default())
        .await
        .unwrap();
    lab.lab(&["heal", "r3"]);
    assert_eq!(run.devices[0].error, None);
}

async fn refusal(device: Device) -> ErrorKind {
    let bench = Bench::new().await;
    let run = bench
        .engine
        .collect(
            &[device],
            &["show version".to_owned()],
            &CollectOptions::default(),
        )
        .await
        .unwrap();
    let error = run.devices[0].error.clone().expect("refused");
    assert!(error.hint.is_some() && !error.retryable, "{error:?}");
    error.kind
}

#[tokio::test]
async fn a_wrong_password_is_rejected_once() {
    let mut router = Lab::find().router("r1");
    (router.key, router.password) = (None, Some(Secret::Literal("wrong".to_owned())));
    assert_eq!(refusal(router).await, ErrorKind::AuthenticationRejected);
}

#[tokio::test]
async fn unknown_changed_and_revoked_host_keys_are_told_apart() {
    let lab = Lab::find();
    let router = lab.router("r1");
    let known = std::fs::read_to_string(router.known_hosts.clone().unwrap()).unwrap();
    let other = known.replace(&lab.router("r2").host, &router.host);
    let others_only: String = other
        .lines()
        .skip(2)
        .take(2)
        .map(|line| format!("{line}\n"))
        .collect();
    let revoked: String = known
        .lines()
        .filter(|line| line.starts_with(&router.host))
        .map(|line| format!("@revoked {line}\n{line}\n"))
        .collect();
    for (text, kind) in [
        (String::new(), ErrorKind::HostKeyUnknown),
        (others_only, ErrorKind::HostKeyChanged),
        (revoked, ErrorKind::HostKeyRevoked),
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let device = Device {
            known_hosts: Some(file.path().to_owned()),
            ..router.clone()
        };
        assert_eq!(refusal(device).await, kind);
    }
}

#[tokio::test]
async fn a_dead_routing_daemon_makes_the_configuration_incomplete() {
    let lab = Lab::find();
    lab.lab(&["kill-daemon", "r4", "ospfd"]);
    let bench = Bench::new().await;
    let capture = bench
        .engine
        .capture(&lab.inventory.devices, &CaptureOptions::default())
        .await
        .unwrap();
    lab.lab(&["heal", "r4"]);
    let names: Vec<_> = capture
        .snapshots
        .iter()
        .map(|snapshot| snapshot.subject.as_str())
        .collect();
    assert_eq!(
        names,
        ["r1", "r2", "r3"],
        "no snapshot is made of an incomplete configuration"
    );
    let error = capture.devices[3].error.clone().expect("r4 fails");
    assert_eq!(
        (error.kind, error.context["part"].as_str()),
        (ErrorKind::ConfigurationIncomplete, "ospfd")
    );
}
