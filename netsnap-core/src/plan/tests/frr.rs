use super::*;

#[test]
fn frr_lines_change_as_the_router_takes_them() {
    all_plan_as_written(
        "frr",
        &[
            (
                "interface eth1\n ip ospf cost 10\n",
                "interface eth1\n ip ospf cost 20\n",
                "interface eth1; ip ospf cost 20; exit",
            ),
            (
                "interface eth1\n ip ospf cost 10\n",
                "",
                "interface eth1; no ip ospf cost; exit",
            ),
            (
                "interface eth1\n description a\n",
                "interface eth1\n description b c\n",
                "interface eth1; description b c; exit",
            ),
            (
                "interface eth1\n description a\n shutdown\n",
                "interface eth1\n shutdown\n",
                "interface eth1; no description; exit",
            ),
            (
                "interface eth1\n shutdown\n",
                "interface eth1\n no shutdown\n",
                "interface eth1; no shutdown; exit",
            ),
            (
                "interface eth1\n ip address 10.0.0.1/24\n",
                "interface eth1\n ip address 10.0.0.2/24\n",
                "interface eth1; no ip address 10.0.0.1/24; ip address 10.0.0.2/24; exit",
            ),
            (
                "interface eth1\n ip ospf hello-interval 2\n ip ospf dead-interval 8\n",
                "interface eth1\n ip ospf hello-interval 3\n ip ospf dead-interval 9\n",
                "interface eth1; ip ospf hello-interval 3; ip ospf dead-interval 9; exit",
            ),
            (
                "interface eth1\n ip ospf network point-to-point\n",
                "interface eth1\n ip ospf passive\n",
                "interface eth1; no ip ospf network; ip ospf passive; exit",
            ),
            ("no ipv6 forwarding\n", "", "ipv6 forwarding"),
            (
                "vrf A\n vni 100\nexit-vrf\n",
                "vrf A\n vni 200\nexit-vrf\n",
                "vrf A; no vni 100; vni 200; exit-vrf",
            ),
            (
                "vrf A\nexit-vrf\nvrf B\n vni 100\nexit-vrf\n",
                "vrf A\n vni 100\nexit-vrf\nvrf B\nexit-vrf\n",
                "vrf B; no vni 100; exit-vrf; vrf A; vni 100; exit-vrf",
            ),
            ("", "no ipv6 forwarding\n", "no ipv6 forwarding"),
            (
                "router ospf\n ospf router-id 10.0.0.1\n",
                "",
                "no router ospf",
            ),
            ("", "router ospf\n", "router ospf; exit"),
            (
                "router ospf\n network 10.0.0.0/16 area 0\n",
                "router ospf\n network 10.0.0.0/16 area 1\n",
                "router ospf; no network 10.0.0.0/16 area 0; network 10.0.0.0/16 area 1; exit",
            ),
            (
                "router ospf\n timers throttle lsa all 100\n",
                "router ospf\n timers throttle lsa all 200\n timers lsa min-arrival 50\n",
                "router ospf; timers throttle lsa all 200; timers lsa min-arrival 50; exit",
            ),
            (
                "router ospf\n redistribute connected\n",
                "router ospf\n redistribute static\n default-information originate\n",
                "router ospf; no redistribute connected; redistribute static; default-information originate; exit",
            ),
            (
                "ip route 0.0.0.0/0 10.0.0.1\n",
                "ip route 0.0.0.0/0 10.0.0.2\n",
                "ip route 0.0.0.0/0 10.0.0.2; no ip route 0.0.0.0/0 10.0.0.1",
            ),
            (
                "ip prefix-list A seq 5 permit 10.0.0.0/8\n",
                "ip prefix-list A seq 5 permit 10.0.0.0/8 le 24\n",
                "ip prefix-list A seq 5 permit 10.0.0.0/8 le 24",
            ),
            (
                "ip prefix-list A seq 5 permit 10.0.0.0/8\n",
                "ip prefix-list A seq 10 permit 10.0.0.0/8\n",
                "no ip prefix-list A seq 5 permit 10.0.0.0/8; ip prefix-list A seq 10 permit 10.0.0.0/8",
            ),
        ],
    );
}

