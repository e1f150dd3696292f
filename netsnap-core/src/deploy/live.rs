//! Would a deployment get through now? Every device is asked, and none is changed.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::classify::State;
use super::device::stand;
use super::options::DeployOptions;
use super::run::{Order, targets};
use super::target::{Target, check_identity};
use crate::capture::read;
use crate::collect::record_results;
use crate::context::{Context, check_devices, summaries};
use crate::error::{Error, ErrorKind, Result};
use crate::fleet;
use crate::id::ExecutionId;
use crate::model::{
    Device, DeviceResult, DeviceStatus, ExecutionKind, ExecutionStatus, LiveCheck, LiveCheckKind,
    LiveStatus, Plan,
};
use crate::store::{NewExecution, Recorder, Stop};
use crate::transport::Session;

const ALL: [LiveCheckKind; 4] = [
    LiveCheckKind::Reachability,
    LiveCheckKind::Login,
    LiveCheckKind::Privilege,
    LiveCheckKind::Drift,
];

/// Asks every device of a plan that has something to do whether a deployment would get through, as a recorded run. Configuration mode
/// is entered and left without a line between.
///
/// # Errors
/// `NotFound` for a device that is not given; `InvalidInput`; `Storage`. What a device does wrong is in its rows.
pub(crate) async fn ask(
    context: &Context,
    plan: Plan,
    devices: &[Device],
    options: &DeployOptions,
) -> Result<(ExecutionId, Vec<LiveCheck>)> {
    check_devices(devices)?;
    let order = Order {
        plan,
        kind: ExecutionKind::Check,
        rollback_of: None,
    };
    let mut targets = targets(context, &order, devices, options).await?;
    targets.retain(|target| !target.plan.steps.is_empty());
    let recorder = context.begin(begin(&order, &targets, options)).await?;
    let stop = recorder.stop(&options.cancel);
    let rows = each(context, &recorder, &targets, (options, stop.token())).await;
    let run = finish((&recorder, &stop), &targets, &rows).await?;
    Ok((run, rows.into_iter().flatten().collect()))
}

fn begin(order: &Order, targets: &[Target], options: &DeployOptions) -> NewExecution {
    let devices: Vec<_> = targets.iter().map(|target| target.device.clone()).collect();
    let name = match options.name.as_str() {
        "" => format!("check plan {}", order.plan.id.digest().short()),
        name => name.to_owned(),
    };
    NewExecution {
        kind: order.kind,
        name,
        actor: options.actor.clone(),
        parameters: json!({ "plan": order.plan.id }),
        devices: summaries(&devices),
        ..NewExecution::default()
    }
}

async fn each(
    context: &Context,
    recorder: &Recorder,
    targets: &[Target],
    (options, stop): (&DeployOptions, &CancellationToken),
) -> Vec<Vec<LiveCheck>> {
    let devices: Vec<_> = targets.iter().map(|target| target.device.clone()).collect();
    let by_name: std::collections::BTreeMap<String, Arc<Target>> = targets
        .iter()
        .map(|target| (target.device.name.clone(), Arc::new(target.clone())))
        .collect();
    let results = fleet::each(&devices, options.in_flight, stop, |device| {
        let (context, recorder) = (context.clone(), recorder.clone());
        let target = by_name[&device.name].clone();
        async move { Ok(look(&context, &recorder, &target).await) }
    });
    let results = results.await.into_iter().zip(&devices);
    results
        .map(|(rows, device)| rows.unwrap_or_else(|error| Rows::of(device).failed_at(0, &error)))
        .collect()
}

/// The rows of one device, as far as they are known.
struct Rows<'d> {
    device: &'d Device,
    rows: Vec<LiveCheck>,
}

impl<'d> Rows<'d> {
    fn of(device: &'d Device) -> Self {
        Self {
            device,
            rows: Vec::new(),
        }
    }

    fn row(&self, check: LiveCheckKind, status: LiveStatus) -> LiveCheck {
        LiveCheck {
            device: self.device.name.clone(),
            check,
            status,
            text: String::new(),
            error: None,
        }
    }

    fn passed(&mut self, check: LiveCheckKind, text: &str) {
        let text = text.to_owned();
        self.rows.push(LiveCheck {
            text,
            ..self.row(check, LiveStatus::Passed)
        });
    }

    fn failed(&mut self, check: LiveCheckKind, error: &Error) {
        let error = error.report();
        self.rows.push(LiveCheck {
            text: error.message.clone(),
            error: Some(error),
            ..self.row(check, LiveStatus::Failed)
        });
    }

    fn skipped(&mut self, check: LiveCheckKind, text: &str) {
        let text = text.to_owned();
        self.rows.push(LiveCheck {
            text,
            ..self.row(check, LiveStatus::Skipped)
        });
    }

