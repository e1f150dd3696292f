//! The words of layer 2: what carries frames, who is in it, where it ends.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What kind of a domain it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DomainKind {
    /// A VLAN of a switch, known by its number, on some platforms by its name.
    Vlan,
    /// A bridge domain, VPLS instance or virtual switch, known by its name.
    BridgeDomain,
}

/// How frames of a domain look on an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tagging {
    /// With a tag.
    Tagged,
    /// Without one.
    Untagged,
}

/// An interface in a domain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Member {
    /// The interface, with its unit or service instance.
    pub interface: String,
    /// How frames look there.
    pub tagging: Tagging,
    /// The outer tag, or several: `100`, `100-110`, `any`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outer: Option<String>,
    /// The inner tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inner: Option<String>,
    /// The encapsulation in the device's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encapsulation: Option<String>,
}

/// What a domain goes on over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndKind {
    /// A pseudowire to one other device.
    Pseudowire,
    /// EVPN: whoever is in the same instance.
    Evpn,
    /// VXLAN: whoever has the same network identifier.
    Vxlan,
}

/// Where a domain leaves the device otherwise than by an interface.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct End {
    /// Over what.
    pub kind: EndKind,
    /// The other device, where the configuration names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// The number of the pseudowire, the EVPN instance or the VXLAN network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// One layer 2 domain of one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// Its kind with its number or name: `vlan 10`, `bridge-domain CUSTOMER`. The same domain has the same id on each device.
    pub id: String,
    /// What it is.
    pub kind: DomainKind,
    /// Its VLAN, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<u16>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What a person says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The interfaces in it, in natural order: port 2 before port 10.
    pub members: Vec<Member>,
    /// The routed interfaces on it: IRB, SVI, BVI, Vlanif.
    pub gateways: Vec<String>,
    /// Its VXLAN network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vni: Option<u32>,
    /// Where it leaves the device otherwise than by an interface.
    pub ends: Vec<End>,
    /// Set when the configuration makes it; otherwise something only refers to it, and it is made elsewhere.
    pub defined: bool,
}

/// What does not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrphanKind {
    /// A VLAN that no interface carries, and that goes nowhere.
    VlanWithoutMember,
    /// An interface carries VLANs that nobody makes.
    MemberWithoutVlan,
    /// A bridge domain without an interface, that goes nowhere.
    BridgeDomainWithoutInterface,
    /// A routed interface on no domain.
    GatewayWithoutDomain,
    /// An interface made for a bridge domain or pseudowire, and in none.
    InterfaceWithoutDomain,
}

/// Something that lost its counterpart, or never had one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Orphan {
    /// What does not fit.
    pub kind: OrphanKind,
    /// The domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// The VLANs, in ranges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlans: Option<String>,
}

/// The layer 2 domains of one device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domains {
    /// VLANs by number, then bridge domains by name.
    pub domains: Vec<Domain>,
    /// What does not fit together.
    pub orphans: Vec<Orphan>,
    /// Set when the device keeps its VLANs outside its configuration: those that nobody makes are then no orphans.
    pub vlans_elsewhere: bool,
}

impl Domains {
    /// Returns a domain by its id.
    #[must_use]
    pub fn domain(&self, id: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.id == id)
    }
}

/// The layer 2 domains of many devices, by their names.
pub type Fleet = BTreeMap<String, Domains>;