#[test]
fn frr_names_are_defined_before_use_and_unbound_before_they_go() {
    let bound = "ip prefix-list A seq 5 permit 10.0.0.0/8\nroute-map M permit 10\n match ip address prefix-list A\nexit\nrouter bgp 1\n neighbor 10.0.0.2 remote-as 2\n address-family ipv4 unicast\n  neighbor 10.0.0.2 route-map M in\n exit-address-family\nexit\n";
    let free = "router bgp 1\n neighbor 10.0.0.2 remote-as 2\nexit\n";
    all_plan_as_written(
        "frr",
        &[
            (
                free,
                bound,
                "ip prefix-list A seq 5 permit 10.0.0.0/8; route-map M permit 10; match ip address prefix-list A; exit; router bgp 1; address-family ipv4 unicast; neighbor 10.0.0.2 route-map M in; exit-address-family; exit",
            ),
            (
                bound,
                free,
                "router bgp 1; address-family ipv4 unicast; no neighbor 10.0.0.2 route-map M in; exit-address-family; exit; no route-map M permit 10; no ip prefix-list A seq 5 permit 10.0.0.0/8",
            ),
        ],
    );
}

#[test]
fn frr_peers_go_with_all_their_lines_and_change_in_place() {
    let peer = "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n neighbor 10.0.0.2 description x\n neighbor 10.0.0.2 timers 3 9\n address-family ipv4 unicast\n  network 10.1.0.0/16\n  neighbor 10.0.0.2 soft-reconfiguration inbound\n exit-address-family\nexit\n";
    let gone = "router bgp 1\n address-family ipv4 unicast\n  network 10.1.0.0/16\n exit-address-family\nexit\n";
    all_plan_as_written(
        "frr",
        &[
            (
                peer,
                gone,
                "router bgp 1; no neighbor 10.0.0.2 remote-as 2; exit",
            ),
            (
                peer,
                &peer.replace("as 2", "as 3"),
                "router bgp 1; neighbor 10.0.0.2 remote-as 3; exit",
            ),
            (
                peer,
                &peer.replace("timers 3 9", "timers 1 3"),
                "router bgp 1; neighbor 10.0.0.2 timers 1 3; exit",
            ),
        ],
    );
}

#[test]
fn frr_a_map_with_another_action_is_made_anew() {
    all_plan_as_written(
        "frr",
        &[
            (
                "route-map M permit 10\n set metric 5\n",
                "route-map M deny 10\n set metric 5\n",
                "no route-map M permit 10; route-map M deny 10; set metric 5; exit",
            ),
            (
                "route-map M permit 10\n set as-path prepend 1 1\n",
                "route-map M permit 10\n set as-path prepend 1 1 1\n set local-preference 200\n",
                "route-map M permit 10; set as-path prepend 1 1 1; set local-preference 200; exit",
            ),
        ],
    );
}

#[test]
fn frr_the_recorded_change_is_one_line_and_back() {
    let before = include_str!("../../config/testdata/frr-ospf-r1.txt");
    let after = include_str!("../../config/testdata/frr-ospf-r1-shutdown.txt");
    let plan = plan("frr", before, after).unwrap();
    let platform = Platform::named("frr").unwrap();
    assert_eq!(
        lines(&plan.devices[0].steps, &platform),
        ["interface eth1", "shutdown", "exit"]
    );
    assert_eq!(
        lines(&plan.devices[0].inverse, &platform),
        ["interface eth1", "no shutdown", "exit"]
    );
    assert!(plan.is_proven(), "{:?}", plan.devices[0].proof);
}

#[test]
fn frr_lines_that_are_not_simulated_are_planned_and_not_proven() {
    all_plan_as_written_unmodelled(
        "frr",
        &[(
            "interface eth1\n ip ospf area 0\n",
            "interface eth1\n ip ospf area 1\n",
            "interface eth1; no ip ospf area; ip ospf area 1; exit",
        )],
    );
}

#[test]
fn frr_a_peer_that_joins_a_group_gets_its_other_lines_again() {
    all_plan(
        "frr",
        &[(
            "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n neighbor 10.0.0.2 description x\nexit\n",
            "router bgp 1\n neighbor G peer-group\n neighbor G remote-as 2\n neighbor 10.0.0.2 peer-group G\n neighbor 10.0.0.2 description x\nexit\n",
            "router bgp 1; neighbor G peer-group; neighbor G remote-as 2; no neighbor 10.0.0.2 remote-as 2; neighbor 10.0.0.2 peer-group G; neighbor 10.0.0.2 description x; exit",
        )],
        // Groups are not in the simulated device's rules.
        |_| true,
    );
}
