//! What is judged of parts of policies that go before they come again.

use super::tests::{device, level};
use crate::model::{DevicePlan, RiskClass, RiskLevel, StepRisk};

/// The risk of the step that types a line.
fn risk<'d>(device: &'d DevicePlan, line: &str) -> &'d StepRisk {
    let place = device.steps.iter().position(|step| step.line == line);
    let place = place.unwrap_or_else(|| panic!("{line}: {:?}", device.steps));
    &device.step_risks[place]
}

const LISTS: &str =
    "ip prefix-list A seq 5 permit 10.0.0.0/8\nip prefix-list B seq 5 permit 10.0.0.0/8\n";
const COMMUNITIES: &str =
    "ip community-list standard A permit 65000:1\nip community-list standard B permit 65000:1\n";
const PEER: &str =
    "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n neighbor 10.0.0.2 route-map IN in\n";

fn map(entry: &str, lines: &str) -> String {
    format!("route-map IN {entry}\n{lines}")
}

#[test]
fn an_entry_without_its_condition_lets_everything_through() {
    let condition = |list: &str| format!(" match community {list}\n");
    let changed = |entry: &str, peer: &str| {
        let text = |list: &str| format!("{COMMUNITIES}{peer}{}", map(entry, &condition(list)));
        device("cisco_ios", &text("A"), &text("B"))
    };
    let gone = "no match community A";
    let permits = changed("permit 10", PEER);
    let found = risk(&permits, gone);
    assert_eq!(found.kind, RiskClass::FailOpen, "{found:?}");
    for part in [
        "`route-map IN permit 10`",
        "`match community B`",
        "`router bgp 1 neighbor 10.0.0.2 route-map IN in`",
    ] {
        assert!(found.reason.contains(part), "{found:?}");
    }
    let denies = changed("deny 10", PEER);
    let found = risk(&denies, gone);
    assert_eq!(
        (found.level, found.kind),
        (RiskLevel::High, RiskClass::ControlPlane)
    );
    let unused = changed("permit 10", "");
    assert_eq!(level(&unused), RiskLevel::Medium, "{:?}", unused.risk);
    assert!(!risk(&unused, gone).reason.contains("until"));
}

#[test]
fn another_kind_of_condition_comes_before_the_old_one_goes() {
    let peer = "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n !\n address-family ipv4 unicast\n  neighbor 10.0.0.2 route-map IN in\n exit-address-family\n";
    let text = |line: &str| format!("{LISTS}{peer}{}", map("permit 10", line));
    let found = device(
        "frr",
        &text(" match ip address prefix-list A\n"),
        &text(" match tag 7\n"),
    );
    let typed: Vec<&str> = found.steps.iter().map(|step| step.line.as_str()).collect();
    assert_eq!(typed, ["match tag 7", "no match ip address prefix-list"]);
    assert_eq!(level(&found), RiskLevel::Medium, "{:?}", found.risk);
}

#[test]
fn lists_that_cannot_be_beside_each_other_leave_a_gap() {
    let text = |line: &str| {
        let list = "access-list 10 permit 10.0.0.1\n";
        format!("{list}{LISTS}{PEER}{}", map("permit 10", line))
    };
    let found = device(
        "cisco_ios",
        &text(" match ip address 10\n"),
        &text(" match ip address prefix-list A\n"),
    );
    let found = risk(&found, "no match ip address 10");
    assert_eq!(found.kind, RiskClass::FailOpen, "{found:?}");
}

#[test]
fn what_an_entry_sets_is_away_until_it_is_set_again() {
    let text = |system: &str| {
        format!(
            "{PEER}{}",
            map("permit 10", &format!(" set as-path prepend {system}\n"))
        )
    };
    let found = device("cisco_ios", &text("1 1"), &text("1 1 1"));
    let found = risk(&found, "no set as-path prepend 1 1");
    assert_eq!(found.kind, RiskClass::ControlPlane, "{found:?}");
    assert!(
        found
            .reason
            .contains("away until `set as-path prepend 1 1 1`"),
        "{found:?}"
    );
}

const CLASSES: &str =
    "class-map match-any A\n match dscp ef\nclass-map match-any B\n match dscp af41\n";

#[test]
fn a_class_that_moves_is_away_for_a_moment() {
    let class = |name: &str| format!(" class {name}\n  set dscp af11\n");
    let text = |order: [&str; 2], port: &str| {
        let classes: String = order.map(class).concat();
        format!("{CLASSES}policy-map P\n{classes}interface {port}\n service-policy input P\n")
    };
    let changed = |port| {
        device(
            "cisco_ios",
            &text(["A", "B"], port),
            &text(["B", "A"], port),
        )
    };
    let moved = changed("GigabitEthernet0/1");
    let found = risk(&moved, "no class A");
    assert_eq!(found.kind, RiskClass::Service, "{found:?}");
    assert!(found.reason.contains("away until `class A`"), "{found:?}");
    // What the port is for decides.
    assert_eq!(
        risk(&changed("GigabitEthernet0"), "no class A").level,
        RiskLevel::High
    );
}

#[test]
fn a_port_is_without_a_policy_until_another_one_is_there() {
    let text = |name: &str| {
        format!(
            "policy-map P\npolicy-map Q\ninterface GigabitEthernet0/1\n service-policy input {name}\n"
        )
    };
    let found = device("cisco_ios", &text("P"), &text("Q"));
    let found = risk(&found, "no service-policy input P");
    assert_eq!(
        found.reason,
        "it is away until `service-policy input Q` is there"
    );
    assert_eq!(found.level, RiskLevel::Medium);
}
