//! Do plans and differences cost more through Python and Node than in Rust?

use std::process::Command;

use netsnap_benches::child::Measured;
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::{interleave, least};
use netsnap_core::Result;

use crate::speed::{Files, TIME, alone, beside};
use crate::{Bed, heard, unusable};

const LINES: usize = 10_000;
const OVER_RUST: f64 = 1.1;
/// A machine that others share is slow for seconds at a time, by two thirds where this was measured: many short goes have a quiet one among
/// them in each language, of seven longer ones some had none.
const ROUNDS: usize = 25;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Rust,
    Python,
    Node,
}

/// A verb of the engine, and what is measured of it.
struct Verb {
    name: &'static str,
    says: &'static str,
    /// How often in one go.
    count: usize,
}

const VERBS: [Verb; 3] = [
    Verb {
        name: "plan",
        says: "from a snapshot to a kept plan",
        count: 4,
    },
    Verb {
        name: "diff_text",
        says: "unified difference of two texts in memory",
        count: 80,
    },
    Verb {
        name: "diff_config",
        says: "structural difference of two texts in memory",
        count: 16,
    },
];

/// A pair, and a store of files with a snapshot of its running half.
struct Pair {
    files: Files,
    store: String,
}

/// Verbs of the engine on the same pair in three languages.
pub(crate) fn measure(bed: &Bed) -> Result<Vec<Figure>> {
    let languages = languages(bed);
    if languages.len() == 1 {
        eprintln!("left out, as no environment with netsnap is named: Python, Node");
        return Ok(Vec::new());
    }
    eprintln!("planning and comparing through the languages");
    let pair = Pair::keep(bed)?;
    let ways: Vec<_> = VERBS
        .iter()
        .flat_map(|verb| languages.iter().map(move |language| (verb, *language)))
        .collect();
    let runs = interleave(&ways, bed.size(ROUNDS, 1), |(verb, language)| {
        pair.run(bed, verb, *language)?.number("cpu_ms")
    });
    let costs: Vec<Option<f64>> = runs.into_iter().map(least).collect();
    let of_verbs = VERBS.iter().zip(costs.chunks(languages.len()));
    Ok(of_verbs
        .flat_map(|(verb, costs)| figures(verb, &languages, costs))
        .collect())
}

/// Rust, and those that have an environment with netsnap.
fn languages(bed: &Bed) -> Vec<Language> {
    let has = |language: &Language| match language {
        Language::Rust => true,
        Language::Python => bed.arguments.own_python.is_some(),
        Language::Node => bed.arguments.node_project.is_some(),
    };
    let all = [Language::Rust, Language::Python, Language::Node];
    all.into_iter().filter(has).collect()
}

fn figures(verb: &Verb, languages: &[Language], costs: &[Option<f64>]) -> Vec<Figure> {
    let others = languages.iter().zip(costs).skip(1);
    others
        .map(|(language, cost)| {
            let name = match language {
                Language::Rust => "Rust",
                Language::Python => "Python",
                Language::Node => "Node",
            };
            let case = format!("{LINES} lines, {} (netsnap, {name})", verb.says);
            let figure = alone(&case, TIME, *cost, Target::Within(OVER_RUST));
            beside(figure, "netsnap, Rust", costs[0])
        })
        .collect()
}

impl Pair {
    /// Writes a pair, and keeps its running half as a snapshot in a store of its own.
    fn keep(bed: &Bed) -> Result<Self> {
        let pair = Self {
            files: Files::write(bed, LINES)?,
            store: bed.scratch.path().join("store").display().to_string(),
        };
        pair.rust(bed, "keep", 1)
            .ok_or_else(|| unusable("the snapshot cannot be kept"))?;
        Ok(pair)
    }

    fn run(&self, bed: &Bed, verb: &Verb, language: Language) -> Option<Measured> {
        let count = bed.size(verb.count, 2);
        let script = |name: &str| bed.arguments.scripts.join(name);
        let mut command = match language {
            Language::Rust => return self.rust(bed, verb.name, count),
            Language::Python => {
                let mut command = Command::new(bed.arguments.own_python.as_ref()?);
                command.arg(script("netsnap_verbs.py"));
                command
            }
            Language::Node => {
                let mut command = Command::new("node");
                command.arg(script("netsnap_verbs.cjs"));
                command.arg(bed.arguments.node_project.as_ref()?);
                command
            }
        };
        command.args([verb.name, &self.store, &self.files.running]);
        heard(command.args([&self.files.intended, &count.to_string()]))
    }

    fn rust(&self, bed: &Bed, case: &str, count: usize) -> Option<Measured> {
        let mut command = Command::new(&bed.arguments.engine);
        command.args([&case.replace('_', "-"), "--store", &self.store]);
        command.args(["--running", &self.files.running]);
        command.args(["--intended", &self.files.intended]);
        heard(command.args(["--count", &count.to_string()]))
    }
}
