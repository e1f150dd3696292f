//! Are the runs of all tombstones gone, and is each counted in the sums once?

use std::collections::{HashMap, HashSet};

use super::finding::{Check, Finding};
use crate::error::Result;
use crate::id::ExecutionId;
use crate::store::Backend;
use crate::store::audit::Anchor;
use crate::store::retention::{ROLLUPS, Returned, TOMBSTONES, rollups, tombstones};
use crate::store::stats::key;

/// What tombstones and rollups say: of each tombstone, its number and 16 bytes for its run.
#[derive(Debug, Default)]
pub(super) struct Buried {
    /// The newest tombstone of each run.
    numbers: HashMap<u128, u64>,
    withdrawn: HashSet<u64>,
    returned: Returned,
    /// The last tombstone.
    end: u64,
    /// The last tombstone that a rollup covers.
    covered: u64,
    unreadable: u64,
    /// Rollups that do not continue the one before them, by the tombstone where the gap or overlap is.
    gaps: Vec<u64>,
    anchor: Option<Anchor>,
}

impl Buried {
    pub(super) async fn read(store: &dyn Backend) -> Result<Self> {
        let mut buried = Self::default();
        let mut from = 1;
        while let Some((read, next)) = rollups(store, from).await? {
            for rollup in &read {
                if rollup.first != buried.covered + 1 {
                    buried.gaps.push(buried.covered + 1);
                }
                buried.covered = rollup.last;
                buried.withdrawn.extend(&rollup.withdrawn);
            }
            from = next;
        }
        buried.read_on(store).await?;
        buried.returned = Returned::read(store).await?;
        Ok(buried)
    }

    /// Reads the tombstones that were written since.
    pub(super) async fn read_on(&mut self, store: &dyn Backend) -> Result<()> {
        while let Some((read, next)) = tombstones(store, self.end + 1).await? {
            self.unreadable += (next - self.end - 1) - read.len() as u64;
            self.end = next - 1;
            for (number, tombstone) in read {
                self.numbers.insert(key(&tombstone.execution.id), number);
                let known = self.anchor.as_ref().map_or(0, |anchor| anchor.number);
                let head = tombstone.audit_head.filter(|head| head.number > known);
                self.anchor = head.or(self.anchor.take());
            }
        }
        Ok(())
    }

    pub(super) fn count(&self) -> u64 {
        self.end
    }

    /// The furthest place of the audit log that tombstones know.
    pub(super) fn anchor(&self) -> Option<&Anchor> {
        self.anchor.as_ref()
    }

    pub(super) fn holds(&self, id: &ExecutionId) -> bool {
        self.numbers.contains_key(&key(id))
    }

    /// What is wrong with the two logs themselves.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let gap = |at: &u64| {
            let what = format!("the sums do not continue at tombstone {at}");
            Check::Tombstones.error(ROLLUPS, what)
        };
        let mut findings: Vec<Finding> = self.gaps.iter().map(gap).collect();
        if self.covered > self.end {
            let what = format!(
                "the log ends with {}, and {} were summed up",
                self.end, self.covered
            );
            findings.push(Check::Tombstones.error(TOMBSTONES, what));
        }
        if self.unreadable > 0 {
            let what = format!("{} tombstones cannot be read", self.unreadable);
            findings.push(Check::Tombstones.error(TOMBSTONES, what));
        }
        findings
    }

    /// What is wrong with a run that is there.
    pub(super) fn still_there(&self, id: &ExecutionId) -> Option<Finding> {
        let number = self.numbers.get(&key(id))?;
        if self.withdrawn.contains(number) || self.returned.holds(*number) {
            return None;
        }
        let finding = match *number > self.covered {
            true => Check::Tombstones
                .warning(id, "its removal has begun and is not complete")
                .hint("prune again: that completes it, unless the run was pinned since"),
            false => Check::Tombstones
                .error(
                    id,
                    "it has a tombstone and counts as removed, and is there all the same",
                )
                .hint("remove it again, or restore the whole store from one copy"),
        };
        Some(finding)
    }
}
