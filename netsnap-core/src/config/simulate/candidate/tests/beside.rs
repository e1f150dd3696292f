//! What a line does to others, and what it needs, by the properties of the tables.

use super::*;

const VRP: &str = "huawei_vrp";

const PORT: &str = "interface GigabitEthernet0/0/1; ";

fn port(lines: &str) -> String {
    let lines = lines.split("; ").filter(|line| !line.is_empty());
    let lines: String = lines.map(|line| format!(" {line}\n")).collect();
    let instances = "ip vpn-instance A\n#\nip vpn-instance B\n#\n";
    format!("sysname r1\n{instances}interface GigabitEthernet0/0/1\n description x\n{lines}#\n")
}

/// Rows of a port: what stands on it, what is typed there, how it is taken, what then stands on it.
fn ports(rows: &[(&str, &str, Taken, &str)]) {
    let rows: Vec<_> = rows
        .iter()
        .map(|(before, typed, taken, after)| {
            (port(before), format!("{PORT}{typed}"), *taken, port(after))
        })
        .collect();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| (row.0.as_str(), row.1.as_str(), row.2, row.3.as_str()))
        .collect();
    all(VRP, &rows);
}

#[test]
fn a_set_of_vlans_grows_and_shrinks_and_holds_the_first_until_it_is_taken_out() {
    let trunk = "port link-type trunk; ";
    let with = |rest: &str| format!("{trunk}{rest}");
    ports(&[
        (
            &with("port trunk allow-pass vlan 10 20 to 30"),
            "port trunk allow-pass vlan 11 40",
            Surely,
            &with("port trunk allow-pass vlan 10 to 11 20 to 30 40"),
        ),
        (
            &with("port trunk allow-pass vlan 10 20 to 30"),
            "undo port trunk allow-pass vlan 20 to 30",
            Surely,
            &with("port trunk allow-pass vlan 10"),
        ),
        (
            &with("port trunk allow-pass vlan 10"),
            "undo port trunk allow-pass vlan 10",
            Surely,
            &with(""),
        ),
        (
            &with("port trunk allow-pass vlan 10"),
            "undo port trunk allow-pass vlan 1",
            Surely,
            &with("undo port trunk allow-pass vlan 1; port trunk allow-pass vlan 10"),
        ),
        (
            &with("undo port trunk allow-pass vlan 1; port trunk allow-pass vlan 10"),
            "port trunk allow-pass vlan 1",
            Surely,
            &with("port trunk allow-pass vlan 10"),
        ),
        (
            &with("undo port trunk allow-pass vlan 1"),
            "port trunk allow-pass vlan 1 to 2",
            Surely,
            &with("port trunk allow-pass vlan 2"),
        ),
        (&with(""), "port trunk allow-pass vlan 5000", Not, &with("")),
        (
            "",
            "port trunk allow-pass vlan 10",
            Perhaps,
            "port trunk allow-pass vlan 10",
        ),
    ]);
}

