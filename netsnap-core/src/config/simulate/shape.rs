//! Does a word have the shape that its value has on all devices?
//!
//! What has another one is refused as it is typed, or printed otherwise.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// An address that a host on a network has: not none, not its own loop, and not of many hosts.
pub(super) fn is_host(address: IpAddr) -> bool {
    let is_reserved = match address {
        IpAddr::V4(address) => matches!(address.octets()[0], 0 | 127 | 224..),
        IpAddr::V6(_) => false,
    };
    !is_reserved && !address.is_unspecified() && !address.is_loopback() && !address.is_multicast()
}

/// A number as it is printed: without a sign and without zeros before it.
pub(super) fn number<N: FromStr + ToString>(word: &str) -> Option<N> {
    let number: N = word.parse().ok()?;
    (number.to_string() == word).then_some(number)
}

/// A route target or distinguisher: `65000:1`, `10.0.0.1:1`, `4200000000:1` (RFC 4360, RFC 4364: six bytes for both halves).
pub(super) fn is_target(word: &str) -> bool {
    let Some((one, other)) = word.split_once(':') else {
        return false;
    };
    let is_short = number::<u16>(one).is_some();
    let is_wide = number::<u32>(one).is_some() || one.parse::<Ipv4Addr>().is_ok();
    (is_short && number::<u32>(other).is_some()) || (is_wide && number::<u16>(other).is_some())
}

/// A community: numbers or patterns with colons between, or a name that all know.
pub(super) fn is_community(word: &str) -> bool {
    const KNOWN: [&str; 3] = ["no-export", "no-advertise", "no-export-subconfed"];
    let mut parts = word.split(':');
    KNOWN.contains(&word) || (word.contains(':') && !parts.any(str::is_empty))
}

/// A community as Junos writes it: of two numbers, an extended or a large one by its name, or a pattern.
pub(super) fn is_written_community(word: &str) -> bool {
    if let Some(rest) = word.strip_prefix("large:") {
        return rest.matches(':').count() == 2 && is_member(rest);
    }
    let is_plain = |c: char| c.is_ascii_digit() || c == ':';
    match word.chars().all(is_plain) {
        true => word.matches(':').count() == 1 && is_member(word),
        false => is_member(word),
    }
}

/// A number of a VLAN, or a range of numbers that rises.
pub(super) fn are_vlans(word: &str) -> bool {
    let number = |part: &str| {
        part.parse::<u16>()
            .ok()
            .filter(|id| (1..=4094).contains(id))
    };
    match word.split_once('-') {
        Some((low, high)) => number(low).is_some() && number(low) < number(high),
        None => number(word).is_some(),
    }
}

/// Numbers of autonomous systems.
pub(super) fn are_systems(text: &str) -> bool {
    let is_system = |word: &str| word.parse::<u32>().is_ok_and(|number| number > 0);
    text.split(' ').all(is_system)
}

/// A pattern of paths of systems: numbers, points and operators, every bracket closed (Junos OS routing policies guide, AS path
/// regular expressions).
pub(super) fn is_path_pattern(text: &str) -> bool {
    let is_known = |c: char| c.is_ascii_digit() || " .*+?{},|()^$-[]".contains(c);
    text.chars().all(is_known) && is_closed(text)
}

/// Says whether every bracket of a pattern is closed.
fn is_closed(text: &str) -> bool {
    let is_so = |(open, close)| {
        let depth = text.chars().try_fold(0_u32, |depth, c| match c {
            c if c == open => Some(depth + 1),
            c if c == close => depth.checked_sub(1),
            _ => Some(depth),
        });
        depth == Some(0)
    };
    [('(', ')'), ('{', '}'), ('[', ']')].into_iter().all(is_so)
}

/// A class of forwarding of SR OS, or a part of one (Nokia YANG 25.10, `sap-ingress-fc-name`).
pub(super) fn is_forwarding_class(word: &str) -> bool {
    const CLASSES: [&str; 8] = ["be", "l2", "af", "l1", "h2", "ef", "h1", "nc"];
    let (class, part) = word.split_once('.').unwrap_or((word, "x"));
    CLASSES.contains(&class) && (1..=29).contains(&part.chars().count())
}

/// The number of a tunnel and that of a circuit in it.
pub(super) fn is_circuit(word: &str) -> bool {
    word.split_once(':').is_some_and(|(tunnel, circuit)| {
        let tunnel = tunnel.parse::<u16>();
        let is_tunnel = tunnel.is_ok_and(|tunnel| (1..=32767).contains(&tunnel));
        is_tunnel && circuit.parse::<u32>().is_ok_and(|circuit| circuit > 0)
    })
}

