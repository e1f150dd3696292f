//! What does one more result cost?

use netsnap_benches::child::Measured;
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::interleave;

use super::{against, alone, number};
use crate::bed::{Bed, Medium};

const EACH: (&str, &str) = ("added for a result", "ms");
const LIMIT_MS: f64 = 0.3;
const OVER_FLOOR: f64 = 1.2;
const FILES: &str = "a file made for each, synced 32 at once";

/// A way to record.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Way {
    medium: Medium,
    case: &'static str,
    level: &'static str,
}

pub(crate) fn measure(bed: &Bed) -> Vec<Figure> {
    eprintln!("measuring recorded results");
    let ways = ways();
    let runs = interleave(&ways, bed.rounds(5), |way| run(bed, *way));
    let pairs = ways.iter().zip(&runs);
    pairs.flat_map(|(way, runs)| figures(*way, runs)).collect()
}

fn ways() -> Vec<Way> {
    let of = |medium| {
        [
            ("results", "batched"),
            ("outputs", "batched"),
            ("results", "strict"),
            ("outputs", "strict"),
        ]
        .map(|(case, level)| Way {
            medium,
            case,
            level,
        })
    };
    let mut ways = of(Medium::Memory)[..2].to_vec();
    ways.extend(Medium::LASTING.into_iter().flat_map(of));
    ways
}

/// What the medium itself does.
fn floor_of(medium: Medium) -> &'static str {
    match medium {
        Medium::Sqlite => "one row, committed by SQLite",
        Medium::Postgres => "one row, committed by PostgreSQL",
        Medium::Memory | Medium::Files => "append and fdatasync",
    }
}

fn run(bed: &Bed, way: Way) -> Option<Measured> {
    let place = bed.place(way.medium, "record")?;
    let count = bed.size(1000, 200).to_string();
    let measured = bed.ours(
        way.case,
        &place.url,
        &["--count", &count, "--level", way.level],
    );
    bed.put_aside(&place);
    measured
}

fn figures(way: Way, runs: &[Measured]) -> Vec<Figure> {
    let mut figures = vec![figure(way, runs)];
    if (way.medium, way.case, way.level) == (Medium::Files, "outputs", "batched") {
        let floor = number(runs, "floor_ms");
        figures.push(against(&figures[0], FILES, floor, Target::None));
    }
    figures
}

fn figure(way: Way, runs: &[Measured]) -> Figure {
    let what = match way.case {
        "results" => "a result",
        _ => "a result with its output",
    };
    let case = format!("{what}, {} ({})", way.level, way.medium.name());
    match (way.case, way.level) {
        (_, "batched") => alone(case, EACH, number(runs, "ms"), Target::AtMost(LIMIT_MS)),
        ("results", _) => against(
            &alone(case, EACH, number(runs, "result_ms"), Target::None),
            floor_of(way.medium),
            number(runs, "floor_ms"),
            Target::Within(OVER_FLOOR),
        ),
        _ => alone(case, EACH, number(runs, "result_ms"), Target::None),
    }
}
