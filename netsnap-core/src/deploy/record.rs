//! What a deployment leaves in the store besides its run.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{ExecutionId, PlanId};
use crate::model::{Deployment, Plan};
use crate::plan;

const PLANS: &str = "plans";
/// What a run was about to carry out: written before the first byte, so that a killed run can be taken back.
const BEGUN: &str = "deployments_begun";
const ENDED: &str = "deployments";

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

/// Returns a plan and checks that it is still what was frozen.
pub(crate) async fn load_plan(context: &Context, id: &PlanId) -> Result<Plan> {
    let loaded: Plan = get(context, PLANS, &id.to_string())
        .await
        .map_err(|error| {
            error
                .during("deploy")
                .with("plan", id)
                .hint("make the plan in this store first")
        })?;
    plan::verify(&loaded)?;
    Ok(loaded)
}

pub(crate) async fn begin(context: &Context, execution: &ExecutionId, plan: &PlanId) -> Result<()> {
    put(context, BEGUN, execution.as_str(), plan).await
}

pub(crate) async fn end(context: &Context, deployment: &Deployment) -> Result<()> {
    put(context, ENDED, deployment.execution.as_str(), deployment).await
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
    serde_json::from_slice(&bytes).map_err(|error| {
        Error::new(ErrorKind::Corrupt, "a record does not parse")
            .with("collection", collection)
            .with("key", key)
            .because(error)
    })
}
