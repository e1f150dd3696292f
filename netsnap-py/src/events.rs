//! A stream of events, one batch a crossing.

use std::sync::Arc;

use netsnap_core::Result;
use netsnap_core::wire::Batches;
use pyo3::prelude::*;

use crate::awaitable::awaitable;
use crate::error::Failure;
use crate::runtime::{block, enter};

/// A stream of batches: each a JSON array, `None` at the end.
#[pyclass(frozen, module = "netsnap._netsnap")]
pub(crate) struct Events(Arc<Batches>);

impl Events {
    /// Starts a stream; its source runs in the runtime.
    pub(crate) fn start(source: impl FnOnce() -> Result<Batches>) -> PyResult<Self> {
        let _inside = enter()?;
        Ok(Self(Arc::new(source().map_err(Failure)?)))
    }
}

#[pymethods]
impl Events {
    fn next(&self, py: Python<'_>) -> PyResult<Option<String>> {
        let batches = self.0.clone();
        let stop = self.0.clone();
        block(py, || stop.stop(), async move {
            batches.next().await.transpose()
        })
    }

    fn next_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let batches = self.0.clone();
        awaitable(py, async move { batches.next().await.transpose() })
    }

    fn stop(&self) {
        self.0.stop();
    }
}
