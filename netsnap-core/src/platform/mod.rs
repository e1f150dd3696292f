//! One network OS as data: `platforms/NAME.toml`, compiled in.
//!
//! Each part of the file belongs to one room: `[cli]` to the transport, `[configuration]` and `[[check]]` to capture and
//! deployment, `[grammar]` to configurations and plans, `[risks]` to the risk of plans, `[[volatile]]` to comparisons of runs. A fact in a
//! table names its source in a comment.

mod cli;
mod grammar;
mod loaded;
mod operations;
mod risk;
mod shelf;
#[cfg(test)]
mod volatile_tests;

use serde::Deserialize;

pub use cli::{Cli, ExecChannels, Fence, FenceTiming};
pub use grammar::Grammar;
pub(crate) use grammar::{
    BlobEnd, Bundle, Form, Indentation, LONGEST_BEGINNING, Mention, Removal, Rule, RuleId,
    SectionId, Terminator, TextForm, Verbs,
};
pub(crate) use operations::part;
pub use operations::{Check, Completeness, ConfigurationCommands, Roll, Volatile};
pub(crate) use risk::{Command, IdentityKind, ReplaceRow, Risks};
pub(crate) use shelf::Shelf;

use crate::error::{Error, ErrorKind, Result};

/// One network OS.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Its name, as in an inventory.
    pub name: String,
    /// Its vendor and product, for people.
    pub title: String,
    /// The last line of a whole configuration, where none is read from a device; where one is, `[configuration]` has it.
    #[serde(default)]
    pub end: Option<String>,
    /// How its command line behaves.
    pub cli: Cli,
    /// How its configuration is read, entered and saved; none on a platform that is only collected from.
    #[serde(default)]
    pub configuration: Option<ConfigurationCommands>,
    /// What its configuration lines mean.
    #[serde(default)]
    pub grammar: Grammar,
    /// Operational checks around a change.
    #[serde(default, rename = "check")]
    pub checks: Vec<Check>,
    /// What changes by itself in its outputs.
    #[serde(default)]
    pub volatile: Vec<Volatile>,
    /// What its commands reach, where that is not as `platforms/risk/NAME.toml` says.
    #[serde(default)]
    pub(crate) risks: Option<Box<Risks>>,
}

const TABLES: &[(&str, &str)] = &[
    (
        "arista_eos",
        include_str!("../../platforms/arista_eos.toml"),
    ),
    ("cisco_ios", include_str!("../../platforms/cisco_ios.toml")),
    (
        "cisco_iosxr",
        include_str!("../../platforms/cisco_iosxr.toml"),
    ),
    (
        "cisco_nxos",
        include_str!("../../platforms/cisco_nxos.toml"),
    ),
    (
        "drivenets_dnos",
        include_str!("../../platforms/drivenets_dnos.toml"),
    ),
    ("frr", include_str!("../../platforms/frr.toml")),
    (
        "huawei_vrp",
        include_str!("../../platforms/huawei_vrp.toml"),
    ),
    (
        "juniper_junos",
        include_str!("../../platforms/juniper_junos.toml"),
    ),
    ("linux", include_str!("../../platforms/linux.toml")),
    (
        "nokia_sros",
        include_str!("../../platforms/nokia_sros.toml"),
    ),
];

impl Platform {
    /// Returns the table of a platform: one that was loaded, else one that comes with netsnap.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a name without a table; the hint lists the names.
    pub fn named(name: &str) -> Result<std::sync::Arc<Self>> {
        if let Some(loaded) = loaded::named(name) {
            return Ok(loaded);
        }
        static LOADED: Shelf<Platform, { TABLES.len() }> = Shelf::new();
        let place = TABLES.iter().position(|(known, _)| *known == name);
        let place = place.ok_or_else(|| {
            let names: Vec<_> = TABLES.iter().map(|(name, _)| *name).collect();
            Error::new(ErrorKind::Unsupported, "no table for this platform")
                .during("platform.named")
                .with("platform", name.escape_debug())
                .hint(format!("known platforms: {}", names.join(", ")))
        })?;
        let read = || Self::parse(TABLES[place].1).expect("a test parses every table");
        Ok(LOADED.get(place, read))
    }

    /// Puts a table in the place of the one with its name, or beside the others, for everything that this process begins from now
    /// on. It is checked as those that come with netsnap are.
    ///
    /// A plan for a platform that the simulated devices do not know is not proven. One for a platform that they know is proven by
    /// their rules, which this does not change.
    ///
    /// # Errors
    /// Those of [`Self::parse`]; [`ErrorKind::InvalidInput`] for a name of other characters than small letters, digits and `_`.
    pub fn load(text: &str) -> Result<std::sync::Arc<Self>> {
        loaded::put(Self::parse(text)?)
    }

