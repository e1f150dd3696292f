//! What is different between two topologies?

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::address::same_interface;
use super::model::{End, Link, Node, Topology};
use crate::domain::DomainDiff;

/// What is different between two topologies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopologyDiff {
    /// Devices of the second only.
    pub nodes_added: Vec<Node>,
    /// Devices of the first only.
    pub nodes_removed: Vec<Node>,
    /// Links of the second only.
    pub links_added: Vec<Link>,
    /// Links of the first only.
    pub links_removed: Vec<Link>,
    /// Links of both that are not the same.
    pub links_changed: Vec<LinkChange>,
    /// What became of VLANs and bridge domains, where the configurations of both are known.
    #[serde(default)]
    pub domains: DomainDiff,
}

/// What became of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkChange {
    /// The link before.
    pub before: Link,
    /// The link after.
    pub after: Link,
    /// Which parts differ: `cost`, `state`, `kind`, `area`, `network`, `one_sided`.
    pub changed: Vec<String>,
}

impl TopologyDiff {
    /// Says whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares two topologies: `before` with `after`.
///
/// A device is the same when its id is, or one of its router ids: a router that others only spoke of before, and that was asked
/// after, is one device. A link is the same when its devices are, and nothing that is known of its interfaces and addresses
/// contradicts.
#[must_use]
pub fn compare(before: &Topology, after: &Topology) -> TopologyDiff {
    let same = Same::of(before, after);
    let known = |node: &&Node| same.0.values().any(|id| *id == node.id);
    let mut diff = TopologyDiff {
        nodes_added: after
            .nodes
            .iter()
            .filter(|node| !same.0.contains_key(&node.id))
            .cloned()
            .collect(),
        nodes_removed: before
            .nodes
            .iter()
            .filter(|node| !known(node))
            .cloned()
            .collect(),
        ..TopologyDiff::default()
    };
    let mut left: Vec<Option<&Link>> = before.links.iter().map(Some).collect();
    for link in &after.links {
        let fits = left.iter().enumerate();
        let best = fits
            .filter_map(|(place, old)| Some((same.fit((*old)?, link)?, place)))
            .max_by_key(|(fit, place)| (*fit, std::cmp::Reverse(*place)));
        let Some(old) = best.and_then(|(_, place)| left[place].take()) else {
            diff.links_added.push(link.clone());
            continue;
        };
        let changed = changed(old, link);
        if !changed.is_empty() {
            diff.links_changed.push(LinkChange {
                before: old.clone(),
                after: link.clone(),
                changed,
            });
        }
    }
    diff.links_removed = left.into_iter().flatten().cloned().collect();
    diff
}

/// The id before of each device after.
struct Same(BTreeMap<String, String>);

impl Same {
    fn of(before: &Topology, after: &Topology) -> Self {
        let mut same = BTreeMap::new();
        for node in &after.nodes {
            let shares = |old: &&Node| old.router_ids.iter().any(|id| node.router_ids.contains(id));
            let old = before
                .node(&node.id)
                .or_else(|| before.nodes.iter().find(shares));
            same.extend(old.map(|old| (node.id.clone(), old.id.clone())));
        }
        Self(same)
    }

    /// Counts what agrees in two links; `None` when they are two.
    fn fit(&self, old: &Link, new: &Link) -> Option<usize> {
        let straight = (self.end(&old.a, &new.a), self.end(&old.b, &new.b));
        let crossed = (self.end(&old.a, &new.b), self.end(&old.b, &new.a));
        let sum = |(a, b): (Option<usize>, Option<usize>)| Some(a? + b?);
        sum(straight).or_else(|| sum(crossed))
    }

    fn end(&self, old: &End, new: &End) -> Option<usize> {
        if self.0.get(&new.node) != Some(&old.node) {
            return None;
        }
        let interfaces = old.interface.as_ref().zip(new.interface.as_ref());
        let addresses = old.address.as_ref().zip(new.address.as_ref());
        let agrees = interfaces.map(|(old, new)| same_interface(old, new));
        let agrees_too = addresses.map(|(old, new)| old == new);
        match (agrees, agrees_too) {
            (Some(false), _) | (_, Some(false)) => None,
            (interface, address) => {
                Some(usize::from(interface.is_some()) + usize::from(address.is_some()))
            }
        }
    }
}

fn changed(old: &Link, new: &Link) -> Vec<String> {
    // Ends can have changed their places when a device has another id.
    let is_crossed = old.a.node == new.b.node && old.b.node == new.a.node;
    let (a, b) = if is_crossed {
        (&new.b, &new.a)
    } else {
        (&new.a, &new.b)
    };
    // The pair of words and roles of neighbour states comes from one output; times are not in it.
    let differs = [
        ("cost", old.a.cost != a.cost || old.b.cost != b.cost),
        ("state", old.a.state != a.state || old.b.state != b.state),
        ("kind", old.kind != new.kind),
        ("area", old.area != new.area),
        ("network", old.network != new.network),
        ("one_sided", old.one_sided != new.one_sided),
    ];
    let names = differs.iter().filter(|(_, differs)| *differs);
    names.map(|(name, _)| (*name).to_owned()).collect()
}
