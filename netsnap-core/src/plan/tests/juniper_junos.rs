//! Expected commands follow the Junos OS CLI User Guide (`set`, `delete`, `deactivate`, `insert`); none was measured.

use super::*;

const PLATFORM: &str = "juniper_junos";

fn all(triples: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (running, intended, expected) in triples {
        let [running, intended] =
            [running, intended].map(|text| format!("system {{ host-name r1; }}\n{text}\n"));
        let plan = plan(PLATFORM, &running, &intended).unwrap();
        let device = &plan.devices[0];
        let typed = lines(&device.steps, &Platform::named(PLATFORM).unwrap()).join("; ");
        if typed != *expected || !device.proof.is_proven() {
            wrong.push(format!(
                "{running}--\n{intended}typed    {typed}\nexpected {expected}\n{:?}",
                device.proof
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
}

#[test]
fn junos_paths_are_set_and_deleted_whole() {
    all(&[
        (
            "interfaces { ge-0/0/0 { description \"to r2\"; mtu 1500; } }",
            "interfaces { ge-0/0/0 { description \"to r3\"; mtu 9000; } }",
            "set interfaces ge-0/0/0 description \"to r3\"; set interfaces ge-0/0/0 mtu 9000",
        ),
        (
            "interfaces { ge-0/0/0 { description \"to r2\"; unit 0 { family inet { address 10.0.0.1/24; } } } }",
            "interfaces { ge-0/0/0 { unit 0 { family inet { address 10.0.1.1/24; } } } }",
            "delete interfaces ge-0/0/0 description; delete interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24; set interfaces ge-0/0/0 unit 0 family inet address 10.0.1.1/24",
        ),
        (
            "interfaces { ge-0/0/0 { unit 0 { family inet { address 10.0.0.1/24; } } } ge-0/0/1 { disable; } }",
            "interfaces { ge-0/0/1 { disable; } }",
            "delete interfaces ge-0/0/0",
        ),
        (
            "routing-options { static { route 0.0.0.0/0 next-hop 10.0.0.1; } }",
            "routing-options { static { route 0.0.0.0/0 next-hop 10.0.0.2; route 10.0.0.0/8 { discard; tag 7; } } }",
            "delete routing-options static route 0.0.0.0/0 next-hop 10.0.0.1; set routing-options static route 0.0.0.0/0 next-hop 10.0.0.2; set routing-options static route 10.0.0.0/8 discard; set routing-options static route 10.0.0.0/8 tag 7",
        ),
        (
            "vlans { blue { vlan-id 10; } } interfaces { irb { unit 11; } }",
            "vlans { blue { vlan-id 11; l3-interface irb.11; } } interfaces { irb { unit 11; } }",
            "set vlans blue vlan-id 11; set vlans blue l3-interface irb.11",
        ),
    ]);
}

#[test]
fn junos_names_are_defined_before_use() {
    all(&[(
        "",
        "firewall { family inet { filter F { term a { then { accept; count c; } } } } }
         interfaces { ge-0/0/0 { unit 0 { family inet { filter { input F; } } } } }",
        "set firewall family inet filter F term a then accept; set firewall family inet filter F term a then count c; set interfaces ge-0/0/0 unit 0 family inet filter input F",
    )]);
}

#[test]
fn junos_choices_overwrite_each_other() {
    let policy = |action: &str| {
        format!("policy-options {{ policy-statement P {{ term a {{ then {action}; }} }} }}")
    };
    all(&[(
        &policy("accept"),
        &policy("reject"),
        "set policy-options policy-statement P term a then reject",
    )]);
}

#[test]
fn junos_terms_are_put_in_order() {
    let policy = |terms: &str| {
        let terms: String = terms
            .chars()
            .map(|name| format!("term {name} {{ then {{ metric {}; }} }} ", u32::from(name)))
            .collect();
        format!("policy-options {{ policy-statement P {{ {terms} }} }}")
    };
    let path = "policy-options policy-statement P term";
    for (before, after, expected) in [
        ("ab", "abc", vec![format!("set {path} c then metric 99")]),
        (
            "ab",
            "acb",
            vec![
                format!("set {path} c then metric 99"),
                format!("insert {path} c after term a"),
            ],
        ),
        (
            "ab",
            "cab",
            vec![
                format!("set {path} c then metric 99"),
                format!("insert {path} c before term a"),
            ],
        ),
        ("abc", "acb", vec![format!("insert {path} c after term a")]),
        ("abc", "ac", vec![format!("delete {path} b")]),
        (
            "abcd",
            "dabc",
            vec![format!("insert {path} d before term a")],
        ),
    ] {
        all(&[(&policy(before), &policy(after), &expected.join("; "))]);
    }
}

#[test]
fn junos_policies_of_a_list_are_put_in_order() {
    let group = |policies: &str| {
        let defined: String = ["A", "B", "C", "Z"]
            .map(|name| format!("policy-statement {name} {{ then accept; }} "))
            .concat();
        format!(
            "policy-options {{ {defined} }} protocols {{ bgp {{ group G {{ import {policies}; export Z; }} }} }}"
        )
    };
    all(&[
        (
            &group("[ A B ]"),
            &group("[ B A ]"),
            "insert protocols bgp group G import B before A",
        ),
        (
            &group("A"),
            &group("[ C A ]"),
            "set protocols bgp group G import C; insert protocols bgp group G import C before A",
        ),
    ]);
}

#[test]
fn junos_statements_are_switched_off_and_on() {
    all(&[
        (
            "interfaces { ge-0/0/0 { mtu 9000; } }",
            "interfaces { inactive: ge-0/0/0 { mtu 9000; } }",
            "deactivate interfaces ge-0/0/0",
        ),
        (
            "interfaces { ge-0/0/0 { inactive: mtu 9000; } }",
            "interfaces { ge-0/0/0 { mtu 9000; } }",
            "activate interfaces ge-0/0/0 mtu",
        ),
        (
            "interfaces { inactive: ge-0/0/0 { inactive: mtu 9000; } ge-0/0/1 { disable; } }",
            "interfaces { ge-0/0/1 { disable; } }",
            "delete interfaces ge-0/0/0",
        ),
    ]);
}

#[test]
fn junos_names_that_the_commit_does_not_find_are_named() {
    let group = |policy: &str| format!("protocols {{ bgp {{ group G {{ import {policy}; }} }} }}");
    let found = reasons(PLATFORM, &group("A"), &group("B"));
    assert!(
        found.contains("refuses the change: Policy B referenced but not defined"),
        "{found}"
    );
}

#[test]
fn junos_statements_that_are_not_known_are_named() {
    let running = "system { host-name r1; }\nfrob { nicate { 7; } }\n";
    let unknown = reasons(PLATFORM, running, "system { host-name r1; }\n");
    assert!(
        unknown.contains("grammar does not know `frob nicate 7`"),
        "{unknown}"
    );
}

#[test]
fn what_is_protected_is_not_typed() {
    let text = |line: &str| {
        format!("system {{ host-name r1; }}\ninterfaces {{ ge-0/0/1 {{ {line} mtu 1500; }} }}\n")
    };
    let [old, new, named] = [
        "protect: description old;",
        "description new;",
        "description \"we protect: all\";",
    ]
    .map(text);
    let error = plan(PLATFORM, &old, &new).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConfigurationInvalid);
    assert!(plan(PLATFORM, &old, &old).unwrap().is_empty());
    assert!(plan(PLATFORM, &new, &named).is_ok());
}
