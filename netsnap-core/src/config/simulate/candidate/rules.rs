//! Is a rule of an access list made of words that a device takes?
//!
//! A rule that is strange may be refused (Huawei CloudEngine 6800 command reference, rule of an advanced list; DNOS command
//! reference, access-lists rule).

use super::super::ace::{CLASSES, PRECEDENCES};
use super::super::address::Prefix;
use super::super::shape;

/// Protocols of Huawei devices, those with ports first.
const WITH_PORTS: &[&str] = &["tcp", "udp"];
const PROTOCOLS: &[&str] = &[
    "tcp", "udp", "ip", "icmp", "igmp", "gre", "ospf", "ipinip", "ipv6", "icmpv6",
];
const TCP: &[&str] = &[
    "bgp", "chargen", "cmd", "daytime", "discard", "domain", "echo", "exec", "finger", "ftp",
    "ftp-data", "gopher", "hostname", "irc", "klogin", "kshell", "login", "lpd", "nntp", "pop2",
    "pop3", "smtp", "sunrpc", "tacacs", "talk", "telnet", "time", "uucp", "whois", "www",
];
const UDP: &[&str] = &[
    "biff",
    "bootpc",
    "bootps",
    "discard",
    "dns",
    "dnsix",
    "echo",
    "mobilip-ag",
    "mobilip-mn",
    "nameserver",
    "netbios-dgm",
    "netbios-ns",
    "netbios-ssn",
    "ntp",
    "rip",
    "snmp",
    "snmptrap",
    "sunrpc",
    "syslog",
    "tacacs-ds",
    "talk",
    "tftp",
    "time",
    "who",
    "xdmcp",
];
const MESSAGES: &[&str] = &[
    "echo",
    "echo-reply",
    "host-redirect",
    "host-tos-redirect",
    "host-unreachable",
    "information-reply",
    "information-request",
    "net-redirect",
    "net-tos-redirect",
    "net-unreachable",
    "parameter-problem",
    "port-unreachable",
    "protocol-unreachable",
    "reassembly-timeout",
    "source-quench",
    "source-route-failed",
    "timestamp-reply",
    "timestamp-request",
    "ttl-exceeded",
];
/// Says whether the words behind `permit` or `deny` are strange to a Huawei device.
pub(super) fn are_strange_to_vrp(words: &[&str]) -> bool {
    match words {
        [protocol, rest @ ..] if PROTOCOLS.contains(protocol) => !are_parts(protocol, rest),
        _ => !are_parts("", words),
    }
}

/// Says whether a rule for a protocol consists of parts that are known.
fn are_parts(protocol: &str, words: &[&str]) -> bool {
    let rest = match words {
        [] => return true,
        ["source" | "destination", network, rest @ ..] if network.contains('/') => rest,
        ["source" | "destination", _, _, rest @ ..] => rest,
        [
            "source-port" | "destination-port",
            "range",
            low,
            high,
            rest @ ..,
        ] => match has_ports(protocol) && is_range(low, high) {
            true => rest,
            false => return false,
        },
        [
            "source-port" | "destination-port",
            "eq" | "gt" | "lt" | "neq",
            port,
            rest @ ..,
        ] if is_port(protocol, port) => rest,
        ["icmp-type", name, rest @ ..] if protocol == "icmp" && MESSAGES.contains(name) => rest,
        ["tcp-flag", "established", rest @ ..] if protocol == "tcp" => rest,
        ["dscp", class, rest @ ..] if CLASSES.contains(class) => rest,
        ["precedence", name, rest @ ..] if PRECEDENCES.contains(name) => rest,
        ["fragment" | "logging", rest @ ..] => rest,
        _ => return false,
    };
    are_parts(protocol, rest)
}

fn has_ports(protocol: &str) -> bool {
    WITH_PORTS.contains(&protocol)
}

/// A number, or a name of the protocol.
fn is_port(protocol: &str, port: &str) -> bool {
    let names = match protocol {
        "tcp" => TCP,
        "udp" => UDP,
        _ => return false,
    };
    names.contains(&port) || port.parse::<u16>().is_ok()
}

fn is_range(low: &str, high: &str) -> bool {
    let [low, high] = [low, high].map(|word| word.parse::<u16>().ok());
    low.is_some() && low < high
}

