//! What the documents of Cisco IOS say, as a table: lines typed, what the last one printed, and what then stands.

use super::{Response, Simulation};

const BEFORE: &str = "hostname r1\n!\nvrf definition A\n!\nvrf definition B\n!\ninterface GigabitEthernet0/1\n description port\n vrf forwarding A\n ip address 10.0.0.1 255.255.255.0\n ip address 10.0.1.1 255.255.255.0 secondary\n ip access-group EDGE in\n shutdown\n!\ninterface Loopback0\n ip address 10.9.0.1 255.255.255.255\n!\nip route 10.8.0.0 255.255.0.0 10.0.0.9\n!\nip access-list extended EDGE\n 10 permit ip any any\n!\nip prefix-list P seq 5 permit 10.0.0.0/8\n!\nend\n";

fn after(lines: &str) -> (Response, Simulation) {
    let mut device = Simulation::new("cisco_ios", BEFORE).unwrap();
    let last = lines.split("; ").map(|line| device.line(line)).last();
    (last.unwrap(), device)
}

const PORT: &str = "interface GigabitEthernet0/1; ";
const LOOPBACK: &str = "interface Loopback0; ";
const EDGE: &str = "ip access-list extended EDGE; ";
/// A list in use has another entry while one goes.
const EDGE_TWICE: &str = "ip access-list extended EDGE; 20 deny tcp any any; ";

#[test]
fn documented_lines_change_what_stands() {
    for (into, line, gone, added) in [
        (PORT, "no description", " description port\n", ""),
        (
            PORT,
            "description new name",
            " description port\n",
            " description new name\n",
        ),
        (PORT, "no shutdown", " shutdown\n", ""),
        (LOOPBACK, "shutdown", "", " shutdown\n"),
        (
            LOOPBACK,
            "no ip address",
            " ip address 10.9.0.1 255.255.255.255\n",
            "",
        ),
        (
            LOOPBACK,
            "ip address 10.9.0.2 255.255.255.255",
            " ip address 10.9.0.1 255.255.255.255\n",
            " ip address 10.9.0.2 255.255.255.255\n",
        ),
        (
            PORT,
            "no ip address 10.0.1.1 255.255.255.0 secondary",
            " ip address 10.0.1.1 255.255.255.0 secondary\n",
            "",
        ),
        (EDGE, "deny tcp any any", "", " 20 deny tcp any any\n"),
        (
            EDGE,
            "5 deny tcp any any",
            "",
            " 5 deny tcp any any\n 10 permit",
        ),
        (EDGE_TWICE, "no 10", " 10 permit ip any any\n", ""),
        (EDGE, "permit ip any any", "", ""),
        (
            "",
            "ip prefix-list P permit 11.0.0.0/8",
            "",
            "ip prefix-list P seq 10 permit 11.0.0.0/8\n",
        ),
        (
            "",
            "no ip route 10.8.0.0 255.255.0.0 10.0.0.9",
            "ip route 10.8.0.0 255.255.0.0 10.0.0.9\n",
            "",
        ),
        // A line of the global section leaves the one it was typed in.
        (
            PORT,
            "ip route 10.7.0.0 255.255.0.0 10.0.0.9",
            "",
            "ip route 10.7.0.0 255.255.0.0 10.0.0.9\n",
        ),
    ] {
        let (response, device) = after(&format!("{into}{line}"));
        let running = device.running();
        assert!(
            response.accepted && response.modelled,
            "{line}: {response:?}"
        );
        assert_eq!(response.output, "", "{line}");
        assert!(
            gone.is_empty() || !running.contains(gone),
            "{line}\n{running}"
        );
        assert!(running.contains(added), "{line}\n{running}");
    }
}

#[test]
fn another_vrf_clears_the_addresses() {
    for line in ["vrf forwarding B", "no vrf forwarding"] {
        let (response, device) = after(&format!("{PORT}{line}"));
        assert!(
            response.modelled && response.output.contains("address(es) removed"),
            "{response:?}"
        );
        assert!(!device.running().contains("ip address 10.0."), "{line}");
        assert!(device.running().contains("ip address 10.9.0.1"), "{line}");
    }
}

#[test]
fn refusals_change_nothing() {
    for (lines, output) in [
        (
            "no interface GigabitEthernet0/1",
            "% Removal of physical interfaces is not permitted",
        ),
        (
            "ip access-list extended EDGE; 10 deny ip any any",
            "% Duplicate sequence number",
        ),
        (
            "interface Loopback0; ip ospf cost 70000",
            "% Invalid input detected at '^' marker.",
        ),
        (
            "interface Loopback0; ip address 10.0.0.1",
            "% Incomplete command.",
        ),
    ] {
        let (response, device) = after(lines);
        assert!(
            !response.accepted && response.output.contains(output),
            "{lines}: {response:?}"
        );
        assert_eq!(device.running(), BEFORE, "{lines}");
    }
}

#[test]
fn what_no_document_says_is_not_modelled() {
    for lines in [
        "interface GigabitEthernet0/1; no ip address",
        "interface Loopback0; no ip address 10.9.0.2 255.255.255.255",
        "ip route 10.8.0.0 255.255.0.0 10.0.0.9 50",
        "interface Loopback0; ip mtu 1500",
        "interface Loopback0; ip ospf hello-interval 10",
        "interface Loopback0; cdp enable",
        "frobnicate",
        // A number that is taken, a range that does not rise, a second entry of the same words.
        "ip prefix-list P seq 5 permit 11.0.0.0/8",
        "ip prefix-list P permit 11.0.0.0/8 ge 24 le 24",
        "ip prefix-list P seq 10 permit 10.0.0.0/8",
        // What the device prints otherwise.
        "ip access-list extended EDGE; permit tcp any any eq 23",
        "ip access-list extended EDGE; permit ip 10.0.0.5 0.0.0.255 any",
        "ip route 10.1.0.5 255.255.0.0 10.0.0.9",
        "router bgp 65000; network 10.0.0.0 mask 255.0.0.0",
        "vlan 10",
        // What is not there, or still bound.
        "interface Loopback0; vrf forwarding C",
        "no vrf definition A",
        "interface Loopback1; ip address 10.9.0.1 255.255.255.255",
        "no ip access-list extended EDGE",
        "router isis CORE; net 49.0001.0000.0000.0001.00; net 49.0001.0000.0000.0002.00",
        // What stands beside it.
        "interface GigabitEthernet0/1; ip unnumbered Loopback0",
        "ntp server 10.0.0.1; ntp server 10.0.0.1 prefer",
        "router bgp 65000; address-family ipv6; neighbor 10.0.0.2 remote-as 65001",
        "access-list 5 permit 10.0.0.1; access-list 5 permit 10.0.0.2",
        "no username alice",
    ] {
        assert!(!after(lines).0.modelled, "{lines}");
    }
}
