//! Where do the stores lie that are measured, and who measures them?

use std::fmt::Display;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use netsnap_benches::child::{Measured, measure};
use netsnap_core::{Error, ErrorKind, Result};
use tempfile::TempDir;

use crate::Arguments;
use crate::postgres::Server;

/// What keeps the runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    Memory,
    Files,
    Sqlite,
    Postgres,
}

impl Medium {
    /// Those that outlive a process.
    pub(crate) const LASTING: [Self; 3] = [Self::Files, Self::Sqlite, Self::Postgres];
    /// Those that are a folder or file of their own.
    pub(crate) const LOCAL: [Self; 2] = [Self::Files, Self::Sqlite];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Files => "files",
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// The address of a store in a folder of its own.
    fn url(self, folder: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite:{}", folder.join("runs.db").display()),
            _ => folder.display().to_string(),
        }
    }
}

/// A store that is measured.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) medium: Medium,
    pub(crate) url: String,
    /// Everything that belongs to it, where it is files.
    pub(crate) folder: PathBuf,
}

/// Everything that is needed to measure. What it made is gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Bed {
    pub(crate) arguments: Arguments,
    pub(crate) scratch: TempDir,
    server: Option<Server>,
}

impl Bed {
    pub(crate) fn make(arguments: Arguments) -> Result<Self> {
        let scratch = tempfile::Builder::new()
            .prefix("bench-store-")
            .tempdir_in(&arguments.scratch)
            .map_err(|error| unusable("the scratch folder").because(error))?;
        let given = std::env::var("NETSNAP_TEST_POSTGRES").ok();
        let url = arguments.postgres.clone().or(given);
        let server = url.map(|url| Server::new(url, &arguments.psql));
        if server.is_none() {
            eprintln!("skipped, as NETSNAP_TEST_POSTGRES names no server: PostgreSQL");
        }
        Ok(Self {
            arguments,
            scratch,
            server,
        })
    }

    /// Of two numbers the one for a whole run, or for a quick one.
    pub(crate) fn size(&self, whole: usize, quick: usize) -> usize {
        if self.arguments.quick { quick } else { whole }
    }

    /// How often something is done.
    pub(crate) fn rounds(&self, whole: usize) -> usize {
        self.size(whole, 1)
    }

    /// Makes room for a new store, in the place of the one of this name.
    pub(crate) fn place(&self, medium: Medium, name: &str) -> Option<Place> {
        let folder = self.scratch.path().join(name);
        let _ = fs::remove_dir_all(&folder);
        said(name, fs::create_dir(&folder))?;
        let url = match medium {
            Medium::Memory => "memory:".to_owned(),
            Medium::Files | Medium::Sqlite => medium.url(&folder),
            Medium::Postgres => said(name, self.server.as_ref()?.database(name))?,
        };
        Some(Place {
            medium,
            url,
            folder,
        })
    }

    /// Removes a store.
    pub(crate) fn clear(&self, place: &Place) {
        let _ = fs::remove_dir_all(&place.folder);
        if let (Medium::Postgres, Some(server)) = (place.medium, &self.server) {
            server.drop_database(&place.url);
        }
    }

    /// Takes a store out of the way, and leaves its files until the end: ext4 without a journal passes one by one over what was removed in
    /// the last five minutes (`recently_deleted` of Linux), and makes each file of the next store the slower.
    pub(crate) fn put_aside(&self, place: &Place) {
        let mut aside = tempfile::Builder::new();
        let aside = aside.prefix("aside-").disable_cleanup(true);
        let aside = aside.tempdir_in(self.scratch.path());
        let moved = said("aside", aside).map(|aside| fs::rename(&place.folder, aside.path()));
        said("aside", moved.unwrap_or(Ok(())));
        self.clear(place);
    }

    /// Makes a store that a case of ours fills: where nothing waits for a disk, then copied as it is.
    pub(crate) fn filled(
        &self,
        medium: Medium,
        name: &str,
        case: &str,
        count: usize,
    ) -> Option<Place> {
        eprintln!("filling {name}: {count} runs");
        let count = count.to_string();
        let place = self.place(medium, name)?;
        let memory = Path::new("/dev/shm");
        if medium == Medium::Postgres || !memory.is_dir() {
            self.ours(case, &place.url, &["--count", &count])?;
            return Some(place);
        }
        let quick = said(name, TempDir::new_in(memory))?;
        let url = medium.url(quick.path());
        self.ours(case, &url, &["--count", &count])?;
        let mut copy = Command::new("cp");
        copy.arg("-a")
            .arg(quick.path().join("."))
            .arg(&place.folder);
        said(name, finished(&mut copy))?;
        Some(place)
    }

    /// Makes the history that pages are taken from. In PostgreSQL most runs are copies that it makes itself.
    pub(crate) fn history(&self, medium: Medium, name: &str, count: usize) -> Option<Place> {
        const OWN: usize = 1000;
        if medium != Medium::Postgres {
            return self.filled(medium, name, "fill", count);
        }
        let place = self.filled(medium, name, "fill", OWN)?;
        eprintln!("copying them to {count}");
        let summaries = self.scratch.path().join("summaries");
        self.ours("summaries", &place.url, &["--bundle", summaries.to_str()?])?;
        let server = self.server.as_ref()?;
        said(name, server.multiply(&place.url, &summaries, (OWN, count)))?;
        Some(place)
    }

    /// Lets our own contender do a case. What fails is said and does not count.
    pub(crate) fn ours(&self, case: &str, url: &str, more: &[&str]) -> Option<Measured> {
        let mut command = Command::new(&self.arguments.ours);
        command.args([case, "--store", url]).args(more);
        command.arg("--folder").arg(self.scratch.path());
        said(case, measure(&mut command))
    }

    /// Starts a script of a peer.
    pub(crate) fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.arguments.python);
        command.arg(self.arguments.scripts.join(name));
        command
    }
}

/// What worked; what failed is said.
pub(crate) fn said<T, E: Display>(what: &str, result: Result<T, E>) -> Option<T> {
    result
        .inspect_err(|error| eprintln!("{what}: {error}"))
        .ok()
}

/// Runs a command to its good end.
pub(crate) fn finished(command: &mut Command) -> Result<()> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(unusable(format!("{command:?}")).with("status", status)),
        Err(error) => Err(unusable(format!("{command:?}")).because(error)),
    }
}

/// Bytes on the disk, in whole blocks, of a folder with all that is in it.
pub(crate) fn disk(folder: &Path) -> std::io::Result<u64> {
    let own = fs::symlink_metadata(folder)?.blocks() * 512;
    let mut sum = own;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        sum += match entry.file_type()?.is_dir() {
            true => disk(&entry.path())?,
            false => entry.metadata()?.blocks() * 512,
        };
    }
    Ok(sum)
}

pub(crate) fn unusable(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidInput, "the test bed cannot be made")
        .during("bench.bed")
        .with("because_of", what.into())
}
