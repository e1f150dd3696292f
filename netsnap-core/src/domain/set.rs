//! Which VLANs does a list name?

use std::collections::BTreeSet;

/// The highest VLAN that a frame can carry (IEEE 802.1Q: 4095 is reserved).
const HIGHEST: u16 = 4094;

/// Numbers of VLANs, and names where a platform lists those.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct VlanSet {
    numbers: BTreeSet<u16>,
    pub(super) names: BTreeSet<String>,
}

impl VlanSet {
    /// Returns every VLAN there can be.
    pub(super) fn all() -> Self {
        Self {
            numbers: (1..=HIGHEST).collect(),
            names: BTreeSet::new(),
        }
    }

    /// Reads a list as any platform writes it: `1,10-20`, `10 20 to 30`, `[ 10 20-30 NAME ]`, `all`, `none`. What is no number is a name.
    pub(super) fn parse(text: &str) -> Self {
        let mut set = Self::default();
        let separated = |c: char| c == ',' || c == '[' || c == ']' || c.is_whitespace();
        let words: Vec<&str> = text.split(separated).filter(|w| !w.is_empty()).collect();
        let mut words = words.into_iter().peekable();
        while let Some(word) = words.next() {
            match word {
                "all" => set.add(&Self::all()),
                "none" => {}
                _ => {
                    let end = words.next_if_eq(&"to").and_then(|_| words.next());
                    set.add_word(word, end);
                }
            }
        }
        set
    }

    fn add_word(&mut self, word: &str, end: Option<&str>) {
        let range = match (word.split_once('-'), end) {
            (Some((from, to)), None) => number(from).zip(number(to)),
            (_, Some(end)) => number(word).zip(number(end)),
            _ => number(word).map(|number| (number, number)),
        };
        match range {
            Some((from, to)) => self.numbers.extend(from..=to),
            None => {
                self.names.insert(word.trim_matches('"').to_owned());
            }
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.numbers.extend(&other.numbers);
        self.names.extend(other.names.iter().cloned());
    }

    pub(super) fn remove(&mut self, other: &Self) {
        self.numbers
            .retain(|number| !other.numbers.contains(number));
        self.names.retain(|name| !other.names.contains(name));
    }

    /// Leaves out the numbers that are not wanted.
    pub(super) fn keep(&mut self, is_wanted: impl Fn(u16) -> bool) {
        self.numbers.retain(|number| is_wanted(*number));
    }

    /// Says whether it names every VLAN: what it names then means whatever is there.
    pub(super) fn is_all(&self) -> bool {
        self.numbers.len() == usize::from(HIGHEST)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.names.is_empty()
    }

    pub(super) fn contains(&self, number: u16) -> bool {
        self.numbers.contains(&number)
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = u16> {
        self.numbers.iter().copied()
    }

    /// Writes it in ranges, names last.
    pub(super) fn ranges(&self) -> String {
        let mut ranges: Vec<(u16, u16)> = Vec::new();
        for number in self.numbers() {
            match ranges.last_mut() {
                Some(last) if last.1 + 1 == number => last.1 = number,
                _ => ranges.push((number, number)),
            }
        }
        let numbers = ranges.into_iter().map(|(from, to)| match from == to {
            true => from.to_string(),
            false => format!("{from}-{to}"),
        });
        numbers
            .chain(self.names.iter().cloned())
            .collect::<Vec<_>>()
            .join(",")
    }
}

fn number(text: &str) -> Option<u16> {
    text.parse()
        .ok()
        .filter(|number| (1..=HIGHEST).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_platform_s_way_to_write_a_list_is_read() {
        for (text, ranges) in [
            ("1,10-12,20", "1,10-12,20"),
            ("10 20 to 22 30", "10,20-22,30"),
            ("[ 10 20-21 BLUE ]", "10,20-21,BLUE"),
            ("none", ""),
            ("all", "1-4094"),
            ("5", "5"),
        ] {
            assert_eq!(VlanSet::parse(text).ranges(), ranges, "{text}");
        }
    }

    #[test]
    fn a_number_that_no_frame_can_carry_is_no_vlan() {
        assert_eq!(VlanSet::parse("0").numbers().count(), 0);
        assert_eq!(VlanSet::parse("4095").numbers().count(), 0);
        assert_eq!(VlanSet::parse("9-3").numbers().count(), 0);
    }

    #[test]
    fn deltas_add_and_take_away() {
        let mut set = VlanSet::parse("10-20");
        set.remove(&VlanSet::parse("12-18"));
        set.add(&VlanSet::parse("30"));
        assert_eq!(set.ranges(), "10-11,19-20,30");
        assert!(!set.is_all() && VlanSet::all().is_all());
    }
}
