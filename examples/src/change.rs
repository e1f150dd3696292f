//! The change of the examples: a higher OSPF cost on one interface, a prefix list, a static route.

use netsnap_core::{Error, ErrorKind, Result};

const PREFIX_LIST: &str = "ip prefix-list NETSNAP-EXAMPLE seq 5 permit 198.51.100.0/24 le 32";
const STATIC_ROUTE: &str = "ip route 198.51.100.0/24 Null0";
const COST: &str = " ip ospf cost 50";

/// Returns the intended configuration of a router from its running one.
///
/// # Errors
/// `InvalidInput` for a configuration without an interface that speaks OSPF.
pub fn intended(running: &str) -> Result<String> {
    let mut lines: Vec<&str> = running.lines().collect();
    let interface = ospf_interface(&lines).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidInput,
            "the configuration has no interface that speaks OSPF",
        )
        .during("example.change")
        .hint("this example needs routers with `ip ospf` lines on an interface")
    })?;
    lines.insert(interface + 1, COST);
    let end = lines
        .iter()
        .rposition(|line| *line == "end")
        .unwrap_or(lines.len());
    lines.splice(end..end, [STATIC_ROUTE, "!", PREFIX_LIST, "!"]);
    Ok(lines.join("\n") + "\n")
}

/// Returns the line of the first interface header with an OSPF line, and without a cost, below it.
fn ospf_interface(lines: &[&str]) -> Option<usize> {
    let headers = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.starts_with("interface "));
    let below = |header: usize| {
        lines[header + 1..]
            .iter()
            .take_while(|line| line.starts_with(' '))
    };
    let suits = |header: usize| {
        below(header).any(|line| line.starts_with(" ip ospf hello-interval"))
            && !below(header).any(|line| line.starts_with(COST.trim_end_matches(char::is_numeric)))
    };
    headers
        .map(|(position, _)| position)
        .find(|position| suits(*position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_change_lands_in_the_first_interface_that_speaks_ospf() {
        let running = "interface eth0\n ip address 192.0.2.1/24\nexit\n!\ninterface eth1\n ip ospf hello-interval 2\nexit\n!\nend\n";
        let changed = intended(running).unwrap();
        assert!(changed.contains("interface eth1\n ip ospf cost 50\n ip ospf hello-interval 2\n"));
        assert!(changed.ends_with("seq 5 permit 198.51.100.0/24 le 32\n!\nend\n"));
        assert_eq!(
            intended("hostname r1\nend\n").unwrap_err().kind(),
            ErrorKind::InvalidInput
        );
    }
}
