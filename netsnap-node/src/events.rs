//! A stream of events, one batch a crossing.

use std::sync::Arc;

use napi::bindgen_prelude::PromiseRaw;
use napi::{Env, Result};
use napi_derive::napi;
use netsnap_core::wire::Batches;

use crate::error::rejection;

/// A stream of batches: each a JSON array, `null` at the end.
#[napi]
pub struct Events(Arc<Batches>);

impl From<Batches> for Events {
    fn from(batches: Batches) -> Self {
        Self(Arc::new(batches))
    }
}

#[napi]
impl Events {
    /// Waits for the next batch.
    #[napi]
    pub fn next<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, Option<String>>> {
        let batches = self.0.clone();
        env.spawn_future(async move { batches.next().await.transpose().map_err(rejection) })
    }

    /// Ends the stream: a waiting `next` resolves with `null`.
    #[napi]
    pub fn stop(&self) {
        self.0.stop();
    }
}