    /// Returns the names of the platforms that come with netsnap.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLES.iter().map(|(name, _)| *name)
    }

    /// Returns the last line of a whole configuration, where it has one.
    pub(crate) fn last_line(&self) -> Option<&str> {
        let read = self.configuration.as_ref();
        let end = read.and_then(|commands| commands.end.as_ref());
        end.or(self.end.as_ref()).map(String::as_str)
    }

    /// Reads a table.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for TOML that does not parse, an unknown key, a pattern that is no regular expression, or a
    /// platform that is deployed to and on which a plan may be several commits: deployments know of one.
    pub fn parse(text: &str) -> Result<Self> {
        let platform: Self = toml::from_str(text).map_err(|error| unreadable(text, error))?;
        match (&platform.configuration, platform.grammar.commit()) {
            (Some(_), Some(_)) => Err(Error::new(
                ErrorKind::InvalidInput,
                "a platform with a commit between the lines of a plan is not deployed to",
            )
            .during("platform.parse")
            .hint("leave `[configuration]` out, or `commit` in `[grammar]`")),
            _ => Ok(platform),
        }
    }
}

/// Says what of a table cannot be read, in one line, and where it stands.
fn unreadable(text: &str, error: toml::de::Error) -> Error {
    let words: Vec<&str> = error.message().split_whitespace().collect();
    let message = format!("the platform table does not parse: {}", words.join(" "));
    let refused = Error::new(ErrorKind::InvalidInput, message).during("platform.parse");
    let before = error.span().and_then(|span| text.get(..span.start));
    match before {
        Some(before) => refused.with("line", before.matches('\n').count() + 1),
        None => refused,
    }
    .because(error)
}

/// A regular expression in a table, compiled when the table is read.
#[derive(Clone, Debug)]
pub struct Pattern(pub regex::Regex);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        regex::Regex::new(&text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

/// The host name in a prompt, where none is known yet: printable ASCII without blanks, brackets and `#`.
const HOST: &str = r#"[!"$-'*-;=?-Z\\^-~]+"#;

/// The shape of a prompt in a table, for a whole line, compiled when the table is read.
#[derive(Clone, Debug)]
pub struct PromptPattern(pub regex::Regex);

impl<'de> Deserialize<'de> for PromptPattern {
    fn deserialize<D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let named = text.replacen("{host}", &format!("(?P<host>{HOST})"), 1);
        let anchored = format!("^(?:{})$", named.replace("{host}", HOST));
        regex::Regex::new(&anchored)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_parses_and_carries_its_file_name() {
        for (name, text) in TABLES {
            let platform =
                Platform::parse(text).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert_eq!(platform.name, *name);
        }
    }

    #[test]
    fn a_plan_of_several_commits_is_not_deployed() {
        let linux = Platform::parse(TABLES[8].1).unwrap();
        assert!(linux.configuration.is_none());
        let text = |commit: &str, configuration: &str| {
            let other = format!("{configuration}[grammar]\n{commit}");
            format!("{}\n{other}", TABLES[8].1)
        };
        let commit = "commit = \"commit\"\n";
        let configuration = "[configuration]\nshow = \"a\"\nenter = \"b\"\nleave = \"c\"\n";
        assert!(Platform::parse(&text(commit, "")).is_ok());
        assert!(Platform::parse(&text("", configuration)).is_ok());
        let error = Platform::parse(&text(commit, configuration)).unwrap_err();
        assert!(error.to_string().contains("not deployed to"), "{error}");
    }

    #[test]
    fn the_last_line_of_a_configuration_is_known_where_a_device_prints_one() {
        let last = |name| {
            Platform::named(name)
                .unwrap()
                .last_line()
                .map(str::to_owned)
        };
        for name in ["arista_eos", "cisco_ios", "cisco_iosxr", "frr"] {
            assert_eq!(last(name).as_deref(), Some("end"), "{name}");
        }
        assert_eq!(last("huawei_vrp").as_deref(), Some("return"));
        for name in [
            "cisco_nxos",
            "drivenets_dnos",
            "juniper_junos",
            "nokia_sros",
        ] {
            assert_eq!(last(name), None, "{name}");
        }
    }

    #[test]
    fn an_unknown_platform_lists_the_known_ones() {
        let error = Platform::named("cisco_oops").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("cisco_ios, "));
    }
}
