//! A real `sshd` for one test: own port, own host keys, own client key.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use netsnap_core::model::Device;
use netsnap_core::platform::Platform;
use netsnap_core::transport::{Limits, SshSession, SshTransport};
use netsnap_core::{ErrorKind, Result};

/// Says loudly what is missing: a test that cannot run must not look like one that passed.
pub(crate) fn require_sshd() -> PathBuf {
    for path in ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"] {
        if Path::new(path).exists() {
            return PathBuf::from(path);
        }
    }
    panic!("these tests need the OpenSSH server: install the package `openssh-server`");
}

/// Runs a program to its end.
pub(crate) fn must_run(program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("these tests need `{program}`: {error}"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {output:?}"
    );
}

/// Makes a key pair without a passphrase.
pub(crate) fn make_key(path: &Path, kind: &[&str]) {
    let path = path.to_str().unwrap();
    let arguments = [&["-q", "-N", "", "-f", path, "-t"], kind].concat();
    must_run("ssh-keygen", &arguments);
}

pub(crate) fn username() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// How to start a server.
#[derive(Default)]
pub(crate) struct Options<'a> {
    /// Types of the host keys; Ed25519 when empty.
    pub(crate) host_keys: &'a [&'a str],
    /// Further lines of its configuration.
    pub(crate) lines: &'a str,
}

/// A running server. Dropped, it ends, with everything below its folder.
pub(crate) struct Sshd {
    process: Child,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) port: u16,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Sshd {
    pub(crate) fn start(options: &Options<'_>) -> Self {
        let sshd = require_sshd();
        if username() == "root" {
            // The start script of the distribution makes it; sshd will not run as root without.
            std::fs::create_dir_all("/run/sshd").unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        prepare_keys(folder.path(), options);
        for _ in 0..20 {
            let port = free_port();
            std::fs::write(
                folder.path().join("config"),
                configuration(folder.path(), port, options),
            )
            .unwrap();
            let mut process = Command::new(&sshd)
                .args(["-D", "-e", "-f"])
                .arg(folder.path().join("config"))
                .stdin(Stdio::null())
                .stderr(std::fs::File::create(folder.path().join("log")).unwrap())
                .spawn()
                .unwrap();
            if answers(port, &mut process) {
                return Self {
                    process,
                    folder,
                    port,
                };
            }
            let _ = process.kill();
            let _ = process.wait();
        }
        let log = std::fs::read_to_string(folder.path().join("log"));
        panic!("sshd does not start: {log:?}");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns a device with a key that the server takes and a file that knows all its host keys.
    pub(crate) fn device(&self) -> Device {
        let known = self.path("known_hosts");
        if !known.exists() {
            let lines: String = ["ed25519", "ecdsa", "rsa"]
                .iter()
                .filter(|kind| self.path(&format!("host_{kind}.pub")).exists())
                .map(|kind| self.known_line(kind))
                .collect();
            std::fs::write(&known, lines).unwrap();
        }
        let mut device = device(self.port, &known);
        device.key = Some(self.path("client"));
        device
    }

    /// Returns the line that makes one of its host keys known.
    pub(crate) fn known_line(&self, kind: &str) -> String {
        let text = std::fs::read_to_string(self.path(&format!("host_{kind}.pub"))).unwrap();
        let words: Vec<_> = text.split_whitespace().take(2).collect();
        format!("[127.0.0.1]:{} {}\n", self.port, words.join(" "))
    }

    pub(crate) fn know(&self, lines: &str) {
        std::fs::write(self.path("known_hosts"), lines).unwrap();
    }
}

fn prepare_keys(folder: &Path, options: &Options<'_>) {
    for kind in kinds(options) {
        let arguments: &[&str] = match kind {
            "rsa" => &["rsa", "-b", "2048"],
            other => &[other],
        };
        make_key(&folder.join(format!("host_{kind}")), arguments);
    }
    make_key(&folder.join("client"), &["ed25519"]);
    std::fs::copy(folder.join("client.pub"), folder.join("authorized")).unwrap();
}

fn kinds<'a>(options: &Options<'a>) -> Vec<&'a str> {
    match options.host_keys {
        [] => vec!["ed25519"],
        kinds => kinds.to_vec(),
    }
}

fn configuration(folder: &Path, port: u16, options: &Options<'_>) -> String {
    // An account's own start files (Bash reads ~/.bashrc of whoever logs in) may print what no test expects.
    let folder = folder.display();
    let keys: String = kinds(options)
        .iter()
        .map(|kind| format!("HostKey {folder}/host_{kind}\n"))
        .collect();
    format!(
        "{}\nListenAddress 127.0.0.1:{port}\n{keys}PidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n\
         AuthorizedKeysFile {folder}/authorized\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         MaxStartups 100:1:200\nSetEnv HOME={folder}\n",
        options.lines.replace("{folder}", &folder.to_string())
    )
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

fn answers(port: u16, process: &mut Child) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline && process.try_wait().unwrap().is_none() {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

/// Returns a device on this machine without credentials.
pub(crate) fn device(port: u16, known_hosts: &Path) -> Device {
    let text = serde_json::json!({
        "name": "r1", "host": "127.0.0.1", "port": port, "username": username(), "platform": "linux",
        "known_hosts": known_hosts,
    });
    serde_json::from_value(text).unwrap()
}

pub(crate) fn linux() -> Arc<Platform> {
    Platform::named("linux").unwrap()
}

pub(crate) async fn log_in(device: &Device) -> Result<SshSession> {
    let transport = SshTransport::default();
    transport.open(device, &linux(), &Limits::default()).await
}

/// Expects a refusal, and that it names the device and carries a hint.
pub(crate) async fn refusal(device: &Device) -> netsnap_core::Error {
    refusal_within(device, &Limits::default()).await
}

pub(crate) async fn refusal_within(device: &Device, limits: &Limits) -> netsnap_core::Error {
    let transport = SshTransport::default();
    let error = transport.open(device, &linux(), limits).await.unwrap_err();
    let report = error.report();
    assert_eq!(report.context["device"], device.name, "{error:?}");
    assert_eq!(report.context["host"], device.host, "{error:?}");
    assert_eq!(report.context["port"], device.port.to_string(), "{error:?}");
    assert!(report.hint.is_some(), "{error:?}");
    assert_eq!(report.effect, netsnap_core::Effect::None);
    error
}

pub(crate) fn context(error: &netsnap_core::Error, key: &str) -> String {
    error.report().context.get(key).cloned().unwrap_or_default()
}

pub(crate) async fn assert_refused(device: &Device, kind: ErrorKind) -> netsnap_core::Error {
    let error = refusal(device).await;
    assert_eq!(error.kind(), kind, "{error:?}");
    error
}
