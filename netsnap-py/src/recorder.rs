//! A run that a Python program records.

use std::sync::Arc;

use netsnap_core::wire::Recording;
use pyo3::prelude::*;

use crate::awaitable::awaitable;
use crate::engine::Answer;
use crate::error::Failure;
use crate::inventory::Inventory;
use crate::runtime::block;

/// A run that a Python program records. Collected before it is finished, the run ends `interrupted`.
#[pyclass(frozen, module = "netsnap._netsnap")]
pub(crate) struct Recorder(Arc<Recording>);

impl From<Recording> for Recorder {
    fn from(recording: Recording) -> Self {
        Self(Arc::new(recording))
    }
}

#[pymethods]
impl Recorder {
    #[getter]
    fn id(&self) -> &str {
        self.0.id().as_str()
    }

    /// Records an event where nothing has to be waited for, else returns nothing.
    fn event_at_once(&self, arguments: &str) -> PyResult<Option<u64>> {
        let placed = self.0.event_at_once(arguments);
        Ok(placed.map_err(Failure)?)
    }

    /// Returns the request that the run end, as far as it was heard of.
    fn cancel_requested(&self) -> PyResult<String> {
        Ok(self.0.cancel_requested().map_err(Failure)?)
    }

    fn until_cancel_requested(&self, py: Python<'_>, arguments: &str) -> PyResult<String> {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stop = std::cell::Cell::new(Some(stop));
        let waiting = self.0.until_cancel_requested(arguments);
        let waiting = async move {
            tokio::select! {
                request = waiting => request,
                _ = stopped => Ok("null".to_owned()),
            }
        };
        block(py, || drop(stop.take()), waiting)
    }

    fn until_cancel_requested_async<'py>(
        &self,
        py: Python<'py>,
        arguments: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        awaitable(py, self.0.until_cancel_requested(arguments))
    }

    /// Asks the one device of an inventory.
    fn ask(&self, py: Python<'_>, arguments: String, inventory: &Inventory) -> PyResult<Answer> {
        let (recording, devices) = (self.0.clone(), inventory.devices());
        let cancel = recording.cancellation();
        let stop = cancel.clone();
        let work = async move { recording.ask(&arguments, &devices, &cancel).await };
        block(py, || stop.cancel(), async move { work.await.map(Answer) })
    }

    fn ask_async<'py>(
        &self,
        py: Python<'py>,
        arguments: String,
        inventory: &Inventory,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (recording, devices) = (self.0.clone(), inventory.devices());
        let cancel = recording.cancellation();
        let work = async move { recording.ask(&arguments, &devices, &cancel).await };
        awaitable(py, async move { work.await.map(Answer) })
    }

    #[pyo3(signature = (verb, arguments, data=None))]
    fn call(
        &self,
        py: Python<'_>,
        verb: String,
        arguments: String,
        data: Option<&[u8]>,
    ) -> PyResult<String> {
        let (recording, data) = (self.0.clone(), data.map(<[u8]>::to_vec));
        let work = async move { recording.call(&verb, &arguments, data).await };
        block(py, || (), work)
    }

    #[pyo3(signature = (verb, arguments, data=None))]
    fn call_async<'py>(
        &self,
        py: Python<'py>,
        verb: String,
        arguments: String,
        data: Option<&[u8]>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (recording, data) = (self.0.clone(), data.map(<[u8]>::to_vec));
        // A write that has begun is not taken back: the run is recorded whole even when its reader goes away.
        let work = async move {
            let write = tokio::spawn(async move { recording.call(&verb, &arguments, data).await });
            write
                .await
                .unwrap_or_else(|_| Err(crate::runtime::panicked()))
        };
        awaitable(py, work)
    }
}
