//! How fast is a long history read and opened?

use std::fs;

use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::interleave;

use super::{alone, number};
use crate::bed::{Bed, Medium, Place};

const PARTS: [(&str, &str); 3] = [
    ("every", "every run"),
    ("failed", "failed at one site"),
    ("device", "with one device"),
];
const PLACES: [(&str, &str); 3] = [
    ("page at the begin", "start_ms"),
    ("page in the middle", "middle_ms"),
    ("page at the end", "end_ms"),
];

pub(crate) fn measure(bed: &Bed) -> Vec<Figure> {
    let long = bed.size(100_000, 10_000);
    let mut figures = of(bed, Medium::Files, long, 10.0);
    figures.extend(of(bed, Medium::Sqlite, long, 5.0));
    let longest = bed.size(1_000_000, 100_000);
    figures.extend(of(bed, Medium::Postgres, longest, 10.0));
    figures
}

fn of(bed: &Bed, medium: Medium, count: usize, limit: f64) -> Vec<Figure> {
    let name = format!("history-{}", medium.name());
    let place = bed.history(medium, &name, count);
    eprintln!("measuring pages of {name}");
    let runs = interleave(&PARTS, bed.rounds(3), |(part, _)| {
        bed.ours("pages", &place.as_ref()?.url, &["--part", part])
    });
    let mut figures = Vec::new();
    for ((_, words), runs) in PARTS.iter().zip(&runs) {
        let case = format!("100 of {count} runs, {words} ({})", medium.name());
        figures.extend(PLACES.map(|(figure, key)| {
            let ours = number(runs, key);
            alone(&case, (figure, "ms"), ours, Target::AtMost(limit))
        }));
    }
    if medium == Medium::Files {
        figures.extend(open(bed, place.as_ref(), count));
    }
    if let Some(place) = place {
        bed.clear(&place);
    }
    figures
}

/// With the index as it was left, and without.
fn open(bed: &Bed, place: Option<&Place>, count: usize) -> [Figure; 2] {
    eprintln!("measuring opening");
    let runs = interleave(&["without", "with"], bed.rounds(5), |index| {
        let place = place?;
        if *index == "without" {
            remove_index(place)?;
        }
        bed.ours("open", &place.url, &[])
    });
    let case = format!("opening {count} runs (files)");
    let time = |index: usize| number(&runs[index], "answer_ms");
    [
        alone(
            &case,
            ("with its index", "ms"),
            time(1),
            Target::AtMost(150.0),
        ),
        alone(
            &case,
            ("rebuilding its index", "ms"),
            time(0),
            Target::AtMost(10_000.0),
        ),
    ]
}

/// A store without an index is no measure of opening one without.
fn remove_index(place: &Place) -> Option<()> {
    let index = place.folder.join("executions/.index");
    fs::remove_file(&index)
        .inspect_err(|error| eprintln!("{}: {error}", index.display()))
        .ok()
}
