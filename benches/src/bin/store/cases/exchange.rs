//! How fast do runs leave a store and come into another, as a bundle?

use std::fs;
use std::path::Path;

use netsnap_benches::child::Measured;
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::interleave;

use super::{alone, number};
use crate::bed::{Bed, Medium, Place};

pub(crate) fn measure(bed: &Bed) -> Vec<Figure> {
    let count = bed.size(1000, 100);
    let places = Medium::LOCAL.map(|medium| {
        let name = format!("bundle-{}", medium.name());
        (medium, bed.filled(medium, &name, "commands", count))
    });
    eprintln!("measuring export and import");
    let runs = interleave(&places, bed.rounds(3), |(medium, place)| {
        there_and_back(bed, *medium, place.as_ref()?)
    });
    let mut figures = Vec::new();
    for ((medium, place), runs) in places.iter().zip(&runs) {
        let (out, back): (Vec<_>, Vec<_>) = runs.iter().cloned().unzip();
        let case = format!(
            "{count} runs of one command as a bundle ({})",
            medium.name()
        );
        let time = |runs: &[Measured]| number(runs, "ms");
        figures.push(alone(&case, ("export", "ms"), time(&out), Target::None));
        figures.push(alone(&case, ("import", "ms"), time(&back), Target::None));
        if let Some(place) = place {
            bed.clear(place);
        }
    }
    figures
}

fn there_and_back(bed: &Bed, medium: Medium, from: &Place) -> Option<(Measured, Measured)> {
    let bundle = bed.scratch.path().join("bundle.tar");
    let to = bed.place(medium, "import")?;
    let out = bed.ours("export", &from.url, &bundled(&bundle));
    let back = bed.ours("import", &to.url, &bundled(&bundle));
    let _ = fs::remove_file(&bundle);
    bed.clear(&to);
    let (out, back) = (out?, back?);
    // What was lost on the way is not fast.
    (out.number("runs") == back.number("runs")).then_some((out, back))
}

fn bundled(path: &Path) -> [&str; 2] {
    ["--bundle", path.to_str().unwrap_or_default()]
}
