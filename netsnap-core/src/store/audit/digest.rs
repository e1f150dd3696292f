//! What names the state of a run? The SHA-256 of its summary in one canonical form.

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::id::Digest;
use crate::model::Execution;

/// Returns the SHA-256 of a summary as compact JSON with the keys of every object in the order of their bytes.
///
/// # Errors
/// `Internal` when the summary cannot be written as JSON, which no summary that came from a store is.
pub fn execution_digest(execution: &Execution) -> Result<Digest> {
    let value = serde_json::to_value(execution).map_err(|source| {
        Error::new(ErrorKind::Internal, "the summary cannot be written as JSON").because(source)
    })?;
    Ok(Digest::of(sorted(value).to_string().as_bytes()))
}

/// Sorts the keys of objects. What serde_json does by itself depends on a feature that any crate of a program may switch on.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> = fields.into_iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            let fields = fields.into_iter().map(|(key, value)| (key, sorted(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ExecutionId;

    #[test]
    fn each_change_of_a_summary_changes_its_digest_and_a_copy_does_not() {
        let at = "2026-03-01T10:00:00Z".parse().unwrap();
        let run = Execution::new(ExecutionId::new(at, 1), at);
        let digest = execution_digest(&run).unwrap();
        let text = serde_json::to_string(&run).unwrap();
        let copy: Execution = serde_json::from_str(&text).unwrap();
        assert_eq!(execution_digest(&copy).unwrap(), digest);
        let pinned = Execution {
            pinned: true,
            ..run
        };
        assert_ne!(execution_digest(&pinned).unwrap(), digest);
    }
}
