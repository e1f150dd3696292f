//! How does a plan get a name that no other plan has?

use jiff::Timestamp;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::id::{Digest, PlanId};
use crate::model::{DevicePlan, Plan, Wave};

/// The version of the form of a plan.
const SCHEMA: u32 = 1;

/// Makes a plan under the digest of its content.
pub(super) fn freeze(
    devices: Vec<DevicePlan>,
    waves: Vec<Wave>,
    created_at: Timestamp,
) -> Result<Plan> {
    let mut plan = Plan {
        id: PlanId::from(Digest::of(b"")),
        schema: SCHEMA,
        created_at,
        devices,
        waves,
    };
    plan.id = name(&plan)?;
    Ok(plan)
}

/// Checks that a plan is what its id says.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for a form that this version does not know; [`ErrorKind::Corrupt`] for a plan that was touched.
pub fn verify(plan: &Plan) -> Result<()> {
    if plan.schema != SCHEMA {
        return Err(
            Error::new(ErrorKind::Unsupported, "the plan has another form")
                .during("plan.verify")
                .with("schema", plan.schema)
                .hint("use the version of netsnap that made it, or plan again"),
        );
    }
    let found = name(plan)?;
    if found == plan.id {
        return Ok(());
    }
    Err(
        Error::new(ErrorKind::Corrupt, "the plan is not what its id says")
            .during("plan.verify")
            .with("id", plan.id)
            .with("found", found)
            .hint("a plan is never edited: plan again"),
    )
}

fn name(plan: &Plan) -> Result<PlanId> {
    let mut value = serde_json::to_value(plan).map_err(|error| {
        Error::new(ErrorKind::Internal, "a plan does not serialise")
            .during("plan.freeze")
            .because(error)
    })?;
    if let Some(object) = value.as_object_mut() {
        object.remove("id");
    }
    let mut text = String::new();
    write(&value, &mut text);
    Ok(PlanId::from(Digest::of_kind("plan", text.as_bytes())))
}

/// Writes JSON with sorted keys and no blanks, whatever order the map of the library keeps.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in members {
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write(item, out);
                out.push(',');
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}
