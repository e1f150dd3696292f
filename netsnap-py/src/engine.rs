//! An open engine: each verb as a blocking call and as an awaitable.

use std::collections::BTreeMap;

use netsnap_core::Result;
use netsnap_core::wire::{Handle, Reply, Request, Text, Told, only_computes};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyBytes;

use crate::awaitable::awaitable;
use crate::events::Events;
use crate::inventory::Inventory;
use crate::recorder::Recorder;
use crate::runtime::{block, compute};
use crate::work::Work;

/// Long texts, as they stand in the interpreter's memory.
type Beside = BTreeMap<String, PyBackedStr>;

/// An open engine.
#[pyclass(frozen, module = "netsnap._netsnap")]
pub(crate) struct Engine(Handle);

#[pymethods]
impl Engine {
    #[staticmethod]
    fn open(py: Python<'_>, url: String) -> PyResult<Self> {
        block(py, || (), async move { Handle::open(&url).await.map(Self) })
    }

    #[staticmethod]
    fn open_async(py: Python<'_>, url: String) -> PyResult<Bound<'_, PyAny>> {
        awaitable(py, async move { Handle::open(&url).await.map(Self) })
    }

    #[pyo3(signature = (verb, arguments, inventory=None, texts=Beside::new()))]
    fn call(
        &self,
        py: Python<'_>,
        verb: String,
        arguments: String,
        inventory: Option<&Inventory>,
        texts: Beside,
    ) -> PyResult<Answer> {
        let request = self.request(verb, arguments, inventory, texts);
        if only_computes(&request.verb) {
            return compute(py, || self.0.compute(request)).map(Answer);
        }
        let (handle, cancel) = (self.0.clone(), request.cancel.clone());
        block(py, || cancel.cancel(), answer(handle, request))
    }

    #[pyo3(signature = (verb, arguments, inventory=None, texts=Beside::new()))]
    fn call_async<'py>(
        &self,
        py: Python<'py>,
        verb: String,
        arguments: String,
        inventory: Option<&Inventory>,
        texts: Beside,
    ) -> PyResult<Bound<'py, PyAny>> {
        let request = self.request(verb, arguments, inventory, texts);
        awaitable(py, answer(self.0.clone(), request))
    }

    fn start(&self, verb: String, arguments: String) -> Work {
        Work::from(
            self.0
                .start(self.request(verb, arguments, None, Beside::new())),
        )
    }

    fn begin(&self, py: Python<'_>, arguments: String) -> PyResult<Recorder> {
        let handle = self.0.clone();
        block(py, || (), async move { begin(&handle, &arguments).await })
    }

    fn begin_async<'py>(&self, py: Python<'py>, arguments: String) -> PyResult<Bound<'py, PyAny>> {
        let handle = self.0.clone();
        awaitable(py, async move { begin(&handle, &arguments).await })
    }

    fn replaying(&self, py: Python<'_>, arguments: String) -> PyResult<Self> {
        let handle = self.0.clone();
        block(py, || (), async move { past(&handle, &arguments).await })
    }

    fn replaying_async<'py>(
        &self,
        py: Python<'py>,
        arguments: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let handle = self.0.clone();
        awaitable(py, async move { past(&handle, &arguments).await })
    }

    fn follow(&self, arguments: &str) -> PyResult<Events> {
        Events::start(|| self.0.follow(arguments))
    }

    fn replay(&self, arguments: &str) -> PyResult<Events> {
        Events::start(|| self.0.replay(arguments))
    }

    fn watch(&self) -> PyResult<Events> {
        Events::start(|| self.0.watch())
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let handle = self.0.clone();
        block(py, || (), async move {
            handle.close().await;
            Ok(())
        })
    }

    fn close_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let handle = self.0.clone();
        awaitable(py, async move {
            handle.close().await;
            Ok(())
        })
    }
}

impl Engine {
    fn request(
        &self,
        verb: String,
        arguments: String,
        inventory: Option<&Inventory>,
        texts: Beside,
    ) -> Request {
        let texts = texts.into_iter();
        Request {
            verb,
            arguments,
            texts: texts.map(|(name, text)| (name, Text::new(text))).collect(),
            devices: inventory.map(Inventory::devices).unwrap_or_default(),
            cancel: self.0.cancellation(),
            told: Told::default(),
        }
    }
}

async fn begin(handle: &Handle, arguments: &str) -> Result<Recorder> {
    handle.begin(arguments).await.map(Recorder::from)
}

async fn past(handle: &Handle, arguments: &str) -> Result<Engine> {
    handle.replaying(arguments).await.map(Engine)
}

async fn answer(handle: Handle, request: Request) -> Result<Answer> {
    handle.call(request).await.map(Answer)
}

/// A reply as `(json, bytes or None)`.
pub(crate) struct Answer(pub(crate) Reply);

impl<'py> IntoPyObject<'py> for Answer {
    type Target = pyo3::types::PyTuple;
    type Output = Bound<'py, Self::Target>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let bytes = self.0.bytes.map(|bytes| PyBytes::new(py, &bytes));
        (self.0.json, bytes).into_pyobject(py)
    }
}
