//! What makes a line prove nothing, although its rule knows it?
//!
//! Its neighbours, where no document says what becomes of both, and spellings that the device keeps otherwise than typed.

use std::net::Ipv4Addr;

use super::address::{Prefix, is_address};
use super::entry;
use super::execute::Device;
use super::known::key;
use super::refer;
use super::route;
use super::table::{Effect, Negative, Rule};
use super::tree::Node;

/// Says whether a line stands beside others with which the device may do otherwise than its rule says.
pub(super) fn by_neighbours(
    device: &Device<'_>,
    rule: &Rule,
    section: &Node,
    words: &[String],
) -> bool {
    if rule.is_documented() && has_other_system(section, words) {
        return true;
    }
    if !rule.is_documented() && turns_sign(rule, section, words) {
        return true;
    }
    if entry::is_doubtful(device, rule, section, words)
        || (rule.effect == Some(Effect::Route) && route::names_its_own(section, words))
        || may_bring(rule, section, words)
        || (rule.own_value && has_value_of_another(rule, section, words))
        || lacks_its_leader(rule, section, words)
        || (rule.is_documented() && goes_back(section, words))
        || lacks_its_group(rule, section, words)
        || (matches!(rule.negative, Some(Negative::Toggles | Negative::Replaces))
            && rule.is_documented()
            && section.child(&key(rule, words)).is_none())
    {
        return true;
    }
    if rule.beside.is_empty() && rule.alone.is_none() {
        return false;
    }
    let key = key(rule, words);
    let others = || section.children.iter().filter(|child| child.key != key);
    let is_beside = rule.beside.iter().any(|rival| {
        let rival = &refer::filled(rival, words);
        begins(&section.text, rival)
            || device.switches.iter().any(|line| begins(line, rival))
            || others().any(|other| begins(positive(&other.text), rival))
    });
    let mut lines = section.children.iter();
    let is_excused = is_beside && lines.any(|child| rule.unless.contains(&child.text));
    let has_twin = |count: usize| {
        let start = words[..count.min(words.len())].join(" ");
        others().any(|other| begins(positive(&other.text), &start))
    };
    (is_beside && !is_excused) || rule.alone.is_some_and(has_twin)
}

/// Says whether a metric with a sign and another one take each other's place: some of these changes are answered with `% [BGP] Can't find
/// rule.`, though the new one is printed then (recorded, FRR 8.4.4).
fn turns_sign(rule: &Rule, section: &Node, words: &[String]) -> bool {
    let is_signed = |line: &str| {
        let value = line.strip_prefix("set metric ");
        value.is_some_and(|value| value.starts_with(['+', '-']))
    };
    let typed = words.join(" ");
    section.child(&key(rule, words)).is_some_and(|stands| {
        stands.text != typed && (is_signed(&stands.text) || is_signed(&typed))
    })
}

/// Says whether the line is missing that must stand before it.
fn lacks_its_leader(rule: &Rule, section: &Node, words: &[String]) -> bool {
    let Some(leader) = rule.follows.as_ref().map(|line| refer::filled(line, words)) else {
        return false;
    };
    let mut lines = section.children.iter();
    !lines.any(|line| begins(&line.text, &leader))
}

/// Says whether an entry of a route map goes on with itself or an earlier one (IOS BGP command reference, continue: a higher one).
fn goes_back(section: &Node, words: &[String]) -> bool {
    let own = section.text.rsplit(' ').next();
    let own = own.and_then(|own| own.parse::<u32>().ok());
    let target = words.get(1).and_then(|word| word.parse::<u32>().ok());
    words[0] == "continue" && target.zip(own).is_some_and(|(target, own)| target <= own)
}

