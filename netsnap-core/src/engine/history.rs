//! The verbs of the history: mark, count, keep, remove, search, compare and live through past runs.

use std::path::Path;
use std::sync::Arc;

use super::Netsnap;
use crate::compare::{CompareOptions, Comparison, compare_executions};
use crate::error::Result;
use crate::event::Progress;
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::rerun::{self, Pace, PastRun, Rerun, Scope};
use crate::store::audit::{Audit, AuditEntry, AuditOptions};
use crate::store::exchange::{self, ExportOptions, ExportReport, ImportOptions, ImportReport};
use crate::store::remarks::{self, Author, LabelChange};
use crate::store::retention::{self, ArchiveOptions, ArchiveReport, PruneOptions, PruneReport};
use crate::store::search::{SearchOptions, SearchResult};
use crate::store::stats::{self, LatestDevice, Stats, StatsOptions};
use crate::store::verify::{VerifyOptions, VerifyReport};
use crate::store::{self, Backend, Filter, Page, RecoverOptions, Recovery};
use crate::topology::{self, Topology};

/// What is told while long work on the store goes on.
pub type Telling<'a> = &'a (dyn Fn(Progress) + Send + Sync);

impl Netsnap {
    /// Sets a label of a run, also after its end, or takes it off. The audit log is told.
    ///
    /// # Errors
    /// `InvalidInput` for an empty name; `NotFound`; `Conflict` when others change the run all the time; `Storage`.
    pub async fn label(
        &self,
        id: &ExecutionId,
        label: &LabelChange,
        author: &Author,
    ) -> Result<Execution> {
        remarks::label(self.store(), id, label, author).await
    }

    /// Keeps a run from being removed by retention. The audit log is told.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when others change the run all the time; `Storage`.
    pub async fn pin(&self, id: &ExecutionId, author: &Author) -> Result<Execution> {
        remarks::pin(self.store(), id, author).await
    }

    /// Lets retention remove a run again. The audit log is told.
    ///
    /// # Errors
    /// As [`Netsnap::pin`].
    pub async fn unpin(&self, id: &ExecutionId, author: &Author) -> Result<Execution> {
        remarks::unpin(self.store(), id, author).await
    }

    /// Adds a remark to a run, also after its end. The audit log is told.
    ///
    /// # Errors
    /// `InvalidInput` for an empty remark; otherwise as [`Netsnap::pin`].
    pub async fn annotate(
        &self,
        id: &ExecutionId,
        text: &str,
        author: &Author,
    ) -> Result<Execution> {
        remarks::annotate(self.store(), id, text, author).await
    }

    /// Asks a run to end that goes on anywhere, also in another process, and returns it as it is now. The first request stays, and the
    /// audit log is told of it. Whoever holds the run hears of it a second or two later: what netsnap does itself stops, and the run
    /// ends as `cancelled` with the reason; a program that [records](Netsnap::begin) decides by itself. A run whose process is gone
    /// ends as `interrupted`.
    ///
    /// # Errors
    /// `AlreadyFinished` for a run that has ended; otherwise as [`Netsnap::pin`].
    pub async fn cancel(&self, id: &ExecutionId, author: &Author) -> Result<Execution> {
        store::cancel(self.store(), id, author).await
    }

    /// Returns a page of the audit log: who did what to which run, when and why.
    ///
    /// # Errors
    /// `InvalidInput` for a limit of 0, a time that cannot be read, or a damaged cursor; `Storage`.
    pub async fn audit(&self, options: &AuditOptions) -> Result<Page<AuditEntry>> {
        Audit::of(self.store()).entries(options).await
    }

    /// Counts runs, and says how they and their devices fared. See [`StatsOptions`].
    ///
    /// # Errors
    /// `InvalidInput` for a time zone or a time that cannot be read; `Storage`.
    pub async fn stats(&self, options: &StatsOptions) -> Result<Stats> {
        stats::stats(self.store(), options).await
    }

    /// Returns the newest run of each device among those that fit, and how the device ended in it.
    ///
    /// # Errors
    /// `InvalidInput` for a time that cannot be read; `Storage`.
    pub async fn latest_by_device(&self, filter: &Filter) -> Result<Vec<LatestDevice>> {
        stats::latest_by_device(self.store(), filter).await
    }

    /// Removes the runs that a policy chooses, or only says which: a dry run unless the options say otherwise.
    ///
    /// # Errors
    /// `InvalidInput`; `StorageFull` when nothing can be removed on a full disk; `Storage`.
    pub async fn prune(&self, options: &PruneOptions, told: Telling<'_>) -> Result<PruneReport> {
        retention::prune(self.store(), options, told).await
    }

    /// Moves the outputs of old runs to compressed form, or only says of which: a dry run unless the options say otherwise. They read
    /// as before.
    ///
    /// # Errors
    /// `InvalidInput`; `StorageFull`; `Storage`.
    pub async fn archive(
        &self,
        options: &ArchiveOptions,
        told: Telling<'_>,
    ) -> Result<ArchiveReport> {
        retention::archive(self.store(), options, told).await
    }

    /// Looks for a text or an expression in recorded outputs.
    ///
    /// # Errors
    /// `InvalidInput` for a pattern that cannot be used or a damaged cursor; `NotFound`; `Storage`.
    pub async fn search_output(
        &self,
        options: &SearchOptions,
        told: Telling<'_>,
    ) -> Result<SearchResult> {
        store::search_output(self.store(), options, told).await
    }

