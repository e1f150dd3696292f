use super::super::tests::found_of;
use crate::model::{PlanFindingKind, PlanSeverity};

/// A switch with a VLAN, routed there and on a trunk.
fn ios(third: u8, mode: &str) -> String {
    format!(
        "vlan 10\n!\ninterface GigabitEthernet0/1\n switchport mode {mode}\n switchport {mode}{} 10\n!\ninterface Vlan10\n ip address 10.0.{third}.1 255.255.255.0\n",
        if mode == "trunk" {
            " allowed vlan"
        } else {
            " vlan"
        }
    )
}

fn eos(third: u8) -> String {
    format!(
        "vlan 10\n!\ninterface Ethernet1\n   switchport mode trunk\n   switchport trunk allowed vlan 10\n!\ninterface Vlan10\n   ip address 10.0.{third}.2/24\n"
    )
}

fn severities(devices: &[(&str, &str, &str)]) -> Vec<PlanSeverity> {
    found_of(PlanFindingKind::DuplicateVlan, devices)
        .into_iter()
        .map(|finding| finding.severity)
        .collect()
}

#[test]
fn two_networks_on_one_vlan_are_told() {
    let bare = "hostname a\n";
    let [one, two, other] = [ios(1, "trunk"), ios(2, "trunk"), eos(2)];
    let found = found_of(
        PlanFindingKind::DuplicateVlan,
        &[("cisco_ios", bare, &one), ("arista_eos", bare, &other)],
    );
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(
        found[0].text,
        "VLAN 10 is of different networks: 10.0.1.0/24 on a and 10.0.2.0/24 on b"
    );
    assert_eq!(found[0].section, ["interface Vlan10"]);
    let new = [("cisco_ios", bare, &*one), ("cisco_ios", bare, &*two)];
    assert_eq!(severities(&new), [PlanSeverity::Warning; 2]);
    let old = [("cisco_ios", &*one, &*one), ("cisco_ios", &*two, &*two)];
    assert_eq!(severities(&old), [PlanSeverity::Info; 2]);
}

#[test]
fn one_network_on_one_vlan_is_sound() {
    let bare = "hostname a\n";
    let [two, other] = [ios(2, "trunk"), eos(2)];
    let same = [("cisco_ios", bare, &*two), ("arista_eos", bare, &*other)];
    assert_eq!(severities(&same), []);
    // A VLAN that leaves no device is another one on each.
    let [one, two] = [1, 2].map(|third| ios(third, "access"));
    let local = [("cisco_ios", bare, &*one), ("cisco_ios", bare, &*two)];
    assert_eq!(severities(&local), []);
    // One of several networks is shared.
    let second = eos(2) + "   ip address 10.0.9.2/24 secondary\n";
    let shared = [
        ("arista_eos", bare, &*other),
        ("arista_eos", bare, &*second),
    ];
    assert_eq!(severities(&shared), []);
    // The numbers mean nothing where the VXLAN networks are others.
    let vxlan =
        |third, vni| eos(third) + &format!("interface Vxlan1\n   vxlan vlan 10 vni {vni}\n");
    let apart = [vxlan(1, 100), vxlan(2, 200)];
    let apart = [
        ("arista_eos", bare, &*apart[0]),
        ("arista_eos", bare, &*apart[1]),
    ];
    assert_eq!(severities(&apart), []);
}
