//! How does a call wait, without holding the interpreter and without being deaf to Ctrl-C?

use std::process;
use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use netsnap_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use tokio::runtime::Runtime;

use crate::error::Failure;
use crate::exit;

/// How long Ctrl-C can go unnoticed.
const PATIENCE: Duration = Duration::from_millis(50);

/// Returns the one runtime of this process.
///
/// # Errors
/// `Unsupported` in a process that was forked after the first use: the threads of the runtime did not come along.
/// `Internal` when the machine gives no threads.
pub(crate) fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<(u32, std::io::Result<Runtime>)> = OnceLock::new();
    let (owner, runtime) = RUNTIME.get_or_init(|| (process::id(), Runtime::new()));
    if *owner == process::id() {
        return runtime.as_ref().map_err(no_threads);
    }
    Err(Error::new(
        ErrorKind::Unsupported,
        "this process was forked after netsnap was used",
    )
    .during("runtime.enter")
    .hint("start workers with the method \"spawn\", or use netsnap only after the fork"))
}

/// Makes the runtime the current one of this thread, for what starts work by itself.
pub(crate) fn enter() -> PyResult<tokio::runtime::EnterGuard<'static>> {
    Ok(runtime().map_err(Failure)?.enter())
}

/// Runs work to its end while other Python threads go on.
///
/// The first Ctrl-C calls `on_interrupt` and waits until the work has ended in order; a second one does not wait.
pub(crate) fn block<T: Send + 'static>(
    py: Python<'_>,
    on_interrupt: impl Fn(),
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> PyResult<T> {
    let (answer, mut waiting) = mpsc::sync_channel(1);
    runtime().map_err(Failure)?.spawn(async move {
        // Nobody listens any more after a second Ctrl-C.
        let _ = answer.send(work.await);
    });
    let mut interrupt = None;
    loop {
        let (received, back, inside) = py.detach(move || {
            let received = waiting.recv_timeout(PATIENCE);
            (received, waiting, exit::enter_or_stay())
        });
        drop(inside);
        waiting = back;
        match (received, py.check_signals()) {
            (Ok(_), Err(signal)) => return Err(interrupt.unwrap_or(signal)),
            (Ok(result), Ok(())) => {
                return interrupt.map_or(result.map_err(|error| Failure(error).into()), Err);
            }
            (Err(RecvTimeoutError::Disconnected), _) => return Err(Failure(panicked()).into()),
            (Err(RecvTimeoutError::Timeout), Ok(())) => {}
            (Err(RecvTimeoutError::Timeout), Err(signal)) if interrupt.is_none() => {
                on_interrupt();
                interrupt = Some(signal);
            }
            (Err(RecvTimeoutError::Timeout), Err(signal)) => return Err(signal),
        }
    }
}

/// Does short work on this thread while other Python threads go on. Ctrl-C comes behind it.
pub(crate) fn compute<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    let (result, inside) = py.detach(|| (work(), exit::enter_or_stay()));
    drop(inside);
    py.check_signals()?;
    result.map_err(|error| Failure(error).into())
}

/// Returns the error for work that panicked.
pub(crate) fn panicked() -> Error {
    Error::new(ErrorKind::Internal, "the engine failed unexpectedly")
        .during("runtime.block")
        .hint("please report it; what was recorded before is kept")
}

fn no_threads(error: &std::io::Error) -> Error {
    Error::new(
        ErrorKind::Internal,
        "the threads of the engine cannot be started",
    )
    .during("runtime.start")
    .hint("see how many threads the process may have (ulimit -u)")
    .with("reason", error)
}
