//! A call that says how far it is.

use std::sync::Arc;

use netsnap_core::Result;
use netsnap_core::wire;
use pyo3::prelude::*;

use crate::awaitable::awaitable;
use crate::engine::Answer;
use crate::runtime::block;

/// A call that is under way. Collected before its end, it is cancelled.
#[pyclass(frozen, module = "netsnap._netsnap")]
pub(crate) struct Work(Arc<wire::Work>);

impl From<wire::Work> for Work {
    fn from(work: wire::Work) -> Self {
        Self(Arc::new(work))
    }
}

#[pymethods]
impl Work {
    fn next(&self, py: Python<'_>) -> PyResult<Step> {
        let stop = self.0.clone();
        block(py, || stop.stop(), next(self.0.clone()))
    }

    fn next_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        awaitable(py, next(self.0.clone()))
    }

    fn stop(&self) {
        self.0.stop();
    }
}

async fn next(work: Arc<wire::Work>) -> Result<Step> {
    Ok(match work.next().await? {
        wire::Step::Progress(progress) => (Some((progress.done, progress.total)), None),
        wire::Step::Done(reply) => (None, Some(Answer(reply))),
    })
}

/// Either how many of how many steps are done, or the answer.
type Step = (Option<(u64, u64)>, Option<Answer>);
