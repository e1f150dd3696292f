//! Where does an entry without a number go in a numbered list?

use super::execute::{Attempt, Device};
use super::known::Known;
use super::place::{Part, Place};
use super::table::{Effect, Rule};
use super::tree::{Node, Separator};
use super::unseen;

/// The words up to and including the name of the list.
fn head<'a>(rule: &Rule, words: &'a [String]) -> &'a [String] {
    let end = rule.listed.map_or(0, |name| name + 1).min(words.len());
    &words[..end]
}

/// Returns the identity of an entry: its list and number.
pub(super) fn sequence_key(rule: &Rule, words: &[String]) -> String {
    let head = head(rule, words);
    let rest = &words[head.len()..];
    let own = match rest.first().map(String::as_str) {
        Some("seq") => &rest[..2.min(rest.len())],
        _ => rest,
    };
    [head, own].concat().join(" ")
}

/// Returns the identity of an entry that begins with its number, or with a word and its number.
pub(super) fn numbered_key(rule: &Rule, words: &[String]) -> String {
    let own = from_number(rule, words);
    match number(own.first()) {
        Some(_) => own[0].clone(),
        None => words.join(" "),
    }
}

/// Returns the words of an entry without the word that stands before its number.
fn from_number<'w>(rule: &Rule, words: &'w [String]) -> &'w [String] {
    match words.split_first() {
        Some((first, rest)) if rule.numbered_by.as_ref() == Some(first) => rest,
        _ => words,
    }
}

/// Returns the place of an entry that begins with its number.
pub(super) fn place(rule: &Rule, words: &[String]) -> Option<Place> {
    if rule.effect != Some(Effect::Numbered) {
        return None;
    }
    let number = number(from_number(rule, words).first()).map_or(u128::MAX, u128::from);
    Some(vec![Part::Number(number)])
}

fn number(word: Option<&String>) -> Option<u64> {
    word?.parse().ok()
}

/// Puts an entry into its `seq` list: at its number, else five behind the last (recorded, FRR 8.4.4).
/// An entry that stands already, under any number, is left alone.
pub(super) fn set_sequence(section: &mut Node, mut known: Known<'_>) {
    let at = head(known.rule, &known.words).len();
    ge_before_le(&mut known.words);
    let numbered = known.words.get(at).map(String::as_str) == Some("seq");
    let start = known.words[..at].join(" ") + " seq ";
    let entries = entries(section, &start);
    let rest = known.words[at + if numbered { 2 } else { 0 }..].join(" ");
    if entries
        .iter()
        .any(|(_, text)| *text == rest || lingers(known.rule, text, &rest))
    {
        return;
    }
    if !numbered {
        let last = *entries.iter().map(|(number, _)| number).max().unwrap_or(&0);
        // BGP counts on from the last multiple of five.
        let next = if known.rule.bytes { last / 5 * 5 } else { last } + 5;
        known
            .words
            .splice(at..at, ["seq".to_owned(), next.to_string()]);
    }
    let key = known.key();
    section.take_out(|child| child.key == key);
    let node = known.node(&section.children);
    section.insert(node, &Separator::Block);
}

/// Says whether an entry that stands, and has a word more, stands for one that is typed (recorded, FRR 8.4.4: `exact-match`).
fn lingers(rule: &Rule, stands: &str, typed: &str) -> bool {
    let word = rule.lingers.as_deref();
    let bare = word.and_then(|word| stands.strip_suffix(word)?.strip_suffix(' '));
    bare == Some(typed)
}

/// Says whether an entry with a number would take the place of another, or stands under another number: devices whose
/// documents are known refuse it or take it over, and do not say which.
pub(super) fn is_taken(rule: &Rule, section: &Node, words: &[String]) -> bool {
    if rule.effect != Some(Effect::Sequence) || !rule.is_documented() {
        return false;
    }
    let head = head(rule, words);
    let rest = &words[head.len()..];
    let (number, text) = match rest.first().map(String::as_str) {
        Some("seq") => (rest.get(1), rest.get(2..).unwrap_or_default().join(" ")),
        _ => (None, rest.join(" ")),
    };
    let start = head.join(" ") + " seq ";
    entries(section, &start).iter().any(|(other, stands)| {
        let is_number = number.is_some_and(|number| number.parse() == Ok(*other));
        is_number != (*stands == text)
    })
}

/// FRR prints `ge` before `le`, however they were typed.
fn ge_before_le(words: &mut [String]) {
    let find = |word: &str| words.iter().position(|other| other == word);
    if let (Some(le), Some(ge)) = (find("le"), find("ge"))
        && le + 2 == ge
        && ge + 1 < words.len()
    {
        words[le..ge + 2].rotate_left(2);
    }
}

fn entries<'a>(section: &'a Node, start: &str) -> Vec<(u64, &'a str)> {
    section
        .children
        .iter()
        .filter_map(|child| child.text.strip_prefix(start)?.split_once(' '))
        .filter_map(|(number, rest)| Some((number.parse().ok()?, rest)))
        .collect()
}

