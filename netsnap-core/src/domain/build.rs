//! Who is in which domain, and what is left over?

use std::collections::{BTreeMap, BTreeSet};

use super::carried::Carried;
use super::facts::{Draft, Facts, Key, Port};
use super::model::{
    Domain, DomainKind, Domains, End, EndKind, Member, Orphan, OrphanKind, Tagging,
};
use super::natural::natural;
use super::set::VlanSet;
use super::table::DomainTable;

/// Puts facts together.
pub(super) fn build(facts: Facts, table: &DomainTable) -> Domains {
    let mut build = Build::new(facts, table);
    build.switch_ports();
    build.named_members();
    build.find_orphans();
    build.finish()
}

struct Build<'t> {
    table: &'t DomainTable,
    facts: Facts,
    implicit: VlanSet,
    vlans_elsewhere: bool,
    members: BTreeMap<Key, BTreeSet<Member>>,
    orphans: BTreeSet<Orphan>,
}

impl<'t> Build<'t> {
    fn new(facts: Facts, table: &'t DomainTable) -> Self {
        let makes_vlans = facts
            .drafts
            .iter()
            .any(|(key, draft)| draft.is_defined && matches!(key, Key::Vlan(_)));
        let mut build = Self {
            table,
            implicit: VlanSet::parse(&table.vlans.implicit),
            vlans_elsewhere: table.vlans.elsewhere && !makes_vlans,
            facts,
            members: BTreeMap::new(),
            orphans: BTreeSet::new(),
        };
        let implicit: Vec<u16> = build.implicit.numbers().collect();
        for vlan in implicit {
            let draft = build.facts.drafts.entry(Key::Vlan(vlan));
            draft.or_default().is_defined = true;
        }
        build
    }

    /// Puts switch ports into the VLANs that they carry.
    fn switch_ports(&mut self) {
        let ports = std::mem::take(&mut self.facts.ports);
        let by_vlan = self.by_vlan();
        for (interface, port) in &ports {
            let native = port.native.clone().or_else(|| inherited(&ports, interface));
            let carried = Carried::of(port, native, self.table);
            let place = (interface.as_str(), port);
            let mut missing = self.put((place, Tagging::Untagged), &carried.untagged, &by_vlan);
            // Who carries every VLAN there can be misses none.
            let is_open = port.allowed.as_ref().is_none_or(VlanSet::is_all);
            let mut tagged = carried.tagged;
            if is_open {
                tagged.keep(|vlan| by_vlan.contains_key(&vlan));
            }
            missing.add(&self.put((place, Tagging::Tagged), &tagged, &by_vlan));
            self.miss(interface, &missing);
        }
        self.facts.ports = ports;
    }

    /// Which domains have a VLAN.
    fn by_vlan(&self) -> BTreeMap<u16, Vec<Key>> {
        let mut by_vlan: BTreeMap<u16, Vec<Key>> = BTreeMap::new();
        for (key, draft) in self
            .facts
            .drafts
            .iter()
            .filter(|(_, draft)| draft.is_defined)
        {
            let vlan = match key {
                Key::Vlan(vlan) => Some(*vlan),
                Key::Name(..) => draft.vlan,
            };
            if let Some(vlan) = vlan {
                by_vlan.entry(vlan).or_default().push(key.clone());
            }
        }
        by_vlan
    }

    /// Puts a port into domains, and returns the VLANs that nobody makes.
    fn put(
        &mut self,
        ((interface, port), tagging): ((&str, &Port), Tagging),
        vlans: &VlanSet,
        by_vlan: &BTreeMap<u16, Vec<Key>>,
    ) -> VlanSet {
        let mut missing = vlans.clone();
        let found = self.find(&mut missing, by_vlan);
        for (key, vlan) in found {
            let mut member = member(interface, port);
            member.tagging = tagging;
            member.outer = member.outer.or_else(|| match tagging {
                Tagging::Tagged => vlan.map(|vlan| vlan.to_string()),
                Tagging::Untagged => None,
            });
            self.facts.drafts.entry(key.clone()).or_default();
            let members = self.members.entry(key).or_default();
            // Named in the list of a trunk and as its VLAN without tag: without tag.
            if !members.iter().any(|other| other.interface == interface) {
                members.insert(member);
            }
        }
        missing
    }

