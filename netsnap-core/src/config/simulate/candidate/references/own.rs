//! Does anything name an address of the device itself that must be another's?

use std::collections::HashSet;
use std::net::IpAddr;

use super::super::super::shape;
use super::super::schema::Statement;
use super::super::tree::Node;
use super::{INTERFACE, Names};

/// An address that has to be another's.
pub(super) struct Other {
    sphere: String,
    address: IpAddr,
    line: String,
}

/// An address of the device.
pub(super) struct Own {
    sphere: String,
    /// The interface that has it.
    owner: String,
    address: IpAddr,
}

impl<'t> Names<'t> {
    /// Notes an address of an interface.
    pub(super) fn note_own(&mut self, owner: String, address: IpAddr) {
        let sphere = self.sphere.clone();
        self.own.push(Own {
            sphere,
            owner,
            address,
        });
    }

    /// Notes an address that has to be another's than one of the routing table it is named in.
    pub(super) fn note_other(&mut self, node: &'t Node, statement: &Statement) {
        let name = node.value.as_deref().unwrap_or(node.name());
        let address = name.trim_matches('"').parse();
        if let Ok(address) = address
            && statement.not_own
        {
            let sphere = self.sphere.clone();
            let line = node.text();
            if !shape::is_host(address) {
                let complaint = format!("{address} is no address of a host in {line}");
                self.lacking.push(complaint);
            }
            self.others.push(Other {
                sphere,
                address,
                line,
            });
        }
    }

    /// What names an address of the device itself; some interfaces are in a routing table that another section names.
    pub(super) fn own_named(&self) -> Vec<String> {
        let mut all: HashSet<(&str, IpAddr)> = HashSet::new();
        for own in &self.own {
            let table = self.owners.get(&(INTERFACE, own.owner.as_str()));
            let spheres = table.into_iter().chain([&own.sphere]);
            all.extend(spheres.map(|sphere| (sphere.as_str(), own.address)));
        }
        let is_own = |other: &&Other| all.contains(&(other.sphere.as_str(), other.address));
        let own = self.others.iter().filter(is_own);
        own.map(|other| {
            let Other { address, line, .. } = other;
            format!("{address} is an address of the device itself in {line}")
        })
        .collect()
    }
}
