//! Do plans and differences cost more through Python and Node than in Rust?

use std::process::Command;

use netsnap_benches::child::Measured;
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::median;
use netsnap_core::Result;

use crate::speed::{Files, TIME, alone, beside};
use crate::{Bed, heard, unusable};

const LINES: usize = 10_000;
const OVER_RUST: f64 = 1.1;
const RATIO: (&str, &str) = ("processor time, by that in Rust", "x");
/// A machine that others share is slow at times, by two thirds where this was measured, for moments or for minutes. So each round gives a
/// ratio of what was done at about the same time, and their median counts: the least of each language may come from another time.
const ROUNDS: usize = 21;
const GOES: usize = 4;

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
    /// How often in one go, which is timed as a whole.
    count: usize,
}

const VERBS: [Verb; 3] = [
    Verb {
        name: "plan",
        says: "from a snapshot to a kept plan",
        count: 1,
    },
    Verb {
        name: "diff_text",
        says: "unified difference of two texts in memory",
        count: 20,
    },
    Verb {
        name: "diff_config",
        says: "structural difference of two texts in memory",
        count: 4,
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
    let of_verb = |verb| figures(verb, &languages, &rounds(bed, &pair, verb, &languages));
    Ok(VERBS.iter().flat_map(of_verb).collect())
}

/// What a verb costs in each language in each round, in milliseconds. Each round begins with another language: what one process leaves
/// behind meets each of the others.
fn rounds(bed: &Bed, pair: &Pair, verb: &Verb, languages: &[Language]) -> Vec<Vec<Option<f64>>> {
    let round = |number: usize| {
        let mut costs = vec![None; languages.len()];
        for turn in 0..languages.len() {
            let place = (number + turn) % languages.len();
            let run = pair.run(bed, verb, languages[place]);
            costs[place] = run.and_then(|run| run.number("cpu_ms"));
        }
        costs
    };
    (0..bed.size(ROUNDS, 1)).map(round).collect()
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

fn figures(verb: &Verb, languages: &[Language], rounds: &[Vec<Option<f64>>]) -> Vec<Figure> {
    let cost = |place: usize| median(rounds.iter().filter_map(|costs| costs[place]));
    let over_rust = |place: usize| {
        let ratios = rounds.iter();
        median(ratios.filter_map(|costs| Some(costs[place]? / costs[0]?)))
    };
    let of_language = |(place, language): (usize, &Language)| {
        let name = match language {
            Language::Rust => "Rust",
            Language::Python => "Python",
            Language::Node => "Node",
        };
        let case = format!("{LINES} lines, {} (netsnap, {name})", verb.says);
        let figure = alone(&case, TIME, cost(place), Target::None);
        let goal = Target::AtMost(OVER_RUST);
        [
            beside(figure, "netsnap, Rust", cost(0)),
            alone(&case, RATIO, over_rust(place), goal),
        ]
    };
    let others = languages.iter().enumerate().skip(1);
    others.flat_map(of_language).collect()
}

impl Pair {
    /// Writes a pair, and keeps its running half as a snapshot in a store of its own.
    fn keep(bed: &Bed) -> Result<Self> {
        let pair = Self {
            files: Files::write(bed, LINES)?,
            store: bed.scratch.path().join("store").display().to_string(),
        };
        pair.rust(bed, "keep", 1, 1)
            .ok_or_else(|| unusable("the snapshot cannot be kept"))?;
        Ok(pair)
    }

    fn run(&self, bed: &Bed, verb: &Verb, language: Language) -> Option<Measured> {
        let goes = bed.size(GOES, 1);
        let script = |name: &str| bed.arguments.scripts.join(name);
        let mut command = match language {
            Language::Rust => return self.rust(bed, verb.name, goes, verb.count),
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
        command.arg(&self.files.intended);
        heard(command.args([goes, verb.count].map(|number| number.to_string())))
    }

    fn rust(&self, bed: &Bed, case: &str, goes: usize, count: usize) -> Option<Measured> {
        let mut command = Command::new(&bed.arguments.engine);
        command.args([&case.replace('_', "-"), "--store", &self.store]);
        command.args(["--running", &self.files.running]);
        command.args(["--intended", &self.files.intended]);
        command.args(["--goes", &goes.to_string()]);
        heard(command.args(["--count", &count.to_string()]))
    }
}