/// Says whether a line speaks of a group of BGP peers that was not made: only an address is a peer by itself.
fn lacks_its_group(rule: &Rule, section: &Node, words: &[String]) -> bool {
    let [head, name, what, ..] = words else {
        return false;
    };
    let is_of_group = rule.is_documented() && head == "neighbor" && !is_address(name);
    let groups = [
        format!("neighbor {name} peer group"),
        format!("neighbor {name} peer-group"),
    ];
    let mut lines = section.children.iter();
    is_of_group
        && what != "peer"
        && what != "default"
        && section.text.starts_with("router bgp ")
        && !lines.any(|line| groups.contains(&line.text))
}

/// Says whether another line has the value of this one, which only one may have: a segment belongs to one VLAN.
fn has_value_of_another(rule: &Rule, section: &Node, words: &[String]) -> bool {
    let key = key(rule, words);
    let ends = |line: &str| {
        let other: Vec<&str> = line.split(' ').collect();
        other.first() == words.first().map(String::as_str).as_ref()
            && other.last() == words.last().map(String::as_str).as_ref()
    };
    let mut lines = section.children.iter();
    lines.any(|child| child.key != key && ends(&child.text))
}

/// Says whether the device may print another line besides, as some releases do.
fn may_bring(rule: &Rule, section: &Node, words: &[String]) -> bool {
    let Some(more) = rule.may_bring.as_ref().filter(|_| words.len() > 2) else {
        return false;
    };
    if section.child(&key(rule, words)).is_some() {
        return false;
    }
    let tells = |other: &Node| {
        let own: Vec<String> = other.text.split(' ').map(str::to_owned).collect();
        let is_kin = own.len() > 2 && own[0] == words[0] && own[2] == words[2];
        let [more, group] = [more, "neighbor {1} peer"].map(|start| refer::filled(start, &own));
        let mut lines = section.children.iter();
        let is_member = |line: &Node| line.text != other.text && begins(&line.text, &group);
        is_kin && !lines.any(|line| begins(&line.text, &more) || is_member(line))
    };
    !section.children.iter().any(tells)
}

/// Says whether an IS-IS title names another system than one that stands: a router has one (IOS IS-IS command reference, net).
fn has_other_system(section: &Node, words: &[String]) -> bool {
    const SYSTEM: usize = "0000.0000.0001.00".len();
    let [head, title] = words else {
        return false;
    };
    let system = |title: &str| {
        title
            .get(title.len().saturating_sub(SYSTEM)..)
            .map(str::to_owned)
    };
    let mut lines = section.children.iter();
    head == "net"
        && lines.any(|child| {
            let other = child.text.strip_prefix("net ");
            other.is_some_and(|other| system(other) != system(title))
        })
}

/// Says whether the device prints a line that is set otherwise than typed, or does not print it.
pub(super) fn by_spelling(
    device: &Device<'_>,
    rule: &Rule,
    section: &Node,
    words: &[String],
) -> bool {
    let is_shown = rule.shown_with.is_empty()
        || rule.shown_with.iter().any(|shown| {
            let mut lines = section.children.iter();
            lines.any(|child| begins(&child.text, shown))
                || device.switches.iter().any(|line| begins(line, shown))
        });
    // A pattern takes the rest of a line as one word.
    let line = words.join(" ");
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let words = &words[..];
    !is_shown
        || (rule.rises && falls(words))
        || (rule.even && words.iter().any(|word| is_odd(word)))
        || (rule.is_documented() && is_of_another_kind(device, words))
        || (rule.is_documented() && is_too_long(words))
        || (rule.is_documented() && (has_host_bits(rule, words) || is_loose_range(rule, words)))
        || (rule.effect == Some(Effect::Numbered) && names_port(device, words))
        || (rule.classful && is_classful(words))
}

/// Says whether a number stands before a smaller one, or an address before a smaller one.
fn falls(words: &[String]) -> bool {
    let numbers: Vec<u64> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let addresses: Vec<Ipv4Addr> = words.iter().filter_map(|word| word.parse().ok()).collect();
    !numbers.is_sorted() || !addresses.is_sorted()
}

fn is_odd(word: &str) -> bool {
    word.parse::<u64>().is_ok_and(|number| number % 2 == 1)
}

