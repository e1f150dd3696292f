//! Does a command name the way by which we come in?

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::domain::{DomainTable, Way};
use crate::model::{RiskClass, RiskLevel, RiskReason};
use crate::plan::PlanInput;

/// The way by which a device is managed, as its own configuration names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ManagementPath {
    /// The interface that we come in by.
    pub interface: Option<String>,
    /// The address that we come in to.
    pub address: Option<String>,
    /// The VRF that they are in.
    pub vrf: Option<String>,
}

impl ManagementPath {
    /// Says whether the device has what is told of the way.
    pub(in crate::plan) fn is_known(&self, input: &PlanInput) -> bool {
        let is_named = |name: &Option<String>| name.as_deref().is_some_and(|name| !name.is_empty());
        is_named(&self.vrf) || !is_named(&self.address) || self.interface_of(input).is_some()
    }

    /// Returns the interface that we come in by: the one that is named, or the one that holds the address.
    fn interface_of(&self, input: &PlanInput) -> Option<String> {
        let named = self.interface.clone().filter(|name| !name.is_empty());
        named.or_else(|| {
            let address = self
                .address
                .as_deref()
                .filter(|address| !address.is_empty())?;
            let table = DomainTable::named(&input.platform.name).ok()?;
            table.interface_with(&input.running, address)
        })
    }

    /// Returns what of it a command names, in words.
    pub(in crate::plan) fn touched_by(&self, path: &str) -> Option<String> {
        let mut words = path.split_whitespace().map(|word| word.trim_matches('"'));
        words.find_map(|word| self.named_by(word))
    }

    fn named_by(&self, word: &str) -> Option<String> {
        let is = |name: &Option<String>, fits: fn(&str, &str) -> bool| {
            name.as_deref()
                .filter(|name| !name.is_empty() && fits(name, word))
                .map(str::to_owned)
        };
        let interface = is(&self.interface, is_interface).map(|name| format!("interface {name}"));
        let address = || is(&self.address, is_address).map(|name| format!("address {name}"));
        let vrf = || is(&self.vrf, |name, word| name == word).map(|name| format!("VRF {name}"));
        interface.or_else(address).or_else(vrf)
    }
}

/// Returns what the way to a device leads over, as far as its configurations tell.
pub(in crate::plan) fn way(input: &PlanInput, management: Option<&ManagementPath>) -> Way {
    let interface = management.and_then(|management| management.interface_of(input));
    let both = [Some(&input.running), Some(&input.intended)];
    Way::of(&input.platform.name, both, interface.as_deref())
}

/// Says openly that a command that cuts off the way in would not be noticed: the address is a name, or none of the device's own.
pub(in crate::plan) fn unknown_way(
    input: &PlanInput,
    management: Option<&ManagementPath>,
) -> Option<RiskReason> {
    let unknown = management.filter(|way| !way.is_known(input))?;
    let address = unknown.address.as_deref().unwrap_or_default();
    Some(RiskReason {
        level: RiskLevel::Low,
        kind: RiskClass::Management,
        text: format!(
            "the way by which the device is managed is not known: no interface has the address `{address}`"
        ),
    })
}

/// An interface is touched by its own name, and one with a unit by the name of the whole port.
fn is_interface(name: &str, word: &str) -> bool {
    let port = name.split('.').next().unwrap_or(name);
    word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(port)
}

/// A name of the device is no address, wherever the word stands.
fn is_address(name: &str, word: &str) -> bool {
    let bare = |text: &str| text.split('/').next().unwrap_or_default().to_lowercase();
    bare(name) == bare(word) && bare(name).parse::<IpAddr>().is_ok()
}