/// A port or a group of ports, with a tag, two of them, or none.
pub(super) fn is_access_point(word: &str) -> bool {
    let is_tag = |tag: &str| tag == "*" || tag.parse::<u16>().is_ok();
    let (port, tags) = match word.split_once(':') {
        Some((port, tags)) => (port, Some(tags)),
        None => (word, None),
    };
    let is_port = port.contains('/') || port.starts_with("lag-");
    is_port && tags.is_none_or(|tags| tags.split('.').count() < 3 && tags.split('.').all(is_tag))
}

/// The title of a system of IS-IS: an area, six bytes of the system, and a selector of zero (ISO 10589).
pub(super) fn is_title(word: &str) -> bool {
    let is_hex = |part: &str| {
        part.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let parts: Vec<&str> = word.split('.').collect();
    let [first, inner @ .., last] = &parts[..] else {
        return false;
    };
    let is_whole = |part: &&str| part.len() == 4 && is_hex(part);
    let is_number = first.len() == 2 && is_hex(first);
    is_number && (3..=9).contains(&inner.len()) && inner.iter().all(is_whole) && *last == "00"
}

/// What identifies a router: four bytes that are not zero (RFC 6286, section 2.1; RFC 2328, section C.1) and that an address could be.
pub(super) fn is_identifier(word: &str) -> bool {
    let address = word.parse::<Ipv4Addr>();
    address.is_ok_and(|address| !address.is_unspecified() && address.octets()[0] < 224)
}

/// An area of OSPF: a number, or four bytes of it.
pub(super) fn is_area_number(word: &str) -> bool {
    let number = word.parse::<u32>();
    number.is_ok_and(|number| number.to_string() == word) || word.parse::<Ipv4Addr>().is_ok()
}

/// Numbers of VLANs and ranges of them, with commas between, each behind the one before.
pub(super) fn are_listed_vlans(word: &str) -> bool {
    let ends = |part: &str| {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        Some([low.parse::<u16>().ok()?, high.parse().ok()?])
    };
    let all: Option<Vec<[u16; 2]>> = word.split(',').map(ends).collect();
    let rises = all.is_some_and(|all| all.windows(2).all(|pair| pair[0][1] < pair[1][0]));
    rises && word.split(',').all(are_vlans)
}

/// A part of a hundred, with two decimals.
pub(super) fn is_percent(word: &str) -> bool {
    let Some((whole, rest)) = word.split_once('.') else {
        return false;
    };
    let is_plain = whole
        .parse::<u8>()
        .is_ok_and(|number| number.to_string() == whole);
    let is_rest = rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit());
    is_plain && is_rest && word.parse::<f64>().is_ok_and(|part| part <= 100.0)
}

/// A mask of IPv4: ones, then zeros.
pub(super) fn is_mask(word: &str) -> bool {
    bits(word).is_some_and(|mask| mask.leading_ones() + mask.trailing_zeros() >= u32::BITS)
}

/// A wildcard of IPv4: zeros, then ones.
pub(super) fn is_wildcard(word: &str) -> bool {
    bits(word).is_some_and(|rest| rest.leading_zeros() + rest.trailing_ones() >= u32::BITS)
}

fn bits(word: &str) -> Option<u32> {
    word.parse().ok().map(Ipv4Addr::to_bits)
}

/// The name of a host: labels of letters, digits, hyphens and what stands for them in many networks, an underscore.
pub(super) fn is_host_name(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let is_ended = |label: &str| !label.starts_with('-') && !label.ends_with('-');
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && label.chars().all(is_plain) && is_ended(label)
    };
    word.len() <= 255 && word.split('.').all(is_label)
}

/// An area of IS-IS: a byte, then pairs of them (ISO 10589).
pub(super) fn is_area(word: &str) -> bool {
    let is_hex = |part: &str, length| {
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        part.len() == length && part.bytes().all(is_digit)
    };
    let mut parts = word.split('.');
    let starts = parts.next().is_some_and(|first| is_hex(first, 2));
    starts && word.len() <= 32 && parts.all(|part| is_hex(part, 4))
}

/// Interfaces of IOS XR that are no ports, with their first and last numbers (IOS XR command references, interface, by name).
const LOGICAL: &[(&str, u64, u64)] = &[
    ("Bundle-Ether", 1, 65_535),
    ("BVI", 1, 4_294_967_295),
    ("Loopback", 0, 2_147_483_647),
    ("Null", 0, 0),
    ("PW-Ether", 1, 32_768),
    ("nve", 1, 1),
    ("tunnel-ip", 0, 131_070),
    ("tunnel-te", 0, 65_535),
    ("tunnel-mte", 0, 65_535),
];