    /// Ends the rows with a failure; what stands behind it could not be asked.
    fn failed_at(mut self, place: usize, error: &Error) -> Vec<LiveCheck> {
        for check in &ALL[..place] {
            self.passed(*check, "");
        }
        self.failed(ALL[place], error);
        for check in &ALL[place + 1..] {
            let row = self.row(*check, LiveStatus::Skipped);
            self.rows.push(row);
        }
        self.rows
    }
}

async fn look(context: &Context, recorder: &Recorder, target: &Target) -> Vec<LiveCheck> {
    let rows = Rows::of(&target.device);
    let connected = context
        .connect(&target.device, &target.options.limits)
        .await;
    let mut session = match connected {
        Ok((session, _)) => session,
        Err(error) => return rows.failed_at(usize::from(answered(error.kind())), &error),
    };
    if let Err(error) = check_identity(session.as_ref(), target) {
        session.close().await;
        return rows.failed_at(1, &error);
    }
    let stands = drift(session.as_mut(), recorder, target).await;
    // Nobody knows what a device of then would have said to that.
    let privilege = match &context.past {
        Some(_) => None,
        None => Some(privilege(session.as_mut()).await),
    };
    session.close().await;
    told(rows, privilege, stands)
}

fn told(
    mut rows: Rows<'_>,
    privilege: Option<Result<()>>,
    stands: Result<State>,
) -> Vec<LiveCheck> {
    rows.passed(LiveCheckKind::Reachability, "it answers");
    rows.passed(LiveCheckKind::Login, "it lets us in");
    match privilege {
        None => rows.skipped(LiveCheckKind::Privilege, "a past run does not tell"),
        Some(Ok(())) => rows.passed(
            LiveCheckKind::Privilege,
            "configuration mode was entered and left",
        ),
        Some(Err(error)) => rows.failed(LiveCheckKind::Privilege, &error),
    }
    match stands {
        Ok(State::After) => rows.passed(LiveCheckKind::Drift, "it is at the target already"),
        Ok(_) => rows.passed(LiveCheckKind::Drift, "it is what the plan was made for"),
        Err(error) => rows.failed(LiveCheckKind::Drift, &error),
    }
    rows.rows
}

/// Says whether something answered before the login failed.
fn answered(kind: ErrorKind) -> bool {
    !matches!(
        kind,
        ErrorKind::NameResolution
            | ErrorKind::ConnectionRefused
            | ErrorKind::Unreachable
            | ErrorKind::ConnectTimeout
            | ErrorKind::BannerTimeout
    )
}

async fn drift(session: &mut dyn Session, recorder: &Recorder, target: &Target) -> Result<State> {
    let reading = read(session, &target.device, &target.platform).await?;
    stand(session, recorder, target, &reading).await
}

async fn privilege(session: &mut dyn Session) -> Result<()> {
    session.configure().await?;
    session.leave().await
}

async fn finish(
    (recorder, stop): (&Recorder, &Stop),
    targets: &[Target],
    rows: &[Vec<LiveCheck>],
) -> Result<ExecutionId> {
    let devices: Vec<_> = targets.iter().map(|target| target.device.clone()).collect();
    let results = devices
        .iter()
        .zip(rows)
        .map(|(device, rows)| Ok(result(device, rows)));
    record_results(recorder, &devices, results.collect()).await?;
    let failed = rows.iter().filter(|rows| has_failed(rows)).count();
    let status = match failed {
        _ if stop.token().is_cancelled() => ExecutionStatus::Cancelled,
        0 => ExecutionStatus::Succeeded,
        some if some == rows.len() => ExecutionStatus::Failed,
        _ => ExecutionStatus::Partial,
    };
    let reason = (failed > 0).then(|| format!("{failed} of {} devices did not pass", rows.len()));
    let reason = stop.reason().or(reason);
    recorder.finish(status, reason).await?;
    Ok(recorder.id().clone())
}

fn has_failed(rows: &[LiveCheck]) -> bool {
    rows.iter().any(|row| row.status == LiveStatus::Failed)
}

fn result(device: &Device, rows: &[LiveCheck]) -> DeviceResult {
    let error = rows.iter().find_map(|row| row.error.clone());
    let passed = rows.iter().filter(|row| row.status == LiveStatus::Passed);
    let status = match (&error, rows.first().map(|row| row.status)) {
        (None, _) => DeviceStatus::Ok,
        (Some(error), _) if error.kind == ErrorKind::Cancelled => DeviceStatus::Skipped,
        (Some(_), Some(LiveStatus::Failed)) => DeviceStatus::Unreachable,
        (Some(_), _) => DeviceStatus::Failed,
    };
    DeviceResult {
        commands_ok: passed.count() as u64,
        commands_failed: u64::from(error.is_some()),
        ended_at: Some(Timestamp::now()),
        error,
        ..DeviceResult::new(&device.name, status)
    }
}
