//! Does the planner arrive on devices whose rules it does not know?
//!
//! Small configurations are put together from lines that the simulated devices model; each change between two of them has to
//! be proven, there and back. A platform has places (section, alternatives); the empty alternative is no line.

use proptest::prelude::*;

use super::*;
use crate::config::simulate::Simulation;

/// How a configuration is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// With braces, and this at the end of a statement.
    Braces(&'static str),
    /// Indented by so many blanks.
    Indented(usize),
}

/// The sections of a line, outermost first and with `/` between them (`~` stands for one inside a name), and what may stand there.
type Place = (&'static str, &'static str);

#[derive(Debug, Default)]
struct Tree {
    lines: Vec<String>,
    sections: Vec<(String, Self)>,
}

impl Tree {
    fn add(&mut self, path: &[String], line: &str) {
        let Some((head, inner)) = path.split_first() else {
            self.lines.push(line.to_owned());
            return;
        };
        let place = self.sections.iter().position(|(name, _)| name == head);
        let place = place.unwrap_or_else(|| {
            self.sections.push((head.clone(), Self::default()));
            self.sections.len() - 1
        });
        self.sections[place].1.add(inner, line);
    }

    fn render(&self, form: Form, depth: usize) -> String {
        let (end, open, close, width) = match form {
            Form::Braces(end) => (end, " {", "}\n", 4),
            Form::Indented(width) => ("", "", "", width),
        };
        let blank = " ".repeat(width * depth);
        let mut text = String::new();
        for line in &self.lines {
            text += &format!("{blank}{line}{end}\n");
        }
        for (name, inner) in &self.sections {
            text += &format!("{blank}{name}{open}\n{}", inner.render(form, depth + 1));
            if !close.is_empty() {
                text += &format!("{blank}{close}");
            }
        }
        text
    }
}

fn render(places: &[Place], form: Form, chosen: &[usize]) -> String {
    let mut tree = Tree::default();
    for ((path, alternatives), chosen) in places.iter().zip(chosen) {
        let alternatives: Vec<&str> = alternatives.split('|').collect();
        let line = alternatives[chosen % alternatives.len()].trim();
        let sections = path.split('/').filter(|part| !part.is_empty());
        let sections: Vec<String> = sections.map(|part| part.replace('~', "/")).collect();
        if !line.is_empty() {
            tree.add(&sections, line);
        }
    }
    tree.render(form, 0)
}

fn pair(places: &'static [Place], form: Form) -> impl Strategy<Value = (String, String)> {
    let side = || proptest::collection::vec(0usize..12, places.len());
    (side(), side()).prop_map(move |(a, b)| (render(places, form, &a), render(places, form, &b)))
}

fn arrives(platform: &str, (running, intended): (&str, &str)) -> Result<(), TestCaseError> {
    let plan = plan(platform, running, intended).unwrap();
    let device = &plan.devices[0];
    let typed = lines(&device.steps, &Platform::named(platform).unwrap());
    if let DeviceProof::Unproven { reasons } = &device.proof {
        // A statement without a row is openly unproven; nothing else may be.
        prop_assert!(
            reasons
                .iter()
                .all(|reason| reason.contains("grammar does not know")),
            "{reasons:?}\n{}\n{running}--\n{intended}",
            typed.join("\n")
        );
        return Ok(());
    }
    // What the device calls the same needs no line.
    let twin = Simulation::new(platform, running).unwrap();
    if twin.is_as(intended).unwrap() && twin.running() != running {
        prop_assert!(plan.is_empty(), "{typed:?}\n{running}--\n{intended}");
    }
    Ok(())
}

