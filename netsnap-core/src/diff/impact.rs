//! What does a difference touch: which interfaces, neighbours and services, and the way we come in by?

use std::collections::{BTreeMap, BTreeSet};

use super::fleet::{
    DeploymentDiff, DeviceDifference, DeviceImpact, FleetDevice, Impact, ManagementTouch,
};
use crate::domain::{DomainTable, Way, natural};
use crate::model::ConfigDiff;

/// Returns what the changes of one device touch.
pub(super) fn of_device(
    device: &FleetDevice<'_>,
    diff: &ConfigDiff,
    table: Option<&DomainTable>,
) -> DeviceImpact {
    let Some(table) = table else {
        return DeviceImpact::default();
    };
    let way_in = way_in(device, table);
    let both = [device.running, device.intended];
    let way = Way::of(device.platform, both, way_in.as_deref());
    let mut impact = Gathered::default();
    for change in &diff.changes {
        impact.take(&change.path(), table, &way);
    }
    impact.finish()
}

/// Returns the interface with the address that the device is reached by.
fn way_in(device: &FleetDevice<'_>, table: &DomainTable) -> Option<String> {
    let address = device.address?;
    let interface = |configuration| table.interface_with(configuration, address);
    device
        .running
        .and_then(interface)
        .or_else(|| device.intended.and_then(interface))
}

#[derive(Default)]
struct Gathered {
    interfaces: BTreeSet<String>,
    neighbors: BTreeSet<String>,
    services: BTreeSet<String>,
    management: Vec<ManagementTouch>,
}

impl Gathered {
    fn take(&mut self, path: &str, table: &DomainTable, way: &Way) {
        if let Some(why) = way.touched_by(path) {
            self.manage(path, why.to_owned());
        }
        for touched in table.touched(path) {
            if let Some(why) = touched.management {
                self.manage(path, why);
            }
            self.interfaces.extend(touched.interface);
            self.neighbors.extend(touched.neighbor);
            self.services.extend(touched.service);
        }
    }

    fn manage(&mut self, path: &str, why: String) {
        let touch = ManagementTouch {
            line: path.to_owned(),
            why,
        };
        if !self.management.contains(&touch) {
            self.management.push(touch);
        }
    }

    fn finish(self) -> DeviceImpact {
        DeviceImpact {
            interfaces: sorted(self.interfaces),
            neighbors: sorted(self.neighbors),
            services: sorted(self.services),
            management: self.management,
        }
    }
}

fn sorted(names: BTreeSet<String>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_by_cached_key(|name| natural(name));
    names
}

/// Counts the VLANs and bridge domains that are touched among the services of their devices.
pub(super) fn add_domains(diff: &mut DeploymentDiff) {
    let mut touched: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let domains = &diff.domains;
    let whole = domains.added.iter().chain(&domains.removed);
    let whole = whole.map(|at| (&at.device, &at.domain));
    let changed = domains.changed.iter();
    let changed = changed.map(|change| (&change.device, &change.after));
    let moved = domains.moved.iter();
    let moved = moved.flat_map(|moved| {
        [
            (&moved.from_device, &moved.before),
            (&moved.to_device, &moved.after),
        ]
    });
    for (device, domain) in whole.chain(changed).chain(moved) {
        let services = touched.entry(device.clone()).or_default();
        services.insert(domain.id.clone());
    }
    for device in &mut diff.devices {
        let more = touched.remove(&device.device).unwrap_or_default();
        let own = std::mem::take(&mut device.impact.services);
        device.impact.services = sorted(own.into_iter().chain(more).collect());
    }
}

/// Returns what is touched in all.
pub(super) fn in_all(devices: &[DeviceDifference]) -> Impact {
    let count = |of: fn(&DeviceImpact) -> usize| devices.iter().map(|d| of(&d.impact)).sum();
    let managed = devices
        .iter()
        .filter(|device| !device.impact.management.is_empty());
    Impact {
        devices: devices.len(),
        interfaces: count(|impact| impact.interfaces.len()),
        neighbors: count(|impact| impact.neighbors.len()),
        services: count(|impact| impact.services.len()),
        management: managed.map(|device| device.device.clone()).collect(),
    }
}
