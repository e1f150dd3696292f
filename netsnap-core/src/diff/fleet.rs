//! What would a deployment change, over a whole fleet?

use serde::{Deserialize, Serialize};

use super::impact;
use super::tree::{diff_config, whole_config};
use crate::config::Configuration;
use crate::domain::{self, DomainDiff, DomainTable, Domains, Fleet, diff_domains};
use crate::model::{ChangeKind, ConfigDiff, DeviceProof, Step};
use crate::redact;

/// One device of a fleet: what it runs and what it shall run.
#[derive(Clone, Debug)]
pub struct FleetDevice<'c> {
    /// Its name.
    pub device: &'c str,
    /// Its network OS.
    pub platform: &'c str,
    /// What it runs; none for a device that comes.
    pub running: Option<&'c Configuration>,
    /// What it shall run; none for a device that goes.
    pub intended: Option<&'c Configuration>,
    /// The address that it is reached by.
    pub address: Option<&'c str>,
    /// The commands of its plan.
    pub commands: &'c [Step],
    /// What the proof of its plan says.
    pub proof: Option<&'c DeviceProof>,
}

/// How much is told about one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FleetLimits {
    /// Changes of one device.
    pub changes: usize,
    /// Commands of one device.
    pub commands: usize,
}

impl Default for FleetLimits {
    fn default() -> Self {
        Self {
            changes: 1_000,
            commands: 1_000,
        }
    }
}

/// What happens to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceAction {
    /// It comes.
    Add,
    /// It is changed.
    Modify,
    /// It goes.
    Remove,
}

/// A line on the way that the device is managed by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagementTouch {
    /// The command with the headers around it, secrets masked.
    pub line: String,
    /// What it is for the way in.
    pub why: String,
}

/// What a change of one device touches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceImpact {
    /// Interfaces with a changed line.
    pub interfaces: Vec<String>,
    /// Routing neighbours with a changed line.
    pub neighbors: Vec<String>,
    /// VRFs, services, VLANs and bridge domains with a changed line or member.
    pub services: Vec<String>,
    /// Lines on the way that the device is managed by; empty when it is not touched.
    pub management: Vec<ManagementTouch>,
}

/// What a deployment does to one device. Secrets are masked in all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceDifference {
    /// The device.
    pub device: String,
    /// Its network OS.
    pub platform: String,
    /// What happens to it.
    pub action: DeviceAction,
    /// What is different.
    pub diff: ConfigDiff,
    /// The commands of its plan, in the order to send them.
    pub commands: Vec<Step>,
    /// How many more commands there are.
    pub commands_truncated: usize,
    /// What the proof of its plan says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<DeviceProof>,
    /// What is touched.
    pub impact: DeviceImpact,
}

/// What a deployment touches in all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// How many devices come, change or go.
    pub devices: usize,
    /// How many interfaces are touched.
    pub interfaces: usize,
    /// How many routing neighbours are touched.
    pub neighbors: usize,
    /// How many services are touched.
    pub services: usize,
    /// The devices whose management is touched.
    pub management: Vec<String>,
}

/// What a deployment changes over a fleet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentDiff {
    /// The devices that come, change or go, by name.
    pub devices: Vec<DeviceDifference>,
    /// The devices that stay as they are.
    pub unchanged: Vec<String>,
    /// What becomes of VLANs and bridge domains.
    pub domains: DomainDiff,
    /// What is touched in all.
    pub impact: Impact,
    /// What could not be told, in words.
    pub remarks: Vec<String>,
}

impl DeploymentDiff {
    /// Says whether nothing changes anywhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    /// Returns the devices that something happens to.
    pub fn with_action(&self, action: DeviceAction) -> impl Iterator<Item = &DeviceDifference> {
        let devices = self.devices.iter();
        devices.filter(move |device| device.action == action)
    }
}

/// Compares what a fleet runs with what it shall run. The same devices give the same value, whatever their order.
#[must_use]
pub fn deployment_diff(devices: &[FleetDevice<'_>], limits: &FleetLimits) -> DeploymentDiff {
    let mut devices: Vec<&FleetDevice<'_>> = devices.iter().collect();
    devices.sort_by_key(|device| domain::natural(device.device));
    let mut diff = DeploymentDiff::default();
    let (mut before, mut after) = (Fleet::new(), Fleet::new());
    for device in devices {
        let table = DomainTable::named(device.platform).ok();
        match &table {
            Some(table) => {
                before.extend(domains_of(device, device.running, table));
                after.extend(domains_of(device, device.intended, table));
            }
            None => diff.remark(device.platform),
        }
        match difference(device, table.as_deref(), limits) {
            Some(difference) => diff.devices.push(difference),
            None => diff.unchanged.push(device.device.to_owned()),
        }
    }
    diff.domains = diff_domains(&before, &after);
    impact::add_domains(&mut diff);
    diff.impact = impact::in_all(&diff.devices);
    diff
}

impl DeploymentDiff {
    fn remark(&mut self, platform: &str) {
        let remark = format!("VLANs, bridge domains and impact of {platform} are not known");
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }
}

fn domains_of(
    device: &FleetDevice<'_>,
    configuration: Option<&Configuration>,
    table: &DomainTable,
) -> Option<(String, Domains)> {
    let domains = domain::read(configuration?, table);
    Some((device.device.to_owned(), domains))
}

fn difference(
    device: &FleetDevice<'_>,
    table: Option<&DomainTable>,
    limits: &FleetLimits,
) -> Option<DeviceDifference> {
    let (action, diff) = match (device.running, device.intended) {
        (Some(running), Some(intended)) => (DeviceAction::Modify, diff_config(running, intended)),
        (None, Some(intended)) => (DeviceAction::Add, whole_config(intended, ChangeKind::Added)),
        (Some(running), None) => (
            DeviceAction::Remove,
            whole_config(running, ChangeKind::Removed),
        ),
        (None, None) => return None,
    };
    if action == DeviceAction::Modify && diff.is_empty() {
        return None;
    }
    let told = device.commands.iter().take(limits.commands);
    Some(DeviceDifference {
        device: device.device.to_owned(),
        platform: device.platform.to_owned(),
        action,
        impact: impact::of_device(device, &diff, table),
        diff: diff.limited(limits.changes),
        commands: told.map(masked).collect(),
        commands_truncated: device.commands.len().saturating_sub(limits.commands),
        proof: device.proof.cloned(),
    })
}

fn masked(step: &Step) -> Step {
    Step {
        section: redact::secret_path(&step.section),
        line: redact::secrets_in(&step.section, &step.line).into_owned(),
        ..step.clone()
    }
}
