//! How do old runs take less room without being removed? Their outputs are compressed, and read as before.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{ErrorKind, ErrorReport, Result};
use crate::event::Progress;
use crate::id::ExecutionId;
use crate::model::{Execution, ExecutionStatus};
use crate::store::audit::AuditAction;
use crate::store::query::{TimeRange, length};
use crate::store::remarks::{Author, change};
use crate::store::{Backend, Filter, Selection};

/// Runs of a page.
const PAGE: usize = 500;

/// Which runs are compressed, by whom, and whether really.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ArchiveOptions {
    /// Which runs; every one by default. Runs that have not ended or are compressed already are passed over.
    pub filter: Filter,
    /// Only those created longer ago than this: `30d`, `36h`.
    pub older_than: Option<String>,
    /// Only say which would be compressed. Set by default.
    pub dry_run: bool,
    /// Who compresses.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// At most so many runs, the newest of those that are old enough.
    pub limit: usize,
}

impl Default for ArchiveOptions {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            older_than: None,
            dry_run: true,
            actor: String::new(),
            reason: None,
            limit: 100_000,
        }
    }
}

/// What was compressed, or would be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveReport {
    /// Set when nothing was compressed.
    pub dry_run: bool,
    /// Runs that were compressed, or would be.
    pub archived: u64,
    /// Bytes of their outputs as they are; in a dry run, bytes of the whole runs.
    pub plain: u64,
    /// Bytes that they take now; 0 in a dry run.
    pub stored: u64,
    /// Runs that could not be compressed, and stay as they were.
    pub failed: Vec<(ExecutionId, ErrorReport)>,
}

/// Moves the outputs of runs to compressed form, marks the runs, and tells the audit log.
///
/// A crash leaves each output in one of the two forms; asked again, it goes on. One run that fails does not hold up the others.
///
/// # Errors
/// `InvalidInput` for a time that cannot be read; `StorageFull`; `ReadOnly`; `Storage` when the runs cannot be listed.
pub async fn archive(
    store: &dyn Backend,
    options: &ArchiveOptions,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<ArchiveReport> {
    let filter = wanted(options, store.now())?;
    let total = store.count(&filter, options.limit as u64).await?;
    let mut report = ArchiveReport {
        dry_run: options.dry_run,
        ..ArchiveReport::default()
    };
    let mut left = options.limit;
    let mut selection = Selection::newest(PAGE.min(left)).filter(filter);
    let mut done = 0;
    loop {
        let page = store.select(&selection).await?;
        let Some(last) = page.last() else {
            break;
        };
        selection = selection.after(last);
        left -= page.len().min(left);
        selection.limit = PAGE.min(left);
        for run in &page {
            report.take(run, compress(store, options, run).await)?;
            done += 1;
            progress(Progress { done, total });
        }
    }
    Ok(report)
}

fn wanted(options: &ArchiveOptions, now: Timestamp) -> Result<Filter> {
    use ExecutionStatus::{Queued, Running};
    let mut wanted = vec![
        options.filter.at(now)?,
        Filter::Archived(false),
        Filter::Not(Box::new(Filter::Status(vec![Queued, Running]))),
    ];
    if let Some(age) = &options.older_than {
        let until = now.checked_sub(length(age)?).unwrap_or(Timestamp::MIN);
        wanted.push(Filter::Created(TimeRange {
            until: Some(until),
            ..TimeRange::default()
        }));
    }
    Ok(Filter::All(wanted))
}

/// The bytes before and after.
async fn compress(
    store: &dyn Backend,
    options: &ArchiveOptions,
    run: &Execution,
) -> Result<(u64, u64)> {
    if options.dry_run {
        return Ok((store.size(&run.id).await?, 0));
    }
    let archived = store.archive(&run.id).await?;
    let author = Author {
        actor: options.actor.clone(),
        reason: options.reason.clone(),
    };
    let mark = |run: &mut Execution| run.archived = true;
    change(store, &run.id, (AuditAction::Archive, &author), &mark).await?;
    Ok((archived.plain, archived.stored))
}

/// Says whether a failure meets each run alike.
fn is_of_the_store(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::StorageFull | ErrorKind::ReadOnly)
}

impl ArchiveReport {
    fn take(&mut self, run: &Execution, compressed: Result<(u64, u64)>) -> Result<()> {
        match compressed {
            Ok((plain, stored)) => {
                self.archived += 1;
                self.plain += plain;
                self.stored += stored;
            }
            // Removed by somebody else.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if is_of_the_store(error.kind()) => return Err(error),
            Err(error) => self.failed.push((run.id.clone(), error.report())),
        }
        Ok(())
    }
}
