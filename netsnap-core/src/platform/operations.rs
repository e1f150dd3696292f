//! How a configuration is read, entered and saved, and which checks stand around a change.

use serde::Deserialize;

use super::Pattern;

/// How a configuration is read, entered, left and saved.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationCommands {
    /// Prints the running configuration.
    pub show: String,
    /// Enters configuration mode.
    pub enter: String,
    /// Leaves it from any section.
    pub leave: String,
    /// Makes the running configuration survive a reload.
    #[serde(default)]
    pub save: Option<String>,
    /// A line of the answer to `save` that says it worked.
    #[serde(default)]
    pub saved: Option<Pattern>,
    /// Lines around the configuration that are not part of it.
    #[serde(default)]
    pub preamble: Vec<Pattern>,
    /// The last line of a whole configuration.
    #[serde(default)]
    pub end: Option<String>,
    /// How to see that a part is missing.
    #[serde(default)]
    pub completeness: Option<Completeness>,
}

/// A question whose answer tells whether a configuration can be whole. Asked before and after it is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completeness {
    /// The command to ask with.
    pub command: String,
    /// A line that says what is missing; the capture `part` names it.
    pub missing: Pattern,
    /// A line inside the configuration itself that says so.
    pub inside: Vec<Pattern>,
}

/// A set of things that must be as well after a change as before: neighbours that are Full.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Its name, for people and programs.
    pub name: String,
    /// A line of the configuration that makes the check worth asking.
    pub when: Pattern,
    /// The command to ask with.
    pub command: String,
    /// A line of the answer that shows one healthy thing; the capture `key` names it.
    pub healthy: Pattern,
}
