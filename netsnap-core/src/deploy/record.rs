//! What a deployment leaves in the store besides its run.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{ExecutionId, PlanId};
use crate::model::{Approval, Deployment, Plan};
use crate::plan;

const PLANS: &str = "plans";
/// What a run was about to carry out: written before the first byte, so that a killed run can be taken back.
const BEGUN: &str = "deployments_begun";
const ENDED: &str = "deployments";
/// The runs of each plan: `PLAN/RUN`. Runs of plans of the first form were not written down here.
const RUNS: &str = "plan_runs";
/// Whose turn it was to carry a plan out: `PLAN/NUMBER`, from 1 on without a hole.
const TURNS: &str = "plan_turns";
/// Who agreed to each plan: `PLAN/TIME`.
const APPROVALS: &str = "plan_approvals";
/// Records read at once.
const CHUNK: usize = 500;

/// What is known of a deployment.
#[derive(Debug)]
pub(crate) enum Record {
    /// It ended, and this is what it did.
    Ended(Deployment),
    /// Its process went away; it was carrying out this plan.
    Begun(PlanId),
}

/// Keeps a frozen plan.
pub(crate) async fn keep_plan(context: &Context, plan: &Plan) -> Result<()> {
    put(context, PLANS, &plan.id.to_string(), plan).await
}

/// Returns a plan and checks that it is the one that was asked for, and still what was frozen. The verb that failed is named by the
/// caller.
///
/// # Errors
/// `NotFound`; `Unsupported` for a form of the future; `Corrupt`; `Storage`.
pub(crate) async fn load_plan(context: &Context, id: &PlanId) -> Result<Plan> {
    let bytes = context.store.record(PLANS, &id.to_string()).await;
    let bytes = bytes.map_err(|error| {
        error
            .with("plan", id)
            .hint("make the plan in this store first")
    })?;
    plan_in(&bytes, id)
}

fn plan_in(bytes: &[u8], id: &PlanId) -> Result<Plan> {
    let key = id.to_string();
    let written: Value = parse(PLANS, &key, bytes)?;
    let loaded: Plan = parse(PLANS, &key, bytes)?;
    plan::verify(&loaded)?;
    if loaded.id != *id {
        let message = "another plan stands under the id of the plan";
        return Err(touched(message, id).with("found", loaded.id));
    }
    // Members that nobody reads are not part of the id.
    if plan_value(&loaded)? != written {
        return Err(touched("the plan holds more than was frozen", id));
    }
    Ok(loaded)
}

fn plan_value(plan: &Plan) -> Result<Value> {
    serde_json::to_value(plan).map_err(|error| {
        Error::new(ErrorKind::Internal, "a plan cannot be written as JSON").because(error)
    })
}

fn touched(message: &'static str, id: &PlanId) -> Error {
    Error::new(ErrorKind::Corrupt, message)
        .with("plan", id)
        .hint("a plan is never edited: plan again")
}

pub(crate) async fn begin(context: &Context, execution: &ExecutionId, plan: &PlanId) -> Result<()> {
    put(context, RUNS, &format!("{plan}/{execution}"), execution).await?;
    put(context, BEGUN, execution.as_str(), plan).await
}

/// Gives a turn of a plan to a run. A record is written once on every backend, so of many that want one turn one gets it.
///
/// # Errors
/// `AlreadyExists` when another run has it; `Storage`.
pub(crate) async fn take_turn(
    context: &Context,
    plan: &PlanId,
    number: usize,
    execution: &ExecutionId,
) -> Result<()> {
    put(context, TURNS, &turn(plan, number), execution).await
}

/// Returns the runs that had the turns of a plan, in their order. Each is asked for by its name: a list may be a moment old.
pub(crate) async fn turns(context: &Context, plan: &PlanId) -> Result<Vec<ExecutionId>> {
    let mut taken = Vec::new();
    loop {
        match get(context, TURNS, &turn(plan, taken.len() + 1)).await {
            Ok(execution) => taken.push(execution),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(taken),
            Err(error) => return Err(error),
        }
    }
}

fn turn(plan: &PlanId, number: usize) -> String {
    format!("{plan}/{number}")
}

