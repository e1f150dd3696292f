//! How fast does a history become smaller?

use netsnap_benches::child::Measured;
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::interleave;

use super::{alone, number};
use crate::bed::{Bed, Medium};

const LIMIT_S: f64 = 2.0;

pub(crate) fn measure(bed: &Bed) -> Vec<Figure> {
    let count = bed.size(1000, 100);
    let runs = interleave(&Medium::LASTING, bed.rounds(3), |medium| {
        run(bed, *medium, count)
    });
    let pairs = Medium::LASTING.into_iter().zip(&runs);
    pairs
        .map(|(medium, runs)| {
            let case = format!("prune {count} runs of 100 results ({})", medium.name());
            let seconds = number(runs, "ms").map(|time| time / 1000.0);
            alone(case, ("wall time", "s"), seconds, Target::AtMost(LIMIT_S))
        })
        .collect()
}

fn run(bed: &Bed, medium: Medium, count: usize) -> Option<Measured> {
    let name = format!("prune-{}", medium.name());
    let place = bed.filled(medium, &name, "runs", count)?;
    let measured = bed.ours("prune", &place.url, &[]);
    bed.clear(&place);
    // What stays is not fast.
    measured.filter(|run| run.said["removed"] == count)
}
