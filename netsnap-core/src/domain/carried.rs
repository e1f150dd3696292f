//! Which VLANs does a switch port carry, with a tag and without?

use super::facts::Port;
use super::set::VlanSet;
use super::table::DomainTable;

/// The VLANs that a switch port carries.
#[derive(Debug, Default)]
pub(super) struct Carried {
    pub(super) tagged: VlanSet,
    pub(super) untagged: VlanSet,
}

impl Carried {
    pub(super) fn of(port: &Port, native: Option<String>, table: &DomainTable) -> Self {
        let says = port.mode.is_some() || port.access.is_some() || port.allowed.is_some();
        let lists = !port.tagged.is_empty() || !port.untagged.is_empty();
        let mode = match &port.mode {
            Some(mode) => mode.as_str(),
            None if says || lists => table.ports.mode.as_str(),
            None => "none",
        };
        let mut carried = match mode {
            "trunk" | "tagged-access" => Self::trunk(port, native, table),
            "access" | "dot1q-tunnel" => Self::access(port, table),
            "hybrid" => Self::default(),
            _ => return Self::default(),
        };
        if mode != "trunk" {
            carried.tagged.add(&port.tagged);
        }
        carried.untagged.add(&port.untagged);
        carried
    }

    /// Some platforms list the VLAN of an access port as they list those of a trunk.
    fn access(port: &Port, table: &DomainTable) -> Self {
        let own = port.access.as_deref().map(VlanSet::parse);
        let listed = port
            .allowed
            .clone()
            .filter(|_| table.ports.access.is_none());
        let default = || table.ports.access.as_deref().map(VlanSet::parse);
        Self {
            tagged: VlanSet::default(),
            untagged: own.or(listed).or_else(default).unwrap_or_default(),
        }
    }

    /// Where a trunk always has a VLAN without tag, it is carried only as one of those that are allowed.
    fn trunk(port: &Port, native: Option<String>, table: &DomainTable) -> Self {
        let default = || VlanSet::parse(&table.ports.allowed);
        let mut tagged = port.allowed.clone().unwrap_or_else(default);
        let mut untagged = VlanSet::default();
        let always = table.ports.native.clone();
        if let Some(vlan) = native.or_else(|| always.clone()) {
            let vlans = VlanSet::parse(&vlan);
            let is_allowed = vlans.numbers().all(|vlan| tagged.contains(vlan));
            if always.is_none() || is_allowed {
                tagged.remove(&vlans);
                untagged.add(&vlans);
            }
        }
        Self { tagged, untagged }
    }
}