#[test]
fn a_line_takes_others_with_it_or_is_not_known_to() {
    ports(&[
        (
            "ip binding vpn-instance A; ip address 10.0.0.1 255.255.255.0",
            "undo ip binding vpn-instance A",
            Surely,
            "",
        ),
        (
            "ip address 10.0.0.1 255.255.255.0",
            "ip binding vpn-instance A",
            Surely,
            "ip binding vpn-instance A",
        ),
        // What is named has to be there as it is typed.
        (
            "",
            "ip binding vpn-instance C",
            Perhaps,
            "ip binding vpn-instance C",
        ),
        (
            "ip binding vpn-instance A",
            "ip binding vpn-instance B",
            Perhaps,
            "ip binding vpn-instance B",
        ),
        (
            "ospf cost 5",
            "ip binding vpn-instance A",
            Perhaps,
            "ip binding vpn-instance A; ospf cost 5",
        ),
        (
            "ip address 10.0.0.1 255.0.0.0; ip address 10.0.0.2 255.0.0.0 sub",
            "undo ip address",
            Surely,
            "",
        ),
        (
            "ip address 10.0.0.1 255.0.0.0; ip address 10.0.0.2 255.0.0.0 sub",
            "undo ip address 10.0.0.1 255.0.0.0",
            Perhaps,
            "ip address 10.0.0.2 255.0.0.0 sub",
        ),
        (
            "",
            "ip address 10.0.0.2 255.0.0.0 sub",
            Perhaps,
            "ip address 10.0.0.2 255.0.0.0 sub",
        ),
        (
            "vrrp vrid 1 virtual-ip 10.0.0.9; vrrp vrid 1 priority 120",
            "undo vrrp vrid 1 virtual-ip 10.0.0.9",
            Perhaps,
            "vrrp vrid 1 priority 120",
        ),
        (
            "vrrp vrid 2 virtual-ip 10.0.0.9",
            "vrrp vrid 1 priority 120",
            Perhaps,
            "vrrp vrid 2 virtual-ip 10.0.0.9; vrrp vrid 1 priority 120",
        ),
        (
            "port link-type access; port default vlan 10",
            "port link-type trunk",
            Perhaps,
            "port link-type trunk; port default vlan 10",
        ),
        (
            "port link-type trunk",
            "undo portswitch",
            Perhaps,
            "undo portswitch; port link-type trunk",
        ),
    ]);
}

#[test]
fn a_line_stands_on_what_is_outside_of_its_section() {
    let with = |outside: &str, inside: &str| format!("{outside}#\n{}", port(inside));
    let trunk = "interface Eth-Trunk1\n description a\n";
    all(
        VRP,
        &[
            (
                &port(""),
                &format!("{PORT}eth-trunk 1"),
                Perhaps,
                &port("eth-trunk 1"),
            ),
            (
                &with(trunk, ""),
                &format!("{PORT}eth-trunk 1"),
                Surely,
                &with(trunk, "eth-trunk 1"),
            ),
            (
                &with(trunk, "mtu 9000"),
                &format!("{PORT}eth-trunk 1"),
                Perhaps,
                &with(trunk, "mtu 9000; eth-trunk 1"),
            ),
            (
                &with(trunk, "eth-trunk 1"),
                "undo interface Eth-Trunk1",
                Perhaps,
                &port("eth-trunk 1"),
            ),
            (
                &with(trunk, "eth-trunk 1"),
                &format!("{PORT}undo eth-trunk; quit; undo interface Eth-Trunk1"),
                Surely,
                &port(""),
            ),
            (
                "sysname r1\n",
                "interface Vlanif10",
                Perhaps,
                "sysname r1\n#\ninterface Vlanif10\n",
            ),
            (
                "sysname r1\nvlan 10\n",
                "interface Vlanif10",
                Surely,
                "sysname r1\nvlan 10\n#\ninterface Vlanif10\n",
            ),
            (
                "sysname r1\nvlan 10\n#\ninterface Vlanif10\n",
                "undo vlan 10",
                Perhaps,
                "sysname r1\ninterface Vlanif10\n",
            ),
        ],
    );
}

#[test]
fn a_peer_owns_its_lines_and_brings_one() {
    let unicast = |lines: &str| format!(" ipv4-family unicast\n{lines}");
    let bgp = |peer: &str, lines: &str| {
        format!(
            "bgp 65000\n router-id 10.0.0.1\n{peer}{}#\n",
            unicast(lines)
        )
    };
    let (made, enabled) = (
        " peer 10.0.0.2 as-number 65001\n",
        "  peer 10.0.0.2 enable\n",
    );
    all(
        VRP,
        &[
            (
                &bgp("", ""),
                "bgp 65000; peer 10.0.0.2 as-number 65001",
                Surely,
                &bgp(made, enabled),
            ),
            (
                &bgp("", ""),
                "bgp 65000; peer 10.0.0.2 description x",
                Perhaps,
                &bgp(" peer 10.0.0.2 description x\n", ""),
            ),
            (
                &bgp(
                    made,
                    "  peer 10.0.0.2 enable\n  peer 10.0.0.2 next-hop-local\n",
                ),
                "bgp 65000; undo peer 10.0.0.2",
                Surely,
                &bgp("", ""),
            ),
            (
                &bgp(made, enabled),
                "bgp 65000; undo peer 10.0.0.2 as-number 65001",
                Perhaps,
                &bgp("", enabled),
            ),
            (
                &bgp(made, enabled),
                "bgp 65000; ipv4-family unicast; undo peer 10.0.0.2",
                Perhaps,
                &bgp(made, ""),
            ),
            (
                "sysname r1\n",
                "bgp 65000",
                Perhaps,
                "sysname r1\nbgp 65000\n",
            ),
        ],
    );
}

