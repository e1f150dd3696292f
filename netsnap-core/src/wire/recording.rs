//! How does a program in another language record a run of its own?

use serde_json::json;
use tokio::runtime;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::arguments::{
    self, AddedDevices, Ask, Finish, Incomplete, Note, OutputPart, Patience, Start, parse,
};
use super::recorded::{DeviceEnd, NewOutput};
use super::{Reply, handle, public};
use crate::ask::Logins;
use crate::error::{Error, ErrorKind, Result};
use crate::fleet;
use crate::id::ExecutionId;
use crate::model::Device;
use crate::store::{CancelRequests, Durability, Recorder};

/// A run that a program in another language records. Dropped before it is finished, the run ends `interrupted`.
#[derive(Debug)]
pub struct Recording {
    id: ExecutionId,
    recorder: Mutex<Option<Recorder>>,
    logins: Logins,
    closing: CancellationToken,
    requests: CancelRequests,
    runtime: runtime::Handle,
}

impl Recording {
    pub(super) fn new(recorder: Recorder, logins: Logins, closing: CancellationToken) -> Self {
        Self {
            logins,
            closing,
            id: recorder.id().clone(),
            requests: recorder.cancel_requests(),
            recorder: Mutex::new(Some(recorder)),
            runtime: runtime::Handle::current(),
        }
    }

    /// Returns the run.
    #[must_use]
    pub fn id(&self) -> &ExecutionId {
        &self.id
    }

    /// Returns the request that the run end, as far as it was heard of; `null` without one. It waits for nothing.
    ///
    /// # Errors
    /// `Internal` when it cannot be written as JSON.
    pub fn cancel_requested(&self) -> Result<String> {
        public::text(&self.requests.heard())
    }

    /// Waits for a request that the run end, as long as `timeout` says: `null` when none came, and when the run has ended without one.
    /// Who waits holds nothing of the run, and nobody waits for him.
    ///
    /// # Errors
    /// `InvalidInput` for arguments that do not fit.
    pub fn until_cancel_requested(
        &self,
        arguments: &str,
    ) -> impl Future<Output = Result<String>> + Send + use<> {
        let patience = parse("until_cancel_requested", arguments)
            .and_then(|patience: Patience| patience.time())
            .map_err(|error| error.during("recorder.until_cancel_requested"));
        let mut requests = self.requests.clone();
        async move {
            let request = match patience? {
                Some(patience) => timeout(patience, requests.next()).await.ok().flatten(),
                None => requests.next().await,
            };
            public::text(&request)
        }
    }

    /// Returns a token that stops one question, and that closing the engine triggers too.
    #[must_use]
    pub fn cancellation(&self) -> CancellationToken {
        self.closing.child_token()
    }

    /// Asks a device, as `ask`: runs a command on it, records its output, and returns it.
    ///
    /// Dropping the future, as the token, stops the question; what was answered by then is recorded.
    ///
    /// # Errors
    /// `InvalidInput` for arguments that do not fit, for another number of devices than one, and where the engine is closed;
    /// `AlreadyFinished`; `Cancelled`; those of [`Logins::ask`].
    pub async fn ask(
        &self,
        arguments: &str,
        devices: &[Device],
        cancel: &CancellationToken,
    ) -> Result<Reply> {
        let asked = self.asked(arguments, devices, cancel).await;
        asked.map_err(|error| error.during("recorder.ask"))
    }

    async fn asked(
        &self,
        arguments: &str,
        devices: &[Device],
        cancel: &CancellationToken,
    ) -> Result<Reply> {
        let asked: Ask = parse("ask", arguments)?;
        let limits = asked.limits.into_limits()?;
        let [device] = devices else {
            return Err(
                Error::new(ErrorKind::InvalidInput, "one device is asked at a time")
                    .hint("select it from the inventory, by its name"),
            );
        };
        if self.closing.is_cancelled() {
            return Err(handle::closed());
        }
        // Not held while the device is talking: what else happens is recorded meanwhile.
        let recorder = self.open(self.recorder.lock().await.as_ref())?.clone();
        let answer = self.logins.ask(&recorder, device, &asked.command, &limits);
        let answer = cancel.run_until_cancelled(answer).await;
        let output = answer.unwrap_or_else(|| Err(fleet::cancelled()))?;
        Ok(Reply {
            json: public::text(&json!({ "summary": output.summary, "parsed": output.parsed }))?,
            bytes: Some(output.bytes),
        })
    }

    /// Carries out one of the recorder's verbs: `start`, `event`, `output` and `output_part` (with the bytes), `device_result`,
    /// `add_devices`, `incomplete`, `cancel_requested`, `until_cancel_requested`, `finish`.
    ///
    /// # Errors
    /// `InvalidInput` for an unknown verb or arguments that do not fit; `AlreadyFinished`; `Storage`.
    pub async fn call(
        &self,
        verb: &str,
        arguments: &str,
        bytes: Option<Vec<u8>>,
    ) -> Result<String> {
        let done = self.dispatch(verb, arguments, bytes).await;
        done.map_err(|error| error.during(format!("recorder.{verb}")))
    }

