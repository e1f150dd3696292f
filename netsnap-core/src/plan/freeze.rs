//! How does a plan get a name that no other plan has?

use jiff::Timestamp;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::id::{Digest, PlanId};
use crate::model::Plan;

/// The version of the form of a plan. The second one adds what surrounds the steps: risk, findings, checks, estimates, an end; the third one
/// says of a proof from how many states on the way there is a way back, and by which rules; the fourth one is named by a document that
/// any JSON reader reads.
const SCHEMA: u32 = 4;

/// The first form whose id is the SHA-256 of its document, and of nothing else.
const FIRST_WITH_DOCUMENT: u32 = 4;

/// The oldest form that is understood. What a later form adds is absent there, and absent it is not part of the id.
const OLDEST: u32 = 1;

/// Puts a plan under the digest of its content.
pub(super) fn freeze(mut plan: Plan) -> Result<Plan> {
    plan.schema = SCHEMA;
    plan.id = name(&plan)?;
    Ok(plan)
}

/// Returns an id that no plan has.
pub(super) fn no_id() -> PlanId {
    PlanId::from(Digest::of(b""))
}

/// Refuses a plan whose time is over. The verb that needs it is named by the caller.
///
/// # Errors
/// [`ErrorKind::PlanExpired`].
pub fn check_time(plan: &Plan, now: Timestamp) -> Result<()> {
    match plan.expires_at {
        Some(end) if now >= end => Err(Error::new(
            ErrorKind::PlanExpired,
            "the time is over in which the plan may be carried out",
        )
        .with("plan", plan.id)
        .with("expired_at", end)
        .hint("plan again: what was true then may not be true now")),
        _ => Ok(()),
    }
}

/// Checks that a plan is what its id says.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for a form that this version does not know; [`ErrorKind::Corrupt`] for a plan that was touched.
pub fn verify(plan: &Plan) -> Result<()> {
    if !(OLDEST..=SCHEMA).contains(&plan.schema) {
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

/// Returns the document that a plan is named by: JSON in the form of RFC 8785, without the id, which is the SHA-256 of these bytes.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for a plan of an earlier form: its id is the digest of a text that is no JSON.
pub fn document(plan: &Plan) -> Result<String> {
    if plan.schema >= FIRST_WITH_DOCUMENT {
        return written(plan, Commas::Between);
    }
    Err(Error::new(
        ErrorKind::Unsupported,
        "a plan of an earlier form has no document that its id is the digest of",
    )
    .during("plan.document")
    .with("schema", plan.schema)
    .hint("plan again"))
}

fn name(plan: &Plan) -> Result<PlanId> {
    let digest = match document(plan) {
        Ok(document) => Digest::of(document.as_bytes()),
        Err(error) if error.kind() == ErrorKind::Unsupported => {
            Digest::of_kind("plan", written(plan, Commas::Behind)?.as_bytes())
        }
        Err(error) => return Err(error),
    };
    Ok(PlanId::from(digest))
}

fn written(plan: &Plan, commas: Commas) -> Result<String> {
    let mut value = serde_json::to_value(plan).map_err(|error| {
        Error::new(ErrorKind::Internal, "a plan does not serialise")
            .during("plan.freeze")
            .because(error)
    })?;
    if let Some(object) = value.as_object_mut() {
        object.remove("id");
    }
    let mut text = String::new();
    write(&value, commas, &mut text);
    Ok(text)
}

/// Where commas stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Commas {
    /// Between members and items, as JSON has them.
    Between,
    /// Behind every member and item, the last one too, as the first three forms have them: `schema/plan.v3.json` tells it.
    Behind,
}

/// Writes JSON with sorted keys and no blanks, whatever order the map of the library keeps. The names of members are ASCII and numbers
/// are integers, so this is the canonical form of RFC 8785.
fn write(value: &Value, commas: Commas, out: &mut String) {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in members {
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(value, commas, out);
                out.push(',');
            }
            close('}', commas, out);
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write(item, commas, out);
                out.push(',');
            }
            close(']', commas, out);
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn close(bracket: char, commas: Commas, out: &mut String) {
    if commas == Commas::Between && out.ends_with(',') {
        out.pop();
    }
    out.push(bracket);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DeviceProof;

    /// Made by the versions before: FRR, one device, frozen in the first form and in the second.
    const FIRST_FORM: &str = include_str!("testdata/plan.v1.json");
    const SECOND_FORM: &str = include_str!("testdata/plan.v2.json");
    /// The same with what the third form says of a proof.
    const THIRD_FORM: &str = include_str!("testdata/plan.v3.json");

    #[test]
    fn a_plan_of_the_first_form_is_still_what_its_id_says() {
        let plan: Plan = serde_json::from_str(FIRST_FORM).unwrap();
        assert_eq!(plan.schema, 1);
        verify(&plan).unwrap();
        let mut touched = plan.clone();
        touched.devices[0].native_rollback = Some("slipped in".into());
        assert_eq!(verify(&touched).unwrap_err().kind(), ErrorKind::Corrupt);
    }

    #[test]
    fn a_plan_of_the_second_form_is_still_what_its_id_says() {
        let mut plan: Plan = serde_json::from_str(SECOND_FORM).unwrap();
        assert_eq!(plan.schema, 2);
        verify(&plan).unwrap();
        let DeviceProof::Proven { beginnings, .. } = &mut plan.devices[0].proof else {
            panic!("it was proven");
        };
        *beginnings = 4;
        assert_eq!(verify(&plan).unwrap_err().kind(), ErrorKind::Corrupt);
    }

    #[test]
    fn a_plan_of_the_third_form_is_still_what_its_id_says() {
        let mut plan: Plan = serde_json::from_str(THIRD_FORM).unwrap();
        assert_eq!(plan.schema, 3);
        verify(&plan).unwrap();
        plan.schema = SCHEMA;
        assert_eq!(verify(&plan).unwrap_err().kind(), ErrorKind::Corrupt);
    }

    #[test]
    fn the_id_is_the_digest_of_a_document_that_any_reader_of_json_reads() {
        let mut plan: Plan = serde_json::from_str(SECOND_FORM).unwrap();
        assert_eq!(document(&plan).unwrap_err().kind(), ErrorKind::Unsupported);
        plan.devices[0].device = "größe,]\u{1f}\\".into();
        let plan = freeze(plan).unwrap();
        let document = document(&plan).unwrap();
        assert_eq!(PlanId::from(Digest::of(document.as_bytes())), plan.id);
        let mut whole = serde_json::to_value(&plan).unwrap();
        whole.as_object_mut().unwrap().remove("id");
        assert_eq!(serde_json::from_str::<Value>(&document).unwrap(), whole);
        assert!(document.starts_with(r#"{"created_at":""#), "{document}");
        assert!(
            document.contains(r#""device":"größe,]\u001f\\""#),
            "{document}"
        );
    }

    #[test]
    fn a_form_of_the_future_is_refused() {
        let mut plan: Plan = serde_json::from_str(FIRST_FORM).unwrap();
        plan.schema = SCHEMA + 1;
        assert_eq!(verify(&plan).unwrap_err().kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn a_plan_is_refused_from_its_end_on() {
        let mut plan: Plan = serde_json::from_str(FIRST_FORM).unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(check_time(&plan, at("2999-01-01T00:00:00Z")).is_ok());
        plan.expires_at = Some(at("2026-01-02T00:00:00Z"));
        assert!(check_time(&plan, at("2026-01-01T23:59:59Z")).is_ok());
        let error = check_time(&plan, at("2026-01-02T00:00:00Z")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PlanExpired);
        assert_eq!(error.report().operation, "");
    }
}
