//! Does a line have the shape of this platform's prompt, and what does it say?

use crate::platform::Cli;

/// Longer lines are never a prompt.
const LONGEST: usize = 256;

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

/// Reads a line as a prompt of whatever host.
pub(super) fn read(cli: &Cli, line: &[u8]) -> Option<Prompt> {
    let text = std::str::from_utf8(line).ok()?;
    let bare = text.trim_end_matches([' ', '\t']);
    if bare.is_empty() || line.len() > LONGEST {
        return None;
    }
    let configuration = cli.configuration_prompt.as_ref();
    let configuration = configuration.and_then(|shape| shape.0.captures(bare));
    let configuring = configuration.is_some();
    let captures = configuration.or_else(|| cli.prompt.0.captures(bare))?;
    let host = captures.name("host").map_or("", |host| host.as_str());
    Some(Prompt {
        bytes: line.to_vec(),
        host: host.to_owned(),
        configuring,
    })
}

/// Reads a line as a prompt that can follow another one. Outside configuration mode nothing changes the host name;
/// inside, one line can.
pub(super) fn read_after(cli: &Cli, line: &[u8], before: Option<&Prompt>) -> Option<Prompt> {
    let prompt = read(cli, line)?;
    let plausible = before.is_none_or(|before| {
        before.configuring || prompt.configuring || prompt.host == before.host
    });
    plausible.then_some(prompt)
}
