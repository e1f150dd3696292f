//! Which form do the nouns have outside Rust?
//!
//! Their fields carry the names that they have in Rust, so `id` and `created_at` where the stored record says
//! `execution_id` and `timestamp`, and the questions that are methods in Rust are fields: `succeeded`, `proven`, `empty`.

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{ConfigDiff, Deployment, Execution, Plan};

/// Writes a value as JSON text.
pub(super) fn text<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(unwritable)
}

/// Returns a run under its public names.
pub(super) fn execution(execution: &Execution) -> Result<Value> {
    let mut value = value(execution)?;
    rename(&mut value, "execution_id", "id");
    rename(&mut value, "timestamp", "created_at");
    Ok(value)
}

/// Returns runs under their public names.
pub(super) fn executions(items: &[Execution]) -> Result<Vec<Value>> {
    items.iter().map(execution).collect()
}

/// A noun with the answers to its questions as fields beside its own.
#[derive(Serialize)]
struct Answered<'n, N, A> {
    #[serde(flatten)]
    noun: &'n N,
    #[serde(flatten)]
    answers: A,
}

#[derive(Serialize)]
struct OfPlan {
    proven: bool,
    empty: bool,
}

#[derive(Serialize)]
struct OfDeployment {
    succeeded: bool,
}

#[derive(Serialize)]
struct OfDifference {
    empty: bool,
}

/// Returns a plan, with the answers to its questions.
pub(super) fn plan(plan: &Plan) -> impl Serialize {
    let (proven, empty) = (plan.is_proven(), plan.is_empty());
    Answered {
        noun: plan,
        answers: OfPlan { proven, empty },
    }
}

/// Returns a deployment, with the answer to its question.
pub(super) fn deployment(deployment: &Deployment) -> impl Serialize {
    let succeeded = deployment.succeeded();
    Answered {
        noun: deployment,
        answers: OfDeployment { succeeded },
    }
}

/// Returns a difference, with the answer to its question.
pub(super) fn diff(diff: &ConfigDiff) -> impl Serialize {
    let empty = diff.is_empty();
    Answered {
        noun: diff,
        answers: OfDifference { empty },
    }
}

fn value<T: Serialize>(noun: &T) -> Result<Value> {
    serde_json::to_value(noun).map_err(unwritable)
}

fn rename(value: &mut Value, from: &str, to: &str) {
    if let Some(fields) = value.as_object_mut()
        && let Some(field) = fields.remove(from)
    {
        fields.insert(to.to_owned(), field);
    }
}

pub(super) fn unwritable(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, "a result cannot be written as JSON")
        .during("wire.reply")
        .because(error)
}
