//! Do two networks use one VLAN?

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Facts;
use super::fleet::{each, is_for_one, joined, of};
use crate::domain::{Domain, Domains, Tagging};
use crate::model::{PlanFinding, PlanFindingKind, PlanSeverity};
use crate::plan::survey::Said;
use crate::platform::IdentityKind;

/// A VLAN that leaves its device with a tag, so that others may be in it, and the routed interfaces on it. VLANs of different VXLAN
/// networks have nothing to do with each other, whatever their numbers.
#[derive(Debug)]
pub(in crate::plan) struct Segment {
    vlan: (u16, Option<u32>),
    gateways: Vec<String>,
}

/// Returns the segments of what a device shall bridge; of a platform whose domains nobody wrote down there is nothing to say.
pub(in crate::plan) fn segments(domains: Option<Domains>) -> Vec<Segment> {
    let domains = domains.map_or_else(Vec::new, |domains| domains.domains);
    domains.into_iter().filter_map(segment).collect()
}

fn segment(domain: Domain) -> Option<Segment> {
    let mut members = domain.members.iter();
    let is_carried = members.any(|member| member.tagging == Tagging::Tagged);
    let is_routed = !domain.gateways.is_empty();
    (is_carried && is_routed).then_some(Segment {
        vlan: (domain.vlan?, domain.vni),
        gateways: domain.gateways,
    })
}

/// A network of one VLAN, with the line that says so.
type Holder<'f> = (&'f Facts, &'f Said, Network);

/// One VLAN with networks of which two devices share none. It is a warning: the devices may have no link that carries the VLAN.
pub(super) fn networks(facts: &[Facts]) -> Vec<PlanFinding> {
    let mut segments: BTreeMap<_, Vec<Holder<'_>>> = BTreeMap::new();
    for device in facts {
        for segment in &device.segments {
            let gateways = &segment.gateways;
            let said = of(device, IdentityKind::Address);
            for said in said.filter(|said| gateways.contains(&said.scope)) {
                let Some(network) = Network::of(said) else {
                    continue;
                };
                let holders = segments.entry((segment.vlan, network.is_ipv4()));
                holders.or_default().push((device, said, network));
            }
        }
    }
    let apart = segments
        .into_iter()
        .filter(|(_, holders)| are_apart(holders));
    apart
        .flat_map(|(((vlan, _), _), holders)| finding(vlan, &holders))
        .collect()
}

/// Says whether two devices have networks, and none in common.
fn are_apart(holders: &[Holder<'_>]) -> bool {
    let mut by_device: BTreeMap<&str, BTreeSet<Network>> = BTreeMap::new();
    for (device, _, network) in holders {
        by_device
            .entry(&device.device)
            .or_default()
            .insert(*network);
    }
    let sets: Vec<_> = by_device.values().collect();
    let pairs = sets.iter().enumerate();
    let mut pairs =
        pairs.flat_map(|(place, one)| sets[place + 1..].iter().map(move |two| (one, two)));
    pairs.any(|(one, two)| one.is_disjoint(two))
}

fn finding(vlan: u16, holders: &[Holder<'_>]) -> Vec<PlanFinding> {
    let was_so = holders.iter().all(|(device, said, _)| device.was_so(said));
    let severity = match was_so {
        true => PlanSeverity::Info,
        false => PlanSeverity::Warning,
    };
    let all = holders
        .iter()
        .map(|(device, _, network)| format!("{network} on {}", device.device));
    let text = format!("VLAN {vlan} is of different networks: {}", joined(all));
    let lines: Vec<_> = holders
        .iter()
        .map(|(device, said, _)| (*device, *said))
        .collect();
    each(&lines, (severity, PlanFindingKind::DuplicateVlan), &text)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Network {
    base: IpAddr,
    length: u8,
}

impl Network {
    /// Reads the address of an interface with the length or the mask behind it.
    fn of(said: &Said) -> Option<Self> {
        let value = said.value.trim_matches('"');
        let (address, length) = match value.split_once('/') {
            Some((address, length)) => (address, length.parse().ok()?),
            None => (value, length_behind(value, &said.line)?),
        };
        let address: IpAddr = address.parse().ok()?;
        let base = match address {
            IpAddr::V4(address) => {
                let mask = u32::MAX
                    .checked_shl(32_u32.checked_sub(length)?)
                    .unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX
                    .checked_shl(128_u32.checked_sub(length)?)
                    .unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
            }
        };
        let length = u8::try_from(length).ok()?;
        is_for_one(&address).then_some(Self { base, length })
    }

    fn is_ipv4(self) -> bool {
        self.base.is_ipv4()
    }
}

/// Returns how long a prefix is by what stands behind an address in a line: a number, or a mask.
fn length_behind(address: &str, line: &str) -> Option<u32> {
    let mut words = line.split(' ').skip_while(|word| *word != address);
    let behind = words.nth(1)?;
    let of_mask = || {
        behind
            .parse::<Ipv4Addr>()
            .ok()
            .map(|mask| mask.to_bits().leading_ones())
    };
    behind.parse().ok().or_else(of_mask)
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.length)
    }
}

#[cfg(test)]
#[path = "segments_tests.rs"]
mod tests;
