//! Devices that cannot be reached or logged in to: each failure has a kind of its own, and says what to do.

use netsnap_core::ErrorKind;
use netsnap_core::model::{Device, DeviceStatus, Secret};
use netsnap_core::sim::Fault;
use netsnap_tests::Bed;

async fn assert_failure(bed: &Bed, device: Device, status: DeviceStatus, kind: ErrorKind) {
    let (found, error) = bed.failure(device, "show version").await;
    assert_eq!((found, error.kind), (status, kind), "{error:?}");
    assert_eq!(error.retryable, kind.is_retryable());
    assert_eq!(error.context["device"], "r1");
    assert_eq!(bed.network.commands("r1").unwrap(), Vec::<String>::new());
    bed.assert_clean().await;
}

#[tokio::test]
async fn an_unknown_host_is_a_name_that_does_not_resolve() {
    let bed = Bed::ring(1).await;
    let mut device = bed.device("r1");
    // A label of 64 letters is no name: no resolver is asked.
    device.host = format!("{}.invalid", "x".repeat(64));
    let (status, kind) = (DeviceStatus::Unreachable, ErrorKind::NameResolution);
    assert_failure(&bed, device, status, kind).await;
}

#[tokio::test]
async fn a_refused_port_is_a_refused_connection() {
    let bed = Bed::ring(1).await;
    let mut device = bed.device("r1");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    device.port = closed.local_addr().unwrap().port();
    drop(closed);
    let (status, kind) = (DeviceStatus::Unreachable, ErrorKind::ConnectionRefused);
    assert_failure(&bed, device, status, kind).await;
}

#[tokio::test]
async fn a_silent_port_is_a_missing_banner() {
    let bed = Bed::ring(1).await;
    bed.fault("r1", Fault::SilentAfterAccept);
    let (status, kind) = (DeviceStatus::Unreachable, ErrorKind::BannerTimeout);
    assert_failure(&bed, bed.device("r1"), status, kind).await;
}

#[tokio::test]
async fn a_wrong_password_is_refused_once() {
    let bed = Bed::ring(1).await;
    let mut device = bed.device("r1");
    device.password = Some(Secret::Literal("wrong".to_owned()));
    let (status, kind) = (DeviceStatus::Failed, ErrorKind::AuthenticationRejected);
    assert_failure(&bed, device, status, kind).await;
    assert_eq!(bed.network.connections().accepted, 1);
}

#[tokio::test]
async fn no_common_algorithm_is_named() {
    let bed = Bed::ring(1).await;
    bed.fault("r1", Fault::NoCommonAlgorithm);
    let (status, kind) = (DeviceStatus::Failed, ErrorKind::AlgorithmMismatch);
    assert_failure(&bed, bed.device("r1"), status, kind).await;
}

#[tokio::test]
async fn unknown_changed_and_revoked_host_keys_are_told_apart() {
    let bed = Bed::ring(2).await;
    let known = std::fs::read_to_string(bed.device("r1").known_hosts.unwrap()).unwrap();
    let key = |name: &str| {
        let host = format!("[127.0.0.1]:{} ", bed.device(name).port);
        let line = known.lines().find_map(|line| line.strip_prefix(&host));
        line.expect("its key").to_owned()
    };
    let host = format!("[127.0.0.1]:{}", bed.device("r1").port);
    let revoked = format!("@revoked {host} {0}\n{host} {0}\n", key("r1"));
    for (text, kind) in [
        (String::new(), ErrorKind::HostKeyUnknown),
        (format!("{host} {}\n", key("r2")), ErrorKind::HostKeyChanged),
        (revoked, ErrorKind::HostKeyRevoked),
    ] {
        let file = bed.folder.path().join("hosts");
        std::fs::write(&file, text).unwrap();
        let mut device = bed.device("r1");
        device.known_hosts = Some(file);
        assert_failure(&bed, device, DeviceStatus::Failed, kind).await;
    }
}

#[tokio::test]
async fn one_device_that_cannot_be_reached_harms_no_other() {
    let bed = Bed::ring(3).await;
    bed.fault("r2", Fault::RefuseAuthentication);
    let run = bed
        .engine
        .collect(
            &bed.devices(),
            &["show version".to_owned()],
            &Default::default(),
        )
        .await
        .unwrap();
    let status: Vec<_> = run.devices.iter().map(|device| device.status).collect();
    use DeviceStatus::{Failed, Ok};
    assert_eq!(status, [Ok, Failed, Ok]);
    assert_eq!(
        run.execution.status,
        netsnap_core::model::ExecutionStatus::Partial
    );
    bed.assert_clean().await;
}
