//! How does a platform write its VLANs and bridge domains down? Data: `platforms/domain/NAME.toml`.
//!
//! A line of a configuration is matched with the headers around it, words joined by one blank: the *path*. What a path says is named by the
//! captures of the pattern, which are the fields of [`Said`]; a fact that stands in no word is `set`.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::{Captures, Regex, RegexSet};
use serde::Deserialize;

use crate::config::Configuration;
use crate::error::{Error, ErrorKind, Result};
use crate::platform::Shelf;

const TABLES: &[(&str, &str)] = &[
    (
        "arista_eos",
        include_str!("../../platforms/domain/arista_eos.toml"),
    ),
    (
        "cisco_ios",
        include_str!("../../platforms/domain/cisco_ios.toml"),
    ),
    (
        "cisco_iosxr",
        include_str!("../../platforms/domain/cisco_iosxr.toml"),
    ),
    (
        "cisco_nxos",
        include_str!("../../platforms/domain/cisco_nxos.toml"),
    ),
    (
        "drivenets_dnos",
        include_str!("../../platforms/domain/drivenets_dnos.toml"),
    ),
    ("frr", include_str!("../../platforms/domain/frr.toml")),
    (
        "huawei_vrp",
        include_str!("../../platforms/domain/huawei_vrp.toml"),
    ),
    (
        "juniper_junos",
        include_str!("../../platforms/domain/juniper_junos.toml"),
    ),
    (
        "nokia_sros",
        include_str!("../../platforms/domain/nokia_sros.toml"),
    ),
];

/// How one platform writes its domains down.
#[derive(Clone, Debug)]
pub struct DomainTable {
    pub(super) ports: PortDefaults,
    pub(super) vlans: VlanDefaults,
    unit: String,
    lines: Vec<Line>,
    any: RegexSet,
    touches: Vec<Touch>,
    any_touch: RegexSet,
    /// The touches of the way in.
    any_management: RegexSet,
    bundles: Vec<Bundle>,
}

/// The table as it stands in a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    ports: PortDefaults,
    #[serde(default)]
    vlans: VlanDefaults,
    /// How an interface is named together with its unit.
    #[serde(default = "dotted")]
    unit: String,
    #[serde(default, rename = "line")]
    lines: Vec<LineTable>,
    #[serde(default, rename = "touch")]
    touches: Vec<TouchTable>,
    #[serde(default, rename = "bundle")]
    bundles: Vec<BundleTable>,
}

fn dotted() -> String {
    "{interface}.{unit}".to_owned()
}

/// What a port carries that does not say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PortDefaults {
    /// `access`, `trunk` or `hybrid`.
    pub(super) mode: String,
    /// The VLAN of an access port.
    pub(super) access: Option<String>,
    /// The VLAN without tag of a trunk.
    pub(super) native: Option<String>,
    /// The VLANs of a trunk.
    pub(super) allowed: String,
}

/// Which VLANs there are without a line.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct VlanDefaults {
    /// Those that always are.
    pub(super) implicit: String,
    /// Whether the device can keep its VLANs outside its configuration.
    pub(super) elsewhere: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineTable {
    path: String,
    /// `vlan` for domains that are VLANs and known by a name.
    #[serde(default)]
    kind: String,
    /// Whether the line only refers to its domain and does not make it.
    #[serde(default)]
    refers: bool,
    /// Whether the line says nothing where no other line makes the domain.
    #[serde(default)]
    weak: bool,
    #[serde(default)]
    set: BTreeMap<String, String>,
}

/// A pattern of lines, and what they say.
#[derive(Clone, Debug)]
struct Line {
    path: Regex,
    is_vlan: bool,
    refers: bool,
    weak: bool,
    set: BTreeMap<String, String>,
}

/// What one line says. Each field is a capture, or what the table sets.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) is_vlan: bool,
    pub(super) refers: bool,
    pub(super) weak: bool,
    values: BTreeMap<String, String>,
}

impl Said {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.parse().ok()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TouchTable {
    path: String,
    #[serde(default)]
    management: Option<String>,
}

/// A line of a `port` that puts it into a channel, whose name is made from the `{number}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BundleTable {
    path: String,
    name: String,
}

#[derive(Clone, Debug)]
struct Bundle {
    path: Regex,
    name: String,
}

