//! Does a connector make the port of a name?

use super::tree::Node;

/// Says whether a text tells of connectors at all; one that does not may leave them out.
pub(super) fn are_told(root: &Node) -> bool {
    let mut ports = root.children.iter();
    ports.any(|port| port.children.get("connector").is_some())
}

/// Returns what a device complains of where `1/1/c3/2` is none of the ports that `1/1/c3` is broken out into (interface
/// configuration guide, connectors and connector ports).
pub(super) fn complaint(root: &Node, name: &str, are_told: bool) -> Option<String> {
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
