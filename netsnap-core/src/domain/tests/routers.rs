//! Routers: bridge domains by name.

use super::*;

const XR: &str = "\
hostname x1
!
interface BVI100
 ipv4 address 192.0.2.1 255.255.255.0
!
interface BVI200
 ipv4 address 198.51.100.1 255.255.255.0
!
interface GigabitEthernet0/0/0/1.100 l2transport
 encapsulation dot1q 100 second-dot1q 7
 rewrite ingress tag pop 1 symmetric
!
interface GigabitEthernet0/0/0/1.300 l2transport
 encapsulation dot1q 300
!
interface GigabitEthernet0/0/0/1.400 l2transport
 encapsulation dot1q 400
!
l2vpn
 bridge group G
  bridge-domain BLUE
   description the blue one
   interface GigabitEthernet0/0/0/1.100
   !
   routed interface BVI100
   !
   neighbor 192.0.2.9 pw-id 77
   !
   evi 10
   !
  !
  bridge-domain EMPTY
  !
 !
 xconnect group X
  p2p ONE
   interface GigabitEthernet0/0/0/1.300
   neighbor ipv4 192.0.2.8 pw-id 5
   !
  !
 !
!
end
";

#[test]
fn a_router_with_ios_xr_tells_its_bridge_domains() {
    let found = of("cisco_iosxr", XR);
    assert_eq!(
        told(&found, "bridge-domain G:BLUE"),
        "G:BLUE | GigabitEthernet0/0/0/1.100:t100.7 | BVI100 | pseudowire 192.0.2.9/77 evpn 10"
    );
    let blue = found.domain("bridge-domain G:BLUE").unwrap();
    assert_eq!(blue.description.as_deref(), Some("the blue one"));
    assert_eq!(
        blue.members[0].encapsulation.as_deref(),
        Some("dot1q 100 second-dot1q 7")
    );
}

#[test]
fn a_router_with_ios_xr_tells_what_is_orphaned() {
    assert_eq!(
        orphans(&of("cisco_iosxr", XR)),
        [
            "BridgeDomainWithoutInterface: bridge-domain G:EMPTY",
            "GatewayWithoutDomain: BVI200",
            "InterfaceWithoutDomain: GigabitEthernet0/0/0/1.400",
        ]
    );
}

#[test]
fn a_router_with_dnos_tells_its_bridge_domains() {
    let found = of(
        "drivenets_dnos",
        "system\n  name d1\n!\ninterfaces\n  ge100-0/0/1.100\n    admin-state enabled\n    l2-service enabled\n    vlan-id 100\n  !\n  ge100-0/0/2.7\n    l2-service enabled\n    vlan-tags outer-tag 200 inner-tag 7\n  !\n  ge100-0/0/3.9\n    l2-service enabled\n    vlan-id 9\n  !\n  irb1\n    ipv4-address 192.0.2.1/24\n  !\n  irb2\n    ipv4-address 198.51.100.1/24\n  !\n!\nnetwork-services\n  bridge-domain\n    instance BLUE\n      description \"the blue one\"\n      interface ge100-0/0/1.100\n      !\n      interface ge100-0/0/2.7\n      !\n      router-interface irb1\n    !\n    instance EMPTY\n      admin-state enabled\n    !\n  !\n!\n",
    );
    assert_eq!(
        told(&found, "bridge-domain BLUE"),
        "BLUE | ge100-0/0/1.100:t100 ge100-0/0/2.7:t200.7 | irb1"
    );
    let blue = found.domain("bridge-domain BLUE").unwrap();
    assert_eq!(blue.description.as_deref(), Some("the blue one"));
    assert_eq!(
        orphans(&found),
        [
            "BridgeDomainWithoutInterface: bridge-domain EMPTY",
            "GatewayWithoutDomain: irb2",
            "InterfaceWithoutDomain: ge100-0/0/3.9",
        ]
    );
}

#[test]
fn frr_tells_the_networks_that_it_advertises() {
    let found = of(
        "frr",
        "hostname f1\n!\nrouter bgp 65000\n neighbor 192.0.2.2 remote-as 65001\n !\n address-family l2vpn evpn\n  neighbor 192.0.2.2 activate\n  advertise-all-vni\n  vni 10010\n   rd 192.0.2.1:10\n  exit-vni\n exit-address-family\nexit\n!\nend\n",
    );
    assert_eq!(
        told(&found, "bridge-domain 10010"),
        "10010 |  |  | evpn vxlan 10010"
    );
}
