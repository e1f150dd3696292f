//! Which verbs of a plan are there, but for carrying it out?

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Request;
use super::arguments::{self, Limits, unknown_verb};
use super::public::{self, text};
use super::verbs::set;
use crate::engine::{
    ApproveOptions, CheckPlanOptions, Netsnap, PlanTarget, PlanningOptions, ShowPlanOptions,
};
use crate::error::Result;
use crate::plan::{ManagementPath, Schedule};

/// The verbs of a plan that ask no device.
pub(super) const VERBS: &[&str] = &[
    "plan",
    "load_plan",
    "validate_plan",
    "approve_plan",
    "approvals",
    "show_plan",
    "plan_document",
];

/// What devices shall become, and how.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    targets: Vec<PlanTarget>,
    #[serde(default)]
    wave_size: Option<usize>,
    #[serde(default)]
    canary: Option<Vec<String>>,
    #[serde(default)]
    waves: Option<Vec<Vec<String>>>,
    #[serde(default)]
    schedule: Schedule,
    #[serde(default)]
    management: BTreeMap<String, ManagementPath>,
    #[serde(default)]
    expires_in: Option<f64>,
    #[serde(default)]
    in_flight: Option<usize>,
    #[serde(default)]
    actor: String,
}

/// The question whether a plan would get through.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckPlan {
    plan: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    actor: Option<String>,
    #[serde(default)]
    in_flight: Option<usize>,
    #[serde(default)]
    limits: Limits,
}

/// Carries out a verb of a plan.
pub(super) async fn dispatch(engine: &Netsnap, request: &Request) -> Result<String> {
    match request.verb.as_str() {
        "plan" => plan(engine, request.arguments()?).await,
        "load_plan" => {
            let plan = engine.load_plan(&request.id()?.parse()?).await?;
            text(&public::plan(&plan))
        }
        "validate_plan" => text(&engine.validate_plan(&request.id()?.parse()?).await?),
        "approve_plan" => approve(engine, request).await,
        "approvals" => text(&engine.approvals(&request.id()?.parse()?).await?),
        "show_plan" => {
            let ([id], options): (_, ShowPlanOptions) = request.named(["id"])?;
            text(&engine.show_plan(&id.parse()?, &options).await?)
        }
        "plan_document" => text(&engine.plan_document(&request.id()?.parse()?).await?),
        unknown => Err(unknown_verb(unknown)),
    }
}

async fn plan(engine: &Netsnap, asked: Plan) -> Result<String> {
    let expires_in = asked.expires_in.map(arguments::duration);
    let options = PlanningOptions {
        wave_size: asked.wave_size,
        canary: asked.canary.into(),
        waves: asked.waves,
        schedule: asked.schedule,
        management: asked.management,
        expires_in: expires_in.transpose()?,
        in_flight: asked.in_flight,
        actor: asked.actor,
    };
    let plan = engine.plan(&asked.targets, &options).await?;
    text(&public::plan(&plan))
}

async fn approve(engine: &Netsnap, request: &Request) -> Result<String> {
    let ([id], options): (_, ApproveOptions) = request.named(["id"])?;
    text(&engine.approve_plan(&id.parse()?, &options).await?)
}

/// Asks the devices of a plan whether it would get through.
pub(super) async fn check(engine: &Netsnap, request: &Request) -> Result<String> {
    let asked: CheckPlan = request.arguments()?;
    let mut options = CheckPlanOptions::default();
    set(&mut options.name, asked.name);
    set(&mut options.actor, asked.actor);
    options.in_flight = asked.in_flight;
    options.limits = asked.limits.into_limits()?;
    options.cancel = request.cancel.clone();
    let id = asked.plan.parse()?;
    let found = engine.check_plan(&id, &request.devices, &options);
    text(&found.await?)
}
