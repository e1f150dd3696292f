//! Does the audit log hold, and does it tell of every run as the run is?

use std::collections::{HashMap, HashSet};

use super::Verify;
use super::buried::Buried;
use super::finding::Check;
use crate::error::{ErrorKind, Result};
use crate::id::{Digest, ExecutionId};
use crate::model::Execution;
use crate::store::audit::{
    Anchor, Audit, AuditAction, AuditEntry, AuditOptions, AuditReport, execution_digest,
};
use crate::store::exchange::is_whole;
use crate::store::{Backend, Direction};

/// Runs whose summaries are compared in one reading of the audit log.
const MANY: usize = 10_000;
/// Entries of a page.
const PAGE: usize = 1000;

/// The summaries of runs, by their digests.
#[derive(Debug, Default)]
pub(super) struct Summaries {
    digests: HashMap<String, Seen>,
}

/// A summary as it was read.
#[derive(Clone, Copy, Debug)]
struct Seen {
    digest: Digest,
    ended: bool,
}

/// What the audit log says of a run.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    /// How it was left last.
    after: Option<Digest>,
    ended: bool,
}

impl Said {
    /// Goes on with what another entry says.
    fn and(self, entry: &AuditEntry) -> Self {
        use AuditAction::{Cancel, Finish, Import, Prune, Recover};
        let ended = match entry.action {
            Finish | Cancel | Recover | Import => true,
            // Whatever has its name later is another record.
            Prune => false,
            _ => self.ended,
        };
        Self {
            after: entry.after,
            ended,
        }
    }
}

impl Summaries {
    pub(super) fn remember(&mut self, run: &Execution) -> Result<()> {
        // While a run comes in, the log may speak of what an earlier import left.
        let ended = run.status.is_terminal();
        if ended || is_whole(run) {
            let digest = execution_digest(run)?;
            let seen = Seen { digest, ended };
            self.digests.insert(run.id.to_string(), seen);
        }
        Ok(())
    }

    pub(super) fn are_many(&self) -> bool {
        self.digests.len() >= MANY
    }
}

impl Verify<'_> {
    /// Computes the chain again, against every place of it that is known from elsewhere.
    pub(super) async fn chain(&mut self, buried: &Buried) -> Result<()> {
        let known = [buried.anchor(), self.options.anchor.as_ref()];
        let report = self.hold_against(known[0]).await?;
        self.report.audit_entries = report.entries;
        self.report.audit_head = report.head;
        let mut fault = report.fault;
        if fault.is_none() && known[1].is_some() {
            fault = self.hold_against(known[1]).await?.fault;
        }
        if let Some(fault) = fault {
            let place = format!("audit {}", fault.number);
            self.find(Check::Audit.error(place, fault.why));
        }
        Ok(())
    }

    async fn hold_against(&self, anchor: Option<&Anchor>) -> Result<AuditReport> {
        Audit::of(self.store).verify(anchor).await
    }

    /// Looks for runs that were created and are neither there nor buried.
    pub(super) async fn lost(&mut self, buried: &Buried) -> Result<()> {
        let mut lost = HashSet::new();
        let mut entries = Entries::default();
        while let Some(page) = entries.next(self.store).await? {
            for entry in page.iter().filter(|entry| brings_a_run(entry)) {
                let Ok(id) = entry.object_id.parse::<ExecutionId>() else {
                    continue;
                };
                if !buried.holds(&id) && is_gone(self.store, &id).await? {
                    lost.insert(id);
                }
            }
        }
        if lost.is_empty() {
            return Ok(());
        }
        // Some may have been removed while the log was read.
        let mut since = Buried::default();
        since.read_on(self.store).await?;
        for id in lost.into_iter().filter(|id| !since.holds(id)) {
            let what = "the audit log tells of its creation, and it is gone without a tombstone";
            self.find(Check::Audit.error(&id, what).hint(
                "it was removed by other means, or a prune on a full disk died; restore it from a copy if it is missed",
            ));
        }
        Ok(())
    }

    /// Compares summaries with what the audit log says last of each.
    pub(super) async fn summaries(&mut self, summaries: Summaries) -> Result<()> {
        let mut said: HashMap<String, Said> = HashMap::new();
        let (mut entries, mut any) = (Entries::default(), false);
        while let Some(page) = entries.next(self.store).await? {
            any = true;
            for entry in page {
                if entry.object_type == "execution"
                    && summaries.digests.contains_key(&entry.object_id)
                {
                    let before = said.get(&entry.object_id).copied();
                    let now = before.unwrap_or_default().and(&entry);
                    said.insert(entry.object_id, now);
                }
            }
        }
        if !any {
            return Ok(());
        }
        for (id, seen) in summaries.digests {
            let said = said.get(&id).copied();
            match seen.ended {
                true => self.summary(&id, seen.digest, said).await?,
                false => self.going_on(&id, seen.digest, said).await?,
            }
        }
        Ok(())
    }

    async fn summary(&mut self, id: &str, digest: Digest, said: Option<Said>) -> Result<()> {
        let Some(said) = said else {
            let what = "the audit log does not tell of it";
            self.find(Check::Audit.warning(id, what).hint(
                "it was recorded before the audit log began, or the log was cut off: compare with a copy",
            ));
            return Ok(());
        };
        // Without a digest the entry announces the removal of the run.
        let fits = said.after.is_none_or(|after| after == digest);
        if fits || self.changed_meanwhile(id, digest).await? {
            return Ok(());
        }
        let what = "its summary is not what the audit log says it was left as";
        self.find(Check::Audit.error(id, what).hint(
            "somebody changed it by other means, or its end could not be told because the log was full or damaged: compare with a copy",
        ));
        Ok(())
    }

    /// Looks whether a run that goes on, as its summary says, has ended.
    async fn going_on(&mut self, id: &str, digest: Digest, said: Option<Said>) -> Result<()> {
        if said.is_some_and(|said| said.ended) && !self.changed_meanwhile(id, digest).await? {
            let what = "the audit log tells of its end, and its summary says that it goes on";
            self.find(Check::Audit.error(id, what));
        }
        Ok(())
    }

    /// Says whether a summary is another one, or gone, since it was read.
    async fn changed_meanwhile(&self, id: &str, digest: Digest) -> Result<bool> {
        match self.store.load(&id.parse()?).await {
            Ok(run) => Ok(execution_digest(&run)? != digest),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
            Err(error) if error.kind() == ErrorKind::Corrupt => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn brings_a_run(entry: &AuditEntry) -> bool {
    let brings = matches!(entry.action, AuditAction::Create | AuditAction::Import);
    brings && entry.object_type == "execution"
}

async fn is_gone(store: &dyn Backend, id: &ExecutionId) -> Result<bool> {
    match store.load(id).await {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == ErrorKind::Corrupt => Ok(false),
        Err(error) => Err(error),
    }
}

/// Walks through the audit log, oldest entry first.
#[derive(Default)]
struct Entries {
    cursor: Option<String>,
    done: bool,
}

impl Entries {
    async fn next(&mut self, store: &dyn Backend) -> Result<Option<Vec<AuditEntry>>> {
        if self.done {
            return Ok(None);
        }
        let options = AuditOptions {
            direction: Direction::Ascending,
            limit: PAGE,
            cursor: self.cursor.take(),
            ..AuditOptions::default()
        };
        let page = Audit::of(store).entries(&options).await?;
        self.done = page.cursor.is_none();
        self.cursor = page.cursor;
        Ok((!page.items.is_empty()).then_some(page.items))
    }
}
