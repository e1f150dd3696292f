//! Who waits for whom?
//!
//! Devices, and between them one node for the end of each role and one for the end of everything but the management path, so that a
//! fleet costs as many edges as it has devices.

use std::collections::BTreeMap;

use super::Schedule;
use crate::error::{Error, ErrorKind, Result};

/// Who waits for whom.
#[derive(Debug)]
pub(in crate::plan) struct Graph {
    names: Vec<String>,
    /// For each node, the nodes that it waits for.
    pub(super) before: Vec<Vec<usize>>,
    /// Nodes so that each stands behind all that it waits for.
    pub(super) order: Vec<usize>,
    /// How many of the nodes are devices; they come first, in the order given.
    pub(super) devices: usize,
}

impl Graph {
    /// Makes the graph of some devices, of which the canaries go before all others.
    ///
    /// # Errors
    /// [`ErrorKind::PlanConflict`] for a circle, which is printed.
    pub(in crate::plan) fn of(
        schedule: &Schedule,
        devices: &[&str],
        canaries: &[usize],
    ) -> Result<Self> {
        let mut graph = Self {
            names: devices
                .iter()
                .map(|name| format!("device {name}"))
                .collect(),
            before: vec![Vec::new(); devices.len()],
            order: Vec::new(),
            devices: devices.len(),
        };
        let places: BTreeMap<&str, usize> = devices.iter().copied().zip(0..).collect();
        graph.add_dependencies(schedule, &places);
        graph.add_roles(schedule, devices);
        graph.add_management(schedule, &places);
        graph.add_canaries(canaries);
        graph.sort()?;
        Ok(graph)
    }

    fn add_dependencies(&mut self, schedule: &Schedule, places: &BTreeMap<&str, usize>) {
        for (name, before) in &schedule.waits_for {
            let Some(place) = places.get(name.as_str()) else {
                continue;
            };
            let known = before.iter().filter_map(|name| places.get(name.as_str()));
            self.before[*place].extend(known);
        }
    }

    fn add_roles(&mut self, schedule: &Schedule, devices: &[&str]) {
        let mut ended: Option<usize> = None;
        for (rank, role) in schedule.role_order.iter().enumerate() {
            let end = self.node(format!("every {role}"));
            self.before[end].extend(ended);
            for (place, name) in devices.iter().enumerate() {
                // The next role does not wait for those that go last of all.
                let is_last = schedule.management_path.iter().any(|last| last == name);
                if schedule.rank_of(name) == Some(rank) && !is_last {
                    self.before[place].extend(ended);
                    self.before[end].push(place);
                }
            }
            ended = Some(end);
        }
    }

    fn add_management(&mut self, schedule: &Schedule, places: &BTreeMap<&str, usize>) {
        let path = schedule.management_path.iter();
        let path: Vec<usize> = path
            .filter_map(|name| places.get(name.as_str()).copied())
            .collect();
        let Some(first) = path.first() else { return };
        let others = self.node("everything off the management path".to_owned());
        let off_path = (0..self.devices).filter(|place| !path.contains(place));
        self.before[others].extend(off_path);
        self.before[*first].push(others);
        for pair in path.windows(2) {
            self.before[pair[1]].push(pair[0]);
        }
    }

    fn add_canaries(&mut self, canaries: &[usize]) {
        if canaries.is_empty() {
            return;
        }
        let ahead = self.node("the canary".to_owned());
        self.before[ahead].extend(canaries);
        let others = (0..self.devices).filter(|place| !canaries.contains(place));
        others.for_each(|place| self.before[place].push(ahead));
    }

    fn node(&mut self, name: String) -> usize {
        self.names.push(name);
        self.before.push(Vec::new());
        self.before.len() - 1
    }

    fn sort(&mut self) -> Result<()> {
        let mut waits: Vec<usize> = self.before.iter().map(Vec::len).collect();
        let mut behind = vec![Vec::new(); self.before.len()];
        for (node, before) in self.before.iter().enumerate() {
            before.iter().for_each(|other| behind[*other].push(node));
        }
        let mut ready: Vec<usize> = (0..waits.len()).filter(|node| waits[*node] == 0).collect();
        while let Some(node) = ready.pop() {
            self.order.push(node);
            for next in &behind[node] {
                waits[*next] -= 1;
                if waits[*next] == 0 {
                    ready.push(*next);
                }
            }
        }
        match waits.iter().position(|waits| *waits > 0) {
            None => Ok(()),
            Some(_) => Err(self.circle(&waits)),
        }
    }

    /// Follows what is missing until it comes back to where it was.
    fn circle(&self, waits: &[usize]) -> Error {
        let mut path = Vec::new();
        let mut node = waits
            .iter()
            .position(|waits| *waits > 0)
            .unwrap_or_default();
        while !path.contains(&node) {
            path.push(node);
            let next = self.before[node].iter().find(|next| waits[**next] > 0);
            node = *next.expect("a node that waits waits for one that waits");
        }
        let start = path
            .iter()
            .position(|other| *other == node)
            .unwrap_or_default();
        let shown: Vec<&str> = path[start..]
            .iter()
            .chain([&node])
            .map(|node| self.names[*node].as_str())
            .collect();
        Error::new(
            ErrorKind::PlanConflict,
            "devices wait for each other in a circle",
        )
        .during("plan.waves")
        .with("circle", shown.join(" waits for "))
        .hint("take one of the conditions out of the schedule")
    }

    /// Returns the name of a node for a person.
    pub(super) fn name(&self, node: usize) -> &str {
        &self.names[node]
    }
}
