//! A run that a Node program records.

use std::sync::Arc;

use napi::bindgen_prelude::{PromiseRaw, Uint8Array};
use napi::{Env, Result};
use napi_derive::napi;
use netsnap_core::wire::Recording;

use crate::engine::{Answer, Cancellation};
use crate::error::rejection;
use crate::inventory::Inventory;

/// A run that a Node program records. Collected before it is finished, the run ends `interrupted`.
#[napi]
pub struct Recorder(Arc<Recording>);

impl From<Recording> for Recorder {
    fn from(recording: Recording) -> Self {
        Self(Arc::new(recording))
    }
}

#[napi]
impl Recorder {
    /// Returns the run.
    #[napi(getter)]
    pub fn id(&self) -> String {
        self.0.id().to_string()
    }

    /// Records an event where nothing has to be waited for, else returns nothing.
    #[napi]
    pub fn event_at_once(&self, arguments: String) -> Result<Option<i64>> {
        let placed = self.0.event_at_once(&arguments).map_err(rejection)?;
        Ok(placed.map(u64::cast_signed))
    }

    /// Returns the request that the run end, as far as it was heard of.
    #[napi]
    pub fn cancel_requested(&self) -> Result<String> {
        self.0.cancel_requested().map_err(rejection)
    }

    /// Waits for a request that the run end.
    #[napi]
    pub fn until_cancel_requested<'env>(
        &self,
        env: &'env Env,
        arguments: String,
    ) -> Result<PromiseRaw<'env, String>> {
        let waiting = self.0.until_cancel_requested(&arguments);
        env.spawn_future(async move { waiting.await.map_err(rejection) })
    }

    /// Returns what stops a question.
    #[napi]
    pub fn cancellation(&self) -> Cancellation {
        Cancellation(self.0.cancellation())
    }

    /// Asks the one device of an inventory.
    #[napi]
    pub fn ask<'env>(
        &self,
        env: &'env Env,
        arguments: String,
        inventory: &Inventory,
        cancellation: &Cancellation,
    ) -> Result<PromiseRaw<'env, Answer>> {
        let (recording, devices) = (self.0.clone(), inventory.devices());
        let cancel = cancellation.0.clone();
        env.spawn_future(async move {
            let answer = recording.ask(&arguments, &devices, &cancel).await;
            answer.map(Answer::from).map_err(rejection)
        })
    }

    /// Carries out one of the recorder's verbs.
    #[napi]
    pub fn call<'env>(
        &self,
        env: &'env Env,
        verb: String,
        arguments: String,
        bytes: Option<Uint8Array>,
    ) -> Result<PromiseRaw<'env, String>> {
        let recording = self.0.clone();
        let bytes = bytes.map(|bytes| bytes.to_vec());
        env.spawn_future(async move {
            let written = recording.call(&verb, &arguments, bytes).await;
            written.map_err(rejection)
        })
    }
}
