//! Is the store what was written to it? Everything that is kept twice is compared, everything that has a digest is hashed again.

mod audit;
mod buried;
mod finding;
mod run;

use serde::{Deserialize, Serialize};

use self::audit::Summaries;
use self::buried::Buried;
pub use self::finding::{Check, Finding, Severity};
use super::audit::Anchor;
use super::{Backend, Filter, ListOptions, list};
use crate::error::{Error, ErrorKind, Result};
use crate::event::Progress;

/// Runs of a page.
const PAGE: usize = 200;

/// What is verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VerifyOptions {
    /// Which runs; every one by default.
    pub filter: Filter,
    /// At most so many runs: a large store is verified in parts.
    pub limit: usize,
    /// The cursor of the part before; none for the first part, which alone looks at what belongs to no run.
    pub cursor: Option<String>,
    /// Only these checks; every one when empty.
    pub checks: Vec<Check>,
    /// A place in the audit log that is known from elsewhere, such as `audit_head` of an earlier report.
    pub anchor: Option<Anchor>,
    /// At most so many findings are named; all are counted.
    pub findings: usize,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            limit: 1_000_000,
            cursor: None,
            checks: Vec::new(),
            anchor: None,
            findings: 1000,
        }
    }
}

impl VerifyOptions {
    fn asks(&self, check: Check) -> bool {
        self.checks.is_empty() || self.checks.contains(&check)
    }
}

/// What was verified, and what is not as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyReport {
    /// Runs that were looked at.
    pub runs: u64,
    /// Events that were read.
    pub events: u64,
    /// Outputs whose bytes were hashed.
    pub outputs: u64,
    /// Their bytes.
    pub output_bytes: u64,
    /// Outputs that the backend cannot read any more, because a later one of the same device and command took their place.
    pub outputs_covered: u64,
    /// Runs that have ended and whose record nothing binds, since it was kept before records were bound, or could not be read when they
    /// ended: what was changed in it is found only where its own checksums tell.
    #[serde(default)]
    pub runs_unbound: u64,
    /// Entries of the audit log whose chain holds.
    pub audit_entries: u64,
    /// The last of them. Kept elsewhere and handed in at the next verification, it proves that nothing up to it was changed or
    /// cut off since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_head: Option<Anchor>,
    /// Tombstones that were looked at.
    pub tombstones: u64,
    /// Findings that something is not as it was written.
    pub errors: u64,
    /// Findings that something is unusual, or not done yet.
    pub warnings: u64,
    /// The findings, cut as the options say.
    pub findings: Vec<Finding>,
    /// What to hand in for the next part; `None` when this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Verifies a store, or a part of it. Nothing is changed.
///
/// What is found, of a run that has ended: each change of its summary, and each event, output, parsed answer and device result that was
/// changed, removed or added, whoever did it and whatever checksums he computed anew, unless he computed the audit log anew, too. That is
/// found with an [`anchor`](VerifyOptions::anchor) that was kept elsewhere. The record of a run is bound by the entry that tells of its end
/// ([`Execution::record_digest`](crate::model::Execution::record_digest)); those that are not are counted
/// ([`runs_unbound`](VerifyReport::runs_unbound)). On files, `devices.json` and what stands behind the end of a log are looked at as well.
/// Documents that were derived from a run are not part of its record.
///
/// The store may be in use meanwhile: runs that go on are looked at as they are, and runs that are removed are passed over.
///
/// # Errors
/// `InvalidInput` for a limit of 0, a time that cannot be read or a cursor of another list; `Storage`. Damage is not an error
/// but a finding.
pub async fn verify(
    store: &dyn Backend,
    options: &VerifyOptions,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<VerifyReport> {
    if options.limit == 0 {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "a part of no runs verifies nothing",
        )
        .during("verify")
        .hint("ask for at least one run"));
    }
    let mut verify = Verify {
        store,
        options,
        report: VerifyReport::default(),
    };
    let buried = Buried::read(store).await?;
    if options.cursor.is_none() {
        verify.store_wide(&buried).await?;
    }
    verify.runs(&buried, progress).await?;
    Ok(verify.report)
}

struct Verify<'a> {
    store: &'a dyn Backend,
    options: &'a VerifyOptions,
    report: VerifyReport,
}

impl Verify<'_> {
    /// Looks at what belongs to no single run.
    async fn store_wide(&mut self, buried: &Buried) -> Result<()> {
        if self.options.asks(Check::Damage) {
            for damage in self.store.damage().await? {
                let what = format!("it cannot be read: {}", damage.error.message);
                let hint = "restore it from a copy, or remove it";
                self.find(Check::Damage.error(damage.place, what).hint(hint));
            }
        }
        if self.options.asks(Check::Tombstones) {
            self.report.tombstones = buried.count();
            buried
                .findings()
                .into_iter()
                .for_each(|finding| self.find(finding));
        }
        if self.options.asks(Check::Audit) {
            self.chain(buried).await?;
            self.lost(buried).await?;
        }
        Ok(())
    }

    async fn runs(
        &mut self,
        buried: &Buried,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<()> {
        let mut walk = self.walk();
        let total = self.total().await?;
        let mut summaries = Summaries::default();
        loop {
            let left = self.options.limit as u64 - self.report.runs;
            walk.limit = usize::try_from(left).unwrap_or(PAGE).min(PAGE);
            let page = list(self.store, &walk).await?;
            for run in &page.items {
                self.run(run, buried).await?;
                summaries.remember(run)?;
                self.report.runs += 1;
                progress(Progress {
                    done: self.report.runs,
                    total,
                });
            }
            let done = page.cursor.is_none() || self.report.runs >= self.options.limit as u64;
            if self.options.asks(Check::Audit) && (done || summaries.are_many()) {
                self.summaries(std::mem::take(&mut summaries)).await?;
            }
            walk.cursor = page.cursor;
            if done {
                self.report.cursor = walk.cursor;
                return Ok(());
            }
        }
    }

    fn walk(&self) -> ListOptions {
        ListOptions {
            filter: self.options.filter.clone(),
            cursor: self.options.cursor.clone(),
            ..ListOptions::default()
        }
    }

    async fn total(&self) -> Result<u64> {
        let filter = self.options.filter.at(self.store.now())?;
        self.store.count(&filter, self.options.limit as u64).await
    }

    fn find(&mut self, finding: Finding) {
        match finding.severity {
            Severity::Error => self.report.errors += 1,
            Severity::Warning => self.report.warnings += 1,
        }
        if self.report.findings.len() < self.options.findings {
            self.report.findings.push(finding);
        }
    }
}