/// Ports of IOS XR.
const PORTS: &[&str] = &[
    "FastEthernet",
    "GigabitEthernet",
    "TwoPointFiveGigE",
    "TenGigE",
    "TwentyFiveGigE",
    "FortyGigE",
    "FiftyGigE",
    "HundredGigE",
    "TwoHundredGigE",
    "FourHundredGigE",
    "EightHundredGigE",
    "MgmtEth",
    "POS",
    "Serial",
];

/// The name of an interface of IOS XR: of a port, of what is none, or of a part of one.
pub(super) fn is_interface(word: &str) -> bool {
    let (name, part) = word.split_once('.').unwrap_or((word, "0"));
    let number = |word: &str| {
        let is_plain = word.bytes().all(|byte| byte.is_ascii_digit());
        word.parse::<u64>().ok().filter(|_| is_plain)
    };
    let is_logical = LOGICAL.iter().any(|(kind, low, high)| {
        let number = name.strip_prefix(kind).and_then(number);
        number.is_some_and(|number| (*low..=*high).contains(&number))
    });
    let is_port = PORTS.iter().any(|kind| {
        let rest = name.strip_prefix(kind).unwrap_or_default();
        rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains('/')
    });
    let has_part = number(part).is_some_and(|part| part <= u64::from(u32::MAX));
    (is_logical || is_port) && has_part
}

/// An address of a host, of either family, that is not the own one.
pub(super) fn is_server(word: &str) -> bool {
    let address = word.parse::<std::net::IpAddr>();
    address.is_ok_and(|address| {
        let is_no_host = address.is_multicast() || address.is_unspecified();
        !is_no_host && !address.is_loopback() && word != "255.255.255.255"
    })
}

/// Nine bytes with dots or colons between.
pub(super) fn is_segment(word: &str) -> bool {
    let is_byte = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts: Vec<&str> = word.split(['.', ':']).collect();
    parts.len() == 9 && parts.into_iter().all(is_byte)
}

/// Bits or bytes: a number, or one of thousands, millions or milliards. Thousands of one are one of the next.
pub(super) fn is_rate(word: &str, fewest: u64) -> bool {
    let number = word.strip_suffix(['k', 'm', 'g']).unwrap_or(word);
    let Some(plain) = number.parse::<u32>().ok() else {
        return false;
    };
    let times = match word.as_bytes().last() {
        Some(b'k') => 1_000,
        Some(b'm') => 1_000_000,
        Some(b'g') => 1_000_000_000,
        _ => 1,
    };
    let is_plain = plain.to_string() == number && plain > 0 && !number.ends_with("000");
    is_plain && u64::from(plain) * times >= fewest
}

/// The name of a physical interface: that of a medium has a slot, a card and a port, and where a port is split a channel, `xe-0/0/1:2`;
/// another one has no stroke.
pub(super) fn is_physical(word: &str) -> bool {
    let Some((medium, place)) = word.split_once('-') else {
        return !word.contains('/');
    };
    let (place, channel) = place.split_once(':').unwrap_or((place, "0"));
    let is_number = |part: &str| part.parse::<u16>().is_ok();
    medium.len() == 2
        && place.split('/').count() == 3
        && place.split('/').all(is_number)
        && is_number(channel)
}

/// The name of a user that is made: without blanks, and not the one that every device has.
pub(super) fn is_account(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
    word != "root" && word.chars().all(is_plain)
}

/// An address of one link, which needs the name of that beside it.
pub(super) fn is_of_link(word: &str) -> bool {
    let address = word.parse::<Ipv6Addr>();
    address.is_ok_and(|address| address.is_unicast_link_local())
}

/// A community of two numbers, a large one of three, or an extended one; or a pattern of one.
pub(super) fn is_member(word: &str) -> bool {
    let extended = ["target:", "origin:"];
    if let Some(rest) = extended.iter().find_map(|kind| word.strip_prefix(kind)) {
        return is_target(rest);
    }
    let parts: Vec<&str> = word.split(':').collect();
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !parts.iter().all(is_number) {
        return is_community(word) && is_closed(word);
    }
    match parts.len() {
        2 => parts.iter().all(|part| part.parse::<u16>().is_ok()),
        3 => parts.iter().all(|part| part.parse::<u32>().is_ok()),
        _ => false,
    }
}

/// A secret of type 7: a salt of two digits, and pairs of hexadecimal ones.
pub(super) fn is_type_7(word: &str) -> bool {
    let salt = word.get(..2).and_then(|salt| salt.parse::<u8>().ok());
    let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    salt.is_some_and(|salt| salt < 53) && is_hex && word.len().is_multiple_of(2)
}

