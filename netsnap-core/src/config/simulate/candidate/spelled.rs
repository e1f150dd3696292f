//! Does a device print a line as it was typed?
//!
//! Huawei devices print masks for lengths, leave bits out that a mask does not look at, name ports, and name interfaces in full
//! (VRP 8 command reference, IP, routing and ACL commands: their examples, by name). DNOS prints a protocol with its number (DNOS
//! command reference, access-lists rule: `protocol tcp(0x06)`). What is doubtful here proves nothing.

use std::net::Ipv4Addr;

use super::super::address::Prefix;
use super::super::{interface, named};
use super::{lengths, rules};

/// Kinds of interfaces as the device spells them.
const INTERFACES: &[&str] = &[
    "GigabitEthernet",
    "XGigabitEthernet",
    "Ethernet",
    "Eth-Trunk",
    "LoopBack",
    "Vlanif",
    "Vbdif",
    "Nve",
    "NULL",
    "MEth",
    "Tunnel",
];

/// Ways by which a person may be known, allowed and counted.
const WAYS: &[&str] = &[
    "aaa",
    "hwtacacs",
    "if-authenticated",
    "local",
    "none",
    "password",
    "radius",
];

/// Ports that access lists print with a name (Huawei CloudEngine 6800 command reference, rule of an advanced list: of 22 they know none).
const PORTS: &[u16] = &[
    7, 9, 13, 19, 20, 21, 23, 25, 37, 42, 43, 49, 53, 65, 67, 68, 69, 70, 79, 80, 90, 101, 109,
    110, 111, 119, 123, 137, 138, 139, 161, 162, 177, 179, 194, 434, 435, 512, 513, 514, 515, 517,
    520, 540, 543, 544,
];

/// Says whether DNOS may print it otherwise.
pub(super) fn otherwise_by_dnos(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_loose = |word: &str| Prefix::parse(word).is_some_and(|prefix| prefix.masked() != prefix);
    let is_other = |pair: &[&str]| match pair[0] {
        "protocol" => pair[1] != "any" && !pair[1].ends_with(')'),
        "src-ip" | "dest-ip" => is_loose(pair[1]),
        _ => false,
    };
    let has = |word: &str| words.contains(&word);
    let has_ports = has("src-ports") || has("dest-ports");
    match words[..] {
        ["rule", _, "allow" | "deny", ref rest @ ..] => {
            words.windows(2).any(is_other)
                || rules::are_strange_to_dnos(rest)
                || are_out_of_bounds(&words)
                || (has_ports && !has("protocol"))
        }
        ["timers", "keep-alive", every, "hold-time", held] => is_held_short(every, held, 1),
        _ => false,
    }
}

/// Says whether a session ends before so many signs of life are late; held for ever it does not end (RFC 4271, section 4.4: a third
/// of the time that it is held is between two).
fn is_held_short(every: &str, held: &str, signs: u32) -> bool {
    let (Ok(every), Ok(held)) = (every.parse::<u32>(), held.parse::<u32>()) else {
        return true;
    };
    held != 0 && (held < 3 || held < every.saturating_mul(signs))
}

/// Says whether bounds of a length are under that of their prefix, or cross.
fn are_out_of_bounds(words: &[&str]) -> bool {
    let Some(prefix) = words.iter().find_map(|word| Prefix::parse(word)) else {
        return false;
    };
    let bound = |name: &&str| {
        let pair = words.windows(2).find(|pair| pair[0] == *name)?;
        pair[1].parse::<u8>().ok()
    };
    let bounds: Vec<u8> = ["eq", "ge", "le"].iter().filter_map(bound).collect();
    lengths::are_outside(prefix, &bounds)
}