    /// Compares two runs, device by device and output by output.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` for a mask that is no regular expression; `Unsupported` for an unknown platform; `Corrupt`;
    /// `Storage`.
    pub async fn compare_executions(
        &self,
        before: &ExecutionId,
        after: &ExecutionId,
        options: &CompareOptions,
    ) -> Result<Comparison> {
        compare_executions(self.store(), before, after, options).await
    }

    /// Opens a past run for replay: its events at any pace, and its devices as they answered then.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` for a factor that is not above 0; `Corrupt`; `Storage`.
    pub async fn replay(&self, id: &ExecutionId, pace: Pace) -> Result<PastRun> {
        rerun::replay(Arc::clone(&self.context.store), id, pace).await
    }

    /// Returns an engine on the same store whose devices answer what they answered in a past run. Nothing reaches a real device.
    ///
    /// Whatever reads devices works as ever, and is recorded as ever: each run that is begun has the label `replay_of` with the name of
    /// the past one. What was not recorded then is `NotFound`. Nothing is changed: `deploy` and `rollback` are refused, before they
    /// use up a plan, and whether a device could be changed is not known to [`check_plan`](Self::check_plan).
    ///
    /// # Errors
    /// As [`Netsnap::replay`].
    pub async fn replaying(&self, id: &ExecutionId) -> Result<Self> {
        let mut context = self.context.clone();
        context.transport = Arc::new(self.replay(id, Pace::AtOnce).await?);
        context.past = Some(id.clone());
        Ok(Self { context })
    }

    /// Says what doing a run once more would mean.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for a run that has not ended; `Unsupported` for a kind that is never repeated blindly;
    /// `InvalidInput` when a masked secret would have to be supplied anew; `Storage`.
    pub async fn rerun_plan(&self, id: &ExecutionId, scope: &Scope) -> Result<Rerun> {
        rerun::rerun_plan(self.store(), id, scope).await
    }

    /// Looks whether everything is as it was written: audit chain, logs, counters, outputs, what cannot be read. Nothing is changed.
    ///
    /// # Errors
    /// `InvalidInput`; `Storage`. Damage is a finding, not an error.
    pub async fn verify(&self, options: &VerifyOptions, told: Telling<'_>) -> Result<VerifyReport> {
        store::verify::verify(self.store(), options, told).await
    }

    /// Returns the store's figures in the Prometheus text format.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn metrics(&self) -> Result<String> {
        store::metrics::metrics(self.store()).await
    }

    /// Writes runs into a file: as JSON, lines of JSON, CSV, or a bundle that another store can take in.
    ///
    /// # Errors
    /// `AlreadyExists` when the file is there and is to be kept; `NotFound`; `InvalidInput`; `Unsupported`; `Corrupt`; `Storage`.
    pub async fn export(
        &self,
        path: &Path,
        options: &ExportOptions,
        told: Telling<'_>,
    ) -> Result<ExportReport> {
        exchange::export_file(self.store(), options, path, &mut |progress| told(progress)).await
    }

    /// Takes in the runs of a bundle, of a folder of outputs, or of what Ansible left.
    ///
    /// # Errors
    /// `InvalidInput` for what is none of the known formats; `Corrupt` for a damaged bundle; `NotFound`; `Storage`.
    pub async fn import_runs(
        &self,
        path: &Path,
        options: &ImportOptions,
        told: Telling<'_>,
    ) -> Result<ImportReport> {
        exchange::import(&self.context.store, path, options, told).await
    }

    /// Takes in the runs of a text that Ansible printed: one with `PLAY RECAP` in it, or of its JSON callbacks.
    ///
    /// # Errors
    /// `InvalidInput` for a text that is neither, and for a format that no text has; `Storage`.
    pub async fn import_text(
        &self,
        text: &str,
        options: &ImportOptions,
        told: Telling<'_>,
    ) -> Result<ImportReport> {
        exchange::import_text(&self.context.store, text, options, told).await
    }

    /// Works out from the outputs of one run which device is connected to which, and keeps it with the run.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub async fn topology(&self, id: &ExecutionId) -> Result<Topology> {
        topology::topology(self.store(), id).await
    }

    /// Draws the topology of a run as an SVG document. The same topology gives the same bytes.
    ///
    /// # Errors
    /// As [`Netsnap::topology`].
    pub async fn draw_topology(&self, id: &ExecutionId) -> Result<String> {
        Ok(crate::report::topology(&self.topology(id).await?))
    }

    /// Ends the runs whose process went away, as every open does.
    ///
    /// # Errors
    /// `Storage` when the runs cannot be listed.
    pub async fn recover(&self) -> Result<Recovery> {
        store::recover(self.store()).await
    }

    /// Ends the runs whose process went away, and, if that is asked for, those of which nobody can say whether it did.
    ///
    /// # Errors
    /// `InvalidInput` for a time that cannot be read; `Storage` when the runs cannot be listed.
    pub async fn recover_with(&self, options: &RecoverOptions) -> Result<Recovery> {
        store::recover_with(self.store(), options).await
    }

    pub(super) fn store(&self) -> &dyn Backend {
        self.context.store.as_ref()
    }
}