const JUNOS: &[Place] = &[
    ("system", "host-name r1"),
    ("system/services/ssh", "root-login deny|root-login allow"),
    ("system/syslog/host 10.9.0.1", "any notice|any info|"),
    ("system/ntp", "server 10.9.0.2 prefer|server 10.9.0.2|"),
    (
        "interfaces/ge-0~0~0",
        "description \"to r2\"|description core|",
    ),
    (
        "interfaces/ge-0~0~0",
        "mtu 1500|mtu 9000|inactive: mtu 9000|",
    ),
    ("interfaces/ge-0~0~0", "vlan-tagging|flexible-vlan-tagging"),
    ("interfaces/ge-0~0~0/unit 0", "vlan-id 10|vlan-id 11"),
    (
        "interfaces/ge-0~0~0/unit 0/family inet",
        "address 10.0.0.1/24|address 10.0.1.1/24|",
    ),
    (
        "interfaces/ge-0~0~0/unit 0/family inet/filter",
        "input F|input-list [ F G ]|input-list [ G F ]|",
    ),
    ("routing-options", "router-id 10.0.0.1|router-id 10.0.0.2|"),
    (
        "routing-options/static/route 0.0.0.0~0",
        "next-hop 10.0.0.9|next-hop [ 10.0.0.8 10.0.0.9 ]|discard|reject",
    ),
    (
        "routing-options/static/route 10.1.0.0~16",
        "next-table inet.2|receive",
    ),
    (
        "protocols/ospf/area 0.0.0.0/interface ge-0~0~0.0",
        "metric 5|metric 7|passive|",
    ),
    ("protocols/bgp/group G", "type internal|type external"),
    (
        "protocols/bgp/group G",
        "import [ P Q ]|import [ Q P ]|import Q|",
    ),
    (
        "protocols/bgp/group G/neighbor 10.0.0.2",
        "peer-as 65001|peer-as 65002",
    ),
    (
        "policy-options/policy-statement P/term a",
        "then accept|then reject|then next policy",
    ),
    (
        "policy-options/policy-statement P/term a/from",
        "protocol [ bgp ospf ]|protocol bgp|",
    ),
    (
        "policy-options/policy-statement Q",
        "then accept|then reject",
    ),
    (
        "firewall/family inet/filter F/term a",
        "then accept|then discard|then reject",
    ),
    ("firewall/family inet/filter G/term a", "then accept"),
    (
        "vlans/blue",
        "vlan-id 10|vlan-id 11|vlan-id-list [ 10-12 20 ]",
    ),
];

const SROS: &[Place] = &[
    ("system", "name \"r1\""),
    ("system", "location \"Paris\"|location \"Lyon\"|"),
    ("port 1~1~c1~1", "admin-state enable|admin-state disable|"),
    (
        "port 1~1~c1~1",
        "description \"to r2\"|description \"core\"",
    ),
    ("port 1~1~c1~1/ethernet", "mtu 9000|mtu 1500|"),
    (
        "policy-options/policy-statement \"P\"/default-action",
        "action-type accept|action-type reject",
    ),
    (
        "policy-options/policy-statement \"Q\"/default-action",
        "action-type accept|action-type reject",
    ),
    ("router \"Base\"", "router-id 10.0.0.1|router-id 10.0.0.2|"),
    (
        "router \"Base\"/interface \"to-r2\"",
        "description \"to r2\"|description \"x\"",
    ),
    (
        "router \"Base\"/interface \"to-r2\"",
        "port 1/1/c1/1|loopback|",
    ),
    (
        "router \"Base\"/interface \"to-r2\"/ipv4/primary",
        "address 10.0.0.1|address 10.0.1.1",
    ),
    (
        "router \"Base\"/interface \"to-r2\"/ipv4/primary",
        "prefix-length 24|prefix-length 31",
    ),
    (
        "router \"Base\"/bgp/group \"G\"",
        "type internal|type external|",
    ),
    (
        "router \"Base\"/bgp/group \"G\"",
        "peer-as 65000|peer-as 65001",
    ),
    (
        "router \"Base\"/bgp/group \"G\"/import",
        "policy [\"P\"]|policy [\"P\" \"Q\"]",
    ),
    (
        "router \"Base\"/ospf 0/area 0.0.0.0/interface \"to-r2\"",
        "metric 5|metric 7|",
    ),
    (
        "router \"Base\"/ospf 0",
        "admin-state enable|admin-state disable",
    ),
    ("service/vpls \"blue\"", "customer \"1\""),
    (
        "service/vpls \"blue\"",
        "admin-state enable|admin-state disable|",
    ),
    (
        "service/vpls \"blue\"/sap 1~1~c2~1:100",
        "description \"a\"|description \"b\"",
    ),
];

