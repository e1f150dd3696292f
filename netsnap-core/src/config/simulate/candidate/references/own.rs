//! Does anything name an address of the device itself that must be another's?

use std::net::IpAddr;

use super::super::schema::Statement;
use super::super::tree::Node;
use super::Names;

/// An address that has to be another's.
pub(super) struct Other {
    sphere: String,
    address: IpAddr,
    line: String,
}

impl<'t> Names<'t> {
    /// Notes an address that has to be another's than one of the routing table it is named in.
    pub(super) fn note_other(&mut self, node: &'t Node, statement: &Statement) {
        let name = node.value.as_deref().unwrap_or(node.name());
        let address = name.trim_matches('"').parse();
        if let Ok(address) = address
            && statement.not_own
        {
            let sphere = self.sphere.clone();
            let line = node.text();
            self.others.push(Other {
                sphere,
                address,
                line,
            });
        }
    }

    /// What names an address of the device itself.
    pub(super) fn own_named(&self) -> Vec<String> {
        let is_own = |other: &&Other| self.own.contains(&(other.sphere.clone(), other.address));
        let own = self.others.iter().filter(is_own);
        own.map(|other| {
            let Other { address, line, .. } = other;
            format!("{address} is an address of the device itself in {line}")
        })
        .collect()
    }
}
