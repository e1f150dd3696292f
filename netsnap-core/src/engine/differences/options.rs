//! What the verbs of differences can be told.

use serde::{Deserialize, Serialize};

use crate::diff::render::Color;
use crate::report::ShowOptions;

/// A device of a fleet, with its configurations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetTarget {
    /// The device.
    pub device: String,
    /// Its network OS.
    pub platform: String,
    /// What it runs; absent for a device that comes.
    #[serde(default)]
    pub running: Option<String>,
    /// What it shall run; absent for a device that goes.
    #[serde(default)]
    pub intended: Option<String>,
    /// The address that it is reached by, so that a change of the way in is told.
    #[serde(default)]
    pub address: Option<String>,
}

/// The configuration of one device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceText {
    /// The device.
    pub device: String,
    /// Its network OS.
    pub platform: String,
    /// Its configuration.
    pub configuration: String,
}

/// The form of the difference of a fleet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FleetFormat {
    /// For a terminal.
    #[default]
    Terminal,
    /// For a ticket.
    Markdown,
    /// A self-contained page.
    Html,
    /// The same page, and behind it the configurations of each device beside each other. Secrets are masked.
    HtmlSideBySide,
    /// The same page, and behind it the configurations of each device below each other. Secrets are masked.
    HtmlInline,
    /// A patch with one file for each device, as `patch -p1` and `git apply` take it. It is exact, secrets included.
    Patch,
}

/// How the difference of a fleet is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShowFleetOptions {
    /// The form.
    pub format: FleetFormat,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to use its colours.
    pub color: Color,
    /// Lines of one block that are shown at most; a patch is never cut.
    pub limit: usize,
}

/// The form of the difference of two topologies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TopologyFormat {
    /// For a terminal.
    #[default]
    Terminal,
    /// For a ticket.
    Markdown,
    /// A self-contained page.
    Html,
    /// A picture of both, one laid over the other.
    Svg,
}

/// How the difference of two topologies is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShowTopologyOptions {
    /// The form.
    pub format: TopologyFormat,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to use its colours.
    pub color: Color,
    /// Lines of one block that are shown at most.
    pub limit: usize,
}

impl Default for ShowFleetOptions {
    fn default() -> Self {
        let options = ShowOptions::default();
        Self {
            format: FleetFormat::default(),
            width: options.width,
            color: options.color,
            limit: options.limit,
        }
    }
}

impl Default for ShowTopologyOptions {
    fn default() -> Self {
        let options = ShowOptions::default();
        Self {
            format: TopologyFormat::default(),
            width: options.width,
            color: options.color,
            limit: options.limit,
        }
    }
}
