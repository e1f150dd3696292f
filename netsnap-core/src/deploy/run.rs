//! A deployment as a whole: everyone is read first, then wave by wave, then saved.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::classify::State;
use super::device::{change, inspect, report};
use super::options::DeployOptions;
use super::permit;
use super::record;
use super::save::save_all;
use super::target::{Purpose, Target};
use super::texts;
use crate::collect::{microseconds, record_results};
use crate::context::{Context, check_devices, summaries};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, Level, NewEvent};
use crate::fleet;
use crate::id::ExecutionId;
use crate::model::{
    Deployment, Device, DeviceDeployment, DeviceOutcome, DevicePlan, DeviceResult, DeviceStatus,
    ExecutionKind, ExecutionStatus, Plan,
};
use crate::platform::Platform;
use crate::store::{Durability, NewExecution, Recorder, Stop};

/// What is to be carried out.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// The plan.
    pub(crate) plan: Plan,
    /// Deploy or Rollback.
    pub(crate) kind: ExecutionKind,
    /// The deployment that is taken back.
    pub(crate) rollback_of: Option<ExecutionId>,
}

impl Order {
    fn purpose(&self) -> Purpose {
        match self.rollback_of {
            Some(_) => Purpose::Rollback,
            None => Purpose::Deploy,
        }
    }
}

type Reports = BTreeMap<String, DeviceDeployment>;

/// Carries out a plan as a recorded run.
///
/// The caller keeps the future to its end: dropped half way, it would leave devices half changed. Cancelling is for
/// [`DeployOptions::cancel`].
pub(crate) async fn carry_out(
    context: &Context,
    order: Order,
    devices: &[Device],
    options: &DeployOptions,
) -> Result<Deployment> {
    if !order.plan.devices.is_empty() {
        check_devices(devices)?;
    }
    texts::check(&order.plan)?;
    let targets = targets(context, &order, devices, options).await?;
    let recorder = context.begin(begin(&order, &targets, options)).await?;
    take_turn(context, &order, &recorder, options).await?;
    let stop = recorder.stop(&options.cancel);
    let run = Run {
        context,
        recorder,
        order,
        options,
        stop,
    };
    run.finish_all(&targets).await
}

/// Takes the turn of the plan, or ends the run. A way back is made for one run, and is nobody else's.
async fn take_turn(
    context: &Context,
    order: &Order,
    recorder: &Recorder,
    options: &DeployOptions,
) -> Result<()> {
    if order.purpose() == Purpose::Rollback {
        return Ok(());
    }
    let taken = permit::take_turn(context, &order.plan, recorder.id(), options).await;
    if let Err(error) = &taken {
        let reason = Some(error.to_string());
        recorder.finish(ExecutionStatus::Failed, reason).await?;
    }
    taken
}

fn begin(order: &Order, targets: &[Target], options: &DeployOptions) -> NewExecution {
    let devices: Vec<_> = targets.iter().map(|target| target.device.clone()).collect();
    let name = match (options.name.as_str(), order.purpose()) {
        ("", Purpose::Deploy) => format!("deploy {}", order.plan.id.digest().short()),
        ("", Purpose::Rollback) => "rollback".to_owned(),
        (name, _) => name.to_owned(),
    };
    NewExecution {
        kind: order.kind,
        name,
        actor: options.actor.clone(),
        parameters: json!({ "plan": order.plan.id, "rollback_of": order.rollback_of }),
        devices: summaries(&devices),
        ..NewExecution::default()
    }
}

/// Returns the devices of a plan with what is to happen to each.
pub(super) async fn targets(
    context: &Context,
    order: &Order,
    devices: &[Device],
    options: &DeployOptions,
) -> Result<Vec<Target>> {
    let mut targets = Vec::with_capacity(order.plan.devices.len());
    for plan in &order.plan.devices {
        let device = find(devices, plan)?;
        let refuge = match order.purpose() {
            Purpose::Deploy => &plan.running,
            Purpose::Rollback => &plan.intended,
        };
        let refuge = String::from_utf8_lossy(&context.store.blob(refuge).await?).into_owned();
        targets.push(Target {
            device,
            platform: Platform::named(&plan.platform)?,
            plan: plan.clone(),
            refuge,
            purpose: order.purpose(),
            options: options.clone(),
        });
    }
    Ok(targets)
}

fn find(devices: &[Device], plan: &DevicePlan) -> Result<Device> {
    // Who asks, and whether it is to be changed, the caller knows.
    let bad = |kind, message: &'static str| Error::new(kind, message).with("device", &plan.device);
    let device = devices
        .iter()
        .find(|device| device.name == plan.device)
        .ok_or_else(|| {
            bad(
                ErrorKind::NotFound,
                "the plan changes a device that was not given",
            )
            .hint("pass every device of the plan, or plan for fewer")
        })?;
    if device.platform != plan.platform {
        return Err(bad(
            ErrorKind::InvalidInput,
            "the plan is for another platform than the device's",
        )
        .with("planned", &plan.platform)
        .with("given", &device.platform));
    }
    Ok(device.clone())
}

