//! How long did changes of the past take?

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::record;
use crate::context::Context;
use crate::error::{ErrorKind, Result};
use crate::id::PlanId;
use crate::model::{Deployment, DeviceDeployment, DeviceOutcome, Plan};
use crate::plan::DurationSample;

/// Deployments looked at, the newest ones: what was true years ago says little.
const DEPLOYMENTS: usize = 30;

/// Returns how long the newest recorded changes took, device by device. Rollbacks, and changes that did not arrive, are left out.
///
/// # Errors
/// `Storage`. A record that does not parse is left out.
pub(crate) async fn durations(context: &Context) -> Result<Vec<DurationSample>> {
    let mut plans: HashMap<PlanId, Option<Plan>> = HashMap::new();
    let mut samples = Vec::new();
    for deployment in record::newest(context, DEPLOYMENTS).await? {
        if deployment.rollback_of.is_some() {
            continue;
        }
        let plan = match plans.entry(deployment.plan) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(plan_of(context, &deployment).await?),
        };
        if let Some(plan) = plan {
            samples.extend(
                deployment
                    .devices
                    .iter()
                    .filter_map(|device| sample(plan, device)),
            );
        }
    }
    Ok(samples)
}

/// A plan that is gone or damaged teaches nothing; that is no failure of the one who asks.
async fn plan_of(context: &Context, deployment: &Deployment) -> Result<Option<Plan>> {
    match record::load_plan(context, &deployment.plan).await {
        Ok(plan) => Ok(Some(plan)),
        Err(error) if error.kind() == ErrorKind::Storage => Err(error),
        Err(_) => Ok(None),
    }
}

fn sample(plan: &Plan, device: &DeviceDeployment) -> Option<DurationSample> {
    if device.outcome != DeviceOutcome::Changed || device.duration_us == 0 {
        return None;
    }
    let planned = plan.device(&device.device)?;
    Some(DurationSample {
        platform: planned.platform.clone(),
        kind: planned.step_risks.iter().map(|risk| risk.kind).max(),
        commands: planned.steps.len() as u64,
        duration_ms: device.duration_us / 1000,
    })
}
