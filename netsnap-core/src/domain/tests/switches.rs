//! Switches: VLANs by number, access ports and trunks.

use super::*;

const IOS: &str = "\
hostname s1
!
vlan 10
 name CLIENTS
!
vlan 20,30
!
vlan 40
 name EMPTY
!
interface GigabitEthernet1/0/1
 switchport access vlan 10
 switchport mode access
 switchport voice vlan 20
!
interface GigabitEthernet1/0/2
 switchport trunk native vlan 10
 switchport trunk allowed vlan 10,30-31
 switchport mode trunk
!
interface GigabitEthernet1/0/3
 no switchport
 ip address 192.0.2.1 255.255.255.0
!
interface Vlan10
 ip address 198.51.100.1 255.255.255.0
!
interface Vlan99
 ip address 203.0.113.1 255.255.255.0
!
end
";

#[test]
fn a_switch_of_cisco_tells_who_is_in_its_vlans() {
    let found = of("cisco_ios", IOS);
    assert_eq!(
        told(&found, "vlan 10"),
        "CLIENTS | GigabitEthernet1/0/1:u GigabitEthernet1/0/2:u | Vlan10"
    );
    assert_eq!(told(&found, "vlan 20"), " | GigabitEthernet1/0/1:t20");
    assert_eq!(told(&found, "vlan 30"), " | GigabitEthernet1/0/2:t30");
    assert_eq!(told(&found, "vlan 1"), "no vlan 1");
    assert!(!found.vlans_elsewhere);
}

#[test]
fn a_switch_of_cisco_tells_what_is_orphaned() {
    assert_eq!(
        orphans(&of("cisco_ios", IOS)),
        [
            "VlanWithoutMember: vlan 40",
            "MemberWithoutVlan: GigabitEthernet1/0/2 31",
            "GatewayWithoutDomain: vlan 99 Vlan99",
        ]
    );
}

#[test]
fn vlans_that_a_switch_keeps_elsewhere_are_no_orphans() {
    let found = of(
        "cisco_ios",
        "hostname s1\ninterface GigabitEthernet1/0/1\n switchport access vlan 10\n switchport mode access\n",
    );
    assert!(
        found.vlans_elsewhere && found.orphans.is_empty(),
        "{found:?}"
    );
    assert_eq!(told(&found, "vlan 10"), " | GigabitEthernet1/0/1:u");
    assert!(!found.domain("vlan 10").unwrap().defined);
}

#[test]
fn a_trunk_that_lists_nothing_carries_every_vlan_there_is() {
    let found = of(
        "cisco_ios",
        "hostname s1\nvlan 10\nvlan 20\ninterface GigabitEthernet1/0/1\n switchport mode trunk\n",
    );
    assert_eq!(told(&found, "vlan 1"), " | GigabitEthernet1/0/1:u");
    assert_eq!(told(&found, "vlan 10"), " | GigabitEthernet1/0/1:t10");
    assert_eq!(told(&found, "vlan 20"), " | GigabitEthernet1/0/1:t20");
    assert!(found.orphans.is_empty());
}

#[test]
fn a_service_instance_of_ios_xe_is_a_member_with_its_tags() {
    let found = of(
        "cisco_ios",
        "hostname p1\ninterface GigabitEthernet0/0/1\n service instance 100 ethernet\n  encapsulation dot1q 100 second-dot1q 7\n  bridge-domain 500\n service instance 200 ethernet\n  encapsulation untagged\nbridge-domain 500\n member 192.0.2.9 77 encapsulation mpls\ninterface BDI500\n ip address 192.0.2.1 255.255.255.0\nbridge-domain 600\n",
    );
    assert_eq!(
        told(&found, "bridge-domain 500"),
        "500 | GigabitEthernet0/0/1 service instance 100:t100.7 | BDI500 | pseudowire 192.0.2.9/77"
    );
    assert_eq!(
        orphans(&found),
        [
            "BridgeDomainWithoutInterface: bridge-domain 600",
            "InterfaceWithoutDomain: GigabitEthernet0/0/1 service instance 200",
        ]
    );
}

