//! What waits for what, beyond names that are used.

use super::*;

/// A change, there and back; the lines of both ways, joined by `; `.
struct Way {
    platform: &'static str,
    running: &'static str,
    intended: &'static str,
    there: &'static str,
    back: &'static str,
}

fn all_go(ways: &[Way]) {
    let mut wrong = Vec::new();
    for way in ways {
        let table = Platform::named(way.platform).unwrap();
        let plan = plan(way.platform, way.running, way.intended).unwrap();
        let device = &plan.devices[0];
        let [there, back] =
            [&device.steps, &device.inverse].map(|steps| lines(steps, &table).join("; "));
        if (there.as_str(), back.as_str()) != (way.there, way.back) {
            wrong.push(format!(
                "{}\nthere    {there}\nexpected {}\nback     {back}\nexpected {}",
                way.platform, way.there, way.back
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn huawei_a_peer_that_is_made_anew_waits_for_the_filter_that_it_gets() {
    all_plan(
        "huawei_vrp",
        &[(
            "bgp 1\n peer 10.0.0.2 as-number 2\n #\n ipv4-family unicast\n  peer 10.0.0.2 enable\n#\n",
            "bgp 1\n peer 10.0.0.2 as-number 3\n #\n ipv4-family unicast\n  peer 10.0.0.2 enable\n  peer 10.0.0.2 route-policy IN import\n#\nroute-policy IN permit node 10\n#\n",
            "route-policy IN permit node 10; quit; bgp 1; undo peer 10.0.0.2; peer 10.0.0.2 as-number 3; ipv4-family unicast; peer 10.0.0.2 enable; peer 10.0.0.2 route-policy IN import; quit; quit",
        )],
        |_| true,
    );
}

#[test]
fn a_new_peer_waits_for_its_filters_and_gets_them_at_once() {
    all_go(&[
        Way {
            platform: "frr",
            running: "router bgp 1\n neighbor 10.0.0.9 remote-as 9\n !\n address-family ipv4 unicast\n  neighbor 10.0.0.9 next-hop-self\n exit-address-family\nexit\n",
            intended: "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n neighbor 10.0.0.2 description x\n neighbor 10.0.0.9 remote-as 9\n !\n address-family ipv4 unicast\n  neighbor 10.0.0.2 next-hop-self\n  neighbor 10.0.0.2 route-map IN in\n  neighbor 10.0.0.9 next-hop-self\n exit-address-family\n !\n address-family ipv6 unicast\n  neighbor 10.0.0.2 activate\n  neighbor 10.0.0.2 route-map IN in\n exit-address-family\nexit\n!\nip prefix-list A seq 5 permit 10.0.0.0/8\n!\nroute-map IN permit 10\n match ip address prefix-list A\nexit\n",
            there: "ip prefix-list A seq 5 permit 10.0.0.0/8; route-map IN permit 10; match ip address prefix-list A; exit; router bgp 1; neighbor 10.0.0.2 remote-as 2; address-family ipv4 unicast; neighbor 10.0.0.2 route-map IN in; exit-address-family; address-family ipv6 unicast; neighbor 10.0.0.2 route-map IN in; exit-address-family; neighbor 10.0.0.2 description x; address-family ipv4 unicast; neighbor 10.0.0.2 next-hop-self; exit-address-family; address-family ipv6 unicast; neighbor 10.0.0.2 activate; exit-address-family; exit",
            back: "router bgp 1; no neighbor 10.0.0.2 remote-as 2; exit; no route-map IN permit 10; no ip prefix-list A seq 5 permit 10.0.0.0/8",
        },
        Way {
            platform: "cisco_ios",
            running: "router bgp 1\n neighbor 10.0.0.9 remote-as 9\n !\n address-family ipv4\n  neighbor 10.0.0.9 activate\n exit-address-family\n",
            intended: "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n neighbor 10.0.0.2 description x\n neighbor 10.0.0.9 remote-as 9\n !\n address-family ipv4\n  neighbor 10.0.0.2 activate\n  neighbor 10.0.0.2 send-community\n  neighbor 10.0.0.2 route-map IN in\n  neighbor 10.0.0.9 activate\n exit-address-family\nroute-map IN permit 10\n",
            there: "route-map IN permit 10; exit; router bgp 1; neighbor 10.0.0.2 remote-as 2; address-family ipv4; neighbor 10.0.0.2 activate; neighbor 10.0.0.2 route-map IN in; exit-address-family; neighbor 10.0.0.2 description x; address-family ipv4; neighbor 10.0.0.2 send-community; exit-address-family; exit",
            back: "router bgp 1; no neighbor 10.0.0.2 remote-as 2; exit; no route-map IN permit 10",
        },
        Way {
            platform: "arista_eos",
            running: "router bgp 1\n   neighbor 10.0.0.9 remote-as 9\n   address-family ipv4\n      neighbor 10.0.0.9 activate\n",
            intended: "router bgp 1\n   neighbor 10.0.0.2 remote-as 2\n   neighbor 10.0.0.2 description x\n   neighbor 10.0.0.9 remote-as 9\n   address-family ipv4\n      neighbor 10.0.0.2 activate\n      neighbor 10.0.0.2 route-map IN in\n      neighbor 10.0.0.9 activate\nroute-map IN permit 10\n",
            there: "route-map IN permit 10; exit; router bgp 1; neighbor 10.0.0.2 remote-as 2; address-family ipv4; neighbor 10.0.0.2 route-map IN in; exit; neighbor 10.0.0.2 description x; address-family ipv4; neighbor 10.0.0.2 activate; exit; exit",
            back: "router bgp 1; address-family ipv4; no neighbor 10.0.0.2 activate; exit; no neighbor 10.0.0.2; address-family ipv4; no neighbor 10.0.0.2 route-map IN in; exit; exit; no route-map IN permit 10",
        },
        Way {
            platform: "cisco_nxos",
            running: "router bgp 1\n",
            intended: "router bgp 1\n  neighbor 10.0.0.2\n    remote-as 2\n    description x\n    address-family ipv4 unicast\n      send-community\n      route-map IN in\nroute-map IN permit 10\n",
            there: "route-map IN permit 10; exit; router bgp 1; neighbor 10.0.0.2; remote-as 2; address-family ipv4 unicast; route-map IN in; send-community; exit; description x; exit; exit",
            back: "router bgp 1; no neighbor 10.0.0.2; exit; no route-map IN permit 10",
        },
        Way {
            platform: "huawei_vrp",
            running: "bgp 1\n #\n ipv4-family unicast\n  preference 20 200 200\n#\n",
            intended: "bgp 1\n peer 10.0.0.2 as-number 2\n peer 10.0.0.2 description x\n #\n ipv4-family unicast\n  preference 20 200 200\n  peer 10.0.0.2 enable\n  peer 10.0.0.2 next-hop-local\n  peer 10.0.0.2 route-policy IN import\n#\nroute-policy IN permit node 10\n#\n",
            there: "route-policy IN permit node 10; quit; bgp 1; peer 10.0.0.2 as-number 2; ipv4-family unicast; peer 10.0.0.2 enable; peer 10.0.0.2 route-policy IN import; quit; peer 10.0.0.2 description x; ipv4-family unicast; peer 10.0.0.2 next-hop-local; quit; quit",
            back: "bgp 1; undo peer 10.0.0.2; quit; undo route-policy IN node 10",
        },
    ]);
}

#[test]
fn a_group_is_filtered_before_somebody_joins_it() {
    all_go(&[
        Way {
            platform: "frr",
            running: "router bgp 1\n neighbor G peer-group\n neighbor G remote-as 2\n !\n address-family ipv4 unicast\n  network 10.0.0.0/8\n exit-address-family\nexit\n",
            intended: "router bgp 1\n neighbor G peer-group\n neighbor G remote-as 2\n neighbor 10.0.0.2 peer-group G\n !\n address-family ipv4 unicast\n  network 10.0.0.0/8\n  neighbor G route-map IN in\n exit-address-family\nexit\n!\nroute-map IN permit 10\nexit\n",
            there: "route-map IN permit 10; exit; router bgp 1; address-family ipv4 unicast; neighbor G route-map IN in; exit-address-family; neighbor 10.0.0.2 peer-group G; exit",
            back: "router bgp 1; no neighbor 10.0.0.2 peer-group G; address-family ipv4 unicast; no neighbor G route-map IN in; exit-address-family; exit; no route-map IN permit 10",
        },
        Way {
            platform: "cisco_ios",
            running: "router bgp 1\n neighbor 10.0.0.9 remote-as 9\n address-family ipv4\n  neighbor 10.0.0.9 activate\n exit-address-family\n",
            intended: "router bgp 1\n neighbor G peer-group\n neighbor G remote-as 2\n neighbor 10.0.0.2 peer-group G\n neighbor 10.0.0.9 remote-as 9\n address-family ipv4\n  neighbor G route-map IN in\n  neighbor 10.0.0.2 activate\n  neighbor 10.0.0.9 activate\n exit-address-family\nroute-map IN permit 10\n",
            there: "route-map IN permit 10; exit; router bgp 1; neighbor G peer-group; neighbor G remote-as 2; address-family ipv4; neighbor G route-map IN in; exit-address-family; neighbor 10.0.0.2 peer-group G; address-family ipv4; neighbor 10.0.0.2 activate; exit-address-family; exit",
            back: "router bgp 1; no neighbor 10.0.0.2 peer-group G; no neighbor G peer-group; exit; no route-map IN permit 10",
        },
        Way {
            platform: "huawei_vrp",
            running: "bgp 1\n #\n ipv4-family unicast\n  preference 20 200 200\n#\n",
            intended: "bgp 1\n group G external\n peer G as-number 2\n peer 10.0.0.2 group G\n #\n ipv4-family unicast\n  preference 20 200 200\n  peer G enable\n  peer G route-policy IN import\n  peer 10.0.0.2 enable\n  peer 10.0.0.2 group G\n#\nroute-policy IN permit node 10\n#\n",
            there: "route-policy IN permit node 10; quit; bgp 1; group G external; peer G as-number 2; ipv4-family unicast; peer G enable; peer G route-policy IN import; quit; peer 10.0.0.2 group G; ipv4-family unicast; peer 10.0.0.2 enable; peer 10.0.0.2 group G; quit; quit",
            back: "bgp 1; undo peer 10.0.0.2 group G; undo group G; ipv4-family unicast; undo peer 10.0.0.2 enable; quit; quit; undo route-policy IN node 10",
        },
    ]);
}

#[test]
fn another_value_waits_for_a_filter_that_comes_too() {
    all_go(&[Way {
        platform: "frr",
        running: "router bgp 1\n neighbor 10.0.0.2 remote-as 2\nexit\n",
        intended: "router bgp 1\n neighbor 10.0.0.2 remote-as 3\n !\n address-family ipv4 unicast\n  neighbor 10.0.0.2 route-map IN in\n exit-address-family\nexit\n!\nroute-map IN permit 10\nexit\n",
        there: "route-map IN permit 10; exit; router bgp 1; address-family ipv4 unicast; neighbor 10.0.0.2 route-map IN in; exit-address-family; neighbor 10.0.0.2 remote-as 3; exit",
        back: "router bgp 1; address-family ipv4 unicast; no neighbor 10.0.0.2 route-map IN in; exit-address-family; exit; no route-map IN permit 10; router bgp 1; neighbor 10.0.0.2 remote-as 2; exit",
    }]);
}

#[test]
fn a_port_comes_up_when_it_is_filtered_and_is_shut_before_its_filter_goes() {
    all_go(&[
        Way {
            platform: "cisco_ios",
            running: "interface GigabitEthernet0/1\n shutdown\n",
            intended: "interface GigabitEthernet0/1\n ip address 10.0.0.1 255.255.255.252\n ip access-group A in\nip access-list extended A\n 10 permit ip any any\n",
            there: "ip access-list extended A; 10 permit ip any any; exit; interface GigabitEthernet0/1; ip access-group A in; ip address 10.0.0.1 255.255.255.252; no shutdown; exit",
            back: "interface GigabitEthernet0/1; shutdown; no ip address; no ip access-group A in; exit; no ip access-list extended A",
        },
        Way {
            platform: "cisco_nxos",
            running: "feature interface-vlan\nvrf context A\nvlan 40\n",
            intended: "feature interface-vlan\nvrf context A\nvlan 40\ninterface Vlan40\n  no shutdown\n  vrf member A\n  ip address 10.0.40.1/24\n  ip access-group X in\nip access-list X\n  10 permit ip any any\n",
            there: "ip access-list X; 10 permit ip any any; exit; interface Vlan40; vrf member A; ip access-group X in; ip address 10.0.40.1/24; no shutdown; exit",
            back: "no interface Vlan40; no ip access-list X",
        },
        Way {
            platform: "arista_eos",
            running: "vrf instance A\nvrf instance B\ninterface Ethernet1\n   no switchport\n   vrf A\n   ip address 10.0.0.1/24\n   ip access-group X in\nip access-list X\n   10 permit ip any any\n",
            intended: "vrf instance A\nvrf instance B\ninterface Ethernet1\n   no switchport\n   vrf B\n   ip address 10.0.0.1/24\n   ip access-group Y in\nip access-list Y\n   10 permit ip any any\n",
            there: "ip access-list Y; 10 permit ip any any; exit; interface Ethernet1; ip access-group Y in; exit; no ip access-list X; interface Ethernet1; vrf B; ip address 10.0.0.1/24; exit",
            back: "ip access-list X; 10 permit ip any any; exit; interface Ethernet1; ip access-group X in; exit; no ip access-list Y; interface Ethernet1; vrf A; ip address 10.0.0.1/24; exit",
        },
    ]);
}

#[test]
fn a_vlan_goes_when_the_trunks_have_let_go_of_it_and_is_there_before_they_take_it() {
    all_go(&[
        Way {
            platform: "cisco_ios",
            running: "vlan 10,20,30\ninterface GigabitEthernet0/1\n switchport trunk native vlan 30\n switchport trunk allowed vlan 10,20-30\n",
            intended: "vlan 10,20\ninterface GigabitEthernet0/1\n switchport trunk allowed vlan 10,20\n",
            there: "interface GigabitEthernet0/1; no switchport trunk native vlan; switchport trunk allowed vlan remove 21-30; exit; no vlan 30",
            back: "vlan 30; exit; interface GigabitEthernet0/1; switchport trunk native vlan 30; switchport trunk allowed vlan add 21-30; exit",
        },
        Way {
            platform: "cisco_nxos",
            running: "feature interface-vlan\nvlan 10,20,30\ninterface Vlan30\ninterface Ethernet1/1\n  switchport trunk allowed vlan 10,20-30\n",
            intended: "feature interface-vlan\nvlan 10,20\ninterface Ethernet1/1\n  switchport trunk allowed vlan 10,20\n",
            there: "no interface Vlan30; interface Ethernet1/1; switchport trunk allowed vlan remove 21-30; exit; no vlan 30",
            back: "vlan 30; exit; interface Vlan30; exit; interface Ethernet1/1; switchport trunk allowed vlan add 21-30; exit",
        },
        Way {
            platform: "arista_eos",
            running: "vlan 10,20,30\ninterface Ethernet1\n   switchport trunk native vlan 30\n   switchport trunk allowed vlan 10,30\n",
            intended: "vlan 10,20\ninterface Ethernet1\n   switchport trunk allowed vlan 10,20\n",
            there: "interface Ethernet1; no switchport trunk native vlan; switchport trunk allowed vlan add 20; switchport trunk allowed vlan remove 30; exit; no vlan 30",
            back: "vlan 30; exit; interface Ethernet1; switchport trunk native vlan 30; switchport trunk allowed vlan add 30; switchport trunk allowed vlan remove 20; exit",
        },
        Way {
            platform: "huawei_vrp",
            running: "vlan batch 10 20 30\ninterface Vlanif30\n ip address 10.0.30.1 255.255.255.0\n#\ninterface GigabitEthernet0/0/1\n port trunk pvid vlan 30\n port trunk allow-pass vlan 10 20 to 30\n#\ninterface GigabitEthernet0/0/2\n port hybrid pvid vlan 30\n port hybrid untagged vlan 30\n#\n",
            intended: "vlan batch 10 20\ninterface GigabitEthernet0/0/1\n port trunk allow-pass vlan 10 20\n#\n",
            there: "interface GigabitEthernet0/0/2; undo port hybrid untagged vlan 30; undo port hybrid pvid vlan; quit; undo interface Vlanif30; interface GigabitEthernet0/0/1; undo port trunk pvid vlan; undo port trunk allow-pass vlan 21 to 30; quit; undo vlan 30",
            back: "vlan 30; quit; interface Vlanif30; ip address 10.0.30.1 255.255.255.0; quit; interface GigabitEthernet0/0/1; port trunk pvid vlan 30; port trunk allow-pass vlan 21 to 30; quit; interface GigabitEthernet0/0/2; port hybrid pvid vlan 30; port hybrid untagged vlan 30; quit",
        },
    ]);
}

#[test]
fn a_trunk_without_its_list_would_carry_all() {
    all_go(&[Way {
        platform: "cisco_nxos",
        running: "vlan 10\ninterface Ethernet1/1\n  switchport mode access\n",
        intended: "vlan 10\ninterface Ethernet1/1\n  switchport mode trunk\n  switchport trunk allowed vlan 10\n",
        there: "interface Ethernet1/1; switchport trunk allowed vlan 10; switchport mode trunk; exit",
        back: "interface Ethernet1/1; switchport mode access; no switchport trunk allowed vlan; exit",
    }]);
}

#[test]
fn what_is_new_in_a_list_comes_before_what_is_old_goes() {
    all_go(&[
        Way {
            platform: "huawei_vrp",
            running: "ip ip-prefix X index 10 permit 10.0.0.0 8\nip ip-prefix Y index 10 permit 10.0.0.0 8\nroute-policy M permit node 10\n if-match ip-prefix X\n#\n",
            intended: "ip ip-prefix X index 20 permit 11.0.0.0 8\nip ip-prefix Y index 10 permit 11.0.0.0 8\nip ip-prefix Y index 20 permit 12.0.0.0 8\nroute-policy M permit node 20\n if-match ip-prefix X\n#\n",
            there: "ip ip-prefix X index 20 permit 11.0.0.0 8; undo ip ip-prefix X index 10; ip ip-prefix Y index 20 permit 12.0.0.0 8; undo ip ip-prefix Y index 10; ip ip-prefix Y index 10 permit 11.0.0.0 8; route-policy M permit node 20; if-match ip-prefix X; quit; undo route-policy M node 10",
            back: "ip ip-prefix X index 10 permit 10.0.0.0 8; undo ip ip-prefix X index 20; undo ip ip-prefix Y index 10; ip ip-prefix Y index 10 permit 10.0.0.0 8; undo ip ip-prefix Y index 20; route-policy M permit node 10; if-match ip-prefix X; quit; undo route-policy M node 20",
        },
        Way {
            platform: "frr",
            running: "ip prefix-list P seq 5 permit 10.0.0.0/8\nip prefix-list P seq 10 permit 11.0.0.0/8\n!\nroute-map M deny 10\n match ip address prefix-list P\nexit\n!\nroute-map M permit 20\nexit\n",
            intended: "ip prefix-list P seq 5 permit 12.0.0.0/8\nip prefix-list P seq 20 permit 11.0.0.0/8\n!\nroute-map M deny 15\n match ip address prefix-list P\nexit\n!\nroute-map M permit 20\nexit\n",
            there: "ip prefix-list P seq 5 permit 12.0.0.0/8; no ip prefix-list P seq 10 permit 11.0.0.0/8; ip prefix-list P seq 20 permit 11.0.0.0/8; route-map M deny 15; match ip address prefix-list P; exit; no route-map M deny 10",
            back: "ip prefix-list P seq 5 permit 10.0.0.0/8; no ip prefix-list P seq 20 permit 11.0.0.0/8; ip prefix-list P seq 10 permit 11.0.0.0/8; route-map M deny 10; match ip address prefix-list P; exit; no route-map M deny 15",
        },
        Way {
            platform: "cisco_nxos",
            running: "interface Ethernet1/1\n  ip access-group A in\nip access-list A\n  10 permit tcp any any eq 22\n  20 permit tcp any any eq 443\n",
            intended: "interface Ethernet1/1\n  ip access-group A in\nip access-list A\n  100 permit tcp any any eq 22\n  200 permit tcp any any eq 8443\n",
            there: "ip access-list A; 200 permit tcp any any eq 8443; no 10; 100 permit tcp any any eq 22; no 20; exit",
            back: "ip access-list A; 20 permit tcp any any eq 443; no 100; 10 permit tcp any any eq 22; no 200; exit",
        },
        Way {
            platform: "cisco_ios",
            running: "ip prefix-list P seq 10 permit 10.0.0.0/8\nroute-map M permit 10\n match ip address prefix-list P\n",
            intended: "ip prefix-list P seq 20 permit 10.0.0.0/9\nroute-map M permit 10\n match ip address prefix-list P\n",
            there: "ip prefix-list P seq 20 permit 10.0.0.0/9; no ip prefix-list P seq 10 permit 10.0.0.0/8",
            back: "ip prefix-list P seq 10 permit 10.0.0.0/8; no ip prefix-list P seq 20 permit 10.0.0.0/9",
        },
    ]);
}

#[test]
fn a_policy_goes_before_the_sets_that_its_text_names() {
    all_go(&[Way {
        platform: "cisco_iosxr",
        running: "hostname r1\nprefix-set PS\n  10.0.0.0/8\nend-set\ncommunity-set CS\n  1:1\nend-set\nroute-policy OTHER\n  pass\nend-policy\nroute-policy IN\n  if (destination in PS and community matches-any CS) then\n    set community CS additive\n    apply OTHER\n  endif\nend-policy\n",
        intended: "hostname r1\n",
        there: "no route-policy IN; no route-policy OTHER; no community-set CS; no prefix-set PS",
        back: "prefix-set PS; 10.0.0.0/8; end-set; community-set CS; 1:1; end-set; route-policy OTHER; pass; end-policy; route-policy IN; if (destination in PS and community matches-any CS) then; set community CS additive; apply OTHER; endif; end-policy",
    }]);
}

#[test]
fn an_interface_stays_as_long_as_somebody_speaks_from_it() {
    all_go(&[Way {
        platform: "cisco_ios",
        running: "interface Loopback0\n ip address 10.0.0.1 255.255.255.255\nrouter bgp 1\n neighbor 10.0.0.2 remote-as 1\n neighbor 10.0.0.2 update-source Loopback0\n",
        intended: "interface Loopback1\n ip address 10.0.0.3 255.255.255.255\nrouter bgp 1\n neighbor 10.0.0.2 remote-as 1\n neighbor 10.0.0.2 update-source Loopback1\n",
        there: "interface Loopback1; ip address 10.0.0.3 255.255.255.255; exit; router bgp 1; neighbor 10.0.0.2 update-source Loopback1; exit; no interface Loopback0",
        back: "interface Loopback0; ip address 10.0.0.1 255.255.255.255; exit; router bgp 1; neighbor 10.0.0.2 update-source Loopback0; exit; no interface Loopback1",
    }]);
}

#[test]
fn what_erases_an_address_comes_before_it_where_an_interface_is_written_otherwise() {
    all_plan(
        "cisco_ios",
        &[(
            "vrf definition RED\n rd 65000:1\n address-family ipv4\n exit-address-family\n",
            "vrf definition RED\n rd 65000:1\n address-family ipv4\n exit-address-family\ninterface GigabitEthernet0/0\n ip address 10.0.1.1 255.255.255.0\n vrf forwarding RED\n",
            "interface GigabitEthernet0/0; vrf forwarding RED; ip address 10.0.1.1 255.255.255.0; exit",
        )],
        |device| device.proof.is_proven(),
    );
}

#[test]
fn a_name_is_there_before_it_is_used_within_one_new_section() {
    let running = "system { host-name r1; }\n";
    let intended = "system { host-name r1; }\npolicy-options { policy-statement P { then { community add C; } } community C { members 65000:1; } }\n";
    let plan = plan("juniper_junos", running, intended).unwrap();
    let typed = lines(
        &plan.devices[0].steps,
        &Platform::named("juniper_junos").unwrap(),
    );
    assert_eq!(
        typed,
        [
            "set policy-options community C members 65000:1",
            "set policy-options policy-statement P then community add C",
        ]
    );
    assert!(plan.is_proven());
}

#[test]
fn another_kind_of_filter_is_there_before_the_old_one_goes() {
    all_go(&[
        Way {
            platform: "cisco_ios",
            running: "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n neighbor 10.0.0.2 route-map IN in\nroute-map IN permit 10\n",
            intended: "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n neighbor 10.0.0.2 prefix-list P in\nip prefix-list P seq 5 permit 10.0.0.0/8\n",
            there: "ip prefix-list P seq 5 permit 10.0.0.0/8; router bgp 1; neighbor 10.0.0.2 prefix-list P in; no neighbor 10.0.0.2 route-map IN in; exit; no route-map IN permit 10",
            back: "route-map IN permit 10; exit; router bgp 1; neighbor 10.0.0.2 route-map IN in; no neighbor 10.0.0.2 prefix-list P in; exit; no ip prefix-list P seq 5 permit 10.0.0.0/8",
        },
        // Refused beside each other.
        Way {
            platform: "frr",
            running: "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n !\n address-family ipv4 unicast\n  neighbor 10.0.0.2 prefix-list P in\n exit-address-family\nexit\n!\nip prefix-list P seq 5 permit 10.0.0.0/8\naccess-list A seq 5 permit 10.0.0.0/8\n",
            intended: "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n !\n address-family ipv4 unicast\n  neighbor 10.0.0.2 distribute-list A in\n exit-address-family\nexit\n!\nip prefix-list P seq 5 permit 10.0.0.0/8\naccess-list A seq 5 permit 10.0.0.0/8\n",
            there: "router bgp 1; address-family ipv4 unicast; no neighbor 10.0.0.2 prefix-list P in; neighbor 10.0.0.2 distribute-list A in; exit-address-family; exit",
            back: "router bgp 1; address-family ipv4 unicast; no neighbor 10.0.0.2 distribute-list A in; neighbor 10.0.0.2 prefix-list P in; exit-address-family; exit",
        },
    ]);
}

#[test]
fn a_shared_address_comes_behind_the_own_one() {
    all_go(&[Way {
        platform: "cisco_ios",
        running: "vlan 20\nip access-list extended A\n 10 permit ip any any\n",
        intended: "vlan 20\nip access-list extended A\n 10 permit ip any any\ninterface Vlan20\n ip address 10.0.0.1 255.255.255.0\n ip access-group A in\n standby version 2\n standby 1 ip 10.0.0.254\n standby 1 priority 110\n",
        there: "interface Vlan20; standby version 2; ip access-group A in; ip address 10.0.0.1 255.255.255.0; standby 1 ip 10.0.0.254; standby 1 priority 110; exit",
        back: "no interface Vlan20",
    }]);
}

#[test]
fn a_line_waits_for_each_of_those_that_erase_it() {
    all_plan(
        "huawei_vrp",
        &[(
            "stp region-configuration\n region-name R\n#\n",
            "stp region-configuration\n region-name R\n instance 1 vlan 10\n active region-configuration\n instance 2 vlan 20\n#\n",
            "stp region-configuration; instance 1 vlan 10; instance 2 vlan 20; active region-configuration; quit",
        )],
        |_| true,
    );
}

#[test]
fn of_lines_that_erase_each_other_one_is_taken_back() {
    all_plan(
        "cisco_ios",
        &[(
            "router bgp 65000\n neighbor A peer-group\n neighbor A remote-as 65001\n neighbor 10.0.0.2 peer-group A\n",
            "router bgp 65000\n neighbor B peer-group\n neighbor B remote-as 65001\n neighbor 10.0.0.2 peer-group B\n",
            "router bgp 65000; neighbor B peer-group; no neighbor 10.0.0.2 peer-group A; no neighbor A peer-group; neighbor B remote-as 65001; neighbor 10.0.0.2 peer-group B; exit",
        )],
        |_| true,
    );
}

#[test]
fn unknown_lines_at_other_places_are_not_nothing() {
    let is_proven = |before: &str, after: &str| {
        let plan = plan("cisco_ios", before, after).unwrap();
        plan.devices[0].proof.is_proven()
    };
    let list = |lines: [&str; 2]| format!("frob list\n {}\n {}\n", lines[0], lines[1]);
    let (one, other) = (list(["one", "two"]), list(["two", "one"]));
    assert!(!is_proven(&one, &other));
    assert!(is_proven(&one, &one));
    assert!(is_proven("ip cef\nfrob a\n", "frob a\nip cef\n"));
    assert!(!is_proven("frob a\nfrob b\n", "frob b\nfrob a\n"));
}
