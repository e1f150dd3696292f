//! Is a line of a policy a statement or a condition of the language?
//!
//! A word that is none is refused when the policy ends, and so is a value that what it stands behind does not take (IOS XR routing
//! command reference, routing policy language commands). What is not read here may be right all the same.

use std::net::IpAddr;

use super::super::super::shape;
use super::{is_community, is_prefix};

/// What is compared, how, and with what.
const COMPARED: &[(&str, &str, Value)] = &[
    ("destination", "in", Value::Prefixes),
    ("source", "in", Value::Prefixes),
    ("next-hop", "in", Value::Prefixes),
    ("rib-has-route", "in", Value::Prefixes),
    ("rd", "in", Value::Set),
    ("as-path", "in", Value::Set),
    ("as-path", "is-local", Value::None),
    ("as-path", "length eq|ge|le|is", Value::Number(2047)),
    ("as-path", "unique-length eq|ge|le|is", Value::Number(2047)),
    (
        "as-path",
        "neighbor-is|originates-from|passes-through",
        Value::Quoted,
    ),
    (
        "community",
        "matches-any|matches-every|matches-within",
        Value::Set,
    ),
    ("community", "is-empty", Value::None),
    (
        "large-community",
        "matches-any|matches-every|matches-within",
        Value::Set,
    ),
    ("large-community", "is-empty", Value::None),
    (
        "extcommunity rt|soo",
        "matches-any|matches-every|matches-within",
        Value::Set,
    ),
    ("extcommunity rt|soo", "is-empty", Value::None),
    ("med", "eq|ge|le|is", Value::Number(4_294_967_295)),
    (
        "local-preference",
        "eq|ge|le|is",
        Value::Number(4_294_967_295),
    ),
    ("tag", "eq|ge|le|is", Value::Number(4_294_967_295)),
    ("tag", "in", Value::Set),
    ("origin", "is", Value::OneOf("igp|egp|incomplete")),
    ("protocol", "is", Value::OneOf("connected|static|local|rip")),
    ("protocol", "is bgp|ospf|isis|eigrp", Value::Name),
    ("protocol", "in", Value::Set),
    (
        "route-type",
        "is",
        Value::OneOf(
            "local|interarea|internal|type-1|type-2|level-1|level-2|ospf-external|ospf-inter-area|ospf-intra-area",
        ),
    ),
    ("path-type", "is", Value::OneOf("ebgp|ibgp")),
    (
        "validation-state",
        "is",
        Value::OneOf("valid|invalid|not-found"),
    ),
    ("apply", "", Value::Call),
    ("true", "", Value::None),
];

/// What is done, and with what.
const ACTIONS: &[(&str, &str, Value)] = &[
    ("pass", "", Value::None),
    ("drop", "", Value::None),
    ("done", "", Value::None),
    ("suppress-route", "", Value::None),
    ("unsuppress-route", "", Value::None),
    ("apply", "", Value::Call),
    ("remove", "as-path", Value::OneOf("private-as")),
    (
        "remove",
        "as-path private-as",
        Value::OneOf("entire-aspath"),
    ),
    ("prepend", "as-path", Value::Prepended),
    ("delete", "community|large-community", Value::Deleted),
    ("delete", "extcommunity rt", Value::Deleted),
    ("set", "local-preference", Value::Changed(4_294_967_295)),
    ("set", "med", Value::Changed(4_294_967_295)),
    ("set", "med", Value::OneOf("igp-cost|max-reachable")),
    ("set", "weight", Value::Number(65_535)),
    ("set", "tag", Value::Number(4_294_967_295)),
    ("set", "ospf-metric", Value::Number(16_777_214)),
    ("set", "isis-metric", Value::Number(16_777_215)),
    ("set", "administrative-distance", Value::Number(255)),
    ("set", "traffic-index", Value::Number(63)),
    ("set", "label-index", Value::Number(1_048_575)),
    ("set", "origin", Value::OneOf("igp|egp|incomplete")),
    (
        "set",
        "metric-type",
        Value::OneOf("internal|external|type-1|type-2"),
    ),
    ("set", "level", Value::OneOf("level-1|level-2|level-1-2")),
    ("set", "spf-priority", Value::OneOf("critical|high|medium")),
    ("set", "next-hop", Value::Address),
    (
        "set",
        "next-hop",
        Value::OneOf("self|discard|peer-address|unchanged"),
    ),
    ("set", "community", Value::Elements(is_community)),
    ("set", "large-community", Value::Elements(is_large)),
    ("set", "extcommunity rt", Value::Elements(shape::is_target)),
];

