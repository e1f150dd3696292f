//! Is an entry of an access list one that a device takes?
//!
//! A word that stands where none can is refused as the entry is typed. What is not read here may be right all the same: it proves
//! nothing (command references, access-list extended, permit and deny: protocols, addresses, ports, what follows).

use std::net::{IpAddr, Ipv4Addr};

use super::address::Prefix;

const PROTOCOLS: &[&str] = &[
    "ip", "ipv4", "ipv6", "tcp", "udp", "icmp", "icmpv6", "igmp", "gre", "esp", "ahp", "eigrp",
    "ospf", "pim", "vrrp", "sctp", "ipinip", "nos", "pcp",
];

/// The ports that have a name everywhere.
const PORTS: &[&str] = &[
    "bgp",
    "biff",
    "bootpc",
    "bootps",
    "chargen",
    "cmd",
    "daytime",
    "discard",
    "dnsix",
    "domain",
    "echo",
    "exec",
    "finger",
    "ftp",
    "ftp-data",
    "gopher",
    "hostname",
    "ident",
    "irc",
    "isakmp",
    "klogin",
    "kshell",
    "login",
    "lpd",
    "mobile-ip",
    "nameserver",
    "netbios-dgm",
    "netbios-ns",
    "netbios-ss",
    "nntp",
    "non500-isakmp",
    "ntp",
    "pim-auto-rp",
    "pop2",
    "pop3",
    "rip",
    "smtp",
    "snmp",
    "snmptrap",
    "sunrpc",
    "syslog",
    "tacacs",
    "talk",
    "telnet",
    "tftp",
    "time",
    "uucp",
    "who",
    "whois",
    "www",
    "xdmcp",
];

/// Those of them that are ports of UDP alone, and those that are of TCP too; all others are of TCP alone.
const OF_UDP: &[&str] = &[
    "biff",
    "bootpc",
    "bootps",
    "dnsix",
    "isakmp",
    "mobile-ip",
    "nameserver",
    "netbios-dgm",
    "netbios-ns",
    "netbios-ss",
    "non500-isakmp",
    "ntp",
    "rip",
    "snmp",
    "snmptrap",
    "syslog",
    "tftp",
    "who",
    "xdmcp",
];
const OF_BOTH: &[&str] = &[
    "discard",
    "domain",
    "echo",
    "pim-auto-rp",
    "sunrpc",
    "tacacs",
    "talk",
    "time",
];

/// What may stand at the end by itself.
const FLAGS: &[&str] = &["log", "log-input", "fragments"];

/// What may stand at the end of an entry of TCP.
const OF_TCP: &[&str] = &["established", "ack", "fin", "psh", "rst", "syn", "urg"];

/// Classes of service (RFC 2474, RFC 2597, RFC 3246), and what the bits were called before (RFC 791): all vendors have these names.
pub(super) const CLASSES: &[&str] = &[
    "af11", "af12", "af13", "af21", "af22", "af23", "af31", "af32", "af33", "af41", "af42", "af43",
    "cs1", "cs2", "cs3", "cs4", "cs5", "cs6", "cs7", "default", "ef",
];
pub(super) const PRECEDENCES: &[&str] = &[
    "critical",
    "flash",
    "flash-override",
    "immediate",
    "internet",
    "network",
    "priority",
    "routine",
];
const SERVICES: &[&str] = &[
    "max-reliability",
    "max-throughput",
    "min-delay",
    "min-monetary-cost",
    "normal",
];

const MESSAGES: &[&str] = &[
    "echo",
    "echo-reply",
    "unreachable",
    "host-unreachable",
    "net-unreachable",
    "port-unreachable",
    "administratively-prohibited",
    "packet-too-big",
    "time-exceeded",
    "ttl-exceeded",
    "redirect",
    "parameter-problem",
    "source-quench",
    "traceroute",
    "timestamp-request",
    "timestamp-reply",
    "nd-na",
    "nd-ns",
    "router-advertisement",
    "router-solicitation",
    "destination-unreachable",
    "host-query",
    "host-report",
    "report",
    "v3-report",
];

