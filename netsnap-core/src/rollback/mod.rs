//! The way back: a deployment of the inverse, computed from what is observed now.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::capture::read;
use crate::config::Configuration;
use crate::context::{Context, check_devices};
use crate::deploy::{
    DeployOptions, Order, Record, State, carry_out, classify, keep_plan, load, load_plan,
};
use crate::error::{Error, ErrorKind, Result};
use crate::fleet;
use crate::id::{Digest, ExecutionId};
use crate::model::{Deployment, Device, DeviceDeployment, DevicePlan, ExecutionKind, Plan, Wave};
use crate::plan::{DeploymentPlanner, PlanInput, PlanOptions, Remediator, WavePolicy};
use crate::platform::Platform;

/// Takes deployments back.
#[async_trait]
pub trait RollbackManager: std::fmt::Debug + Send + Sync {
    /// Brings every device of a deployment back to the configuration it had before.
    ///
    /// The lines are computed from what each device shows now, also when the deployment was broken off half way or its
    /// process was killed. A device that somebody else has changed since is refused as `Drift`, and then none is touched.
    /// The result says for each device whether it arrived byte for byte (`exact`), in meaning (`equivalent`), or not.
    ///
    /// # Errors
    /// `NotFound` for a run that is no deployment or a device that is not given; `Drift`; `InvalidInput`; `Storage`; the
    /// errors of reading a device.
    async fn rollback(
        &self,
        deployment: &ExecutionId,
        devices: &[Device],
        options: &DeployOptions,
    ) -> Result<Deployment>;
}

#[async_trait]
impl RollbackManager for Context {
    async fn rollback(
        &self,
        deployment: &ExecutionId,
        devices: &[Device],
        options: &DeployOptions,
    ) -> Result<Deployment> {
        check_devices(devices)?;
        let (plan, reports) = done(self, deployment).await?;
        let inputs = observe(self, &plan, &reports, devices, options).await?;
        let back = Remediator.plan(&inputs, &options_for(&plan))?;
        keep_plan(self, &back).await?;
        let order = Order {
            plan: back,
            kind: ExecutionKind::Rollback,
            rollback_of: Some(deployment.clone()),
        };
        carry_out(self, order, devices, options).await
    }
}

/// Returns the plan of a deployment and what is known of each device.
async fn done(
    context: &Context,
    deployment: &ExecutionId,
) -> Result<(Plan, Vec<DeviceDeployment>)> {
    match load(context, deployment).await? {
        Record::Ended(ended) => Ok((load_plan(context, &ended.plan).await?, ended.devices)),
        Record::Begun(plan) => Ok((load_plan(context, &plan).await?, Vec::new())),
    }
}

/// The last wave goes back first.
fn options_for(plan: &Plan) -> PlanOptions {
    let waves = plan
        .waves
        .iter()
        .rev()
        .map(|wave: &Wave| wave.devices.clone())
        .collect();
    PlanOptions {
        waves: WavePolicy::Listed(waves),
        created_at: Timestamp::now(),
    }
}

/// Reads every device of the deployment and makes sure that only the deployment changed it.
async fn observe(
    context: &Context,
    plan: &Plan,
    reports: &[DeviceDeployment],
    devices: &[Device],
    options: &DeployOptions,
) -> Result<Vec<PlanInput>> {
    let affected: Vec<_> = plan
        .devices
        .iter()
        .filter(|device| !device.steps.is_empty())
        .collect();
    let mut found = Vec::with_capacity(affected.len());
    for planned in &affected {
        let device = devices.iter().find(|device| device.name == planned.device);
        found.push(device.cloned().ok_or_else(|| missing(planned))?);
    }
    let results = fleet::each(&found, options.in_flight, &options.cancel, |device| {
        let planned = affected
            .iter()
            .find(|planned| planned.device == device.name)
            .map(|planned| (*planned).clone());
        let last = reports
            .iter()
            .find(|report| report.device == device.name)
            .and_then(|report| report.after);
        let (context, options) = (context.clone(), options.clone());
        async move {
            let planned = planned.ok_or_else(fleet::cancelled)?;
            input(&context, &device, &planned, last, &options).await
        }
    });
    results
        .await
        .into_iter()
        .zip(&found)
        .map(|(result, device)| result.map_err(|e| e.with("device", &device.name)))
        .collect()
}

fn missing(planned: &DevicePlan) -> Error {
    Error::new(
        ErrorKind::NotFound,
        "the deployment changed a device that was not given",
    )
    .during("rollback")
    .with("device", &planned.device)
    .hint("pass every device of the deployment")
}

async fn input(
    context: &Context,
    device: &Device,
    planned: &DevicePlan,
    last: Option<Digest>,
    options: &DeployOptions,
) -> Result<PlanInput> {
    let platform = Platform::named(&planned.platform)?;
    let before = String::from_utf8_lossy(&context.store.blob(&planned.running).await?).into_owned();
    let (mut session, _) = context.connect(device, &options.limits).await?;
    let reading = read(session.as_mut(), device, &platform).await;
    session.close().await;
    let reading = reading?;
    let state = classify(planned, &before, reading.configuration.meaning(), &platform)?;
    if state == State::Foreign && last != Some(reading.output.summary.digest) {
        return Err(Error::new(
            ErrorKind::Drift,
            "somebody else changed the device since the deployment",
        )
        .during("rollback")
        .hint("capture it and plan from there; nothing was sent"));
    }
    context.store.put_blob(&reading.output.bytes).await?;
    Ok(PlanInput {
        device: device.name.clone(),
        intended: Configuration::parse(&before, &platform)?,
        running: reading.configuration,
        platform,
        snapshot: None,
    })
}
