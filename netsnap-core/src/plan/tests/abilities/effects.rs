use super::*;

const SWITCH: &str = r##"
comments = ["!"]
closers = ["exit"]
section.global.lines = [
  "hostname <name>",
  { line = "feature {name}", defines = ["feature {name}"] },
  { line = "list {name} {entry...}", defines = ["list {name}"] },
  { line = "bfd interval <milliseconds>", negate = "no bfd interval", needs = ["feature bfd"] },
]
section.vlan.header = [{ line = "vlan {id:#}", defines = ["vlan {id}"] }]
section.vlan.lines = ["name <name>"]
section.bgp.header = [{ line = "router bgp {number}", needs = ["feature bgp"] }]
section.bgp.lines = ["router-id <id>", { line = "neighbor {peer} list <list>", negate = "no neighbor {peer} list", uses = ["list {list}"] }]
section.interface.header = [
  { line = "interface {name:Vlan*}", uses = ["vlan {name#}"] },
  { line = "interface {name:Loopback*|port-channel*|*.*}" },
  { line = "interface {name}", removal = "reset" },
]
section.interface.lines = [
  { line = "switchport", first = true, default = "no switchport", on_resets = ["ip address"], off_resets = ["switchport mode", "switchport access vlan"] },
  { line = "switchport mode <mode>", negate = "no switchport mode" },
  { line = "switchport access vlan <vlan>", negate = "no switchport access vlan", uses = ["vlan {vlan}"] },
  { line = "ip address {address} {mask} secondary", claims = ["address {address}"] },
  { line = "ip address <address> <mask>", first = true, negate = "no ip address {address} {mask}", claims = ["address {address}"] },
  { line = "ip pim sparse-mode", needs = ["feature pim"] },
  { line = "description <text...>", negate = "no description" },
]
"##;

#[test]
fn a_port_forgets_the_lines_of_the_other_kind() {
    let routed = "interface e1\n description a\n ip address 10.0.0.1 /24\n";
    let switched = "vlan 5\ninterface e1\n description a\n switchport\n switchport mode access\n switchport access vlan 5\n";
    all_go_there_and_back(
        SWITCH,
        &[(
            &format!("vlan 5\n{routed}"),
            switched,
            "interface e1; switchport; switchport mode access; switchport access vlan 5; exit",
            "interface e1; no switchport; ip address 10.0.0.1 /24; exit",
        )],
    );
}

#[test]
fn what_needs_a_feature_comes_after_it_and_goes_with_it() {
    let used = "feature bgp\nfeature pim\nlist x 1\nrouter bgp 1\n router-id 1.1.1.1\n neighbor a list x\ninterface e1\n description a\n ip pim sparse-mode\n";
    all_go_there_and_back(
        SWITCH,
        &[
            (
                used,
                "interface e1\n description a\n",
                "no feature pim; no feature bgp; no list x 1",
                "feature bgp; feature pim; list x 1; router bgp 1; router-id 1.1.1.1; neighbor a list x; exit; interface e1; ip pim sparse-mode; exit",
            ),
            (
                used,
                "feature bgp\nfeature pim\ninterface e1\n description a\n",
                "no router bgp 1; no list x 1; interface e1; no ip pim sparse-mode; exit",
                "list x 1; router bgp 1; router-id 1.1.1.1; neighbor a list x; exit; interface e1; ip pim sparse-mode; exit",
            ),
            (
                "bfd interval 50\nfeature bfd\n",
                "",
                "no feature bfd",
                "feature bfd; bfd interval 50",
            ),
        ],
    );
}

#[test]
fn secondary_addresses_go_before_the_first_one_and_come_after_it() {
    let with = |first: &str, second: &str| {
        format!("interface e1\n ip address {first} /24\n ip address {second} /24 secondary\n")
    };
    all_go_there_and_back(
        SWITCH,
        &[
            (
                &with("10.0.0.1", "10.0.1.1"),
                "interface e1\n description a\n",
                "interface e1; no ip address 10.0.1.1 /24 secondary; no ip address 10.0.0.1 /24; description a; exit",
                "interface e1; no description; ip address 10.0.0.1 /24; ip address 10.0.1.1 /24 secondary; exit",
            ),
            (
                &with("10.0.0.1", "10.0.1.1"),
                &with("10.0.1.1", "10.0.0.1"),
                "interface e1; no ip address 10.0.1.1 /24 secondary; ip address 10.0.1.1 /24; ip address 10.0.0.1 /24 secondary; exit",
                "interface e1; no ip address 10.0.0.1 /24 secondary; ip address 10.0.0.1 /24; ip address 10.0.1.1 /24 secondary; exit",
            ),
        ],
    );
}

#[test]
fn a_vlan_is_there_before_its_interface_and_its_ports_and_goes_after_them() {
    let used = "interface Vlan10\n ip address 10.0.0.1 /24\ninterface e1\n switchport\n switchport access vlan 10\nvlan 10\n name a\n";
    all_go_there_and_back(
        SWITCH,
        &[(
            used,
            "interface e1\n switchport\n",
            "no interface Vlan10; interface e1; no switchport access vlan; exit; no vlan 10",
            "vlan 10; name a; exit; interface Vlan10; ip address 10.0.0.1 /24; exit; interface e1; switchport access vlan 10; exit",
        )],
    );
}
