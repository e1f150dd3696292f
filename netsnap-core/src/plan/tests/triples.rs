//! Is each row of a platform's table right, and what would a person type who knows the device?
//!
//! `triples/NAME.txt` holds paragraphs, one a triple. The first two characters of a line say what it is:
//!
//! ```text
//! #   what happens, as a sentence
//!     (two blanks) a line of both configurations; `- ` of the running one; `+ ` of the intended one
//! >   what has to be typed, in as many lines as one likes: `; ` stands between two commands. None: nothing has to be done
//! <   what leads back, where it is worth writing down
//! ?   a part of the reason why the plan is not proven, where that is more than a simulated device that lacks rules
//! @   (in a paragraph of its own) a line at the head of all configurations of the file
//! ```
//!
//! A row is tried where a line of it comes, goes or changes, and a header also where something does inside its section.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::config::canonical::Level;
use crate::platform::RuleId;

const FILES: &[(&str, &str)] = &[
    ("arista_eos", include_str!("triples/arista_eos.txt")),
    ("cisco_ios", include_str!("triples/cisco_ios.txt")),
    ("cisco_iosxr", include_str!("triples/cisco_iosxr.txt")),
    ("cisco_nxos", include_str!("triples/cisco_nxos.txt")),
    ("drivenets_dnos", include_str!("triples/drivenets_dnos.txt")),
    ("huawei_vrp", include_str!("triples/huawei_vrp.txt")),
    ("juniper_junos", include_str!("triples/juniper_junos.txt")),
    ("nokia_sros", include_str!("triples/nokia_sros.txt")),
];

/// Platforms whose tables are tried otherwise: on real routers (`PAIRS`), or by a device of their own.
const ELSEWHERE: &[&str] = &["frr", "linux"];

/// What a real FRR judges, and what it cannot: daemons that are not there, a command that 8.4.4 does not have, and what it is started
/// with.
const PAIRS: &str = include_str!("../../../../tests/lab/pairs.txt");
const NOT_JUDGED: &[&str] = &[
    "agentx",
    "ip pim",
    "ip igmp",
    "ipv6 ospf6 {what} <value>",
    "mtu <bytes:#>",
    "service integrated-vtysh-config",
];

/// Reasons of a simulated device that has no rules for a line, or none at all.
const NOT_SIMULATED: &[&str] = &[
    "simulated device does not know",
    "no simulator rules",
    "too long to be simulated",
];

#[derive(Debug, Default)]
struct Triple {
    title: String,
    running: String,
    intended: String,
    there: Vec<String>,
    back: Vec<String>,
    doubt: Option<String>,
}

/// Reads a file of triples.
fn read_triples(file: &str) -> Vec<Triple> {
    let paragraphs = file.split("\n\n").map(|text| text.trim_matches('\n'));
    let (heads, triples): (Vec<_>, Vec<_>) = paragraphs
        .filter(|text| !text.is_empty())
        .partition(|text| text.starts_with("@ "));
    let head: Vec<&str> = heads.iter().flat_map(|text| text.lines()).collect();
    triples
        .into_iter()
        .map(|text| read_triple(&head, text))
        .collect()
}

/// Reads a triple. A line at the head gives way to one of the triple that differs in its last word alone.
fn read_triple(head: &[&str], text: &str) -> Triple {
    let start = |line: &str| Some(line.get(2..)?.rsplit_once(' ')?.0.to_owned());
    let gives_way = |line: &&&str| {
        let head = start(line);
        head.is_none() || !text.lines().any(|own| start(own) == head)
    };
    let mut triple = Triple::default();
    let lines = head.iter().filter(gives_way).copied();
    lines.chain(text.lines()).for_each(|line| triple.add(line));
    triple
}

impl Triple {
    fn add(&mut self, line: &str) {
        let (sign, text) = line.split_at_checked(2).unwrap_or((line, ""));
        match sign {
            "# " => self.title = text.to_owned(),
            "? " => self.doubt = Some(text.to_owned()),
            "> " => self.there.push(text.to_owned()),
            "< " => self.back.push(text.to_owned()),
            "@ " | "  " => {
                self.running += &format!("{text}\n");
                self.intended += &format!("{text}\n");
            }
            "- " => self.running += &format!("{text}\n"),
            "+ " => self.intended += &format!("{text}\n"),
            _ => panic!("not a line of a triple: `{line}` behind `{}`", self.title),
        }
    }

