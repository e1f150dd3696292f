//! How does asyncio wait for work of the engine?
//!
//! The work runs on the engine's threads. When it has ended, a thread enters the interpreter once and hands the result to
//! the event loop. (pyo3-async-runtimes would do the same, but does not keep clear of an interpreter that is ending.)

use netsnap_core::Result;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;

use crate::error::Failure;
use crate::exit;
use crate::runtime::{panicked, runtime};

/// Returns an awaitable of the work. Cancelling it drops the work.
///
/// # Errors
/// `RuntimeError` outside a running event loop; `Unsupported` when the interpreter is ending.
pub(crate) fn awaitable<'py, T>(
    py: Python<'py>,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> PyResult<Bound<'py, PyAny>>
where
    T: for<'a> IntoPyObject<'a> + Send + 'static,
{
    exit::require_open().map_err(Failure)?;
    let runtime = runtime().map_err(Failure)?;
    let event_loop = py.import("asyncio")?.call_method0("get_running_loop")?;
    let future = event_loop.call_method0("create_future")?;
    let waiting = Waiting {
        event_loop: event_loop.unbind(),
        future: future.clone().unbind(),
    };
    let work = runtime.spawn(work);
    let stop = Stop(work.abort_handle());
    future.call_method1("add_done_callback", (stop,))?;
    runtime.spawn(async move {
        let result = match work.await {
            Ok(result) => result,
            Err(end) if end.is_cancelled() => return,
            Err(_) => Err(panicked()),
        };
        // Whoever holds the interpreter may hold it for long: that is no wait for a thread of the engine.
        tokio::task::spawn_blocking(move || waiting.settle(result));
    });
    Ok(future)
}

/// Who waits for a result.
struct Waiting {
    event_loop: Py<PyAny>,
    future: Py<PyAny>,
}

impl Waiting {
    fn settle<T: for<'a> IntoPyObject<'a>>(self, result: Result<T>) {
        let Some(_inside) = exit::enter() else { return };
        Python::attach(|py| {
            // A loop that was closed meanwhile refuses the call; then nobody waits any more.
            let _ = self.hand_over(py, result);
        });
    }

    fn hand_over<T: for<'a> IntoPyObject<'a>>(
        &self,
        py: Python<'_>,
        result: Result<T>,
    ) -> PyResult<()> {
        let value = result
            .map_err(|error| PyErr::from(Failure(error)))
            .and_then(|value| value.into_py_any(py));
        let (setter, value) = match value {
            Ok(value) => ("set_result", value),
            Err(error) => ("set_exception", error.into_value(py).into_any()),
        };
        let set = wrap_pyfunction!(settle, py)?;
        let arguments = (set, self.future.clone_ref(py), setter, value);
        self.event_loop
            .call_method1(py, "call_soon_threadsafe", arguments)?;
        Ok(())
    }
}

/// Called by the event loop: gives a future its result, unless it was cancelled on the way.
#[pyfunction]
fn settle(future: &Bound<'_, PyAny>, setter: &str, value: Bound<'_, PyAny>) -> PyResult<()> {
    if !future.call_method0("done")?.is_truthy()? {
        future.call_method1(setter, (value,))?;
    }
    Ok(())
}

/// Drops the work when its future is cancelled.
#[pyclass(frozen)]
struct Stop(tokio::task::AbortHandle);

#[pymethods]
impl Stop {
    fn __call__(&self, future: &Bound<'_, PyAny>) -> PyResult<()> {
        if future.call_method0("cancelled")?.is_truthy()? {
            self.0.abort();
        }
        Ok(())
    }
}
