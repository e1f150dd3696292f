//! What a change is judged to risk.

use std::sync::Arc;

use crate::config::Configuration;
use crate::model::{DevicePlan, Plan, RiskClass, RiskLevel};
use crate::plan::{
    Canary, DeploymentPlanner, ManagementPath, PlanInput, PlanOptions, Remediator, Schedule,
    WavePolicy,
};
use crate::platform::Platform;

pub(super) fn input(device: &str, platform: &str, running: &str, intended: &str) -> PlanInput {
    let platform: Arc<Platform> = Platform::named(platform).unwrap();
    PlanInput {
        device: device.into(),
        running: Configuration::parse(running, &platform).unwrap(),
        intended: Configuration::parse(intended, &platform).unwrap(),
        platform,
        snapshot: None,
    }
}

fn plan_with(inputs: &[PlanInput], options: &PlanOptions) -> Plan {
    Remediator.plan(inputs, options).unwrap()
}

pub(super) fn device(platform: &str, running: &str, intended: &str) -> DevicePlan {
    let plan = plan_with(
        &[input("r1", platform, running, intended)],
        &PlanOptions::default(),
    );
    plan.devices.into_iter().next().unwrap()
}

pub(super) fn level(device: &DevicePlan) -> RiskLevel {
    device.risk.as_ref().unwrap().level
}

fn classes(device: &DevicePlan) -> Vec<RiskClass> {
    device.step_risks.iter().map(|risk| risk.kind).collect()
}

const EDGE: &str = "interface GigabitEthernet0/1\n ip address 10.0.0.1 255.255.255.0\n ip access-group EDGE in\n!\n";
const LIST: &str = "ip access-list extended EDGE\n 10 permit tcp any any\n 20 deny ip any any\n";

#[test]
fn a_description_is_low_and_says_why() {
    let found = device(
        "frr",
        "interface eth0\n description a\n",
        "interface eth0\n description b\n",
    );
    assert_eq!(level(&found), RiskLevel::Low);
    let reason = &found.risk.as_ref().unwrap().reasons[0];
    assert_eq!(reason.kind, RiskClass::Cosmetic);
    assert!(
        reason.text.contains("interface eth0 / description b"),
        "{reason:?}"
    );
}

#[test]
fn each_step_has_its_risk_and_a_device_the_highest() {
    let found = device(
        "frr",
        "interface eth0\n description a\nip route 0.0.0.0/0 10.0.0.1\n",
        "interface eth0\n description b\nip route 0.0.0.0/0 10.0.0.2\n",
    );
    assert_eq!(found.step_risks.len(), found.steps.len());
    assert!(classes(&found).contains(&RiskClass::Cosmetic));
    assert!(classes(&found).contains(&RiskClass::Management));
    assert_eq!(level(&found), RiskLevel::High);
    assert_eq!(found.risk.unwrap().reasons[0].kind, RiskClass::Management);
}

#[test]
fn a_reason_quotes_no_secret() {
    let risk = super::risk(
        RiskClass::Service,
        "it is away until `ip nhrp authentication hunter2` is there".into(),
    );
    assert_eq!(
        super::shown(risk).reason,
        "it is away until `ip nhrp authentication ********` is there"
    );
}

#[test]
fn a_list_that_goes_while_it_is_used_opens() {
    let running = format!("{LIST}{EDGE}");
    let found = device("cisco_ios", &running, EDGE);
    assert_eq!(found.steps[0].line, "no ip access-list extended EDGE");
    assert_eq!(classes(&found), [RiskClass::FailOpen]);
    assert_eq!(level(&found), RiskLevel::High);
    assert!(found.step_risks[0].reason.contains("`access-list EDGE`"));
}

#[test]
fn a_list_that_is_used_and_was_never_there_opens() {
    let bare = EDGE.replace(" ip access-group EDGE in\n", "");
    let found = device("cisco_ios", &bare, EDGE);
    assert_eq!(classes(&found), [RiskClass::FailOpen]);
}

#[test]
fn a_list_that_goes_together_with_its_use_opens_nothing() {
    let bare = EDGE.replace(" ip access-group EDGE in\n", "");
    let found = device("cisco_ios", &format!("{LIST}{EDGE}"), &bare);
    assert!(!classes(&found).contains(&RiskClass::FailOpen), "{found:?}");
}

#[test]
fn a_numbered_list_that_is_built_anew_while_it_is_used_opens_for_a_moment() {
    let edge = EDGE.replace("EDGE", "101");
    let old =
        format!("access-list 101 permit tcp any any\naccess-list 101 deny ip any any\n{edge}");
    let new = format!(
        "access-list 101 deny udp any any\naccess-list 101 permit tcp any any\naccess-list 101 deny ip any any\n{edge}"
    );
    let found = device("cisco_ios", &old, &new);
    assert_eq!(found.steps[0].line, "no access-list 101");
    assert_eq!(found.step_risks[0].kind, RiskClass::FailOpen, "{found:?}");
    assert!(found.step_risks[0].reason.contains("for a moment"));
    assert!(
        found.step_risks[1..]
            .iter()
            .all(|risk| risk.kind == RiskClass::Service)
    );
}