/// A pattern of lines, and what is touched with them: an interface, a neighbour, a service, the way in.
#[derive(Clone, Debug)]
struct Touch {
    path: Regex,
    management: Option<String>,
}

/// What a line touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) interface: Option<String>,
    pub(crate) neighbor: Option<String>,
    pub(crate) service: Option<String>,
    pub(crate) management: Option<String>,
}

impl DomainTable {
    /// Returns the table of a platform.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a platform whose domains nobody wrote down; the hint lists the others.
    pub fn named(platform: &str) -> Result<Arc<Self>> {
        static LOADED: Shelf<DomainTable, { TABLES.len() }> = Shelf::new();
        let place = TABLES.iter().position(|(name, _)| *name == platform);
        let place = place.ok_or_else(|| {
            let names: Vec<_> = TABLES.iter().map(|(name, _)| *name).collect();
            Error::new(
                ErrorKind::Unsupported,
                "nobody wrote down how this platform bridges",
            )
            .during("domains")
            .with("platform", platform.escape_debug())
            .hint(format!("known platforms: {}", names.join(", ")))
        })?;
        let read = || Self::parse(TABLES[place].1).expect("a test parses every table");
        Ok(LOADED.get(place, read))
    }

    /// Returns the names of the platforms with a table.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLES.iter().map(|(name, _)| *name)
    }

    /// Reads a table.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for TOML that does not parse, an unknown key, or a pattern that is no regular expression.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = |error: Box<dyn std::error::Error + Send + Sync>| {
            Error::new(
                ErrorKind::InvalidInput,
                "the table of domains does not parse",
            )
            .during("domains.table")
            .because(error)
        };
        let file: File = toml::from_str(text).map_err(|error| bad(error.into()))?;
        Self::of(file).map_err(|error| bad(error.into()))
    }

    fn of(file: File) -> std::result::Result<Self, regex::Error> {
        let any = RegexSet::new(file.lines.iter().map(|line| &line.path))?;
        let any_touch = RegexSet::new(file.touches.iter().map(|touch| &touch.path))?;
        let ways = file
            .touches
            .iter()
            .filter(|touch| touch.management.is_some());
        let any_management = RegexSet::new(ways.map(|touch| &touch.path))?;
        let lines = file.lines.into_iter().map(Line::of);
        let touches = file.touches.into_iter().map(Touch::of);
        let bundles = file.bundles.into_iter().map(Bundle::of);
        Ok(Self {
            ports: file.ports,
            vlans: file.vlans,
            unit: file.unit,
            lines: lines.collect::<std::result::Result<_, _>>()?,
            touches: touches.collect::<std::result::Result<_, _>>()?,
            any,
            any_touch,
            any_management,
            bundles: bundles.collect::<std::result::Result<_, _>>()?,
        })
    }

    /// Returns what a path says, once for each pattern that fits.
    pub(super) fn read(&self, path: &str) -> Vec<Said> {
        let fitting = self.any.matches(path);
        let said = fitting.iter().filter_map(|number| {
            let line = &self.lines[number];
            let found = line.path.captures(path)?;
            Some(self.said(line, &found))
        });
        said.collect()
    }

    fn said(&self, line: &Line, found: &Captures<'_>) -> Said {
        let mut values = captured(&line.path, found);
        values.extend(line.set.clone());
        if let Some(unit) = values.remove("unit") {
            let interface = values.get("interface").cloned().unwrap_or_default();
            let named = self.unit.replace("{interface}", &interface);
            values.insert("interface".to_owned(), named.replace("{unit}", &unit));
        }
        Said {
            is_vlan: line.is_vlan,
            refers: line.refers,
            weak: line.weak,
            values,
        }
    }

    /// Returns the port that a path puts into a channel, and the channel.
    pub(super) fn bundled(&self, path: &str) -> Option<(String, String)> {
        self.bundles.iter().find_map(|bundle| {
            let found = bundle.path.captures(path)?;
            let named = bundle.name.replace("{number}", &found["number"]);
            Some((found["port"].to_owned(), named))
        })
    }

    /// Says whether a path makes an interface the one that routes a domain.
    pub(super) fn routes(&self, path: &str, interface: &str) -> bool {
        let is_it = |said: &Said| said.get("gateway").map(str::to_lowercase);
        let mut said = self.read(path).into_iter();
        said.any(|said| is_it(&said).as_deref() == Some(&*interface.to_lowercase()))
    }

    /// Returns why a path counts as a way to log in, whatever interface we come in by.
    pub(super) fn management(&self, path: &str) -> Option<&str> {
        let fitting = self.any_management.matches(path);
        let first = fitting.iter().next()?;
        let mut whys = self
            .touches
            .iter()
            .filter_map(|touch| touch.management.as_deref());
        whys.nth(first)
    }

    /// Says whether a line is about an interface, or makes a VLAN or bridge domain.
    pub(super) fn is_port_or_vlan(&self, path: &str) -> bool {
        let touched = || self.touched(path).into_iter();
        self.any.is_match(path) || touched().any(|touched| touched.interface.is_some())
    }

    /// Returns what a path touches, once for each pattern that fits.
    pub(crate) fn touched(&self, path: &str) -> Vec<Touched> {
        let fitting = self.any_touch.matches(path);
        let touched = fitting.iter().filter_map(|number| {
            let touch = &self.touches[number];
            let mut values = captured(&touch.path, &touch.path.captures(path)?);
            Some(Touched {
                interface: values.remove("interface"),
                neighbor: values.remove("neighbor"),
                service: values.remove("service"),
                management: touch.management.clone(),
            })
        });
        touched.collect()
    }
}

