//! How do the only two entries of a list change places without the list being empty for a moment?
//!
//! A device that refuses an entry which stands already, under whatever number, has to lose both before one can come again. A list
//! without entries lets everything through, or nothing: one entry is parked behind the other until that has its number.

use std::collections::HashMap;

use crate::config::canonical::Item;
use crate::diff::matching::Matching;

/// No list of any platform counts farther.
const LAST: u64 = 65_000;

/// Two entries that take each other's number: where they stand among the pairs of a section.
pub(super) type Swap = (usize, usize);

/// Finds the lists that consist of two entries, before and after, that take each other's number.
pub(super) fn swaps(matching: &Matching<'_>) -> Vec<Swap> {
    let mut moved: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, (old, new)) in matching.both.iter().enumerate() {
        let is_moved = !old.has_text_of(*new) && is_stubborn(*new);
        if let Some((list, _)) = entry(*new).filter(|_| is_moved) {
            moved.entry(list).or_default().push(place);
        }
    }
    moved.retain(|_, places| places.len() == 2);
    if moved.is_empty() {
        return Vec::new();
    }
    let all = matching.both.iter().map(|(_, new)| new);
    let all = all.chain(&matching.removed).chain(&matching.added);
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (list, _) in all.filter_map(|item| entry(*item)) {
        *counts.entry(list).or_default() += 1;
    }
    moved.retain(|list, _| counts.get(list) == Some(&2));
    let pairs = moved.into_values().map(|places| (places[0], places[1]));
    let mut pairs: Vec<Swap> = pairs
        .filter(|pair| change_places(matching, *pair))
        .collect();
    pairs.sort_unstable();
    pairs
}

fn change_places(matching: &Matching<'_>, (one, other): Swap) -> bool {
    let ((one, to_one), (other, to_other)) = (matching.both[one], matching.both[other]);
    entry(one) == entry(to_other) && entry(other) == entry(to_one)
}

fn entry(item: Item<'_>) -> Option<(String, String)> {
    item.rule()?.entry(item.text())
}

fn is_stubborn(item: Item<'_>) -> bool {
    item.rule().is_some_and(|rule| rule.remove_first) && !item.is_section()
}

/// Returns a line that says what two others say under two numbers, under a number behind both. None where they do not differ in
/// their number alone, or none is left.
pub(super) fn parked(one: &str, other: &str) -> Option<String> {
    let (one, other): (Vec<&str>, Vec<&str>) =
        (one.split(' ').collect(), other.split(' ').collect());
    if one.len() != other.len() {
        return None;
    }
    let mut places = (0..one.len()).filter(|place| one[*place] != other[*place]);
    let place = places.next().filter(|_| places.next().is_none())?;
    let [low, high] = [one[place], other[place]].map(str::parse::<u64>);
    let (low, high) = (low.ok()?, high.ok()?);
    let behind = low.max(high) + low.abs_diff(high);
    let mut words = one.clone();
    let number = (behind <= LAST).then(|| behind.to_string())?;
    words[place] = &number;
    Some(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::parked;

    #[test]
    fn an_entry_is_parked_behind_both() {
        let parked = |one, other| parked(one, other).unwrap_or_default();
        assert_eq!(
            parked("seq 5 permit a", "seq 10 permit a"),
            "seq 15 permit a"
        );
        assert_eq!(parked("20 permit a", "10 permit a"), "30 permit a");
        assert_eq!(parked("10 permit a", "10 permit a"), "");
        assert_eq!(parked("10 permit a", "20 permit b"), "");
        assert_eq!(parked("10 permit a", "65000 permit a"), "");
        assert_eq!(parked("10 permit a", "ten permit a"), "");
    }
}