#[test]
fn a_nexus_ends_its_vlans_in_vxlan_and_evpn() {
    let found = of(
        "cisco_nxos",
        "hostname n1\nvlan 1,10,20\nvlan 10\n  name BLUE\n  vn-segment 10010\nvlan 20\n  vn-segment 10020\ninterface Vlan10\n  no shutdown\ninterface nve1\n  member vni 10010\ninterface Ethernet1/1\n  switchport mode trunk\n  switchport trunk allowed vlan 10\nevpn\n  vni 10010 l2\n    rd auto\n",
    );
    assert_eq!(
        told(&found, "vlan 10"),
        "BLUE | Ethernet1/1:t10 | Vlan10 | evpn vxlan 10010"
    );
    assert_eq!(told(&found, "vlan 20"), " |  |  | vxlan 10020");
    assert!(found.orphans.is_empty(), "{:?}", found.orphans);
}

#[test]
fn a_list_in_several_lines_is_one_list() {
    let found = of(
        "cisco_nxos",
        "hostname n1\nvlan 10-12\ninterface Ethernet1/1\n  switchport mode trunk\n  switchport trunk allowed vlan 10\n  switchport trunk allowed vlan add 12\n",
    );
    assert_eq!(told(&found, "vlan 10"), " | Ethernet1/1:t10");
    assert_eq!(told(&found, "vlan 12"), " | Ethernet1/1:t12");
    assert_eq!(orphans(&found), ["VlanWithoutMember: vlan 11"]);
}

#[test]
fn an_arista_maps_vlans_to_networks() {
    let found = of(
        "arista_eos",
        "hostname e1\n!\nvlan 10\n   name BLUE\n!\nvlan 20\n!\ninterface Ethernet1\n   switchport trunk allowed vlan 10,20\n   switchport mode trunk\n!\ninterface Ethernet2\n   switchport access vlan 20\n!\ninterface Vlan10\n   ip address 192.0.2.1/24\n!\ninterface Vxlan1\n   vxlan vlan 10 vni 10010\n   vxlan vlan 20 vni 10020\n!\nrouter bgp 65000\n   vlan 10\n      rd 192.0.2.1:10\n!\nend\n",
    );
    assert_eq!(
        told(&found, "vlan 10"),
        "BLUE | Ethernet1:t10 | Vlan10 | evpn vxlan 10010"
    );
    assert_eq!(
        told(&found, "vlan 20"),
        " | Ethernet1:t20 Ethernet2:u |  | vxlan 10020"
    );
}

#[test]
fn a_huawei_switch_carries_only_what_its_trunks_allow() {
    let found = of(
        "huawei_vrp",
        "sysname h1\n#\nvlan batch 10 20 to 22\n#\nvlan 10\n name BLUE\n description clients\n#\ninterface Vlanif10\n ip address 192.0.2.1 255.255.255.0\n#\ninterface GigabitEthernet0/0/1\n port link-type trunk\n port trunk pvid vlan 10\n port trunk allow-pass vlan 10 20 to 21\n#\ninterface GigabitEthernet0/0/2\n port link-type access\n port default vlan 20\n#\ninterface GigabitEthernet0/0/3\n port link-type hybrid\n port hybrid tagged vlan 22\n port hybrid untagged vlan 10\n#\nbridge-domain 500\n vxlan vni 5500\n#\ninterface GE1/0/1.1 mode l2\n encapsulation dot1q vid 77\n bridge-domain 500\n#\ninterface Vbdif500\n ip address 198.51.100.1 255.255.255.0\n#\nreturn\n",
    );
    assert_eq!(
        told(&found, "vlan 10"),
        "BLUE | GigabitEthernet0/0/1:u GigabitEthernet0/0/3:u | Vlanif10"
    );
    assert_eq!(
        told(&found, "vlan 20"),
        " | GigabitEthernet0/0/1:t20 GigabitEthernet0/0/2:u"
    );
    assert_eq!(told(&found, "vlan 22"), " | GigabitEthernet0/0/3:t22");
    assert_eq!(
        told(&found, "bridge-domain 500"),
        "500 | GE1/0/1.1:t77 | Vbdif500 | vxlan 5500"
    );
    assert!(found.orphans.is_empty(), "{:?}", found.orphans);
}
