//! Which services came, went, changed or moved to another device?

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::model::{Domain, DomainKind, Domains, Fleet, Member};

/// A domain and its device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainAt {
    /// The device.
    pub device: String,
    /// The domain.
    pub domain: Domain,
}

/// What became of a domain on its device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainChange {
    /// The device.
    pub device: String,
    /// The domain before.
    pub before: Domain,
    /// The domain after.
    pub after: Domain,
    /// Which parts differ: `id`, `vlan`, `name`, `description`, `members`, `gateways`, `vni`, `ends`.
    pub changed: Vec<String>,
    /// The interfaces that are new in it, or are in it in another way.
    pub members_added: Vec<Member>,
    /// The interfaces that are no more in it, or were in it in another way.
    pub members_removed: Vec<Member>,
}

/// A domain that left one device and came up on another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainMove {
    /// The device that it left.
    pub from_device: String,
    /// The device that it came up on.
    pub to_device: String,
    /// As it was.
    pub before: Domain,
    /// As it is.
    pub after: Domain,
}

/// What is different between the layer 2 domains of two fleets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainDiff {
    /// Domains of the second only.
    pub added: Vec<DomainAt>,
    /// Domains of the first only.
    pub removed: Vec<DomainAt>,
    /// Domains of both that are not the same.
    pub changed: Vec<DomainChange>,
    /// Domains that are the same service on another device.
    pub moved: Vec<DomainMove>,
}

impl DomainDiff {
    /// Says whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares the domains of two fleets.
///
/// On one device a domain is the same when its id is; a bridge domain that has another name and the same VLAN, network or interfaces was
/// renamed. A domain that is gone from one device and new on another with the same id, or with the same name, has moved: of several that
/// fit, the one that shares most.
#[must_use]
pub fn diff_domains(before: &Fleet, after: &Fleet) -> DomainDiff {
    let mut diff = DomainDiff::default();
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let nothing = Domains::default();
    let devices: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for device in devices {
        let sides = [before, after].map(|fleet| fleet.get(device).unwrap_or(&nothing));
        let (old, new) = diff.device(device, sides);
        removed.extend(old.into_iter().map(|domain| (device, domain)));
        added.extend(new.into_iter().map(|domain| (device, domain)));
    }
    diff.find_moves(&mut removed, &mut added);
    let at = |(device, domain): (&String, &Domain)| DomainAt {
        device: device.clone(),
        domain: domain.clone(),
    };
    diff.removed = removed.into_iter().map(at).collect();
    diff.added = added.into_iter().map(at).collect();
    diff
}

type Left<'d> = Vec<&'d Domain>;

impl DomainDiff {
    /// Compares one device, and returns what has no partner on it.
    fn device<'d>(
        &mut self,
        device: &str,
        [before, after]: [&'d Domains; 2],
    ) -> (Left<'d>, Left<'d>) {
        let mut old: BTreeMap<&str, &Domain> = BTreeMap::new();
        old.extend(
            before
                .domains
                .iter()
                .map(|domain| (domain.id.as_str(), domain)),
        );
        let mut added = Vec::new();
        for domain in &after.domains {
            match old.remove(domain.id.as_str()) {
                Some(before) => self.changed.extend(change(device, before, domain)),
                None => added.push(domain),
            }
        }
        let mut removed: Vec<&Domain> = before
            .domains
            .iter()
            .filter(|domain| old.contains_key(domain.id.as_str()))
            .collect();
        added.retain(|domain| {
            let renamed = removed.iter().position(|old| is_renamed(old, domain));
            let found = renamed.map(|place| removed.remove(place));
            self.changed
                .extend(found.and_then(|old| change(device, old, domain)));
            found.is_none()
        });
        (removed, added)
    }

