//! What waits for what, beyond names that are used.

use super::all_plan;

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