/// Says whether a Huawei device may print it otherwise.
pub(super) fn otherwise_by_vrp(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let by_its_kind = match words[..] {
        ["ip", "address", _, mask, ..] => {
            mask.parse::<Ipv4Addr>().is_err() || interface::is_no_host(&words)
        }
        ["ip", "route-static", ref rest @ ..] => {
            networks(rest).next().is_none_or(|pair| !is_exact(pair))
        }
        ["network", address, mask, ..] => !is_exact((address, mask)),
        ["ip", "ip-prefix", ref rest @ ..] => is_loose_prefix(rest),
        ["rule", _, "permit" | "deny", ref rest @ ..] => {
            is_loose_rule(rest) || rules::are_strange_to_vrp(rest)
        }
        ["rule", _, "description", ..] => false,
        [
            "authentication-mode" | "authorization-mode" | "accounting-mode",
            ref rest @ ..,
        ] => !rest.iter().all(|way| WAYS.contains(way)),
        ["rule", _, _, ..] => true,
        ["peer", _, "timer", "keepalive", every, "hold", held] => is_held_short(every, held, 3),
        _ => false,
    };
    by_its_kind || named::is_short(INTERFACES, &words)
}

/// Returns the addresses of a line that stand behind none, with the words behind them.
fn networks<'w>(words: &'w [&'w str]) -> impl Iterator<Item = (&'w str, &'w str)> {
    let is_address = |word: &str| word.parse::<Ipv4Addr>().is_ok();
    let pairs = words.windows(2).enumerate();
    let first = pairs
        .filter(move |(at, pair)| is_address(pair[0]) && (*at == 0 || !is_address(words[at - 1])));
    first.map(|(_, pair)| (pair[0], pair[1]))
}

/// Says whether an address stands with a mask, or with what a mask leaves out, and has no other bits.
fn is_exact((address, mask): (&str, &str)) -> bool {
    let [Ok(address), Ok(mask)] =
        [address, mask].map(|word| word.parse::<Ipv4Addr>().map(Ipv4Addr::to_bits))
    else {
        return false;
    };
    let is_mask = mask.leading_ones() + mask.trailing_zeros() == u32::BITS;
    match is_mask && mask != 0 {
        true => address & !mask == 0,
        false => address & mask == 0,
    }
}

/// A prefix with other bits than its length looks at, or one bound alone: the other one may be filled in.
fn is_loose_prefix(words: &[&str]) -> bool {
    let has = |bound: &str| words.contains(&bound);
    let is_loose = |(address, length): (&str, &str)| {
        let address = address.parse().map(Ipv4Addr::to_bits);
        let (Ok(address), Ok(length)) = (address, length.parse::<u32>()) else {
            return true;
        };
        address.checked_shl(length).is_some_and(|rest| rest != 0)
    };
    has("greater-equal") != has("less-equal") || networks(words).any(is_loose)
}