#[test]
fn an_entry_that_changes_in_a_used_list_opens_nothing() {
    let old = format!("{LIST}{EDGE}");
    let found = device("cisco_ios", &old, &old.replace("tcp", "udp"));
    assert!(!classes(&found).contains(&RiskClass::FailOpen), "{found:?}");
}

#[test]
fn a_command_that_nobody_knows_is_never_low() {
    for platform in ["frr", "cisco_ios", "arista_eos"] {
        let found = device(platform, "hostname r1\n", "hostname r1\nfrobnicate hard\n");
        assert_eq!(classes(&found), [RiskClass::Unknown], "{platform}");
        assert!(level(&found) >= RiskLevel::Medium);
    }
}

#[test]
fn the_interface_by_which_we_come_in_is_management() {
    let inputs = [input(
        "r1",
        "frr",
        "interface eth0\n ip address 10.0.0.1/24\n",
        "interface eth0\n ip address 10.0.0.1/24\n shutdown\n",
    )];
    let class = |options: &PlanOptions| plan_with(&inputs, options).devices[0].step_risks[0].kind;
    assert_eq!(class(&PlanOptions::default()), RiskClass::Service);
    let path = ManagementPath {
        interface: Some("eth0".into()),
        ..ManagementPath::default()
    };
    let options = PlanOptions {
        management: [("r1".to_owned(), path)].into(),
        ..PlanOptions::default()
    };
    assert_eq!(class(&options), RiskClass::Management);
}

#[test]
fn what_is_not_proven_is_one_level_higher() {
    let found = device("frr", "hostname r1\n", "hostname r1\nfrobnicate\n");
    assert!(!found.proof.is_proven());
    assert_eq!(level(&found), RiskLevel::High);
    let reasons = found.risk.unwrap().reasons;
    assert!(
        reasons
            .iter()
            .any(|reason| reason.kind == RiskClass::Unproven)
    );
}

#[test]
fn several_devices_at_once_are_a_reason_of_their_own() {
    let change = |name| {
        input(
            name,
            "frr",
            "interface eth0\n ip ospf cost 10\n",
            "interface eth0\n ip ospf cost 20\n",
        )
    };
    let inputs = [change("a"), change("b"), change("c")];
    let plan = plan_with(&inputs, &PlanOptions::default());
    let reasons = plan.risk.unwrap().reasons;
    assert!(
        reasons
            .iter()
            .any(|reason| reason.text == "wave 2 changes 2 devices at once")
    );
    let options = PlanOptions {
        waves: WavePolicy::Filled {
            canary: Canary::First,
            size: 1,
        },
        schedule: Schedule {
            redundancy: vec![vec!["a".into(), "b".into()]],
            ..Schedule::default()
        },
        ..PlanOptions::default()
    };
    let reasons = plan_with(&inputs, &options).risk.unwrap().reasons;
    assert!(
        reasons
            .iter()
            .any(|reason| reason.text.ends_with("all change: a, b")),
        "{reasons:?}"
    );
}

#[test]
fn no_reason_shows_a_secret() {
    let found = device("frr", "hostname r1\n", "hostname r1\npassword tiger42\n");
    assert!(!format!("{:?}", found.risk).contains("tiger42"));
}

#[test]
fn what_touches_the_way_in_is_sent_last() {
    let running = "interface eth0\n ip ospf cost 10\ninterface eth1\n ip ospf cost 10\n";
    let inputs = [input("r1", "frr", running, &running.replace("10", "20"))];
    let path = ManagementPath {
        interface: Some("eth0".into()),
        ..ManagementPath::default()
    };
    let options = PlanOptions {
        management: [("r1".to_owned(), path)].into(),
        ..PlanOptions::default()
    };
    let first = |plan: &Plan| plan.devices[0].steps[0].section[0].clone();
    assert_eq!(
        first(&plan_with(&inputs, &PlanOptions::default())),
        "interface eth0"
    );
    assert_eq!(first(&plan_with(&inputs, &options)), "interface eth1");
}

/// The reasons of the steps that open something, each with its line.
fn opening(device: &DevicePlan) -> Vec<(&str, &str)> {
    let steps = device.steps.iter().zip(&device.step_risks);
    let open = steps.filter(|(_, risk)| risk.kind == RiskClass::FailOpen);
    open.map(|(step, risk)| (step.line.as_str(), risk.reason.as_str()))
        .collect()
}

#[test]
fn a_peer_that_is_there_before_its_filter_opens_for_a_moment() {
    let found = device(
        "frr",
        "router bgp 1\nexit\n",
        "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n neighbor 10.0.0.2 description x\n !\n address-family ipv4 unicast\n  neighbor 10.0.0.2 route-map IN in\n exit-address-family\nexit\n!\nroute-map IN permit 10\nexit\n",
    );
    let opening = opening(&found);
    assert_eq!(opening.len(), 1, "{opening:?}");
    assert_eq!(opening[0].0, "neighbor 10.0.0.2 remote-as 2");
    assert!(opening[0].1.contains("neighbor 10.0.0.2 route-map IN in"));
}