struct Run<'a> {
    context: &'a Context,
    recorder: Recorder,
    order: Order,
    options: &'a DeployOptions,
    stop: Stop,
}

impl Run<'_> {
    async fn finish_all(self, targets: &[Target]) -> Result<Deployment> {
        let started = Instant::now();
        let plan = self.order.plan.id;
        record::begin(self.context, self.recorder.id(), &plan).await?;
        let reports = self.carry_out(targets).await?;
        let deployment = Deployment {
            execution: self.recorder.id().clone(),
            plan,
            rollback_of: self.order.rollback_of,
            devices: reports.into_values().collect(),
        };
        record::end(self.context, &deployment).await?;
        finish((&self.recorder, &self.stop), targets, &deployment, started).await?;
        Ok(deployment)
    }

    async fn carry_out(&self, targets: &[Target]) -> Result<Reports> {
        let mut reports = self.inspect_all(targets).await;
        if !reports.values().any(failed) {
            self.waves(targets, &mut reports).await?;
        }
        for target in targets {
            let skipped = || report(target, DeviceOutcome::Skipped);
            reports
                .entry(target.device.name.clone())
                .or_insert_with(skipped);
        }
        let is_done =
            |report: &DeviceDeployment| !failed(report) && report.outcome != DeviceOutcome::Skipped;
        if self.options.save && reports.values().all(is_done) {
            save_all(self.context, &self.recorder, targets, &mut reports).await;
        }
        Ok(reports)
    }

    /// Reads every device. One that is not what the plan was made for refuses the whole deployment.
    async fn inspect_all(&self, targets: &[Target]) -> Reports {
        let mut reports = Reports::new();
        let (busy, idle): (Vec<_>, Vec<_>) = targets
            .iter()
            .partition(|target| !target.plan.steps.is_empty());
        for target in idle {
            reports.insert(
                target.device.name.clone(),
                report(target, DeviceOutcome::AlreadyDone),
            );
        }
        let results = self.on_each(
            &busy,
            self.stop.token(),
            |context, recorder, target| async move { inspect(&context, &recorder, &target).await },
        );
        for (target, result) in busy.iter().zip(results.await) {
            let report = match result {
                Ok(State::After) => report(target, DeviceOutcome::AlreadyDone),
                Ok(_) => continue,
                // Without a report it is skipped, as is every device that was not begun.
                Err(error) if error.kind() == ErrorKind::Cancelled => continue,
                Err(error) => DeviceDeployment {
                    outcome: unchanged(error.kind()),
                    error: Some(error.with("device", &target.device.name).report()),
                    ..report(target, DeviceOutcome::Refused)
                },
            };
            reports.insert(target.device.name.clone(), report);
        }
        reports
    }

    async fn waves(&self, targets: &[Target], reports: &mut Reports) -> Result<()> {
        for (position, wave) in self.order.plan.waves.iter().enumerate() {
            if self.stop.token().is_cancelled() || reports.values().any(failed) {
                return Ok(());
            }
            let due = |target: &&Target| {
                wave.devices.contains(&target.device.name)
                    && !reports.contains_key(&target.device.name)
            };
            let due: Vec<_> = targets.iter().filter(due).collect();
            self.announce(EventKind::WaveStarted, position, &due)
                .await?;
            let results = self.wave(&due).await;
            for (target, result) in due.iter().zip(results) {
                let changed = result.unwrap_or_else(|error| DeviceDeployment {
                    error: Some(error.report()),
                    ..report(target, DeviceOutcome::RollbackFailed)
                });
                reports.insert(target.device.name.clone(), changed);
            }
            self.announce(EventKind::WaveFinished, position, &due)
                .await?;
        }
        Ok(())
    }

    /// Changes the devices of a wave. After a failure or a cancellation no other begins; one that has begun is finished or
    /// brought back, whatever happens to the caller's wish.
    async fn wave(&self, due: &[&Target]) -> Vec<Result<DeviceDeployment>> {
        let halt = self.stop.token().child_token();
        self.on_each(
            due,
            &CancellationToken::new(),
            |context, recorder, target| {
                let halt = halt.clone();
                async move {
                    if halt.is_cancelled() {
                        return Ok(report(&target, DeviceOutcome::Skipped));
                    }
                    // Stays armed when the work panics.
                    let guard = halt.drop_guard();
                    let changed = change(&context, &recorder, &target).await;
                    if !failed(&changed) {
                        guard.disarm();
                    }
                    Ok(changed)
                }
            },
        )
        .await
    }

    async fn announce(&self, kind: EventKind, position: usize, due: &[&Target]) -> Result<()> {
        let names: Vec<_> = due
            .iter()
            .map(|target| target.device.name.as_str())
            .collect();
        let text = format!(
            "wave {} of {}: {}",
            position + 1,
            self.order.plan.waves.len(),
            names.join(", ")
        );
        let event =
            NewEvent::new(kind, text).data(json!({ "wave": position + 1, "devices": names }));
        self.recorder
            .event(event, Durability::Durable)
            .await
            .map(drop)
    }

    async fn on_each<T, F, Fut>(
        &self,
        targets: &[&Target],
        cancel: &CancellationToken,
        work: F,
    ) -> Vec<Result<T>>
    where
        T: Send + 'static,
        F: Fn(Context, Recorder, Arc<Target>) -> Fut,
        Fut: Future<Output = Result<T>> + Send + 'static,
    {
        let by_name: BTreeMap<&str, Arc<Target>> = targets
            .iter()
            .map(|target| (target.device.name.as_str(), Arc::new((*target).clone())))
            .collect();
        let devices: Vec<_> = targets.iter().map(|target| target.device.clone()).collect();
        fleet::each(&devices, self.options.in_flight, cancel, |device| {
            work(
                self.context.clone(),
                self.recorder.clone(),
                by_name[device.name.as_str()].clone(),
            )
        })
        .await
    }
}