/// A rule with other bits than its wildcard looks at, with a number for what has a name, or with its words in another order.
fn is_loose_rule(words: &[&str]) -> bool {
    const ENDS: [&str; 4] = ["source", "source-port", "destination", "destination-port"];
    // Whether the port of the source stands before the address of the destination is not known.
    const ORDER: [(&str, &str); 4] = [
        ("source", "source-port"),
        ("source", "destination"),
        ("source-port", "destination-port"),
        ("destination", "destination-port"),
    ];
    const OPERATORS: &[&str] = &["eq", "neq", "gt", "lt", "range"];
    let is_single = |(_, mask): (&str, &str)| mask == "0";
    let is_number = |word: &str| word.parse::<u16>().is_ok();
    let is_named = |pair: &[&str]| {
        let port = pair[1].parse().is_ok_and(|port| PORTS.contains(&port));
        (OPERATORS.contains(&pair[0]) && port)
            || (matches!(pair[0], "dscp" | "precedence" | "icmp-type" | "tos")
                && is_number(pair[1]))
            || (ENDS.contains(&pair[0]) && pair[1] == "any")
    };
    let place = |word: &str| words.iter().position(|other| *other == word);
    let is_turned = |(first, last): &(&str, &str)| {
        place(last).is_some_and(|last| place(first).is_some_and(|first| first > last))
    };
    let mut networks = networks(words);
    networks.any(|pair| !is_single(pair) && (pair.1 == "0.0.0.0" || !is_exact(pair)))
        || words.windows(2).any(is_named)
        || words.first().is_some_and(|protocol| is_number(protocol))
        || ORDER.iter().any(is_turned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_printed_as_it_was_typed() {
        for line in [
            "ip address 10.0.0.1 255.255.255.0 sub",
            "ip route-static 10.0.0.0 255.0.0.0 NULL0",
            "ip route-static vpn-instance A 0.0.0.0 0.0.0.0 10.1.1.1",
            "network 10.0.0.0 0.0.0.255",
            "network 10.0.0.1 0.0.0.0",
            "network 10.0.0.0 255.255.255.0",
            "ip ip-prefix P index 10 permit 10.0.0.0 8",
            "ip ip-prefix P index 10 permit 10.0.0.0 8 greater-equal 8 less-equal 24",
            "ip ip-prefix P index 10 deny 0.0.0.0 0 greater-equal 1 less-equal 32",
            "rule 5 permit tcp source 10.0.0.0 0.0.0.255 destination 10.1.0.1 0 destination-port eq 443",
            "rule 5 permit source 10.0.0.7 0",
            "silent-interface GigabitEthernet0/0/1",
            "peer 10.0.0.1 timer keepalive 10 hold 30",
            "peer 10.0.0.1 timer keepalive 0 hold 0",
            "description network 10.0.0.7 24",
            "rule 5 description eq 23",
            "authentication-mode hwtacacs local",
        ] {
            assert!(!otherwise_by_vrp(line), "{line}");
        }
        for line in [
            "ip address 10.0.0.1 24",
            "ip address 10.0.0.0 255.255.255.0",
            "ip address 10.0.0.1 255.0.255.0",
            "ip route-static 10.0.0.0 8 10.1.1.1",
            "ip route-static 10.0.0.1 255.0.0.0 10.1.1.1",
            "network 10.0.0.7 0.0.0.255",
            "network 10.0.0.0 24",
            "ip ip-prefix P index 10 permit 10.0.0.1 8",
            "ip ip-prefix P index 10 permit 10.0.0.0 8 less-equal 24",
            "rule 5 permit ip source 10.0.0.7 0.0.0.255",
            "rule 5 permit ip source 10.0.0.7 0.0.0.0",
            "rule 5 permit ip source any",
            "rule 5 permit tcp destination-port eq 23",
            "rule 5 permit 6 source 10.0.0.7 0",
            "rule 5 permit ip destination 10.0.0.7 0 source 10.0.0.8 0",
            "rule 5 permit ip dscp 46",
            "authentication-mode hwtacaas local",
            "silent-interface gigabitethernet0/0/1",
            "peer 10.0.0.1 timer keepalive 10 hold 20",
        ] {
            assert!(otherwise_by_vrp(line), "{line}");
        }
    }

    #[test]
    fn a_protocol_has_its_number() {
        let rule = "rule 10 allow src-ip 10.0.0.0/8 protocol tcp(0x06) dest-ports 22";
        assert!(!otherwise_by_dnos(rule));
        assert!(!otherwise_by_dnos("rule 10 deny protocol any"));
        assert!(otherwise_by_dnos(&rule.replace("(0x06)", "")));
        assert!(otherwise_by_dnos(&rule.replace("10.0.0.0/8", "10.0.0.1/8")));
    }

    #[test]
    fn bounds_hold_a_length() {
        let rule = |bounds: &str| format!("rule 10 allow 192.0.2.0/24 matching-len {bounds}");
        for bounds in ["ge 24", "le 32", "eq 30", "ge 25 le 28"] {
            assert!(!otherwise_by_dnos(&rule(bounds)), "{bounds}");
        }
        for bounds in ["ge 23", "le 33", "eq 20", "ge 28 le 25"] {
            assert!(otherwise_by_dnos(&rule(bounds)), "{bounds}");
        }
    }
}
