//! How a deployment is carried out.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::fleet;
use crate::transport::Limits;

/// How a deployment is carried out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeployOptions {
    /// One line for a person.
    pub name: String,
    /// Who asked for it.
    pub actor: String,
    /// Devices of a wave changed at once.
    pub in_flight: usize,
    /// Whether a plan without proof may be carried out.
    pub allow_unproven: bool,
    /// Whether somebody must have approved this very plan.
    pub require_approval: bool,
    /// Whether a plan that was carried out before, at least in part, may be carried out again.
    pub allow_reuse: bool,
    /// Whether to save the running configuration when every wave has succeeded.
    pub save: bool,
    /// How long neighbours may take to come back.
    pub check_timeout: Duration,
    /// Time and size limits of each connection.
    pub limits: Limits,
    /// Stops the work: devices that have begun are finished or brought back, no other device begins.
    pub cancel: CancellationToken,
}

impl Default for DeployOptions {
    fn default() -> Self {
        Self {
            name: String::new(),
            actor: String::new(),
            in_flight: fleet::DEFAULT_IN_FLIGHT,
            allow_unproven: false,
            require_approval: false,
            allow_reuse: false,
            save: true,
            check_timeout: Duration::from_secs(60),
            limits: Limits::default(),
            cancel: CancellationToken::new(),
        }
    }
}
