//! What can cut off the way by which we come in.

use super::tests::input;
use crate::model::{DevicePlan, RiskClass, RiskLevel};
use crate::plan::{DeploymentPlanner as _, ManagementPath, PlanOptions, Remediator};

/// Plans the change of a text where a part of it becomes another, for a device that is reached at an address.
fn changed(
    platform: &str,
    text: &str,
    (old, new): (&str, &str),
    address: Option<&str>,
) -> DevicePlan {
    assert!(text.contains(old), "{text}");
    let path = address.map(|address| ManagementPath {
        address: Some(address.into()),
        ..ManagementPath::default()
    });
    let options = PlanOptions {
        management: path
            .map(|path| ("r1".to_owned(), path))
            .into_iter()
            .collect(),
        ..PlanOptions::default()
    };
    let inputs = [input("r1", platform, text, &text.replace(old, new))];
    let plan = Remediator.plan(&inputs, &options).unwrap();
    plan.devices.into_iter().next().unwrap()
}

fn is_cut(device: &DevicePlan) -> bool {
    let mut risks = device.step_risks.iter();
    risks.any(|risk| (risk.kind, risk.level) == (RiskClass::Management, RiskLevel::High))
}

const IOS_PORT: &str = "interface GigabitEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n";

#[test]
fn a_filter_on_the_interface_of_our_address_cuts_us_off() {
    for (platform, text, old, new) in [
        ("cisco_ios", format!("{IOS_PORT} ip access-group A in\nip access-list extended A\n 10 permit ip any any\n"), " 10 ", " 5 deny tcp any any eq 22\n 10 "),
        ("arista_eos", "ip access-list A\n   10 permit ip any any\ninterface Management1\n   ip address 192.0.2.1/24\n   ip access-group A in\n".to_owned(), "   10 ", "   5 deny tcp any any eq ssh\n   10 "),
        ("cisco_nxos", "ip access-list A\n  10 permit ip any any\ninterface mgmt0\n  vrf member management\n  ip address 192.0.2.1/24\n  ip access-group A in\n".to_owned(), "  10 ", "  5 deny tcp any any eq 22\n  10 "),
        ("cisco_ios", format!("{IOS_PORT} ip policy route-map P\nroute-map P permit 10\n set ip next-hop 192.0.2.9\n"), "set ip next-hop 192.0.2.9", "set interface Null0"),
    ] {
        let found = changed(platform, &text, (old, new), Some("192.0.2.1"));
        assert!(is_cut(&found), "{platform}: {:?} {:?}", found.steps, found.step_risks);
        let elsewhere = changed(platform, &text, (old, new), Some("192.0.2.77"));
        let is_management_port = platform != "cisco_ios";
        assert_eq!(is_cut(&elsewhere), is_management_port, "{platform}: {:?}", elsewhere.step_risks);
    }
}

#[test]
fn a_filter_of_the_logins_cuts_us_off_wherever_we_come_in() {
    for (platform, text, old, new) in [
        (
            "cisco_ios",
            "ip access-list standard V\n 10 permit 10.0.0.0 0.0.0.255\n 20 permit 192.0.2.0 0.0.0.255\nline vty 0 4\n access-class V in\n",
            " 20 permit 192.0.2.0 0.0.0.255\n",
            "",
        ),
        (
            "cisco_ios",
            "access-list 10 permit 10.0.0.0 0.0.0.255\naccess-list 10 permit 192.0.2.0 0.0.0.255\nline vty 0 4\n access-class 10 in\n",
            "access-list 10 permit 192.0.2.0 0.0.0.255\n",
            "",
        ),
        (
            "arista_eos",
            "ip access-list V\n   10 permit ip any any\nmanagement ssh\n   ip access-group V in\n",
            "   10 ",
            "   5 deny tcp any any eq ssh\n   10 ",
        ),
        (
            "cisco_nxos",
            "ip access-list V\n  10 permit ip any any\nline vty\n  access-class V in\n",
            "  10 ",
            "  5 deny tcp any any eq 22\n  10 ",
        ),
        (
            "cisco_iosxr",
            "ipv4 access-list V\n 10 permit ipv4 any any\n!\nline default\n access-class ingress V\n!\n",
            " 10 ",
            " 5 deny tcp any any eq ssh\n 10 ",
        ),
    ] {
        let found = changed(platform, text, (old, new), None);
        assert!(
            is_cut(&found),
            "{platform}: {:?} {:?}",
            found.steps,
            found.step_risks
        );
        let reason = &found.risk.as_ref().unwrap().reasons;
        assert!(
            reason
                .iter()
                .any(|reason| reason.text.contains("who may log in")),
            "{reason:?}"
        );
    }
}

const SWITCH: &str = "vlan 10\nvlan 99\ninterface GigabitEthernet0/1\n switchport mode trunk\n switchport trunk allowed vlan 10,99\ninterface Vlan99\n ip address 192.0.2.1 255.255.255.0\n";

#[test]
fn the_vlan_under_our_address_is_on_the_way() {
    for (old, new, cut) in [
        ("vlan 10,99", "vlan 10", true),
        ("vlan 10\nvlan 99\n", "vlan 10\n", true),
        ("vlan 10,99\n", "vlan 10,99\n shutdown\n", true),
        ("vlan 10,99\n", "vlan 10,99\n description uplink\n", false),
        ("vlan 10,99", "vlan 10,20,99", false),
    ] {
        let found = changed("cisco_ios", SWITCH, (old, new), Some("192.0.2.1"));
        assert_eq!(
            is_cut(&found),
            cut,
            "{new}: {:?} {:?}",
            found.steps,
            found.step_risks
        );
    }
}

#[test]
fn the_members_of_the_channel_of_our_address_are_on_the_way() {
    let text = "interface Port-channel1\n ip address 192.0.2.1 255.255.255.0\ninterface GigabitEthernet0/1\n channel-group 1 mode active\n";
    let change = (" channel-group 1 mode active\n", " no ip address\n");
    assert!(is_cut(&changed(
        "cisco_ios",
        text,
        change,
        Some("192.0.2.1")
    )));
    assert!(!is_cut(&changed(
        "cisco_ios",
        text,
        change,
        Some("192.0.2.2")
    )));
}

#[test]
fn a_way_in_that_nobody_knows_is_told() {
    let change = (" ip address 192.0.2.1 255.255.255.0\n", " shutdown\n");
    let told = |address: Option<&str>| {
        let found = changed("cisco_ios", IOS_PORT, change, address);
        let reasons = found.risk.unwrap().reasons.into_iter();
        let mut texts = reasons.map(|reason| reason.text);
        texts.find(|text| text.contains("is not known"))
    };
    let text = told(Some("r1.example.net")).unwrap();
    assert!(
        text.contains("no interface has the address `r1.example.net`"),
        "{text}"
    );
    assert_eq!(told(Some("192.0.2.1")), None);
    assert_eq!(told(None), None);
    // A name is no address of a line that has the same word.
    let found = changed("cisco_ios", "hostname r1\n", ("r1", "r2"), Some("r1"));
    assert!(!is_cut(&found), "{:?}", found.step_risks);
}
