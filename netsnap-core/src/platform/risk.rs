//! What does a command reach, and what can a change with it cost?
//!
//! `platforms/risk/NAME.toml` says it, one file for each network OS. A command is looked up by its whole path: the headers of its
//! sections and the line, without the word that takes it back. The first row that fits counts; a command without a row is
//! [`RiskClass::Unknown`]. A platform table may say it too, in `[risks]`: its rows come before those of the file.

use std::sync::Arc;

use serde::Deserialize;

use super::grammar::{FirstWords, LinePattern};
use super::shelf::Shelf;
use crate::error::Result;
use crate::model::{RiskClass, RiskLevel};

/// What the commands of one platform reach.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Risks {
    /// Words before a command that take it back.
    removal: Vec<String>,
    /// Words before a path that set it.
    verbs: Vec<String>,
    /// The kinds of names whose absence lets everything through.
    fail_open: Vec<String>,
    /// The kinds of names that are policies: a part of one that is away is felt where the policy is used.
    policies: Vec<String>,
    /// Names that are there though no line makes them.
    built_in: Vec<String>,
    /// First words of the lines of a policy that say for what it holds.
    conditions: Vec<String>,
    /// The command that takes back the last change, where the platform has one.
    pub(crate) rollback: Option<String>,
    /// How a whole configuration is replaced, where the platform can do that.
    pub(crate) replace: Option<ReplaceRow>,
    /// Classes of commands.
    risk: Vec<RiskRow>,
    /// What only one device of a network can have.
    identity: Vec<IdentityRow>,
}

/// How a platform replaces its whole configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplaceRow {
    /// What is typed; `FILE` is a file with the whole configuration.
    pub(crate) commands: Vec<String>,
    /// What makes it better than steps of which nobody knows where they lead.
    pub(crate) because: String,
    /// What has to be known before.
    pub(crate) caution: String,
}

/// Commands of one class.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RiskRow {
    class: RiskClass,
    /// The level when such a command is taken back, where that is worse.
    #[serde(default)]
    removed: Option<RiskLevel>,
    lines: Vec<PathPattern>,
}

/// A line that says what something is, in `{value}`, and where, in `{scope}`: the unit of a port where it names a `{port}`, in the VRF
/// of a `{table}` where it names one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityRow {
    kind: IdentityKind,
    lines: Vec<PathPattern>,
}

/// What only one device, or one interface, can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IdentityKind {
    /// The address of an interface.
    Address,
    /// The VRF of an interface.
    Vrf,
    /// The router id of a protocol.
    RouterId,
    /// The name of a VLAN.
    VlanName,
    /// An interface whose addresses others are meant to have as well; it says no value.
    SharedAddress,
}

/// A whole path as a pattern.
#[derive(Clone, Debug)]
struct PathPattern(LinePattern);

impl<'de> Deserialize<'de> for PathPattern {
    fn deserialize<D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        LinePattern::parse(&text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

/// A command as the tables look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// The headers of its sections and the line, without the words before it.
    pub(crate) path: String,
    /// Whether it is taken back.
    pub(crate) is_removed: bool,
}

/// Something that a line says about a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) kind: IdentityKind,
    /// The interface, or the VLAN; empty for the device.
    pub(crate) scope: String,
    pub(crate) value: String,
    /// The VRF that the line itself names; empty where it names none.
    pub(crate) table: String,
}

const TABLES: &[(&str, &str)] = &[
    (
        "arista_eos",
        include_str!("../../platforms/risk/arista_eos.toml"),
    ),
    (
        "cisco_ios",
        include_str!("../../platforms/risk/cisco_ios.toml"),
    ),
    (
        "cisco_iosxr",
        include_str!("../../platforms/risk/cisco_iosxr.toml"),
    ),
    (
        "cisco_nxos",
        include_str!("../../platforms/risk/cisco_nxos.toml"),
    ),
    (
        "drivenets_dnos",
        include_str!("../../platforms/risk/drivenets_dnos.toml"),
    ),
    ("frr", include_str!("../../platforms/risk/frr.toml")),
    (
        "huawei_vrp",
        include_str!("../../platforms/risk/huawei_vrp.toml"),
    ),
    (
        "juniper_junos",
        include_str!("../../platforms/risk/juniper_junos.toml"),
    ),
    (
        "nokia_sros",
        include_str!("../../platforms/risk/nokia_sros.toml"),
    ),
];

