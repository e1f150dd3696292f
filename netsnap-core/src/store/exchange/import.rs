//! What is to be imported, and what came of it?

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::bundle::Bundle;
use super::draft::Draft;
use super::landing::{self, Bringer, Landing, Place};
use super::{ansible, blocking, detect, legacy, refused};
use crate::error::{Error, ErrorKind, ErrorReport, Result};
use crate::event::Progress;
use crate::id::{Digest, ExecutionId};
use crate::model::{Annotation, Execution, ExecutionStatus};
use crate::store::query::LabelMatch;
use crate::store::retention::{Returns, complete};
use crate::store::{Backend, Filter, Selection};

/// The label that names what a run was made of, so that it is made once.
pub(in crate::store) const ORIGIN: &str = "imported_from";

/// What an import reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ImportFormat {
    /// Whichever of the others it looks like.
    #[default]
    Auto,
    /// A tar file that an export wrote.
    Bundle,
    /// A folder of output files, `<device>_<command>.txt` and `.json`, also in `TEXT/` and `JSON/` below it. With a record of the
    /// run beside them, a `metadata.json` with an `execution_id`, they are that run; a time without a zone is in UTC there. Also a
    /// folder of such folders.
    Legacy,
    /// A folder of artefacts of ansible-runner: one run, a folder of runs, or its private data folder.
    AnsibleRunner,
    /// A text with one `PLAY RECAP` or several.
    Recap,
    /// The document of `ansible.posix.json`, or the lines of `ansible.posix.jsonl`.
    AnsibleJson,
}

/// How something is imported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImportOptions {
    /// What it is.
    pub format: ImportFormat,
    /// Only say what would come in.
    pub dry_run: bool,
    /// The devices that there are: of a file name the longest of these that it begins with is the device.
    pub devices: Vec<String>,
    /// Files of a folder belong to one run when less than this lies between one and the next, in microseconds. At least a
    /// second.
    pub gap_us: u64,
    /// Labels for the runs that come in. Those that they have stay.
    pub labels: BTreeMap<String, String>,
    /// Who imports; also who asked for the run, where nobody else is known.
    pub actor: String,
    /// When it happened, for a text that does not say so: now, if nothing is given.
    pub at: Option<Timestamp>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            format: ImportFormat::default(),
            dry_run: false,
            devices: Vec::new(),
            gap_us: 5 * 60 * 1_000_000,
            labels: BTreeMap::new(),
            actor: String::new(),
            at: None,
        }
    }
}

/// A run that came in, or would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedRun {
    /// Its name in the store.
    pub execution: ExecutionId,
    /// What it was made of.
    pub source: String,
    /// How it ended.
    pub status: ExecutionStatus,
    /// Its devices.
    pub devices: u64,
    /// Its outputs.
    pub outputs: u64,
    /// Why it did not come in, for one that was there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A run that did not come in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RefusedRun {
    /// Its name, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<ExecutionId>,
    /// What it would have been made of.
    pub source: String,
    /// Why.
    pub error: ErrorReport,
}

/// What came of an import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// What was read.
    pub format: ImportFormat,
    /// Set when nothing was written.
    pub dry_run: bool,
    /// Runs that came in, or would.
    pub imported: Vec<ImportedRun>,
    /// Runs that were there already.
    pub skipped: Vec<ImportedRun>,
    /// Runs that did not come in, and why.
    pub refused: Vec<RefusedRun>,
    /// What a person should know, such as files that were passed over.
    pub remarks: Vec<String>,
}

/// What a reader of a foreign format found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) drafts: Vec<Draft>,
    pub(super) refused: Vec<RefusedRun>,
    pub(super) remarks: Vec<String>,
}

/// Brings the runs of a file or folder into a store. What is read stays as it is.
///
/// A run that is there already is passed over; one whose name another run has is refused; the others come in all the same.
/// Each run comes in whole or not at all, also when the caller stops waiting. Of foreign records the secrets are masked
/// first. `progress` hears of each run that was looked at.
///
/// # Errors
/// `InvalidInput` for what is none of the known formats, or not what it says it is; `Corrupt` for a bundle that was damaged:
/// then nothing was written. `NotFound`; `Storage`.
pub fn import<'a>(
    store: &'a Arc<dyn Backend>,
    source: &'a Path,
    options: &'a ImportOptions,
    progress: Telling<'a>,
) -> BoxFuture<'a, Result<ImportReport>> {
    Box::pin(async move {
        let imported = from_path(store, source, options, progress).await;
        imported.map_err(|error| error.during("store.import").with("path", source.display()))
    })
}

/// Brings the runs of a text into a store that Ansible printed: one with `PLAY RECAP` in it, or of its JSON callbacks. See [`import`].
///
/// # Errors
/// `InvalidInput` for a text that is neither, and for a format that no text has; `Storage`.
pub fn import_text<'a>(
    store: &'a Arc<dyn Backend>,
    text: &'a str,
    options: &'a ImportOptions,
    progress: Telling<'a>,
) -> BoxFuture<'a, Result<ImportReport>> {
    Box::pin(async move {
        let at = options.at.unwrap_or_else(|| store.now());
        let format = match options.format {
            ImportFormat::Auto => detect::text(text.as_bytes()),
            format => format,
        };
        let mut work = Work::new(store, options, progress);
        work.report.format = format;
        let taken = match read_text(text.as_bytes(), format, at, options) {
            Ok(found) => work.take(found).await,
            Err(error) => Err(error),
        };
        taken.map_err(|error| error.during("store.import"))?;
        Ok(work.report)
    })
}

