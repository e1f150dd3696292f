//! `show cdp neighbors detail` of IOS and NX-OS (their command references; not recorded).

use super::super::fact::{Adjacent, Fact};
use super::super::model::Protocol;
use super::behind;

pub(super) fn detail(text: &str) -> Vec<Fact> {
    let mut entries: Vec<Adjacent> = Vec::new();
    for line in text.lines() {
        if let Some(id) = behind(line, "Device ID:") {
            entries.push(Adjacent {
                protocol: Protocol::Cdp,
                interface: String::new(),
                // NX-OS puts the serial number behind: `n9k-2(FDO12345ABC)`.
                name: id.split('(').next().unwrap_or(id).to_owned(),
                port: None,
                addresses: Vec::new(),
                platform: None,
                is_short: false,
                is_cut: false,
            });
        }
        if let Some(entry) = entries.last_mut() {
            says(entry, line);
        }
    }
    let known = |entry: &Adjacent| !entry.interface.is_empty() && !entry.name.is_empty();
    entries
        .into_iter()
        .filter(known)
        .map(Fact::Adjacent)
        .collect()
}

fn says(entry: &mut Adjacent, line: &str) {
    let address = ["IP address:", "IPv4 Address:"]
        .iter()
        .find_map(|words| behind(line, words));
    if let Some(address) = address {
        if !entry.addresses.iter().any(|known| known == address) {
            entry.addresses.push(address.to_owned());
        }
    } else if let Some(name) = behind(line, "System Name:").filter(|name| !name.is_empty()) {
        name.clone_into(&mut entry.name);
    } else if let Some(platform) = behind(line, "Platform:") {
        let platform = platform.split(',').next().unwrap_or(platform);
        entry.platform = Some(platform.trim().to_owned());
    } else if let Some((interface, rest)) =
        behind(line, "Interface:").and_then(|text| text.split_once(','))
    {
        interface.trim().clone_into(&mut entry.interface);
        let port = rest.split_once("(outgoing port):");
        entry.port = port.map(|(_, port)| port.trim().to_owned());
    }
}
