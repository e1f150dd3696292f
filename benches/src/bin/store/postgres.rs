//! How does a server of PostgreSQL give each case a database of its own?

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use netsnap_core::Result;

use crate::bed::finished;

/// Seconds from one run to the next, as the history is filled.
const PAUSE: usize = 30;

/// A server in which databases are made and removed.
#[derive(Debug)]
pub(crate) struct Server {
    url: String,
    psql: PathBuf,
}

impl Server {
    pub(crate) fn new(url: String, psql: &Path) -> Self {
        Self {
            url,
            psql: psql.to_owned(),
        }
    }

    /// Makes a database, anew when it is there, and returns its address.
    pub(crate) fn database(&self, name: &str) -> Result<String> {
        let plain = |c: char| !c.is_ascii_alphanumeric();
        let name = format!("bench_{}", name.to_ascii_lowercase().replace(plain, "_"));
        self.run(
            &self.url,
            &format!("drop database if exists {name} with (force)"),
        )?;
        self.run(&self.url, &format!("create database {name}"))?;
        Ok(with_database(&self.url, &name))
    }

    /// Removes what [`database`](Self::database) made.
    pub(crate) fn drop_database(&self, url: &str) {
        let name = database_of(url);
        let _ = self.run(
            &self.url,
            &format!("drop database if exists {name} with (force)"),
        );
    }

    /// Copies the runs of a filled store until there are so many, each set of copies later than the one before.
    ///
    /// The summaries of the first stand in a file, one JSON to a line: the database cannot read its own, which are packed.
    pub(crate) fn multiply(
        &self,
        url: &str,
        summaries: &Path,
        (own, count): (usize, usize),
    ) -> Result<()> {
        self.run(url, "create table body (body jsonb not null)")?;
        let lines = "(format csv, quote e'\\x01', delimiter e'\\x02')";
        let file = summaries.display();
        self.run(url, &format!("\\copy body from '{file}' with {lines}"))?;
        let statements = include_str!("multiply.sql")
            .replace("{sets}", &(count / own - 1).to_string())
            .replace("{seconds}", &(own * PAUSE).to_string());
        self.run(url, &statements)?;
        self.run(url, "vacuum analyze")
    }

    fn run(&self, url: &str, statements: &str) -> Result<()> {
        let mut psql = Command::new(&self.psql);
        psql.args([
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            url,
            "-c",
            statements,
        ]);
        // Notices about what was not there to be dropped say nothing.
        psql.env("PGOPTIONS", "-c client_min_messages=warning");
        finished(psql.stdout(Stdio::null()))
    }
}

/// The same address with another database.
fn with_database(url: &str, name: &str) -> String {
    let (address, options) = match url.split_once('?') {
        Some((address, options)) => (address, format!("?{options}")),
        None => (url, String::new()),
    };
    let host = address.rsplit_once('/').map_or(address, |(host, _)| host);
    format!("{host}/{name}{options}")
}

fn database_of(url: &str) -> &str {
    let address = url.split('?').next().unwrap_or(url);
    address.rsplit('/').next().unwrap_or(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_takes_the_place_of_another() {
        let url = "postgres://netsnap@localhost/postgres?host=/tmp/x/y";
        let other = with_database(url, "bench_a");
        assert_eq!(other, "postgres://netsnap@localhost/bench_a?host=/tmp/x/y");
        assert_eq!(database_of(&other), "bench_a");
    }
}
