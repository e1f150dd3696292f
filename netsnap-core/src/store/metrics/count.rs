//! How many runs of each kind ended how, and how long did they take?

use std::collections::BTreeMap;

use super::text::Text;
use crate::model::{DeviceResult, Execution};
use crate::store::retention::{
    DURATION_BOUNDS_US, DurationSum, Rollup, Tombstone, histogram_place, word,
};
use crate::store::stats::Count;

/// Places of the histogram: one for each bound, and one for what exceeds them all.
const PLACES: usize = DURATION_BOUNDS_US.len() + 1;

/// What is counted of runs, by kind.
#[derive(Debug, Default)]
pub(super) struct Runs {
    ended: BTreeMap<(String, String), u64>,
    active: BTreeMap<String, u64>,
    durations: BTreeMap<String, Durations>,
    removed: BTreeMap<String, u64>,
    removed_bytes: u64,
}

#[derive(Debug, Default)]
struct Durations {
    counts: [u64; PLACES],
    sum_us: u128,
}

impl Runs {
    fn ended(&mut self, run: &Execution) {
        let kind = word(&run.kind);
        if let Some(duration_us) = run.duration_us {
            let durations = self.durations.entry(kind.clone()).or_default();
            durations.counts[histogram_place(duration_us).min(PLACES - 1)] += 1;
            durations.sum_us += u128::from(duration_us);
        }
        *self.ended.entry((kind, word(&run.status))).or_default() += 1;
    }

    fn durations(&mut self, kind: String, sum: &DurationSum) {
        let durations = self.durations.entry(kind).or_default();
        for (place, count) in durations.counts.iter_mut().zip(&sum.histogram) {
            *place += count;
        }
        durations.sum_us += u128::from(sum.sum_us);
    }

    pub(super) fn write(&self, text: &mut Text) {
        text.family(
            "executions_total",
            "counter",
            "Runs that ended, removed ones included.",
        );
        for ((kind, status), count) in &self.ended {
            text.number(&[("kind", kind), ("status", status)], *count);
        }
        let help = "How long runs took that ended, removed ones included.";
        text.family("execution_duration_seconds", "histogram", help);
        for (kind, durations) in &self.durations {
            let counted = (&durations.counts[..], durations.sum_us);
            text.histogram(&[("kind", kind)], &DURATION_BOUNDS_US, counted);
        }
        text.family("executions_active", "gauge", "Runs that have not ended.");
        for status in ["queued", "running"] {
            let count = self.active.get(status).copied().unwrap_or_default();
            text.number(&[("status", status)], count);
        }
        text.family(
            "pruned_executions_total",
            "counter",
            "Runs that retention removed.",
        );
        for (kind, count) in &self.removed {
            text.number(&[("kind", kind)], *count);
        }
        text.family(
            "pruned_bytes_total",
            "counter",
            "Bytes of the runs that retention removed.",
        );
        text.number(&[], self.removed_bytes);
    }
}

impl Count for Runs {
    fn live(&mut self, run: &Execution, _: &[DeviceResult]) {
        match run.status.is_terminal() {
            true => self.ended(run),
            false => *self.active.entry(word(&run.status)).or_default() += 1,
        }
    }

    fn removed(&mut self, tombstone: &Tombstone) {
        self.ended(&tombstone.execution);
        let kind = word(&tombstone.execution.kind);
        *self.removed.entry(kind).or_default() += 1;
        self.removed_bytes += tombstone.bytes;
    }

    fn rolled(&mut self, rollup: &Rollup) {
        for cell in &rollup.runs {
            let kind = word(&cell.kind);
            let ended = (kind.clone(), word(&cell.status));
            *self.ended.entry(ended).or_default() += cell.count;
            *self.removed.entry(kind.clone()).or_default() += cell.count;
            self.removed_bytes += cell.bytes;
            if cell.durations.sketch.count() > 0 {
                self.durations(kind, &cell.durations);
            }
        }
    }
}