    /// Pairs what went with what came elsewhere, the best fits first.
    fn find_moves<'d>(
        &mut self,
        removed: &mut Vec<(&'d String, &'d Domain)>,
        added: &mut Vec<(&'d String, &'d Domain)>,
    ) {
        let mut pairs: Vec<_> = pairs(removed, added).into_iter().collect();
        pairs.sort_by_key(|(fit, old, new)| (std::cmp::Reverse(*fit), *old, *new));
        let (mut gone, mut come) = (BTreeSet::new(), BTreeSet::new());
        for (_, old, new) in pairs {
            if gone.contains(&old) || come.contains(&new) {
                continue;
            }
            gone.insert(old);
            come.insert(new);
            self.moved.push(DomainMove {
                from_device: removed[old].0.clone(),
                to_device: added[new].0.clone(),
                before: removed[old].1.clone(),
                after: added[new].1.clone(),
            });
        }
        let keep = |all: &mut Vec<(&'d String, &'d Domain)>, taken: &BTreeSet<usize>| {
            let mut place = 0;
            all.retain(|_| {
                place += 1;
                !taken.contains(&(place - 1))
            });
        };
        keep(removed, &gone);
        keep(added, &come);
    }
}

/// Pairs what shares an id or a name and stands on two devices: how well it fits, and both places.
fn pairs(
    removed: &[(&String, &Domain)],
    added: &[(&String, &Domain)],
) -> BTreeSet<(usize, usize, usize)> {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, (_, domain)) in added.iter().enumerate() {
        for word in words(domain) {
            places.entry(word).or_default().push(place);
        }
    }
    let mut pairs = BTreeSet::new();
    for (old, (from, before)) in removed.iter().enumerate() {
        let found = words(before).filter_map(|word| places.get(word)).flatten();
        for new in found.filter(|new| added[**new].0 != *from) {
            pairs.insert((likeness(before, added[*new].1), old, *new));
        }
    }
    pairs
}

/// What a domain is known by on another device.
fn words(domain: &Domain) -> impl Iterator<Item = &str> {
    [Some(domain.id.as_str()), domain.name.as_deref()]
        .into_iter()
        .flatten()
}

/// Counts what two domains on two devices share.
fn likeness(before: &Domain, after: &Domain) -> usize {
    let has_id = before.id == after.id;
    let has_name = before.name.is_some() && before.name == after.name;
    let same = [
        before.vlan.is_some() && before.vlan == after.vlan,
        before.vni.is_some() && before.vni == after.vni,
        before.description.is_some() && before.description == after.description,
    ];
    let same = same.into_iter().filter(|same| *same).count();
    2 * usize::from(has_id) + 2 * usize::from(has_name) + same
}

/// A bridge domain has only its name to be known by; what it carries tells that it is still the same.
fn is_renamed(before: &Domain, after: &Domain) -> bool {
    let is_same_kind = before.kind == after.kind && before.kind == DomainKind::BridgeDomain;
    let has_network = before.vni.is_some() && before.vni == after.vni;
    let has_vlan = before.vlan.is_some() && before.vlan == after.vlan;
    let has_members = !before.members.is_empty() && before.members == after.members;
    is_same_kind && (has_network || has_vlan || has_members)
}

fn change(device: &str, before: &Domain, after: &Domain) -> Option<DomainChange> {
    let differs = [
        ("id", before.id != after.id),
        ("vlan", before.vlan != after.vlan),
        ("name", before.name != after.name),
        ("description", before.description != after.description),
        ("members", before.members != after.members),
        ("gateways", before.gateways != after.gateways),
        ("vni", before.vni != after.vni),
        ("ends", before.ends != after.ends),
    ];
    let names = differs.iter().filter(|(_, differs)| *differs);
    let changed: Vec<String> = names.map(|(name, _)| (*name).to_owned()).collect();
    let only_in = |one: &Domain, other: &Domain| -> Vec<Member> {
        let members = one.members.iter();
        members
            .filter(|member| !other.members.contains(member))
            .cloned()
            .collect()
    };
    (!changed.is_empty()).then(|| DomainChange {
        device: device.to_owned(),
        members_added: only_in(after, before),
        members_removed: only_in(before, after),
        before: before.clone(),
        after: after.clone(),
        changed,
    })
}
