//! How fast is a text found in what devices said?

use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::interleave;

use super::{alone, number};
use crate::bed::{Bed, Medium};

const SEARCHES: [(&str, &str); 2] = [("a literal", "literal_ms"), ("an expression", "regex_ms")];

pub(crate) fn measure(bed: &Bed) -> Vec<Figure> {
    let count = bed.size(1000, 200);
    let places = Medium::LASTING.map(|medium| {
        let name = format!("texts-{}", medium.name());
        (medium, bed.filled(medium, &name, "texts", count))
    });
    eprintln!("measuring search in outputs");
    let runs = interleave(&places, bed.rounds(3), |(_, place)| {
        bed.ours("search", &place.as_ref()?.url, &[])
    });
    let mut figures = Vec::new();
    for ((medium, place), runs) in places.iter().zip(&runs) {
        let case = format!("search {count} outputs of 13 kB ({})", medium.name());
        figures
            .extend(SEARCHES.map(|(figure, key)| {
                alone(&case, (figure, "ms"), number(runs, key), Target::None)
            }));
        if let Some(place) = place {
            bed.clear(place);
        }
    }
    figures
}
