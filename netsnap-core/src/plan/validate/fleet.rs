//! Do two devices of the plan get in each other's way?

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use super::Facts;
use crate::model::{PlanFinding, PlanFindingKind, PlanSeverity};
use crate::plan::survey::Said;
use crate::platform::IdentityKind;

/// Two interfaces with one address, in VRFs of one name.
pub(super) fn addresses(facts: &[Facts]) -> Vec<PlanFinding> {
    let mut holders: BTreeMap<(IpAddr, &str), Vec<(&Facts, &Said)>> = BTreeMap::new();
    for device in facts {
        let vrfs = vrfs_of(device);
        let shared: BTreeSet<&str> = of(device, IdentityKind::SharedAddress)
            .map(|said| said.scope.as_str())
            .collect();
        let addresses = of(device, IdentityKind::Address);
        for said in addresses.filter(|said| !shared.contains(said.scope.as_str())) {
            if let Some(address) = bare(&said.value).filter(is_for_one) {
                let vrf = match said.table.as_str() {
                    "" => vrfs.get(said.scope.as_str()).copied().unwrap_or_default(),
                    table => table.trim_matches('"'),
                };
                let holder = holders.entry((address, vrf));
                holder.or_default().push((device, said));
            }
        }
    }
    // An interface may say several things of an address, as Junos does: that it is the primary one, what VRRP makes of it.
    let shared = holders.into_iter();
    let shared = shared.filter(|(_, holders)| interfaces(holders).len() > 1);
    shared
        .flat_map(|((address, _), holders)| {
            let all = holders
                .iter()
                .map(|(device, said)| format!("{} {}", device.device, place(said)));
            let text = format!("{address} is the address of {}", joined(all));
            // Where every one of them was there before, as an anycast address is, it is none of the change's doing.
            let severity = match holders.iter().all(|(device, said)| device.was_so(said)) {
                true => PlanSeverity::Warning,
                false => PlanSeverity::Error,
            };
            each(
                &holders,
                (severity, PlanFindingKind::DuplicateAddress),
                &text,
            )
        })
        .collect()
}

fn place(said: &Said) -> String {
    match said.section.is_empty() {
        true => said.scope.clone(),
        false => said.section.join(" / "),
    }
}

/// The VRFs of a device by their interfaces. Of two of one interface the first counts.
fn vrfs_of(device: &Facts) -> HashMap<&str, &str> {
    let mut vrfs = HashMap::new();
    for said in of(device, IdentityKind::Vrf) {
        vrfs.entry(said.scope.as_str())
            .or_insert(said.value.as_str());
    }
    vrfs
}

/// An address without the length of its prefix.
fn bare(value: &str) -> Option<IpAddr> {
    let address = value.split('/').next()?;
    address.trim_matches('"').parse().ok()
}

/// Says whether only one interface of a network can have an address: those of a link alone, and loopback ones, are everybody's.
pub(super) fn is_for_one(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
        IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
    }
}

/// Two devices with one router id.
pub(super) fn router_ids(facts: &[Facts]) -> Vec<PlanFinding> {
    let mut holders: BTreeMap<&str, Vec<(&Facts, &Said)>> = BTreeMap::new();
    for device in facts {
        for said in of(device, IdentityKind::RouterId) {
            holders.entry(&said.value).or_default().push((device, said));
        }
    }
    let shared = holders
        .into_iter()
        .filter(|(_, holders)| devices(holders).len() > 1);
    shared
        .flat_map(|(id, holders)| {
            let names = devices(&holders).into_iter().map(str::to_owned);
            let text = format!("{id} is the router id of {}", joined(names));
            each(
                &holders,
                (PlanSeverity::Error, PlanFindingKind::DuplicateRouterId),
                &text,
            )
        })
        .collect()
}

/// One VLAN with two names.
pub(super) fn vlan_names(facts: &[Facts]) -> Vec<PlanFinding> {
    let mut holders: BTreeMap<&str, Vec<(&Facts, &Said)>> = BTreeMap::new();
    for device in facts {
        for said in of(device, IdentityKind::VlanName) {
            holders.entry(&said.scope).or_default().push((device, said));
        }
    }
    let differ = holders.into_iter().filter(|(_, holders)| {
        let names: BTreeSet<&str> = holders
            .iter()
            .map(|(_, said)| said.value.as_str())
            .collect();
        names.len() > 1
    });
    differ
        .flat_map(|(vlan, holders)| {
            let all = holders
                .iter()
                .map(|(device, said)| format!("{} on {}", said.value, device.device));
            let text = format!("VLAN {vlan} is {}", joined(all));
            each(
                &holders,
                (PlanSeverity::Warning, PlanFindingKind::VlanName),
                &text,
            )
        })
        .collect()
}

pub(super) fn of(device: &Facts, kind: IdentityKind) -> impl Iterator<Item = &Said> {
    device.said.iter().filter(move |said| said.kind == kind)
}

fn devices<'f>(holders: &[(&'f Facts, &Said)]) -> BTreeSet<&'f str> {
    holders
        .iter()
        .map(|(facts, _)| facts.device.as_str())
        .collect()
}

fn interfaces<'f>(holders: &[(&'f Facts, &'f Said)]) -> BTreeSet<(&'f str, &'f str)> {
    let holder = |(facts, said): &(&'f Facts, &'f Said)| (&*facts.device, &*said.scope);
    holders.iter().map(holder).collect()
}

pub(super) fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" and ")
}

pub(super) fn each(
    holders: &[(&Facts, &Said)],
    (severity, kind): (PlanSeverity, PlanFindingKind),
    text: &str,
) -> Vec<PlanFinding> {
    let finding = |(facts, said): &(&Facts, &Said)| PlanFinding {
        severity,
        kind,
        device: facts.device.clone(),
        section: said.section.clone(),
        line: said.line.clone(),
        text: text.to_owned(),
    };
    holders.iter().map(finding).collect()
}