fn read_text(
    text: &[u8],
    format: ImportFormat,
    at: Timestamp,
    options: &ImportOptions,
) -> Result<Found> {
    match format {
        ImportFormat::Recap => ansible::recap_text(text, at, "a text", options),
        ImportFormat::AnsibleJson => ansible::json_text(text, at, "a text", options),
        _ => Err(refused("no text has this format")
            .hint("use recap or ansible_json for a text, or import from a path")),
    }
}

async fn from_path(
    store: &Arc<dyn Backend>,
    source: &Path,
    options: &ImportOptions,
    progress: Telling<'_>,
) -> Result<ImportReport> {
    let path = source.to_owned();
    let format = match options.format {
        ImportFormat::Auto => blocking(move || detect::format(&path)).await?,
        format => format,
    };
    let mut work = Work::new(store, options, progress);
    work.report.format = format;
    match format {
        ImportFormat::Bundle => work.bundle(source).await?,
        _ => {
            let (path, options) = (source.to_owned(), options.clone());
            let found = blocking(move || read(&path, format, &options)).await?;
            work.take(found).await?;
        }
    }
    Ok(work.report)
}

fn read(path: &Path, format: ImportFormat, options: &ImportOptions) -> Result<Found> {
    match format {
        ImportFormat::Legacy => legacy::read(path, options),
        ImportFormat::AnsibleRunner => ansible::runner(path, options),
        ImportFormat::Recap => ansible::recap(path, options),
        _ => ansible::json(path, options),
    }
}

/// Who hears how far an import is.
type Telling<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// An import that goes on.
struct Work<'a> {
    store: &'a Arc<dyn Backend>,
    options: &'a ImportOptions,
    progress: Telling<'a>,
    report: ImportReport,
    returns: Returns,
}

impl<'a> Work<'a> {
    fn new(store: &'a Arc<dyn Backend>, options: &'a ImportOptions, progress: Telling<'a>) -> Self {
        let report = ImportReport {
            format: options.format,
            dry_run: options.dry_run,
            imported: Vec::new(),
            skipped: Vec::new(),
            refused: Vec::new(),
            remarks: Vec::new(),
        };
        Self {
            store,
            options,
            progress,
            report,
            returns: Returns::default(),
        }
    }

    async fn bundle(&mut self, path: &Path) -> Result<()> {
        let bundle = Bundle::open(path).await?;
        self.settle().await?;
        let source = file_name(path);
        let ids = bundle.ids();
        let total = ids.len();
        for (done, id) in (1..).zip(ids) {
            let taken = self.bundle_run(&bundle, &id, &source).await;
            self.note(taken, Some(id), &source)?;
            self.tell(done, total);
        }
        Ok(())
    }

    /// Lets go what a prune began to remove before it died: it is there no more, and can come in again.
    async fn settle(&self) -> Result<()> {
        match self.options.dry_run {
            true => Ok(()),
            false => complete(self.store.as_ref()).await,
        }
    }

    async fn bundle_run(&mut self, bundle: &Bundle, id: &ExecutionId, source: &str) -> Result<()> {
        let run = bundle.run(id).await?;
        let shown = shown(&run.execution, run.outputs.len(), source);
        let place = landing::place(self.store.as_ref(), id, &run.digest).await?;
        if !self.is_wanted(&place, &shown) {
            return Ok(());
        }
        self.returns.announce(self.store.as_ref(), id).await?;
        let execution = self.remarked(run.execution.clone(), source);
        let (store, bringer) = (Arc::clone(self.store), self.bringer(source));
        landed(async move {
            clear(&store, &place, &execution.id).await?;
            run.land(Landing::begin(store, execution, bringer).await?)
                .await
        })
        .await?;
        self.report.imported.push(shown);
        Ok(())
    }

    async fn take(&mut self, found: Found) -> Result<()> {
        self.report.refused.extend(found.refused);
        self.report.remarks.extend(found.remarks);
        self.settle().await?;
        let total = found.drafts.len();
        for (done, draft) in (1..).zip(found.drafts) {
            let (id, source) = (draft.execution.id.clone(), draft.source.clone());
            let taken = self.draft(draft).await;
            self.note(taken, Some(id), &source)?;
            self.tell(done, total);
        }
        Ok(())
    }

    fn tell(&self, done: u64, total: usize) {
        let total = total as u64;
        (self.progress)(Progress { done, total });
    }

