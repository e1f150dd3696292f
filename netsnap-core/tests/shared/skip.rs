//! What does a test do that cannot run here? It says so past whatever keeps what tests print, so that `tests/run` can list it;
//! where everything must run it fails.

use std::io::Write as _;

/// Says why a test does not run.
///
/// # Panics
/// Where everything must run: `NETSNAP_TEST_EVERYTHING` is set.
pub(crate) fn skip(why: &str) {
    let everything = std::env::var_os("NETSNAP_TEST_EVERYTHING").is_some();
    assert!(!everything, "this has to run here, and cannot: {why}");
    // Whoever cannot be told finds no line, and the test is as little run as before.
    let _ = writeln!(std::io::stderr(), "\nskipped: {why}");
}
