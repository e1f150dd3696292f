//! How soon is an event seen in another process?

use netsnap_benches::child::Measured;
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::interleave;

use super::{alone, number};
use crate::bed::{Bed, Medium};

pub(crate) fn measure(bed: &Bed) -> Vec<Figure> {
    eprintln!("measuring live events");
    let ways: Vec<_> = Medium::LASTING
        .into_iter()
        .flat_map(|medium| [(medium, "batched"), (medium, "strict")])
        .collect();
    let runs = interleave(&ways, bed.rounds(3), |(medium, level)| {
        run(bed, *medium, level)
    });
    let pairs = ways.iter().zip(&runs);
    pairs
        .flat_map(|((medium, level), runs)| figures(*medium, level, runs))
        .collect()
}

fn run(bed: &Bed, medium: Medium, level: &str) -> Option<Measured> {
    let place = bed.place(medium, "live")?;
    let count = bed.size(200, 50);
    let measured = bed.ours(
        "live",
        &place.url,
        &["--count", &count.to_string(), "--level", level],
    );
    bed.clear(&place);
    let seen = measured.as_ref()?.number("seen")?;
    if u32::try_from(count).is_ok_and(|count| seen < f64::from(count)) {
        eprintln!("live: of {count} events the follower saw {seen}");
        return None;
    }
    measured
}

fn figures(medium: Medium, level: &str, runs: &[Measured]) -> [Figure; 2] {
    let case = format!(
        "event to a reader in another process, {level} ({})",
        medium.name()
    );
    let limit = if medium == Medium::Postgres {
        20.0
    } else {
        50.0
    };
    let half = number(runs, "p50_ms");
    let most = number(runs, "p95_ms");
    [
        alone(&case, ("p50", "ms"), half, Target::None),
        alone(&case, ("p95", "ms"), most, Target::AtMost(limit)),
    ]
}