    /// Says what is wrong with it, if anything.
    fn wrong(&self, platform: &str) -> Option<String> {
        let report = |what: &str| Some(format!("# {}\n{what}", self.title));
        let plan = match plan(platform, &self.running, &self.intended) {
            Ok(plan) => plan,
            Err(error) => return report(&format!("{error}\n{:?}", error.report())),
        };
        let device = &plan.devices[0];
        let table = Platform::named(platform).unwrap();
        let [there, back] = [&device.steps, &device.inverse].map(|steps| lines(steps, &table));
        let [there, back] = [there, back].map(|typed| typed.join("; "));
        if there != self.there.join("; ") {
            return report(&format!(
                "typed    {there}\nexpected {}",
                self.there.join("; ")
            ));
        }
        let is_back = match self.back.is_empty() {
            true => self.doubt.is_some() || back.is_empty() == there.is_empty(),
            false => back == self.back.join("; "),
        };
        if !is_back {
            return report(&format!(
                "typed    {back}\nback     {}",
                self.back.join("; ")
            ));
        }
        self.wrong_proof(&device.proof)
            .and_then(|reasons| report(&reasons))
    }

    fn wrong_proof(&self, proof: &DeviceProof) -> Option<String> {
        let reasons: &[String] = match proof {
            DeviceProof::Proven { .. } => &[],
            DeviceProof::Unproven { reasons } => reasons,
        };
        let says = |part: &str| reasons.iter().any(|reason| reason.contains(part));
        let is_simulated = !NOT_SIMULATED.iter().any(|part| says(part));
        let is_fine = match &self.doubt {
            Some(doubt) => says(doubt) || !is_simulated,
            None if says("grammar does not know") => false,
            None => reasons.is_empty() || !is_simulated,
        };
        (!is_fine).then(|| reasons.join("\n"))
    }
}

/// The titles of the triples of a platform, with what runs and what is intended in each, without the head of the file.
pub(super) fn sides(platform: &str) -> Vec<(String, [String; 2])> {
    let file = FILES.iter().find(|(name, _)| *name == platform);
    let triples = file.map(|(_, file)| read_triples(&without_head(file)));
    let sides = |triple: Triple| (triple.title, [triple.running, triple.intended]);
    triples.unwrap_or_default().into_iter().map(sides).collect()
}

fn without_head(file: &str) -> String {
    let paragraphs = file.split("\n\n");
    let kept: Vec<&str> = paragraphs
        .filter(|text| !text.trim_matches('\n').starts_with("@ "))
        .collect();
    kept.join("\n\n")
}

/// Lines by their place and text, each with its row and those of the headers around it.
type Lines = HashMap<String, Vec<RuleId>>;

fn collect(level: Level<'_>, around: (&str, &[RuleId]), found: &mut Lines) {
    let (place, headers) = around;
    for item in level.printed() {
        let path = format!("{place}\0{}", item.text());
        let rows: Vec<RuleId> = headers.iter().copied().chain(item.row()).collect();
        collect(item.children(), (&path, &rows), found);
        found.insert(path, rows);
    }
}

fn lines_of(configuration: &Configuration) -> Lines {
    let mut found = Lines::new();
    collect(configuration.level(), ("", &[]), &mut found);
    found
}

/// Returns the rows of a table that no triple tries.
fn untried(platform: &Platform, triples: &[Triple]) -> Vec<String> {
    let mut tried: HashSet<RuleId> = HashSet::new();
    for triple in triples {
        let [before, after] = [&triple.running, &triple.intended]
            .map(|text| lines_of(&Configuration::parse(text, platform).unwrap()));
        let gone = before.iter().filter(|(path, _)| !after.contains_key(*path));
        let come = after.iter().filter(|(path, _)| !before.contains_key(*path));
        tried.extend(gone.chain(come).flat_map(|(_, rows)| rows));
    }
    let rows = platform.grammar.rows();
    rows.filter(|(row, _)| !tried.contains(row))
        .map(|(_, row)| row)
        .collect()
}

