//! An open engine: every verb as a promise.

use std::collections::HashMap;

use napi::bindgen_prelude::{Buffer, PromiseRaw, within_runtime_if_available};
use napi::{Env, Error, Result};
use napi_derive::napi;
use netsnap_core::wire::{Handle, Reply, Request, Text, Texts, Told};
use tokio_util::sync::CancellationToken;

use crate::error::rejection;
use crate::events::Events;
use crate::inventory::Inventory;
use crate::recorder::Recorder;
use crate::work::Work;

/// An open engine.
#[napi]
pub struct Engine(Handle);

/// Stops one call.
#[napi]
pub struct Cancellation(pub(crate) CancellationToken);

#[napi]
impl Cancellation {
    /// Stops it. Stopping what has ended is fine.
    #[napi]
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

/// The answer to a call.
#[napi(object, object_from_js = false)]
pub struct Answer {
    /// The result as JSON.
    pub json: String,
    /// The exact bytes that belong to it.
    pub bytes: Option<Buffer>,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self {
            json: reply.json,
            bytes: reply.bytes.map(Buffer::from),
        }
    }
}

/// Reads long texts, which cross as UTF-8: a string of JavaScript is turned into that faster on its own side.
fn read(texts: HashMap<String, Buffer>) -> Result<Texts> {
    let read = |(name, text): (String, Buffer)| {
        let text = str::from_utf8(&text).map_err(|error| Error::from_reason(error.to_string()))?;
        Ok((name, Text::new(text.to_owned())))
    };
    texts.into_iter().map(read).collect()
}

#[napi]
impl Engine {
    /// Opens an engine on a store.
    #[napi]
    pub fn open(env: &Env, url: String) -> Result<PromiseRaw<'_, Self>> {
        env.spawn_future(async move { Handle::open(&url).await.map(Self).map_err(rejection) })
    }

    /// Returns what stops a call.
    #[napi]
    pub fn cancellation(&self) -> Cancellation {
        Cancellation(self.0.cancellation())
    }

    /// Carries out a verb.
    #[napi]
    pub fn call<'env>(
        &self,
        env: &'env Env,
        verb: String,
        arguments: String,
        cancellation: Option<&Cancellation>,
        inventory: Option<&Inventory>,
        texts: Option<HashMap<String, Buffer>>,
    ) -> Result<PromiseRaw<'env, Answer>> {
        let handle = self.0.clone();
        let request = Request {
            verb,
            arguments,
            texts: texts.map_or_else(|| Ok(Texts::new()), read)?,
            devices: inventory.map(Inventory::devices).unwrap_or_default(),
            cancel: cancellation.map_or_else(|| self.0.cancellation(), |token| token.0.clone()),
            told: Told::default(),
        };
        env.spawn_future(async move {
            let reply = handle.call(request).await;
            reply.map(Answer::from).map_err(rejection)
        })
    }

    /// Carries out a verb that says how far it is.
    #[napi]
    pub fn start(&self, verb: String, arguments: String, cancellation: &Cancellation) -> Work {
        let request = Request {
            verb,
            arguments,
            texts: Texts::new(),
            devices: Vec::new(),
            cancel: cancellation.0.clone(),
            told: Told::default(),
        };
        Work::from(self.0.start(request))
    }

    /// Begins a run of the caller's own.
    #[napi]
    pub fn begin<'env>(
        &self,
        env: &'env Env,
        arguments: String,
    ) -> Result<PromiseRaw<'env, Recorder>> {
        let handle = self.0.clone();
        env.spawn_future(async move {
            let recording = handle.begin(&arguments).await;
            recording.map(Recorder::from).map_err(rejection)
        })
    }

    /// Opens an engine in which the devices of a past run answer.
    #[napi]
    pub fn replaying<'env>(
        &self,
        env: &'env Env,
        arguments: String,
    ) -> Result<PromiseRaw<'env, Self>> {
        let handle = self.0.clone();
        env.spawn_future(async move {
            let past = handle.replaying(&arguments).await;
            past.map(Self).map_err(rejection)
        })
    }

    /// Streams the events of a run.
    #[napi]
    pub fn follow(&self, arguments: String) -> Result<Events> {
        let batches = within_runtime_if_available(|| self.0.follow(&arguments));
        batches.map(Events::from).map_err(rejection)
    }

    /// Streams the events of a past run again.
    #[napi]
    pub fn replay(&self, arguments: String) -> Result<Events> {
        let batches = within_runtime_if_available(|| self.0.replay(&arguments));
        batches.map(Events::from).map_err(rejection)
    }

    /// Streams what happens from now on.
    #[napi]
    pub fn watch(&self) -> Result<Events> {
        let batches = within_runtime_if_available(|| self.0.watch());
        batches.map(Events::from).map_err(rejection)
    }

    /// Ends the work under way and lets go of the store.
    #[napi]
    pub fn close<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, ()>> {
        let handle = self.0.clone();
        env.spawn_future(async move {
            handle.close().await;
            Ok(())
        })
    }
}
