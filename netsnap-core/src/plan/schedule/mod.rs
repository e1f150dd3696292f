//! Which devices wait for which, and which never change together?

mod estimate;
mod graph;
mod pack;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use estimate::{DurationSample, Durations};
pub(super) use graph::Graph;
pub(super) use pack::{check, pack};

/// What is known about the devices of a network that bears on the order of their changes. It may name devices that a plan does not
/// hold; a finding of the plan then says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Schedule {
    /// Devices that stand in for each other: no two of one group change in one wave.
    pub redundancy: Vec<Vec<String>>,
    /// The role of each device.
    pub roles: BTreeMap<String, String>,
    /// The order of roles: every device of one role has changed before the first of the next one begins. Roles that are not
    /// listed, and devices without one, are free.
    pub role_order: Vec<String>,
    /// Devices that wait for others: each has changed before the one that it stands at begins.
    pub waits_for: BTreeMap<String, Vec<String>>,
    /// The devices that we come in through: last, alone, and in this order, whatever their roles.
    pub management_path: Vec<String>,
}

impl Schedule {
    /// Says whether it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns every device that is named.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        let groups = self.redundancy.iter().flatten();
        let waits = self
            .waits_for
            .iter()
            .flat_map(|(name, before)| before.iter().chain([name]));
        let names = groups.chain(waits).chain(&self.management_path);
        let names = names.chain(self.roles.keys());
        names.map(String::as_str).collect()
    }

    /// Returns the numbers of the groups of a device.
    pub(super) fn groups_of<'s>(&'s self, device: &'s str) -> impl Iterator<Item = usize> + 's {
        let groups = self.redundancy.iter().enumerate();
        groups
            .filter(move |(_, group)| group.iter().any(|name| name == device))
            .map(|(number, _)| number)
    }

    /// Returns the place of a device's role in the order of roles.
    pub(super) fn rank_of(&self, device: &str) -> Option<usize> {
        let role = self.roles.get(device)?;
        self.role_order.iter().position(|other| other == role)
    }
}
