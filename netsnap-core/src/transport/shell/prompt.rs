//! Does a line have the shape of this platform's prompt, and what does it say?

use regex::Regex;

use crate::error::{Error, ErrorKind, Result};
use crate::platform::Cli;

/// Longer lines are never a prompt.
const LONGEST: usize = 256;

/// The host name in a prompt, where none is known yet: printable ASCII without blanks, brackets and `#`.
const HOST: &str = r#"[!"$-'*-;=?-Z\\^-~]+"#;

/// A prompt as it stands: text, host name, section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prompt {
    /// Exactly the bytes, trailing blanks included.
    pub(super) bytes: Vec<u8>,
    /// The host name in it; empty where the platform's prompt has none.
    pub(super) host: String,
    /// Whether it is a prompt of configuration mode.
    pub(super) configuring: bool,
}

impl Prompt {
    /// Returns the prompt for people.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).trim().to_owned()
    }
}

/// The shapes that a platform's prompt takes.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    ordinary: Regex,
    configuration: Option<Regex>,
}

impl Shape {
    /// Compiles the shapes of a platform table.
    ///
    /// # Errors
    /// `InvalidInput` for a pattern that is no regular expression.
    pub(super) fn new(cli: &Cli) -> Result<Self> {
        Ok(Self {
            ordinary: compile(&cli.prompt)?,
            configuration: cli
                .configuration_prompt
                .as_deref()
                .map(compile)
                .transpose()?,
        })
    }

    /// Reads a line as a prompt of whatever host.
    pub(super) fn read(&self, line: &[u8]) -> Option<Prompt> {
        let text = std::str::from_utf8(line).ok()?;
        let bare = text.trim_end_matches([' ', '\t']);
        if bare.is_empty() || line.len() > LONGEST {
            return None;
        }
        let configuration = self
            .configuration
            .as_ref()
            .and_then(|shape| shape.captures(bare));
        let configuring = configuration.is_some();
        let captures = configuration.or_else(|| self.ordinary.captures(bare))?;
        let host = captures.name("host").map_or("", |host| host.as_str());
        Some(Prompt {
            bytes: line.to_vec(),
            host: host.to_owned(),
            configuring,
        })
    }

    /// Reads a line as a prompt that can follow another one. Outside configuration mode nothing changes the host name;
    /// inside, one line can.
    pub(super) fn read_after(&self, line: &[u8], before: Option<&Prompt>) -> Option<Prompt> {
        let prompt = self.read(line)?;
        let plausible = before.is_none_or(|before| {
            before.configuring || prompt.configuring || prompt.host == before.host
        });
        plausible.then_some(prompt)
    }
}

fn compile(pattern: &str) -> Result<Regex> {
    let named = pattern.replacen("{host}", &format!("(?P<host>{HOST})"), 1);
    let anchored = format!("^(?:{})$", named.replace("{host}", HOST));
    Regex::new(&anchored).map_err(|error| {
        Error::new(
            ErrorKind::InvalidInput,
            "the prompt is no regular expression",
        )
        .during("platform.prompt")
        .with("pattern", pattern)
        .because(error)
    })
}