/// A list with the names that its device has for ports beside those that all have.
#[derive(Clone, Copy, Debug)]
pub(super) struct List<'l> {
    pub(super) is_standard: bool,
    pub(super) ports: &'l [String],
}

impl List<'_> {
    /// Says whether what stands behind the action of an entry is read to its end.
    pub(super) fn takes(self, entry: &str) -> bool {
        let words: Vec<&str> = entry.split_whitespace().collect();
        let found = match self.is_standard {
            true => address_alone(&words).map(|rest| (rest, "ip")),
            false => self.extended(&words),
        };
        !is_of_fragments_and_ports(&words)
            && found.is_some_and(|(rest, protocol)| self.ends(rest, protocol))
    }

    /// Reads a protocol, two addresses and their ports.
    fn extended<'w>(self, words: &'w [&'w str]) -> Option<(&'w [&'w str], &'w str)> {
        let (protocol, rest) = match words {
            ["object-group", _, rest @ ..] => ("ip", rest),
            [protocol, rest @ ..] if is_protocol(protocol) => (*protocol, rest),
            _ => return None,
        };
        let rest = self.ports(address(rest)?, protocol)?;
        let rest = self.ports(address(rest)?, protocol)?;
        Some((rest, protocol))
    }

    /// Reads ports, where some are asked for.
    fn ports<'w>(self, words: &'w [&'w str], protocol: &str) -> Option<&'w [&'w str]> {
        let is_port = |word: &str| self.is_port(word, protocol);
        match words {
            _ if !matches!(protocol, "tcp" | "udp") => Some(words),
            ["range", first, last, rest @ ..] if is_port(first) && is_port(last) => {
                let ends = first.parse::<u16>().ok().zip(last.parse::<u16>().ok());
                ends.is_none_or(|(first, last)| first <= last)
                    .then_some(rest)
            }
            ["gt" | "lt", port, rest @ ..] if is_port(port) => Some(rest),
            ["eq" | "neq", port, rest @ ..] if is_port(port) => {
                let more = rest.iter().take_while(|word| is_port(word)).count();
                Some(&rest[more..])
            }
            ["portgroup" | "port-group", _, rest @ ..] => Some(rest),
            [
                "range" | "gt" | "lt" | "eq" | "neq" | "portgroup" | "port-group",
                ..,
            ] => None,
            _ => Some(words),
        }
    }

    /// A number, or a name that the protocol has for one.
    fn is_port(self, word: &str, protocol: &str) -> bool {
        let is_of = OF_BOTH.contains(&word) || OF_UDP.contains(&word) == (protocol == "udp");
        let is_named = PORTS.contains(&word) && is_of;
        let is_own = self.ports.iter().any(|port| port == word);
        is_named || is_own || word.parse::<u16>().is_ok()
    }

    /// Says whether nothing is left but what may stand at the end.
    fn ends(self, words: &[&str], protocol: &str) -> bool {
        match words {
            [] => true,
            [flag, rest @ ..] if FLAGS.contains(flag) && !rest.contains(flag) => {
                self.ends(rest, protocol)
            }
            [flag, rest @ ..] if protocol == "tcp" && OF_TCP.contains(flag) => {
                self.ends(rest, protocol)
            }
            [what, word, rest @ ..] if is_mark(what, word) => self.ends(rest, protocol),
            [message, rest @ ..] if is_message(protocol, message) => self.ends(rest, protocol),
            _ => false,
        }
    }
}

/// Only the first fragment has ports (IOS security command reference, access-list extended: `fragments` does not stand with them).
fn is_of_fragments_and_ports(words: &[&str]) -> bool {
    const OPERATORS: &[&str] = &[
        "range",
        "gt",
        "lt",
        "eq",
        "neq",
        "portgroup",
        "port-group",
        "established",
    ];
    words.contains(&"fragments") && words.iter().any(|word| OPERATORS.contains(word))
}

/// What may stand at the end with a word behind it: a class of service, or when it holds.
fn is_mark(what: &str, word: &str) -> bool {
    let is_one = |names: &[&str], most: u8| {
        names.contains(&word) || word.parse().is_ok_and(|number: u8| number <= most)
    };
    match what {
        "dscp" => is_one(CLASSES, 63),
        "precedence" => is_one(PRECEDENCES, 7),
        "tos" => is_one(SERVICES, 15),
        "time-range" => true,
        _ => false,
    }
}

fn is_message(protocol: &str, word: &str) -> bool {
    let has_messages = matches!(protocol, "icmp" | "icmpv6" | "igmp");
    has_messages && (MESSAGES.contains(&word) || word.parse::<u8>().is_ok())
}

fn is_protocol(word: &str) -> bool {
    PROTOCOLS.contains(&word) || word.parse::<u8>().is_ok()
}

/// Reads an address: any, of a host, with its wildcard, as a prefix, or a group of them.
fn address<'w>(words: &'w [&'w str]) -> Option<&'w [&'w str]> {
    let is_four = |word: &str| word.parse::<Ipv4Addr>().is_ok();
    match words {
        ["any", rest @ ..] => Some(rest),
        ["host", host, rest @ ..] if host.parse::<IpAddr>().is_ok() => Some(rest),
        ["object-group" | "addrgroup" | "net-group", _, rest @ ..] => Some(rest),
        [address, wildcard, rest @ ..] if is_four(address) && is_four(wildcard) => Some(rest),
        [prefix, rest @ ..] if prefix.contains('/') && Prefix::parse(prefix).is_some() => {
            Some(rest)
        }
        _ => None,
    }
}

/// Reads the one address of an entry of a standard list, which may stand without a mask.
fn address_alone<'w>(words: &'w [&'w str]) -> Option<&'w [&'w str]> {
    let rest = || match words {
        [host, rest @ ..] if host.parse::<IpAddr>().is_ok() => Some(rest),
        _ => None,
    };
    address(words).or_else(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(is_standard: bool, entry: &str) -> bool {
        let ports = ["https".to_owned()];
        List {
            is_standard,
            ports: &ports,
        }
        .takes(entry)
    }

    #[test]
    fn an_entry_is_read_to_its_end() {
        for entry in [
            "ip any any",
            "tcp any host 10.0.0.1 eq www 443 log",
            "tcp 10.0.0.0 0.0.0.255 range 1024 65535 any established",
            "udp 10.0.0.0/8 addrgroup SRV eq snmp",
            "tcp any any eq https",
            "icmp any any echo-reply",
            "icmp any any 8 0",
            "ipv6 2001:db8::/32 any",
            "object-group SVC any object-group SRV",
            "17 any any dscp ef time-range WORK",
            "tcp any net-group SRV port-group WEB",
            "tcp any any fragments",
        ] {
            assert!(takes(false, entry), "{entry}");
        }
        for entry in [
            "tpc any any",
            "tcp any any eq",
            "tcp any eq 8080",
            "ip 10.0.0.300 0.0.0.255 any",
            "ip any any eq 80",
            "tcp any any eq wwww",
            "tcp any any range 5",
            "udp any any established",
            "ip any",
            "ip 10.0.0.1 any",
            "tcp any any eq 70000",
            "tcp any any eq 443 fragments",
            "ip any any dscp nosuch",
            "ip any any log log",
            "tcp any any range 10 5",
            "tcp any any eq snmp",
            "udp any any eq telnet",
            "tcp any any eq www syslog",
        ] {
            assert!(!takes(false, entry), "{entry}");
        }
    }

    #[test]
    fn an_entry_of_a_standard_list_has_one_address() {
        for entry in [
            "any",
            "10.0.0.1",
            "host 10.0.0.1 log",
            "10.0.0.0 0.0.0.255",
            "10.0.0.0/8",
        ] {
            assert!(takes(true, entry), "{entry}");
        }
        for entry in ["10.0.0.1 any", "tcp any any", "10.0.0.0 eq", ""] {
            assert!(!takes(true, entry), "{entry}");
        }
    }
}
