//! The way back: a deployment of the inverse, computed from what is observed now.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::capture::{Reading, read};
use crate::config::Configuration;
use crate::context::{Context, check_devices};
use crate::deploy::{
    DeployOptions, Order, Record, SentLine, State, carry_out, classify, keep_plan, load, load_plan,
    sent_lines,
};
use crate::error::{Error, ErrorKind, Result};
use crate::fleet;
use crate::id::{Digest, ExecutionId};
use crate::model::{Deployment, Device, DeviceDeployment, DevicePlan, ExecutionKind, Plan, Wave};
use crate::plan::{self, DeploymentPlanner, PlanInput, PlanOptions, Remediator, WavePolicy};
use crate::platform::Platform;
use crate::redact;
use crate::store;
use std::collections::BTreeMap;

/// Takes deployments back.
#[async_trait]
pub trait RollbackManager: std::fmt::Debug + Send + Sync {
    /// Brings every device that a deployment sent lines to back to the configuration it had before.
    ///
    /// The lines are computed from what each device shows now, also when the deployment was broken off half way or its
    /// process was killed: its log tells what may have gone out. A device that somebody else has changed since is refused
    /// as `Drift`, and then none is touched. A device that the deployment sent nothing to is left as it is.
    /// The result says for each device whether it arrived byte for byte (`exact`), in meaning (`equivalent`), or not.
    ///
    /// # Errors
    /// `NotFound` for a run that is no deployment or a device that is not given; `Conflict` while the deployment runs;
    /// `Drift`; `InvalidInput`; `Storage`; the errors of reading a device.
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
        let done = done(self, deployment).await?;
        check_ended(self, deployment).await?;
        let inputs = observe(self, &done, devices, options).await?;
        let back = Remediator.plan(&inputs, &options_for(&done))?;
        keep_plan(self, &back).await?;
        let order = Order {
            plan: back,
            kind: ExecutionKind::Rollback,
            rollback_of: Some(deployment.clone()),
        };
        carry_out(self, order, devices, options).await
    }
}

/// What is known of a deployment.
struct Done {
    plan: Plan,
    /// How the devices ended; empty when its process was killed.
    reports: Vec<DeviceDeployment>,
    /// What may have gone out to which device.
    sent: BTreeMap<String, Vec<SentLine>>,
}

async fn done(context: &Context, deployment: &ExecutionId) -> Result<Done> {
    let (plan, reports) = match load(context, deployment).await? {
        Record::Ended(ended) => (ended.plan, ended.devices),
        Record::Begun(plan) => (plan, Vec::new()),
    };
    Ok(Done {
        plan: load_plan(context, &plan).await?,
        reports,
        sent: sent_lines(context, deployment).await?,
    })
}

/// Refuses to take back a deployment that still sends.
async fn check_ended(context: &Context, deployment: &ExecutionId) -> Result<()> {
    if context.store.load(deployment).await?.status.is_terminal() {
        return Ok(());
    }
    // Its process may have gone away since this store was opened.
    store::recover(context.store.as_ref()).await?;
    if context.store.load(deployment).await?.status.is_terminal() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Conflict, "the deployment still runs")
        .during("rollback")
        .with("execution", deployment)
        .hint("wait for its end or cancel it; if its process is gone, open the store again, on the machine that it ran on"))
}

/// The last wave goes back first.
fn options_for(done: &Done) -> PlanOptions {
    let was_sent = |name: &&String| done.sent.contains_key(*name);
    let names = |wave: &Wave| wave.devices.iter().filter(was_sent).cloned().collect();
    let waves = done.plan.waves.iter().rev().map(names).collect();
    PlanOptions {
        waves: WavePolicy::Listed(waves),
        created_at: Timestamp::now(),
        ..PlanOptions::default()
    }
}

/// Reads every device that was sent something and makes sure that only the deployment changed it.
async fn observe(
    context: &Context,
    done: &Done,
    devices: &[Device],
    options: &DeployOptions,
) -> Result<Vec<PlanInput>> {
    let affected: Vec<_> = done
        .plan
        .devices
        .iter()
        .filter(|device| done.sent.contains_key(&device.device))
        .collect();
    let mut found = Vec::with_capacity(affected.len());
    for planned in &affected {
        let device = devices.iter().find(|device| device.name == planned.device);
        found.push(device.cloned().ok_or_else(|| missing(planned))?);
    }
    let results = fleet::each(&found, options.in_flight, &options.cancel, |device| {
        let trace = affected
            .iter()
            .find(|planned| planned.device == device.name)
            .map(|planned| Trace::of(planned, done));
        let (context, options) = (context.clone(), options.clone());
        async move {
            let trace = trace.ok_or_else(fleet::cancelled)?;
            input(&context, &device, &trace, &options).await
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

/// What a deployment left on one device.
struct Trace {
    planned: DevicePlan,
    sent: Vec<SentLine>,
    /// The content that was read last.
    last: Option<Digest>,
}

/// A line as the log of a run has it: masked as a line of a configuration, then as whatever is recorded.
fn as_logged(line: &str) -> String {
    redact::in_name(&redact::secrets(line)).into_owned()
}

impl Trace {
    fn of(planned: &DevicePlan, done: &Done) -> Self {
        let report = done
            .reports
            .iter()
            .find(|report| report.device == planned.device);
        Self {
            planned: planned.clone(),
            sent: done.sent.get(&planned.device).cloned().unwrap_or_default(),
            last: report.and_then(|report| report.after),
        }
    }

    /// Returns the lines with their secrets: the log masks them, the plan and the configuration before do not.
    fn unmasked(&self, before: &str, platform: &Platform) -> Vec<SentLine> {
        let planned = plan::lines(&self.planned.steps, platform);
        let known = planned.iter().map(String::as_str);
        let known = known.chain(before.lines().map(str::trim));
        let by_mask: BTreeMap<String, &str> = known
            .map(|line| (as_logged(line), line))
            .filter(|(masked, line)| masked != line)
            .collect();
        let mut sent = self.sent.clone();
        for sent in &mut sent {
            if let Some(line) = by_mask.get(sent.line.as_str()) {
                sent.line = (*line).to_owned();
            }
        }
        sent
    }

    /// Makes sure that nobody else changed the device.
    fn check(&self, before: &str, reading: &Reading, platform: &Platform) -> Result<()> {
        if self.last == Some(reading.output.summary.digest) {
            return Ok(());
        }
        let sent = self.unmasked(before, platform);
        let observed = (reading.configuration.meaning(), sent.as_slice());
        match classify(&self.planned, before, observed, platform)? {
            State::Foreign => Err(Error::new(
                ErrorKind::Drift,
                "somebody else changed the device since the deployment",
            )
            .during("rollback")
            .hint("capture it and plan from there; nothing was sent")),
            State::Before | State::After | State::Partial(_) => Ok(()),
        }
    }
}

async fn input(
    context: &Context,
    device: &Device,
    trace: &Trace,
    options: &DeployOptions,
) -> Result<PlanInput> {
    let platform = Platform::named(&trace.planned.platform)?;
    let before = context.store.blob(&trace.planned.running).await?;
    let before = String::from_utf8_lossy(&before).into_owned();
    let (mut session, _) = context.connect(device, &options.limits).await?;
    let reading = read(session.as_mut(), device, &platform).await;
    session.close().await;
    let reading = reading?;
    trace.check(&before, &reading, &platform)?;
    context.store.put_blob(&reading.output.bytes).await?;
    Ok(PlanInput {
        device: device.name.clone(),
        intended: Configuration::parse(&before, &platform)?,
        running: reading.configuration,
        platform,
        snapshot: None,
    })
}