#[test]
fn a_peer_whose_group_is_filtered_already_opens_nothing() {
    let found = device(
        "frr",
        "router bgp 1\n neighbor G peer-group\n neighbor G remote-as 2\nexit\n",
        "router bgp 1\n neighbor G peer-group\n neighbor G remote-as 2\n neighbor 10.0.0.2 peer-group G\n !\n address-family ipv4 unicast\n  neighbor G route-map IN in\n exit-address-family\nexit\n!\nroute-map IN permit 10\nexit\n",
    );
    assert_eq!(opening(&found), []);
}

#[test]
fn a_filter_that_goes_before_the_next_one_comes_opens_for_a_moment() {
    let port = "interface GigabitEthernet0/0/1\n traffic-filter inbound acl 3000\n#\nacl number 3000\n rule 5 permit ip\n#\nacl number 3001\n rule 5 permit ip\n#\n";
    let found = device(
        "huawei_vrp",
        port,
        &port.replace("inbound acl 3000", "inbound acl 3001"),
    );
    let opening = opening(&found);
    assert_eq!(opening.len(), 1, "{opening:?}");
    assert_eq!(opening[0].0, "undo traffic-filter inbound acl 3000");
}

#[test]
fn a_list_whose_only_entry_changes_is_empty_for_a_moment() {
    let old = format!("ip access-list extended EDGE\n 10 permit tcp any any\n{EDGE}");
    let found = device("cisco_ios", &old, &old.replace("tcp", "udp"));
    let opening = opening(&found);
    assert_eq!(opening.len(), 1, "{opening:?}");
    assert!(opening[0].1.contains("empty for a moment"));
}

#[test]
fn a_list_that_gets_other_entries_is_never_empty() {
    let old = format!("ip access-list extended EDGE\n 10 permit tcp any any\n{EDGE}");
    let new = old.replace("10 permit tcp", "20 permit udp");
    let found = device("cisco_ios", &old, &new);
    assert_eq!(opening(&found), []);
}

#[test]
fn a_table_can_say_what_its_commands_reach() {
    let text = include_str!("../../../platforms/frr.toml");
    let own = "\n[risks]\nrisk = [{ class = \"fail_open\", lines = [\"hostname <name>\"] }]\n";
    let platform = Arc::new(Platform::parse(&format!("{text}{own}")).unwrap());
    let mut input = input(
        "r1",
        "frr",
        "hostname a\n",
        "hostname b\nip route 0.0.0.0/0 10.0.0.1\n",
    );
    input.platform = platform;
    let plan = plan_with(&[input], &PlanOptions::default());
    let mut kinds = classes(&plan.devices[0]);
    kinds.sort();
    assert_eq!(kinds, [RiskClass::Management, RiskClass::FailOpen]);
}

/// Puts the entries of a list in the order of their numbers, as a device prints them.
fn in_order(entries: &str) -> String {
    let mut lines: Vec<&str> = entries.lines().collect();
    lines.sort_by_key(|line| line.trim().split(' ').next()?.parse::<u32>().ok());
    lines.join("\n") + "\n"
}

#[test]
fn what_an_entry_denies_passes_until_it_is_there_again() {
    let list = |entries: &str| format!("ip access-list extended EDGE\n{entries}");
    let open = " 20 permit tcp any any\n";
    for (before, after, place) in [
        // In place, under another number, and unnumbered.
        (
            " 10 deny tcp any any eq 22\n",
            " 10 deny tcp any any eq 23\n",
            Some("no 10"),
        ),
        (
            " 10 deny udp any any\n",
            " 15 deny udp any any\n",
            Some("no 10"),
        ),
        (
            " deny tcp any any eq 22\n",
            " permit udp any any\n deny tcp any any eq 22\n",
            Some("no deny tcp any any eq 22"),
        ),
        // Behind it nothing is permitted, before or after.
        (
            " 30 deny tcp any any eq 22\n",
            " 40 deny tcp any any eq 22\n",
            None,
        ),
        (
            " 30 deny tcp any any eq 22\n",
            " 30 deny tcp any any eq 23\n 40 permit udp any any\n",
            Some("no 30"),
        ),
        // What shall pass, and what passed before.
        (
            " 10 deny tcp any any eq 22\n",
            " 10 permit tcp any any eq 22\n",
            None,
        ),
        (" 10 permit udp any any\n", " 10 deny udp any any\n", None),
    ] {
        for edge in [EDGE, ""] {
            let [running, intended] =
                [before, after].map(|entry| list(&in_order(&format!("{entry}{open}"))) + edge);
            let found = device("cisco_ios", &running, &intended);
            let risks = found.steps.iter().zip(&found.step_risks);
            let opening = risks.filter(|(_, risk)| risk.kind == RiskClass::FailOpen);
            let opening: Vec<&str> = opening.map(|(step, _)| step.line.as_str()).collect();
            let place = place.filter(|_| !edge.is_empty());
            assert_eq!(
                opening.first().copied(),
                place,
                "{intended}{:?}",
                found.steps
            );
        }
    }
}
