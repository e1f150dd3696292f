//! `show ip ospf neighbor [detail]` of FRR, IOS and EOS.

use std::sync::LazyLock;

use regex::Regex;

use super::super::address::{area, is_address};
use super::super::fact::{Fact, Neighbor};

/// A row: id, priority, state with role, times, address of the neighbour, interface. FRR puts its own address behind the
/// interface, EOS an instance and a VRF in front of the priority.
static ROW: LazyLock<Regex> = LazyLock::new(|| {
    const ADDRESS: &str = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}";
    Regex::new(&format!(
        r"^\s*(?P<id>{ADDRESS})\s+(?:\S+\s+)*?(?P<state>(?i:full|2-?way|init|exstart|exchange|loading|attempt|down)\b(?:/\s*(?:-|[A-Za-z]+))?)\s+(?:\S+\s+)*?(?P<address>{ADDRESS})\s+(?P<interface>\S+)"
    ))
    .expect("a test uses it")
});

pub(super) fn table(text: &str) -> Vec<Fact> {
    text.lines().filter_map(row).map(Fact::Neighbor).collect()
}

fn row(line: &str) -> Option<Neighbor> {
    let found = ROW.captures(line)?;
    let (interface, local_address) = interface(&found["interface"]);
    Some(Neighbor {
        router_id: found["id"].to_owned(),
        address: Some(found["address"].to_owned()),
        interface: Some(interface),
        local_address,
        area: None,
        state: Some(found["state"].split_whitespace().collect()),
    })
}

/// Splits the `eth1:10.0.1.0` of FRR.
pub(super) fn interface(text: &str) -> (String, Option<String>) {
    match text.rsplit_once(':') {
        Some((name, address)) if is_address(address) => (name.to_owned(), Some(address.to_owned())),
        _ => (text.to_owned(), None),
    }
}

static DETAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        ^\s*Neighbor\ (?P<id>[\d.]+),.*?interface\ address\ (?P<address>[\d.]+)
        | ^\s*In\ (?:the\ )?area\ (?P<area>\S+)\ (?:via\ )?interface\ (?P<interface>\S+)
          (?:\ local\ interface\ IP\ (?P<local>[\d.]+))?
        | \bState\ is\ (?P<state>[^\s,]+)",
    )
    .expect("a test uses it")
});

pub(super) fn detail(text: &str) -> Vec<Fact> {
    let mut neighbors: Vec<Neighbor> = Vec::new();
    for found in text.lines().filter_map(|line| DETAIL.captures(line)) {
        let part = |name: &str| found.name(name).map(|part| part.as_str().to_owned());
        if let Some(router_id) = part("id") {
            neighbors.push(Neighbor {
                router_id,
                address: part("address"),
                ..Neighbor::default()
            });
        }
        let Some(neighbor) = neighbors.last_mut() else {
            continue;
        };
        if let Some(name) = part("interface") {
            neighbor.interface = Some(name.trim_end_matches(',').to_owned());
            neighbor.local_address = part("local");
            neighbor.area = part("area").map(|name| area(&name));
        }
        neighbor.state = neighbor.state.take().or_else(|| part("state"));
    }
    neighbors.into_iter().map(Fact::Neighbor).collect()
}
