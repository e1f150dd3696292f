use super::*;

#[test]
fn ios_lines_change_as_the_router_takes_them() {
    all_plan_as_written(
        "cisco_ios",
        &[
            (
                "interface GigabitEthernet0/1\n ip address 10.0.0.1 255.255.255.0\n",
                "interface GigabitEthernet0/1\n ip address 10.0.0.2 255.255.255.0\n",
                "interface GigabitEthernet0/1; ip address 10.0.0.2 255.255.255.0; exit",
            ),
            (
                "interface GigabitEthernet0/1\n ip mtu 1400\n",
                "interface GigabitEthernet0/1\n ip mtu 1450\n",
                "interface GigabitEthernet0/1; ip mtu 1450; exit",
            ),
            (
                "interface GigabitEthernet0/1\n description a\n shutdown\n",
                "",
                "interface GigabitEthernet0/1; no description; no shutdown; exit",
            ),
            (
                "interface Loopback1\n description a\n",
                "",
                "no interface Loopback1",
            ),
            (
                "interface GigabitEthernet0/1\n ip ospf cost 5\n",
                "interface GigabitEthernet0/1\n description x\n",
                "interface GigabitEthernet0/1; no ip ospf cost; description x; exit",
            ),
            (
                "ip route 0.0.0.0 0.0.0.0 10.0.0.1\n",
                "ip route 0.0.0.0 0.0.0.0 10.0.0.2\n",
                "ip route 0.0.0.0 0.0.0.0 10.0.0.2; no ip route 0.0.0.0 0.0.0.0 10.0.0.1",
            ),
            (
                "logging host 10.0.0.1\n",
                "logging host 10.0.0.2\n",
                "logging host 10.0.0.2; no logging host 10.0.0.1",
            ),
            (
                "router ospf 1\n router-id 1.1.1.1\n",
                "router ospf 1\n router-id 2.2.2.2\n",
                "router ospf 1; router-id 2.2.2.2; exit",
            ),
            (
                "snmp-server location a\n",
                "snmp-server location b\n",
                "snmp-server location b",
            ),
        ],
    );
}

#[test]
fn ios_order_is_kept_where_the_router_minds_it() {
    all_plan_as_written(
        "cisco_ios",
        &[
            (
                "ip access-list extended A\n 10 permit ip any any\n",
                "ip access-list extended A\n 5 deny tcp any any\n 10 permit ip any any\n",
                "ip access-list extended A; 5 deny tcp any any; exit",
            ),
            (
                "ip access-list extended A\n 10 permit ip any any\n",
                "ip access-list extended A\n 10 deny ip any any\n",
                "ip access-list extended A; no 10; 10 deny ip any any; exit",
            ),
        ],
    );
}

#[test]
fn ios_another_vrf_brings_the_addresses_again() {
    let vrfs = "vrf definition A\n rd 1:1\nvrf definition B\n rd 1:2\n";
    let interface = |vrf: &str| {
        format!(
            "{vrfs}interface GigabitEthernet0/1\n vrf forwarding {vrf}\n ip address 10.0.0.1 255.255.255.0\n ip mtu 1400\n"
        )
    };
    all_plan_as_written(
        "cisco_ios",
        &[(
            &interface("A"),
            &interface("B"),
            "interface GigabitEthernet0/1; vrf forwarding B; ip address 10.0.0.1 255.255.255.0; exit",
        )],
    );
}

#[test]
fn ios_a_list_is_made_before_it_is_bound_and_unbound_before_it_goes() {
    let bound = "ip access-list extended Z\n 10 permit ip any any\ninterface GigabitEthernet0/1\n description x\n ip access-group Z in\n";
    let free = "interface GigabitEthernet0/1\n description x\n";
    all_plan_as_written(
        "cisco_ios",
        &[
            (
                free,
                bound,
                "ip access-list extended Z; 10 permit ip any any; exit; interface GigabitEthernet0/1; ip access-group Z in; exit",
            ),
            (
                bound,
                free,
                "interface GigabitEthernet0/1; no ip access-group Z in; exit; no ip access-list extended Z",
            ),
        ],
    );
}

