//! Which numbers have the entries of a list that prints none?
//!
//! Cisco IOS numbers each entry and keeps the numbers to itself; they are known once the list was told to count anew
//! (IOS security configuration guide, IP access list entry sequence numbering).

use super::execute::Attempt;
use super::known::Known;
use super::place::Part;
use super::table::Table;
use super::tree::{Node, Separator};

/// The greatest number.
const GREATEST: u128 = 2_147_483_647;
/// How far an entry without a number is put behind the last one.
const APART: u128 = 10;
/// Where the name of a list stands that counts anew, where the first number does, and where the distance.
const WORDS: (usize, usize, usize) = (3, 4, 5);

/// Says whether a list prints no numbers.
pub(super) fn are_in(section: &Node) -> bool {
    !section.children.is_empty() && !section.children.iter().any(is_shown)
}

/// Says whether any list of a device prints numbers that others keep to themselves.
pub(super) fn are_shown(table: &Table, root: &Node) -> bool {
    let hides = |section: &&Node| {
        let mode = section.mode.as_ref().and_then(|mode| table.modes.get(mode));
        mode.is_some_and(|mode| mode.lines.iter().any(|rule| rule.unseen))
    };
    let mut lists = root.children.iter().filter(hides);
    lists.any(|list| list.children.iter().any(is_shown))
}

fn is_shown(entry: &Node) -> bool {
    entry.key.bytes().all(|byte| byte.is_ascii_digit())
}

/// Numbers the entries of a list anew. What is no plain entry may count or not, and a list that prints numbers would print others.
pub(super) fn give(root: &mut Node, words: &[String]) -> Attempt {
    let taken = Attempt::Taken(String::new());
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<u128>().ok());
    let list = words
        .get(WORDS.0)
        .map(|name| format!("ip access-list extended {name}"));
    let found = list.and_then(|list| root.child_mut(&list));
    let (Some(list), Some(first), Some(distance)) = (found, number(WORDS.1), number(WORDS.2))
    else {
        return taken.doubted();
    };
    let count = list.children.len() as u128;
    if !are_in(list) || !list.children.iter().all(is_plain) || first + count * distance > GREATEST {
        return taken.doubted();
    }
    let mut number = first;
    for child in &mut list.children {
        child.place = Some(vec![Part::Number(number)]);
        number += distance;
    }
    taken
}

fn is_plain(entry: &Node) -> bool {
    let mut words = entry.text.split(' ');
    let is_rule = matches!(words.next(), Some("permit" | "deny"));
    is_rule && !entry.literal && !words.any(|word| word == "reflect")
}

/// The number of an entry, where it is known.
fn number(entry: &Node) -> Option<u128> {
    match entry.place.as_deref() {
        Some([Part::Number(number)]) if *number <= GREATEST => Some(*number),
        _ => None,
    }
}

/// Puts an entry into a list that prints no numbers: at its own, else behind all others.
pub(super) fn set(section: &mut Node, known: &Known<'_>, typed: Option<u64>) -> Attempt {
    let known = Known {
        words: known.words[usize::from(typed.is_some())..].to_vec(),
        ..known.clone()
    };
    let mut node = known.node(&section.children);
    let numbers: Option<Vec<u128>> = section.children.iter().map(number).collect();
    let Some(numbers) = numbers else {
        section.insert(node, &Separator::Never);
        let taken = Attempt::Taken(String::new());
        // Nobody knows which others stand before it.
        return if typed.is_some() {
            taken.doubted()
        } else {
            taken
        };
    };
    let last = numbers.iter().max().copied().unwrap_or_default();
    let number = typed.map_or(last + APART, u128::from);
    if numbers.contains(&number) {
        return Attempt::Refused("% Duplicate sequence number".to_owned());
    }
    if number > GREATEST {
        return Attempt::Refused("% Exceeded maximum sequence number".to_owned());
    }
    node.place = Some(vec![Part::Number(number)]);
    section.insert(node, &Separator::Never);
    Attempt::Taken(String::new())
}
