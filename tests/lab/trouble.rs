//! What goes wrong on real routers, and what a caller is told.

use netsnap_core::ErrorKind;
use netsnap_core::capture::CaptureOptions;
use netsnap_core::collect::CollectOptions;
use netsnap_core::model::DeviceStatus;
use netsnap_tests::{Bench, short};

use crate::script::Lab;

/// Collects from all routers and returns how the broken one failed; the others must be well.
async fn collect_with_one_broken(lab: &Lab, broken: &str) -> ErrorKind {
    let bench = Bench::new().await;
    let mut options = CollectOptions::default();
    options.limits = short();
    let (devices, commands) = (lab.inventory().devices, ["show version".to_owned()]);
    let run = bench.engine.collect(&devices, &commands, &options).await;
    let run = run.expect("recorded");
    bench.assert_nothing_half_written();
    let (failed, well): (Vec<_>, Vec<_>) = run
        .devices
        .iter()
        .partition(|device| device.device == broken);
    for device in well {
        assert_eq!(device.status, DeviceStatus::Ok, "{device:?}");
    }
    let error = failed[0].error.clone().expect("the broken one fails");
    assert!(error.hint.is_some(), "{error:?}");
    error.kind
}

#[tokio::test]
async fn silence_refusal_and_a_frozen_server_are_three_kinds() {
    let mut lab = Lab::take();
    for (mode, kind) in [
        ("drop", ErrorKind::ConnectTimeout),
        ("refuse", ErrorKind::ConnectionRefused),
        ("hang", ErrorKind::BannerTimeout),
    ] {
        lab.harm(&["break", "r2", mode]);
        let found = collect_with_one_broken(&lab, "r2").await;
        lab.heal();
        assert_eq!(found, kind, "{mode}");
    }
}

#[tokio::test]
async fn a_slow_router_is_only_slow() {
    let mut lab = Lab::take();
    lab.harm(&["slow", "r3", "200"]);
    let (bench, router) = (Bench::new().await, [lab.router("r3")]);
    let options = CaptureOptions::default();
    let run = bench.engine.capture(&router, &options).await.unwrap();
    assert_eq!(run.devices[0].error, None);
}

#[tokio::test]
async fn a_dead_routing_daemon_makes_the_configuration_incomplete() {
    let mut lab = Lab::take();
    lab.harm(&["kill-daemon", "r4", "ospfd"]);
    let (bench, devices) = (Bench::new().await, lab.inventory().devices);
    let options = CaptureOptions::default();
    let capture = bench.engine.capture(&devices, &options).await.unwrap();
    lab.heal();
    let of = capture.snapshots.iter().map(|snapshot| &snapshot.subject);
    assert_eq!(of.collect::<Vec<_>>(), ["r1", "r2", "r3"]);
    let error = capture.devices[3].error.clone().expect("r4 fails");
    assert_eq!(error.kind, ErrorKind::ConfigurationIncomplete);
    assert_eq!(error.context["part"], "ospfd");
}
