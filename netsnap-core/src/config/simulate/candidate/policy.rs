//! Is a text of a policy language one that a device takes?
//!
//! A set whose elements are not parted by commas is refused at its last line, and so is a policy with a statement that is none or a
//! condition without an end. What is not read here may be right all the same: it proves nothing.

mod methods;
mod phrases;

use std::collections::HashSet;

use serde::Deserialize;

use super::super::ace::List;
use super::super::address::Prefix;
use super::super::shape;

/// What a text is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Language {
    /// Prefixes, parted by commas.
    Prefixes,
    /// Communities, parted by commas.
    Communities,
    /// Targets of routes, parted by commas.
    Targets,
    /// Expressions of paths, parted by commas.
    Paths,
    /// Statements and conditions.
    Policy,
    /// One entry of an access list of IPv4.
    AccessList,
    /// The same of IPv6.
    AccessList6,
    /// Who is asked who somebody is, one behind the other.
    Authentication,
    /// Who is asked what somebody may do.
    Authorization,
    /// Who is told what somebody does.
    Accounting,
}

/// Communities with a name.
const WELL_KNOWN: &[&str] = &[
    "internet",
    "local-AS",
    "no-advertise",
    "no-export",
    "private-as",
    "graceful-shutdown",
    "accept-own",
    "blackhole",
];

/// What expressions of a path begin with.
const EXPRESSIONS: &[&str] = &[
    "ios-regex",
    "dfa-regex",
    "originates-from",
    "passes-through",
    "neighbor-is",
    "length",
    "unique-length",
];

/// Returns the parts of a text that are not read.
pub(super) fn unread(text: &str, language: Language) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    let lines: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    match language {
        Language::Policy => unread_in_policy(&lines),
        Language::AccessList | Language::AccessList6 => {
            let unread = lines.iter().filter(|line| !is_entry(line, language));
            unread.map(|line| format!("`{line}`")).collect()
        }
        Language::Authentication | Language::Authorization | Language::Accounting => {
            let unread = lines
                .iter()
                .filter(|line| !methods::are_known(line, language));
            unread.map(|line| format!("`{line}`")).collect()
        }
        _ => {
            let whole = lines.join(" ");
            let parts = elements(&whole).into_iter().map(str::trim);
            // Whether a second element of the same words is kept is not certain.
            let mut known = HashSet::new();
            let unread = parts.filter(|part| !is_element(part, language) || !known.insert(*part));
            unread.map(|part| format!("`{part}`")).collect()
        }
    }
}

/// Returns what a line of a policy does or asks for: an action as it stands, else `if` with what each comparison is about.
pub(super) fn subjects(line: &str) -> Vec<String> {
    phrases::subjects(line)
}

/// Parts a set at its commas, those in quotes not; a set may be empty.
fn elements(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    if text.is_empty() {
        return Vec::new();
    }
    let parts = text.split(|c: char| {
        is_quoted ^= c == '\'';
        c == ',' && !is_quoted
    });
    parts.collect()
}

fn is_element(element: &str, language: Language) -> bool {
    let words: Vec<&str> = element.split_whitespace().collect();
    match (language, &words[..]) {
        (Language::Prefixes, [prefix, lengths @ ..]) => is_prefix(prefix, lengths),
        (Language::Communities, [community]) => is_community(community),
        (Language::Targets, [target]) => shape::is_target(target) || is_community(target),
        (
            Language::Communities | Language::Targets,
            [first @ ("ios-regex" | "dfa-regex"), rest @ ..],
        )
        | (Language::Paths, [first, rest @ ..]) => {
            EXPRESSIONS.contains(first) && is_expression(first, &rest.join(" "))
        }
        _ => false,
    }
}

/// Says whether what stands behind the first word of an expression ends it: a length is a number, all else stands in quotes.
fn is_expression(first: &str, rest: &str) -> bool {
    let is_quoted = rest.len() > 2 && rest.starts_with('\'') && rest.ends_with('\'');
    let is_one = rest.matches('\'').count() == 2;
    first.ends_with("length") || (is_quoted && is_one && has_pairs(rest))
}

/// Says whether each bracket of an expression has its other one.
fn has_pairs(text: &str) -> bool {
    let count = |bracket: char| text.matches(bracket).count();
    count('(') == count(')') && count('[') == count(']')
}

/// Ports that a device prints by name (IOS XR IP addresses and services command reference, permit: tables of port names).
const NAMED: &[&str] = &[
    "7", "9", "13", "19", "20", "21", "22", "23", "25", "37", "43", "49", "53", "67", "68", "69",
    "70", "79", "80", "109", "110", "111", "113", "119", "123", "137", "138", "139", "161", "162",
    "179", "194", "496", "500", "512", "513", "514", "515", "517", "520", "540", "543", "544",
    "646",
];

