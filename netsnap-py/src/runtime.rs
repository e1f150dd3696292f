//! How does a call wait, without holding the interpreter and without being deaf to Ctrl-C?

use std::process;
use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use netsnap_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3_async_runtimes::tokio as python;

use crate::error::Failure;

/// How long Ctrl-C can go unnoticed.
const PATIENCE: Duration = Duration::from_millis(50);

/// Returns the one runtime of this process.
///
/// # Errors
/// `Unsupported` in a process that was forked after the first use: the threads of the runtime did not come along.
fn runtime() -> Result<&'static tokio::runtime::Runtime> {
    static OWNER: OnceLock<u32> = OnceLock::new();
    if *OWNER.get_or_init(process::id) == process::id() {
        return Ok(python::get_runtime());
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
        let (received, back) = py.detach(move || (waiting.recv_timeout(PATIENCE), waiting));
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

/// Returns an awaitable of the work. Cancelling it drops the work.
pub(crate) fn awaitable<'py, T>(
    py: Python<'py>,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> PyResult<Bound<'py, PyAny>>
where
    T: for<'a> IntoPyObject<'a> + Send + 'static,
{
    runtime().map_err(Failure)?;
    python::future_into_py(py, async move {
        work.await.map_err(|error| Failure(error).into())
    })
}

/// Returns the error for work that panicked.
pub(crate) fn panicked() -> Error {
    Error::new(ErrorKind::Internal, "the engine failed unexpectedly")
        .during("runtime.block")
        .hint("please report it; what was recorded before is kept")
}
