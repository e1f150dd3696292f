//! What does a text of several lines name?

use std::collections::BTreeMap;

use super::super::address::{Prefix, is_address};
use super::super::shape;
use super::schema::Statement;

/// Returns the names in a text, each with its kind: a name stands behind words that ask for one of the kind. In round brackets
/// behind them stand values without a name, and a parameter begins with `$`.
pub(super) fn named<'k>(
    text: &str,
    kinds: &'k BTreeMap<String, Vec<String>>,
) -> Vec<(&'k str, String)> {
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    let mut found = Vec::new();
    for (kind, phrases) in kinds {
        for phrase in phrases {
            let phrase: Vec<&str> = phrase.split(' ').collect();
            let places = words.windows(phrase.len() + 1);
            let behind = places.filter_map(|window| behind(window, &phrase));
            found.extend(behind.map(|name| (kind.as_str(), name)));
        }
    }
    found
}

/// Says whether a text has the words alone that the rules know in it.
pub(super) fn is_known(text: &str, statement: &Statement) -> bool {
    let (all, second) = (&statement.only_words, &statement.second_word);
    let is_one = |word: &str| {
        let is_number = word.parse::<u32>().is_ok() || shape::is_target(word);
        let is_value = is_number || Prefix::parse(word).is_some();
        is_value || is_address(word) || all.iter().any(|known| known == word)
    };
    let place = text.split(' ').nth(1);
    (all.is_empty() || text.split(' ').all(is_one))
        && (second.is_empty() || place.is_some_and(|word| second.iter().any(|known| known == word)))
}

/// Says whether a text has an address or a prefix of another family than this one, 4 or 6.
pub(super) fn are_strange_to(text: &str, family: u8) -> bool {
    let is_other = |word: &str| {
        let address = Prefix::parse(word).map(Prefix::address);
        let address = address.or_else(|| word.parse().ok());
        address.is_some_and(|address| address.is_ipv4() != (family == 4))
    };
    text.split(' ').any(is_other)
}

/// Returns the name behind a phrase, where words begin with it and end with one.
fn behind(words: &[&str], phrase: &[&str]) -> Option<String> {
    let (name, start) = words.split_last()?;
    let is_so = |(word, wanted): (&&str, &&str)| word.trim_start_matches('(') == *wanted;
    if !start.iter().zip(phrase).all(is_so) || name.starts_with(['(', '$']) {
        return None;
    }
    let name = name.split('(').next().unwrap_or_default();
    Some(name.trim_end_matches([')', ',']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_behind_words_that_ask_for_it() {
        let kinds = BTreeMap::from([
            ("set".to_owned(), vec!["destination in".to_owned()]),
            ("policy".to_owned(), vec!["apply".to_owned()]),
        ]);
        for (text, expected) in [
            ("if destination in A then\n pass\nendif", "set A"),
            (
                "if (destination in A or not destination in B) then",
                "set A set B",
            ),
            ("if destination in (10.0.0.0/8, 11.0.0.0/8) then", ""),
            ("if destination in $list then", ""),
            ("# destination in A\napply P(100)\npass", "policy P"),
            ("if destination\n in A(5) then", "set A"),
            ("set destination-in A", ""),
        ] {
            let found = named(text, &kinds).into_iter();
            let mut found: Vec<String> =
                found.map(|(kind, name)| format!("{kind} {name}")).collect();
            found.sort_by_key(|found| !found.starts_with("set"));
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