    /// Records an event at once; `None` when that has to wait for something, and [`call`](Self::call) is to be asked for `event`.
    ///
    /// # Errors
    /// `InvalidInput` for arguments that do not fit; `AlreadyFinished`.
    pub fn event_at_once(&self, arguments: &str) -> Result<Option<u64>> {
        let done = self.placed(arguments);
        done.map_err(|error| error.during("recorder.event"))
    }

    fn placed(&self, arguments: &str) -> Result<Option<u64>> {
        let Ok(guard) = self.recorder.try_lock() else {
            return Ok(None);
        };
        let note: Note = parse("event", arguments)?;
        self.open(guard.as_ref())?.event_at_once(|| note.into_new())
    }

    async fn dispatch(
        &self,
        verb: &str,
        arguments: &str,
        bytes: Option<Vec<u8>>,
    ) -> Result<String> {
        match verb {
            "start" => {
                let Start {} = parse(verb, arguments)?;
                self.start().await
            }
            "event" => self.event(parse(verb, arguments)?).await,
            "output" => {
                self.output(parse(verb, arguments)?, bytes.unwrap_or_default())
                    .await
            }
            "output_part" => {
                self.part(parse(verb, arguments)?, &bytes.unwrap_or_default())
                    .await
            }
            "incomplete" => self.incomplete(parse(verb, arguments)?).await,
            "device_result" => self.device_result(parse(verb, arguments)?).await,
            "add_devices" => self.add_devices(parse(verb, arguments)?).await,
            "cancel_requested" => self.cancel_requested(),
            "until_cancel_requested" => self.until_cancel_requested(arguments).await,
            "finish" => self.finish(parse(verb, arguments)?).await,
            _ => Err(arguments::unknown_verb(verb)),
        }
    }

    async fn start(&self) -> Result<String> {
        let guard = self.recorder.lock().await;
        let execution = self.open(guard.as_ref())?.start().await?;
        public::text(&public::execution(&execution)?)
    }

    async fn event(&self, note: Note) -> Result<String> {
        let guard = self.recorder.lock().await;
        let sequence = self
            .open(guard.as_ref())?
            .event(note.into_new(), Durability::Batched)
            .await?;
        public::text(&json!(sequence))
    }

    async fn output(&self, output: NewOutput, bytes: Vec<u8>) -> Result<String> {
        let guard = self.recorder.lock().await;
        let recorder = self.open(guard.as_ref())?;
        match output.event {
            true => recorder.output(output.into_output(bytes)).await?,
            false => recorder.untold_output(output.into_output(bytes)).await?,
        };
        public::text(&json!(null))
    }

    async fn part(&self, part: OutputPart, bytes: &[u8]) -> Result<String> {
        let guard = self.recorder.lock().await;
        self.open(guard.as_ref())?
            .output_part(&part.device, &part.command, bytes)
            .await?;
        public::text(&json!(null))
    }

    async fn incomplete(&self, incomplete: Incomplete) -> Result<String> {
        let guard = self.recorder.lock().await;
        self.open(guard.as_ref())?.incomplete(incomplete.reason);
        public::text(&json!(null))
    }

    async fn device_result(&self, end: DeviceEnd) -> Result<String> {
        let guard = self.recorder.lock().await;
        let recorder = self.open(guard.as_ref())?;
        match end.event {
            true => recorder.device_result(end.into_result()).await?,
            false => recorder.untold_device_results(&[end.into_result()]).await?,
        }
        public::text(&json!(null))
    }

    async fn add_devices(&self, added: AddedDevices) -> Result<String> {
        let guard = self.recorder.lock().await;
        self.open(guard.as_ref())?
            .add_devices(&added.devices)
            .await?;
        public::text(&json!(null))
    }

    async fn finish(&self, finish: Finish) -> Result<String> {
        let mut guard = self.recorder.lock().await;
        let recorder = self.open(guard.as_ref())?;
        let finished = match finish.status {
            Some(status) => recorder.finish(status, finish.reason).await,
            None => recorder.finish_as_recorded(finish.reason).await,
        };
        let refused = finished.as_ref().err().map(Error::kind);
        // What was only asked for in the wrong way can be asked for again; after any other failure the run is given up.
        if refused != Some(ErrorKind::InvalidInput) {
            drop(guard.take());
            self.logins.close().await;
        }
        public::text(&public::execution(&finished?)?)
    }

    fn open<'a>(&self, recorder: Option<&'a Recorder>) -> Result<&'a Recorder> {
        recorder.ok_or_else(|| self.finished())
    }

    fn finished(&self) -> Error {
        Error::new(ErrorKind::AlreadyFinished, "the run has ended")
            .with("execution", &self.id)
            .hint("begin another run")
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // The recorder writes its end in the background, and the last reference may go away on a thread of the host.
        let _inside = self.runtime.enter();
        drop(self.recorder.get_mut().take());
        self.logins.cut();
    }
}
