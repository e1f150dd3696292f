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
    /// A second question, for a part that went away so lately that the first answer does not know it yet.
    #[serde(default)]
    pub roll: Option<Roll>,
}

/// A roll call: each part that should be there must be in the answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roll {
    /// A line of the answer to [`Completeness::command`] that names a part; the capture `part` is its name.
    pub expected: Pattern,
    /// The command to ask with; its answer names, as words, the parts that are there.
    pub command: String,
}

impl Completeness {
    /// Returns the part that is missing by the answer to the command.
    #[must_use]
    pub fn missing_in<'a>(&self, answer: &'a str) -> Option<&'a str> {
        answer.lines().find_map(|line| part(&self.missing, line))
    }
}

impl Roll {
    /// Returns the first part of `answer` that `present`, the answer to the roll call, does not name.
    #[must_use]
    pub fn missing_in<'a>(&self, answer: &'a str, present: &str) -> Option<&'a str> {
        answer
            .lines()
            .filter_map(|line| part(&self.expected, line))
            .find(|part| !present.split_whitespace().any(|word| word == *part))
    }
}

/// What changes by itself in an output, such as a time or a counter, and is no difference between two runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Volatile {
    /// The commands whose outputs are meant; all of them without it.
    #[serde(default)]
    pub command: Option<Pattern>,
    /// The part of a line, or of a `"key": value` of a JSON document.
    pub part: Pattern,
}

impl Volatile {
    /// Says whether outputs of a command are meant.
    #[must_use]
    pub fn is_about(&self, command: &str) -> bool {
        let pattern = self.command.as_ref();
        pattern.is_none_or(|pattern| pattern.0.is_match(command))
    }
}

/// Returns the part that a line names.
pub(crate) fn part<'a>(pattern: &Pattern, line: &'a str) -> Option<&'a str> {
    let found = pattern.0.captures(line)?;
    Some(found.name("part").map_or("?", |part| part.as_str()))
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

#[cfg(test)]
mod tests {
    use crate::platform::Platform;

    /// Recorded, FRR 8.4.4.
    const UP: &str = "watchfrr global phase: Idle\n Restart Command: \"/usr/lib/frr/watchfrr.sh restart %s\"\n Min Restart Interval: 60\n  zebra                Up\n  ospfd                Up\n  staticd              Up\n";
    /// Recorded, FRR 8.4.4, some seconds after the death of ospfd.
    const DOWN: &str = "watchfrr global phase: Idle\n  zebra                Up\n  ospfd                Down\n      restarting in 60 seconds (60s backoff interval)\n  staticd              Up\n";

    #[test]
    fn a_dead_daemon_is_missing_before_watchfrr_knows_it() {
        let platform = Platform::named("frr").unwrap();
        let commands = platform.configuration.as_ref().unwrap();
        let completeness = commands.completeness.as_ref().unwrap();
        let roll = completeness.roll.as_ref().unwrap();
        for (watched, present, told, called) in [
            (UP, " zebra ospfd watchfrr staticd\n", None, None),
            (UP, " zebra watchfrr staticd\n", None, Some("ospfd")),
            (
                DOWN,
                " zebra watchfrr staticd\n",
                Some("ospfd"),
                Some("ospfd"),
            ),
            (DOWN, " zebra ospfd watchfrr staticd\n", Some("ospfd"), None),
            (UP, "", None, Some("zebra")),
        ] {
            assert_eq!(completeness.missing_in(watched), told);
            assert_eq!(roll.missing_in(watched, present), called, "{present}");
        }
    }
}
