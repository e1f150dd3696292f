//! What waits for what, beyond names that are used.

use super::*;

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
fn what_erases_an_address_comes_before_it_where_an_interface_is_written_otherwise() {
    all_plan(
        "cisco_ios",
        &[(
            "vrf definition RED\n rd 65000:1\n",
            "vrf definition RED\n rd 65000:1\ninterface GigabitEthernet0/0\n ip address 10.0.1.1 255.255.255.0\n vrf forwarding RED\n",
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
            "router bgp 65000; neighbor B peer-group; neighbor B remote-as 65001; neighbor 10.0.0.2 peer-group B; no neighbor A peer-group; exit",
        )],
        |_| true,
    );
}
