//! The JSON of FRR (recorded, FRR 8.4.4): `show ip ospf neighbor [detail] json`, `database router|network json`,
//! `interface json`.

use serde_json::Value;

use super::super::address::area;
use super::super::fact::{
    Fact, Interface, LsaKind, LsaLink, Neighbor, NetworkLsa, RouterLsa, sequence,
};
use super::ospf_neighbor;

fn text(value: &Value, keys: &[&str]) -> Option<String> {
    let found = keys.iter().find_map(|key| value.get(key)?.as_str())?;
    Some(found.to_owned())
}

fn number(value: &Value, key: &str) -> Option<u32> {
    u32::try_from(value.get(key)?.as_u64()?).ok()
}

/// The items of a list, or the values of an object: newer versions keep some lists by key.
fn items(value: Option<&Value>) -> Vec<(String, &Value)> {
    match value {
        Some(Value::Array(items)) => items.iter().map(|item| (String::new(), item)).collect(),
        Some(Value::Object(fields)) => fields
            .iter()
            .map(|(key, item)| (key.clone(), item))
            .collect(),
        _ => Vec::new(),
    }
}

fn router_id(document: &Value) -> impl Iterator<Item = Fact> {
    text(document, &["routerId"])
        .map(Fact::RouterId)
        .into_iter()
}

pub(super) fn neighbors(document: &Value) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (router, entries) in items(document.get("neighbors")) {
        for (_, entry) in items(Some(entries)) {
            let interface = text(entry, &["ifaceName"]);
            let interface = interface.map(|name| ospf_neighbor::interface(&name));
            let (interface, local_address) = interface.unzip();
            facts.push(Fact::Neighbor(Neighbor {
                router_id: router.clone(),
                address: text(entry, &["ifaceAddress", "address"]),
                interface,
                local_address: local_address
                    .flatten()
                    .or_else(|| text(entry, &["localIfaceAddress"])),
                area: text(entry, &["areaId"]).map(|name| area(&name)),
                state: text(entry, &["nbrState", "state"]),
            }));
        }
    }
    facts
}

pub(super) fn interfaces(document: &Value) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (name, entry) in items(document.get("interfaces")) {
        if let Some(id) = text(entry, &["routerId"]).map(Fact::RouterId)
            && !facts.contains(&id)
        {
            facts.push(id);
        }
        facts.push(Fact::Interface(Interface {
            name,
            address: text(entry, &["ipAddress"]),
            cost: number(entry, "cost"),
            area: text(entry, &["area"]).map(|name| area(&name)),
        }));
    }
    facts
}

pub(super) fn database(document: &Value) -> Vec<Fact> {
    let mut facts: Vec<Fact> = router_id(document).collect();
    let areas = |states: &str| document.get(states).and_then(|states| states.get("areas"));
    for (name, lsas) in items(areas("routerLinkStates")) {
        let lsas = items(Some(lsas));
        facts.extend(lsas.iter().map(|(_, lsa)| Fact::Router(router(lsa, &name))));
    }
    for (name, lsas) in items(areas("networkLinkStates")) {
        let lsas = items(Some(lsas));
        facts.extend(
            lsas.iter()
                .map(|(_, lsa)| Fact::Network(network(lsa, &name))),
        );
    }
    facts
}

fn router(lsa: &Value, name: &str) -> RouterLsa {
    // `link0`, `link1`, …, `link10`: the order of a JSON object is that of its text.
    let mut links = items(lsa.get("routerLinks"));
    links.sort_by(|(a, _), (b, _)| super::super::address::natural(a, b));
    RouterLsa {
        router: text(lsa, &["linkStateId", "advertisingRouter"]).unwrap_or_default(),
        area: area(name),
        sequence: sequence(&text(lsa, &["lsaSeqNumber"]).unwrap_or_default()),
        links: links
            .into_iter()
            .map(|(_, link)| router_link(link))
            .collect(),
    }
}

fn router_link(link: &Value) -> LsaLink {
    let kind = text(link, &["linkType"]).unwrap_or_default();
    let kind = match kind.as_str() {
        kind if kind.contains("point-to-point") => LsaKind::PointToPoint,
        kind if kind.contains("Transit") => LsaKind::Transit,
        kind if kind.contains("Virtual") => LsaKind::Virtual,
        _ => LsaKind::Stub,
    };
    LsaLink {
        kind,
        id: text(
            link,
            &[
                "neighborRouterId",
                "designatedRouterAddress",
                "networkAddress",
            ],
        )
        .unwrap_or_default(),
        data: text(link, &["routerInterfaceAddress", "networkMask"]).unwrap_or_default(),
        metric: number(link, "tos0Metric").unwrap_or_default(),
    }
}

fn network(lsa: &Value, name: &str) -> NetworkLsa {
    // The misspelling is that of FRR 8.4.
    let attached = lsa
        .get("attchedRouters")
        .or_else(|| lsa.get("attachedRouters"));
    let attached = items(attached)
        .into_iter()
        .map(|(key, entry)| text(entry, &["attachedRouterId"]).unwrap_or(key));
    NetworkLsa {
        address: text(lsa, &["linkStateId"]).unwrap_or_default(),
        area: area(name),
        sequence: sequence(&text(lsa, &["lsaSeqNumber"]).unwrap_or_default()),
        prefix: number(lsa, "networkMask").and_then(|prefix| u8::try_from(prefix).ok()),
        attached: attached.collect(),
    }
}