/// Returns the runs that began to carry a plan out.
pub(crate) async fn runs_of(context: &Context, plan: &Plan) -> Result<Vec<ExecutionId>> {
    let named = all(context, RUNS, &format!("{}/", plan.id)).await?;
    let mut runs = named
        .iter()
        .map(|(key, value)| parse(RUNS, key, value))
        .collect::<Result<Vec<ExecutionId>>>()?;
    if plan.schema == 1 {
        for (key, value) in all(context, BEGUN, "").await? {
            if parse::<PlanId>(BEGUN, &key, &value)? == plan.id {
                runs.push(key.parse()?);
            }
        }
        runs.sort();
        runs.dedup();
    }
    Ok(runs)
}

/// Keeps that somebody agreed to a plan.
pub(crate) async fn keep_approval(context: &Context, approval: &Approval) -> Result<()> {
    let key = format!("{}/{}/{}", approval.plan, approval.at, approval.actor);
    put(context, APPROVALS, &key, approval).await
}

/// Returns who agreed to a plan, the first one first.
pub(crate) async fn approvals(context: &Context, plan: &PlanId) -> Result<Vec<Approval>> {
    let records = all(context, APPROVALS, &format!("{plan}/")).await?;
    let parsed = records.iter();
    let parsed = parsed.map(|(key, value)| parse(APPROVALS, key, value));
    let mut approvals = parsed.collect::<Result<Vec<Approval>>>()?;
    approvals.sort_by_key(|approval| approval.at);
    Ok(approvals)
}

/// Returns the newest deployments and rollbacks that ended; those that do not parse are left out.
pub(crate) async fn newest(context: &Context, limit: usize) -> Result<Vec<Deployment>> {
    let records = context.store.records(ENDED, "", None, limit).await?;
    let parsed = records.iter().map(|(key, value)| parse(ENDED, key, value));
    Ok(parsed.filter_map(Result::ok).collect())
}

async fn all(context: &Context, collection: &str, prefix: &str) -> Result<Vec<(String, Vec<u8>)>> {
    let mut records: Vec<(String, Vec<u8>)> = Vec::new();
    loop {
        let after = records.last().map(|(key, _)| key.clone());
        let page = context
            .store
            .records(collection, prefix, after.as_deref(), CHUNK)
            .await?;
        if page.is_empty() {
            return Ok(records);
        }
        records.extend(page);
    }
}

/// Keeps what a deployment did. Records pass the gate of a store as they are, so what devices said is masked here. The lines
/// stay as they are masked already: a way back finds those of the plan by them.
pub(crate) async fn end(context: &Context, deployment: &Deployment) -> Result<()> {
    let mut kept = deployment.clone();
    let mask = |text: &mut String| *text = context.store.text_as_kept(text);
    for device in &mut kept.devices {
        device
            .lines
            .iter_mut()
            .for_each(|line| mask(&mut line.answer));
        if let Some(error) = &mut device.error {
            mask(&mut error.message);
            error.context.values_mut().for_each(mask);
            error.hint.iter_mut().for_each(mask);
        }
    }
    put(context, ENDED, kept.execution.as_str(), &kept).await
}

/// Returns what is known of the deployment that a run carried out.
pub(crate) async fn load(context: &Context, execution: &ExecutionId) -> Result<Record> {
    match get(context, ENDED, execution.as_str()).await {
        Ok(deployment) => Ok(Record::Ended(deployment)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let begun = get(context, BEGUN, execution.as_str()).await;
            begun.map(Record::Begun).map_err(|error| {
                error
                    .with("execution", execution)
                    .hint("the run is not in this store, or it is no deployment")
            })
        }
        Err(error) => Err(error),
    }
}

async fn put(
    context: &Context,
    collection: &str,
    key: &str,
    value: &(impl Serialize + Sync),
) -> Result<()> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        Error::new(ErrorKind::Internal, "a record cannot be written as JSON").because(error)
    })?;
    context.store.put_record(collection, key, &bytes).await
}

async fn get<T: DeserializeOwned>(context: &Context, collection: &str, key: &str) -> Result<T> {
    let bytes = context.store.record(collection, key).await?;
    parse(collection, key, &bytes)
}

fn parse<T: DeserializeOwned>(collection: &str, key: &str, bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        Error::new(ErrorKind::Corrupt, "a record does not parse")
            .with("collection", collection)
            .with("key", key)
            .because(error)
    })
}

#[cfg(test)]
mod tests;
