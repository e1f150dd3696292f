//! For which platforms are there rules?

use std::sync::Arc;

use super::Dialect;
use super::schema::Schema;
use super::sections::{DNOS, IOS_XR, VRP};
use crate::error::{Error, ErrorKind};
use crate::platform::Shelf;

const FILES: &[(&str, Dialect, &str)] = &[
    (
        "cisco_iosxr",
        Dialect::Sections(IOS_XR),
        include_str!("../../../../platforms/simulator/cisco_iosxr.toml"),
    ),
    (
        "drivenets_dnos",
        Dialect::Sections(DNOS),
        include_str!("../../../../platforms/simulator/drivenets_dnos.toml"),
    ),
    (
        "huawei_vrp",
        Dialect::Sections(VRP),
        include_str!("../../../../platforms/simulator/huawei_vrp.toml"),
    ),
    (
        "juniper_junos",
        Dialect::Junos,
        include_str!("../../../../platforms/simulator/juniper_junos.toml"),
    ),
    (
        "nokia_sros",
        Dialect::Sros,
        include_str!("../../../../platforms/simulator/nokia_sros.toml"),
    ),
];

/// Returns the rules of a platform and how it writes them.
pub(super) fn named(platform: &str) -> Option<(Dialect, Arc<Schema>)> {
    static LOADED: Shelf<Schema, { FILES.len() }> = Shelf::new();
    let place = FILES.iter().position(|(name, _, _)| *name == platform)?;
    let (_, dialect, text) = FILES[place];
    let read = || Schema::parse(text).expect("a test parses every table");
    Some((dialect, LOADED.get(place, read)))
}

/// Returns the text of a platform's rules.
pub(super) fn text(platform: &str) -> Option<&'static str> {
    let mut files = FILES.iter();
    files.find_map(|(name, _, text)| (*name == platform).then_some(*text))
}

/// Makes the error for a platform without rules.
pub(super) fn unsupported() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "no simulator rules for this platform",
    )
    .during("config.simulate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_parses() {
        for (name, _, text) in FILES {
            Schema::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}
