//! Which numbers does a list of numbers and ranges name?

use serde::Deserialize;

/// Numbers, as ranges in rising order that neither touch nor overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbers(Vec<(u32, u32)>);

impl Numbers {
    fn of(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match joined.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last);
                }
                _ => joined.push((first, last)),
            }
        }
        Self(joined)
    }

    /// Says whether no number is named.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how many numbers are named.
    pub(super) fn count(&self) -> u64 {
        let sizes = self.0.iter();
        sizes.map(|(first, last)| u64::from(last - first) + 1).sum()
    }

    /// Returns the ranges, each with its last number.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = std::ops::RangeInclusive<u32>> {
        self.0.iter().map(|(first, last)| *first..=*last)
    }

    /// Returns each number.
    pub(super) fn each(&self) -> impl Iterator<Item = u32> {
        self.0.iter().flat_map(|(first, last)| *first..=*last)
    }

    /// Returns the numbers of both.
    pub(super) fn with(&self, other: &Self) -> Self {
        Self::of([&self.0[..], &other.0[..]].concat())
    }

    /// Returns the numbers that the other does not name.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut gone = other.0.iter().peekable();
        for (first, last) in &self.0 {
            let mut from = u64::from(*first);
            while gone.next_if(|(_, end)| u64::from(*end) < from).is_some() {}
            let mut ahead = gone.clone();
            while let Some((start, end)) = ahead.next_if(|(start, _)| start <= last) {
                if u64::from(*start) > from {
                    left.push((narrow(from), start - 1));
                }
                from = u64::from(*end) + 1;
            }
            if from <= u64::from(*last) {
                left.push((narrow(from), *last));
            }
        }
        Self(left)
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).expect("it stands inside a range")
}

/// How a list of numbers is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Notation {
    separator: String,
    to: String,
}

impl Default for Notation {
    fn default() -> Self {
        Self {
            separator: ",".to_owned(),
            to: "-".to_owned(),
        }
    }
}

impl Notation {
    /// How it is written with these marks; commas and dashes where they are left out.
    pub(super) fn of(separator: Option<String>, to: Option<String>) -> Self {
        let usual = Self::default();
        Self {
            separator: separator.unwrap_or(usual.separator),
            to: to.unwrap_or(usual.to),
        }
    }

    /// Reads a list; none where it is none.
    pub(super) fn read(&self, text: &str) -> Option<Numbers> {
        let dashed = text.trim().replace(&self.to, "-");
        let items = dashed.split(self.separator.as_str());
        let ranges = items
            .map(|item| range(item.trim()))
            .collect::<Option<_>>()?;
        Some(Numbers::of(ranges))
    }

    /// Writes a list, as short as it can be, in pieces of at most so many characters.
    pub(super) fn pieces(&self, numbers: &Numbers, longest: usize) -> Vec<String> {
        let mut pieces: Vec<String> = Vec::new();
        for (first, last) in &numbers.0 {
            let item = match first == last {
                true => first.to_string(),
                false => format!("{first}{}{last}", self.to),
            };
            match pieces.last_mut() {
                Some(piece) if piece.len() + item.len() < longest => {
                    piece.push_str(&self.separator);
                    piece.push_str(&item);
                }
                _ => pieces.push(item),
            }
        }
        pieces
    }
}

fn range(item: &str) -> Option<(u32, u32)> {
    let number = |text: &str| {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_plain)
    };
    let (first, last) = item.split_once('-').unwrap_or((item, item));
    let (first, last) = (number(first)?, number(last)?);
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<Numbers> {
        Notation::default().read(text)
    }

    fn written(numbers: &Numbers) -> String {
        Notation::default().pieces(numbers, usize::MAX).join(";")
    }

    #[test]
    fn a_list_is_written_as_short_as_it_can_be() {
        for (text, expected) in [
            ("10,11,12", Some("10-12")),
            ("20-30,1,25-40,2", Some("1-2,20-40")),
            ("4294967295,0", Some("0,4294967295")),
            ("7", Some("7")),
            ("7-3", None),
            ("7-", None),
            ("+7", None),
            ("a", None),
            ("", None),
            ("1,,2", None),
            ("4294967296", None),
        ] {
            let found = read(text).map(|numbers| written(&numbers));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn other_marks_stand_between_numbers() {
        let notation = Notation::of(Some(" ".into()), Some(" to ".into()));
        let numbers = notation.read("10 20 to 30 31").unwrap();
        assert_eq!(notation.pieces(&numbers, 80), ["10 20 to 31"]);
        assert_eq!(notation.pieces(&numbers, 5), ["10", "20 to 31"]);
    }

    proptest! {
        #[test]
        fn sets_are_added_and_taken_away(a in proptest::collection::btree_set(0u32..60, 0..40), b in proptest::collection::btree_set(0u32..60, 0..40)) {
            let of = |set: &std::collections::BTreeSet<u32>| Numbers::of(set.iter().map(|number| (*number, *number)).collect());
            let (left, right) = (of(&a), of(&b));
            prop_assert_eq!(left.without(&right).each().collect::<Vec<_>>(), a.difference(&b).copied().collect::<Vec<_>>());
            prop_assert_eq!(left.with(&right).each().collect::<Vec<_>>(), a.union(&b).copied().collect::<Vec<_>>());
            prop_assert_eq!(&left.without(&right), &of(&a.difference(&b).copied().collect()));
            prop_assert_eq!(left.count(), a.len() as u64);
        }
    }
}
