//! Does a device print an entry of an access list as it was typed?

use std::net::Ipv4Addr;

use super::ace::List;
use super::address::Prefix;
use super::execute::Device;
use super::table::{Effect, Rule};
use super::tree::Node;

/// Says whether it may not, or whether the same entry stands under another number: IOS then takes nothing, whatever the number
/// (recorded in cisco.ios issue 504), and NX-OS the same for an entry without one (cisco.nxos issue 611).
pub(super) fn is_doubtful(
    device: &Device<'_>,
    rule: &Rule,
    section: &Node,
    words: &[String],
) -> bool {
    if rule.effect != Some(Effect::Numbered) || !device.table.is_documented() {
        return false;
    }
    // A pattern takes the rest of a line as one word.
    let line = words.join(" ");
    let (number, entry) = split(&line);
    let Some((action, rest)) = entry.split_once(' ') else {
        return false;
    };
    let stands = |child: &Node| {
        let (other, text) = split(&child.text);
        // Some print more blanks behind `deny`.
        let is_entry = || text.split_whitespace().eq(entry.split(' '));
        text.ends_with(last_word(entry)) && is_entry() && other != number
    };
    (number.is_some() && section.children.iter().any(stands))
        || (action != "remark" && is_spelled_otherwise(device, section, rest))
        || (action != "remark" && !is_read(device, section, rest))
        || (action != "remark" && is_of_other_family(section, rest))
}

/// Says whether an entry is one that devices take: a mistyped word is refused. Lists of MAC addresses are not read.
fn is_read(device: &Device<'_>, section: &Node, entry: &str) -> bool {
    if section.text.starts_with("mac ") {
        return true;
    }
    let list = List {
        is_standard: section.text.contains(" access-list standard "),
        ports: &device.table.port_words,
    };
    list.takes(entry) && !(section.text.starts_with("ip ") && is_of_six(entry))
}

/// Says whether an entry is of IPv6: by its protocol, or by an address.
fn is_of_six(entry: &str) -> bool {
    let mut words = entry.split(' ');
    let is_six = |word: &str| {
        let prefix = Prefix::parse(word).map(Prefix::address);
        let address = prefix.or_else(|| word.parse().ok());
        address.is_some_and(|address| address.is_ipv6())
    };
    matches!(words.clone().next(), Some("ipv6" | "icmpv6")) || words.any(is_six)
}

/// Says whether an entry of a list of one family names an address of the other one.
fn is_of_other_family(section: &Node, entry: &str) -> bool {
    let is_six = section.text.starts_with("ipv6 ");
    let address = |word: &str| {
        let prefix = Prefix::parse(word).map(Prefix::address);
        prefix.or_else(|| word.parse().ok())
    };
    let mut addresses = entry.split(' ').filter_map(address);
    !section.text.starts_with("mac ") && addresses.any(|address| address.is_ipv6() != is_six)
}

fn last_word(entry: &str) -> &str {
    entry.rsplit(' ').next().unwrap_or_default()
}

fn split(line: &str) -> (Option<&str>, &str) {
    let line = line.strip_prefix("sequence ").unwrap_or(line);
    match line.split_once(' ') {
        Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            (Some(number), rest)
        }
        _ => (None, line),
    }
}

fn is_spelled_otherwise(device: &Device<'_>, section: &Node, entry: &str) -> bool {
    const NAMED_VALUES: &[&str] = &["dscp", "precedence", "tos", "icmp-type"];
    let words: Vec<&str> = entry.split(' ').collect();
    let is_number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
    let is_pair = |pair: &[&str]| {
        let parsed: Vec<Ipv4Addr> = pair.iter().filter_map(|word| word.parse().ok()).collect();
        parsed.len() == 2
    };
    let everything = |pair: &[&str]| pair[1] == "255.255.255.255" && is_pair(pair);
    let prefixes = || words.iter().filter_map(|word| Prefix::parse(word));
    let is_whole = |prefix: Prefix| prefix.length() == 0;
    let is_single =
        |prefix: Prefix| prefix.length() == if prefix.address().is_ipv4() { 32 } else { 128 };
    let by_kind = match device.table.acl_prefixes {
        true => words.windows(2).any(is_pair),
        false => prefixes().any(|prefix| prefix.address().is_ipv4()),
    };
    let of_hosts = match device.table.acl_hosts {
        true => prefixes().any(is_single) || is_single_in_standard(section, &words),
        false => words.contains(&"host"),
    };
    by_kind
        || of_hosts
        || (device.table.acl_hosts && words.iter().any(|word| is_not_capital(word)))
        || prefixes().any(is_whole)
        || words.windows(2).any(everything)
        || words.first().is_some_and(is_number)
        || (matches!(words.first(), Some(&"icmp" | &"icmpv6" | &"igmp"))
            && words.last().is_some_and(is_number))
        || words
            .windows(2)
            .any(|pair| NAMED_VALUES.contains(&pair[0]) && is_number(&pair[1]))
}

/// IOS prints addresses of IPv6 short, in capitals.
fn is_not_capital(word: &str) -> bool {
    let (address, _) = word.split_once('/').unwrap_or((word, ""));
    let parsed = address.parse::<std::net::Ipv6Addr>();
    parsed.is_ok_and(|parsed| parsed.to_string().to_uppercase() != address)
}

/// A standard list of IOS prints single hosts before all others, and without `host`.
fn is_single_in_standard(section: &Node, words: &[&str]) -> bool {
    let has_mask = words[0] != "host" && words.len() > 1 && words[1].parse::<Ipv4Addr>().is_ok();
    section.text.starts_with("ip access-list standard ")
        && words[0] != "any"
        && !has_mask
        && Prefix::parse(words[0]).is_none()
}
