//! Every run that is or was in the store, each exactly once, however many are removed meanwhile.

use std::collections::HashSet;

use crate::error::Result;
use crate::id::ExecutionId;
use crate::model::{DeviceResult, Execution};
use crate::store::retention::{Returned, Rollup, Tombstone, rollups, tombstones};
use crate::store::{Backend, Filter, Selection};

/// Runs of a page.
const PAGE: usize = 2000;

/// Counts what a census meets.
pub(in crate::store) trait Count: Send {
    /// Counts a run that is there, newest first.
    fn live(&mut self, run: &Execution, devices: &[DeviceResult]);
    /// Counts a run that was removed, in no order.
    fn removed(&mut self, tombstone: &Tombstone);
    /// Counts many that were removed.
    fn rolled(&mut self, rollup: &Rollup);
    /// Meets a run that is there and was counted among the many that were removed: it came in again.
    fn returned(&mut self, devices: &[DeviceResult]) {
        let _ = devices;
    }
}

/// What is wanted of runs that are there: the more, the more it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Detail {
    /// Their outlines.
    Outlines,
    /// Their outlines, and how their devices ended.
    Devices,
    /// Their summaries, and how their devices ended.
    Whole,
}

/// In which form removed runs are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Past {
    /// Summed up, as far as they are; the filter is the counter's business there.
    Rolled,
    /// One by one.
    Single,
}

/// What is counted.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Census<'a> {
    /// Which runs; times are absolute.
    pub(in crate::store) filter: &'a Filter,
    pub(in crate::store) detail: Detail,
    /// The label that outlines are to have.
    pub(in crate::store) label: Option<&'a str>,
    pub(in crate::store) past: Past,
}

/// What is known of removed runs before the walk.
#[derive(Default)]
struct Known {
    /// The last tombstone that was counted in a rollup: its run was gone before the walk began.
    counted: u64,
    withdrawn: HashSet<u64>,
    returned: Returned,
}

impl Known {
    /// Says whether a run was counted in a rollup, wherever else it is met.
    fn counts(&self, run: u128) -> bool {
        self.returned.counts_among(run, self.counted)
    }
}

impl Census<'_> {
    /// Counts.
    ///
    /// Rollups are read before the walk and single tombstones after it: a run that is removed while the walk goes on is met by
    /// it, by the tombstones, or by both, and then counts once. For that the ids that the walk met are remembered, 16 bytes each.
    pub(in crate::store) async fn take(
        &self,
        store: &dyn Backend,
        count: &mut (dyn Count + '_),
    ) -> Result<()> {
        let known = self.rolled(store, count).await?;
        let met = self.walk(store, &known, count).await?;
        self.removed(store, (&known, met), count).await
    }

    async fn rolled(&self, store: &dyn Backend, count: &mut (dyn Count + '_)) -> Result<Known> {
        let mut known = Known::default();
        let mut from = 1;
        while let Some((read, next)) = rollups(store, from).await? {
            for rollup in &read {
                known.withdrawn.extend(&rollup.withdrawn);
                if self.past == Past::Rolled {
                    count.rolled(rollup);
                    known.counted = rollup.last;
                }
            }
            from = next;
        }
        known.returned = Returned::read(store).await?;
        Ok(known)
    }

    async fn walk(
        &self,
        store: &dyn Backend,
        known: &Known,
        count: &mut (dyn Count + '_),
    ) -> Result<HashSet<u128>> {
        let mut met = HashSet::new();
        let mut selection = Selection::newest(PAGE).filter(self.filter.clone());
        loop {
            let page = self.page(store, &selection).await?;
            let Some(last) = page.last() else {
                return Ok(met);
            };
            selection = selection.after(last);
            for (run, devices) in page.iter().zip(self.devices(store, &page).await?) {
                let Some(devices) = devices else {
                    continue;
                };
                match known.counts(key(&run.id)) {
                    true => count.returned(&devices),
                    false => count.live(run, &devices),
                }
                met.insert(key(&run.id));
            }
        }
    }

    async fn page(&self, store: &dyn Backend, selection: &Selection) -> Result<Vec<Execution>> {
        match self.detail {
            Detail::Whole => store.select(selection).await,
            Detail::Outlines | Detail::Devices => store.outlines(selection, self.label).await,
        }
    }

    /// The devices of some runs; `None` of one that is gone meanwhile. Devices that cannot be read are none.
    async fn devices(
        &self,
        store: &dyn Backend,
        runs: &[Execution],
    ) -> Result<Vec<Option<Vec<DeviceResult>>>> {
        if self.detail == Detail::Outlines {
            return Ok(vec![Some(Vec::new()); runs.len()]);
        }
        let ids: Vec<ExecutionId> = runs.iter().map(|run| run.id.clone()).collect();
        store.results_of(&ids).await
    }

    async fn removed(
        &self,
        store: &dyn Backend,
        (known, mut met): (&Known, HashSet<u128>),
        count: &mut (dyn Count + '_),
    ) -> Result<()> {
        let mut from = known.counted + 1;
        while let Some((read, next)) = tombstones(store, from).await? {
            for (number, tombstone) in &read {
                let run = key(&tombstone.execution.id);
                let stands =
                    !known.withdrawn.contains(number) && !known.counts(run) && !met.contains(&run);
                if stands && self.filter.matches(&tombstone.summary()) {
                    count.removed(tombstone);
                    // One that came in again and went once more has several.
                    met.insert(run);
                }
            }
            from = next;
        }
        Ok(())
    }
}

/// The digits of an id as one number: they are all that tells ids apart.
pub(in crate::store) fn key(id: &ExecutionId) -> u128 {
    let digits = id.as_str().bytes().skip("exec_".len());
    digits.fold(0, |key, digit| match char::from(digit).to_digit(16) {
        Some(value) => (key << 4) | u128::from(value),
        None => key,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_different_keys() {
        let key = |id: &str| key(&id.parse().unwrap());
        assert_eq!(
            key("exec_2025-11-24_194401_a1b2c3d4"),
            0x0020_2511_2419_4401_a1b2_c3d4
        );
        assert_ne!(
            key("exec_2025-11-24_194401_a1b2c3d4"),
            key("exec_2025-11-24_194410_a1b2c3d4")
        );
    }
}
