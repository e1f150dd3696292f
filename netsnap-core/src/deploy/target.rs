//! A device, what is to happen to it, and how to know that it is the one that was meant.

use std::sync::Arc;

use super::options::DeployOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Device, DevicePlan};
use crate::platform::Platform;
use crate::transport::Session;

/// A device, what is to happen to it, and where it goes when that fails.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// How to reach it.
    pub(crate) device: Device,
    /// Its network OS.
    pub(crate) platform: Arc<Platform>,
    /// What is to happen.
    pub(crate) plan: DevicePlan,
    /// The configuration to go to when the change fails: the one before, or for a rollback its goal.
    pub(crate) refuge: String,
    /// Whether this is the way back of an earlier deployment.
    pub(crate) purpose: Purpose,
    /// How to go about it.
    pub(crate) options: DeployOptions,
}

/// What a change is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Towards an intended configuration.
    Deploy,
    /// Back to the configuration before a deployment.
    Rollback,
}

/// Refuses a session on another device than the one that was planned for, as far as the prompt tells.
///
/// A plan that touches the name is carried out without it: either name may be found.
pub(super) fn check_identity(session: &dyn Session, target: &Target) -> Result<()> {
    let steps = target.plan.steps.iter().chain(&target.plan.inverse);
    let renames = |line: &str| {
        line.strip_prefix("no ")
            .unwrap_or(line)
            .starts_with("hostname")
    };
    let planned = target
        .refuge
        .lines()
        .find_map(|line| line.strip_prefix("hostname "));
    let found = session.hostname();
    match planned {
        Some(name) if name != found && !found.is_empty() => {}
        _ => return Ok(()),
    }
    if steps.into_iter().any(|step| renames(&step.line)) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::WrongDevice,
        "another device answers than the one that was planned for",
    )
    .during("deploy")
    .with("device", &target.device.name)
    .with("planned", planned.unwrap_or_default())
    .with("found", found)
    .hint("check the address in the inventory"))
}
