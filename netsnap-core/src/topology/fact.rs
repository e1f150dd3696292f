//! What one output says.

use super::model::Protocol;

/// What one output says about the device that said it, or about the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// The device has this router id.
    RouterId(String),
    /// The device has this interface.
    Interface(Interface),
    /// The device has this OSPF neighbour.
    Neighbor(Neighbor),
    /// A router describes its links.
    Router(RouterLsa),
    /// A designated router names the routers of its network.
    Network(NetworkLsa),
    /// The device hears this other one on a cable.
    Adjacent(Adjacent),
    /// Some of it was not understood.
    Unread(Unread),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Interface {
    pub(super) name: String,
    pub(super) address: Option<String>,
    pub(super) cost: Option<u32>,
    pub(super) area: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Neighbor {
    pub(super) router_id: String,
    /// Of the neighbour.
    pub(super) address: Option<String>,
    /// On this side.
    pub(super) interface: Option<String>,
    pub(super) local_address: Option<String>,
    pub(super) area: Option<String>,
    pub(super) state: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RouterLsa {
    pub(super) router: String,
    pub(super) area: String,
    /// The sequence number as a signed number: the greater is the newer (RFC 2328, 12.1.6).
    pub(super) sequence: i32,
    pub(super) links: Vec<LsaLink>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum LsaKind {
    PointToPoint,
    Transit,
    Virtual,
    #[default]
    Stub,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LsaLink {
    pub(super) kind: LsaKind,
    /// The neighbour, the address of the designated router, or the network (RFC 2328, 12.4.1).
    pub(super) id: String,
    /// The address of the interface, or the mask.
    pub(super) data: String,
    pub(super) metric: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NetworkLsa {
    /// The address of the designated router.
    pub(super) address: String,
    pub(super) area: String,
    pub(super) sequence: i32,
    pub(super) prefix: Option<u8>,
    pub(super) attached: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Adjacent {
    pub(super) protocol: Protocol,
    pub(super) interface: String,
    pub(super) name: String,
    pub(super) port: Option<String>,
    pub(super) addresses: Vec<String>,
    pub(super) platform: Option<String>,
    /// It comes from a table, which writes names shorter than they are.
    pub(super) is_short: bool,
    /// The end of the name may be cut off.
    pub(super) is_cut: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) lines: usize,
    pub(super) first: String,
}

/// Reads a sequence number as the devices write it: eight hexadecimal digits, with or without `0x`.
pub(super) fn sequence(text: &str) -> i32 {
    let digits = text.trim().trim_start_matches("0x");
    u32::from_str_radix(digits, 16).map_or(i32::MIN, u32::cast_signed)
}
