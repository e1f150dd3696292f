//! A call that says how far it is.

use std::sync::Arc;

use napi::bindgen_prelude::PromiseRaw;
use napi::{Env, Result};
use napi_derive::napi;
use netsnap_core::wire;

use crate::engine::Answer;
use crate::error::rejection;

/// A call that is under way. Collected before its end, it is cancelled.
#[napi]
pub struct Work(Arc<wire::Work>);

impl From<wire::Work> for Work {
    fn from(work: wire::Work) -> Self {
        Self(Arc::new(work))
    }
}

/// What is heard of it: how many of how many steps are done, or the answer.
#[napi(object, object_from_js = false)]
pub struct Step {
    /// Steps done, and steps known so far.
    pub progress: Option<Vec<f64>>,
    /// The answer: nothing follows it.
    pub answer: Option<Answer>,
}

impl From<wire::Step> for Step {
    fn from(step: wire::Step) -> Self {
        match step {
            wire::Step::Progress(progress) => Self {
                progress: Some(vec![progress.done as f64, progress.total as f64]),
                answer: None,
            },
            wire::Step::Done(reply) => Self {
                progress: None,
                answer: Some(Answer::from(reply)),
            },
        }
    }
}

#[napi]
impl Work {
    /// Waits until there is something to hear.
    #[napi]
    pub fn next<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, Step>> {
        let work = self.0.clone();
        env.spawn_future(async move {
            let step = work.next().await;
            step.map(Step::from).map_err(rejection)
        })
    }
}
