//! Who asks a run to end, and who hears of it?

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::recording::begun;
use super::{Store, fails_with};
use crate::engine::{CollectOptions, Netsnap};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, NewEvent};
use crate::model::{Answer, Device, DeviceStatus, ExecutionStatus, Proof};
use crate::platform::Platform;
use crate::store::audit::{Audit, AuditAction, AuditEntry, AuditOptions, execution_digest};
use crate::store::remarks::Author;
use crate::store::{Durability, cancel};
use crate::transport::{Limits, Session, Transport};

/// Many times what it takes: a second, when nobody else needs the processors.
const PATIENCE: Duration = Duration::from_secs(20);

async fn told(store: &Store) -> Vec<AuditEntry> {
    let (audit, options) = (Audit::of(store.as_ref()), AuditOptions::default());
    audit.entries(&options).await.unwrap().items
}

/// A request is kept and audited, a second one changes nothing, the holder hears of it and goes on until it ends the run; a run that
/// has ended is not asked.
pub async fn a_run_is_asked_to_end_by_others(store: Store) {
    let (recorder, _seen) = begun(&store, &["r1"]).await;
    let id = recorder.id().clone();
    assert_eq!(recorder.cancel_requested(), None);
    let ana = Author::new("ana").because("the wrong site");
    let asked = cancel(store.as_ref(), &id, &ana).await.unwrap();
    let request = asked.cancel_request.clone().unwrap();
    assert_eq!(request.actor, "ana");
    assert_eq!(request.reason, ana.reason);
    assert_eq!(asked.status, ExecutionStatus::Running);
    let again = cancel(store.as_ref(), &id, &Author::new("ben")).await;
    assert_eq!(again.unwrap().cancel_request, asked.cancel_request);

    let heard = timeout(PATIENCE, recorder.until_cancel_requested()).await;
    assert_eq!(heard.unwrap(), asked.cancel_request);
    assert_eq!(recorder.cancel_requested(), asked.cancel_request);
    let note = NewEvent::new(EventKind::Note, "brought to a good end");
    recorder.event(note, Durability::Durable).await.unwrap();
    let ended = recorder.finish(ExecutionStatus::Cancelled, Some(request.told()));
    let ended = ended.await.unwrap();
    assert_eq!(ended.cancel_request, asked.cancel_request);
    assert_eq!(
        ended.reason.as_deref(),
        Some("ana asked to cancel it: the wrong site")
    );
    let late = cancel(store.as_ref(), &id, &ana).await;
    fails_with(late, ErrorKind::AlreadyFinished);
    assert_eq!(store.load(&id).await.unwrap(), ended);

    let told = told(&store).await;
    use AuditAction::{Cancel, Create, RequestCancel};
    let actions: Vec<_> = told.iter().map(|entry| entry.action).collect();
    assert_eq!(actions, [Cancel, RequestCancel, Create]);
    assert_eq!(told[1].actor, "ana");
    assert_eq!(told[1].reason, ana.reason);
    assert_eq!(told[1].after, Some(execution_digest(&asked).unwrap()));

    // Who ends a run that nobody asked to end tells those who wait for that.
    let (other, _seen) = begun(&store, &[]).await;
    let mut requests = other.cancel_requests();
    let waiting = tokio::spawn(async move { requests.next().await });
    let done = other.finish(ExecutionStatus::Succeeded, None).await;
    assert_eq!(done.unwrap().cancel_request, None);
    assert_eq!(timeout(PATIENCE, waiting).await.unwrap().unwrap(), None);
}

