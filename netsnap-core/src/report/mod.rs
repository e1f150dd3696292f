//! What did a run do, for people's eyes?
//!
//! Values in, text out: one HTML page for the archive and for the change ticket, tables for the terminal. Nothing here
//! reads a clock, a file or a device, so the same values always give the same text.

mod blocks;
mod difference;
pub mod html;
mod lanes;
pub mod markdown;
mod plan_words;
pub mod terminal;
mod text;
mod topology;
mod words;

use crate::compare::Comparison;
use crate::event::Event;
use crate::model::{Approval, Deployment, DeviceResult, Execution, Output, OutputSummary, Plan};
use crate::topology::Topology;

pub use blocks::{
    ShowFormat, ShowOptions, show_domains, show_fleet, show_fleet_texts, show_topology,
};
pub use difference::{TextFormat, TextOptions, text_difference};
pub use html::html;
pub use topology::{topology, topology_difference};

/// Everything that one page shows: one run, or the runs of one change.
#[derive(Clone, Debug, Default)]
pub struct RunReport {
    /// One line for a person.
    pub title: String,
    /// The runs, in the order in which they are told.
    pub executions: Vec<ExecutionReport>,
    /// The plan that the runs belong to.
    pub plan: Option<Plan>,
    /// Who agreed to the plan.
    pub approvals: Vec<Approval>,
    /// Configurations before and after.
    pub diffs: Vec<DeviceDiff>,
    /// What is different between two runs.
    pub comparison: Option<Comparison>,
}

/// One run with what it left behind.
#[derive(Clone, Debug)]
pub struct ExecutionReport {
    /// The run.
    pub execution: Execution,
    /// How each device ended.
    pub devices: Vec<DeviceResult>,
    /// The log, by sequence number.
    pub events: Vec<Event>,
    /// What the devices said.
    pub outputs: Vec<OutputReport>,
    /// What a deployment or rollback did.
    pub deployment: Option<Deployment>,
    /// Who is connected with whom, as the run knows it.
    pub topology: Option<Topology>,
}

impl ExecutionReport {
    /// Starts the report of a run, with nothing but the run itself.
    #[must_use]
    pub fn new(execution: Execution) -> Self {
        Self {
            execution,
            devices: Vec::new(),
            events: Vec::new(),
            outputs: Vec::new(),
            deployment: None,
            topology: None,
        }
    }
}

/// One output as a page shows it: its beginning, and how much was left out.
#[derive(Clone, Debug)]
pub struct OutputReport {
    /// Everything but the bytes.
    pub summary: OutputSummary,
    /// The beginning of what the device said.
    pub text: String,
    /// Bytes behind `text` that are not shown.
    pub cut: u64,
}

impl OutputReport {
    /// The most bytes of one output that a page shows.
    pub const LIMIT: usize = 256 * 1024;

    /// Takes the beginning of an output, at most [`Self::LIMIT`] bytes; bytes that are no UTF-8 become U+FFFD.
    #[must_use]
    pub fn new(output: &Output) -> Self {
        let shown = text::line_boundary(&output.bytes, Self::LIMIT);
        Self {
            summary: output.summary.clone(),
            text: String::from_utf8_lossy(&output.bytes[..shown]).into_owned(),
            cut: (output.bytes.len() - shown) as u64,
        }
    }
}

/// The configuration of one device, before and after.
#[derive(Clone, Debug)]
pub struct DeviceDiff {
    /// The device.
    pub device: String,
    /// The text before.
    pub before: String,
    /// The text after.
    pub after: String,
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
