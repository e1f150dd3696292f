//! What does a binding hold while an engine is open?

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::arguments::{self, Begin, Follow, Id};
use super::history::Replay;
use super::{Batches, Recording, Texts, Told, Work, batches, memory, verbs};
use crate::engine::Netsnap;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Device;

/// One call of a verb.
#[derive(Clone, Debug)]
pub struct Request {
    /// The verb, one of [`super::VERBS`].
    pub verb: String,
    /// Its arguments: a JSON object. An unknown name in it is refused.
    pub arguments: String,
    /// Long texts among them, that cross as they are: each is an argument of its name.
    pub texts: Texts,
    /// The devices to work on, for the verbs that have some.
    pub devices: Vec<Device>,
    /// Stops the work: from [`Handle::cancellation`].
    pub cancel: CancellationToken,
    /// Who hears how far it is; nobody by default. See [`Handle::start`].
    pub told: Told,
}

/// The answer to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The result as JSON.
    pub json: String,
    /// The exact bytes that belong to it, for the verb that has some (`output`).
    pub bytes: Option<Vec<u8>>,
}

/// An open engine, together with the work under way in it.
///
/// Clones are the same engine. All calls but [`compute`](Self::compute) run as tasks of their own: a caller that goes away cancels
/// its work, and the work still ends in order and is recorded.
#[derive(Clone, Debug)]
pub struct Handle {
    engine: Arc<Mutex<Option<Netsnap>>>,
    closing: CancellationToken,
    work: TaskTracker,
}

impl Handle {
    /// Opens an engine on a store.
    ///
    /// # Errors
    /// As [`Netsnap::open`].
    pub async fn open(url: &str) -> Result<Self> {
        memory::keep();
        let engine = Netsnap::open(url).await?;
        Ok(Self {
            engine: Arc::new(Mutex::new(Some(engine))),
            closing: CancellationToken::new(),
            work: TaskTracker::new(),
        })
    }

    /// Returns a token that stops one call, and that closing the engine triggers too.
    #[must_use]
    pub fn cancellation(&self) -> CancellationToken {
        self.closing.child_token()
    }

    /// Carries out a verb. Dropping the future cancels the work, which then ends in order behind the scenes.
    ///
    /// # Errors
    /// `InvalidInput` for an unknown verb, arguments that do not fit, or a closed engine; `Cancelled`; those of the verb.
    pub async fn call(&self, request: Request) -> Result<Reply> {
        let verb = request.verb.clone();
        let _cancel_on_drop = request.cancel.clone().drop_guard();
        let done = match self.engine() {
            Ok(engine) => {
                let work = async move { verbs::dispatch(&engine, request).await };
                let task = self.work.spawn(work);
                task.await.unwrap_or_else(|failure| Err(panicked(failure)))
            }
            Err(closed) => Err(closed),
        };
        done.map_err(|error| error.during(verb))
    }

    /// Carries out a verb that only computes, on the calling thread: short work is not worth a walk to another one and back.
    ///
    /// # Errors
    /// Those of [`call`](Self::call); `Internal` for a verb that has to wait, which [`only_computes`](super::only_computes) tells.
    pub fn compute(&self, request: Request) -> Result<Reply> {
        let verb = request.verb.clone();
        let has_to_wait = || Err(Error::new(ErrorKind::Internal, "the verb has to wait"));
        let compute = || {
            let engine = self.engine()?;
            let done = verbs::dispatch(&engine, request).now_or_never();
            done.unwrap_or_else(has_to_wait)
        };
        let done = catch_unwind(AssertUnwindSafe(compute));
        let done = done.unwrap_or_else(|_| Err(failed_unexpectedly()));
        done.map_err(|error| error.during(verb))
    }

    /// Carries out a verb as [`call`](Self::call) does, and lets its caller hear meanwhile how far it is.
    #[must_use]
    pub fn start(&self, mut request: Request) -> Work {
        let (told, progress) = Told::channel();
        request.told = told;
        let (handle, cancel) = (self.clone(), request.cancel.clone());
        Work::new(cancel, progress, async move { handle.call(request).await })
    }

