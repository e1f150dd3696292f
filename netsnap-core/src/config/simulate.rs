//! A device as its own documents describe it: configuration lines in, running configuration out.
//!
//! Its rules are its own and share nothing with the planner's tables, so that it can see the planner's mistakes.

use crate::error::{Error, ErrorKind, Result};

/// What a simulated device does with one configuration line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// What it prints; empty as a rule.
    pub output: String,
    /// Whether it took the line.
    pub accepted: bool,
    /// Whether the rules know this line. An unknown one is taken literally and proves nothing.
    pub modelled: bool,
}

/// A simulated device in configuration mode.
#[derive(Clone, Debug)]
pub struct Simulation {}

impl Simulation {
    /// Boots a device of a platform with a running configuration.
    ///
    /// # Errors
    /// `Unsupported` for a platform without simulator rules; `ConfigurationInvalid`.
    pub fn new(platform: &str, _running: &str) -> Result<Self> {
        Err(Error::new(
            ErrorKind::Unsupported,
            "no simulator rules for this platform",
        )
        .with("platform", platform))
    }

    /// Carries out one line in the current section.
    pub fn line(&mut self, _line: &str) -> Response {
        Response {
            output: String::new(),
            accepted: false,
            modelled: false,
        }
    }

    /// Goes back to the global section, as on entering configuration mode.
    pub fn reset(&mut self) {}

    /// Returns the word that the prompt shows for the current section: `if`, `router`; empty in the global one.
    #[must_use]
    pub fn mode(&self) -> &str {
        ""
    }

    /// Returns the host name, which the prompt shows.
    #[must_use]
    pub fn hostname(&self) -> &str {
        ""
    }

    /// Returns the running configuration as the device prints it, preamble included.
    #[must_use]
    pub fn running(&self) -> String {
        String::new()
    }
}