impl DomainTable {
    /// Returns the interface that a configuration gives an address to.
    pub(crate) fn interface_with(
        &self,
        configuration: &Configuration,
        address: &str,
    ) -> Option<String> {
        let has_address = |path: &String| {
            let mut words = path.split([' ', '/', ';', '"']);
            words.any(|word| word == address)
        };
        let paths = configuration.paths().into_iter().filter(has_address);
        let touched = paths.flat_map(|path| self.touched(path.trim_start_matches("set ")));
        touched.filter_map(|touched| touched.interface).next()
    }
}

/// What the named groups took, quotes left out.
fn captured(pattern: &Regex, found: &Captures<'_>) -> BTreeMap<String, String> {
    let names = pattern.capture_names().flatten();
    let values = names.filter_map(|name| {
        let value = found.name(name)?.as_str().trim().trim_matches('"');
        Some((name.to_owned(), value.to_owned()))
    });
    values.collect()
}

impl Line {
    fn of(table: LineTable) -> std::result::Result<Self, regex::Error> {
        Ok(Self {
            path: Regex::new(&table.path)?,
            is_vlan: table.kind == "vlan",
            refers: table.refers,
            weak: table.weak,
            set: table.set,
        })
    }
}

impl Bundle {
    fn of(table: BundleTable) -> std::result::Result<Self, regex::Error> {
        Ok(Self {
            path: Regex::new(&table.path)?,
            name: table.name,
        })
    }
}

impl Touch {
    fn of(table: TouchTable) -> std::result::Result<Self, regex::Error> {
        Ok(Self {
            path: Regex::new(&table.path)?,
            management: table.management,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_parses() {
        for (name, text) in TABLES {
            let table = DomainTable::parse(text);
            assert!(table.is_ok(), "{name}: {:?}", table.err());
        }
    }

    #[test]
    fn every_capture_and_every_fact_has_a_meaning() {
        let known = [
            "domain",
            "group",
            "vlan",
            "vlans",
            "name",
            "description",
            "vni",
            "evi",
            "evpn",
            "gateway",
            "interface",
            "unit",
            "peer",
            "pseudowire",
            "outer",
            "inner",
            "encapsulation",
            "mode",
            "access",
            "native",
            "allowed",
            "add",
            "remove",
            "except",
            "tagged",
            "untagged",
            "voice",
            "layer2",
            "role",
            "elsewhere",
            "evpn_vni",
        ];
        for (name, text) in TABLES {
            let table = DomainTable::parse(text).unwrap();
            for line in &table.lines {
                let captures = line.path.capture_names().flatten();
                for word in captures.chain(line.set.keys().map(String::as_str)) {
                    assert!(known.contains(&word), "{name}: {word} in {}", line.path);
                }
            }
        }
    }

    #[test]
    fn an_unknown_platform_lists_the_known_ones() {
        let error = DomainTable::named("vax_vms").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("juniper_junos"));
    }
}
