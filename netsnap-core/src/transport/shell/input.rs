//! May this line be sent?

use crate::error::{Error, ErrorKind, Result};
use crate::platform::Cli;

/// Refuses a line that would do something else than be typed: no byte of it is sent.
///
/// # Errors
/// `InvalidInput` for a control character, a key that acts without Enter, or a line longer than the device takes.
pub(crate) fn check(cli: &Cli, line: &str) -> Result<()> {
    if let Some(control) = line.chars().find(|character| character.is_control()) {
        return Err(refuse("a line holds a control character")
            .with("character", control.escape_debug())
            .hint("send one line at a time, without tabs, newlines or keys"));
    }
    if let Some(key) = line.chars().find(|key| cli.immediate_keys.contains(*key)) {
        return Err(refuse("a line holds a key that acts before it is sent")
            .with("key", key)
            .hint("the device shows help at this key; leave it out"));
    }
    if line.len() > cli.longest_line {
        return Err(refuse("a line is longer than the device takes")
            .with("bytes", line.len())
            .with("longest", cli.longest_line));
    }
    Ok(())
}

fn refuse(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, message).during("shell.send")
}
