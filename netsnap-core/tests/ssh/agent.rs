use std::process::Command;

use netsnap_core::ErrorKind;

use crate::support::{Options, Sshd, assert_refused, log_in, must_run};

const INSIDE: &str = "NETSNAP_TEST_INSIDE_AGENT";

/// The agent is found through the environment, which a test must not change for others: so the tests run again, as a
/// child of an agent of their own.
fn under_an_agent(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let output = Command::new("ssh-agent")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap_or_else(|error| panic!("these tests need `ssh-agent`: {error}"));
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}");
    false
}

#[tokio::test]
async fn a_key_of_the_agent_logs_in() {
    if !under_an_agent("agent::a_key_of_the_agent_logs_in") {
        return;
    }
    let sshd = Sshd::start(&Options::default());
    let mut device = sshd.device();
    must_run("ssh-add", &["-q", sshd.path("client").to_str().unwrap()]);
    device.key = None;
    device.agent = true;
    log_in(&device).await.unwrap();
}

#[tokio::test]
async fn an_agent_without_the_right_key_is_no_obstacle_for_the_file() {
    if !under_an_agent("agent::an_agent_without_the_right_key_is_no_obstacle_for_the_file") {
        return;
    }
    let sshd = Sshd::start(&Options::default());
    let mut device = sshd.device();
    must_run(
        "ssh-add",
        &["-q", sshd.path("host_ed25519").to_str().unwrap()],
    );
    device.agent = true;
    log_in(&device).await.unwrap();
    device.key = None;
    assert_refused(&device, ErrorKind::AuthenticationRejected).await;
}