#[test]
fn ios_an_address_is_free_before_another_interface_takes_it() {
    let at = |first: &str, second: &str| {
        format!(
            "interface GigabitEthernet0/1\n ip address {first} 255.255.255.0\ninterface GigabitEthernet0/2\n ip address {second} 255.255.255.0\n"
        )
    };
    all_plan_as_written(
        "cisco_ios",
        &[
            (
                &at("10.0.1.1", "10.0.2.1"),
                &at("10.0.2.1", "10.0.3.1"),
                "interface GigabitEthernet0/2; ip address 10.0.3.1 255.255.255.0; exit; interface GigabitEthernet0/1; ip address 10.0.2.1 255.255.255.0; exit",
            ),
            (
                &at("10.0.1.1", "10.0.2.1"),
                &at("10.0.2.1", "10.0.1.1"),
                "interface GigabitEthernet0/1; no ip address; exit; interface GigabitEthernet0/2; ip address 10.0.1.1 255.255.255.0; exit; interface GigabitEthernet0/1; ip address 10.0.2.1 255.255.255.0; exit",
            ),
        ],
    );
}

#[test]
fn ios_lines_that_are_not_simulated_are_planned_and_not_proven() {
    all_plan_as_written_unmodelled(
        "cisco_ios",
        &[
            (
                "interface GigabitEthernet0/1\n no ip redirects\n description a\n",
                "interface GigabitEthernet0/1\n description a\n",
                "interface GigabitEthernet0/1; ip redirects; exit",
            ),
            (
                "vlan 10\n name a\n",
                "vlan 10\n name b\nvlan 20\n name c\n",
                "vlan 10; name b; exit; vlan 20; name c; exit",
            ),
            (
                "access-list 10 permit 10.0.0.1\naccess-list 10 permit 10.0.0.3\n",
                "access-list 10 permit 10.0.0.1\naccess-list 10 permit 10.0.0.2\naccess-list 10 permit 10.0.0.3\n",
                "no access-list 10; access-list 10 permit 10.0.0.1; access-list 10 permit 10.0.0.2; access-list 10 permit 10.0.0.3",
            ),
            (
                "access-list 10 permit 10.0.0.1\n",
                "access-list 10 permit 10.0.0.1\naccess-list 10 permit 10.0.0.2\n",
                "access-list 10 permit 10.0.0.2",
            ),
            (
                "policy-map P\n class A\n  priority percent 10\n class B\n  bandwidth percent 20\n",
                "policy-map P\n class B\n  bandwidth percent 20\n class A\n  priority percent 10\n",
                "policy-map P; no class A; class A; priority percent 10; exit; exit",
            ),
        ],
    );
}

/// What nobody can place stays where it is, and holds nothing else up.
#[test]
fn odd_lines_that_stay_hold_up_no_plan() {
    for odd in [
        "ip http server\n brandnew 5\n",
        "ip ssh pubkey-chain\n  username anna\n   key-string\n    AAAAB3\n   exit\n",
        "interface GigabitEthernet0/1\n description a\tb\n",
    ] {
        let text = |server: &str| format!("hostname r1\n{odd}!\nntp server {server}\n!\nend\n");
        let input = input("cisco_ios", &text("192.0.2.1"), &text("192.0.2.2"));
        let plan = Remediator.plan(&[input], &PlanOptions::default()).unwrap();
        let lines: Vec<_> = plan.devices[0]
            .steps
            .iter()
            .map(|step| &*step.line)
            .collect();
        assert_eq!(
            lines,
            ["ntp server 192.0.2.2", "no ntp server 192.0.2.1"],
            "{odd}"
        );
        assert!(plan.is_proven(), "{odd}: {:?}", plan.devices[0].proof);
    }
}
