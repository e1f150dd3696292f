//! Is a plan sound, and would it get through?

use jiff::Timestamp;

use super::options::CheckPlanOptions;
use crate::config::Configuration;
use crate::context::Context;
use crate::deploy::{ask, load_plan};
use crate::error::Result;
use crate::id::{Digest, PlanId};
use crate::model::{
    Device, DevicePlan, Plan, PlanFinding, PlanFindingKind, PlanSeverity, Validation,
};
use crate::plan::{self, PlanInput};
use crate::platform::Platform;

pub(super) async fn validate(context: &Context, id: &PlanId) -> Result<Validation> {
    let plan = load(context, id, "validate_plan").await?;
    let findings = on_paper(context, &plan).await?;
    Ok(Validation::new(*id, findings, Vec::new()))
}

pub(super) async fn check(
    context: &Context,
    id: &PlanId,
    devices: &[Device],
    options: &CheckPlanOptions,
) -> Result<Validation> {
    let plan = load(context, id, "check_plan").await?;
    let findings = on_paper(context, &plan).await?;
    let asked = ask(context, plan, devices, &options.of_deployment()).await;
    let (execution, live) = asked.map_err(|error| error.during("check_plan"))?;
    Ok(Validation {
        execution: Some(execution),
        ..Validation::new(*id, findings, live)
    })
}

async fn load(context: &Context, id: &PlanId, verb: &'static str) -> Result<Plan> {
    let plan = load_plan(context, id).await;
    plan.map_err(|error| error.during(verb))
}

async fn on_paper(context: &Context, plan: &Plan) -> Result<Vec<PlanFinding>> {
    let mut inputs = Vec::with_capacity(plan.devices.len());
    for device in &plan.devices {
        inputs.push(input(context, device).await?);
    }
    let mut findings = plan::validate(&inputs, plan);
    // What only the one who made the plan could know.
    let of_schedule = plan.findings.iter();
    findings.extend(
        of_schedule
            .filter(|finding| finding.kind == PlanFindingKind::UnknownDevice)
            .cloned(),
    );
    if plan.is_expired(Timestamp::now()) {
        findings.insert(0, expired());
    }
    Ok(findings)
}

fn expired() -> PlanFinding {
    PlanFinding {
        severity: PlanSeverity::Error,
        kind: PlanFindingKind::Expired,
        device: String::new(),
        section: Vec::new(),
        line: String::new(),
        text: "the time is over in which the plan may be carried out".to_owned(),
    }
}

async fn input(context: &Context, device: &DevicePlan) -> Result<PlanInput> {
    let platform = Platform::named(&device.platform)?;
    let text = async |digest: &Digest| {
        let bytes = context.store.blob(digest).await?;
        Ok::<_, crate::error::Error>(String::from_utf8_lossy(&bytes).into_owned())
    };
    Ok(PlanInput {
        device: device.device.clone(),
        running: Configuration::parse(&text(&device.running).await?, &platform)?,
        intended: Configuration::parse(&text(&device.intended).await?, &platform)?,
        platform,
        snapshot: device.snapshot,
    })
}
