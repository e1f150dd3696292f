//! How does a run begin?

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::id::{Digest, ExecutionId};
use crate::model::{
    Counters, DeviceSummary, Execution, ExecutionKind, ExecutionStatus, Owner, RecordingLevel,
    Trigger,
};
use crate::store::audit::Audit;
use crate::store::exchange::ORIGIN;
use crate::store::{Backend, Durability, recover};

/// How often a new id is tried when the one before was taken.
const ID_ATTEMPTS: usize = 8;

/// What a run is about, before it has a name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewExecution {
    /// See [`Execution::kind`].
    pub kind: ExecutionKind,
    /// See [`Execution::name`].
    pub name: String,
    /// See [`Execution::job_id`].
    pub job_id: Option<String>,
    /// See [`Execution::parent`].
    pub parent: Option<ExecutionId>,
    /// See [`Execution::retry_of`].
    pub retry_of: Option<ExecutionId>,
    /// See [`Execution::actor`].
    pub actor: String,
    /// See [`Execution::trigger`].
    pub trigger: Trigger,
    /// See [`Execution::why`].
    pub why: Option<String>,
    /// See [`Execution::ticket`].
    pub ticket: Option<String>,
    /// See [`Execution::dry_run`].
    pub dry_run: bool,
    /// See [`Execution::parameters`].
    pub parameters: Value,
    /// See [`Execution::labels`].
    pub labels: BTreeMap<String, String>,
    /// See [`Execution::devices`].
    pub devices: Vec<DeviceSummary>,
    /// See [`Execution::commands`].
    pub commands: Vec<String>,
    /// The tool that does the work and its version; netsnap itself when absent.
    pub tool: Option<(String, String)>,
    /// Whether it waits in the queue until [`Recorder::start`](super::Recorder::start).
    pub queued: bool,
    /// How the work is done: data of the event that tells of its begin.
    pub manner: Value,
    /// How much of it power loss may take.
    pub level: RecordingLevel,
    /// Of an output of more bytes, head and tail are kept, with a line between them that says what is missing. Outputs are whole when
    /// absent.
    pub output_limit: Option<usize>,
}

/// The label that says of a run which past one answered in the place of its devices.
pub(crate) const REPLAYED: &str = "replay_of";

/// What a run is about beside its work: what a run that repeats it takes over.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// See [`Execution::job_id`].
    pub job_id: Option<String>,
    /// See [`Execution::why`].
    pub why: Option<String>,
    /// See [`Execution::ticket`].
    pub ticket: Option<String>,
    /// See [`Execution::parameters`].
    pub parameters: Value,
    /// See [`Execution::labels`].
    pub labels: BTreeMap<String, String>,
}

impl Subject {
    /// Takes over what a run was about, but for the labels that say what it was imported from and which past answered it.
    #[must_use]
    pub fn of(run: &Execution) -> Self {
        let mut labels = run.labels.clone();
        labels.remove(ORIGIN);
        labels.remove(REPLAYED);
        Self {
            job_id: run.job_id.clone(),
            why: run.why.clone(),
            ticket: run.ticket.clone(),
            parameters: run.parameters.clone(),
            labels,
        }
    }

    /// Begins to describe a run that is about this.
    pub(crate) fn begin(&self) -> NewExecution {
        let subject = self.clone();
        NewExecution {
            job_id: subject.job_id,
            why: subject.why,
            ticket: subject.ticket,
            parameters: subject.parameters,
            labels: subject.labels,
            ..NewExecution::default()
        }
    }
}

impl RecordingLevel {
    /// Returns what is promised for a write of which at least `asked` is wanted.
    pub(super) fn raised(self, asked: Durability) -> Durability {
        match self {
            Self::Strict => Durability::Durable,
            Self::Batched | Self::Relaxed => asked,
        }
    }
}

impl NewExecution {
    fn starting(&self, created_at: Timestamp, owner: Owner) -> Result<Execution> {
        let new = self.clone();
        let random = getrandom::u32().map_err(|source| {
            Error::new(ErrorKind::Internal, "the system gives no random numbers").because(source)
        })?;
        let ours = || ("netsnap".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        let (tool, version) = new.tool.unwrap_or_else(ours);
        Ok(Execution {
            job_id: new.job_id,
            kind: new.kind,
            name: new.name,
            status: match new.queued {
                true => ExecutionStatus::Queued,
                false => ExecutionStatus::Running,
            },
            started_at: (!new.queued).then_some(created_at),
            level: Some(new.level),
            parent: new.parent,
            retry_of: new.retry_of,
            actor: new.actor,
            trigger: new.trigger,
            why: new.why,
            ticket: new.ticket,
            dry_run: new.dry_run,
            parameters_digest: digest(&new.parameters),
            parameters: new.parameters,
            labels: new.labels,
            results: Counters {
                total_devices: new.devices.len() as u64,
                ..Counters::default()
            },
            devices: new.devices,
            commands: new.commands,
            host: owner.host.clone(),
            owner: Some(owner),
            tool,
            version,
            ..Execution::new(ExecutionId::new(created_at, random), created_at)
        })
    }
}

/// Names parameters, so that runs of equal ones can be told.
fn digest(parameters: &Value) -> Option<Digest> {
    (!parameters.is_null()).then(|| Digest::of(parameters.to_string().as_bytes()))
}

/// Makes a run appear, and returns it as it was kept.
pub(super) async fn create(store: &dyn Backend, new: &NewExecution) -> Result<Execution> {
    let mut attempts = 1;
    loop {
        let execution = new.starting(store.now(), store.owner())?;
        match store.create(&execution).await {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && attempts < ID_ATTEMPTS => {
                attempts += 1;
            }
            created => {
                created?;
                return told(store, &execution.id).await;
            }
        }
    }
}

/// Tells the audit log of a new run. One that it cannot be told of does not go on.
async fn told(store: &dyn Backend, id: &ExecutionId) -> Result<Execution> {
    let kept = store.load(id).await?;
    match Audit::of(store).created(&kept).await {
        Ok(_) => Ok(kept),
        Err(error) => {
            // What failed first says more; at worst the run is found at a later open.
            let _ = recover::end(store, kept, "the audit log could not be told of it").await;
            Err(error)
        }
    }
}