    /// Takes the domains that are there out of a list of VLANs.
    fn find(
        &self,
        vlans: &mut VlanSet,
        by_vlan: &BTreeMap<u16, Vec<Key>>,
    ) -> Vec<(Key, Option<u16>)> {
        let mut found = Vec::new();
        let numbers: Vec<u16> = vlans.numbers().collect();
        for vlan in numbers {
            match by_vlan.get(&vlan) {
                Some(keys) => found.extend(keys.iter().map(|key| (key.clone(), Some(vlan)))),
                None if self.vlans_elsewhere => found.push((Key::Vlan(vlan), Some(vlan))),
                None => {}
            }
        }
        vlans.keep(|vlan| !by_vlan.contains_key(&vlan));
        for name in std::mem::take(&mut vlans.names) {
            let mut drafts = self.facts.drafts.iter();
            match drafts.find(|(key, _)| is_named(key, &name)) {
                Some((key, draft)) => found.push((key.clone(), draft.vlan)),
                None => _ = vlans.names.insert(name),
            }
        }
        found
    }

    fn miss(&mut self, interface: &str, missing: &VlanSet) {
        if missing.is_empty() || self.vlans_elsewhere {
            return;
        }
        self.orphans.insert(Orphan {
            kind: OrphanKind::MemberWithoutVlan,
            domain: None,
            interface: Some(interface.to_owned()),
            vlans: Some(missing.ranges()),
        });
    }

    /// Puts interfaces into the domains that name them.
    fn named_members(&mut self) {
        let port =
            |interface: &String| self.facts.ports.get(interface).cloned().unwrap_or_default();
        for (key, draft) in &self.facts.drafts {
            let members = draft
                .interfaces
                .iter()
                .map(|name| member(name, &port(name)));
            self.members.entry(key.clone()).or_default().extend(members);
        }
    }

    fn find_orphans(&mut self) {
        let mut orphans = Vec::new();
        for (key, draft) in &self.facts.drafts {
            let members = self
                .members
                .get(key)
                .is_some_and(|members| !members.is_empty());
            orphans.extend(self.of_domain(key, draft, members));
        }
        let used: BTreeSet<&String> = self
            .members
            .values()
            .flatten()
            .map(|m| &m.interface)
            .collect();
        for (interface, port) in &self.facts.ports {
            if port.is_layer2 && !port.is_elsewhere && !used.contains(interface) {
                orphans.push(orphan(
                    OrphanKind::InterfaceWithoutDomain,
                    None,
                    Some(interface),
                ));
            }
        }
        let drafts = self.facts.drafts.values();
        let on_domains: BTreeSet<&String> = drafts.flat_map(|draft| &draft.gateways).collect();
        for gateway in self
            .facts
            .gateways
            .iter()
            .filter(|name| !on_domains.contains(name))
        {
            orphans.push(orphan(
                OrphanKind::GatewayWithoutDomain,
                None,
                Some(gateway),
            ));
        }
        self.orphans.extend(orphans);
    }

    fn of_domain(&self, key: &Key, draft: &Draft, has_members: bool) -> Vec<Orphan> {
        let id = id(key, draft);
        if !draft.is_defined {
            return match self.vlans_elsewhere {
                true => Vec::new(),
                false => self.undefined(key, draft, &id),
            };
        }
        let is_implicit = matches!(key, Key::Vlan(vlan) if self.implicit.contains(*vlan));
        if has_members || is_implicit || !self.ends(draft).is_empty() {
            return Vec::new();
        }
        let kind = match kind(key) {
            DomainKind::Vlan => OrphanKind::VlanWithoutMember,
            DomainKind::BridgeDomain => OrphanKind::BridgeDomainWithoutInterface,
        };
        vec![orphan(kind, Some(&id), None)]
    }

    /// What refers to a domain that nobody makes.
    fn undefined(&self, key: &Key, draft: &Draft, id: &str) -> Vec<Orphan> {
        let gateways = draft.gateways.iter();
        let gateways = gateways
            .map(|gateway| orphan(OrphanKind::GatewayWithoutDomain, Some(id), Some(gateway)));
        let members = self.members.get(key).into_iter().flatten();
        let kind = match key {
            Key::Vlan(_) => OrphanKind::MemberWithoutVlan,
            Key::Name(..) => OrphanKind::InterfaceWithoutDomain,
        };
        let members = members.map(|member| orphan(kind, Some(id), Some(&member.interface)));
        gateways.chain(members).collect()
    }

