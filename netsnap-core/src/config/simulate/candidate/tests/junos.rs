//! Juniper Junos: paths, choices, order, marks, and what its commit refuses.

use super::*;

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
