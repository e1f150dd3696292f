//! `lldpctl -f json` and `lldpctl -f keyvalue` of lldpd (recorded, lldpd 1.0.16).

use serde_json::Value;

use super::super::fact::{Adjacent, Fact};
use super::super::model::Protocol;
use super::lldp::is_hardware;

/// One interface is an object, several are a list of objects; each has the name of the interface as its key.
pub(super) fn json(document: &Value) -> Vec<Fact> {
    let interfaces = document.get("lldp").and_then(|lldp| lldp.get("interface"));
    let interfaces: Vec<&Value> = match interfaces {
        Some(Value::Array(interfaces)) => interfaces.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let fields = interfaces.into_iter().filter_map(Value::as_object);
    let named = fields.flatten();
    named
        .filter_map(|(name, entry)| interface(name, entry))
        .collect()
}

fn interface(name: &str, entry: &Value) -> Option<Fact> {
    let chassis = entry.get("chassis")?.as_object()?;
    // The chassis is kept under its name, or stands there itself when it says none.
    let named = chassis
        .iter()
        .find(|(key, value)| *key != "id" && value.get("id").is_some());
    let (system, facts) = match named {
        Some((system, facts)) => (system.as_str(), facts),
        None => (
            chassis.get("id")?.get("value")?.as_str()?,
            entry.get("chassis")?,
        ),
    };
    let port = entry.get("port");
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let id = text(port.and_then(|port| port.get("id")?.get("value")));
    let description = text(port.and_then(|port| port.get("descr")));
    Some(adjacent(
        name,
        system,
        (id, description),
        addresses(facts.get("mgmt-ip")),
        text(facts.get("descr")),
    ))
}

fn addresses(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(some)) => some
            .iter()
            .filter_map(|one| Some(one.as_str()?.to_owned()))
            .collect(),
        _ => Vec::new(),
    }
}

fn adjacent(
    interface: &str,
    name: &str,
    (id, description): (Option<String>, Option<String>),
    addresses: Vec<String>,
    platform: Option<String>,
) -> Fact {
    let port = match id {
        Some(id) if is_hardware(&id) => description.or(Some(id)),
        id => id.or(description),
    };
    Fact::Adjacent(Adjacent {
        protocol: Protocol::Lldp,
        interface: interface.to_owned(),
        name: name.to_owned(),
        port,
        addresses,
        platform,
        is_short: false,
        is_cut: false,
    })
}

#[derive(Default)]
struct Entry {
    interface: String,
    name: Option<String>,
    chassis: Option<String>,
    port: Option<String>,
    description: Option<String>,
    addresses: Vec<String>,
    platform: Option<String>,
}

/// Lines `lldp.eth1.chassis.name=r2`; `via` is the first line of each neighbour. An interface can have points in its name.
pub(super) fn keyvalue(text: &str) -> Vec<Fact> {
    let mut entries: Vec<Entry> = Vec::new();
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("lldp.")?.split_once('='));
    for (key, value) in lines {
        if let Some(interface) = key.strip_suffix(".via") {
            entries.push(Entry {
                interface: interface.to_owned(),
                ..Entry::default()
            });
        }
        let Some(entry) = entries.last_mut() else {
            continue;
        };
        let key = key.strip_prefix(entry.interface.as_str()).unwrap_or(key);
        let value = value.to_owned();
        match key {
            ".chassis.name" => entry.name = Some(value),
            ".chassis.descr" => entry.platform = Some(value),
            ".chassis.mgmt-ip" => entry.addresses.push(value),
            ".chassis.mac" | ".chassis.local" => entry.chassis = Some(value),
            ".port.descr" => entry.description = Some(value),
            ".port.mac" | ".port.ifname" | ".port.local" => entry.port = Some(value),
            _ => {}
        }
    }
    entries.into_iter().filter_map(Entry::fact).collect()
}

impl Entry {
    fn fact(self) -> Option<Fact> {
        let name = self.name.or(self.chassis)?;
        let port = (self.port, self.description);
        Some(adjacent(
            &self.interface,
            &name,
            port,
            self.addresses,
            self.platform,
        ))
    }
}
