//! Does a plan cost more through Python and Node than in Rust?

use std::process::Command;

use netsnap_benches::child::Measured;
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::{interleave, median};
use netsnap_core::Result;

use crate::speed::{Files, TIME, alone, beside};
use crate::{Bed, heard, unusable};

const LINES: usize = 10_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Rust,
    Python,
    Node,
}

/// The verb `plan` of the engine, from a snapshot in a store of files to a plan in it.
pub(crate) fn measure(bed: &Bed) -> Result<Vec<Figure>> {
    let arguments = &bed.arguments;
    let languages: Vec<Language> = [Language::Rust, Language::Python, Language::Node]
        .into_iter()
        .filter(|language| match language {
            Language::Rust => true,
            Language::Python => arguments.own_python.is_some(),
            Language::Node => arguments.node_project.is_some(),
        })
        .collect();
    if languages.len() == 1 {
        eprintln!("left out, as no environment with netsnap is named: Python, Node");
        return Ok(Vec::new());
    }
    eprintln!("planning through the languages");
    let files = Files::write(bed, LINES)?;
    let store = keep(bed, &files)?;
    let runs = interleave(&languages, bed.size(7, 1), |language| {
        plan(bed, *language, &store, &files)?.number("cpu_ms")
    });
    let costs: Vec<Option<f64>> = runs.into_iter().map(median).collect();
    let figures = languages.iter().zip(&costs).skip(1);
    Ok(figures
        .map(|(language, cost)| {
            let name = if *language == Language::Python {
                "Python"
            } else {
                "Node"
            };
            let case = format!("{LINES} lines, from a snapshot to a kept plan (netsnap, {name})");
            let figure = alone(&case, TIME, *cost, Target::Within(1.1));
            beside(figure, "netsnap, Rust", costs[0])
        })
        .collect())
}

/// Keeps the running configuration as a snapshot, in a store of its own.
fn keep(bed: &Bed, files: &Files) -> Result<String> {
    let store = bed.scratch.path().join("store").display().to_string();
    engine(bed, &["keep", "--store", &store, "--text", &files.running])
        .ok_or_else(|| unusable("the snapshot cannot be kept"))?;
    Ok(store)
}

fn plan(bed: &Bed, language: Language, store: &str, files: &Files) -> Option<Measured> {
    let count = bed.size(10, 2).to_string();
    let arguments = [store, files.intended.as_str(), count.as_str()];
    let script = |name: &str| bed.arguments.scripts.join(name);
    match language {
        Language::Rust => {
            let [store, text, count] = arguments;
            let words = ["plan", "--store", store, "--text", text, "--count", count];
            engine(bed, &words)
        }
        Language::Python => {
            let mut command = Command::new(bed.arguments.own_python.as_ref()?);
            heard(command.arg(script("netsnap_plan.py")).args(arguments))
        }
        Language::Node => {
            let mut command = Command::new("node");
            command.arg(script("netsnap_plan.cjs"));
            command.arg(bed.arguments.node_project.as_ref()?);
            heard(command.args(arguments))
        }
    }
}

fn engine(bed: &Bed, words: &[&str]) -> Option<Measured> {
    heard(Command::new(&bed.arguments.engine).args(words))
}