    /// Begins a run of the caller's own.
    ///
    /// # Errors
    /// `InvalidInput` for arguments that do not fit, or a closed engine; `Storage`.
    pub async fn begin(&self, arguments: &str) -> Result<Recording> {
        let begin: Begin = arguments::parse("begin", arguments)?;
        let engine = self.engine()?;
        // Of a caller that goes away meanwhile, the run is left to nobody and ends interrupted.
        let closing = self.closing.clone();
        let work = async move {
            let recorder = engine.begin(begin.into_new()).await?;
            Ok(Recording::new(recorder, engine.logins(), closing))
        };
        let begun = self.work.spawn(work).await;
        begun
            .unwrap_or_else(|failure| Err(panicked(failure)))
            .map_err(|error| error.during("begin"))
    }

    /// Opens an engine on the same store, in which the devices of a past run answer as they did then.
    ///
    /// It can be closed by itself, and is closed with this one.
    ///
    /// # Errors
    /// `InvalidInput` for arguments that do not fit, or a closed engine; `NotFound`; `Corrupt`; `Storage`.
    pub async fn replaying(&self, arguments: &str) -> Result<Self> {
        let asked: Id = arguments::parse("replaying", arguments)?;
        let (engine, id) = (self.engine()?, asked.id.parse()?);
        let opened = engine.replaying(&id).await;
        let past = Self {
            engine: Arc::new(Mutex::new(Some(
                opened.map_err(|error| error.during("replaying"))?,
            ))),
            closing: self.closing.child_token(),
            work: TaskTracker::new(),
        };
        self.close_with_this(&past);
        Ok(past)
    }

    /// Lets go of what another engine holds, and waits for its work, when this one is closed. That one is not kept for it.
    fn close_with_this(&self, other: &Self) {
        let (engine, work) = (Arc::downgrade(&other.engine), other.work.clone());
        let closing = other.closing.clone();
        self.work.spawn(async move {
            closing.cancelled().await;
            if let Some(engine) = engine.upgrade() {
                drop(engine.lock().unwrap_or_else(PoisonError::into_inner).take());
            }
            work.close();
            work.wait().await;
        });
    }

    /// Streams the events of a run from a sequence number on, until the run has ended.
    ///
    /// # Errors
    /// `InvalidInput` for arguments that do not fit, or a closed engine. What fails later comes through the stream.
    pub fn follow(&self, arguments: &str) -> Result<Batches> {
        let follow: Follow = arguments::parse("follow", arguments)?;
        let (engine, id) = (self.engine()?, follow.id.parse()?);
        let (stop, work) = (self.cancellation(), &self.work);
        Ok(Batches::spawn(work, stop, move |out| {
            batches::follow(engine, id, follow.start, out)
        }))
    }

    /// Streams the events of a past run again: at once, or with the time between them that was recorded, so many times faster.
    ///
    /// # Errors
    /// `InvalidInput` for arguments that do not fit, a speed that is not above 0, or a closed engine. What fails later comes
    /// through the stream.
    pub fn replay(&self, arguments: &str) -> Result<Batches> {
        let replay: Replay = arguments::parse("replay", arguments)?;
        let engine = self.engine()?;
        let (stop, work) = (self.cancellation(), &self.work);
        Ok(Batches::spawn(work, stop, move |out| {
            batches::replay(engine, replay, out)
        }))
    }

    /// Streams what happens from now on in every run of this engine. A reader that falls behind misses events; the log
    /// of a run never does.
    ///
    /// # Errors
    /// `InvalidInput` for a closed engine.
    pub fn watch(&self) -> Result<Batches> {
        let live = self.engine()?.watch();
        let (stop, work) = (self.cancellation(), &self.work);
        Ok(Batches::spawn(work, stop, move |out| {
            batches::watch(live, out)
        }))
    }

    /// Cancels the work under way, waits until it has ended in order, and lets go of the store. Closing twice is fine.
    pub async fn close(&self) {
        let engine = self.slot().take();
        self.closing.cancel();
        self.work.close();
        self.work.wait().await;
        drop(engine);
    }

