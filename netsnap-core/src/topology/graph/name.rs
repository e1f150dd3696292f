//! Which router id and which host name belongs to which device?

use std::collections::{BTreeMap, BTreeSet};

use super::super::address::short_name;
use super::super::fact::{Adjacent, Fact, Unread};
use super::super::model::{Node, Remark};
use super::{Observation, insert, remark, spoken_of};

/// The devices, by all that they are called.
#[derive(Debug)]
pub(super) struct Names {
    nodes: BTreeMap<String, Node>,
    by_router: BTreeMap<String, String>,
    by_host: BTreeMap<String, String>,
}

impl Names {
    /// Learns what the devices of a run are called.
    pub(super) fn learn(
        devices: &BTreeMap<String, Option<String>>,
        observations: &[Observation],
        remarks: &mut Vec<Remark>,
    ) -> Self {
        let mut names = Self {
            nodes: BTreeMap::new(),
            by_router: BTreeMap::new(),
            by_host: BTreeMap::new(),
        };
        for (device, hostname) in devices {
            names.collected(device, hostname.as_deref());
        }
        for observation in observations {
            names.collected(&observation.source.device, None);
            names.router_ids(observation, remarks);
            if observation.facts.is_empty() {
                let text = "says nothing that could be read about neighbours".to_owned();
                remarks.push(remark(&observation.source, text));
            }
            remarks.extend(observation.facts.iter().filter_map(|fact| match fact {
                Fact::Unread(unread) => Some(remark(&observation.source, unread_lines(unread))),
                _ => None,
            }));
        }
        names.infer_router_ids(observations);
        names
    }

    fn collected(&mut self, device: &str, hostname: Option<&str>) {
        let node = self
            .nodes
            .entry(device.to_owned())
            .or_insert_with(|| spoken_of(device));
        node.collected = true;
        for name in [Some(device), hostname].into_iter().flatten() {
            self.by_host
                .entry(short_name(name))
                .or_insert_with(|| device.to_owned());
        }
        if let Some(hostname) = hostname {
            insert(&mut node.hostnames, hostname);
        }
    }

    /// A router id belongs to the device that says so first.
    fn router_ids(&mut self, observation: &Observation, remarks: &mut Vec<Remark>) {
        let device = &observation.source.device;
        for fact in &observation.facts {
            let Fact::RouterId(id) = fact else {
                continue;
            };
            match self.by_router.get(id) {
                None => self.owns(device, id),
                Some(owner) if owner == device => {}
                Some(owner) => {
                    let text = format!("router id {id} is that of {owner} too");
                    remarks.push(remark(&observation.source, text));
                }
            }
        }
    }

    fn owns(&mut self, device: &str, id: &str) {
        self.by_router.insert(id.to_owned(), device.to_owned());
        if let Some(node) = self.nodes.get_mut(device) {
            insert(&mut node.router_ids, id);
        }
    }

    /// A device that does not say its router id has the one that its neighbours see at its addresses.
    fn infer_router_ids(&mut self, observations: &[Observation]) {
        let mut addresses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for observation in observations {
            let own = addresses.entry(&observation.source.device).or_default();
            for fact in &observation.facts {
                match fact {
                    Fact::Interface(interface) => own.extend(interface.address.as_deref()),
                    Fact::Neighbor(neighbor) => {
                        own.extend(neighbor.local_address.as_deref());
                        if let Some(address) = &neighbor.address {
                            seen.insert(address, &neighbor.router_id);
                        }
                    }
                    _ => {}
                }
            }
        }
        for (device, own) in addresses {
            let known = self
                .nodes
                .get(device)
                .is_some_and(|node| !node.router_ids.is_empty());
            let id = own.iter().find_map(|address| seen.get(address));
            if let Some(id) = id.filter(|id| !known && !self.by_router.contains_key(**id)) {
                self.owns(device, id);
            }
        }
    }

    /// Returns the node of a router, made if nobody named it before.
    pub(super) fn of_router(&mut self, id: &str) -> String {
        if let Some(device) = self.by_router.get(id) {
            return device.clone();
        }
        // Some networks name their devices by router id.
        let node = self
            .nodes
            .entry(id.to_owned())
            .or_insert_with(|| spoken_of(id));
        insert(&mut node.router_ids, id);
        self.by_router.insert(id.to_owned(), id.to_owned());
        id.to_owned()
    }

    /// Returns the node that a device hears on a cable: by its name, or by a management address that is its router id.
    pub(super) fn of_adjacent(&mut self, adjacent: &Adjacent) -> String {
        let short = short_name(&adjacent.name);
        let by_address = || {
            adjacent
                .addresses
                .iter()
                .find_map(|address| self.by_router.get(address))
        };
        let by_part = || self.cut_short(&short).filter(|_| adjacent.is_cut);
        let host = self.by_host.get(&short);
        let known = host.or_else(by_address).or_else(by_part).cloned();
        let id = known.unwrap_or_else(|| adjacent.name.clone());
        let node = self
            .nodes
            .entry(id.clone())
            .or_insert_with(|| spoken_of(&id));
        insert(&mut node.hostnames, &adjacent.name);
        node.platform = node.platform.take().or_else(|| adjacent.platform.clone());
        self.by_host.entry(short).or_insert_with(|| id.clone());
        id
    }

    /// The only device whose name begins so.
    fn cut_short(&self, part: &str) -> Option<&String> {
        let begin = |(name, _): &(&String, &String)| name.starts_with(part);
        let mut devices: Vec<&String> = self
            .by_host
            .iter()
            .filter(begin)
            .map(|(_, device)| device)
            .collect();
        devices.dedup();
        <[&String; 1]>::try_from(devices).ok().map(|[only]| only)
    }

    pub(super) fn into_nodes(self) -> Vec<Node> {
        let mut nodes: Vec<Node> = self.nodes.into_values().collect();
        for node in &mut nodes {
            node.hostnames.sort();
        }
        nodes
    }
}

fn unread_lines(unread: &Unread) -> String {
    let lines = match unread.lines {
        1 => "a line".to_owned(),
        count => format!("{count} lines"),
    };
    format!("{lines} could not be read: {}", unread.first)
}
