//! Which names and addresses mean the same, and which stand near each other?

use std::cmp::Ordering;
use std::net::Ipv4Addr;

/// Compares names as people do: digits as numbers.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let ((x, rest_x), (y, rest_y)) = match (part(left), part(right)) {
            (Some(x), Some(y)) => (x, y),
            (None, None) => return a.cmp(b),
            (x, _) => {
                return if x.is_some() {
                    Ordering::Greater
                } else {
                    Ordering::Less
                };
            }
        };
        let numbers = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        let order = if numbers(x) && numbers(y) {
            let (x, y) = (x.trim_start_matches('0'), y.trim_start_matches('0'));
            x.len().cmp(&y.len()).then_with(|| x.cmp(y))
        } else {
            x.cmp(y)
        };
        if order.is_ne() {
            return order;
        }
        (left, right) = (rest_x, rest_y);
    }
}

/// Splits off the digits, or what is not one, at the beginning.
fn part(text: &str) -> Option<(&str, &str)> {
    let digits = text.chars().next()?.is_ascii_digit();
    let end = text.find(|c: char| c.is_ascii_digit() != digits);
    Some(text.split_at(end.unwrap_or(text.len())))
}

/// Says whether two names mean one interface: `Gi1/0/1` is short for `GigabitEthernet1/0/1`.
pub(super) fn same_interface(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let split = |name: &str| {
        let name: String = name.split_whitespace().collect::<String>().to_lowercase();
        let at = name
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(name.len());
        let (kind, place) = name.split_at(at);
        (kind.to_owned(), place.to_owned())
    };
    let ((kind, place), (other_kind, other_place)) = (split(a), split(b));
    let shorter = kind.len().min(other_kind.len());
    place == other_place
        && !place.is_empty()
        && shorter >= 2
        && (kind.starts_with(&other_kind) || other_kind.starts_with(&kind))
}

/// Returns the name of an area as FRR writes it: 0 is 0.0.0.0.
pub(super) fn area(text: &str) -> String {
    let text = text.trim();
    match text.parse::<u32>() {
        Ok(number) => Ipv4Addr::from(number).to_string(),
        Err(_) => text.to_owned(),
    }
}

/// How far two addresses stand apart: those of one small network are nearer than any others.
pub(super) fn distance(a: Option<&str>, b: Option<&str>) -> u32 {
    let number = |text: Option<&str>| Some(u32::from(text?.parse::<Ipv4Addr>().ok()?));
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a ^ b,
        _ => u32::MAX,
    }
}

/// Says whether a text is an IPv4 address.
pub(super) fn is_address(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

/// The first label of a host name, in lower case.
pub(super) fn short_name(name: &str) -> String {
    let name = name.trim().trim_matches('"');
    if is_address(name) {
        return name.to_owned();
    }
    name.split('.').next().unwrap_or(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_natural_order() {
        let mut names = [
            "r10",
            "r2",
            "a",
            "r02",
            "10.255.0.10",
            "10.255.0.9",
            "r",
            "",
        ];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            [
                "",
                "10.255.0.9",
                "10.255.0.10",
                "a",
                "r",
                "r02",
                "r2",
                "r10"
            ]
        );
    }

    #[test]
    fn a_short_name_means_the_long_one() {
        for (a, b, same) in [
            ("Gi1/0/1", "GigabitEthernet1/0/1", true),
            ("Eth1/1", "Ethernet1/1", true),
            ("Fas 3/0/11", "FastEthernet3/0/11", true),
            ("eth1", "eth1", true),
            ("eth1", "eth11", false),
            ("Gi1/0/1", "Te1/0/1", false),
            ("Gi1/0/1", "Gi1/0/2", false),
            ("mgmt", "management", false),
        ] {
            assert_eq!(same_interface(a, b), same, "{a} {b}");
        }
    }

    #[test]
    fn areas_have_one_spelling() {
        assert_eq!(area("0"), "0.0.0.0");
        assert_eq!(area("1.2.3.4"), "1.2.3.4");
        assert_eq!(area(" 256 "), "0.0.1.0");
    }
}
