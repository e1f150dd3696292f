//! What is measured, and what has to come out?

mod exchange;
mod keep;
mod languages;
mod live;
mod pages;
mod playbook;
mod read;
mod record;
mod small;

use netsnap_benches::child::Measured;
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::median;

use crate::bed::Bed;

pub(crate) const BENCH: &str = "store";
pub(crate) const NOTES: &str = "\
Each thing is done in a process of its own, rounds are interleaved, figures are medians; files, databases and the server of \
PostgreSQL (which syncs) lie on one disk, and what is read was read before. A recorded result is an event of some 300 bytes; \
batched, its share of the begin and the end of the run is included, and 50 device results. The floor is the same bytes, appended \
to a file and synced with fdatasync one by one, in turns of 20 with ours; beside outputs on files it is as many files of their bytes, made in \
turns with ours and synced at the end. Time added to a playbook is that of the whole process \
over the same playbook without a recorder, for each of its results. A page is taken by cursor through the public list. Opening \
ends with the newest run in hand. A small run has 20 labels and 20 parameters and no device; its disk space is counted in \
whole blocks, less what the store takes before its first run, which has a figure of its own. A live event is on its way from the call that records it until the follower in another process has it.";

/// A case, by the name that it is asked for.
type Case = (&'static str, fn(&Bed) -> Vec<Figure>);

const CASES: &[Case] = &[
    ("record", record::measure),
    ("playbook", playbook::measure),
    ("pages", pages::measure),
    ("small", small::measure),
    ("live", live::measure),
    ("keep", keep::measure),
    ("read", read::measure),
    ("exchange", exchange::measure),
    ("languages", languages::measure),
];

/// Does everything that is asked for. What did not run has no figure, and misses its target.
pub(crate) fn measure(bed: &Bed) -> Vec<Figure> {
    let only = bed.arguments.only.as_deref().unwrap_or_default();
    let wanted = CASES.iter().filter(|(name, _)| name.contains(only));
    wanted.flat_map(|(_, case)| case(bed)).collect()
}

/// A figure of ours.
fn alone(
    case: impl Into<String>,
    (figure, unit): (&'static str, &'static str),
    ours: Option<f64>,
    target: Target,
) -> Figure {
    Figure {
        bench: BENCH,
        case: case.into(),
        figure,
        unit,
        ours,
        peer: None,
        theirs: None,
        target,
    }
}

/// The same beside that of a peer.
fn against(figure: &Figure, peer: &str, theirs: Option<f64>, target: Target) -> Figure {
    Figure {
        peer: Some(peer.to_owned()),
        theirs,
        target,
        ..figure.clone()
    }
}

/// The median of a number that runs reported.
fn number(runs: &[Measured], name: &str) -> Option<f64> {
    median(runs.iter().filter_map(|run| run.number(name)))
}