#[test]
fn every_change_is_planned_as_written() {
    let mut wrong = Vec::new();
    for (name, file) in FILES {
        let triples = read_triples(file);
        let found = triples.iter().filter_map(|triple| triple.wrong(name));
        wrong.extend(found.map(|report| format!("{name}: {report}")));
    }
    assert!(
        wrong.is_empty(),
        "{}\n{} wrong",
        wrong.join("\n\n"),
        wrong.len()
    );
}

/// How many triples of each platform the simulated device proves, and of how many. A share that falls is a rule that was lost.
const PROVEN: &[(&str, usize, usize)] = &[
    ("arista_eos", 53, 84),
    ("cisco_ios", 139, 233),
    ("cisco_iosxr", 63, 81),
    ("cisco_nxos", 61, 108),
    ("drivenets_dnos", 57, 84),
    ("huawei_vrp", 62, 119),
    ("juniper_junos", 61, 87),
    ("nokia_sros", 67, 106),
];

#[test]
fn so_many_triples_are_proven() {
    let proven = |name: &str, triple: &Triple| {
        let plan = plan(name, &triple.running, &triple.intended);
        plan.is_ok_and(|plan| plan.devices[0].proof.is_proven())
    };
    let counted: Vec<(&str, usize, usize)> = FILES
        .iter()
        .map(|(name, file)| {
            let triples = read_triples(file);
            let count = triples.iter().filter(|triple| proven(name, triple)).count();
            (*name, count, triples.len())
        })
        .collect();
    assert_eq!(counted, PROVEN);
}

#[test]
fn every_row_of_a_table_is_tried_by_a_triple() {
    let mut missing = Vec::new();
    for (name, file) in FILES {
        let platform = Platform::named(name).unwrap();
        let untried = untried(&platform, &read_triples(file));
        missing.extend(untried.iter().map(|row| format!("{name}: {row}")));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Reads the pairs that a real router judges.
fn read_pairs(file: &str) -> Vec<Triple> {
    let pairs = file.split("\n=== ").skip(1).filter_map(|text| {
        let (title, rest) = text.split_once("\n--- before\n")?;
        let (running, intended) = rest.split_once("\n--- after\n")?;
        Some(Triple {
            title: title.to_owned(),
            running: running.to_owned(),
            intended: intended.to_owned(),
            ..Triple::default()
        })
    });
    pairs.collect()
}

#[test]
fn every_row_of_frr_is_judged_by_a_real_router() {
    let platform = Platform::named("frr").unwrap();
    let mut missing = untried(&platform, &read_pairs(PAIRS));
    missing.retain(|row| !NOT_JUDGED.contains(&row.as_str()));
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_table_has_triples() {
    for name in Platform::names().filter(|name| !ELSEWHERE.contains(name)) {
        assert!(FILES.iter().any(|(file, _)| *file == name), "{name}");
    }
}

#[test]
fn a_row_without_a_triple_and_a_wrong_triple_are_seen() {
    let file = "@ hostname r1\n\n# a cost\n  interface eth1\n-  ip ospf cost 1\n+  ip ospf cost 2\n> interface eth1; ip ospf cost 2; exit\n";
    let triples = read_triples(file);
    assert_eq!(triples[0].wrong("frr"), None);
    let missing = untried(&Platform::named("frr").unwrap(), &triples);
    assert!(missing.contains(&"ip ospf priority <priority>".to_owned()));
    assert!(!missing.contains(&"ip ospf cost <cost>".to_owned()));
    for (written, other) in [
        (
            "> interface eth1; ip ospf cost 2; exit",
            "> interface eth1; ip ospf cost 3; exit",
        ),
        (
            "cost 2; exit\n",
            "cost 2; exit\n< interface eth1; no ip ospf cost; exit\n",
        ),
        ("# a cost\n", "# a cost\n? nothing of the kind\n"),
        ("+  ip ospf cost 2", "+  frobnicate"),
    ] {
        let triple = &read_triples(&file.replace(written, other))[0];
        assert!(triple.wrong("frr").is_some(), "{other}");
    }
}
