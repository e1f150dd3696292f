//! What is different, in words that a terminal, a ticket and a page share.
//!
//! A difference is told once, as blocks of signed lines; the three ways to write them stand beside this file.

mod domains;
mod fleet;
mod html;
mod markdown;
mod terminal;
#[cfg(test)]
mod tests;
mod topology;

use serde::{Deserialize, Serialize};

use super::DeviceDiff;
use super::html::{Sides, both};
use super::terminal::Layout;
use super::words::Tone;
use crate::diff::DeploymentDiff;
use crate::diff::render::{Color, View};
use crate::domain::DomainDiff;
use crate::topology::TopologyDiff;

/// Where a difference or a plan is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShowFormat {
    /// On a terminal.
    #[default]
    Terminal,
    /// In a ticket or a merge request.
    Markdown,
    /// On a self-contained page.
    Html,
}

/// How a difference is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShowOptions {
    /// Where it is read.
    pub format: ShowFormat,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to use its colours.
    pub color: Color,
    /// Lines that are shown of one block at most; the rest is counted.
    pub limit: usize,
}

impl Default for ShowOptions {
    fn default() -> Self {
        let layout = Layout::default();
        Self {
            format: ShowFormat::default(),
            width: layout.width,
            color: layout.color,
            limit: 500,
        }
    }
}

/// What a line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Added,
    Removed,
    Changed,
    Moved,
    Secret,
    Note,
    Warning,
}

impl Sign {
    fn text(self) -> &'static str {
        match self {
            Self::Added => "+",
            Self::Removed => "-",
            Self::Changed => "~",
            Self::Moved => ">",
            Self::Secret => "*",
            Self::Note => " ",
            Self::Warning => "!",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Added => Tone::Good,
            Self::Removed => Tone::Bad,
            Self::Changed | Self::Secret | Self::Warning => Tone::Caution,
            Self::Moved => Tone::Info,
            Self::Note => Tone::Quiet,
        }
    }
}

/// A heading and its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    title: String,
    lines: Vec<(Sign, String)>,
}

impl Block {
    fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            lines: Vec::new(),
        }
    }

    fn line(&mut self, sign: Sign, text: impl Into<String>) {
        self.lines.push((sign, text.into()));
    }

    fn lines(&mut self, sign: Sign, texts: impl IntoIterator<Item = String>) {
        self.lines
            .extend(texts.into_iter().map(|text| (sign, text)));
    }
}

/// A whole difference: what it is about, in one line, and its blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    title: String,
    lead: String,
    blocks: Vec<Block>,
}

impl Told {
    fn show(self, options: &ShowOptions) -> String {
        let told = self.cut(options.limit);
        match options.format {
            ShowFormat::Terminal => terminal::write(&told, options),
            ShowFormat::Markdown => markdown::write(&told),
            ShowFormat::Html => html::write(&told),
        }
    }

    /// Leaves out empty blocks and, of each block, what is more than a number of lines.
    fn cut(mut self, limit: usize) -> Self {
        self.blocks.retain(|block| !block.lines.is_empty());
        for block in &mut self.blocks {
            let left = block.lines.len().saturating_sub(limit);
            if left > 0 {
                block.lines.truncate(limit);
                block.line(
                    Sign::Warning,
                    format!("truncated: {left} more lines are not shown"),
                );
            }
        }
        self
    }
}

/// Shows what a deployment changes over a fleet. No secret is in it.
#[must_use]
pub fn show_fleet(diff: &DeploymentDiff, options: &ShowOptions) -> String {
    fleet::told(diff).show(options)
}

/// Shows the same on a self-contained page, and behind it the configurations of each device, beside or below each other. Whoever gives them
/// has masked their secrets.
#[must_use]
pub fn show_fleet_texts(
    diff: &DeploymentDiff,
    texts: &[DeviceDiff],
    sides: Sides,
    limit: usize,
) -> String {
    let told = fleet::told(diff).cut(limit);
    let context = View::default().context;
    html::write_before(&told, &both(texts, sides, context))
}

/// Shows what is different between two topologies.
#[must_use]
pub fn show_topology(diff: &TopologyDiff, options: &ShowOptions) -> String {
    topology::told(diff).show(options)
}

/// Shows what became of VLANs and bridge domains.
#[must_use]
pub fn show_domains(diff: &DomainDiff, options: &ShowOptions) -> String {
    let mut told = Told {
        title: "VLANs and bridge domains".to_owned(),
        lead: domains::lead(diff),
        blocks: Vec::new(),
    };
    told.blocks.push(domains::block(diff));
    told.show(options)
}