/// What stands behind a phrase; a parameter may stand for a number, an address or a set.
#[derive(Clone, Copy, Debug)]
enum Value {
    None,
    /// A number up to this one.
    Number(u64),
    /// The same, also as what is added or taken away.
    Changed(u64),
    OneOf(&'static str),
    Name,
    /// An expression in quotes.
    Quoted,
    Address,
    /// The name of a set, with values or without, or its elements in round brackets.
    Set,
    /// The name of a set, or prefixes in round brackets with bounds of their length.
    Prefixes,
    /// The name of a policy, with values or without.
    Call,
    /// A system, and how often.
    Prepended,
    /// All, or those in a set, or those that are not.
    Deleted,
    /// A set, or its elements in round brackets, which may be added to those that are there.
    Elements(fn(&str) -> bool),
}

impl Value {
    /// Returns the words behind the value at their start.
    fn behind<'w>(self, words: &'w [&'w str]) -> Option<&'w [&'w str]> {
        if matches!(self, Self::None) {
            return Some(words);
        }
        let (first, rest) = words.split_first()?;
        match self {
            Self::Set | Self::Call => return bracketed(words),
            Self::Elements(is_one) => return elements(words, is_one),
            Self::Prefixes => return prefixes(words),
            Self::Prepended => return prepended(words),
            Self::Deleted => return deleted(words),
            _ => {}
        }
        let is_so = match self {
            Self::Number(most) => is_number(first, most),
            Self::Changed(most) => is_number(first.trim_start_matches(['+', '-']), most),
            Self::OneOf(known) => known.split('|').any(|word| word == *first),
            Self::Quoted => is_parameter(first) || is_quoted(first),
            Self::Address => is_parameter(first) || is_host(first),
            _ => is_name(first),
        };
        is_so.then_some(rest)
    }
}

/// Says whether a line is a condition: comparisons with `and`, `or` and `not` between, in brackets or not.
pub(super) fn is_condition(text: &str) -> bool {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    alternatives(&words).is_some_and(<[&str]>::is_empty)
}

/// Says whether a line is a statement that does something.
pub(super) fn is_action(line: &str) -> bool {
    let words = words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    one_of(ACTIONS, &words).any(<[&str]>::is_empty)
}

/// Parts a line at blanks and around brackets; what stands in quotes is one word.
fn words(line: &str) -> Vec<String> {
    let mut parted = String::new();
    let mut is_quoted = false;
    for c in line.chars() {
        is_quoted ^= c == '\'';
        match c {
            '(' | ')' | ',' if !is_quoted => parted.extend([' ', c, ' ']),
            ' ' if is_quoted => parted.push('\u{a0}'),
            _ => parted.push(c),
        }
    }
    let words = parted.split([' ', '\t']).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Reads comparisons with words between; returns what is left.
fn alternatives<'w>(words: &'w [&'w str]) -> Option<&'w [&'w str]> {
    let mut rest = comparison(words)?;
    while let ["and" | "or", more @ ..] = rest {
        rest = comparison(more)?;
    }
    Some(rest)
}

fn comparison<'w>(words: &'w [&'w str]) -> Option<&'w [&'w str]> {
    match words {
        ["not", rest @ ..] => comparison(rest),
        ["(", rest @ ..] => match alternatives(rest)? {
            [")", rest @ ..] => Some(rest),
            _ => None,
        },
        _ => one_of(COMPARED, words).next(),
    }
}

/// Returns what is left behind each phrase with which the words begin.
fn one_of<'w>(
    known: &'static [(&str, &str, Value)],
    words: &'w [&'w str],
) -> impl Iterator<Item = &'w [&'w str]> {
    let found = known.iter().map(move |(what, how, value)| {
        let phrase = what.split(' ').chain(how.split(' '));
        let mut phrase = phrase.filter(|word| !word.is_empty());
        let rest = phrase.try_fold(words, |words, wanted| {
            let (first, rest) = words.split_first()?;
            wanted.split('|').any(|word| word == *first).then_some(rest)
        })?;
        value.behind(rest)
    });
    found.flatten()
}

/// Reads a name with values or without, or elements in brackets.
fn bracketed<'w>(words: &'w [&'w str]) -> Option<&'w [&'w str]> {
    let (first, rest) = words.split_first()?;
    match rest {
        _ if *first == "(" => inside(rest),
        ["(", rest @ ..] if is_name(first) => inside(rest),
        _ => (is_name(first) || is_parameter(first)).then_some(rest),
    }
}

/// Goes to the end of what stands in brackets, of which there are none in it.
fn inside<'w>(words: &'w [&'w str]) -> Option<&'w [&'w str]> {
    let end = words.iter().position(|word| matches!(*word, "(" | ")"))?;
    (end > 0 && words[end] == ")").then(|| &words[end + 1..])
}

fn elements<'w>(words: &'w [&'w str], is_one: fn(&str) -> bool) -> Option<&'w [&'w str]> {
    let rest = bracketed(words)?;
    let is_element = |part: &[&str]| matches!(part, [word] if is_parameter(word) || is_one(word));
    let are_some = match &words[..words.len() - rest.len()] {
        ["(", all @ .., ")"] => all.split(|word| *word == ",").all(is_element),
        _ => true,
    };
    are_some.then(|| rest.strip_prefix(&["additive"]).unwrap_or(rest))
}

/// Reads the name of a set, or prefixes in brackets.
fn prefixes<'w>(words: &'w [&'w str]) -> Option<&'w [&'w str]> {
    let rest = bracketed(words)?;
    let is_element = |part: &[&str]| match part {
        [prefix] if is_parameter(prefix) => true,
        [prefix, lengths @ ..] => is_prefix(prefix, lengths),
        [] => false,
    };
    match &words[..words.len() - rest.len()] {
        ["(", all @ .., ")"] => all
            .split(|word| *word == ",")
            .all(is_element)
            .then_some(rest),
        _ => Some(rest),
    }
}

/// Returns what a line does or asks for: an action as it stands, else `if` with what each comparison is about.
pub(super) fn subjects(line: &str) -> Vec<String> {
    let words = words(line);
    let mut words = words.iter().map(String::as_str);
    match words.next() {
        Some("if" | "elseif") => compared(words),
        Some(_) => vec![line.to_owned()],
        None => Vec::new(),
    }
}

/// The first word of each comparison, behind `if`.
fn compared<'w>(words: impl Iterator<Item = &'w str>) -> Vec<String> {
    let (mut found, mut depth, mut is_next) = (Vec::new(), 0_usize, true);
    for word in words {
        match word {
            "(" | "not" if is_next => {}
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "and" | "or" if depth == 0 => is_next = true,
            _ if is_next => {
                found.push(format!("if {word}"));
                is_next = false;
            }
            _ => {}
        }
    }
    found
}

/// Says whether an address is one of a host.
fn is_host(word: &str) -> bool {
    let address = word.parse::<IpAddr>();
    address.is_ok_and(|address| !address.is_multicast() && !address.is_unspecified())
}

fn is_large(word: &str) -> bool {
    let is_part = |part: &str| part.parse::<u32>().is_ok();
    word.split(':').count() == 3 && word.split(':').all(is_part)
}

/// Reads a system, and how often it is put in front.
fn prepended<'w>(words: &'w [&'w str]) -> Option<&'w [&'w str]> {
    const OFTEN: u64 = 63;
    let (system, rest) = words.split_first()?;
    let is_system = matches!(*system, "own-as" | "most-recent")
        || (*system != "0" && is_number(system, 4_294_967_295));
    match rest {
        _ if !is_system => None,
        [times, rest @ ..] => (*times != "0" && is_number(times, OFTEN)).then_some(rest),
        [] => Some(rest),
    }
}

fn deleted<'w>(words: &'w [&'w str]) -> Option<&'w [&'w str]> {
    match words {
        ["all", rest @ ..] => Some(rest),
        ["in", rest @ ..] | ["not", "in", rest @ ..] => bracketed(rest),
        _ => None,
    }
}

fn is_number(word: &str, most: u64) -> bool {
    let is_plain = word.bytes().all(|byte| byte.is_ascii_digit());
    is_parameter(word) || (is_plain && word.parse().is_ok_and(|number: u64| number <= most))
}

fn is_parameter(word: &str) -> bool {
    word.len() > 1 && word.starts_with('$')
}

fn is_quoted(word: &str) -> bool {
    word.len() > 2 && word.starts_with('\'') && word.ends_with('\'')
}

fn is_name(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    word.chars().all(is_plain) && !matches!(word, "and" | "or" | "not" | "then")
}

#[cfg(test)]
mod tests;
