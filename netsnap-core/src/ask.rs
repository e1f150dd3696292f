//! A program asks devices by itself, one command at a time, into a run that it records.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::json;

use crate::collect::{check_commands, read};
use crate::context::{Context, check_devices, summaries};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, NewEvent};
use crate::model::{Device, Output};
use crate::store::{Durability, Recorder};
use crate::transport::{Limits, Reading, Session};

/// One login, for who asks next; none before the first question, and none behind a failure.
type Seat = Arc<tokio::sync::Mutex<Option<Box<dyn Session>>>>;

/// The logins of a program that records a run: one on each device, from the first question on until [`close`](Self::close).
///
/// Clones share them. Who asks an engine that [replays a past run](crate::Netsnap::replaying) gets the answers of then, in their order.
#[derive(Clone, Debug)]
pub struct Logins {
    context: Context,
    seats: Arc<Mutex<BTreeMap<String, Seat>>>,
}

impl Logins {
    pub(crate) fn new(context: Context) -> Self {
        let seats = Arc::default();
        Self { context, seats }
    }

    /// Runs a command on a device, records its output, and returns it as it is recorded. A refusal by the device is an answer.
    ///
    /// The first question logs in, with these limits, and makes the device one of the run. After a failure the next one logs in anew.
    /// Dropped while the device is still talking, nothing is recorded.
    ///
    /// # Errors
    /// `InvalidInput`; `AlreadyFinished`; those of [`Transport::connect`](crate::transport::Transport::connect) and [`Session::run`];
    /// `Storage`. In the past, `NotFound` for what was not recorded, and else what went wrong then.
    pub async fn ask(
        &self,
        recorder: &Recorder,
        device: &Device,
        command: &str,
        limits: &Limits,
    ) -> Result<Output> {
        let asked = self.answer(recorder, device, command, limits).await;
        let named = |error: Error| error.with("device", &device.name).with("command", command);
        let output = self.context.store.output_as_kept(asked.map_err(named)?);
        record(recorder.clone(), output.clone()).await?;
        Ok(output)
    }

    /// Logs out everywhere.
    pub async fn close(&self) {
        let seats = std::mem::take(&mut *self.seats());
        let leave = |seat: Seat| async move {
            let session = seat.lock().await.take();
            if let Some(session) = session {
                session.close().await;
            }
        };
        futures_util::future::join_all(seats.into_values().map(leave)).await;
    }

    /// Cuts the logins that nobody uses right now.
    pub(crate) fn cut(&self) {
        self.seats().clear();
    }

    async fn answer(
        &self,
        recorder: &Recorder,
        device: &Device,
        command: &str,
        limits: &Limits,
    ) -> Result<Output> {
        check_devices(std::slice::from_ref(device))?;
        check_commands(&[command.to_owned()])?;
        let seat = self.seat(device);
        let mut seat = seat.lock().await;
        // It is taken out: nobody goes on with a login that was left in the middle of an answer.
        let mut session = match seat.take() {
            Some(session) => session,
            None => self.log_in(recorder, device, limits).await?,
        };
        let started_at = Timestamp::now();
        let question = (command, &Reading::default());
        let read = read(recorder, device, session.as_mut(), question).await;
        match read {
            Err(error) if !leaves_usable(error.kind()) => {
                session.close().await;
                Err(error)
            }
            read => {
                *seat = Some(session);
                let (answer, _) = read?;
                Ok(Output::new(&device.name, command, started_at, answer))
            }
        }
    }

    async fn log_in(
        &self,
        recorder: &Recorder,
        device: &Device,
        limits: &Limits,
    ) -> Result<Box<dyn Session>> {
        recorder
            .add_devices(&summaries(std::slice::from_ref(device)))
            .await?;
        let (session, _) = self.context.connect(device, limits).await?;
        let connected = NewEvent::new(EventKind::Connected, session.hostname()).on(&device.name);
        recorder.event(connected, Durability::Batched).await?;
        Ok(session)
    }

    /// Another address or user under the name of a device is another login.
    fn seat(&self, device: &Device) -> Seat {
        let key = json!([device.name, device.host, device.port, device.username]);
        Arc::clone(self.seats().entry(key.to_string()).or_default())
    }

    fn seats(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Seat>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says whether a login goes on after such an error.
fn leaves_usable(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::NotFound
    )
}

/// Records an output and the event that tells of it, both of them even when nobody waits for that any more.
async fn record(recorder: Recorder, output: Output) -> Result<()> {
    let recorded = tokio::spawn(async move { recorder.output(output).await });
    let lost = |error| Error::new(ErrorKind::Internal, "the record was not written").because(error);
    recorded.await.map_err(lost)?.map(drop)
}
