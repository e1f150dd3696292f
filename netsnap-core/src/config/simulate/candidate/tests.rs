//! What the documents say, as tables: what stands, what is typed, what then stands.

use super::super::Simulation;

/// What a line is expected to be: taken as documented, taken without knowing, refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Surely,
    Perhaps,
    Not,
}

use Taken::{Not, Perhaps, Surely};

/// Types lines (joined by `; `) on a device; says how the last one was taken, and what stands.
fn typed(platform: &str, before: &str, lines: &str) -> (Taken, Simulation) {
    let mut device = Simulation::new(platform, before).unwrap();
    let last = lines.split("; ").map(|line| device.line(line)).last();
    let response = last.unwrap();
    let taken = match (response.accepted, response.modelled) {
        (true, true) => Surely,
        (true, false) => Perhaps,
        (false, _) => Not,
    };
    (taken, device)
}

/// Each row: what stands, what is typed, how the last line is taken, what then stands; all in the form of the platform.
fn all(platform: &str, rows: &[(&str, &str, Taken, &str)]) {
    let mut wrong = Vec::new();
    for (before, lines, expected, after) in rows {
        let (taken, device) = typed(platform, before, lines);
        let same = device.is_as(after).unwrap();
        if taken != *expected || !same {
            wrong.push(format!(
                "{before}--\n{lines}\n{taken:?}, expected {expected:?}\n{}-- expected\n{after}",
                device.running()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
}

const JUNOS: &str = "juniper_junos";

#[test]
fn junos_prints_what_it_booted_with() {
    let text = "system {\n    host-name r1;\n    name-server {\n        10.0.0.1;\n        10.0.0.2;\n    }\n}\ninterfaces {\n    ge-0/0/0 {\n        description \"to r2\";\n        inactive: mtu 9000;\n        unit 0 {\n            family inet {\n                address 10.0.0.1/24;\n            }\n        }\n    }\n    inactive: ge-0/0/1 {\n        disable;\n    }\n}\npolicy-options {\n    policy-statement P {\n        term a {\n            from {\n                protocol [ bgp ospf ];\n                route-filter 10.0.0.0/8 orlonger;\n            }\n            then accept;\n        }\n    }\n}\n";
    let device = Simulation::new(JUNOS, text).unwrap();
    let again = Simulation::new(JUNOS, &device.running()).unwrap();
    assert_eq!(again.running(), device.running());
    assert!(device.is_as(text).unwrap());
    assert_eq!(device.hostname(), "r1");
    for part in [
        "inactive: mtu 9000;",
        "protocol [ bgp ospf ];",
        "    inactive: ge-0/0/1 {\n        disable;\n    }\n",
    ] {
        assert!(device.running().contains(part), "{}", device.running());
    }
    let paths = "set system host-name r1\nset system name-server 10.0.0.1\nset system name-server 10.0.0.2\nset interfaces ge-0/0/0 description \"to r2\"\nset interfaces ge-0/0/0 mtu 9000\nset interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24\nset interfaces ge-0/0/1 disable\nset policy-options policy-statement P term a from protocol [ bgp ospf ]\nset policy-options policy-statement P term a from route-filter 10.0.0.0/8 orlonger\nset policy-options policy-statement P term a then accept\ndeactivate interfaces ge-0/0/0 mtu\ndeactivate interfaces ge-0/0/1\n";
    assert!(device.is_as(paths).unwrap());
}

#[test]
fn junos_sets_and_deletes_paths() {
    let port = "interfaces { ge-0/0/0 { description a; mtu 1500; unit 0 { family inet { address 10.0.0.1/24; } } } }";
    all(
        JUNOS,
        &[
            (
                "",
                "set system host-name r1",
                Surely,
                "system { host-name r1; }",
            ),
            (
                port,
                "set interfaces ge-0/0/0 mtu 9000",
                Surely,
                &port.replace("1500", "9000"),
            ),
            (port, "set interfaces ge-0/0/0 mtu 90000", Not, port),
            (port, "set interfaces ge-0/0/0 mtu", Not, port),
            (
                port,
                "delete interfaces ge-0/0/0 mtu",
                Surely,
                &port.replace("mtu 1500;", ""),
            ),
            (
                port,
                "delete interfaces ge-0/0/0 mtu 1500",
                Surely,
                &port.replace("mtu 1500;", ""),
            ),
            (port, "delete interfaces ge-0/0/0 mtu 9000", Perhaps, port),
            (port, "delete interfaces ge-0/0/1", Surely, port),
            (
                port,
                "delete interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24",
                Surely,
                &port.replace("address 10.0.0.1/24;", ""),
            ),
            (port, "delete interfaces ge-0/0/0", Surely, ""),
            (port, "delete interfaces", Surely, ""),
            (
                port,
                "delete interfaces ge-0/0/0 unit",
                Perhaps,
                "interfaces { ge-0/0/0 { description a; mtu 1500; } }",
            ),
            (
                port,
                "set interfaces ge-0/0/0 frob 7",
                Perhaps,
                &port.replace("mtu", "frob 7; mtu"),
            ),
            (
                port,
                "set interfaces ge-0/0/0 frob 7; delete interfaces ge-0/0/0 frob",
                Perhaps,
                port,
            ),
            (
                "",
                "set interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/33",
                Not,
                "",
            ),
            ("", "show interfaces", Not, ""),
            // A container without a presence of its own goes with the last statement in it.
            (
                "system { services { ssh; } login { message a; } host-name r1; }",
                "delete system login message",
                Surely,
                "system { services { ssh; } host-name r1; }",
            ),
            // Several statements of one section in one line.
            (
                "",
                "set routing-options static route 10.0.0.0/8 next-hop 10.9.9.9 preference 7 tag 3",
                Surely,
                "routing-options { static { route 10.0.0.0/8 { next-hop 10.9.9.9; preference 7; tag 3; } } }",
            ),
            (
                "",
                "set policy-options policy-statement P then community add A; set policy-options policy-statement P then community delete B",
                Surely,
                "policy-options { policy-statement P { then { community add A; community delete B; } } }",
            ),
        ],
    );
}

#[test]
fn junos_choices_exclude_each_other() {
    let then = |text: &str| {
        format!("policy-options {{ policy-statement P {{ term a {{ then {{ {text} }} }} }} }}")
    };
    let term = "set policy-options policy-statement P term a then";
    let route =
        |text: &str| format!("routing-options {{ static {{ route 0.0.0.0/0 {{ {text} }} }} }}");
    all(
        JUNOS,
        &[
            (
                &then("accept;"),
                &format!("{term} reject"),
                Surely,
                &then("reject;"),
            ),
            (
                &then("metric 5; accept;"),
                &format!("{term} metric add 7"),
                Surely,
                &then("metric add 7; accept;"),
            ),
            (
                &then("metric 5; accept;"),
                "delete policy-options policy-statement P term a then metric",
                Surely,
                &then("accept;"),
            ),
            (
                &then("metric add 5; accept;"),
                "delete policy-options policy-statement P term a then metric",
                Surely,
                &then("accept;"),
            ),
            (
                &route("next-hop [ 10.0.0.1 10.0.0.2 ];"),
                "set routing-options static route 0.0.0.0/0 discard",
                Surely,
                &route("discard;"),
            ),
            (
                &route("discard;"),
                "set routing-options static route 0.0.0.0/0 next-hop 10.0.0.1",
                Surely,
                &route("next-hop 10.0.0.1;"),
            ),
            (
                &route("next-hop 10.0.0.1;"),
                "set routing-options static route 0.0.0.0/0 next-hop 10.0.0.2",
                Surely,
                &route("next-hop [ 10.0.0.1 10.0.0.2 ];"),
            ),
            // What no rule knows may be of the choice.
            (
                &then("frobnicate;"),
                &format!("{term} reject"),
                Perhaps,
                &then("frobnicate; reject;"),
            ),
        ],
    );
}

#[test]
fn junos_puts_what_is_new_at_the_end_and_moves_it_on_demand() {
    let terms = |names: &str| {
        let terms: String = names
            .chars()
            .map(|name| format!("term {name} {{ then accept; }} "))
            .collect();
        format!("policy-options {{ policy-statement P {{ {terms} }} }}")
    };
    let list = |names: &str| format!("protocols {{ bgp {{ group G {{ import [ {names} ]; }} }} }}");
    let path = "policy-options policy-statement P term";
    let bgp = "insert protocols bgp group G import";
    all(
        JUNOS,
        &[
            (
                &terms("ab"),
                &format!("set {path} c then accept"),
                Surely,
                &terms("abc"),
            ),
            (
                &terms("abc"),
                &format!("insert {path} c before term a"),
                Surely,
                &terms("cab"),
            ),
            (
                &terms("abc"),
                &format!("insert {path} a after term c"),
                Surely,
                &terms("bca"),
            ),
            (
                &terms("abc"),
                &format!("insert {path} c before a"),
                Perhaps,
                &terms("cab"),
            ),
            (
                &terms("abc"),
                &format!("insert {path} d before term a"),
                Surely,
                &terms("abc"),
            ),
            (
                &terms("abc"),
                &format!("insert {path} c"),
                Not,
                &terms("abc"),
            ),
            (
                &list("A B C"),
                &format!("{bgp} C before A"),
                Surely,
                &list("C A B"),
            ),
            (
                &list("A B C"),
                &format!("{bgp} A after B"),
                Surely,
                &list("B A C"),
            ),
            (
                "protocols { mpls { path P { 10.0.0.1 strict; 10.0.0.2 strict; } } }",
                "insert protocols mpls path P 10.0.0.2 before 10.0.0.1",
                Surely,
                "protocols { mpls { path P { 10.0.0.2 strict; 10.0.0.1 strict; } } }",
            ),
            (
                "interfaces { a { mtu 1500; } b { mtu 1500; } }",
                "insert interfaces b before a",
                Not,
                "interfaces { a { mtu 1500; } b { mtu 1500; } }",
            ),
        ],
    );
    let device = Simulation::new(JUNOS, &terms("ab")).unwrap();
    assert!(!device.is_as(&terms("ba")).unwrap());
    let peers =
        |a, b| format!("protocols {{ bgp {{ group G {{ neighbor {a}; neighbor {b}; }} }} }}");
    let device = Simulation::new(JUNOS, &peers("10.0.0.1", "10.0.0.2")).unwrap();
    assert!(device.is_as(&peers("10.0.0.2", "10.0.0.1")).unwrap());
}

#[test]
fn junos_switches_statements_off_and_on() {
    let port = |mark: &str, text: &str| format!("interfaces {{ {mark} ge-0/0/0 {{ {text} }} }}");
    all(
        JUNOS,
        &[
            (
                &port("", "mtu 1500;"),
                "deactivate interfaces ge-0/0/0",
                Surely,
                &port("inactive:", "mtu 1500;"),
            ),
            (
                &port("", "mtu 1500;"),
                "deactivate interfaces ge-0/0/0 mtu",
                Surely,
                &port("", "inactive: mtu 1500;"),
            ),
            (
                &port("inactive:", "mtu 1500;"),
                "activate interfaces ge-0/0/0",
                Surely,
                &port("", "mtu 1500;"),
            ),
            (
                &port("", "mtu 1500;"),
                "deactivate interfaces ge-0/0/1",
                Surely,
                &port("", "mtu 1500;"),
            ),
            (
                &port("", "inactive: mtu 1500;"),
                "set interfaces ge-0/0/0 mtu 9000",
                Perhaps,
                &port("", "inactive: mtu 9000;"),
            ),
            // A part of a statement on one line is not switched off alone.
            (
                &port("", "hold-time { up 5; down 6; }"),
                "deactivate interfaces ge-0/0/0 hold-time up",
                Perhaps,
                &port("", "hold-time { inactive: up 5; down 6; }"),
            ),
        ],
    );
}

#[test]
fn junos_refuses_at_the_commit_what_is_not_defined() {
    let policy = "policy-options { policy-statement P { then accept; } }";
    let group = "set protocols bgp group G import P";
    for (before, lines, complaint) in [
        (policy, group, ""),
        ("", group, "Policy P referenced but not defined"),
        (
            policy,
            &format!("{group}; delete policy-options"),
            "Policy P referenced but not defined",
        ),
        (
            policy,
            &format!("{group}; deactivate policy-options policy-statement P"),
            "Policy P referenced but not defined",
        ),
        (
            policy,
            &format!("{group}; deactivate protocols; delete policy-options"),
            "",
        ),
        (
            "",
            "set interfaces ge-0/0/0 unit 0 family inet filter input F",
            "filter inet F referenced but not defined",
        ),
        (
            "firewall { family inet6 { filter F { term a { then accept; } } } }",
            "set interfaces ge-0/0/0 unit 0 family inet filter input F",
            "filter inet F referenced but not defined",
        ),
        (
            "firewall { family inet { filter F { term a { then accept; } } } }",
            "set interfaces ge-0/0/0 unit 0 family inet filter input F",
            "",
        ),
        (
            "vlans { blue { vlan-id 10; } }",
            "set interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members blue",
            "",
        ),
        (
            "vlans { blue { vlan-id 10; } }",
            "set interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members 10",
            "",
        ),
        (
            "vlans { blue { vlan-id 10; } }",
            "set interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members red",
            "vlan red referenced but not defined",
        ),
        // It runs with what it booted with.
        (
            "protocols { bgp { group G { import P; } } }",
            "set system host-name r1",
            "",
        ),
    ] {
        let mut device = typed(JUNOS, before, lines).1;
        let response = device.commit();
        assert_eq!(response.output, complaint, "{before}\n{lines}");
        assert_eq!(response.accepted, complaint.is_empty(), "{before}\n{lines}");
    }
}

#[test]
fn junos_boots_with_what_no_rule_knows_and_not_with_half_a_text() {
    for text in ["system {", "system { host-name r1; } }", "/* a"] {
        assert!(Simulation::new(JUNOS, text).is_err(), "{text}");
    }
    for text in ["interfaces { a { mtu 7; } }", "set interfaces a mtu 7"] {
        let device = Simulation::new(JUNOS, text).unwrap();
        assert!(device.running().contains("mtu 7"), "{}", device.running());
    }
}

const SROS: &str = "nokia_sros";

const ROUTER: &str = "configure {\n    system {\n        name \"r1\"\n    }\n    policy-options {\n        policy-statement \"A\" {\n            default-action {\n                action-type accept\n            }\n        }\n        policy-statement \"B\" {\n        }\n    }\n    router \"Base\" {\n        interface \"to-r2\" {\n            port 1/1/c1/1\n            ipv4 {\n                primary {\n                    address 10.0.0.1\n                    prefix-length 24\n                }\n            }\n        }\n        bgp {\n            group \"G\" {\n                import {\n                    policy [\"A\" \"B\"]\n                }\n            }\n        }\n    }\n}\n";

#[test]
fn sros_prints_what_it_booted_with() {
    let device = Simulation::new(SROS, ROUTER).unwrap();
    let again = Simulation::new(SROS, &device.running()).unwrap();
    assert_eq!(again.running(), device.running());
    assert!(device.is_as(ROUTER).unwrap());
    assert_eq!(device.hostname(), "r1");
    let flat = "/configure system name r1\n/configure policy-options policy-statement \"A\" default-action action-type accept\n/configure policy-options policy-statement \"B\"\n/configure router \"Base\" interface \"to-r2\" port 1/1/c1/1\n/configure router \"Base\" interface \"to-r2\" ipv4 primary address 10.0.0.1 prefix-length 24\n/configure router \"Base\" bgp group \"G\" import policy [\"A\" \"B\"]\n";
    assert!(device.is_as(flat).unwrap());
    assert!(
        device.running().contains("policy [\"A\" \"B\"]\n"),
        "{}",
        device.running()
    );
}

#[test]
fn sros_sets_and_deletes_paths() {
    let loopback = ROUTER.replace("port 1/1/c1/1", "loopback");
    let base = "/configure router \"Base\"";
    all(
        SROS,
        &[
            (
                ROUTER,
                &format!("{base} interface \"to-r2\" ipv4 primary address 10.0.0.2"),
                Surely,
                &ROUTER.replace("10.0.0.1", "10.0.0.2"),
            ),
            (
                ROUTER,
                &format!("{base} interface to-r2 loopback"),
                Surely,
                &loopback,
            ),
            (ROUTER, &format!("{base} ecmp 200"), Not, ROUTER),
            (ROUTER, "router \"Base\" ecmp 2", Not, ROUTER),
            (
                ROUTER,
                &format!("delete {base} interface \"to-r2\" port"),
                Surely,
                &ROUTER.replace("port 1/1/c1/1\n", "\n"),
            ),
            (
                ROUTER,
                "/configure delete router \"Base\" interface \"to-r2\" port",
                Perhaps,
                &ROUTER.replace("port 1/1/c1/1\n", "\n"),
            ),
            (
                ROUTER,
                &format!("delete {base} bgp group \"G\" import policy \"A\""),
                Surely,
                &ROUTER.replace("[\"A\" \"B\"]", "[\"B\"]"),
            ),
            (
                ROUTER,
                &format!("delete {base} interface \"x\""),
                Surely,
                ROUTER,
            ),
            (
                ROUTER,
                &format!("{base} frob 7"),
                Perhaps,
                &ROUTER.replace("bgp {", "frob 7\n bgp {"),
            ),
            (
                "system {\n name \"r1\"\n}\n",
                "/configure service customer \"2\" customer-id 2; /configure service customer \"2\" customer-id 3",
                Perhaps,
                "system {\n name \"r1\"\n}\nservice {\n customer \"2\" {\n customer-id 3\n }\n}\n",
            ),
        ],
    );
}

#[test]
fn sros_validates_references_and_what_must_be_there() {
    let base = "/configure router \"Base\"";
    for (lines, complaint) in [
        (format!("{base} bgp group \"G\" export policy [\"B\"]"), ""),
        (
            format!("{base} bgp group \"G\" export policy [\"C\"]"),
            "policy-statement \"C\" referenced but not defined",
        ),
        (
            "delete /configure policy-options policy-statement \"A\"".to_owned(),
            "policy-statement \"A\" referenced but not defined",
        ),
        (
            format!("delete {base} interface \"to-r2\" ipv4 primary prefix-length"),
            "prefix-length is missing in primary",
        ),
        (
            format!("delete {base} interface \"to-r2\" ipv4 primary"),
            "",
        ),
        (
            "/configure service vpls \"V\" sap 1/1/c1/1:100".to_owned(),
            "customer is missing in vpls \"V\"",
        ),
        (
            "/configure service vpls \"V\" customer \"1\" sap 1/1/c1/1:100".to_owned(),
            "",
        ),
    ] {
        let mut device = typed(SROS, ROUTER, &lines).1;
        assert_eq!(device.commit().output, complaint, "{lines}");
    }
}

const XR: &str = "cisco_iosxr";

const PE: &str = "hostname r1\nvrf A\n address-family ipv4 unicast\n  import route-target\n   65000:1\n  !\n !\n!\nvrf B\n!\ninterface GigabitEthernet0/0/0/0\n description to r2\n vrf A\n ipv4 address 10.0.0.1 255.255.255.0\n!\nprefix-set PL\n  10.0.0.0/8 le 24,\n  11.0.0.0/8\nend-set\n!\nroute-policy P\n  if destination in PL then\n    pass\n  endif\nend-policy\n!\nrouter static\n address-family ipv4 unicast\n  0.0.0.0/0 10.0.0.9\n !\n!\nrouter bgp 65000\n neighbor 10.0.0.2\n  remote-as 65001\n  address-family ipv4 unicast\n   route-policy P in\n  !\n !\n!\nfrob nicate\n seven 7\n!\nend\n";

#[test]
fn xr_prints_what_it_booted_with() {
    let device = Simulation::new(XR, PE).unwrap();
    let again = Simulation::new(XR, &device.running()).unwrap();
    assert_eq!(again.running(), device.running());
    assert!(device.is_as(PE).unwrap());
    assert_eq!(device.hostname(), "r1");
    for part in [
        " neighbor 10.0.0.2\n  remote-as 65001\n  address-family ipv4 unicast\n   route-policy P in\n  !\n !\n!\n",
        "prefix-set PL\n  10.0.0.0/8 le 24,\n  11.0.0.0/8\nend-set\n",
        "frob nicate\n seven 7\n!\n",
    ] {
        assert!(device.running().contains(part), "{}", device.running());
    }
}

#[test]
fn xr_takes_lines_in_sections() {
    let port = "interface GigabitEthernet0/0/0/0; ";
    let peer = "router bgp 65000; neighbor 10.0.0.2; ";
    all(
        XR,
        &[
            (PE, &format!("{port}description to r3"), Surely, &PE.replace("to r2", "to r3")),
            (PE, &format!("{port}no description"), Surely, &PE.replace(" description to r2\n", "")),
            (PE, &format!("{port}no description to r2"), Surely, &PE.replace(" description to r2\n", "")),
            (PE, &format!("{port}ipv4 address 10.0.0.3 255.255.255.0"), Surely, &PE.replace("10.0.0.1", "10.0.0.3")),
            (PE, &format!("{port}mtu 7"), Not, PE),
            (PE, &format!("{port}frob 7"), Perhaps, &PE.replace(" vrf A\n ipv4", " frob 7\n vrf A\n ipv4")),
            // A line of an outer section leaves the inner one.
            (PE, &format!("{port}hostname r9"), Surely, &PE.replace("hostname r1", "hostname r9")),
            (PE, "no interface GigabitEthernet0/0/0/0", Surely, &PE.replace("interface GigabitEthernet0/0/0/0\n description to r2\n vrf A\n ipv4 address 10.0.0.1 255.255.255.0\n!\n", "")),
            (PE, &format!("{peer}remote-as 65002; exit; neighbor 10.0.0.3; remote-as 65003"), Surely, &PE.replace(" neighbor 10.0.0.2\n  remote-as 65001", " neighbor 10.0.0.3\n  remote-as 65003\n !\n neighbor 10.0.0.2\n  remote-as 65002")),
            (PE, &format!("{peer}address-family ipv4 unicast; route-policy Q in"), Surely, &PE.replace("route-policy P in", "route-policy Q in")),
            (PE, "router bgp 65000 neighbor 10.0.0.2 description x", Surely, &PE.replace("  remote-as 65001", "  remote-as 65001\n  description x")),
            (PE, "prefix-set PL; 12.0.0.0/8; end-set", Surely, &PE.replace("10.0.0.0/8 le 24,\n  11.0.0.0/8", "12.0.0.0/8")),
            (PE, "no prefix-set PL", Surely, &PE.replace("prefix-set PL\n  10.0.0.0/8 le 24,\n  11.0.0.0/8\nend-set\n", "")),
            // One line is one statement.
            (
                PE,
                "router static; address-family ipv4 unicast; 10.2.0.0/16 vrf B 10.0.0.1",
                Perhaps,
                &PE.replace("10.0.0.9\n", "10.0.0.9\n  10.2.0.0/16 vrf B 10.0.0.1\n"),
            ),
            // A section that is emptied stays while it is open.
            (
                PE,
                "router static; address-family ipv4 unicast; no 0.0.0.0/0 10.0.0.9; 0.0.0.0/0 10.0.0.8",
                Surely,
                &PE.replace("10.0.0.9", "10.0.0.8"),
            ),
            (PE, "router static; address-family ipv4 unicast; no 0.0.0.0/0 10.0.0.9", Surely, &PE.replace("router static\n address-family ipv4 unicast\n  0.0.0.0/0 10.0.0.9\n !\n!\n", "")),
        ],
    );
}

#[test]
fn xr_refuses_at_the_commit_what_is_not_there_or_held() {
    let port = "interface GigabitEthernet0/0/0/0; ";
    for (lines, complaint) in [
        (
            format!("{port}vrf B"),
            "vrf cannot change in interface GigabitEthernet0/0/0/0 with ipv4 address or ipv6 address there",
        ),
        (
            format!("{port}no vrf"),
            "vrf cannot change in interface GigabitEthernet0/0/0/0 with ipv4 address or ipv6 address there",
        ),
        (format!("{port}no ipv4 address; vrf B"), ""),
        (
            "interface Loopback0; vrf C".to_owned(),
            "vrf C referenced but not defined",
        ),
        (
            "interface Loopback0; vrf B; ipv4 address 10.9.0.1 255.255.255.255".to_owned(),
            "",
        ),
        ("route-policy P; pass".to_owned(), "a text has no end"),
    ] {
        let mut device = typed(XR, PE, &lines).1;
        assert_eq!(device.commit().output, complaint, "{lines}");
    }
}

#[test]
fn dnos_takes_lines_in_sections() {
    let before = "system\n  name r1\n!\ninterfaces\n  ge100-0/0/0\n    admin-state enabled\n    description \"to r2\"\n    ipv4-address 10.0.0.1/31\n  !\n!\nrouting-policy\n  prefix-list ipv4 L\n    rule 10 allow 10.0.0.0/8 matching-len le 24\n  !\n  policy IN\n    rule 10 allow\n      match ipv4 prefix L\n    !\n  !\n!\nprotocols\n  bgp 65000\n    neighbor 10.0.0.2\n      remote-as 65001\n      address-family ipv4-unicast\n        policy IN in\n      !\n    !\n  !\n!\n";
    let platform = "drivenets_dnos";
    let device = Simulation::new(platform, before).unwrap();
    let again = Simulation::new(platform, &device.running()).unwrap();
    assert_eq!(again.running(), device.running());
    assert_eq!(device.hostname(), "r1");
    let port = "interfaces; ge100-0/0/0; ";
    all(
        platform,
        &[
            (before, &format!("{port}description \"to r3\""), Surely, &before.replace("to r2", "to r3")),
            (before, &format!("{port}no ipv4-address"), Surely, &before.replace("    ipv4-address 10.0.0.1/31\n", "")),
            (before, &format!("{port}mtu 7"), Not, before),
            (before, &format!("{port}bundle-id 1"), Perhaps, &before.replace("    admin-state", "    bundle-id 1\n    admin-state")),
            (before, "interfaces; no ge100-0/0/0", Surely, &before.replace("interfaces\n  ge100-0/0/0\n    admin-state enabled\n    description \"to r2\"\n    ipv4-address 10.0.0.1/31\n  !\n!\n", "")),
            (before, "routing-policy; prefix-list ipv4 L; rule 10 deny 10.0.0.0/8", Surely, &before.replace("rule 10 allow 10.0.0.0/8 matching-len le 24", "rule 10 deny 10.0.0.0/8")),
            (before, "routing-policy; policy IN; rule 10 deny", Perhaps, &before.replace("    rule 10 allow\n      match ipv4 prefix L\n", "    rule 10 deny\n")),
            (before, "protocols; bgp 65000; neighbor 10.0.0.2; address-family ipv4-unicast; policy OUT in", Surely, &before.replace("policy IN in", "policy OUT in")),
        ],
    );
    for (lines, complaint) in [
        (
            "routing-policy; no prefix-list ipv4 L",
            "prefix-list ipv4 L referenced but not defined",
        ),
        (
            "protocols; bgp 65000; neighbor 10.0.0.3; description x",
            "remote-as is missing in neighbor 10.0.0.3",
        ),
    ] {
        assert_eq!(typed(platform, before, lines).1.commit().output, complaint);
    }
}

#[test]
fn vrp_undoes_and_quits() {
    let before = "sysname r1\n#\nvlan 10\n name blue\n#\ninterface GigabitEthernet0/0/1\n description to r2\n ip address 10.0.0.1 255.255.255.0\n#\nacl number 3000\n rule 5 permit ip\n#\nroute-policy P permit node 10\n apply cost 5\n#\nreturn\n";
    let platform = "huawei_vrp";
    let device = Simulation::new(platform, before).unwrap();
    assert_eq!(device.hostname(), "r1");
    let port = "interface GigabitEthernet0/0/1; ";
    all(
        platform,
        &[
            (
                before,
                &format!("{port}undo description"),
                Surely,
                &before.replace(" description to r2\n", ""),
            ),
            (
                before,
                &format!("{port}ip address 10.0.0.2 255.255.255.0; quit; sysname r2"),
                Surely,
                &before
                    .replace("10.0.0.1", "10.0.0.2")
                    .replace("sysname r1", "sysname r2"),
            ),
            (
                before,
                &format!("{port}undo ip address 10.0.0.1 255.255.255.0"),
                Surely,
                &before.replace(" ip address 10.0.0.1 255.255.255.0\n", ""),
            ),
            (
                before,
                &format!("{port}undo shutdown"),
                Perhaps,
                &before.replace(" description", " undo shutdown\n description"),
            ),
            (
                before,
                "vlan batch 20 to 21; undo vlan batch 20",
                Surely,
                &before.replace("interface", "vlan 21\n#\ninterface"),
            ),
            (
                before,
                "undo vlan 10",
                Surely,
                &before.replace("vlan 10\n name blue\n#\n", ""),
            ),
            (
                before,
                "acl number 3000; rule 10 deny ip",
                Surely,
                &before.replace("permit ip\n", "permit ip\n rule 10 deny ip\n"),
            ),
            (
                before,
                "acl number 3000; rule 5 deny ip",
                Perhaps,
                &before.replace("rule 5 permit", "rule 5 deny"),
            ),
            (
                before,
                "acl number 3000; undo rule 5",
                Surely,
                &before.replace(" rule 5 permit ip\n", ""),
            ),
            (
                before,
                "route-policy P deny node 10",
                Perhaps,
                &before.replace(
                    "route-policy P permit node 10\n apply cost 5",
                    "route-policy P deny node 10",
                ),
            ),
            (
                before,
                "frob 7",
                Perhaps,
                &before.replace("sysname r1", "sysname r1\nfrob 7"),
            ),
        ],
    );
}
