//! Where among its siblings does the device print a line?

use super::address::Prefix;
use super::address::number;
use super::table::{Mode, Order, Rule};
use super::tree::Node;

/// One part of a place; numbers come before texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Number(u128),
    Text(String),
}

/// Compared part by part.
pub(super) type Place = Vec<Part>;

/// A line of a rule, as the device spells it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelled<'a> {
    pub(super) mode: &'a Mode,
    pub(super) rule: &'a Rule,
    pub(super) words: &'a [String],
    pub(super) text: &'a str,
}

impl Spelled<'_> {
    /// Returns its place among these siblings.
    pub(super) fn place(&self, siblings: &[Node]) -> Place {
        match self.mode.order {
            Order::Arrival => Vec::new(),
            Order::Text => vec![Part::Text(self.text.to_owned())],
            Order::Rules => self.ranked(siblings),
        }
    }

    fn ranked(&self, siblings: &[Node]) -> Place {
        let mut place = vec![Part::Number(self.rank())];
        if let Some(name) = self.rule.listed.filter(|_| self.rule.bytes) {
            place.push(Part::Text(self.words[name].clone()));
            place.push(Part::Number(entry_number(&self.words[name + 1..])));
        } else if let Some(name) = self.rule.listed {
            place.extend(self.listed(name, siblings));
        } else if let Some(word) = self.rule.by.and_then(|by| self.words.get(by)) {
            place.extend(natural(word));
        }
        place.push(Part::Number(self.own_rank()));
        place
    }

    fn rank(&self) -> u128 {
        self.rule.rank as u128
    }

    fn own_rank(&self) -> u128 {
        self.rule.own_rank as u128
    }

    /// Names in the order of arrival, entries of one name by number.
    fn listed(&self, name: usize, siblings: &[Node]) -> Place {
        let rank = Part::Number(self.rank());
        let same_rank = || {
            siblings.iter().filter_map(|node| {
                node.place
                    .as_ref()
                    .filter(|place| place.first() == Some(&rank))
                    .map(|place| (node, place))
            })
        };
        let head = self.words[..=name].join(" ") + " ";
        // All entries of a list arrived with it; the last one is mostly the nearest.
        let known = same_rank().rfind(|(node, _)| node.text.starts_with(&head));
        let arrival = match known {
            Some((_, place)) => place.get(1).cloned(),
            None => same_rank()
                .filter_map(|(_, place)| place.get(1))
                .max()
                .map(after),
        };
        vec![
            arrival.unwrap_or(Part::Number(0)),
            Part::Number(entry_number(&self.words[name + 1..])),
        ]
    }
}

/// Returns the place of a line that no rule knows, where the text alone decides.
pub(super) fn literal_place(mode: &Mode, text: &str) -> Option<Place> {
    (mode.order == Order::Text).then(|| vec![Part::Text(text.to_owned())])
}

fn after(part: &Part) -> Part {
    match part {
        Part::Number(number) => Part::Number(number + 1),
        Part::Text(_) => part.clone(),
    }
}

/// The number of an entry: behind `seq`, else the last word, else 0 (a description).
fn entry_number(words: &[String]) -> u128 {
    let number = match words.first().map(String::as_str) {
        Some("seq") => words.get(1),
        Some("description") => None,
        _ => words.last(),
    };
    number.and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// The order in which people count: names before addresses, `eth2` before `eth10`.
pub(super) fn natural(word: &str) -> Place {
    let numbers =
        |number, length| vec![Part::Number(1), Part::Number(number), Part::Number(length)];
    if let Some(prefix) = Prefix::parse(word) {
        return numbers(prefix.number(), u128::from(prefix.length()));
    }
    if let Ok(address) = word.parse() {
        return numbers(number(address), 0);
    }
    if let Ok(value) = word.parse() {
        return numbers(value, 0);
    }
    let mut place = vec![Part::Number(0)];
    place.extend(runs(word));
    place
}

/// Splits a name into its runs of digits and of other characters.
fn runs(word: &str) -> impl Iterator<Item = Part> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let digit = rest.chars().next()?.is_ascii_digit();
        let end = rest
            .find(|c: char| c.is_ascii_digit() != digit)
            .unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        rest = behind;
        Some(
            run.parse()
                .map_or_else(|_| Part::Text(run.to_owned()), Part::Number),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_are_counted_as_people_do() {
        // Recorded, FRR 8.4.4.
        let names = ["br0", "eth0", "eth0.100", "eth1", "eth2", "eth10", "lo"];
        let mut sorted = names;
        sorted.reverse();
        sorted.sort_by_key(|name| natural(name));
        assert_eq!(sorted, names);
    }

    #[test]
    fn networks_sort_by_number_and_then_by_length() {
        let networks = ["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "10.200.0.0/16"];
        let mut sorted = networks;
        sorted.sort_by_key(|network| natural(network));
        assert_eq!(sorted, networks);
    }
}
