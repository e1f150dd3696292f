//! Parts of lines, and words in them that name something.

use super::*;

const VRP: &str = "huawei_vrp";
const XR: &str = "cisco_iosxr";
const DNOS: &str = "drivenets_dnos";

#[test]
fn parts_that_a_line_leaves_out_are_not_known_to_stay() {
    let neighbor = |times: &str| {
        format!(
            "protocols\n  bgp 65000\n    neighbor 10.0.0.2\n      remote-as 65001\n{times}    !\n  !\n!\n"
        )
    };
    let (both, one) = (
        "      timers keep-alive 10 hold-time 30\n",
        "      timers keep-alive 20\n",
    );
    let at = "protocols; bgp 65000; neighbor 10.0.0.2; ";
    let left = "      timers keep-alive 20 hold-time 30\n";
    all(
        DNOS,
        &[
            (
                &neighbor(both),
                &format!("{at}timers keep-alive 20"),
                Perhaps,
                &neighbor(left),
            ),
            (
                &neighbor(both),
                &format!("{at}timers keep-alive 20 hold-time 30"),
                Surely,
                &neighbor(left),
            ),
            (
                &neighbor(both),
                &format!("{at}no timers; timers keep-alive 20"),
                Surely,
                &neighbor(one),
            ),
            (
                &neighbor(left),
                &format!("{at}no timers hold-time"),
                Surely,
                &neighbor(one),
            ),
            (
                &neighbor(both),
                &format!("{at}timers keep-alive 20; description x"),
                Surely,
                &neighbor(&format!("      description x\n{left}")),
            ),
            (
                &neighbor(both),
                &format!("{at}timers keep-alive 70000"),
                Not,
                &neighbor(both),
            ),
        ],
    );
    let routes = |route: &str| {
        format!("hostname r1\nrouter static\n address-family ipv4 unicast\n  {route}\n !\n!\n")
    };
    let at = "router static; address-family ipv4 unicast; ";
    all(
        XR,
        &[
            (
                &routes("10.0.0.0/8 10.1.1.1"),
                &format!("{at}10.0.0.0/8 10.1.1.1 200"),
                Surely,
                &routes("10.0.0.0/8 10.1.1.1 200"),
            ),
            (
                &routes("10.0.0.0/8 vrf A 10.1.1.1"),
                &format!("{at}no 10.0.0.0/8 vrf A 10.1.1.1"),
                Surely,
                "hostname r1\n",
            ),
            (
                &routes("10.0.0.0/8 10.1.1.1"),
                &format!("{at}no 10.0.0.0/8"),
                Perhaps,
                &routes("10.0.0.0/8 10.1.1.1"),
            ),
        ],
    );
}

#[test]
fn one_of_a_number_is_replaced_by_hand() {
    let dns = |server: &str| {
        format!(
            "system\n  name r1\n  dns\n    server priority 1 ip-address {server}\n      vrf default\n    !\n  !\n!\n"
        )
    };
    let gone = "system\n  name r1\n!\n";
    all(
        DNOS,
        &[
            (
                &dns("10.0.0.1"),
                "system; dns; no server priority 1",
                Surely,
                gone,
            ),
            (
                &dns("10.0.0.1"),
                "system; dns; server priority 1 ip-address 10.0.0.2; vrf default; exit; server priority 1 ip-address 10.0.0.1",
                Perhaps,
                &dns("10.0.0.1").replace("      vrf default\n", ""),
            ),
            (&dns("10.0.0.1"), "system; dns; no server", Perhaps, gone),
        ],
    );
}

#[test]
fn what_is_named_by_a_word_of_a_line_must_be_there() {
    let xr = "hostname r1\nroute-policy P($x)\n  pass\nend-policy\n!\nrouter bgp 65000\n neighbor 10.0.0.2\n  remote-as 65001\n  address-family ipv4 unicast\n   route-policy P(1) in\n  !\n !\n!\n";
    let family = "router bgp 65000; neighbor 10.0.0.2; address-family ipv4 unicast; ";
    for (lines, complaint) in [
        (
            "no route-policy P($x)",
            "route-policy P referenced but not defined",
        ),
        (
            &*format!("{family}route-policy Q(1) in"),
            "route-policy Q referenced but not defined",
        ),
        (&*format!("{family}route-policy P(2) in"), ""),
    ] {
        assert_eq!(typed(XR, xr, lines).1.commit().output, complaint, "{lines}");
    }
    let dnos = "access-lists\n  ipv4 A\n    rule 10 allow\n  !\n!\ninterfaces\n  ge100-0/0/0\n    access-list ipv4 A direction in\n  !\n!\n";
    let complaint = "ipv4 access list A referenced but not defined";
    assert_eq!(
        typed(DNOS, dnos, "access-lists; no ipv4 A")
            .1
            .commit()
            .output,
        complaint
    );
    let vrp = "acl number 3000\n rule 5 permit ip\n#\ninterface GigabitEthernet0/0/1\n traffic-filter inbound acl 3000\n#\n";
    let complaint = "acl 3000 referenced but not defined";
    assert_eq!(
        typed(VRP, vrp, "undo acl number 3000").1.commit().output,
        complaint
    );
}

#[test]
fn maps_are_left_by_their_ends() {
    let map =
        "hostname r1\npolicy-map A\n class class-default\n  set dscp ef\n !\n end-policy-map\n!\n";
    let device = Simulation::new(XR, map).unwrap();
    assert!(device.is_as(&map.replace(" end-policy-map\n", "")).unwrap());
    let lines = "policy-map A; class class-default; set dscp ef; end-policy-map; hostname r2";
    all(
        XR,
        &[(
            "hostname r1\n",
            lines,
            Surely,
            &map.replace("hostname r1", "hostname r2"),
        )],
    );
}
