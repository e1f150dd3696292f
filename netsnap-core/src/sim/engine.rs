//! The engine's own SSH transport against simulated devices and what goes wrong with them.

use std::time::Duration;

use super::*;
use crate::error::{ErrorKind, Result};
use crate::model::Answer;
use crate::platform::Platform;
use crate::transport::{Limits, Session, SshTransport, Transport};

/// Short clocks, for devices that say nothing.
fn hasty() -> Limits {
    let wait = Duration::from_millis(400);
    Limits {
        handshake: wait,
        prompt: wait,
        idle: wait,
        ..Limits::default()
    }
}

async fn connect(
    network: &SimulatedNetwork,
    name: &str,
    limits: &Limits,
) -> Result<Box<dyn Session>> {
    let inventory = network.inventory();
    let device = inventory.device(name)?;
    let platform = Platform::named(&device.platform)?;
    SshTransport::default()
        .connect(device, &platform, limits)
        .await
}

async fn with_faults(faults: Vec<Fault>) -> SimulatedNetwork {
    let network = SimulatedNetwork::ring(1)
        .await
        .expect("a port is free on the loopback");
    behave(
        &network,
        DeviceBehavior {
            faults,
            ..DeviceBehavior::default()
        },
    );
    network
}

fn behave(network: &SimulatedNetwork, behavior: DeviceBehavior) {
    let device = network.device("r1").expect("every ring has it");
    device.behave(behavior);
}

async fn answer(network: &SimulatedNetwork, command: &str) -> Result<Answer> {
    let mut session = connect(network, "r1", &Limits::default()).await?;
    session.run(command).await
}

async fn all_gone(network: &SimulatedNetwork) {
    while network.connections().open > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn silence_after_accept_is_a_missing_banner() {
    let network = with_faults(vec![Fault::SilentAfterAccept]).await;
    let error = connect(&network, "r1", &hasty()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BannerTimeout, "{error:?}");
    all_gone(&network).await;
}

#[tokio::test]
async fn a_connection_closed_after_so_many_bytes_is_lost_wherever_that_is() {
    for bytes in [10, 1_000, 3_000, 20_000] {
        let network = with_faults(vec![Fault::CloseAfterBytes(bytes)]).await;
        let error = answer(&network, "show bulk 1").await.unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::ConnectionLost,
            "{bytes}: {error:?}"
        );
        all_gone(&network).await;
    }
}

#[tokio::test]
async fn a_line_that_looks_like_the_prompt_does_not_end_the_output() {
    let network = with_faults(vec![Fault::PromptLike {
        line: "show version".to_owned(),
        pause: Duration::from_millis(300),
    }])
    .await;
    let mut session = connect(&network, "r1", &Limits::default()).await.unwrap();
    let first = session.run("show version").await.unwrap();
    assert!(first.text().contains("FRRouting 8.4.4"), "{first:?}");
    let second = session.run("show daemons").await.unwrap();
    assert!(second.text().contains("ospfd"), "{second:?}");
}

#[tokio::test]
async fn a_slow_prompt_is_waited_for() {
    let network = with_faults(vec![Fault::SlowPrompt(Duration::from_millis(150))]).await;
    assert!(
        answer(&network, "show version")
            .await
            .unwrap()
            .text()
            .contains("8.4.4")
    );
}

#[tokio::test]
async fn a_device_that_hangs_in_a_command_is_timed_out() {
    let network = with_faults(vec![Fault::Hang("show version".to_owned())]).await;
    let mut session = connect(&network, "r1", &hasty()).await.unwrap();
    let error = session.run("show version").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CommandTimeout, "{error:?}");
    drop(session);
    all_gone(&network).await;
}

#[tokio::test]
async fn a_rejected_line_is_an_answer_and_changes_nothing() {
    let network = with_faults(vec![Fault::Reject {
        line: "ip ospf cost 50".to_owned(),
        message: "% Configuration failed.".to_owned(),
    }])
    .await;
    let before = network.running("r1").unwrap();
    let mut session = connect(&network, "r1", &Limits::default()).await.unwrap();
    session.configure().await.unwrap();
    session.line("interface eth0").await.unwrap();
    let answer = session.line("ip ospf cost 50").await.unwrap();
    assert!(
        answer.text().contains("% Configuration failed."),
        "{answer:?}"
    );
    session.leave().await.unwrap();
    assert_eq!(network.running("r1").unwrap(), before);
}

