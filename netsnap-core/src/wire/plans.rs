//! Which verbs of a plan are there, but for carrying it out?

use super::Request;
use super::arguments::{self, unknown_verb};
use super::public::{self, text};
use super::verbs::set;
use crate::engine::{ApproveOptions, CheckPlanOptions, Netsnap, PlanningOptions};
use crate::error::Result;

/// The verbs of a plan that ask no device.
pub(super) const VERBS: &[&str] = &[
    "plan",
    "load_plan",
    "validate_plan",
    "approve_plan",
    "approvals",
    "plan_markdown",
];

pub(super) async fn dispatch(engine: &Netsnap, request: &Request) -> Result<String> {
    match request.verb.as_str() {
        "plan" => plan(engine, request.arguments()?).await,
        "load_plan" => {
            let plan = engine.load_plan(&request.id()?.parse()?).await?;
            text(&public::plan(&plan)?)
        }
        "validate_plan" => text(&engine.validate_plan(&request.id()?.parse()?).await?),
        "approve_plan" => approve(engine, request).await,
        "approvals" => text(&engine.approvals(&request.id()?.parse()?).await?),
        "plan_markdown" => text(&engine.plan_markdown(&request.id()?.parse()?).await?),
        unknown => Err(unknown_verb(unknown)),
    }
}

async fn plan(engine: &Netsnap, asked: arguments::Plan) -> Result<String> {
    let expires_in = asked.expires_in.map(arguments::duration);
    let options = PlanningOptions {
        wave_size: asked.wave_size,
        waves: asked.waves,
        schedule: asked.schedule,
        management: asked.management,
        expires_in: expires_in.transpose()?,
        in_flight: asked.in_flight,
        actor: asked.actor,
    };
    let plan = engine.plan(&asked.targets, &options).await?;
    text(&public::plan(&plan)?)
}

async fn approve(engine: &Netsnap, request: &Request) -> Result<String> {
    let ([id], options): (_, ApproveOptions) = request.named(["id"])?;
    text(&engine.approve_plan(&id.parse()?, &options).await?)
}

/// Asks the devices of a plan whether it would get through.
pub(super) async fn check(engine: &Netsnap, request: &Request) -> Result<String> {
    let asked: arguments::CheckPlan = request.arguments()?;
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
