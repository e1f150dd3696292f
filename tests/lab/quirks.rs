//! What vtysh does that a client author would not expect, on a real router.

use std::sync::Arc;

use netsnap_core::model::{Device, Proof};
use netsnap_core::platform::Platform;
use netsnap_core::transport::{Limits, Session, SshTransport, Transport};

use crate::script::Lab;

async fn log_in(device: &Device, limits: &Limits) -> Box<dyn Session> {
    let platform: Arc<Platform> = Platform::named("frr").expect("a table");
    let transport = SshTransport::default();
    let session = transport.connect(device, &platform, limits).await;
    session.expect("logged in")
}

#[tokio::test]
async fn a_word_too_many_is_a_name_and_no_error() {
    let lab = Lab::take();
    let mut session = log_in(&lab.router("r1"), &Limits::default()).await;
    let answer = session
        .run("show ip ospf neighbor extra")
        .await
        .expect("answered");
    session.close().await;
    assert_eq!(
        (answer.rejection.clone(), answer.proof),
        (None, Proof::Fence)
    );
    assert!(answer.text().contains("Neighbor ID") && !answer.text().contains("Full"));
}

#[tokio::test]
async fn two_logins_can_configure_at_once_and_the_last_one_wins() {
    let lab = Lab::take();
    let router = lab.router("r2");
    let before = lab.ask("r2", "show running-config");
    let mut first = log_in(&router, &Limits::default()).await;
    let mut second = log_in(&router, &Limits::default()).await;
    for session in [&mut first, &mut second] {
        session.configure().await.expect("no lock");
        session
            .line("ip route 203.0.113.0/24 Null0")
            .await
            .expect("taken");
    }
    let removed = first
        .line("no ip route 203.0.113.0/24 Null0")
        .await
        .expect("taken");
    assert_eq!(removed.rejection, None);
    let refused = second
        .line("configure terminal file-lock")
        .await
        .expect("answered");
    assert!(refused.rejection.is_some(), "there is no lock to ask for");
    for mut session in [first, second] {
        session.leave().await.expect("left");
        session.close().await;
    }
    assert_eq!(lab.ask("r2", "show running-config"), before);
}

#[tokio::test]
async fn a_line_longer_than_the_terminal_is_known_by_its_end() {
    let lab = Lab::take();
    let before = lab.ask("r3", "show running-config");
    let mut session = log_in(&lab.router("r3"), &Limits::default()).await;
    session.configure().await.expect("entered");
    for line in [
        "ip prefix-list A-NAME-THAT-FILLS-THE-LINE-OF-THE-TERMINAL seq 5 permit 198.51.100.0/24 le 32",
        "no ip prefix-list A-NAME-THAT-FILLS-THE-LINE-OF-THE-TERMINAL seq 5 permit 198.51.100.0/24 le 32",
    ] {
        let answer = session.line(line).await.expect("in step");
        assert_eq!(
            (answer.rejection.clone(), answer.text().as_ref()),
            (None, "")
        );
    }
    session.leave().await.expect("left");
    session.close().await;
    assert_eq!(lab.ask("r3", "show running-config"), before);
}