impl Risks {
    /// Returns the table of a platform; without one, an empty table: every command is unknown.
    pub(crate) fn named(platform: &str) -> Arc<Self> {
        static LOADED: Shelf<Risks, { TABLES.len() }> = Shelf::new();
        let Some(place) = TABLES.iter().position(|(name, _)| *name == platform) else {
            return Arc::default();
        };
        LOADED.get(place, || {
            Self::parse(TABLES[place].1).expect("a test parses every table")
        })
    }

    /// Returns the table of a platform, its own rows first.
    pub(crate) fn of_platform(platform: &super::Platform) -> Arc<Self> {
        let named = Self::named(&platform.name);
        match &platform.risks {
            Some(own) => Arc::new(own.over(&named)),
            None => named,
        }
    }

    /// Returns these rows before those of another table.
    fn over(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.removal.extend(other.removal.iter().cloned());
        both.verbs.extend(other.verbs.iter().cloned());
        both.fail_open.extend(other.fail_open.iter().cloned());
        both.policies.extend(other.policies.iter().cloned());
        both.built_in.extend(other.built_in.iter().cloned());
        both.conditions.extend(other.conditions.iter().cloned());
        both.risk.extend(other.risk.iter().cloned());
        both.identity.extend(other.identity.iter().cloned());
        both.rollback = both.rollback.or_else(|| other.rollback.clone());
        both.replace = both.replace.or_else(|| other.replace.clone());
        both
    }

    fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| {
            crate::error::Error::new(
                crate::error::ErrorKind::InvalidInput,
                "the risk table does not parse",
            )
            .during("platform.risks")
            .because(error)
        })
    }

    /// Reads a line in its section as a command.
    pub(crate) fn command(&self, section: &[String], line: &str) -> Command {
        let (body, is_removed) = match begun(&self.removal, line) {
            Some(body) => (body, true),
            None => (begun(&self.verbs, line).unwrap_or(line), false),
        };
        let mut path = section.join(" ");
        if !path.is_empty() {
            path.push(' ');
        }
        path.push_str(body.lines().next().unwrap_or_default());
        Command { path, is_removed }
    }

    /// Returns what a command reaches, and how much can go wrong.
    pub(crate) fn of(&self, command: &Command) -> (RiskClass, RiskLevel) {
        let row = self.risk.iter().find(|row| row.fits(&command.path));
        let Some(row) = row else {
            return (RiskClass::Unknown, RiskClass::Unknown.level());
        };
        let removed = row.removed.filter(|_| command.is_removed);
        let level = row.class.level();
        (
            row.class,
            removed.map_or(level, |removed| removed.max(level)),
        )
    }

    /// Says whether everything passes where such a name is used and not defined.
    pub(crate) fn fails_open(&self, name: &str) -> bool {
        begun(&self.fail_open, name).is_some()
    }

    /// Says whether a name is there though no line makes it.
    pub(crate) fn is_built_in(&self, name: &str) -> bool {
        self.built_in.iter().any(|known| known == name)
    }

    /// Says whether a name is that of a policy.
    pub(crate) fn is_policy(&self, name: &str) -> bool {
        begun(&self.policies, name).is_some()
    }

    /// Says whether a line of a policy says for what it holds.
    pub(crate) fn is_condition(&self, line: &str) -> bool {
        begun(&self.conditions, line).is_some()
    }

    /// Returns what a path says about the device.
    pub(crate) fn identity(&self, path: &str) -> Option<Identity> {
        let first = FirstWords::of(path);
        let is_so = |line: &&PathPattern| line.0.may_match(&first) && line.0.matches(path);
        self.identity.iter().find_map(|row| {
            let pattern = row.lines.iter().find(is_so)?;
            let captures = pattern.0.captures(path);
            let word = |name| captures.get(name).unwrap_or_default().to_owned();
            let [scope, port] = [word("scope"), word("port")];
            Some(Identity {
                kind: row.kind,
                scope: match port.is_empty() {
                    true => scope,
                    false => format!("{port}.{scope}"),
                },
                value: word("value"),
                table: word("table"),
            })
        })
    }
}

impl RiskRow {
    fn fits(&self, path: &str) -> bool {
        self.lines.iter().any(|line| line.0.matches(path))
    }
}

/// Returns what stands behind one of some beginnings; the longer ones are written first.
fn begun<'t>(beginnings: &[String], line: &'t str) -> Option<&'t str> {
    let mut beginnings = beginnings.iter();
    beginnings.find_map(|start| line.strip_prefix(start.as_str())?.strip_prefix(' '))
}

#[cfg(test)]
#[path = "risk_tests.rs"]
mod tests;
