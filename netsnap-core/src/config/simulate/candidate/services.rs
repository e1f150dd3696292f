//! Does a word name a port of TCP or UDP, and which names does Junos know?

use super::super::shape;
use super::value::Fit;

/// Junos OS, firewall filter match conditions for IPv4 traffic, `destination-port`.
const NAMES: &[&str] = &[
    "afs",
    "bgp",
    "biff",
    "bootpc",
    "bootps",
    "cmd",
    "cvspserver",
    "dhcp",
    "domain",
    "eklogin",
    "ekshell",
    "exec",
    "finger",
    "ftp",
    "ftp-data",
    "http",
    "https",
    "ident",
    "imap",
    "kerberos-sec",
    "klogin",
    "kpasswd",
    "krb-prop",
    "krbupdate",
    "kshell",
    "ldap",
    "ldp",
    "login",
    "mobileip-agent",
    "mobilip-mn",
    "msdp",
    "netbios-dgm",
    "netbios-ns",
    "netbios-ssn",
    "nfsd",
    "nntp",
    "ntalk",
    "ntp",
    "pop3",
    "pptp",
    "printer",
    "radacct",
    "radius",
    "rip",
    "rkinit",
    "smtp",
    "snmp",
    "snmptrap",
    "snpp",
    "socks",
    "ssh",
    "sunrpc",
    "syslog",
    "tacacs",
    "tacacs-ds",
    "talk",
    "telnet",
    "tftp",
    "timed",
    "who",
    "xdmcp",
];

/// A name that is known, a number, or a range of numbers that rises; a device may refuse another one.
pub(super) fn fit(word: &str) -> Fit {
    let is_known = match word.split_once('-') {
        _ if NAMES.contains(&word) => true,
        Some((low, high)) => is_range(shape::number(low), shape::number(high)),
        None => shape::number::<u16>(word).is_some(),
    };
    match is_known {
        true => Fit::Yes(word.to_owned()),
        false => Fit::Doubtful(word.to_owned()),
    }
}

fn is_range(low: Option<u16>, high: Option<u16>) -> bool {
    low.is_some() && low < high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_has_a_name_that_is_known_or_a_number() {
        for (word, is_known) in [
            ("ssh", true),
            ("ftp-data", true),
            ("22", true),
            ("1024-65535", true),
            ("sssh", false),
            ("65536", false),
            ("022", false),
            ("2000-1000", false),
            ("1024-", false),
        ] {
            assert_eq!(matches!(fit(word), Fit::Yes(_)), is_known, "{word}");
        }
    }
}
