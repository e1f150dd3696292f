//! What does recording cost through Python and Node?

use std::process::Command;

use netsnap_benches::child::{Measured, measure as run_command};
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::interleave;

use super::{against, alone, number};
use crate::bed::{Bed, Medium, said};

const LANGUAGES: [&str; 3] = ["Rust", "Python", "Node"];
const OVER_RUST: f64 = 2.0;

pub(crate) fn measure(bed: &Bed) -> Vec<Figure> {
    eprintln!("measuring events through Rust, Python and Node");
    let ways: Vec<_> = Medium::LOCAL
        .into_iter()
        .flat_map(|medium| LANGUAGES.map(|language| (medium, language)))
        .collect();
    let count = bed.size(10_000, 2000);
    let runs = interleave(&ways, bed.rounds(5), |(medium, language)| {
        run(bed, *medium, language, count)
    });
    let of = runs.chunks(LANGUAGES.len());
    Medium::LOCAL
        .into_iter()
        .zip(of)
        .flat_map(|(medium, runs)| figures(medium, count, runs))
        .collect()
}

fn run(bed: &Bed, medium: Medium, language: &str, count: usize) -> Option<Measured> {
    let place = bed.place(medium, "languages")?;
    let count = count.to_string();
    let measured = match language {
        "Rust" => bed.ours("events", &place.url, &["--count", &count]),
        "Python" => {
            let mut script = bed.script("netsnap_events.py");
            said(language, run_command(script.args([&place.url, &count])))
        }
        _ => said(language, run_command(&mut node(bed, &place.url, &count))),
    };
    bed.clear(&place);
    measured
}

fn node(bed: &Bed, url: &str, count: &str) -> Command {
    let mut command = Command::new("node");
    command
        .arg(bed.arguments.scripts.join("netsnap_events.cjs"))
        .arg(&bed.arguments.node_project)
        .args([url, count]);
    command
}

fn figures(medium: Medium, count: usize, runs: &[Vec<Measured>]) -> Vec<Figure> {
    let rust = number(&runs[0], "ms");
    let others = LANGUAGES.iter().zip(runs).skip(1);
    others
        .map(|(language, runs)| {
            let case = format!("{count} events through {language} ({})", medium.name());
            let ours = number(runs, "ms");
            let own = alone(case, ("wall time", "ms"), ours, Target::None);
            against(&own, "Rust", rust, Target::Within(OVER_RUST))
        })
        .collect()
}