#[tokio::test]
async fn output_in_small_late_chunks_arrives_whole() {
    let network = SimulatedNetwork::ring(1).await.unwrap();
    behave(
        &network,
        DeviceBehavior {
            delay: Duration::from_millis(20),
            chunk: Some(7),
            pause: Duration::from_micros(100),
            ..DeviceBehavior::default()
        },
    );
    let text = answer(&network, "show running-config").await.unwrap();
    assert_eq!(
        text.text().trim_end(),
        network.running("r1").unwrap().trim_end()
    );
}

#[tokio::test]
async fn a_dead_daemon_takes_its_sections_out_of_what_the_engine_reads() {
    let network = with_faults(vec![Fault::DaemonDead("ospfd".to_owned())]).await;
    let text = answer(&network, "show running-config").await.unwrap();
    assert!(!text.text().contains("router ospf"), "{text:?}");
    assert!(
        network
            .device("r1")
            .unwrap()
            .running()
            .contains("router ospf")
    );
}

#[tokio::test]
async fn bulk_output_of_20_and_50_megabytes_arrives_whole() {
    let network = SimulatedNetwork::ring(1).await.unwrap();
    for megabytes in [20, 50] {
        let text = answer(&network, &format!("show bulk {megabytes}"))
            .await
            .unwrap();
        let size = text.text().len();
        assert!(
            size > megabytes * 1_000_000 && size <= (megabytes << 20),
            "{size}"
        );
        assert!(text.text().trim_end().ends_with("no buffer ..."), "{size}");
    }
}

#[tokio::test]
async fn write_memory_saves_what_runs() {
    let network = SimulatedNetwork::ring(1).await.unwrap();
    let device = network.device("r1").unwrap();
    device.type_line("interface eth0\ndescription new");
    assert_ne!(device.startup(), device.running());
    let text = answer(&network, "write memory").await.unwrap();
    assert!(text.text().contains("[OK]"), "{text:?}");
    assert_eq!(device.startup(), device.running());
}

#[tokio::test]
async fn without_bgpd_the_router_says_so_and_still_enters_the_section() {
    let network = SimulatedNetwork::ring(1).await.unwrap();
    let before = network.running("r1").unwrap();
    let mut session = connect(&network, "r1", &Limits::default()).await.unwrap();
    session.configure().await.unwrap();
    let answer = session.line("router bgp 65001").await.unwrap();
    assert!(answer.text().contains("bgpd is not running"), "{answer:?}");
    session.leave().await.unwrap();
    assert_eq!(network.running("r1").unwrap(), before);
}

#[tokio::test]
async fn all_connections_are_gone_after_the_clients_and_after_the_network() {
    let network = SimulatedNetwork::ring(4).await.unwrap();
    let mut sessions = Vec::new();
    for name in ["r1", "r2", "r3", "r4"] {
        sessions.push(connect(&network, name, &Limits::default()).await.unwrap());
    }
    assert_eq!(network.connections().open, 4);
    for session in sessions {
        session.close().await;
    }
    all_gone(&network).await;
    let mut session = connect(&network, "r1", &Limits::default()).await.unwrap();
    drop(network);
    let error = session.run("show version").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
}

#[tokio::test]
async fn two_hundred_devices_answer_at_once() {
    let network = std::sync::Arc::new(SimulatedNetwork::ring(200).await.unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=200 {
        let network = std::sync::Arc::clone(&network);
        tasks.spawn(async move {
            let name = format!("r{number}");
            let mut session = connect(&network, &name, &Limits::default()).await.unwrap();
            let text = session.run("show running-config").await.unwrap();
            session.close().await;
            assert!(text.text().contains(&format!("hostname {name}\n")));
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(network.connections().accepted, 200);
    all_gone(&network).await;
}

#[test]
fn a_ring_of_four_has_the_chord_of_the_lab() {
    let links = Topology::ring(4).links;
    let chord = links.last().unwrap();
    assert_eq!(links.len(), 5);
    assert_eq!(chord.from, ("r1".to_owned(), "eth3".to_owned()));
    assert_eq!(chord.to, ("r3".to_owned(), "eth3".to_owned()));
    assert_eq!(
        chord.addresses,
        ("10.0.200.1/30".to_owned(), "10.0.200.2/30".to_owned())
    );
}