const XR: &[Place] = &[
    ("", "hostname r1"),
    ("vrf A", "description a|description b"),
    (
        "interface GigabitEthernet0~0~0~0",
        "description to r2|description core|",
    ),
    // A port without lines is not certain to stay so.
    ("interface GigabitEthernet0~0~0~0", "load-interval 30"),
    ("interface GigabitEthernet0~0~0~0", "mtu 1514|mtu 9000|"),
    (
        "interface GigabitEthernet0~0~0~0",
        "ipv4 address 10.0.0.1 255.255.255.0|ipv4 address 10.0.1.1 255.255.255.0|",
    ),
    (
        "interface GigabitEthernet0~0~0~0.100",
        "encapsulation dot1q 100|encapsulation dot1q 101",
    ),
    ("interface Loopback7", "description lab|"),
    (
        "router static/address-family ipv4 unicast",
        "10.8.0.0/16 10.0.0.9|10.8.0.0/16 10.0.0.8|",
    ),
    ("router ospf 1", "router-id 10.0.0.1|router-id 10.0.0.2|"),
    (
        "router ospf 1/area 0/interface GigabitEthernet0~0~0~0",
        "cost 5|cost 7",
    ),
    (
        "router bgp 65000",
        "bgp router-id 10.0.0.1|bgp router-id 10.0.0.2",
    ),
    (
        "router bgp 65000/neighbor 10.0.0.2",
        "remote-as 65001|remote-as 65002",
    ),
    ("router bgp 65000/neighbor 10.0.0.2", "description to r2|"),
    ("router bgp 65000/neighbor 10.0.0.3", "remote-as 65003|"),
    ("l2vpn/bridge group G/bridge-domain B", "mtu 1500|mtu 9000"),
    ("ntp", "server 10.9.0.1|server 10.9.0.2"),
    ("lldp", "timer 10|timer 20|"),
    ("lldp", "holdtime 60"),
    ("router bgp 65000", "timers bgp 3 9|timers bgp 10 30|"),
];

const DNOS: &[Place] = &[
    ("system", "name r1"),
    (
        "interfaces/ge100-0~0~0",
        "admin-state enabled|admin-state disabled",
    ),
    (
        "interfaces/ge100-0~0~0",
        "description \"to r2\"|description \"core\"|",
    ),
    (
        "interfaces/ge100-0~0~0",
        "ipv4-address 10.0.0.1/31|ipv4-address 10.0.1.1/31|",
    ),
    (
        "routing-policy/prefix-list ipv4 L",
        "rule 10 allow 10.0.0.0/8 matching-len le 24|rule 10 deny 10.0.0.0/8",
    ),
    (
        "protocols/bgp 65000",
        "router-id 10.0.0.1|router-id 10.0.0.2|",
    ),
    (
        "protocols/bgp 65000/neighbor 10.0.0.2",
        "remote-as 65001|remote-as 65002",
    ),
    (
        "protocols/bgp 65000/neighbor 10.0.0.2",
        "description \"a\"|description \"b\"|",
    ),
    (
        "network-services/bridge-domain/instance B",
        "admin-state enabled|admin-state disabled",
    ),
    ("system/ntp/server 10.9.0.1 vrf default", "prefer|iburst"),
    ("system/ntp/server 10.9.0.2 vrf default", "prefer|"),
    (
        "protocols/static/address-family ipv4-unicast/route 10.8.0.0~16",
        "next-hop 10.0.0.9|next-hop 10.0.0.8",
    ),
    ("protocols/lldp", "admin-state enabled"),
    ("protocols/lldp/timers", "hold-time 60|hold-time 90"),
];