/// Says whether the number of an access list is one of lists of the other kind: IOS refuses it (IOS security command reference,
/// ip access-list: numbers of standard and of extended lists).
fn is_of_another_kind(device: &Device<'_>, words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (kind, name) = match words[..] {
        ["ip", "access-list", kind, name] => (kind, name),
        ["ip", "access-group", name, _] | ["access-class", name, ..] => ("", name),
        ["snmp-server", "community", _, _, name] => ("standard", name),
        _ => return false,
    };
    let is_right = |number: u32| match kind {
        "standard" => matches!(number, 1..=99 | 1300..=1999),
        "extended" => matches!(number, 100..=199 | 2000..=2699),
        _ => matches!(number, 1..=199 | 1300..=2699),
    };
    // A name begins with a letter.
    let is_number = name.starts_with(|c: char| c.is_ascii_digit()) && !device.table.acl_prefixes;
    is_number && !name.parse().is_ok_and(is_right)
}

/// Says whether a text is longer than all devices take it: descriptions are cut or refused, and names of VLANs.
fn is_too_long(words: &[String]) -> bool {
    const LONGEST: &[(&str, usize)] = &[
        ("description", 200),
        ("name", 37),
        ("hostname", 63),
        ("vrf", 47),
    ];
    let length = words.iter().map(|word| word.len() + 1).sum::<usize>() - 1;
    LONGEST
        .iter()
        .any(|(first, most)| words[0] == *first && length > *most)
}

/// Says whether a terminal takes characters of a line for something else than they are: `?` asks for help, `;` ends a command
/// of NX-OS and `|` filters what it prints; Cisco IOS takes no line longer than 254 characters.
pub(super) fn by_terminal(line: &str) -> bool {
    const LONGEST: usize = 250;
    let is_key = line.contains(" ssh-key ") || line.contains(" sshkey ");
    line.contains(['?', ';', '|', '\t']) || (line.len() > LONGEST && !is_key)
}

/// Says whether a line begins with these words; a `*` behind them cuts the last one.
pub(super) fn begins(line: &str, start: &str) -> bool {
    match start.strip_suffix('*') {
        Some(start) => line.starts_with(start),
        // Few lines have the end of a word at this place, and all lines of a device are asked.
        None => {
            let end = line.as_bytes().get(start.len());
            end.map_or(line.len() == start.len(), |end| *end == b' ') && line.starts_with(start)
        }
    }
}

fn positive(line: &str) -> &str {
    line.strip_prefix("no ").unwrap_or(line)
}

/// Says whether an address stands with bits that its mask does not look at: the device clears them where it matches by them.
fn has_host_bits(rule: &Rule, words: &[String]) -> bool {
    let is_entry = rule.effect == Some(Effect::Numbered);
    let is_remark = words.iter().take(2).any(|word| word == "remark");
    let is_loose = |word: &String| {
        Prefix::parse(word).is_some_and(|prefix| prefix.masked().number() != prefix.number())
    };
    let is_wild = |(address, mask): (u32, u32)| {
        let ignored = if rule.masked { !mask } else { mask };
        // Masks have no holes, but for those of access lists.
        let has_holes = ignored & ignored.wrapping_add(1) != 0;
        address & ignored != 0 || (is_entry && mask == 0) || (!is_entry && has_holes)
    };
    let has_mask = is_entry || rule.wildcard || rule.masked;
    // The mask of a network of BGP has a word of its own before it.
    let bare: Vec<String> = words
        .iter()
        .filter(|word| *word != "mask")
        .cloned()
        .collect();
    !is_remark
        && ((is_entry && words.iter().any(is_loose))
            || (has_mask && pairs(&bare).into_iter().any(is_wild)))
}

