//! Is an interface named in a line as the device names it?
//!
//! Terminals take shorter names and other letters, `gi0/1`, and print the name in full.

/// Words that the name of an interface stands behind.
const BEFORE: &[&str] = &[
    "connect-interface",
    "interface",
    "local-interface",
    "passive-interface",
    "peer-link",
    "silent-interface",
    "source",
    "source-interface",
    "trap-source",
    "unnumbered",
    "update-source",
];

/// First words of lines that are texts.
const TEXTS: &[&str] = &["alias", "banner", "description", "header", "remark"];

/// Says whether a line names an interface otherwise than a device of these kinds of interfaces prints it.
pub(super) fn is_short<S: AsRef<str>>(kinds: &[S], words: &[&str]) -> bool {
    let words = match words {
        ["no" | "undo", rest @ ..] => rest,
        _ => words,
    };
    let is_text = words.first().is_none_or(|first| TEXTS.contains(first));
    if is_text || kinds.is_empty() {
        return false;
    }
    let is_named = |pair: &[&str]| BEFORE.contains(&pair[0]) && is_other(kinds, pair[1]);
    let is_route = matches!(words, ["ip" | "ipv6", "route", ..]);
    words.windows(2).any(is_named)
        || (is_route && words[2..].iter().any(|word| is_other(kinds, word)))
}

/// Says whether a word is the name of an interface, and not spelled in full.
fn is_other<S: AsRef<str>>(kinds: &[S], word: &str) -> bool {
    let kind = word.split(|c: char| c.is_ascii_digit()).next();
    let kind = kind.unwrap_or_default();
    let is_name = kind.starts_with(|c: char| c.is_ascii_alphabetic()) && kind.len() < word.len();
    let short = kind.to_ascii_lowercase();
    let kinds = || kinds.iter().map(AsRef::as_ref);
    is_name
        && !kinds().any(|known| known == kind)
        && kinds().any(|known| known.to_ascii_lowercase().starts_with(&short))
}

#[cfg(test)]
mod tests {
    use super::super::table::Table;
    use super::*;

    #[test]
    fn a_name_is_spelled_in_full() {
        let table = Table::named("cisco_ios").unwrap();
        let is_short =
            |line: &str| is_short(&table.interfaces, &line.split(' ').collect::<Vec<_>>());
        for line in [
            "passive-interface Gi0/1",
            "neighbor 10.0.0.2 update-source loopback0",
            "interface gigabitethernet0/1",
            "no ip unnumbered Lo0",
            "ip route 10.0.0.0 255.0.0.0 null0",
        ] {
            assert!(is_short(line), "{line}");
        }
        for line in [
            "passive-interface GigabitEthernet0/1",
            "passive-interface default",
            "interface HundredGigE1/0/1",
            "neighbor 10.0.0.2 update-source Loopback0",
            "description source gi0/1",
            "ip route 10.0.0.0 255.0.0.0 Null0 name lo0",
        ] {
            let is_named = line.contains("name lo0");
            assert_eq!(is_short(line), is_named, "{line}");
        }
    }
}