/// How a device ended that was not even read to the end.
fn unchanged(reason: ErrorKind) -> DeviceOutcome {
    match reason {
        ErrorKind::Cancelled => DeviceOutcome::Skipped,
        _ => DeviceOutcome::Refused,
    }
}

fn failed(report: &DeviceDeployment) -> bool {
    matches!(
        report.outcome,
        DeviceOutcome::Refused | DeviceOutcome::RolledBack | DeviceOutcome::RollbackFailed
    )
}

async fn finish(
    (recorder, stop): (&Recorder, &Stop),
    targets: &[Target],
    deployment: &Deployment,
    started: Instant,
) -> Result<()> {
    let devices: Vec<_> = targets.iter().map(|target| target.device.clone()).collect();
    let result = |device: &Device| {
        let report = deployment
            .devices
            .iter()
            .find(|report| report.device == device.name);
        report
            .map(|report| device_result(report, started))
            .ok_or_else(fleet::cancelled)
    };
    let results = devices.iter().map(result).collect();
    record_results(recorder, &devices, results).await?;
    let reason = deployment
        .devices
        .iter()
        .find_map(|report| report.error.clone());
    let reason = reason.map(|error| Error::from(error).to_string());
    let status = status(deployment);
    let stopped = || {
        stop.reason()
            .filter(|_| status == ExecutionStatus::Cancelled)
    };
    let reason = reason.or_else(stopped);
    let text = format!(
        "{} of {} devices where the plan wants them",
        arrived(deployment),
        deployment.devices.len()
    );
    let level = if deployment.succeeded() {
        Level::Info
    } else {
        Level::Error
    };
    recorder
        .event(
            NewEvent::new(EventKind::Note, text).level(level),
            Durability::Batched,
        )
        .await?;
    recorder.finish(status, reason).await.map(drop)
}

fn arrived(deployment: &Deployment) -> usize {
    let well = |report: &&DeviceDeployment| {
        matches!(
            report.outcome,
            DeviceOutcome::Changed | DeviceOutcome::AlreadyDone
        )
    };
    deployment.devices.iter().filter(well).count()
}

fn status(deployment: &Deployment) -> ExecutionStatus {
    let failed = deployment.devices.iter().any(failed);
    let unsaved = |report: &DeviceDeployment| report.error.is_some() && !report.saved;
    match arrived(deployment) {
        count if count == deployment.devices.len() => {
            match deployment.devices.iter().any(unsaved) {
                false => ExecutionStatus::Succeeded,
                true => ExecutionStatus::Partial,
            }
        }
        _ if !failed => ExecutionStatus::Cancelled,
        0 => ExecutionStatus::Failed,
        _ => ExecutionStatus::Partial,
    }
}

fn device_result(report: &DeviceDeployment, started: Instant) -> DeviceResult {
    let accepted = report.lines.iter().filter(|line| line.accepted).count() as u64;
    let status = match report.outcome {
        DeviceOutcome::AlreadyDone => DeviceStatus::Ok,
        DeviceOutcome::Changed => DeviceStatus::Changed,
        DeviceOutcome::Skipped => DeviceStatus::Skipped,
        DeviceOutcome::RolledBack | DeviceOutcome::RollbackFailed | DeviceOutcome::Refused => {
            DeviceStatus::Failed
        }
    };
    DeviceResult {
        commands_ok: accepted,
        commands_failed: report.lines.len() as u64 - accepted,
        duration_us: match report.duration_us {
            0 => microseconds(started),
            own => own,
        },
        ended_at: Some(Timestamp::now()),
        error: report.error.clone(),
        ..DeviceResult::new(&report.device, status)
    }
}
