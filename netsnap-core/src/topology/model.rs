//! The words of a topology.

use serde::{Deserialize, Serialize};

use crate::id::ExecutionId;

/// Devices and the links between them, as one run knows them. The same outputs always give the same value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topology {
    /// The run.
    pub execution: ExecutionId,
    /// The devices, in natural order: r2 stands before r10.
    pub nodes: Vec<Node>,
    /// The links, by their ends.
    pub links: Vec<Link>,
    /// What could not be read or does not fit together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
}

/// A device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its name in the run; of a device that others only speak of, its host name or router id.
    pub id: String,
    /// Set when the run asked it; others are only spoken of.
    pub collected: bool,
    /// Its OSPF router ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub router_ids: Vec<String>,
    /// Its host names, in its prompt and in what its neighbours say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hostnames: Vec<String>,
    /// What its neighbours say it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
}

/// What a link is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// OSPF, version 2.
    Ospf,
    /// The link layer discovery protocol, IEEE 802.1AB.
    Lldp,
    /// The discovery protocol of Cisco.
    Cdp,
}

/// What kind of a link it is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// OSPF between two routers.
    PointToPoint,
    /// OSPF over a network that more than two can share; `network` names it, and each pair of its routers is a link.
    Broadcast,
    /// A virtual link of OSPF.
    Virtual,
    /// A cable that no routing protocol was seen on.
    Physical,
    /// OSPF, and nobody says over what.
    #[default]
    Unknown,
}

/// One end of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct End {
    /// The device.
    pub node: String,
    /// The interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What sending over it costs OSPF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<u32>,
    /// In which state this end sees the other as its OSPF neighbour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// A link between two devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The end whose device comes first.
    pub a: End,
    /// The other end.
    pub b: End,
    /// What kind it is.
    pub kind: LinkKind,
    /// The OSPF area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// The shared network: the address of its designated router, with the prefix length where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// Set when only one end speaks of it.
    pub one_sided: bool,
    /// What it is known from.
    pub protocols: Vec<Protocol>,
    /// The outputs that say so.
    pub sources: Vec<Source>,
}

/// An output of the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The device.
    pub device: String,
    /// The command.
    pub command: String,
}

/// Something that could not be read, or does not fit together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remark {
    /// The output that it is about, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What.
    pub text: String,
}

impl Topology {
    /// Returns the node of an id.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }
}