#[test]
fn a_key_of_a_peer_is_one_text_and_stays_while_a_user_has_it() {
    let key = "rsa peer-public-key r2\n public-key-code begin\n  308186\n  02818000 01\n public-key-code end\npeer-public-key end\n";
    let before = format!("sysname r1\n{key}ssh user admin\nssh user admin assign rsa-key r2\n");
    let free = format!("sysname r1\n{key}ssh user admin\n");
    let typed_key = "rsa peer-public-key r3; public-key-code begin; 3081; public-key-code end; peer-public-key end";
    all(
        VRP,
        &[
            (
                &free,
                "undo rsa peer-public-key r2",
                Surely,
                "sysname r1\nssh user admin\n",
            ),
            (
                &free,
                typed_key,
                Surely,
                &format!(
                    "{free}rsa peer-public-key r3\n public-key-code begin\n  3081\n public-key-code end\npeer-public-key end\n"
                ),
            ),
            (&before, "undo ssh user admin assign rsa-key", Surely, &free),
        ],
    );
    let mut device = typed(VRP, &before, "undo rsa peer-public-key r2").1;
    assert_eq!(
        device.commit().output,
        "rsa key r2 referenced but not defined"
    );
    let mut device = typed(
        VRP,
        &free,
        "rsa peer-public-key r3; public-key-code begin; 3081",
    )
    .1;
    assert_eq!(device.commit().output, "a text has no end");
}

#[test]
fn a_device_prints_what_it_was_seen_to_print() {
    let layer3 = "interface 10GE1/0/1\n portswitch\n#\n";
    ports(&[
        ("shutdown", "undo shutdown", Surely, ""),
        ("undo portswitch", "portswitch", Surely, ""),
    ]);
    all(
        VRP,
        &[
            (
                &format!("{layer3}{}", port("")),
                &format!("{PORT}portswitch"),
                Surely,
                &format!("{layer3}{}", port("portswitch")),
            ),
            (
                &format!(
                    "interface 10GE1/0/1\n undo shutdown\n#\n{}",
                    port("shutdown")
                ),
                &format!("{PORT}undo shutdown"),
                Surely,
                &format!(
                    "interface 10GE1/0/1\n undo shutdown\n#\n{}",
                    port("undo shutdown")
                ),
            ),
        ],
    );
}

#[test]
fn a_removal_may_be_written_otherwise_and_may_ask_for_its_value() {
    let node = "route-policy P permit node 10\n apply cost 5\n#\n";
    let list = "ip ip-prefix L index 10 permit 10.0.0.0 8\n";
    all(
        VRP,
        &[
            (
                &format!("sysname r1\n{node}"),
                "undo route-policy P node 10",
                Surely,
                "sysname r1\n",
            ),
            (
                &format!("sysname r1\n{node}"),
                "undo route-policy P node 20",
                Surely,
                &format!("sysname r1\n{node}"),
            ),
            (
                &format!("sysname r1\n{list}"),
                "undo ip ip-prefix L index 10",
                Surely,
                "sysname r1\n",
            ),
            (
                &format!("sysname r1\n{list}"),
                "undo ip ip-prefix L",
                Perhaps,
                "sysname r1\n",
            ),
            (
                "snmp-agent target-host trap address udp-domain 10.0.0.1 params x\n",
                "undo snmp-agent target-host trap address udp-domain 10.0.0.1",
                Perhaps,
                "",
            ),
            (
                "snmp-agent target-host trap address udp-domain 10.0.0.1 params x\n",
                "undo snmp-agent target-host trap address udp-domain 10.0.0.1 params x",
                Surely,
                "",
            ),
        ],
    );
}
