use netsnap_core::ErrorKind;
use netsnap_core::model::Secret;
use netsnap_core::transport::Session;

use crate::support::{Options, Sshd, assert_refused, context, log_in, make_key, must_run};

#[tokio::test]
async fn a_key_logs_in_and_a_command_runs() {
    let sshd = Sshd::start(&Options::default());
    let mut session = log_in(&sshd.device()).await.unwrap();
    let answer = session.run("echo hello").await.unwrap();
    assert_eq!(
        (answer.text().as_ref(), answer.exit_status),
        ("hello\n", Some(0))
    );
    assert!(session.traffic().received > 0);
    Box::new(session).close().await;
}

#[tokio::test]
async fn an_rsa_key_logs_in_with_sha2() {
    let lines = "PubkeyAcceptedAlgorithms rsa-sha2-512,rsa-sha2-256";
    let sshd = Sshd::start(&Options {
        lines,
        ..Options::default()
    });
    make_key(&sshd.path("rsa"), &["rsa", "-b", "2048"]);
    std::fs::copy(sshd.path("rsa.pub"), sshd.path("authorized")).unwrap();
    let mut device = sshd.device();
    device.key = Some(sshd.path("rsa"));
    log_in(&device).await.unwrap();
}

#[tokio::test]
async fn an_encrypted_key_needs_its_passphrase() {
    let sshd = Sshd::start(&Options::default());
    let path = sshd.path("client");
    let path = path.to_str().unwrap();
    must_run(
        "ssh-keygen",
        &["-q", "-p", "-P", "", "-N", "open sesame", "-f", path],
    );
    let mut device = sshd.device();
    let error = assert_refused(&device, ErrorKind::InvalidInput).await;
    assert!(error.to_string().contains("key_passphrase"), "{error}");
    device.key_passphrase = Some(Secret::Literal("hunter2".to_owned()));
    let error = assert_refused(&device, ErrorKind::InvalidInput).await;
    assert!(!format!("{error:?}").contains("hunter2"));
    std::fs::write(sshd.path("passphrase"), "open sesame\n").unwrap();
    device.key_passphrase = Some(Secret::File {
        file: sshd.path("passphrase"),
    });
    log_in(&device).await.unwrap();
}

#[tokio::test]
async fn a_rejected_key_is_an_error_that_says_what_the_device_offers() {
    let sshd = Sshd::start(&Options::default());
    make_key(&sshd.path("other"), &["ed25519"]);
    let mut device = sshd.device();
    device.key = Some(sshd.path("other"));
    let error = assert_refused(&device, ErrorKind::AuthenticationRejected).await;
    assert_eq!(context(&error, "offered"), "publickey");
    assert!(context(&error, "tried").contains("other"), "{error}");
}

#[tokio::test]
async fn a_password_is_not_sent_where_it_is_not_asked_for() {
    let sshd = Sshd::start(&Options::default());
    let mut device = sshd.device();
    device.key = None;
    device.password = Some(Secret::Environment {
        env: "NETSNAP_TEST_NEVER_SET".to_owned(),
    });
    let error = assert_refused(&device, ErrorKind::AuthenticationRejected).await;
    assert_eq!(context(&error, "tried"), "");
}

#[tokio::test]
async fn a_file_that_is_no_key_is_named() {
    let sshd = Sshd::start(&Options::default());
    let mut device = sshd.device();
    device.key = Some(sshd.path("config"));
    let error = assert_refused(&device, ErrorKind::InvalidInput).await;
    assert!(context(&error, "key").ends_with("config"));
    device.key = Some(sshd.path("absent"));
    assert_refused(&device, ErrorKind::InvalidInput).await;
}
