//! What must a line about a BGP peer know of the rest of the device?

use std::collections::BTreeSet;

use super::address::is_address;
use super::table::{Effect, Rule};
use super::tree::Node;

/// Recorded, FRR 8.4.4; Cisco IOS prints the same.
pub(super) const NO_PEER: &str = "% Specify remote-as or peer-group commands first";

/// Recorded, FRR 8.4.4.
const OWN_ADDRESS: &str = "% Can not configure the local system as neighbor";

/// The peers of a device, and what else decides about lines on them.
#[derive(Clone, Debug, Default)]
pub(super) struct Bgp {
    /// Peers and peer groups.
    peers: BTreeSet<String>,
    /// Those of which a line stands that no rule knows.
    doubtful: BTreeSet<String>,
    /// The device's own addresses.
    own: BTreeSet<String>,
    route_maps: BTreeSet<String>,
}

impl Bgp {
    /// Looks through a device for what lines on its peers need; nothing for other lines.
    pub(super) fn of(root: &Node, words: &[&str]) -> Self {
        let mut bgp = Self::default();
        if !words.contains(&"neighbor") {
            return bgp;
        }
        for section in &root.children {
            let header: Vec<&str> = section.text.split_whitespace().collect();
            match header[..] {
                ["router", "bgp", ..] => bgp.read(section),
                ["interface", ..] => bgp.read_addresses(section),
                ["route-map", name, ..] => drop(bgp.route_maps.insert(name.to_owned())),
                _ => {}
            }
        }
        bgp
    }

    fn read(&mut self, section: &Node) {
        for line in &section.children {
            let words: Vec<&str> = line.text.split_whitespace().collect();
            if let ["neighbor", peer, "remote-as" | "peer-group", ..] = words[..] {
                self.peers.insert(peer.to_owned());
            }
            if let ["neighbor", peer, ..] | ["no", "neighbor", peer, ..] = words[..]
                && line.literal
            {
                self.doubtful.insert(peer.to_owned());
            }
            let changes_later = line.text.ends_with(" remote-as external")
                || line.text.ends_with(" remote-as internal");
            if changes_later && let ["neighbor", peer, ..] = words[..] {
                self.doubtful.insert(peer.to_owned());
            }
            self.read(line);
        }
    }

    fn read_addresses(&mut self, interface: &Node) {
        for line in &interface.children {
            let words: Vec<&str> = line.text.split_whitespace().collect();
            if let ["ip" | "ipv6", "address", address, ..] = words[..] {
                let address = address.split('/').next().unwrap_or_default();
                self.own.insert(address.to_owned());
            }
        }
    }

    /// Says whether there is such a peer.
    pub(super) fn has(&self, peer: &str) -> bool {
        self.peers.contains(peer)
    }

    /// Says why a line on a peer is refused.
    pub(super) fn refusal(&self, rule: &Rule, words: &[String]) -> Option<String> {
        let peer = words.get(1)?;
        match rule.effect {
            Some(Effect::Peer) if self.own.contains(peer) => Some(OWN_ADDRESS.to_owned()),
            Some(Effect::NeedsPeer) if !self.has(peer) => Some(NO_PEER.to_owned()),
            _ => None,
        }
    }

    /// Says whether the device may do otherwise: for what is no address, because of a line that no rule knows, or because the AS of the peer
    /// was not a number: changing such a one left a second peer behind (recorded, FRR 8.4.4).
    pub(super) fn is_doubtful(&self, rule: &Rule, words: &[String]) -> bool {
        let about_peer = matches!(
            rule.effect,
            Some(Effect::Peer | Effect::NeedsPeer | Effect::IntoUnicast)
        ) && words[0] == "neighbor";
        let doubts = |peer: &String| !is_address(peer) || self.doubtful.contains(peer);
        about_peer && words[0] == "neighbor" && words.get(1).is_some_and(doubts)
    }

    /// Returns what is printed about a route map that does not exist.
    pub(super) fn note(&self, rule: &Rule, words: &[String]) -> Option<String> {
        let name = words.get(3)?;
        let missing = rule.effect == Some(Effect::NeedsPeer)
            && words[2] == "route-map"
            && !self.route_maps.contains(name);
        missing.then(|| format!("The route-map '{name}' does not exist."))
    }
}
