//! Where among its siblings does the device print a line?

use std::collections::HashMap;

use foldhash::fast::RandomState;

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
    /// What is known of its siblings already; they are looked through otherwise.
    pub(super) arrivals: Option<&'a Arrivals>,
}

/// In which order the lists of a section arrived, for a whole text that is read line by line.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals {
    /// The place of a list by its first words.
    lists: HashMap<String, Part, RandomState>,
    /// The last place by rank.
    last: HashMap<u128, Part, RandomState>,
}

impl Arrivals {
    /// Notes a line with its place.
    pub(super) fn note(&mut self, rule: &Rule, words: &[String], place: Option<&Place>) {
        let Some([Part::Number(rank), arrival, ..]) = place.map(Vec::as_slice) else {
            return;
        };
        let last = self.last.entry(*rank).or_insert_with(|| arrival.clone());
        if *last < *arrival {
            last.clone_from(arrival);
        }
        if let Some(name) = rule.listed {
            let head = words[..=name].join(" ");
            self.lists.entry(head).or_insert_with(|| arrival.clone());
        }
    }
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
        let mut place = Vec::with_capacity(6);
        place.push(Part::Number(self.rank()));
        if let Some(name) = self.rule.listed.filter(|_| self.rule.bytes) {
            place.push(Part::Text(self.words[name].clone()));
            place.push(Part::Number(entry_number(&self.words[name + 1..])));
        } else if let Some(name) = self.rule.listed {
            place.extend(self.listed(name, siblings));
        } else if let Some(word) = self.rule.by.and_then(|by| self.words.get(by)) {
            place.extend(natural(word));
        }
        place.push(Part::Number(self.own_rank()));
        if let Some(word) = self.rule.then.and_then(|then| self.words.get(then)) {
            place.extend(natural(word));
        }
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
        let head = self.words[..=name].join(" ");
        let arrival = match self.arrivals {
            Some(arrivals) => self.arrived(&head, arrivals),
            None => self.arrived_among(&(head + " "), siblings),
        };
        vec![
            arrival.unwrap_or(Part::Number(0)),
            Part::Number(entry_number(&self.words[name + 1..])),
        ]
    }

    fn arrived(&self, head: &str, arrivals: &Arrivals) -> Option<Part> {
        let known = arrivals.lists.get(head).cloned();
        known.or_else(|| arrivals.last.get(&self.rank()).map(after))
    }

    fn arrived_among(&self, head: &str, siblings: &[Node]) -> Option<Part> {
        let rank = Part::Number(self.rank());
        let same_rank = || {
            siblings.iter().filter_map(|node| {
                node.place
                    .as_ref()
                    .filter(|place| place.first() == Some(&rank))
                    .map(|place| (node, place))
            })
        };
        // All entries of a list arrived with it; the last one is mostly the nearest.
        match same_rank().rfind(|(node, _)| node.text.starts_with(head)) {
            Some((_, place)) => place.get(1).cloned(),
            None => same_rank()
                .filter_map(|(_, place)| place.get(1))
                .max()
                .map(after),
        }
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

/// The number of an entry: behind `seq`, else the last word, else 0 (a description, a remark).
fn entry_number(words: &[String]) -> u128 {
    let number = match words.first().map(String::as_str) {
        Some("seq") => words.get(1),
        Some("description" | "remark") => None,
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
