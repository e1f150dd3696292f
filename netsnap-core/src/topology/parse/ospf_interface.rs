//! `show ip ospf interface` of FRR and IOS.

use std::sync::LazyLock;

use regex::Regex;

use super::super::address::area;
use super::super::fact::{Fact, Interface};

static LINES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        ^(?P<name>\S+)\ is\ (?:administratively\ )?(?:up|down)
        | ^\s+Internet\ Address\ (?P<address>[\d.]+)(?:/\d+)?.*?,\ Area\ (?P<area>[\d.]+)
        | \bRouter\ ID\ (?P<id>[\d.]+)(?:,.*?\bCost:\ (?P<cost>\d+))?",
    )
    .expect("a test uses it")
});

pub(super) fn interfaces(text: &str) -> Vec<Fact> {
    let mut interfaces: Vec<Interface> = Vec::new();
    let mut ids: Vec<String> = Vec::new();
    for found in text.lines().filter_map(|line| LINES.captures(line)) {
        let part = |name: &str| found.name(name).map(|part| part.as_str().to_owned());
        if let Some(name) = part("name") {
            interfaces.push(Interface {
                name,
                ..Interface::default()
            });
        }
        let Some(interface) = interfaces.last_mut() else {
            continue;
        };
        if let Some(address) = part("address") {
            interface.address = Some(address);
            interface.area = part("area").map(|name| area(&name));
        }
        if let Some(id) = part("id") {
            interface.cost = part("cost").and_then(|cost| cost.parse().ok());
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    let ids = ids.into_iter().map(Fact::RouterId);
    ids.chain(interfaces.into_iter().map(Fact::Interface))
        .collect()
}