/// Takes an entry out of its `seq` list: by its number, whatever follows, else by its text, else the whole list.
pub(super) fn remove_sequence(section: &mut Node, rule: &Rule, words: &[String]) -> bool {
    let head = head(rule, words);
    let rest = &words[head.len()..];
    let start = head.join(" ") + " ";
    match rest.first().map(String::as_str) {
        None => section.take_out(|child| child.key.starts_with(&start)),
        Some("seq") => {
            let key = sequence_key(rule, words);
            // BGP wants the entry as it stands.
            let text = words.join(" ");
            section.take_out(|child| child.key == key && (!rule.bytes || child.text == text))
        }
        Some(_) => {
            let mut rest = rest.to_vec();
            ge_before_le(&mut rest);
            let rest = rest.join(" ");
            section.take_out(|child| entry_text(&child.text, &start) == Some(&rest))
                || section.take_out(|child| {
                    let stands = entry_text(&child.text, &start);
                    stands.is_some_and(|stands| lingers(rule, stands, &rest))
                })
        }
    }
}

/// Says whether a removal without a number speaks of two entries, with and without the word that lingers: which of them goes depends on
/// which was made first (recorded, FRR 8.4.4).
pub(super) fn names_two(rule: &Rule, section: &Node, words: &[String]) -> bool {
    let head = head(rule, words);
    let typed = words[head.len()..].join(" ");
    let start = head.join(" ") + " ";
    let mut stand = section
        .children
        .iter()
        .filter_map(|child| entry_text(&child.text, &start));
    rule.lingers.is_some()
        && stand.clone().any(|stands| stands == typed)
        && stand.any(|stands| lingers(rule, stands, &typed))
}

fn entry_text<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(start)?;
    match rest.strip_prefix("seq ") {
        Some(numbered) => numbered.split_once(' ').map(|(_, rest)| rest),
        None => Some(rest),
    }
}

/// Puts an entry into a list whose entries begin with their number: at it, else ten behind the last.
/// A list that prints no numbers gets none, nor does a new one where no other shows any. Two entries cannot have one number (Cisco IOS security configuration guide, IP
/// access list entry sequence numbering).
pub(super) fn set_numbered(
    device: &Device<'_>,
    section: &mut Node,
    mut known: Known<'_>,
) -> Attempt {
    let typed = number(from_number(known.rule, &known.words).first());
    if typed.is_some() && known.rule.unseen && unseen::are_in(section) {
        return unseen::set(section, &known, typed);
    }
    if typed.is_none() {
        let rest = known.words.join(" ");
        if section
            .children
            .iter()
            .any(|child| without_number(&child.text) == rest)
        {
            return Attempt::Taken(String::new());
        }
        let is_new = section.children.is_empty() && !device.shows_numbers;
        if known.rule.unseen && (is_new || unseen::are_in(section)) {
            return unseen::set(section, &known, None);
        }
        let numbers = section
            .children
            .iter()
            .map(|child| child.key.parse::<u64>());
        let last = numbers.clone().filter_map(Result::ok).max();
        if last.is_some() || section.children.is_empty() {
            let number = (last.unwrap_or(0) + 10).to_string();
            let before = known.rule.numbered_by.iter().cloned().chain([number]);
            known.words.splice(0..0, before);
        }
    }
    let node = known.node(&section.children);
    match section.child(&node.key) {
        Some(stands) if stands.text == node.text => {}
        Some(_) => return Attempt::Refused("% Duplicate sequence number".to_owned()),
        None => section.insert(node, &Separator::Never),
    }
    Attempt::Taken(String::new())
}

/// Takes an entry out by its number or by its text.
pub(super) fn remove_numbered(section: &mut Node, words: &[String]) -> bool {
    let text = words.join(" ");
    section.take_out(|child| {
        child.key == text || child.text == text || without_number(&child.text) == text
    })
}

/// Says whether a device may number the entries of a list otherwise than it prints them here: where numbers have a word before them,
/// releases leave both out of an entry that stands ten behind the one before, or never.
pub(super) fn may_number_anew(
    rule: &Rule,
    section: &Node,
    words: &[String],
    negated: bool,
) -> bool {
    let Some(word) = &rule.numbered_by else {
        return false;
    };
    let numbers: Vec<Option<u64>> = section
        .children
        .iter()
        .map(|child| child.key.parse().ok())
        .collect();
    let is_plain = words.first() != Some(word);
    let text = words.join(" ");
    let is_last = || {
        section
            .children
            .last()
            .is_some_and(|last| last.text == text)
    };
    let told: Vec<u64> = numbers.iter().flatten().copied().collect();
    match told.len() {
        0 if numbers.is_empty() => true,
        0 => !is_plain || (negated && !is_last()),
        count => count < numbers.len() || !tells_each(&told),
    }
}

/// Says whether a number is printed that a device might have left out.
fn tells_each(numbers: &[u64]) -> bool {
    let before = [&[0][..], numbers].concat();
    let mut pairs = before.iter().zip(numbers);
    pairs.any(|(before, number)| before + 10 == *number)
}

fn without_number(text: &str) -> &str {
    let text = text.strip_prefix("sequence ").unwrap_or(text);
    match text.split_once(' ') {
        Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => text,
    }
}