/// Protocols of DNOS with their numbers, as it prints them; those with ports first.
const NUMBERED: &[&str] = &[
    "tcp(0x06)",
    "udp(0x11)",
    "icmp(0x01)",
    "igmp(0x02)",
    "rsvp(0x2e)",
    "gre(0x2f)",
    "esp(0x32)",
    "ah(0x33)",
    "ospf(0x59)",
    "pim(0x67)",
    "vrrp(0x70)",
    "sctp(0x84)",
];

/// Says whether the words behind `allow` or `deny` are strange to DNOS: of an access list, of prefixes, or of communities.
pub(super) fn are_strange_to_dnos(words: &[&str]) -> bool {
    match words {
        [] => false,
        ["value", community] => !shape::is_member(community),
        [first, ..] if Prefix::parse(first).is_some() => is_loose(first),
        [
            "src-ip" | "dest-ip" | "protocol" | "src-ports" | "dest-ports",
            ..,
        ] => words.chunks(2).any(|pair| is_strange_pair(pair, words)),
        [first, ..] => !["regex", "value", "color"].contains(first),
    }
}

fn is_loose(word: &str) -> bool {
    Prefix::parse(word).is_some_and(|prefix| prefix.masked() != prefix)
}

fn is_strange_pair(pair: &[&str], rule: &[&str]) -> bool {
    match pair {
        ["src-ip" | "dest-ip", "any"] | ["protocol", "any"] => false,
        ["src-ip" | "dest-ip", network] => Prefix::parse(network).is_none(),
        ["protocol", protocol] => !NUMBERED.contains(protocol),
        ["src-ports" | "dest-ports", ports] => {
            !rule.iter().any(|word| NUMBERED[..2].contains(word))
                || !ports.split(',').all(are_ports)
        }
        _ => true,
    }
}

fn are_ports(part: &str) -> bool {
    match part.split_once('-') {
        Some((low, high)) => is_range(low, high),
        None => part.parse::<u16>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(rule: &str) -> Vec<&str> {
        rule.split_whitespace().collect()
    }

    #[test]
    fn a_rule_of_vrp_has_the_parts_of_its_protocol() {
        for rule in [
            "",
            "source 10.0.0.0 0.0.0.255",
            "ip",
            "ip dscp ef",
            "tcp source 10.0.0.0 0.0.0.255 destination-port eq telnet",
            "tcp destination-port range 8000 8010",
            "tcp tcp-flag established",
            "udp destination-port eq snmp",
            "icmp icmp-type echo",
            "ipv6 source 2001:db8::/32",
        ] {
            assert!(!are_strange_to_vrp(&words(rule)), "{rule}");
        }
        for rule in [
            "tcp destination-port range 200 100",
            "tcp destination-port eq snmp",
            "udp destination-port eq telnet",
            "tcp destination-port eq 70000",
            "icmp destination-port eq 2222",
            "ip destination-port eq 2222",
            "icmp icmp-type echoo",
            "ip dscp ef2",
            "udp tcp-flag established",
            "ip frobnicate",
        ] {
            assert!(are_strange_to_vrp(&words(rule)), "{rule}");
        }
    }

    #[test]
    fn a_rule_of_dnos_has_the_parts_of_its_protocol() {
        for rule in [
            "",
            "src-ip 10.0.0.0/8 protocol tcp(0x06) dest-ports 22",
            "src-ip any protocol udp(0x11) src-ports 53,8000-8010",
            "192.0.2.0/24 matching-len le 32",
            "value 65000:1",
        ] {
            assert!(!are_strange_to_dnos(&words(rule)), "{rule}");
        }
        for rule in [
            "src-ip 10.0.0.0/33",
            "source 10.0.0.0/8",
            "src-ip 10.0.0.0/8 protocol tcp(0x11)",
            "protocol icmp(0x01) dest-ports 22",
            "protocol tcp(0x06) dest-ports 200-100",
            "protocol tcp(0x06) dest-ports 70000",
            "192.0.2.1/24",
            "value foo",
        ] {
            assert!(are_strange_to_dnos(&words(rule)), "{rule}");
        }
    }
}
