//! Is what a strict run was told is kept there when the server itself is killed?
//!
//! A server of its own is told not to wait for the disk, as administrators do: what only its memory knows is gone then, and a strict run
//! has to have said otherwise. It is stopped without a chance to write anything, and started again.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use netsnap_core::store;

use crate::promises::{Told, promise_until_killed, running};
use crate::{given_store, quick_folder};

const CRASHES: u32 = 8;
const CHILDREN: u32 = 3;

struct Server {
    programs: PathBuf,
    folder: tempfile::TempDir,
    by_root: bool,
}

impl Server {
    /// Makes a server; `None`, and says so, where there are no programs of one.
    fn new() -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!("skipped: no PostgreSQL server here");
            return None;
        };
        let folder = quick_folder();
        let by_root = is_root(folder.path());
        let server = Self {
            programs,
            folder,
            by_root,
        };
        if by_root {
            run(Command::new("chown")
                .arg("postgres")
                .arg(server.folder.path()));
        }
        let options = "-U netsnap -A trust -E UTF8 -N --locale=C.UTF-8".split(' ');
        run(server.program("initdb").args(options));
        server.control(&["start", "-w", "-o", &server.options()]);
        Some(server)
    }

    fn options(&self) -> String {
        let folder = self.folder.path().display();
        format!("-k {folder} -c listen_addresses= -c fsync=off -c synchronous_commit=off")
    }

    fn url(&self) -> String {
        let folder = self.folder.path().display();
        format!("postgres://netsnap@localhost/postgres?host={folder}")
    }

    /// A program of the server, run by an account that it does not refuse.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = match self.by_root {
            true => Command::new("setpriv"),
            false => Command::new(&program),
        };
        if self.by_root {
            let postgres = "--reuid=postgres --regid=postgres --init-groups --".split(' ');
            command.args(postgres).arg(program);
        }
        command
            .env("PGDATA", self.folder.path().join("data"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn control(&self, what: &[&str]) {
        let log = self.folder.path().join("log");
        run(self.program("pg_ctl").arg("-l").arg(log).args(what));
    }

    /// Stops it as a crash does, and starts it again.
    fn crash(&self) {
        self.control(&["stop", "-m", "immediate"]);
        self.control(&["start", "-w", "-o", &self.options()]);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self
            .program("pg_ctl")
            .args(["stop", "-m", "immediate"])
            .status();
    }
}

fn run(command: &mut Command) {
    let ended = command.status().unwrap();
    assert!(ended.success(), "{command:?}");
}

/// PostgreSQL refuses to run as root, who lends it the account that came with the package.
fn is_root(folder: &Path) -> bool {
    std::fs::metadata(folder).unwrap().uid() == 0
}

/// Where Debian has the newest, or the first of the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    let mut folders: Vec<PathBuf> = folders.collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut all = folders
        .into_iter()
        .rev()
        .chain(std::env::split_paths(&path));
    all.find(|folder: &PathBuf| Path::new(&folder.join("initdb")).is_file())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_promised_outlives_the_server() {
    if let Some(url) = given_store() {
        return promise_until_killed(&url).await;
    }
    let Some(server) = Server::new() else {
        return;
    };
    let test = "crash::what_was_promised_outlives_the_server";
    let mut events = 0;
    for crash in 0..CRASHES {
        let lines = 20 + 13 * crash;
        let children: Vec<_> = (0..CHILDREN)
            .map(|_| running(test, &server.url(), lines))
            .collect();
        std::thread::sleep(Duration::from_micros(
            u64::from(getrandom::u32().unwrap()) % 3000,
        ));
        server.crash();
        let told: Vec<Told> = children.into_iter().map(|child| child.end()).collect();
        let store = store::open(&server.url()).await.unwrap();
        for told in told {
            told.assert_kept(store.as_ref()).await;
            events += told.events;
        }
    }
    eprintln!("{events} events of {} runs", CRASHES * CHILDREN);
}
