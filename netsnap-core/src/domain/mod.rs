//! Which VLANs and bridge domains are there, who is in them, where do they end, and what is orphaned?
//!
//! [`domains`] reads them from a configuration; how a platform writes them down is data, one file in `platforms/domain` for each.
//! [`diff_domains`] compares those of two fleets: a service that left one device and came up on another has moved.
//!
//! What a configuration takes from elsewhere is not seen: interface ranges and groups that a device expands when it commits, port profiles,
//! VLANs learned by a protocol.

mod build;
mod carried;
mod compare;
mod facts;
mod model;
mod natural;
mod set;
mod table;
#[cfg(test)]
mod tests;
mod way;
#[cfg(test)]
mod way_tests;

use crate::config::Configuration;
use crate::error::Result;
pub use compare::{DomainAt, DomainChange, DomainDiff, DomainMove, diff_domains};
pub use model::{
    Domain, DomainKind, Domains, End, EndKind, Fleet, Member, Orphan, OrphanKind, Tagging,
};
pub(crate) use natural::natural;
pub use table::DomainTable;
pub(crate) use way::Way;

/// Returns the layer 2 domains of a configuration. Equal configurations give equal domains, whatever the order of their lines.
///
/// # Errors
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a platform whose domains nobody wrote down.
pub fn domains(configuration: &Configuration, platform: &str) -> Result<Domains> {
    let table = DomainTable::named(platform)?;
    Ok(read(configuration, &table))
}

/// Returns the layer 2 domains of a configuration, read with a table of one's own.
#[must_use]
pub fn read(configuration: &Configuration, table: &DomainTable) -> Domains {
    let paths = active_paths(configuration);
    let facts = facts::Facts::of(table, paths.iter().map(String::as_str));
    build::build(facts, table)
}

/// Returns the commands with the headers around them, without what is there and does nothing.
fn active_paths(configuration: &Configuration) -> Vec<String> {
    let (mut paths, mut inactive) = (Vec::new(), Vec::new());
    for path in configuration.paths() {
        match path.strip_prefix("deactivate ") {
            Some(path) => inactive.push(path.to_owned()),
            None => paths.push(
                path.strip_prefix("set ")
                    .map_or(path.clone(), str::to_owned),
            ),
        }
    }
    let is_inside = |path: &str, outer: &String| {
        path.strip_prefix(outer.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    paths.retain(|path| !inactive.iter().any(|outer| is_inside(path, outer)));
    paths
}
