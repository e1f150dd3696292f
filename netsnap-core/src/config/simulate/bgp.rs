//! What must a line about a BGP peer know of the rest of the device?

use std::collections::BTreeSet;

use super::address::is_address;
use super::table::{Effect, Rule};
use super::tree::Node;

/// Recorded, FRR 8.4.4; Cisco IOS prints the same.
pub(super) const NO_PEER: &str = "% Specify remote-as or peer-group commands first";

/// Recorded, FRR 8.4.4.
const OWN_ADDRESS: &str = "% Can not configure the local system as neighbor";

/// What else on a device decides about a line on a BGP peer.
#[derive(Clone, Debug, Default)]
pub(super) struct Bgp {
    /// The peer as it was typed and as the device spells it.
    names: Vec<String>,
    /// Whether it is a peer or a peer group.
    is_peer: bool,
    /// Whether a line of it stands that no rule knows.
    is_doubtful: bool,
    /// Whether it is an address of the device itself.
    is_own: bool,
    /// The route maps that the line may name, where they exist.
    route_maps: BTreeSet<String>,
}

impl Bgp {
    /// Looks through a device for what a line on a peer needs; nothing for other lines.
    pub(super) fn of(root: &Node, words: &[&str]) -> Self {
        let mut bgp = Self::default();
        let Some(place) = words.iter().position(|word| *word == "neighbor") else {
            return bgp;
        };
        bgp.names = spellings(words.get(place + 1));
        for section in &root.children {
            let (kind, rest) = section.text.split_once(' ').unwrap_or_default();
            match kind {
                "router" if rest.split_whitespace().next() == Some("bgp") => bgp.read(section),
                "interface" => bgp.read_addresses(section),
                "route-map" => bgp.read_route_map(rest, words),
                _ => {}
            }
        }
        bgp
    }

    fn read(&mut self, section: &Node) {
        for line in &section.children {
            self.read(line);
            let positive = line.text.strip_prefix("no ");
            let rest = positive.unwrap_or(&line.text).strip_prefix("neighbor ");
            let Some((name, rest)) = rest.and_then(|rest| rest.split_once(' ')) else {
                continue;
            };
            if !self.is_named(name) {
                continue;
            }
            let makes = matches!(rest.split(' ').next(), Some("remote-as" | "peer-group"));
            let changes_later = matches!(rest, "remote-as external" | "remote-as internal");
            self.is_peer |= positive.is_none() && makes;
            self.is_doubtful |= line.literal || (positive.is_none() && changes_later);
        }
    }

    fn read_addresses(&mut self, interface: &Node) {
        for line in &interface.children {
            let words = line.text.strip_prefix("ip");
            let words = words.map(|words| words.strip_prefix("v6").unwrap_or(words));
            let address = words.and_then(|words| words.strip_prefix(" address "));
            let address = address.and_then(|address| address.split([' ', '/']).next());
            self.is_own |= address.is_some_and(|address| self.is_named(address));
        }
    }

    fn read_route_map(&mut self, header: &str, words: &[&str]) {
        let name = header.split_whitespace().next();
        let name = name.filter(|name| words.contains(name));
        self.route_maps.extend(name.map(str::to_owned));
    }

    fn is_named(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Says whether there is such a peer.
    pub(super) fn has(&self, peer: &str) -> bool {
        self.is_peer && self.is_named(peer)
    }

    /// Says why a line on a peer is refused.
    pub(super) fn refusal(&self, rule: &Rule, words: &[String]) -> Option<String> {
        let peer = words.get(1)?;
        match rule.effect {
            Some(Effect::Peer) if self.is_own && self.is_named(peer) => {
                Some(OWN_ADDRESS.to_owned())
            }
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
        let doubts = |peer: &String| !is_address(peer) || (self.is_doubtful && self.is_named(peer));
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

/// A peer as it was typed, and as the device spells its address.
fn spellings(typed: Option<&&str>) -> Vec<String> {
    let spelled = typed.and_then(|typed| typed.parse::<std::net::IpAddr>().ok());
    let typed = typed.map(|typed| (*typed).to_owned());
    typed
        .into_iter()
        .chain(spelled.map(|address| address.to_string()))
        .collect()
}
