//! Does the hardware have the port of a name?

use std::collections::HashSet;

use super::effects::begins;
use super::tree::Node;

/// Of what hardware a text tells at all; what it does not tell of it may leave out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    connectors: bool,
    cards: bool,
}

impl Told {
    /// What a text tells of now, and of what kinds something stood before.
    pub(super) fn of(root: &Node, stood: &HashSet<(String, String)>) -> Self {
        let told = |kind: &str| stood.iter().any(|(known, _)| known == kind);
        let mut ports = root.children.iter();
        let mut cards = root.children.iter();
        Self {
            connectors: told("breakout")
                || ports.any(|port| port.children.get("connector").is_some()),
            cards: told("card") || cards.any(|card| begins(&card.key, "card")),
        }
    }

    /// Returns what a device complains of where the hardware does not make a port.
    pub(super) fn complaint(self, root: &Node, name: &str) -> Option<String> {
        let name = name.split(':').next().unwrap_or(name);
        unmade(root, name, self.connectors).or_else(|| cardless(root, name).filter(|_| self.cards))
    }
}

/// Complains of a port, `1/2/3`, without its card and the adapter in it (interface configuration guide, provisioning: cards and
/// adapters before ports, and ports gone before them). The names of other hardware are not read.
fn cardless(root: &Node, name: &str) -> Option<String> {
    let mut parts = name.split('/');
    let mut number = || parts.next()?.parse::<u32>().ok();
    let (slot, adapter) = (number()?, number()?);
    let card = root.children.get(&format!("card {slot}"));
    let adapter = card.and_then(|card| card.children.get(&format!("mda {adapter}")));
    adapter
        .is_none()
        .then(|| format!("no card has the port {name}"))
}

/// Complains of `1/1/c3/2` where it is none of the ports that `1/1/c3` is broken out into (interface configuration guide, connectors
/// and connector ports).
fn unmade(root: &Node, name: &str, are_told: bool) -> Option<String> {
    let (connector, number) = name.rsplit_once('/')?;
    let (_, place) = connector.rsplit_once("/c")?;
    let (_, number) = (place.parse::<u32>().ok()?, number.parse::<u32>().ok()?);
    let port = root.children.get(&format!("port {connector}"));
    let is_made = match port.and_then(breakout) {
        Some(breakout) => ports(breakout).is_none_or(|ports| number <= ports),
        None => port.is_none() && !are_told,
    };
    (!is_made).then(|| format!("{connector} makes no port {name}"))
}

fn breakout(port: &Node) -> Option<&str> {
    let breakout = port.children.get("connector")?.children.get("breakout")?;
    breakout.value.as_deref()
}

/// How many ports a breakout makes: `c4-25g` four.
fn ports(breakout: &str) -> Option<u32> {
    let count = breakout.strip_prefix('c')?.split('-').next()?;
    count.parse().ok()
}