/// Returns the addresses that a mask stands behind, with it. Behind `host` there is none.
fn pairs(words: &[String]) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    let mut rest = words;
    while let [first, second, ..] = rest {
        let both = |one: &String, other: &String| -> Option<(u32, u32)> {
            let [one, other]: [Ipv4Addr; 2] = [one.parse().ok()?, other.parse().ok()?];
            Some((one.to_bits(), other.to_bits()))
        };
        let pair = both(first, second);
        pairs.extend(pair);
        let taken = if pair.is_some() || first == "host" {
            2
        } else {
            1
        };
        rest = &rest[taken..];
    }
    pairs
}

/// Says whether a prefix list asks for `ge` and `le` that the documents do not allow: beyond the mask, each greater than the
/// one before.
fn is_loose_range(rule: &Rule, words: &[String]) -> bool {
    if rule.effect != Some(Effect::Sequence) && words[0] != "seq" {
        return false;
    }
    let bound = |name: &str| -> Option<u8> {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1)?.parse().ok()
    };
    let mask = words.iter().find_map(|word| Prefix::parse(word));
    let rises = |bounds: &[Option<u8>]| {
        let present: Vec<u8> = bounds.iter().copied().flatten().collect();
        present.is_sorted_by(|low, high| low < high)
    };
    let mask = mask.map(Prefix::length);
    !rises(&[mask, bound("ge"), bound("le")]) || !rises(&[mask, bound("eq")])
}

/// Says whether a port is written as a number for which the device prints a name.
fn names_port(device: &Device<'_>, words: &[String]) -> bool {
    let is_named = |word: &String| {
        let mut named = device.table.named_ports.iter();
        word.parse()
            .is_ok_and(|port: u16| named.any(|other| *other == port))
    };
    let is_operator = |word: &String| matches!(word.as_str(), "eq" | "neq" | "gt" | "lt" | "range");
    let mut places = words
        .iter()
        .enumerate()
        .filter(|(_, word)| is_operator(word));
    places.any(|(at, word)| {
        let count = if word == "eq" || word == "neq" { 10 } else { 2 };
        let numbers = words[at + 1..].iter().take(count);
        numbers
            .take_while(|word| word.parse::<u16>().is_ok())
            .any(is_named)
    })
}

/// Says whether a network and its mask are those of a class, or a network without a mask is not: IOS leaves the mask of a class out.
fn is_classful(words: &[String]) -> bool {
    let addresses: Vec<Ipv4Addr> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let Some(network) = addresses.first() else {
        return false;
    };
    let class = match network.octets()[0] {
        0..=127 => u32::MAX << 24,
        128..=191 => u32::MAX << 16,
        _ => u32::MAX << 8,
    };
    match addresses.get(1) {
        Some(mask) => mask.to_bits() == class,
        None => network.to_bits() & !class != 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_network_of_a_class_is_written_without_its_mask() {
        for line in [
            "network 10.0.0.0 mask 255.0.0.0",
            "network 192.168.1.0 mask 255.255.255.0",
            "network 10.1.0.0",
        ] {
            assert!(is_classful(&words(line)), "{line}");
        }
        for line in [
            "network 10.0.0.0 mask 255.255.0.0",
            "network 192.168.1.0",
            "network 172.16.0.0",
        ] {
            assert!(!is_classful(&words(line)), "{line}");
        }
    }

    #[test]
    fn an_address_and_its_mask_are_a_pair() {
        let found = |line: &str| pairs(&words(line)).len();
        assert_eq!(
            found("permit ip 10.0.0.0 0.0.255.255 10.1.0.0 0.0.0.255"),
            2
        );
        assert_eq!(
            found("permit tcp host 10.0.0.1 10.1.0.0 0.0.0.255 eq 22"),
            1
        );
        assert_eq!(found("ip route 10.0.0.0 255.0.0.0 10.0.0.1"), 1);
    }

    #[test]
    fn a_line_begins_with_whole_words() {
        assert!(begins("ip address 10.0.0.1", "ip address"));
        assert!(!begins("ip addresses", "ip address"));
        assert!(begins("interface Serial0/0", "interface Serial*"));
    }
}
