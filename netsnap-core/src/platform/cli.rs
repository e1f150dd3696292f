//! How a command line behaves: prompts, paging, errors, fence.

use serde::Deserialize;

use super::{Pattern, PromptPattern};
use crate::error::Effect;

/// How many exec channels one connection takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExecChannels {
    /// None: everything goes through the shell.
    #[default]
    None,
    /// One after the other, each its own login on some devices; not used while a shell is open.
    One,
    /// Many beside each other and beside the shell.
    Many,
}

/// When the fence goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FenceTiming {
    /// Right behind the command: no round trip more. For terminals that read ahead in order.
    #[default]
    WithCommand,
    /// Right behind a command that only reads (`reads`), after something that looks like the prompt for any other. For devices
    /// where type-ahead could become an answer to a question, or where refusals come on a stream of their own.
    WithReads,
    /// After something that looks like the prompt: one round trip more. For terminals that echo type-ahead at once or flush it.
    AfterCandidate,
}

/// An inert line whose echo behind a prompt proves that the prompt was real.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fence {
    /// The line, with `{nonce}` for the unique part.
    pub line: String,
    /// When it goes out.
    #[serde(default)]
    pub timing: FenceTiming,
}

/// How a command line behaves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cli {
    /// Whether there is an interactive command line; without one everything goes through exec channels.
    #[serde(default = "interactive")]
    pub interactive: bool,
    /// Whether the shell wants a terminal.
    pub terminal: bool,
    /// The last line outside configuration mode, without trailing blanks; `{host}` stands for the learned host name.
    pub prompt: PromptPattern,
    /// The last line inside configuration mode; the capture `mode` is the section.
    #[serde(default)]
    pub configuration_prompt: Option<PromptPattern>,
    /// Commands after login, in order; a refusal of one is tolerated.
    #[serde(default)]
    pub prepare: Vec<String>,
    /// Last lines of a pager, control sequences included, answered with a space.
    #[serde(default)]
    pub pager: Vec<Pattern>,
    /// Last lines of a pager that has no more to show and waits, answered with `q`.
    #[serde(default)]
    pub pager_end: Vec<Pattern>,
    /// Lines that the device prints on its own account: its log. Only such lines may stand between a prompt and the fence.
    #[serde(default)]
    pub messages: Vec<Pattern>,
    /// The inert line; none where only the exec channel proves.
    #[serde(default)]
    pub fence: Option<Fence>,
    /// Exec channels.
    #[serde(default)]
    pub exec: ExecChannels,
    /// Lines of an answer that refuse the command.
    #[serde(default)]
    pub errors: Vec<Pattern>,
    /// Lines of an answer that warn.
    #[serde(default)]
    pub warnings: Vec<Pattern>,
    /// Lines of the answer to a configuration line that look like a refusal and are none: they warn.
    #[serde(default)]
    pub line_warnings: Vec<Pattern>,
    /// Lines that refuse a configuration line, beside `errors`.
    #[serde(default)]
    pub line_errors: Vec<Pattern>,
    /// Commands that change nothing: one that is not answered has left the device as it was.
    #[serde(default)]
    pub reads: Vec<Pattern>,
    /// The longest line that may be sent, in bytes.
    #[serde(default = "longest_line")]
    pub longest_line: usize,
    /// Keys that act without Enter and are therefore refused in a line.
    #[serde(default)]
    pub immediate_keys: String,
    /// The command that logs out.
    #[serde(default = "logout")]
    pub logout: String,
}

impl Cli {
    /// Says what a command has done to the device when its answer never came.
    pub(crate) fn effect(&self, command: &str) -> Effect {
        match self.only_reads(command) {
            true => Effect::None,
            false => Effect::Indeterminate,
        }
    }

    /// Says whether the table knows that a command changes nothing.
    pub(crate) fn only_reads(&self, command: &str) -> bool {
        self.reads.iter().any(|reads| reads.0.is_match(command))
    }
}

fn interactive() -> bool {
    true
}

fn longest_line() -> usize {
    4096
}

fn logout() -> String {
    "exit".to_owned()
}