/// A group to which hosts may listen: not one that stays on its link (RFC 5771).
pub(super) fn is_group(word: &str) -> bool {
    let address = word.parse::<Ipv4Addr>();
    address.is_ok_and(|address| address.is_multicast() && address.octets()[..3] != [224, 0, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_members_of_communities_have_their_shape() {
        for (word, is_so) in [
            ("10m", true),
            ("1500", true),
            ("125k", true),
            ("10x", false),
            ("0", false),
            ("10000000", false),
            ("m", false),
        ] {
            assert_eq!(is_rate(word, 0), is_so, "{word}");
        }
        for (word, is_so) in [
            ("65000:1", true),
            ("65000:1:2", true),
            ("65000:.*", true),
            ("no-export", true),
            ("target:65000:1", true),
            ("target:65000:1:2", false),
            ("65000", false),
            ("70000:1", false),
            ("1:2:3:4", false),
        ] {
            assert_eq!(is_member(word), is_so, "{word}");
        }
    }

    #[test]
    fn a_target_has_two_halves_of_six_bytes() {
        for word in [
            "65000:1",
            "65000:4294967295",
            "10.0.0.1:1",
            "4200000000:65535",
        ] {
            assert!(is_target(word), "{word}");
        }
        for word in [
            "foo",
            "65000",
            "65000:",
            "65000:x",
            "065000:1",
            "65000:4294967296",
            "70000:70000",
            "10.0.0.1:70000",
            "10.0.0.300:1",
        ] {
            assert!(!is_target(word), "{word}");
        }
    }

    #[test]
    fn a_title_ends_with_a_system_and_zero() {
        for word in ["49.0001.0102.5500.0001.00", "49.1921.6800.1001.00"] {
            assert!(is_title(word), "{word}");
        }
        for word in [
            "49.0001.1",
            "49.1",
            "49.0001.0102.5500.0001.01",
            "49.0102.5500.00",
            "49.0001.0102.550.0001.00",
        ] {
            assert!(!is_title(word), "{word}");
        }
    }

    #[test]
    fn areas_lists_of_vlans_and_parts_of_a_hundred_have_their_shape() {
        for word in ["0", "4294967295", "0.0.0.1"] {
            assert!(is_area_number(word), "{word}");
        }
        for word in ["4294967296", "one", "2.2", "01"] {
            assert!(!is_area_number(word), "{word}");
        }
        for word in ["10", "10,20", "1,5-9,4094"] {
            assert!(are_listed_vlans(word), "{word}");
        }
        for word in ["10,4095", "20,10", "5-9,9", "9-5", "10,", "x", "0"] {
            assert!(!are_listed_vlans(word), "{word}");
        }
        for word in ["0.00", "5.00", "7.50", "100.00"] {
            assert!(is_percent(word), "{word}");
        }
        for word in ["7", "5.000", "05.00", "100.01", "101.00", "abc", "5.x0"] {
            assert!(!is_percent(word), "{word}");
        }
    }

    #[test]
    fn a_pattern_of_paths_closes_what_it_opens() {
        for text in [
            "64999 .*",
            "(64998 | 64997){1,2}",
            "[64512-65534]",
            "()",
            ".*",
        ] {
            assert!(is_path_pattern(text), "{text}");
        }
        for text in ["64500 (.*", "64500)", ")(", "64500{1", "as64500"] {
            assert!(!is_path_pattern(text), "{text}");
        }
        assert!(are_systems("64500 4200000000") && !are_systems("64500 abc") && !are_systems("0"));
    }

    #[test]
    fn a_class_of_forwarding_has_parts() {
        for word in ["be", "ef", "af.voice"] {
            assert!(is_forwarding_class(word), "{word}");
        }
        for word in ["gold", "ef.", "efx", "gold.ef"] {
            assert!(!is_forwarding_class(word), "{word}");
        }
    }

    #[test]
    fn a_secret_of_type_7_is_hexadecimal_behind_its_salt() {
        for word in ["0822455D0A16", "094f471a1a0a", "01"] {
            assert!(is_type_7(word), "{word}");
        }
        for word in ["topsecret", "zz", "0822455", "9922"] {
            assert!(!is_type_7(word), "{word}");
        }
    }

    #[test]
    fn hosts_listen_to_groups_beyond_their_link() {
        assert!(is_group("239.1.1.1"));
        for word in ["10.1.1.1", "224.0.0.1", "x"] {
            assert!(!is_group(word), "{word}");
        }
    }
}
