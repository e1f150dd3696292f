use std::time::Duration;

use netsnap_core::ErrorKind;
use netsnap_core::model::Proof;
use netsnap_core::transport::{Limits, Session, SshSession, SshTransport, Transport};

use crate::support::{Options, Sshd, linux, log_in};

async fn with_limits(sshd: &Sshd, change: impl FnOnce(&mut Limits)) -> SshSession {
    let mut limits = Limits::default();
    change(&mut limits);
    let transport = SshTransport::default();
    let opened = transport.open(&sshd.device(), &linux(), &limits).await;
    opened.unwrap()
}

const FIFTY_MEGABYTES: &str = "head -c 50000000 /dev/zero | tr '\\0' x";

#[tokio::test]
async fn an_answer_has_its_status_its_proof_and_errors_behind_the_output() {
    let sshd = Sshd::start(&Options::default());
    let mut session = log_in(&sshd.device()).await.unwrap();
    let command = "echo late >&2; sleep 0.1; printf 'early\\r\\n'; exit 3";
    let answer = session.run(command).await.unwrap();
    assert_eq!(answer.text(), "early\nlate\n");
    assert_eq!((answer.exit_status, answer.proof), (Some(3), Proof::Exec));
    assert!(answer.duration_us > 0);
    let answer = session.run("true").await.unwrap();
    assert_eq!((answer.bytes.len(), answer.exit_status), (0, Some(0)));
    // What these tests rest on: the start files of the account that runs them stay out.
    let answer = session.run("ls $HOME/host_ed25519").await.unwrap();
    assert_eq!(answer.exit_status, Some(0), "{}", answer.text());
}

#[tokio::test]
async fn many_commands_run_one_after_the_other() {
    let sshd = Sshd::start(&Options::default());
    let transport: Box<dyn Transport> = Box::new(SshTransport::default());
    let (device, limits) = (sshd.device(), Limits::default());
    let connected = transport.connect(&device, &linux(), &limits).await;
    let mut session = connected.unwrap();
    for number in 0..50 {
        let answer = session.run(&format!("echo {number}")).await.unwrap();
        assert_eq!(answer.text(), format!("{number}\n"));
    }
    assert_eq!(session.hostname(), "");
    session.close().await;
}

#[tokio::test]
async fn a_long_output_is_whole_or_refused() {
    let sshd = Sshd::start(&Options::default());
    let mut session = log_in(&sshd.device()).await.unwrap();
    let answer = session.run(FIFTY_MEGABYTES).await.unwrap();
    assert_eq!(answer.bytes.len(), 50_000_000);
    assert!(answer.bytes.iter().all(|byte| *byte == b'x'));
    let mut session = with_limits(&sshd, |limits| limits.output = 10 << 20).await;
    let error = session.run(FIFTY_MEGABYTES).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutputOverflow, "{error:?}");
}

#[tokio::test]
async fn each_clock_ends_a_command_and_the_session_with_it() {
    let sshd = Sshd::start(&Options::default());
    let short = Duration::from_millis(300);
    let idle = with_limits(&sshd, |limits| limits.idle = short).await;
    let total = with_limits(&sshd, |limits| limits.total = short).await;
    let chatty = "while :; do echo x; sleep 0.05; done";
    for (mut session, command, clock) in [(idle, "sleep 60", "idle"), (total, chatty, "total")] {
        let error = session.run(command).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CommandTimeout, "{error:?}");
        assert_eq!(error.report().context["clock"], clock);
        let error = session.run("echo x").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Desynchronised, "{error:?}");
    }
}

#[tokio::test]
async fn an_idle_clock_is_set_back_by_every_byte() {
    let sshd = Sshd::start(&Options::default());
    let mut session = with_limits(&sshd, |limits| limits.idle = Duration::from_secs(2)).await;
    let command = "for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.4; done";
    let answer = session.run(command).await.unwrap();
    assert_eq!(answer.text().lines().count(), 8);
}

#[tokio::test]
async fn a_connection_that_ends_within_a_command_is_lost_and_the_effect_is_unknown() {
    let sshd = Sshd::start(&Options::default());
    let mut session = log_in(&sshd.device()).await.unwrap();
    // The parent of the shell is the server's process for this connection.
    let error = session.run("echo half; kill -9 $PPID").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    assert_eq!(error.report().effect, netsnap_core::Effect::Indeterminate);
}

#[tokio::test]
async fn a_command_that_is_killed_has_no_whole_output() {
    let sshd = Sshd::start(&Options::default());
    let mut session = log_in(&sshd.device()).await.unwrap();
    let error = session.run("echo half; kill -9 $$").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutputTruncated, "{error:?}");
}

#[tokio::test]
async fn what_is_no_command_leaves_the_session_as_it_is() {
    let sshd = Sshd::start(&Options::default());
    let mut session = log_in(&sshd.device()).await.unwrap();
    let error = session.run("echo a\necho b").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let error = session.configure().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    session.run("echo a").await.unwrap();
}

#[tokio::test]
async fn a_command_that_is_given_up_ends_the_session() {
    let sshd = Sshd::start(&Options::default());
    let mut session = log_in(&sshd.device()).await.unwrap();
    let given_up = tokio::time::timeout(Duration::from_millis(100), session.run("sleep 60"));
    given_up.await.unwrap_err();
    let error = session.run("echo x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Desynchronised, "{error:?}");
}
