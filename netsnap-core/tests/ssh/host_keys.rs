use std::os::unix::fs::PermissionsExt;

use netsnap_core::ErrorKind;
use netsnap_core::model::HostKeyPolicy;

use crate::support::{Options, Sshd, assert_refused, context, log_in, must_run};

const ALL: &[&str] = &["ed25519", "ecdsa", "rsa"];

fn with_all_kinds() -> Sshd {
    Sshd::start(&Options {
        host_keys: ALL,
        ..Options::default()
    })
}

#[tokio::test]
async fn an_unknown_key_is_refused_with_the_line_that_makes_it_known() {
    let sshd = Sshd::start(&Options::default());
    let device = sshd.device();
    sshd.know("other.example ssh-ed25519 broken\n");
    let error = assert_refused(&device, ErrorKind::HostKeyUnknown).await;
    assert!(context(&error, "fingerprint").starts_with("SHA256:"));
    let hint = error.report().hint.unwrap();
    let line = sshd.known_line("ed25519");
    assert!(hint.contains(line.trim_end()), "{hint}");
    sshd.know(&line);
    log_in(&device).await.unwrap();
}

#[tokio::test]
async fn a_changed_key_is_refused_with_both_fingerprints_under_every_policy() {
    let (sshd, other) = (
        Sshd::start(&Options::default()),
        Sshd::start(&Options::default()),
    );
    let mut device = sshd.device();
    let line = other
        .known_line("ed25519")
        .replace(&other.port.to_string(), &sshd.port.to_string());
    sshd.know(&format!("what is this\n{line}"));
    for policy in [HostKeyPolicy::Strict, HostKeyPolicy::AcceptNew] {
        device.host_key_policy = policy;
        let error = assert_refused(&device, ErrorKind::HostKeyChanged).await;
        let shown = context(&error, "fingerprint");
        let known = context(&error, "known_fingerprint");
        assert!(shown != known && known.starts_with("SHA256:"), "{error}");
        assert_eq!(context(&error, "line"), "2");
    }
    let text = std::fs::read_to_string(sshd.path("known_hosts")).unwrap();
    assert_eq!(text.lines().count(), 2);
}

#[tokio::test]
async fn a_revoked_key_is_refused_though_it_is_listed_too() {
    let sshd = Sshd::start(&Options::default());
    let device = sshd.device();
    let line = sshd.known_line("ed25519");
    let key = line.split_once(' ').unwrap().1;
    for text in [
        format!("{line}@revoked * {key}"),
        format!("@revoked * {key}{line}"),
        format!("{line}@revoked elsewhere {key}"),
    ] {
        sshd.know(&text);
        assert_refused(&device, ErrorKind::HostKeyRevoked).await;
    }
}

#[tokio::test]
async fn any_of_several_known_keys_will_do() {
    let (sshd, other) = (with_all_kinds(), Sshd::start(&Options::default()));
    let stale = other
        .known_line("ed25519")
        .replace(&other.port.to_string(), &sshd.port.to_string());
    let device = sshd.device();
    sshd.know(&format!("{stale}{}", sshd.known_line("ed25519")));
    log_in(&device).await.unwrap();
}

#[tokio::test]
async fn a_host_known_by_one_key_shows_that_one() {
    let sshd = with_all_kinds();
    let device = sshd.device();
    for kind in ALL {
        sshd.know(&sshd.known_line(kind));
        let logged_in = log_in(&device).await;
        assert!(logged_in.is_ok(), "{kind}: {logged_in:?}");
    }
}

#[tokio::test]
async fn a_hashed_file_is_understood() {
    let sshd = Sshd::start(&Options::default());
    let device = sshd.device();
    let path = sshd.path("known_hosts");
    must_run("ssh-keygen", &["-q", "-H", "-f", path.to_str().unwrap()]);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("|1|"), "{text}");
    log_in(&device).await.unwrap();
}

#[tokio::test]
async fn a_new_key_is_written_down_once_and_then_held_to() {
    let sshd = Sshd::start(&Options::default());
    let mut device = sshd.device();
    let path = sshd.path("learned");
    device.known_hosts = Some(path.clone());
    device.host_key_policy = HostKeyPolicy::AcceptNew;
    let (first, second) = tokio::join!(log_in(&device), log_in(&device));
    first.unwrap();
    second.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, sshd.known_line("ed25519"));
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    device.host_key_policy = HostKeyPolicy::Strict;
    log_in(&device).await.unwrap();
}

#[tokio::test]
async fn known_hosts_that_cannot_be_read_are_not_taken_for_empty_ones() {
    let sshd = Sshd::start(&Options::default());
    let mut device = sshd.device();
    device.known_hosts = Some(sshd.folder.path().to_path_buf());
    device.host_key_policy = HostKeyPolicy::AcceptNew;
    assert_refused(&device, ErrorKind::InvalidInput).await;
}

/// Signs the host key with a fresh authority, and returns the key of the authority.
fn certify(sshd: &Sshd, arguments: &[&str]) -> String {
    let (authority, host) = (sshd.path("authority"), sshd.path("host_ed25519.pub"));
    if !authority.exists() {
        crate::support::make_key(&authority, &["ed25519"]);
    }
    let (path, host) = (authority.to_str().unwrap(), host.to_str().unwrap());
    let signing = ["-q", "-s", path, "-I", "test"];
    must_run("ssh-keygen", &[&signing, arguments, &[host]].concat());
    std::fs::read_to_string(sshd.path("authority.pub")).unwrap()
}

#[tokio::test]
async fn a_certificate_counts_for_its_host_its_time_and_a_listed_authority() {
    let sshd = Sshd::start(&Options {
        lines: "HostCertificate {folder}/host_ed25519-cert.pub",
        ..Options::default()
    });
    let device = sshd.device();
    for (arguments, is_good) in [
        (["-h", "-n", "127.0.0.1", "-V", "-1h:+1h"].as_slice(), true),
        (&["-h", "-n", "other.example", "-V", "-1h:+1h"], false),
        (&["-h", "-n", "127.0.0.1", "-V", "-2h:-1h"], false),
        (&["-n", "127.0.0.1", "-V", "-1h:+1h"], false),
    ] {
        let authority = certify(&sshd, arguments);
        // The server reads the certificate for each connection.
        let place = format!("[127.0.0.1]:{}", sshd.port);
        sshd.know(&format!("@cert-authority {place} {authority}"));
        let logged_in = log_in(&device).await;
        match logged_in {
            Ok(_) => assert!(is_good, "{arguments:?}"),
            Err(error) => {
                assert!(!is_good, "{arguments:?} {error:?}");
                assert_eq!(error.kind(), ErrorKind::HostKeyUnknown);
            }
        }
    }
}
