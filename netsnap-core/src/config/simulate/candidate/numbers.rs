//! What is in a set of numbers that is written `10 20 to 30`?

use std::collections::BTreeSet;

use super::value::Fit;

/// The largest number: these are VLANs.
const LARGEST: u16 = 4094;

/// Reads `10 20 to 22`.
pub(super) fn read<S: AsRef<str>>(words: &[S]) -> Option<Vec<u16>> {
    let mut numbers: Vec<u16> = Vec::new();
    let mut words = words.iter().map(AsRef::as_ref);
    while let Some(word) = words.next() {
        match word {
            "to" => {
                let (low, high): (u16, u16) = (*numbers.last()?, words.next()?.parse().ok()?);
                numbers.extend((low + 1..=high).take_while(|number| *number <= LARGEST));
            }
            number => numbers.push(number.parse().ok()?),
        }
    }
    let is_fine = |number: &u16| (1..=LARGEST).contains(number);
    (!numbers.is_empty() && numbers.iter().all(is_fine)).then_some(numbers)
}

/// Spells numbers as the device prints them.
pub(super) fn spelled<S: AsRef<str>>(words: &[S]) -> Fit {
    match read(words) {
        Some(numbers) => Fit::Yes(print(&numbers.into_iter().collect())),
        None => Fit::No,
    }
}

/// Adds numbers to others.
pub(super) fn with(value: Option<&str>, more: &str) -> String {
    print(&(&set(value.unwrap_or_default()) | &set(more)))
}

/// Takes numbers out of others; none when nothing is left.
pub(super) fn without(value: &str, fewer: &str) -> Option<String> {
    let left = &set(value) - &set(fewer);
    (!left.is_empty()).then(|| print(&left))
}

fn set(value: &str) -> BTreeSet<u16> {
    let words: Vec<&str> = value.split_whitespace().collect();
    read(&words).unwrap_or_default().into_iter().collect()
}

fn print(numbers: &BTreeSet<u16>) -> String {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let spelled = runs.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first} to {last}"),
    });
    spelled.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_grow_and_shrink() {
        assert_eq!(with(None, "10 20 to 22"), "10 20 to 22");
        assert_eq!(with(Some("10 20 to 22"), "11 23"), "10 to 11 20 to 23");
        assert_eq!(without("10 20 to 22", "21").as_deref(), Some("10 20 22"));
        assert_eq!(without("10", "10"), None);
        for wrong in ["", "x", "to 5", "0", "4095", "10 to"] {
            let words: Vec<&str> = wrong.split_whitespace().collect();
            assert_eq!(spelled(&words), Fit::No, "{wrong}");
        }
    }
}
