use std::time::Duration;

use netsnap_core::ErrorKind;
use netsnap_core::model::AlgorithmProfile;
use netsnap_core::transport::{Limits, Session};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{
    Options, Sshd, assert_refused, context, device, free_port, log_in, refusal_within,
};

fn restricted(lines: &str) -> Sshd {
    Sshd::start(&Options {
        lines,
        ..Options::default()
    })
}

#[tokio::test]
async fn without_a_common_algorithm_both_lists_and_the_wider_profile_are_named() {
    use AlgorithmProfile::{Compatible, Legacy, Modern};
    for (lines, narrow, wide, word) in [
        (
            "KexAlgorithms diffie-hellman-group14-sha1",
            Modern,
            Compatible,
            "compatible",
        ),
        (
            "KexAlgorithms diffie-hellman-group1-sha1",
            Compatible,
            Legacy,
            "legacy",
        ),
        ("Ciphers aes128-cbc", Compatible, Legacy, "legacy"),
        (
            "Ciphers aes256-ctr\nMACs hmac-sha1",
            Modern,
            Compatible,
            "compatible",
        ),
    ] {
        let sshd = restricted(lines);
        let mut device = sshd.device();
        device.algorithms = narrow;
        let error = assert_refused(&device, ErrorKind::AlgorithmMismatch).await;
        let theirs = context(&error, "theirs");
        assert!(
            lines.ends_with(theirs.split(',').next().unwrap()),
            "{error}"
        );
        assert!(context(&error, "ours").contains(','), "{error}");
        assert!(error.report().hint.unwrap().contains(word), "{error}");
        device.algorithms = wide;
        log_in(&device).await.unwrap();
    }
}

#[tokio::test]
async fn what_no_profile_has_is_said_to_need_a_change_of_the_device() {
    let sshd = restricted("Ciphers aes256-ctr\nMACs hmac-md5");
    let error = assert_refused(&sshd.device(), ErrorKind::AlgorithmMismatch).await;
    assert!(error.to_string().contains("no profile"), "{error}");
}

#[tokio::test]
async fn each_single_algorithm_of_the_default_profile_connects() {
    for lines in [
        "KexAlgorithms curve25519-sha256",
        "KexAlgorithms ecdh-sha2-nistp256",
        "KexAlgorithms ecdh-sha2-nistp384",
        "KexAlgorithms ecdh-sha2-nistp521",
        "KexAlgorithms diffie-hellman-group14-sha256",
        "KexAlgorithms diffie-hellman-group16-sha512",
        "Ciphers chacha20-poly1305@openssh.com",
        "Ciphers aes128-gcm@openssh.com",
        "Ciphers aes256-gcm@openssh.com",
        "Ciphers aes128-ctr\nMACs hmac-sha2-512",
        "Ciphers aes192-ctr\nMACs hmac-sha2-256-etm@openssh.com",
    ] {
        let sshd = restricted(lines);
        let logged_in = log_in(&sshd.device()).await;
        let mut session = logged_in.unwrap_or_else(|error| panic!("{lines}: {error:?}"));
        assert_eq!(session.run("echo x").await.unwrap().text(), "x\n");
    }
}

#[tokio::test]
async fn a_refused_port_is_told_from_a_name_that_does_not_resolve() {
    let folder = tempfile::tempdir().unwrap();
    let mut device = device(free_port(), &folder.path().join("none"));
    assert_refused(&device, ErrorKind::ConnectionRefused).await;
    device.host = "no such host".to_owned();
    assert_refused(&device, ErrorKind::NameResolution).await;
}

/// Accepts one connection after the other and lets each be treated in the same way.
async fn listening<F, W>(treat: F) -> u16
where
    F: Fn(TcpStream) -> W + Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(treat(stream));
        }
    });
    port
}

async fn drain(mut stream: TcpStream) {
    while stream
        .read(&mut [0; 4096])
        .await
        .is_ok_and(|count| count > 0)
    {}
}

fn impatient() -> Limits {
    let mut limits = Limits::default();
    limits.handshake = Duration::from_millis(200);
    limits
}

#[tokio::test]
async fn a_silent_port_is_told_from_one_that_stalls() {
    let folder = tempfile::tempdir().unwrap();
    let silent = listening(drain).await;
    let stalling = listening(|mut stream| async {
        let _ = stream.write_all(b"SSH-2.0-stalling\r\n").await;
        drain(stream).await;
    })
    .await;
    for (port, words) in [(silent, "says nothing"), (stalling, "did not finish")] {
        let device = device(port, &folder.path().join("none"));
        let error = refusal_within(&device, &impatient()).await;
        assert_eq!(error.kind(), ErrorKind::BannerTimeout);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_port_that_closes_or_speaks_otherwise_is_a_lost_connection() {
    let folder = tempfile::tempdir().unwrap();
    let closing = listening(|stream| async { drop(stream) }).await;
    let after_banner = listening(|mut stream| async move {
        let _ = stream.write_all(b"SSH-2.0-closing\r\n").await;
    })
    .await;
    let web = listening(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    for port in [closing, after_banner, web] {
        let device = device(port, &folder.path().join("none"));
        assert_refused(&device, ErrorKind::ConnectionLost).await;
    }
}

#[tokio::test]
async fn more_channels_than_the_device_allows_are_refused() {
    let sshd = restricted("MaxSessions 0");
    let mut session = log_in(&sshd.device()).await.unwrap();
    let error = session.run("echo x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChannelRefused, "{error:?}");
    assert_eq!(context(&error, "device"), "r1");
}
