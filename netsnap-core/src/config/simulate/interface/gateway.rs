//! Is the gateway that an interface doubles with others an address of its network?
//!
//! A gateway that no network of the interface holds is answered with a warning or refused (IOS IP application services command
//! reference, standby ip; NX-OS unicast routing configuration guide, HSRP: the virtual address is of the subnet of the interface;
//! EOS user manual, VRRP). What becomes of one that stands when the address of the interface moves away from it no document says.

use std::net::IpAddr;

use super::super::address::Prefix;
use super::super::doubt::begins;
use super::super::tree::Node;
use super::{Interface, meet};

/// Says whether a line of a group gives it an address that is no gateway of the interface around.
pub(in super::super) fn is_no_gateway(root: &Node, section: Option<&str>, words: &[&str]) -> bool {
    let own = section.and_then(|key| root.child(key));
    own.and_then(Interface::of)
        .is_some_and(|own| own.is_no_gateway(root, words))
}

/// Interfaces whose addresses were typed anew, or taken away.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Readdressed(Vec<String>);

impl Readdressed {
    /// Takes note of a line that was carried out on a port.
    pub(in super::super) fn note(&mut self, port: &Node, words: &[&str]) {
        let words = words.strip_prefix(&["no"]).unwrap_or(words);
        if matches!(words, ["ip", "address", ..]) && !self.0.contains(&port.key) {
            self.0.push(port.key.clone());
        }
    }

    /// Names the gateways that such interfaces have and that are of none of their networks, and peers that they are themselves.
    pub(in super::super) fn lost(&self, root: &Node) -> Vec<String> {
        let ports = self.0.iter().filter_map(|key| root.child(key));
        let ports = ports.filter_map(Interface::of);
        let lost = ports.flat_map(|port| [port.lost_gateways(root), port.own_peers(root)]);
        lost.flatten().collect()
    }

    /// Whoever reads the device sees what it made of them.
    pub(in super::super) fn read(&mut self) {
        self.0.clear();
    }
}

impl Interface<'_> {
    fn lost_gateways(self, root: &Node) -> Vec<String> {
        let groups = self.node.children.iter();
        let groups = groups.filter(|line| begins(&line.text, "hsrp"));
        let lines = groups.flat_map(|group| &group.children);
        let lines = lines.chain(&self.node.children).map(|line| &line.text);
        let has_address = !self.networks().is_empty();
        let is_lost = |line: &&String| {
            let words: Vec<&str> = line.split(' ').collect();
            let gateway = gateway(&words);
            gateway.is_some() && (!has_address || self.is_no_gateway(root, &words))
        };
        let lost = lines.filter(is_lost);
        lost.map(|line| format!("`{line}` is of no network of {}", self.name))
            .collect()
    }

    /// No device is a peer of its own (Cisco IOS: "% Cannot configure the local system as neighbor").
    fn own_peers(self, root: &Node) -> Vec<String> {
        let mut sections = root.children.iter();
        let bgp = sections.find(|section| section.text.starts_with("router bgp "));
        let around = bgp.filter(|_| self.vrf().is_none());
        let inside = bgp.into_iter().flat_map(|bgp| &bgp.children);
        let inside = inside.filter(|section| {
            let vrf = section.text.rsplit_once("vrf ");
            self.vrf().is_some() && vrf.map(|(_, name)| name) == self.vrf()
        });
        let lines = around
            .into_iter()
            .chain(inside)
            .flat_map(|table| &table.children);
        let own = self.networks();
        let is_own = |line: &&Node| {
            let address = line.text.strip_prefix("neighbor ");
            let address = address.and_then(|rest| rest.split(' ').next()?.parse::<IpAddr>().ok());
            own.iter().any(|own| Some(own.address()) == address)
        };
        let peers = lines.filter(is_own);
        peers
            .map(|line| format!("`{}` is {}", line.text, self.name))
            .collect()
    }

    /// A gateway that is doubled is of a network of the interface, and none of its addresses; with VRRP it may be.
    pub(super) fn is_no_gateway(self, root: &Node, words: &[&str]) -> bool {
        let Some((address, may_be_own)) = gateway(words) else {
            return false;
        };
        let own = self.networks();
        let is_near = |own: &Prefix| {
            let gateway = Prefix::of(address, own.length());
            gateway.is_some_and(|gateway| meet(*own, gateway) && gateway.is_of_host())
        };
        let is_own = |own: &Prefix| own.address() == address && !may_be_own;
        match own.is_empty() {
            true => self.is_of_another_port(root, address),
            false => !own.iter().any(is_near) || own.iter().any(is_own),
        }
    }

    /// Says whether an address is of a network of another interface.
    fn is_of_another_port(self, root: &Node, address: IpAddr) -> bool {
        let is_near = |network: &Prefix| {
            let own = Prefix::of(address, network.length());
            own.is_some_and(|own| meet(*network, own))
        };
        let mut others = root.children.iter().filter_map(Interface::of);
        others.any(|other| other.networks().iter().any(is_near) && other.vrf() == self.vrf())
    }
}

/// Reads the gateway of a line, and whether it may be an address of the interface.
fn gateway(words: &[&str]) -> Option<(IpAddr, bool)> {
    let (address, may_be_own) = match words {
        ["standby", _, "ip", address, ..] | ["ip", address] => (address, false),
        ["vrrp", _, "ip" | "ipv4", address, ..] => (address, true),
        ["ip", "virtual-router", "address", address] => (address, false),
        _ => return None,
    };
    Some((address.parse().ok()?, may_be_own))
}
