//! Which names does a text of several lines use?
//!
//! `if destination in CUSTOMERS then` uses a set: a name stands behind fixed words, wherever in the text. What is written in
//! place, in parentheses, is no name, and neither is a parameter, `$1`.

use std::collections::BTreeMap;

use super::Template;

/// Words, and what the word behind them names.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    words: Vec<String>,
    /// The name without the word.
    name: String,
}

impl Phrase {
    /// Reads them as they stand in a table: by the name, with `{}` for the word.
    pub(super) fn all(table: BTreeMap<String, Vec<String>>) -> Vec<Self> {
        let phrases = |(name, phrases): (String, Vec<String>)| {
            phrases.into_iter().map(move |words| Self {
                words: words.split(' ').map(str::to_owned).collect(),
                name: name.replace("{}", ""),
            })
        };
        table.into_iter().flat_map(phrases).collect()
    }

    /// Returns the name as a text of the table.
    pub(super) fn template(&self) -> Template {
        Template::new(format!("{}{{}}", self.name))
    }
}

/// Returns the names that a text uses, each once.
pub(super) fn names(phrases: &[Phrase], text: &str) -> Vec<String> {
    if phrases.is_empty() {
        return Vec::new();
    }
    let words = words(text);
    let mut names = Vec::new();
    for place in 1..words.len() {
        let before = &words[..place];
        let found = phrases
            .iter()
            .filter(|phrase| ends_with(before, &phrase.words));
        let is_name = !words[place].starts_with(['(', ')', '$', ',']);
        names.extend(
            found
                .filter(|_| is_name)
                .map(|phrase| format!("{}{}", phrase.name, words[place])),
        );
    }
    names.sort();
    names.dedup();
    names
}

fn ends_with(before: &[&str], words: &[String]) -> bool {
    let start = before.len().checked_sub(words.len());
    let end = start.map(|start| &before[start..]);
    end.is_some_and(|end| end.iter().zip(words).all(|(word, other)| word == other))
}

/// The words behind the first line, comments left out; a parenthesis is a word of its own.
fn words(text: &str) -> Vec<&str> {
    let lines = text.lines().skip(1).map(str::trim);
    let lines = lines.filter(|line| !line.starts_with('#'));
    lines
        .flat_map(|line| line.split_whitespace().flat_map(pieces))
        .collect()
}

fn pieces(word: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while let Some(place) = rest.find(['(', ')', ',']) {
        pieces.extend(
            [&rest[..place], &rest[place..=place]]
                .into_iter()
                .filter(|piece| !piece.is_empty()),
        );
        rest = &rest[place + 1..];
    }
    pieces.extend(Some(rest).filter(|rest| !rest.is_empty()));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_behind_its_words_and_not_in_parentheses() {
        let table = BTreeMap::from([
            (
                "prefix-set {}".to_owned(),
                vec!["destination in".to_owned()],
            ),
            ("route-policy {}".to_owned(), vec!["apply".to_owned()]),
        ]);
        let phrases = Phrase::all(table);
        let text = "route-policy A($1)\n  # apply NOT\n  if (destination in P1 or destination in (10.0.0.0/8)) then\n    apply B($1)\n  elseif destination in $1 then\n    apply C\n  endif\nend-policy";
        assert_eq!(
            names(&phrases, text),
            ["prefix-set P1", "route-policy B", "route-policy C"]
        );
    }
}
