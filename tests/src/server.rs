//! A PostgreSQL server for one test alone.

use std::path::Path;
use std::process::Command;

/// Set in the process that has the server to itself.
const ALONE: &str = "NETSNAP_TEST_ALONE";

/// What a test is to do that needs a server of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// Its work: it has the server.
    Yes,
    /// Nothing more: it was run in a process with a server, or there can be none here.
    Done,
}

/// Runs a test again, named as `cargo test` prints it, with a server that other tests do not write to; see `tests/with-postgres` for the
/// options.
///
/// # Panics
/// When the test failed there.
#[must_use]
pub fn alone(test: &str, options: &[&str]) -> Alone {
    if std::env::var_os(ALONE).is_some() {
        return Alone::Yes;
    }
    if std::env::var_os("NETSNAP_TEST_POSTGRES").is_none() {
        crate::skip("NETSNAP_TEST_POSTGRES names no server");
        return Alone::Done;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("with-postgres");
    let done = Command::new(script)
        .args(options)
        .arg(std::env::current_exe().expect("this binary"))
        .args(["--exact", test])
        .env(ALONE, "1")
        .status()
        .expect("it starts");
    assert!(done.success(), "{done}");
    Alone::Done
}
