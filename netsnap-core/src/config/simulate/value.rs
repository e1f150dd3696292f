//! Which of the values that were typed does the device print, and which are the same to it?

use std::net::Ipv4Addr;

use super::known::key;
use super::table::Rule;
use super::tree::Node;

/// Returns the words as the device keeps them: without what it leaves out, with what it fills in.
pub(super) fn kept(rule: &Rule, mut words: Vec<String>) -> Vec<String> {
    for omitted in &rule.omits {
        let omitted: Vec<&str> = omitted.split(' ').collect();
        if let Some(at) = position(&words, &omitted) {
            words.drain(at..at + omitted.len());
        }
    }
    if let Some(filled) = &rule.fills
        && value(rule, &words).is_empty()
    {
        words.push(filled.clone());
    }
    words
}

fn position(words: &[String], searched: &[&str]) -> Option<usize> {
    words
        .windows(searched.len())
        .position(|window| window.iter().eq(searched))
}

/// Says whether the device does not print a line of these words, because they say what holds anyway.
pub(super) fn is_hidden(rule: &Rule, words: &[String]) -> bool {
    !rule.hidden.is_empty() && rule.hidden.contains(&value(rule, words))
}

/// Says whether the device may not print this value.
pub(super) fn is_doubtful(rule: &Rule, words: &[String]) -> bool {
    rule.doubtful.contains(&value(rule, words))
}

/// Says whether a line of the same identity stands with another value than the one that is named.
pub(super) fn names_another(rule: &Rule, section: &Node, words: &[String]) -> bool {
    words.join(" ") != key(rule, words) && is_other(rule, section, words)
}

/// The same, where what is named is not the beginning of the value either.
pub(super) fn contradicts(rule: &Rule, section: &Node, words: &[String]) -> bool {
    let start = words.join(" ") + " ";
    let stands = section.child(&key(rule, words));
    names_another(rule, section, words)
        && !stands.is_some_and(|stands| stands.text.starts_with(&start))
}

/// Says whether a line of the same identity stands with other words.
pub(super) fn is_other(rule: &Rule, section: &Node, words: &[String]) -> bool {
    let stands = section.child(&key(rule, words));
    stands.is_some_and(|stands| stands.text != words.join(" "))
}

/// Says whether what stands has words that a new line of its identity does not have, where they may stay: more of them, or others
/// where the value is options. What was measured is only longer.
pub(super) fn leaves_out(rule: &Rule, section: &Node, words: &[String]) -> bool {
    let stands = rule.options_stay.then(|| section.child(&key(rule, words)));
    let is_shorter = |text: &str| words.len() < text.split(' ').count();
    let has_options = rule.is_documented() && rule.set.0.has_options();
    stands.flatten().is_some_and(|stands| {
        is_shorter(&stands.text) || (has_options && !has_all(words, &stands.text))
    })
}

/// Says whether the words of a line are among these, in their order; a new number takes the place of an old one, and so does the name
/// of a route map.
fn has_all(words: &[String], text: &str) -> bool {
    let is_value = |word: &str| word.parse::<u64>().is_ok();
    let mut rest = words.iter();
    let mut last = "";
    text.split(' ').all(|old| {
        let is_map = std::mem::replace(&mut last, old) == "route-map";
        match is_map {
            true => rest.next().is_some(),
            false => rest.any(|new| new == old || (is_value(new) && is_value(old))),
        }
    })
}

fn value(rule: &Rule, words: &[String]) -> String {
    let identity = rule.set.0.identity_words().unwrap_or(words.len());
    words.get(identity..).unwrap_or_default().join(" ")
}

/// Says whether two lines mean the same: `area 1` and `area 0.0.0.1` do (recorded, FRR 8.4.4).
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let area = |line: &str| {
        let (head, area) = line.rsplit_once(" area ")?;
        let number = area
            .parse()
            .or_else(|_| area.parse().map(Ipv4Addr::to_bits));
        Some((head.to_owned(), number.ok()?))
    };
    one == other || area(one).is_some_and(|area_of_one| area(other) == Some(area_of_one))
}

/// Says why a prefix list refuses a range: the mask, `ge` and `le` must rise (recorded, FRR 8.4.4).
pub(super) fn bad_range(words: &[String]) -> Option<String> {
    let network = words.iter().find(|word| word.contains('/'))?;
    let mask: u8 = network.split_once('/')?.1.parse().ok()?;
    let bound = |name: &str| -> Option<u8> {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1)?.parse().ok()
    };
    let (ge, le) = (bound("ge"), bound("le"));
    let low = ge.unwrap_or(mask);
    let rises = mask <= low && le.is_none_or(|le| low <= le);
    (!rises).then(|| {
        format!(
            "% Configuration failed.\n\nError type: validation\nError description: Invalid prefix range for {network}: Make sure that mask length <= ge <= le"
        )
    })
}

/// Says why an entry of a route map does not go on with itself or an earlier one (recorded, FRR 8.4.4).
pub(super) fn goes_back(section: &Node, words: &[String]) -> Option<String> {
    let [first, second, target, ..] = words else {
        return None;
    };
    if (first.as_str(), second.as_str()) != ("on-match", "goto") {
        return None;
    }
    let own: u32 = section.text.rsplit(' ').next()?.parse().ok()?;
    let is_back = target.parse::<u32>().is_ok_and(|target| target <= own);
    is_back.then(|| "% Configuration failed.\n\nError type: validation".to_owned())
}

/// Says whether FRR changes these BGP timers: it keeps the keepalive below a third of the hold time (recorded, FRR 8.4.4).
pub(super) fn are_timers_adjusted(words: &[String]) -> bool {
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<u32>().ok());
    let Some(place) = words.iter().take(3).position(|word| word == "timers") else {
        return false;
    };
    let first = place + 1 + usize::from(words.get(place + 1).is_some_and(|word| word == "bgp"));
    match (number(first), number(first + 1)) {
        (Some(keepalive), Some(hold)) => keepalive * 3 > hold || matches!(hold, 1 | 2),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn an_area_is_the_same_as_a_number_and_as_an_address() {
        assert!(is_same(
            "network 10.0.0.0/8 area 1",
            "network 10.0.0.0/8 area 0.0.0.1"
        ));
        assert!(!is_same(
            "network 10.0.0.0/8 area 1",
            "network 10.0.0.0/8 area 2"
        ));
        assert!(!is_same(
            "network 10.0.0.0/8 area 1",
            "network 11.0.0.0/8 area 1"
        ));
    }

    #[test]
    fn a_range_must_rise_from_the_mask() {
        for line in ["p 10.0.0.0/8 le 7", "p 10.0.0.0/8 ge 24 le 16"] {
            assert!(bad_range(&words(line)).is_some(), "{line}");
        }
        for line in ["p 10.0.0.0/8", "p 10.0.0.0/8 ge 8 le 8", "p any"] {
            assert!(bad_range(&words(line)).is_none(), "{line}");
        }
    }
}
