//! Which outputs say something about the topology, and how is each read?

mod cdp;
mod frr_json;
mod lldp;
mod lldpd;
mod neighbor_table;
mod ospf_database;
mod ospf_interface;
mod ospf_neighbor;

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::fact::Fact;

type Text = fn(&str) -> Vec<Fact>;
type Json = fn(&Value) -> Vec<Fact>;

/// How the outputs of some commands are read.
struct Row {
    command: &'static str,
    text: Text,
    json: Option<Json>,
}

/// The first row that fits a command reads its outputs. Text of FRR, IOS, NX-OS and EOS; JSON of FRR and lldpd.
const ROWS: &[Row] = &[
    Row {
        command: r"^sh(?:ow)? ip ospf(?: \S+)*? neigh\S*(?: \S+)*? det",
        text: ospf_neighbor::detail,
        json: Some(frr_json::neighbors),
    },
    Row {
        command: r"^sh(?:ow)? ip ospf(?: \S+)*? neigh",
        text: ospf_neighbor::table,
        json: Some(frr_json::neighbors),
    },
    Row {
        command: r"^sh(?:ow)? ip ospf(?: \S+)*? data\S* (?:router|network)",
        text: ospf_database::database,
        json: Some(frr_json::database),
    },
    Row {
        command: r"^sh(?:ow)? ip ospf(?: \S+)*? int",
        text: ospf_interface::interfaces,
        json: Some(frr_json::interfaces),
    },
    Row {
        command: r"^sh(?:ow)? ip ospf(?: \d+| vrf \S+)*(?: json)?$",
        text: ospf_database::process,
        json: Some(frr_json::database),
    },
    Row {
        command: r"^sh(?:ow)? lldp nei\S*(?: .*)? det",
        text: lldp::detail,
        json: None,
    },
    Row {
        command: r"^sh(?:ow)? cdp (?:nei\S*(?: .*)? det|entry)",
        text: cdp::detail,
        json: None,
    },
    Row {
        command: r"^\S+ lldp\b.* nei",
        text: neighbor_table::lldp,
        json: None,
    },
    Row {
        command: r"^\S+ cdp\b.* nei",
        text: neighbor_table::cdp,
        json: None,
    },
    Row {
        command: r"(?:^|/)lldp(?:ctl|cli)\b",
        text: lldpd::keyvalue,
        json: Some(lldpd::json),
    },
];

static COMPILED: LazyLock<Vec<(Regex, &'static Row)>> = LazyLock::new(|| {
    let compile = |row: &'static Row| (Regex::new(row.command).expect("a test uses it"), row);
    ROWS.iter().map(compile).collect()
});

/// Reads an output; `None` when outputs of this command say nothing about the topology.
///
/// An empty list is an answer too: no neighbours, or an output that cannot be read.
pub(super) fn read(command: &str, output: &str) -> Option<Vec<Fact>> {
    let command = command.trim();
    let mut rows = COMPILED.iter();
    let (_, row) = rows.find(|(pattern, _)| pattern.is_match(command))?;
    let json = row.json.filter(|_| output.trim_start().starts_with('{'));
    let facts = match (json, serde_json::from_str(output)) {
        (Some(json), Ok(document)) => json(&document),
        _ => (row.text)(output),
    };
    Some(facts)
}

/// Says whether outputs of a command are read.
pub(super) fn is_about(command: &str) -> bool {
    let mut rows = COMPILED.iter();
    rows.any(|(pattern, _)| pattern.is_match(command.trim()))
}

/// Returns what stands behind a word at the beginning of a line.
fn behind<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    line.trim_start().strip_prefix(word).map(str::trim)
}

/// The first word of a text.
fn first_word(text: &str) -> Option<&str> {
    text.split_whitespace().next()
}