    fn ends(&self, draft: &Draft) -> BTreeSet<End> {
        let end = |kind, id| End {
            kind,
            peer: None,
            id,
        };
        let mut ends = draft.wires.clone();
        let vni = draft.vni;
        let is_evpn = draft.is_evpn || vni.is_some_and(|vni| self.facts.evpn_vnis.contains(&vni));
        if is_evpn || draft.evi.is_some() {
            ends.insert(end(EndKind::Evpn, draft.evi.clone()));
        }
        ends.extend(vni.map(|vni| end(EndKind::Vxlan, Some(vni.to_string()))));
        ends
    }

    fn finish(mut self) -> Domains {
        let drafts = std::mem::take(&mut self.facts.drafts);
        let mut domains = Vec::with_capacity(drafts.len());
        for (key, draft) in drafts {
            let members = self.members.remove(&key).unwrap_or_default();
            let is_implicit = matches!(&key, Key::Vlan(vlan) if self.implicit.contains(*vlan));
            let is_idle = members.is_empty() && draft.gateways.is_empty() && draft.name.is_none();
            if (is_implicit && is_idle) || !(draft.is_defined || self.vlans_elsewhere) {
                continue;
            }
            let ends = self.ends(&draft);
            domains.push(domain(&key, draft, members, ends));
        }
        tell_apart(&mut domains);
        domains.sort_by_cached_key(|domain| (domain.kind, domain.vlan, natural(&domain.id)));
        Domains {
            domains,
            orphans: self.orphans.into_iter().collect(),
            vlans_elsewhere: self.vlans_elsewhere,
        }
    }
}

/// A unit has the VLAN without tag of its port where it says none itself.
fn inherited(ports: &BTreeMap<String, Port>, unit: &str) -> Option<String> {
    let (port, _) = unit.rsplit_once('.')?;
    ports.get(port)?.native.clone()
}

fn domain(key: &Key, draft: Draft, members: BTreeSet<Member>, ends: BTreeSet<End>) -> Domain {
    let id = id(key, &draft);
    let (vlan, own_name) = match key {
        Key::Vlan(vlan) => (Some(*vlan), None),
        Key::Name(_, name) => (draft.vlan, Some(name.clone())),
    };
    let mut members: Vec<Member> = members.into_iter().collect();
    members.sort_by_cached_key(|member| natural(&member.interface));
    let mut gateways: Vec<String> = draft.gateways.into_iter().collect();
    gateways.sort_by_cached_key(|gateway| natural(gateway));
    Domain {
        id,
        kind: kind(key),
        vlan,
        name: draft.name.or(own_name),
        description: draft.description,
        members,
        gateways,
        vni: draft.vni,
        ends: ends.into_iter().collect(),
        defined: draft.is_defined,
    }
}

fn kind(key: &Key) -> DomainKind {
    match key {
        Key::Vlan(_) => DomainKind::Vlan,
        Key::Name(kind, _) => *kind,
    }
}

fn id(key: &Key, draft: &Draft) -> String {
    match (key, draft.vlan) {
        (Key::Vlan(vlan), _) => format!("vlan {vlan}"),
        (Key::Name(DomainKind::Vlan, _), Some(vlan)) => format!("vlan {vlan}"),
        (Key::Name(DomainKind::Vlan, name), None) => format!("vlan {name}"),
        (Key::Name(DomainKind::BridgeDomain, name), _) => format!("bridge-domain {name}"),
    }
}

/// Two switches in one device can have one VLAN each: their names tell them apart.
fn tell_apart(domains: &mut [Domain]) {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for domain in domains.iter() {
        *count.entry(domain.id.clone()).or_default() += 1;
    }
    for domain in domains.iter_mut().filter(|domain| count[&domain.id] > 1) {
        let name = domain.name.as_deref().unwrap_or_default();
        domain.id = format!("{} {name}", domain.id);
    }
}

fn is_named(key: &Key, name: &str) -> bool {
    match key {
        Key::Vlan(_) => false,
        Key::Name(_, own) => own == name || own.split_once(':').is_some_and(|(_, own)| own == name),
    }
}

fn member(interface: &str, port: &Port) -> Member {
    Member {
        interface: interface.to_owned(),
        tagging: match port.outer {
            Some(_) => Tagging::Tagged,
            None => Tagging::Untagged,
        },
        outer: port.outer.clone(),
        inner: port.inner.clone(),
        encapsulation: port.encapsulation.clone(),
    }
}

fn orphan(kind: OrphanKind, domain: Option<&str>, interface: Option<&String>) -> Orphan {
    Orphan {
        kind,
        domain: domain.map(str::to_owned),
        interface: interface.cloned(),
        vlans: None,
    }
}
