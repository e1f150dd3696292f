//! What do the lines of one configuration say about its domains, taken together?

use std::collections::{BTreeMap, BTreeSet};

use super::model::{DomainKind, End, EndKind};
use super::set::VlanSet;
use super::table::{DomainTable, Said};

/// What names a domain on its device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Vlan(u16),
    Name(DomainKind, String),
}

/// What is said about one domain.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) is_defined: bool,
    pub(super) vlan: Option<u16>,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) vni: Option<u32>,
    pub(super) evi: Option<String>,
    pub(super) is_evpn: bool,
    pub(super) gateways: BTreeSet<String>,
    pub(super) wires: BTreeSet<End>,
    /// The interfaces that are put into it by name.
    pub(super) interfaces: BTreeSet<String>,
}

/// What is said about one interface.
#[derive(Clone, Debug, Default)]
pub(super) struct Port {
    pub(super) mode: Option<String>,
    pub(super) access: Option<String>,
    pub(super) native: Option<String>,
    pub(super) allowed: Option<VlanSet>,
    pub(super) tagged: VlanSet,
    pub(super) untagged: VlanSet,
    pub(super) outer: Option<String>,
    pub(super) inner: Option<String>,
    pub(super) encapsulation: Option<String>,
    /// Whether it was made to carry frames.
    pub(super) is_layer2: bool,
    /// Whether something that is no domain takes its frames.
    pub(super) is_elsewhere: bool,
}

/// All that is said.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) drafts: BTreeMap<Key, Draft>,
    pub(super) ports: BTreeMap<String, Port>,
    /// Routed interfaces that are there.
    pub(super) gateways: BTreeSet<String>,
    pub(super) evpn_vnis: BTreeSet<u32>,
}

impl Facts {
    /// Reads paths. Those that only speak of domains that others make are read last.
    pub(super) fn of<'p>(table: &DomainTable, paths: impl Iterator<Item = &'p str>) -> Self {
        let mut facts = Self::default();
        let mut weak = Vec::new();
        for said in paths.flat_map(|path| table.read(path)) {
            match said.weak {
                true => weak.push(said),
                false => facts.take(&said, table),
            }
        }
        for said in weak {
            if keys(&said).iter().all(|key| facts.drafts.contains_key(key)) {
                facts.take(&said, table);
            }
        }
        facts
    }

    fn take(&mut self, said: &Said, table: &DomainTable) {
        self.evpn_vnis.extend(said.number::<u32>("evpn_vni"));
        let keys = keys(said);
        let networks: Vec<u32> = numbers(said.get("vni"));
        for (place, key) in keys.iter().enumerate() {
            let draft = self.drafts.entry(key.clone()).or_default();
            draft.is_defined |= !said.refers && !said.weak;
            draft.vni = networks.get(place).copied().or(draft.vni);
            draft.take(said);
        }
        if let Some(interface) = said.get("interface") {
            self.take_interface(interface, said, table);
        }
    }

    fn take_interface(&mut self, interface: &str, said: &Said, table: &DomainTable) {
        if said.get("role") == Some("gateway") {
            self.gateways.insert(interface.to_owned());
            return;
        }
        let port = self.ports.entry(interface.to_owned()).or_default();
        port.take(said, &VlanSet::parse(&table.ports.allowed));
    }
}

/// Returns the domains that something is said about.
fn keys(said: &Said) -> Vec<Key> {
    if let Some(domain) = said.get("domain") {
        let name = match said.get("group") {
            Some(group) => format!("{group}:{domain}"),
            None => domain.to_owned(),
        };
        let kind = match said.is_vlan {
            true => DomainKind::Vlan,
            false => DomainKind::BridgeDomain,
        };
        return vec![Key::Name(kind, name)];
    }
    let vlans = said.get("vlans").map(VlanSet::parse).unwrap_or_default();
    vlans.numbers().map(Key::Vlan).collect()
}

fn numbers(text: Option<&str>) -> Vec<u32> {
    let words = text.unwrap_or_default().split(',');
    words.filter_map(|word| word.trim().parse().ok()).collect()
}

impl Draft {
    fn take(&mut self, said: &Said) {
        let newer = |value: Option<String>, old: &mut Option<String>| {
            if value.is_some() {
                *old = value;
            }
        };
        newer(said.owned("name"), &mut self.name);
        newer(said.owned("description"), &mut self.description);
        newer(said.owned("evi"), &mut self.evi);
        self.vlan = said.number("vlan").or(self.vlan);
        self.is_evpn |= said.get("evpn").is_some();
        self.gateways.extend(said.owned("gateway"));
        self.interfaces.extend(said.owned("interface"));
        let (peer, id) = (said.owned("peer"), said.owned("pseudowire"));
        if peer.is_some() || id.is_some() {
            self.wires.insert(End {
                kind: EndKind::Pseudowire,
                peer,
                id,
            });
        }
    }
}

impl Port {
    fn take(&mut self, said: &Said, allowed_before: &VlanSet) {
        let fields = [
            ("mode", &mut self.mode),
            ("access", &mut self.access),
            ("native", &mut self.native),
            ("outer", &mut self.outer),
            ("inner", &mut self.inner),
            ("encapsulation", &mut self.encapsulation),
        ];
        for (name, field) in fields {
            if let Some(value) = said.owned(name) {
                *field = Some(value);
            }
        }
        self.is_layer2 |= said.get("layer2").is_some();
        self.is_elsewhere |= said.get("elsewhere").is_some();
        let listed = |name| said.get(name).map(VlanSet::parse);
        if let Some(vlans) = listed("tagged").or_else(|| listed("voice")) {
            self.tagged.add(&vlans);
        }
        if let Some(vlans) = listed("untagged") {
            self.untagged.add(&vlans);
        }
        if let Some(vlans) = listed("allowed") {
            self.allowed = Some(vlans);
        }
        self.take_deltas(said, allowed_before);
    }

    /// A delta begins with what a port carries that does not say.
    fn take_deltas(&mut self, said: &Said, allowed_before: &VlanSet) {
        let deltas = ["add", "remove", "except"].map(|name| said.get(name).map(VlanSet::parse));
        let [add, remove, except] = deltas;
        let before = || allowed_before.clone();
        if let Some(vlans) = add {
            self.allowed.get_or_insert_with(before).add(&vlans);
        }
        if let Some(vlans) = remove {
            self.allowed.get_or_insert_with(before).remove(&vlans);
        }
        if let Some(vlans) = except {
            let mut all = VlanSet::all();
            all.remove(&vlans);
            self.allowed = Some(all);
        }
    }
}
