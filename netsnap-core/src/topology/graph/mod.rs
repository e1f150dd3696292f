//! How do the facts of all devices become one graph?
//!
//! First the names: which router id, which host name belongs to which device. Then each fact is a claim of one device about
//! another; claims about one cable are joined, and the claims of its two ends make a link.

mod claim;
mod link;
mod name;

use std::collections::BTreeMap;

use self::claim::{Claim, claims};
use self::link::Half;
use self::name::Names;
use super::address::natural;
use super::fact::Fact;
use super::model::{Link, Node, Remark, Source, Topology};
use super::parse;
use crate::id::ExecutionId;

/// What one output of a run says about the topology.
#[derive(Clone, Debug)]
pub struct Observation {
    pub(super) source: Source,
    pub(super) facts: Vec<Fact>,
}

impl Observation {
    /// Reads an output; `None` when outputs of its command say nothing about the topology.
    #[must_use]
    pub fn read(device: &str, command: &str, output: &str) -> Option<Self> {
        Some(Self {
            facts: parse::read(command, output)?,
            source: Source {
                device: device.to_owned(),
                command: command.to_owned(),
            },
        })
    }
}

/// Joins what the outputs of one run say.
///
/// `devices` are the devices of the run, each with the host name in its prompt, if that is known.
#[must_use]
pub fn build(
    execution: &ExecutionId,
    devices: &BTreeMap<String, Option<String>>,
    observations: &[Observation],
) -> Topology {
    // What comes first wins where two differ: so it must not be chance what comes first.
    let mut observations = observations.to_vec();
    observations.sort_by(|a, b| a.source.cmp(&b.source));
    let mut remarks = Vec::new();
    let mut names = Names::learn(devices, &observations, &mut remarks);
    let claims = claims(&observations, &mut names);
    let mut topology = Topology {
        execution: execution.clone(),
        links: links(claims),
        nodes: names.into_nodes(),
        remarks,
    };
    complete(&mut topology.links, &observations);
    topology.nodes.sort_by(|a, b| natural(&a.id, &b.id));
    topology.links.sort_by(link_order);
    topology.remarks.sort();
    topology.remarks.dedup();
    topology
}

/// Pairs the claims between each two devices.
fn links(claims: Vec<Claim>) -> Vec<Link> {
    let mut pairs: BTreeMap<(String, String), [Vec<Half>; 2]> = BTreeMap::new();
    for claim in claims {
        let is_first = natural(&claim.from, &claim.to).is_lt();
        let (a, b) = if is_first {
            (claim.from.clone(), claim.to.clone())
        } else {
            (claim.to.clone(), claim.from.clone())
        };
        let sides = pairs.entry((a, b)).or_default();
        Half::add(&mut sides[usize::from(!is_first)], claim);
    }
    let pairs = pairs.into_iter();
    pairs
        .flat_map(|((a, b), [from_a, from_b])| link::pair((&a, &b), from_a, from_b))
        .collect()
}

fn link_order(x: &Link, y: &Link) -> std::cmp::Ordering {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    natural(&x.a.node, &y.a.node)
        .then_with(|| natural(&x.b.node, &y.b.node))
        .then_with(|| natural(&text(&x.a.interface), &text(&y.a.interface)))
        .then_with(|| natural(&text(&x.a.address), &text(&y.a.address)))
        .then_with(|| natural(&text(&x.b.interface), &text(&y.b.interface)))
        .then_with(|| natural(&text(&x.b.address), &text(&y.b.address)))
        .then_with(|| (x.kind, &x.network).cmp(&(y.kind, &y.network)))
}

/// Fills in what the devices say about their own interfaces.
fn complete(links: &mut [Link], observations: &[Observation]) {
    let mut known = Vec::new();
    for observation in observations {
        for fact in &observation.facts {
            if let Fact::Interface(interface) = fact {
                known.push((&observation.source.device, interface));
            }
        }
    }
    for link in links {
        for end in [&mut link.a, &mut link.b] {
            let mut own = known.iter().filter(|(device, _)| **device == end.node);
            let found = own.find(|(_, interface)| match (&end.address, &end.interface) {
                (Some(address), _) => interface.address.as_ref() == Some(address),
                (None, Some(name)) => interface.name == *name,
                (None, None) => false,
            });
            let Some((_, interface)) = found else {
                continue;
            };
            end.interface.get_or_insert_with(|| interface.name.clone());
            end.address = end.address.take().or_else(|| interface.address.clone());
            // A cable that OSPF does not use costs it nothing, whatever else runs over the interface.
            if link.kind != super::LinkKind::Physical {
                end.cost = end.cost.or(interface.cost);
                link.area = link.area.take().or_else(|| interface.area.clone());
            }
        }
    }
}

/// Adds a text to a list that has none twice.
fn insert(list: &mut Vec<String>, text: &str) {
    if !text.is_empty() && !list.iter().any(|known| known == text) {
        list.push(text.to_owned());
    }
}

/// A node that others speak of.
fn spoken_of(id: &str) -> Node {
    Node {
        id: id.to_owned(),
        ..Node::default()
    }
}

/// A remark about one output.
fn remark(source: &Source, text: String) -> Remark {
    Remark {
        source: Some(source.clone()),
        text,
    }
}
