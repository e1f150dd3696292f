//! What is different?
//!
//! Two answers to one question: [`LineDiff`] compares texts, [`TreeDiff`] compares what two configurations mean.
//! [`diff_config`] is the second one as data, [`render`] is the first one for people and for other programs. [`deployment_diff`] joins the
//! second ones of a whole fleet. What compares documents, of workflows for one, has its place beside these: an engine more.

mod fleet;
mod impact;
mod lines;
pub(crate) mod matching;
pub mod render;
mod rising;
#[cfg(test)]
mod tests;
mod tree;
mod unread;
mod windows;
mod words;

use crate::config::Configuration;
use crate::error::Result;
use crate::model::ConfigDiff;
use crate::platform::Platform;
pub use fleet::{
    DeploymentDiff, DeviceAction, DeviceDifference, DeviceImpact, FleetDevice, FleetLimits, Impact,
    ManagementTouch, deployment_diff,
};
pub(crate) use rising::longest_rising;
pub(crate) use tree::diff_commands;
pub use tree::diff_config;
pub(crate) use unread::{annotation_changes, dropped};

/// Something that compares two texts.
pub trait DiffEngine {
    /// What a difference looks like.
    type Difference;

    /// Compares two texts. Equal texts have an empty difference.
    ///
    /// # Errors
    /// [`ErrorKind::ConfigurationInvalid`](crate::ErrorKind::ConfigurationInvalid) where an engine reads the texts as
    /// configurations and one does not parse.
    fn diff(&self, before: &str, after: &str) -> Result<Self::Difference>;
}

/// Compares texts line by line.
#[derive(Clone, Copy, Debug)]
pub struct LineDiff {
    /// How many equal lines stay around a difference.
    pub context: usize,
}

impl Default for LineDiff {
    fn default() -> Self {
        Self { context: 3 }
    }
}

impl DiffEngine for LineDiff {
    type Difference = Vec<render::Row>;

    fn diff(&self, before: &str, after: &str) -> Result<Self::Difference> {
        Ok(render::rows(before, after, self.context))
    }
}

/// Compares what two configurations of a platform mean.
#[derive(Clone, Copy, Debug)]
pub struct TreeDiff<'p> {
    /// The platform that both texts are read with.
    pub platform: &'p Platform,
}

impl DiffEngine for TreeDiff<'_> {
    type Difference = ConfigDiff;

    fn diff(&self, before: &str, after: &str) -> Result<Self::Difference> {
        let before = Configuration::parse(before, self.platform)?;
        let after = Configuration::parse(after, self.platform)?;
        Ok(diff_config(&before, &after))
    }
}