const VRP: &[Place] = &[
    ("", "sysname r1"),
    (
        "interface GigabitEthernet0~0~1",
        "description to r2|description core|",
    ),
    (
        "interface GigabitEthernet0~0~1",
        "ip address 10.0.0.1 255.255.255.0|ip address 10.0.1.1 255.255.255.0|",
    ),
    ("interface LoopBack7", "description lab|"),
    ("ospf 1/area 0.0.0.0", "network 10.0.0.0 0.0.0.255"),
    ("bgp 65000", "peer 10.0.0.2 as-number 65001"),
    ("bgp 65000", "router-id 10.0.0.1|router-id 10.0.0.2|"),
    ("interface GigabitEthernet0~0~2", "port link-type trunk"),
    (
        "interface GigabitEthernet0~0~2",
        "port trunk allow-pass vlan 10 20|port trunk allow-pass vlan 10 to 12",
    ),
    (
        "",
        "ip route-static 10.8.0.0 255.255.0.0 10.0.0.9|ip route-static 10.8.0.0 255.255.0.0 10.0.0.8|",
    ),
    ("acl number 3000", "rule 5 permit ip"),
    ("acl number 3000", "rule 10 deny ip|"),
];

const EOS: &[Place] = &[
    ("", "hostname r1"),
    ("", "ip route 10.8.0.0/16 10.0.0.9|"),
    ("vlan 10", "name blue|name red"),
    ("vlan 20", "name green|"),
    ("interface Ethernet1", "description to r2|description core|"),
    (
        "interface Ethernet1",
        "switchport trunk allowed vlan 10-12|switchport trunk allowed vlan 10,20|switchport trunk allowed vlan none|",
    ),
    ("interface Ethernet1", "switchport mode trunk|"),
    (
        "interface Loopback0",
        "ip address 10.9.0.1/32|ip address 10.9.0.2/32|",
    ),
    ("ip access-list A", "10 permit ip host 10.0.0.1 any"),
    (
        "ip access-list A",
        "20 permit ip host 10.0.0.2 any|30 deny ip any any|",
    ),
    ("router ospf 1", "router-id 10.0.0.1|router-id 10.0.0.2|"),
    ("router ospf 1", "max-lsa 12000"),
];

const NXOS: &[Place] = &[
    ("", "hostname r1"),
    ("", "feature ospf"),
    ("", "ip route 10.8.0.0/16 10.0.0.9|"),
    ("vlan 10", "name blue|name red"),
    (
        "interface Ethernet1~1",
        "description to r2|description core|",
    ),
    ("interface Ethernet1~1", "switchport mode trunk"),
    (
        "interface Ethernet1~1",
        "switchport trunk allowed vlan 10-12|switchport trunk allowed vlan 10,20|",
    ),
    (
        "interface loopback0",
        "ip address 10.9.0.1/32|ip address 10.9.0.2/32|",
    ),
    ("ip access-list A", "10 permit ip 10.0.0.0/8 any"),
    (
        "ip access-list A",
        "20 permit ip 11.0.0.0/8 any|30 deny ip any any|",
    ),
    ("router ospf 1", "router-id 10.0.0.1|router-id 10.0.0.2|"),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn junos_arrives((a, b) in pair(JUNOS, Form::Braces(";"))) {
        arrives("juniper_junos", (&a, &b))?;
    }

    #[test]
    fn sros_arrives((a, b) in pair(SROS, Form::Braces(""))) {
        arrives("nokia_sros", (&a, &b))?;
    }

    #[test]
    fn xr_arrives((a, b) in pair(XR, Form::Indented(1))) {
        arrives("cisco_iosxr", (&a, &b))?;
    }

    #[test]
    fn dnos_arrives((a, b) in pair(DNOS, Form::Indented(2))) {
        arrives("drivenets_dnos", (&a, &b))?;
    }

    #[test]
    fn vrp_arrives((a, b) in pair(VRP, Form::Indented(1))) {
        arrives("huawei_vrp", (&a, &b))?;
    }

    #[test]
    fn eos_arrives((a, b) in pair(EOS, Form::Indented(3))) {
        arrives("arista_eos", (&a, &b))?;
    }

    #[test]
    fn nxos_arrives((a, b) in pair(NXOS, Form::Indented(2))) {
        arrives("cisco_nxos", (&a, &b))?;
    }
}