/// An entry, of IPv4 or IPv6, with the names of its ports.
fn is_entry(line: &str, language: Language) -> bool {
    const OPERATORS: &[&str] = &["eq", "neq", "gt", "lt", "range"];
    // How the other family and its messages are named.
    let other: &[&str] = match language {
        Language::AccessList6 => &["ip", "ipv4", "icmp"],
        _ => &["ip", "ipv6", "icmpv6"],
    };
    let Some((action, rest)) = line.split_once(' ') else {
        return false;
    };
    let words: Vec<&str> = rest.split(' ').collect();
    let has_named = |pair: &[&str]| OPERATORS.contains(&pair[0]) && NAMED.contains(&pair[1]);
    let list = List {
        is_standard: false,
        ports: &["ssh".to_owned(), "ldp".to_owned()],
    };
    match action {
        "remark" => true,
        // IP of the fourth version is `ipv4` here.
        "permit" | "deny" => {
            !other.contains(&words[0])
                && list.takes(rest)
                && !words.windows(2).any(has_named)
                && !words.windows(3).any(falls)
                && !is_loose(&words)
                && !words.iter().any(|word| has_length(word))
        }
        _ => false,
    }
}

/// Says whether a range of ports ends before it begins.
fn falls(words: &[&str]) -> bool {
    let ends = words[1].parse::<u16>().ok().zip(words[2].parse().ok());
    words[0] == "range" && ends.is_some_and(|(first, last)| first > last)
}

/// Says whether a network of IPv4 stands with its length, which is printed as a mask.
fn has_length(word: &str) -> bool {
    Prefix::parse(word).is_some_and(|prefix| prefix.address().is_ipv4())
}

/// Says whether an address stands with bits that its mask does not look at, or for all or one: these are printed otherwise.
fn is_loose(words: &[&str]) -> bool {
    let number = |word: &str| Some(word.parse::<std::net::Ipv4Addr>().ok()?.to_bits());
    match words {
        [] => false,
        ["host", _, rest @ ..] => is_loose(rest),
        [address, mask, rest @ ..] => match number(address).zip(number(mask)) {
            Some((address, mask)) => {
                address & mask != 0 || mask == 0 || mask == u32::MAX || is_loose(rest)
            }
            None => is_loose(&words[1..]),
        },
        [_] => false,
    }
}

/// Lengths grow: that of the prefix, the least and the greatest.
fn is_prefix(prefix: &str, lengths: &[&str]) -> bool {
    let Some(prefix) = Prefix::parse(prefix) else {
        return prefix.parse::<std::net::IpAddr>().is_ok() && lengths.is_empty();
    };
    let longest: u8 = if prefix.address().is_ipv4() { 32 } else { 128 };
    let length = |text: &str| text.parse::<u8>().ok();
    let lengths = match lengths {
        [] => Some(vec![]),
        ["eq" | "ge" | "le", one] => length(one).map(|one| vec![one]),
        ["ge", least, "le", most] => length(least).zip(length(most)).map(|(a, b)| vec![a, b]),
        _ => None,
    };
    let is_clean = prefix.masked().number() == prefix.number();
    lengths.is_some_and(|lengths| {
        let all = [&[prefix.length()], &lengths[..], &[longest]].concat();
        is_clean && all.is_sorted()
    })
}