    fn engine(&self) -> Result<Netsnap> {
        self.slot().clone().ok_or_else(closed)
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Netsnap>> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn closed() -> Error {
    Error::new(ErrorKind::InvalidInput, "the engine is closed").hint("open it again")
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the adapter of a closure that owns it"
)]
fn panicked(failure: tokio::task::JoinError) -> Error {
    failed_unexpectedly().because(failure.to_string())
}

fn failed_unexpectedly() -> Error {
    Error::new(ErrorKind::Internal, "the engine failed unexpectedly")
        .hint("please report it; what was recorded before is kept")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::only_computes;

    fn request(handle: &Handle, verb: &str, arguments: &str) -> Request {
        Request {
            verb: verb.to_owned(),
            arguments: arguments.to_owned(),
            texts: Texts::new(),
            devices: Vec::new(),
            cancel: handle.cancellation(),
            told: Told::default(),
        }
    }

    #[tokio::test]
    async fn what_only_computes_says_the_same_on_the_calling_thread() {
        let handle = Handle::open("memory:").await.unwrap();
        let texts = r#"{"before": "a\n", "after": "b\n"}"#;
        let configurations =
            r#"{"platform": "frr", "before": "hostname a\n", "after": "hostname b\n"}"#;
        let configuration = r#"{"platform": "frr", "configuration": "hostname a\n"}"#;
        for (verb, arguments) in [
            ("diff_text", texts),
            ("diff_config", configurations),
            ("domains", configuration),
            ("diff_text", "{}"),
        ] {
            assert!(only_computes(verb));
            let here = handle.compute(request(&handle, verb, arguments));
            let there = handle.call(request(&handle, verb, arguments)).await;
            let said = |done: Result<Reply>| done.map_err(|error| error.to_string());
            assert_eq!(said(here), said(there), "{verb}");
        }
    }

    #[tokio::test]
    async fn an_engine_of_the_past_is_closed_by_itself_or_with_the_one_that_it_came_from() {
        let handle = Handle::open("memory:").await.unwrap();
        let run = handle.begin("{}").await.unwrap();
        run.call("finish", "{}", None).await.unwrap();
        let asked = format!(r#"{{"id": "{}"}}"#, run.id());
        let one = handle.replaying(&asked).await.unwrap();
        let other = handle.replaying(&asked).await.unwrap();
        let is_open = |handle: &Handle| handle.engine().is_ok();
        one.close().await;
        assert_eq!([&one, &other, &handle].map(is_open), [false, true, true]);
        // Nobody waits for one that nobody has any more, and what still goes on in one is waited for.
        drop(handle.replaying(&asked).await.unwrap());
        let live = other.watch().unwrap();
        handle.close().await;
        assert_eq!([&other, &handle].map(is_open), [false, false]);
        assert!(live.next().await.is_none());
        let closed = other.replaying(&asked).await.unwrap_err();
        assert_eq!(closed.kind(), ErrorKind::InvalidInput);
    }

    #[tokio::test]
    async fn a_run_asks_nothing_behind_the_end_of_its_engine() {
        let handle = Handle::open("memory:").await.unwrap();
        let run = handle.begin("{}").await.unwrap();
        let device = r#"{"name": "r1", "host": "192.0.2.1", "username": "a", "platform": "frr"}"#;
        let device: Device = serde_json::from_str(device).unwrap();
        let (question, cancel) = (r#"{"command": "show clock"}"#, run.cancellation());
        let several = [device.clone(), device.clone()];
        for devices in [&several[..], &[]] {
            let refused = run.ask(question, devices, &cancel).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidInput);
        }
        let stopped = run.cancellation();
        stopped.cancel();
        let asked = run.ask(question, &several[..1], &stopped).await;
        assert_eq!(asked.unwrap_err().kind(), ErrorKind::Cancelled);
        handle.close().await;
        let asked = run.ask(question, &several[..1], &cancel).await;
        assert_eq!(asked.unwrap_err().kind(), ErrorKind::InvalidInput);
    }

    #[tokio::test]
    async fn a_closed_engine_computes_nothing() {
        let handle = Handle::open("memory:").await.unwrap();
        assert!(!only_computes("list_executions"));
        handle.close().await;
        let asked = request(&handle, "diff_text", r#"{"before": "a", "after": "b"}"#);
        let refused = handle.compute(asked).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    }
}
