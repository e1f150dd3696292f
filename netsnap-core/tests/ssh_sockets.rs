//! Logins that are given up leave no socket. Alone in its program: it counts the sockets of the whole process.

#![cfg(all(feature = "ssh", target_os = "linux"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::path::Path;
use std::time::Duration;

use netsnap_core::ErrorKind;
use netsnap_core::model::Device;
use netsnap_core::platform::Platform;
use netsnap_core::transport::{Limits, SshTransport};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

const ROUNDS: usize = 10;
const AT_ONCE: usize = 100;

fn sockets() -> usize {
    std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter(|link| link.to_string_lossy().starts_with("socket:"))
        .count()
}

fn device(port: u16, known_hosts: &Path) -> Device {
    serde_json::from_value(serde_json::json!({
        "name": "r1", "host": "127.0.0.1", "port": port, "username": "nobody", "platform": "linux",
        "password": "never sent", "known_hosts": known_hosts,
    }))
    .unwrap()
}

/// The first packet of a key exchange (RFC 4253, 7.1), after which nothing follows.
fn first_packet() -> Vec<u8> {
    let mut payload = vec![20];
    payload.extend_from_slice(&[7; 16]);
    let lists = [
        "curve25519-sha256",
        "ssh-ed25519",
        "aes256-ctr",
        "aes256-ctr",
        "hmac-sha2-256",
        "hmac-sha2-256",
        "none",
        "none",
        "",
        "",
    ];
    for list in lists {
        payload.extend_from_slice(&u32::try_from(list.len()).unwrap().to_be_bytes());
        payload.extend_from_slice(list.as_bytes());
    }
    payload.extend_from_slice(&[0; 5]);
    let padding = 8 - (payload.len() + 5) % 8 + 8;
    let length = u32::try_from(payload.len() + padding + 1).unwrap();
    let mut packet = length.to_be_bytes().to_vec();
    packet.push(u8::try_from(padding).unwrap());
    packet.extend_from_slice(&payload);
    packet.resize(packet.len() + padding, 0);
    packet
}

/// Accepts as many connections as are made at once, says its piece and holds them open.
async fn hold(listener: &TcpListener, piece: &[u8]) -> Vec<TcpStream> {
    let mut held = Vec::new();
    while held.len() < AT_ONCE {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.write_all(piece).await;
        held.push(stream);
    }
    held
}

/// Half of them run into the limit, the other half are dropped by their caller.
async fn give_up(device: Device, number: usize) {
    let mut limits = Limits::default();
    let patience = Duration::from_millis(150);
    let platform = Platform::named("linux").unwrap();
    if number.is_multiple_of(2) {
        let opened = SshTransport::default();
        let opened = opened.open(&device, &platform, &limits);
        assert!(tokio::time::timeout(patience, opened).await.is_err());
        return;
    }
    limits.handshake = patience;
    let opened = SshTransport::default();
    let error = opened.open(&device, &platform, &limits).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BannerTimeout, "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_logins_given_up_in_each_phase_leave_no_socket() {
    let folder = tempfile::tempdir().unwrap();
    let banner = b"SSH-2.0-stalling\r\n".to_vec();
    let exchange = [banner.clone(), first_packet()].concat();
    for piece in [Vec::new(), banner, exchange] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let device = device(
            listener.local_addr().unwrap().port(),
            &folder.path().join("none"),
        );
        let before = sockets();
        for _ in 0..ROUNDS {
            let logins: Vec<_> = (0..AT_ONCE)
                .map(|number| tokio::spawn(give_up(device.clone(), number)))
                .collect();
            let held = hold(&listener, &piece).await;
            for login in logins {
                login.await.unwrap();
            }
            // Not a moment later: every socket of ours is closed when its login returns.
            assert_eq!(sockets(), before + held.len());
        }
    }
}