/// The ends of a range in a community: `[100..200]`.
fn range(half: &str) -> Option<(u16, u16)> {
    let inner = half.strip_prefix('[')?.strip_suffix(']')?;
    let (first, last) = inner.split_once("..")?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

fn is_community(word: &str) -> bool {
    let is_half = |half: &str| {
        let is_value = |c: char| c.is_ascii_digit() || "*[].".contains(c);
        let is_number = half.bytes().all(|byte| byte.is_ascii_digit());
        !half.is_empty()
            && half.chars().all(is_value)
            && (!is_number || half.parse::<u16>().is_ok())
            && range(half).is_none_or(|(first, last)| first <= last)
    };
    let halves = word.split_once(':');
    WELL_KNOWN.contains(&word) || halves.is_some_and(|(one, other)| is_half(one) && is_half(other))
}

/// Goes through the lines of a policy; each holds one statement, as the device prints it.
fn unread_in_policy(lines: &[&str]) -> Vec<String> {
    let mut unread = Vec::new();
    let mut depth = 0_usize;
    let mut is_open = false;
    for line in lines {
        let is_empty = is_open && (line.starts_with("else") || *line == "endif");
        is_open = line.starts_with("if ") || line.starts_with("else");
        let is_read = match *line {
            // Whether nothing may stand behind a condition is not certain.
            _ if is_empty => false,
            "endif" => depth > 0,
            "else" => depth > 0,
            _ if line.starts_with("elseif ") => depth > 0 && is_condition(line, "elseif "),
            _ if line.starts_with("if ") => is_condition(line, "if "),
            _ => phrases::is_action(line),
        };
        depth += usize::from(line.starts_with("if "));
        depth = depth.saturating_sub(usize::from(*line == "endif"));
        if !is_read {
            unread.push(format!("`{line}`"));
        }
    }
    if depth > 0 {
        unread.push(format!("`if` without `endif` in `{}`", lines.join("; ")));
    }
    unread
}

/// Says whether what stands between a word and `then` is a condition.
fn is_condition(line: &str, start: &str) -> bool {
    let inner = line
        .strip_prefix(start)
        .and_then(|rest| rest.strip_suffix(" then"));
    inner.is_some_and(phrases::is_condition)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_read(text: &str, language: Language) -> bool {
        unread(&text.replace("; ", "\n"), language).is_empty()
    }

    #[test]
    fn the_elements_of_a_set_are_parted_by_commas() {
        for (text, language) in [
            ("", Language::Prefixes),
            ("10.0.0.0/8", Language::Prefixes),
            (
                "# ours; 10.0.0.0/8 le 24,; 11.0.0.0/8 ge 16 le 24,; 2001:db8::/32 eq 48",
                Language::Prefixes,
            ),
            (
                "65000:1,; 65000:*,; no-export,; ios-regex '_1,2_'",
                Language::Communities,
            ),
            (
                "ios-regex '^65001$',; originates-from '65002'",
                Language::Paths,
            ),
        ] {
            assert!(is_read(text, language), "{text}");
        }
        for (text, language) in [
            ("10.0.0.0/8 le 24; 172.16.0.0/12", Language::Prefixes),
            ("10.0.0.0/8,", Language::Prefixes),
            ("10.0.0.0/40", Language::Prefixes),
            ("10.0.0.1/8", Language::Prefixes),
            ("10.0.0.0/8 le 33", Language::Prefixes),
            ("10.0.0.0/16 ge 8", Language::Prefixes),
            ("10.0.0.0/16, 10.0.0.0/16", Language::Prefixes),
            ("65000:1; 65000:2", Language::Communities),
            ("65000", Language::Communities),
            ("'^65001$'", Language::Paths),
            ("ios-regex '^65001$", Language::Paths),
            ("ios-regex '_65000('", Language::Paths),
            ("ios-regex ^65001_", Language::Paths),
            ("70000:1", Language::Communities),
            ("permit ip any any", Language::AccessList),
            ("permit ipv4 10.0.0.1 0.0.0.255 any", Language::AccessList),
            ("permit ipv4 10.0.0.0/8 any", Language::AccessList),
            ("permit tcp any any range 90 80", Language::AccessList),
            ("permit ipv6 any any", Language::AccessList),
            ("permit ipv4 any any", Language::AccessList6),
            ("permit ipv4 any any dscp nosuch", Language::AccessList),
            ("65000:[200..100]", Language::Communities),
        ] {
            assert!(!is_read(text, language), "{text}");
        }
    }

    #[test]
    fn a_policy_is_made_of_statements_and_conditions_with_an_end() {
        for text in [
            "pass",
            "if destination in A then; set med 5; elseif (as-path in B or not med eq 5) then; drop; else; apply C(5); endif",
            "set community (65000:1, 65000:2) additive; prepend as-path 65000 2; done",
            "if destination in (10.0.0.0/8 le 24) and tag eq 5 then; if apply X then; pass; endif; endif",
        ] {
            assert!(is_read(text, Language::Policy), "{text}");
        }
        for text in [
            "if med eq 5 then; pass",
            "if med eq 5; pass; endif",
            "endif",
            "else",
            "pas",
            "set frobnicate 5",
            "set local-preference foo",
            "set community (70000:1)",
            "set med",
            "if (med eq 5 then; pass; endif",
            "if med eq 5 and then; pass; endif",
            "if med eq 5 then; endif",
            "if med eq 5 then; pass; else; endif",
            "if destination in (10.0.0.0/8 le 4) then; pass; endif",
        ] {
            assert!(!is_read(text, Language::Policy), "{text}");
        }
    }
}
