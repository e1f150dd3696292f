//! What are the pairs that plans are made for, and where do they come from?

use std::path::Path;

use netsnap_benches::configs;
use netsnap_core::Result;
use serde::Serialize;

use crate::{Arguments, unusable};

/// The platforms whose triples a peer may know. Those that no peer of ours has a driver for are left out.
const PLATFORMS: &[&str] = &[
    "arista_eos",
    "cisco_ios",
    "cisco_iosxr",
    "cisco_nxos",
    "huawei_vrp",
];

/// Generated pairs: so many, of so many lines, with so many changes.
const GENERATED: u64 = 60;
const GENERATED_LINES: usize = 200;
const GENERATED_PER_MILLE: u64 = 20;
/// Pairs with changes that nobody thought over.
const ROUGH: u64 = 40;

/// A running configuration and the one that is intended.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pair {
    /// Where it comes from, for the score: a platform, `generated`, or `rough`.
    pub(crate) group: &'static str,
    pub(crate) platform: &'static str,
    pub(crate) title: String,
    pub(crate) running: String,
    pub(crate) intended: String,
}

/// Returns every pair, group by group.
pub(crate) fn all(arguments: &Arguments) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for platform in PLATFORMS {
        let text = read(&arguments.triples.join(format!("{platform}.txt")))?;
        pairs.extend(of_triples(platform, &text));
    }
    pairs.extend(of_routers(&read(&arguments.frr)?));
    pairs.extend((1..=GENERATED).map(generated));
    pairs.extend((1..=ROUGH).map(rough));
    Ok(pairs)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| {
        unusable("the pairs cannot be read")
            .with("path", path.display())
            .because(error)
    })
}

fn generated(seed: u64) -> Pair {
    let pair = configs::pair(GENERATED_LINES, GENERATED_PER_MILLE, seed);
    of_seed("generated", seed, pair)
}

fn rough(seed: u64) -> Pair {
    let pair = configs::rough_pair(GENERATED_LINES, GENERATED_PER_MILLE, seed);
    of_seed("rough", seed, pair)
}

fn of_seed(group: &'static str, seed: u64, pair: configs::Pair) -> Pair {
    Pair {
        group,
        platform: "cisco_ios",
        title: format!("seed {seed}"),
        running: pair.running,
        intended: pair.intended,
    }
}

/// Reads a file of triples: `# ` a title, `  ` a line of both, `- ` and `+ ` a line of one, `@ ` in a paragraph of its own a line at the
/// head of all. A line at the head gives way to one of the triple that differs in its last word alone.
fn of_triples(platform: &'static str, text: &str) -> Vec<Pair> {
    let paragraphs = text.split("\n\n").map(|text| text.trim_matches('\n'));
    let (heads, triples): (Vec<_>, Vec<_>) = paragraphs
        .filter(|text| !text.is_empty())
        .partition(|text| text.starts_with("@ "));
    let head: Vec<&str> = heads.iter().flat_map(|text| text.lines()).collect();
    let triples = triples.into_iter();
    triples
        .map(|triple| of_triple(platform, &head, triple))
        .collect()
}

fn of_triple(platform: &'static str, head: &[&str], text: &str) -> Pair {
    let start = |line: &str| Some(line.get(2..)?.rsplit_once(' ')?.0.to_owned());
    let stays = |line: &&&str| {
        let head = start(line);
        head.is_some() && text.lines().all(|own| start(own) != head)
    };
    let mut pair = Pair {
        group: platform,
        platform,
        title: String::new(),
        running: String::new(),
        intended: String::new(),
    };
    for line in head.iter().filter(stays).copied().chain(text.lines()) {
        pair.add(line);
    }
    pair
}

impl Pair {
    fn add(&mut self, line: &str) {
        let (sign, text) = line.split_at_checked(2).unwrap_or((line, ""));
        if sign == "# " {
            text.clone_into(&mut self.title);
        }
        if matches!(sign, "@ " | "  " | "- ") {
            self.running += &format!("{text}\n");
        }
        if matches!(sign, "@ " | "  " | "+ ") {
            self.intended += &format!("{text}\n");
        }
    }
}

/// Reads the pairs that real routers judge: `=== ` a title, `--- before` and `--- after`.
fn of_routers(text: &str) -> Vec<Pair> {
    let side = |text: &str| {
        let text = text.trim_end();
        format!("frr defaults traditional\nservice integrated-vtysh-config\n!\n{text}\n")
    };
    let pair = |case: &str| {
        let (title, rest) = case.split_once("\n--- before\n")?;
        let (before, after) = rest.split_once("\n--- after\n")?;
        Some(Pair {
            group: "frr",
            platform: "frr",
            title: title.to_owned(),
            running: side(before),
            intended: side(after),
        })
    };
    text.split("\n=== ").skip(1).filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triple_has_two_sides_and_its_head() {
        let text = "@ hostname r1\n@ feature bgp\n\n# a cost\n  interface eth1\n-  cost 1\n+  cost 2\n> what is typed\n\n# a name\n- hostname r1\n+ hostname r2\n";
        let pairs = of_triples("cisco_nxos", text);
        assert_eq!(pairs[0].title, "a cost");
        assert_eq!(
            pairs[0].running,
            "hostname r1\nfeature bgp\ninterface eth1\n cost 1\n"
        );
        assert_eq!(
            pairs[0].intended,
            "hostname r1\nfeature bgp\ninterface eth1\n cost 2\n"
        );
        assert_eq!(pairs[1].running, "feature bgp\nhostname r1\n");
    }

    #[test]
    fn a_pair_of_routers_has_what_every_router_shows() {
        let text = "about it\n\n=== one\n--- before\na\n--- after\nb\n\n=== two\n--- before\n--- after\nc\n";
        let pairs = of_routers(text);
        assert!(
            pairs[0].running.ends_with("!\na\n") && pairs[0].intended.ends_with("!\nb\n"),
            "{pairs:?}"
        );
    }
}