/// Of many who ask at once, while the run is recorded and labelled, one is the first: in the summary and in the audit log.
pub async fn of_requests_that_race_the_first_stays(store: Store) {
    let (recorder, _seen) = begun(&store, &[]).await;
    let askers = (0..8).map(|number| {
        let (store, id) = (Arc::clone(&store), recorder.id().clone());
        tokio::spawn(async move {
            let who = Author::new(format!("asker {number}"));
            cancel(store.as_ref(), &id, &who).await.unwrap()
        })
    });
    let askers: Vec<_> = askers.collect();
    for number in 0..50 {
        let note = NewEvent::new(EventKind::Note, format!("{number}"));
        recorder.event(note, Durability::Batched).await.unwrap();
    }
    let mut requests = Vec::new();
    for asker in askers {
        requests.push(asker.await.unwrap().cancel_request.unwrap());
    }
    requests.dedup();
    let [first] = &requests[..] else {
        panic!("one is the first: {requests:?}");
    };
    let ended = recorder.finish(ExecutionStatus::Cancelled, None).await;
    assert_eq!(ended.unwrap().cancel_request.as_ref(), Some(first));
    let asked = told(&store).await;
    let asked = asked
        .iter()
        .filter(|entry| entry.action == AuditAction::RequestCancel);
    let actors: Vec<_> = asked.map(|entry| &entry.actor).collect();
    assert_eq!(actors, [&first.actor]);
}

/// Devices that answer the first command, and never the second.
#[derive(Debug)]
struct Stuck;

#[async_trait::async_trait]
impl Transport for Stuck {
    async fn connect(&self, _: &Device, _: &Arc<Platform>, _: &Limits) -> Result<Box<dyn Session>> {
        Ok(Box::new(Self))
    }
}

#[async_trait::async_trait]
impl Session for Stuck {
    fn hostname(&self) -> &'static str {
        "stuck"
    }

    async fn run(&mut self, command: &str) -> Result<Answer> {
        if command == "show never" {
            std::future::pending::<()>().await;
        }
        Ok(Answer {
            bytes: b"shown\n".to_vec(),
            proof: Proof::Fence,
            exit_status: None,
            rejection: None,
            warnings: Vec::new(),
            duration_us: 1,
        })
    }

    async fn configure(&mut self) -> Result<()> {
        Err(Error::new(ErrorKind::Unsupported, "only reads"))
    }

    async fn line(&mut self, _: &str) -> Result<Answer> {
        Err(Error::new(ErrorKind::Unsupported, "only reads"))
    }

    async fn leave(&mut self) -> Result<()> {
        Ok(())
    }

    async fn close(self: Box<Self>) {}
}

/// A collection that somebody else asks to end stops what goes on and begins no other device; its run says who asked, and why.
pub async fn a_collection_that_is_asked_to_end_stops(store: Store) {
    let engine = Netsnap::new(Arc::clone(&store), Arc::new(Stuck));
    let device = |name: &str| {
        let device = serde_json::json!({"name": name, "host": "192.0.2.1", "username": "a", "platform": "frr"});
        serde_json::from_value::<Device>(device).unwrap()
    };
    let devices = ["r1", "r2", "r3"].map(device);
    let mut events = engine.watch();
    let collecting = tokio::spawn({
        let engine = engine.clone();
        let commands = ["show version", "show never"].map(str::to_owned);
        let options = CollectOptions {
            in_flight: 1,
            ..CollectOptions::default()
        };
        async move { engine.collect(&devices, &commands, &options).await }
    });
    let id = loop {
        let live = events.recv().await.unwrap();
        if live.event.kind == EventKind::CommandFinished {
            break live.execution;
        }
    };
    let ana = Author::new("ana").because("the wrong site");
    cancel(store.as_ref(), &id, &ana).await.unwrap();
    let collected = timeout(PATIENCE, collecting).await.unwrap();
    let collected = collected.unwrap().unwrap();
    let run = collected.execution;
    assert_eq!(run.status, ExecutionStatus::Cancelled);
    assert_eq!(
        run.reason.as_deref(),
        Some("ana asked to cancel it: the wrong site")
    );
    // Which device is the first is for nobody to say.
    let ended = collected
        .devices
        .iter()
        .map(|one| (one.status, one.commands_ok));
    let (begun, others): (Vec<_>, Vec<_>) = ended.partition(|(_, commands)| *commands > 0);
    assert_eq!(begun, [(DeviceStatus::Failed, 1)], "what it did counts");
    assert_eq!(others, [(DeviceStatus::Skipped, 0); 2]);
    for device in &collected.devices {
        let error = device.error.as_ref().unwrap();
        assert_eq!(error.kind, ErrorKind::Cancelled);
    }
    assert_eq!(store.outputs(&id).await.unwrap().len(), 1);
    assert_eq!(store.load(&id).await.unwrap(), run);
}
