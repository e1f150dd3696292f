//! Netsnap: one handle over the store, the transport and the five services.

mod differences;
mod history;
mod options;
mod paper;
mod planning;
mod report;
mod validation;

use std::sync::Arc;

use futures_util::stream::BoxStream;
use tokio::sync::broadcast;

pub use crate::capture::{Capture, CaptureOptions};
pub use crate::collect::{CollectOptions, Collection};
pub use crate::deploy::{ApproveOptions, DeployOptions};
pub use crate::keep::KeepOptions;
pub use crate::rerun::{Repeated, RerunOptions};
pub use crate::store::ListOptions;
pub use differences::{
    DeviceText, FleetFormat, FleetTarget, ShowFleetOptions, ShowTopologyOptions, TopologyFormat,
};
pub use history::Telling;
pub use options::{CheckPlanOptions, HistoryOptions, PlanTarget, PlanningOptions};
pub use paper::{PlanFormat, ShowPlanOptions};

use crate::ask::Logins;
use crate::capture;
use crate::collect;
use crate::context::Context;
use crate::deploy::{self, Record};
use crate::diff::{self, render};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, LiveEvent};
use crate::id::{ExecutionId, PlanId, SnapshotId};
use crate::keep;
use crate::model::{
    Approval, ConfigDiff, Deployment, Device, DeviceResult, Execution, Output, OutputSummary, Plan,
    PlatformName, Snapshot, Validation,
};
use crate::platform::Platform;
use crate::redact::Redactor;
use crate::rerun;
use crate::rollback::RollbackManager;
use crate::snapshot::{SnapshotService, StoredSnapshots};
use crate::store::{self, Backend, Gate, NewExecution, Page, Recorder, Vigil};
use crate::transport::Transport;

/// Live events kept for a listener that is behind; an older one is told how many it missed.
const LISTENER_BACKLOG: usize = 4096;

/// The engine: cheap to clone, safe to share between tasks.
///
/// ```no_run
/// # async fn example() -> netsnap_core::Result<()> {
/// use netsnap_core::{Netsnap, model::Inventory};
/// let engine = Netsnap::open("./data").await?;
/// let inventory = Inventory::from_file("inventory.json".as_ref())?;
/// let run = engine.collect(&inventory.devices, &["show version".to_owned()], &Default::default()).await?;
/// println!("{}", run.execution.id);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Netsnap {
    pub(crate) context: Context,
}

impl Netsnap {
    /// Opens a store: a folder (`./data`), `sqlite:PATH` or `memory:`. What is not there yet is made.
    ///
    /// Runs whose process has gone away are shown as `interrupted` from then on.
    ///
    /// # Errors
    /// `Unsupported` for another kind of store; `Storage`; `Corrupt`.
    #[cfg(feature = "ssh")]
    pub async fn open(url: &str) -> Result<Self> {
        let redactor = Arc::new(Redactor::default());
        let store = store::open_with(url, Arc::clone(&redactor)).await?;
        let transport = Arc::new(crate::transport::SshTransport::default());
        Ok(Self::joined(store, transport, redactor))
    }

    /// Joins a store and a transport, of ours or of yours.
    #[must_use]
    pub fn new(store: Arc<dyn Backend>, transport: Arc<dyn Transport>) -> Self {
        let redactor = Arc::new(Redactor::default());
        let store = Arc::new(Gate::new(store, Arc::clone(&redactor)));
        let store = Arc::new(Vigil::new(store));
        Self::joined(store, transport, redactor)
    }

    fn joined(
        store: Arc<dyn Backend>,
        transport: Arc<dyn Transport>,
        redactor: Arc<Redactor>,
    ) -> Self {
        let (bus, _) = broadcast::channel(LISTENER_BACKLOG);
        Self {
            context: Context {
                store,
                transport,
                bus,
                redactor,
                past: None,
            },
        }
    }