    async fn draft(&mut self, mut draft: Draft) -> Result<()> {
        let mut shown = shown(&draft.execution, draft.outputs.len(), &draft.source);
        if let Some(known) = self.known(&draft.execution).await? {
            shown.reason = Some("it was imported before".to_owned());
            shown.execution = known;
            self.report.skipped.push(shown);
            return Ok(());
        }
        let place = self.place(&mut draft).await?;
        let id = draft.execution.id.clone();
        shown.execution = id.clone();
        if !self.is_wanted(&place, &shown) {
            return Ok(());
        }
        self.returns.announce(self.store.as_ref(), &id).await?;
        draft.execution = self.remarked(draft.execution, &draft.source);
        let (store, bringer) = (Arc::clone(self.store), self.bringer(&draft.source));
        landed(async move {
            clear(&store, &place, &id).await?;
            let landing = Landing::begin(store, draft.execution.clone(), bringer).await?;
            draft.land(landing).await
        })
        .await?;
        self.report.imported.push(shown);
        Ok(())
    }

    /// Finds a place for a run, under its own name or the other one that it has.
    async fn place(&mut self, draft: &mut Draft) -> Result<Place> {
        let digest = draft.digest()?;
        let place = landing::place(self.store.as_ref(), &draft.execution.id, &digest).await;
        match (place, draft.spare.take()) {
            (Err(error), Some(spare)) if error.kind() == ErrorKind::AlreadyExists => {
                let remark = legacy::renamed(draft.execution.id.as_str(), &spare);
                self.report
                    .remarks
                    .push(format!("{}: {remark}", draft.source));
                draft.rename(spare);
                let digest = draft.digest()?;
                landing::place(self.store.as_ref(), &draft.execution.id, &digest).await
            }
            (place, _) => place,
        }
    }

    /// Looks for a whole run that was made of the same thing.
    async fn known(&self, run: &Execution) -> Result<Option<ExecutionId>> {
        let origin = LabelMatch {
            key: ORIGIN.to_owned(),
            equals: run.labels.get(ORIGIN).cloned(),
            one_of: None,
        };
        let selection = Selection::newest(10).filter(Filter::Label(origin));
        let runs = self.store.select(&selection).await?;
        let mut whole = runs.into_iter().filter(landing::is_whole);
        Ok(whole.next().map(|run| run.id))
    }

    /// Says whether a run is to be written, and reports it when not.
    fn is_wanted(&mut self, place: &Place, shown: &ImportedRun) -> bool {
        if *place == Place::Same {
            self.report.skipped.push(ImportedRun {
                reason: Some("the store holds it already".to_owned()),
                ..shown.clone()
            });
            return false;
        }
        if self.options.dry_run {
            self.report.imported.push(shown.clone());
        }
        !self.options.dry_run
    }

    /// Reports a run that was refused; what has nothing to do with this run ends the import.
    fn note(
        &mut self,
        taken: Result<()>,
        execution: Option<ExecutionId>,
        source: &str,
    ) -> Result<()> {
        let Err(error) = taken else { return Ok(()) };
        use ErrorKind::{ReadOnly, Storage, StorageFull};
        if matches!(error.kind(), Storage | StorageFull | ReadOnly) {
            return Err(error);
        }
        self.report.refused.push(RefusedRun {
            execution,
            source: source.to_owned(),
            error: error.report(),
        });
        Ok(())
    }

    fn bringer(&self, source: &str) -> Bringer {
        Bringer {
            actor: self.options.actor.clone(),
            source: format!("imported from {source}"),
        }
    }

    /// Adds the labels that were asked for, and the remark that says where the run comes from.
    fn remarked(&self, mut run: Execution, source: &str) -> Execution {
        for (key, value) in &self.options.labels {
            let label = run.labels.entry(key.clone());
            label.or_insert_with(|| value.clone());
        }
        run.annotations.push(Annotation {
            at: self.store.now(),
            actor: self.options.actor.clone(),
            text: format!("imported from {source}"),
        });
        run
    }
}

/// Removes what an earlier import left behind.
async fn clear(store: &Arc<dyn Backend>, place: &Place, id: &ExecutionId) -> Result<()> {
    if *place == Place::Remains {
        store.delete(std::slice::from_ref(id)).await?;
    }
    Ok(())
}

/// Brings a run in, to its end, also when the caller stops waiting.
async fn landed(work: impl Future<Output = Result<()>> + Send + 'static) -> Result<()> {
    tokio::spawn(work)
        .await
        .map_err(|source| Error::new(ErrorKind::Internal, "a task panicked").because(source))?
}

fn shown(run: &Execution, outputs: usize, source: &str) -> ImportedRun {
    ImportedRun {
        execution: run.id.clone(),
        source: source.to_owned(),
        status: run.status,
        devices: run.devices.len() as u64,
        outputs: outputs as u64,
        reason: None,
    }
}

/// The last part of a path, for a person: where it was on another machine is nobody's business.
pub(super) fn file_name(path: &Path) -> String {
    match path.file_name() {
        Some(name) => name.to_string_lossy().into_owned(),
        None => "a folder".to_owned(),
    }
}

/// The label that names what a run is made of.
pub(super) fn origin(format: &str, digest: &Digest) -> (String, String) {
    (ORIGIN.to_owned(), format!("{format}:{}", digest.short()))
}