    /// Listens to the events of every run of this engine from now on. A slow listener loses events; the store never does.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<LiveEvent> {
        self.context.bus.subscribe()
    }

    /// Begins a run that the caller records itself.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn begin(&self, new: NewExecution) -> Result<Recorder> {
        self.context.begin(new).await
    }

    /// Lets a program ask devices into a run that it records, one command at a time.
    #[must_use]
    pub fn logins(&self) -> Logins {
        Logins::new(self.context.clone())
    }

    /// Returns a run.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub async fn execution(&self, id: &ExecutionId) -> Result<Execution> {
        self.context.store.load(id).await
    }

    /// Lists runs, newest first unless another order is asked for. See [`ListOptions`].
    ///
    /// # Errors
    /// `InvalidInput` for a damaged cursor or one of another list; `Storage`.
    pub async fn list_executions(&self, options: &ListOptions) -> Result<Page<Execution>> {
        store::list(self.context.store.as_ref(), options).await
    }

    /// Returns the newest finished run, if there is one.
    ///
    /// # Errors
    /// `Storage`; `Corrupt`.
    pub async fn current(&self) -> Result<Option<Execution>> {
        match self.context.store.current().await? {
            Some(id) => self.execution(&id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Returns how the devices of a run ended.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub async fn device_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>> {
        self.context.store.device_results(id).await
    }

    /// Returns up to `limit` events of a run from sequence `from` on.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>> {
        self.context.store.events(id, from, limit).await
    }

    /// Replays the events of a run from sequence `from` on, then follows it live until it ends.
    #[must_use]
    pub fn follow(&self, id: &ExecutionId, from: u64) -> BoxStream<'static, Result<Event>> {
        Box::pin(store::follow(self.context.store.clone(), id.clone(), from))
    }

    /// Lists the outputs of a run.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub async fn outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>> {
        self.context.store.outputs(id).await
    }

    /// Returns the newest output of a command on a device in a run.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> {
        self.context.store.output(id, device, command).await
    }

    /// Runs commands on many devices and records each output. See [`CollectOptions`].
    ///
    /// # Errors
    /// `InvalidInput`; `Storage`. What a device does wrong is in its result.
    pub async fn collect(
        &self,
        devices: &[Device],
        commands: &[String],
        options: &CollectOptions,
    ) -> Result<Collection> {
        collect::collect(&self.context, devices, commands, options).await
    }

    /// Captures the running configuration of many devices, each as a snapshot. See [`CaptureOptions`].
    ///
    /// # Errors
    /// `InvalidInput`; `Storage`. What a device does wrong is in its result.
    pub async fn capture(&self, devices: &[Device], options: &CaptureOptions) -> Result<Capture> {
        capture::capture(&self.context, devices, options).await
    }

    /// Keeps a running configuration that another tool read (Oxidized, RANCID, an API), as a snapshot like those of [`Self::capture`]:
    /// what works on snapshots works on it, on platforms that cannot be captured as well. The run that keeps it is of the kind `custom`.
    ///
    /// Nobody knows that it is whole: its proof is [`Given`](crate::model::Proof::Given), and what can be seen of its end is looked at.
    /// The text is kept as it is, secrets included. It is the newest of its device unless [`KeepOptions::taken_at`] says that it is
    /// older than another one. A plan that was made from it is compared with the devices before it is carried out, as any other.
    ///
    /// ```
    /// # async fn example() -> netsnap_core::Result<()> {
    /// use netsnap_core::Netsnap;
    /// let engine = Netsnap::open("memory:").await?;
    /// let text = "system {\n    host-name r1;\n}\n";
    /// let snapshot = engine.keep_configuration("r1", "juniper_junos", text, &Default::default()).await?;
    /// assert_eq!(engine.snapshot_text(&snapshot.id).await?, text);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` for a bad name of a device or a time to come; `Unsupported` for an unknown platform; `ConfigurationInvalid` for a
    /// text that does not parse, with its place, or that is empty; `OutputTruncated` without the last line that the platform prints;
    /// `ConfigurationIncomplete` where a daemon was down; `Storage`. Nothing is kept then.
    pub async fn keep_configuration(
        &self,
        device: &str,
        platform: &str,
        text: &str,
        options: &KeepOptions,
    ) -> Result<Snapshot> {
        keep::keep_configuration(&self.context, (device, platform), text, options).await
    }

    /// Does a collection or capture once more, linked by `retry_of`, on those of the devices that have the names of then. See
    /// [`RerunOptions`] and [`rerun_plan`](crate::rerun::rerun_plan).
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for a run that has not ended; `Unsupported` for a kind that is not repeated; `InvalidInput`;
    /// `Storage`. What a device does wrong is in its result.
    pub async fn rerun(
        &self,
        id: &ExecutionId,
        devices: &[Device],
        options: &RerunOptions,
    ) -> Result<Repeated> {
        rerun::rerun(&self.context, id, devices, options).await
    }

    /// Returns the record of a snapshot.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub async fn snapshot(&self, id: &SnapshotId) -> Result<Snapshot> {
        self.snapshots().snapshot(id).await
    }

    /// Returns the text of a snapshot.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub async fn snapshot_text(&self, id: &SnapshotId) -> Result<String> {
        self.snapshots().text(id).await
    }

    /// Lists the snapshots of a device, newest first.
    ///
    /// # Errors
    /// `InvalidInput`; `Corrupt`; `Storage`.
    pub async fn history(&self, subject: &str, options: &HistoryOptions) -> Result<Page<Snapshot>> {
        self.snapshots()
            .history(subject, options.cursor.as_deref(), options.limit)
            .await
    }

    /// Returns the unified difference of two texts; empty when they are equal.
    ///
    /// It shows the texts as they are: secrets in them are not masked, as they are in what [`diff_config`](Self::diff_config) returns.
    #[must_use]
    pub fn diff_text(before: &str, after: &str) -> String {
        render::unified(before, after, "before", "after", 3)
    }

    /// Puts a table of a platform, as TOML, in the place of the one with its name, or beside the others, for everything that this
    /// process begins from now on: other engines, too. Returns what it is about.
    ///
    /// # Errors
    /// `InvalidInput` for a text that is no table.
    pub fn load_platform(table: &str) -> Result<PlatformName> {
        let platform = Platform::load(table)?;
        Ok(PlatformName {
            name: platform.name.clone(),
            title: platform.title.clone(),
        })
    }

    /// Returns the structural difference of two configurations of a platform.
    ///
    /// # Errors
    /// `Unsupported` for an unknown platform; `ConfigurationInvalid`.
    pub fn diff_config(platform: &str, before: &str, after: &str) -> Result<ConfigDiff> {
        let platform = Platform::named(platform)?;
        let parse = |text| crate::config::Configuration::parse(text, &platform);
        Ok(diff::diff_config(&parse(before)?, &parse(after)?))
    }

    /// Makes a plan from the newest (or a named) snapshot of each device to its intended configuration, proves it, and
    /// freezes it. Nothing is sent.
    ///
    /// # Errors
    /// `NotFound` for a device without a snapshot; `ConfigurationInvalid` for an intended configuration that does not
    /// parse; `PlanConflict` for a schedule that contradicts itself or the waves; `InvalidInput`; `Storage`.
    pub async fn plan(&self, targets: &[PlanTarget], options: &PlanningOptions) -> Result<Plan> {
        planning::plan(&self.context, targets, options).await
    }

    /// Returns a plan of this store, checked against its id.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub async fn load_plan(&self, id: &PlanId) -> Result<Plan> {
        let plan = deploy::load_plan(&self.context, id).await;
        plan.map_err(|error| error.during("load_plan"))
    }

    /// Looks at a plan before it is carried out, without asking a device: references, orphans, unknown lines, conflicts of devices.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub async fn validate_plan(&self, plan: &PlanId) -> Result<Validation> {
        validation::validate(&self.context, plan).await
    }

    /// Does the same and asks each device with something to do whether the plan would get through: reachability, login, privilege,
    /// drift. A recorded run; nothing is changed.
    ///
    /// # Errors
    /// `NotFound`, also for a device of the plan that is not given; `Corrupt`; `InvalidInput`; `Storage`. What a device does wrong is
    /// in its rows.
    pub async fn check_plan(
        &self,
        plan: &PlanId,
        devices: &[Device],
        options: &CheckPlanOptions,
    ) -> Result<Validation> {
        validation::check(&self.context, plan, devices, options).await
    }

    /// Records that somebody agrees that a plan be carried out. The audit log is told. It counts for this very plan alone.
    ///
    /// # Errors
    /// `InvalidInput` without a name; `NotFound`; `Corrupt`; `PlanExpired`; `Storage`.
    pub async fn approve_plan(&self, plan: &PlanId, options: &ApproveOptions) -> Result<Approval> {
        deploy::approve(&self.context, plan, options).await
    }

    /// Returns who agreed to a plan, the first one first.
    ///
    /// # Errors
    /// `Corrupt`; `Storage`.
    pub async fn approvals(&self, plan: &PlanId) -> Result<Vec<Approval>> {
        deploy::approvals(&self.context, plan).await
    }

    /// Carries out a frozen plan: compare, send in waves, read back, check, save. See [`DeployOptions`].
    ///
    /// Dropping the future cancels the deployment, which then ends in order behind the scenes: a device that has begun
    /// is finished or brought back, no other begins.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `PlanExpired`; `PlanUnproven`; `PlanNotApproved`; `PlanUsed`; `Conflict` while another run carries it
    /// out; `InvalidInput`; `Unsupported` for a [past run](Self::replaying), and for a device of a platform that is planned only: the
    /// hint says what a person can do; `Storage`. Drift, refusals and failed checks are in the
    /// result, per device.
    pub async fn deploy(
        &self,
        plan: &PlanId,
        devices: &[Device],
        options: &DeployOptions,
    ) -> Result<Deployment> {
        self.context.can_change("deploy")?;
        let (context, plan, devices) = (self.context.clone(), *plan, devices.to_vec());
        in_order(options, |options| async move {
            let done = deploy::deploy(&context, &plan, &devices, &options).await;
            done.map_err(|error| error.during("deploy"))
        })
        .await
    }

    /// Returns what a deployment or rollback did.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for one whose process went away before it ended; `Corrupt`; `Storage`.
    pub async fn deployment(&self, id: &ExecutionId) -> Result<Deployment> {
        match deploy::load(&self.context, id).await? {
            Record::Ended(deployment) => Ok(deployment),
            Record::Begun(plan) => Err(Error::new(ErrorKind::Conflict, "the deployment has not ended")
                .during("deployment")
                .with("execution", id)
                .with("plan", plan)
                .hint("if its process is gone, roll it back: each device is read and taken back from where it stands")),
        }
    }

    /// Brings every device of a deployment back to the configuration it had before. See [`RollbackManager::rollback`].
    ///
    /// Dropping the future cancels the rollback, as that of [`Netsnap::deploy`].
    ///
    /// # Errors
    /// `NotFound`; `Drift`; `InvalidInput`; `Unsupported` for a [past run](Self::replaying); `Storage`; the errors of reading a device.
    pub async fn rollback(
        &self,
        deployment: &ExecutionId,
        devices: &[Device],
        options: &DeployOptions,
    ) -> Result<Deployment> {
        self.context.can_change("rollback")?;
        let (context, deployment, devices) =
            (self.context.clone(), deployment.clone(), devices.to_vec());
        in_order(options, |options| async move {
            let done = context.rollback(&deployment, &devices, &options).await;
            done.map_err(|error| error.during("rollback"))
        })
        .await
    }

    /// Returns one self-contained HTML page about some runs, in the order given.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub async fn report(&self, executions: &[ExecutionId]) -> Result<String> {
        report::report(self, executions).await
    }

    fn snapshots(&self) -> StoredSnapshots {
        StoredSnapshots::new(self.context.store.clone())
    }
}

/// Carries out a change in a task of its own, so that a caller who goes away stops it in order and not in the middle.
async fn in_order<T, F, Fut>(options: &DeployOptions, work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce(DeployOptions) -> Fut,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let cancel = options.cancel.child_token();
    let _gone = cancel.clone().drop_guard();
    let options = DeployOptions {
        cancel,
        ..options.clone()
    };
    tokio::spawn(work(options)).await.unwrap_or_else(|error| {
        Err(
            Error::new(ErrorKind::Internal, "the work stopped unexpectedly")
                .hint("read the devices before doing more: roll the deployment back")
                .because(error),
        )
    })
}
