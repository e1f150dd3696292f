//! What is kept of the result of one task on one host?
//!
//! Of a result that was not to be logged nothing is kept but that there was one. Of the others, what the device said, without
//! Ansible's own notes and without what the module was called with; secrets are masked.

use serde_json::{Map, Value};

use crate::model::CommandStatus;
use crate::store::cap;
use crate::store::exchange::secrets;

/// Fields that are about the machine that ran Ansible, or the call, and not about the device.
const DROPPED: &[&str] = &[
    "invocation",
    "ansible_env",
    "stdout_lines",
    "stderr_lines",
    "diff_lines",
    "exception",
    "deprecations",
];

/// What is kept of a result.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outcome {
    /// What the device said.
    pub(super) text: Vec<u8>,
    /// The whole result, where it is more than a text and not too large.
    pub(super) data: Option<Value>,
    pub(super) exit_status: Option<u32>,
    /// One line that says why it failed.
    pub(super) message: String,
    pub(super) changed: bool,
    /// How many secrets are masked in it.
    pub(super) redactions: u32,
}

/// Reads a result.
pub(super) fn read(result: &Value) -> Outcome {
    let Some(fields) = result.as_object() else {
        return Outcome::default();
    };
    let changed = fields.get("changed") == Some(&Value::Bool(true));
    if is_secret(fields) {
        return Outcome {
            changed,
            ..Outcome::default()
        };
    }
    let mut kept = clean(fields);
    let redactions = secrets::json(&mut kept);
    let text = text(&kept);
    let message = kept["msg"].as_str().unwrap_or_default();
    let message = message.lines().next().unwrap_or_default().to_owned();
    let exit_status = kept["rc"].as_u64().and_then(|rc| u32::try_from(rc).ok());
    let is_small = text.len() <= cap::LIMIT;
    Outcome {
        text,
        exit_status,
        message,
        changed,
        redactions,
        data: Some(kept).filter(|_| is_small),
    }
}

/// Says whether a result, or one of its items, was not to be logged.
fn is_secret(fields: &Map<String, Value>) -> bool {
    let hidden = |fields: &Map<String, Value>| {
        fields.contains_key("censored")
            || fields.get("_ansible_no_log").is_some_and(is_set)
            || fields.get("no_log").is_some_and(is_set)
    };
    let items = fields.get("results").and_then(Value::as_array);
    let mut items = items.into_iter().flatten().filter_map(Value::as_object);
    hidden(fields) || items.any(hidden)
}

fn is_set(value: &Value) -> bool {
    !matches!(value, Value::Bool(false) | Value::Null)
}

fn clean(fields: &Map<String, Value>) -> Value {
    let mut kept = Map::new();
    for (name, value) in fields {
        if name.starts_with("_ansible_") || DROPPED.contains(&name.as_str()) {
            continue;
        }
        kept.insert(name.clone(), clean_value(value));
    }
    Value::Object(kept)
}

fn clean_value(value: &Value) -> Value {
    match value {
        Value::Object(fields) => clean(fields),
        Value::Array(values) => values.iter().map(clean_value).collect(),
        other => other.clone(),
    }
}

/// What a person wants to read of a result: what was printed, else the message, else all of it.
fn text(kept: &Value) -> Vec<u8> {
    let mut printed = String::new();
    for name in ["stdout", "stderr"] {
        append(&mut printed, &kept[name]);
    }
    if printed.is_empty() && kept["results"].is_null() {
        append(&mut printed, &kept["msg"]);
        append(&mut printed, &kept["skip_reason"]);
    }
    if printed.is_empty() && kept["stdout"].is_null() {
        return secrets::pretty(kept);
    }
    printed.into_bytes()
}

fn append(printed: &mut String, value: &Value) {
    match value {
        Value::String(text) if !text.is_empty() => {
            printed.push_str(text);
            if !text.ends_with('\n') {
                printed.push('\n');
            }
        }
        Value::Array(values) => values.iter().for_each(|value| append(printed, value)),
        _ => {}
    }
}

/// How a task ended, by its result alone; whether a failure was ignored or rescued does not stand there.
pub(super) fn status(result: &Value) -> CommandStatus {
    let is = |name: &str| result[name] == Value::Bool(true);
    if is("unreachable") {
        CommandStatus::Unreachable
    } else if is("failed") {
        CommandStatus::Failed
    } else if is("skipped") {
        CommandStatus::Skipped
    } else if is("changed") {
        CommandStatus::Changed
    } else {
        CommandStatus::Ok
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_printed_is_the_text() {
        for (result, text) in [
            (
                json!({"stdout": "a\nb", "stderr": "c", "msg": "m"}),
                "a\nb\nc\n",
            ),
            (json!({"stdout": ["a", "b\n"], "changed": false}), "a\nb\n"),
            (json!({"msg": "only r1"}), "only r1\n"),
            (json!({"stdout": "", "msg": "non-zero"}), "non-zero\n"),
            (json!({"stdout": ""}), ""),
            (json!({"x": 1}), "{\n  \"x\": 1\n}\n"),
        ] {
            let read = read(&result);
            assert_eq!(String::from_utf8(read.text).unwrap(), text);
        }
    }

    #[test]
    fn of_a_result_that_was_not_to_be_logged_nothing_is_kept() {
        for result in [
            json!({"censored": "hidden", "changed": true, "warnings": ["canary"], "exception": "canary"}),
            json!({"_ansible_no_log": true, "changed": true, "msg": "canary"}),
            json!({"changed": true, "results": [{"_ansible_no_log": true, "stdout": "canary"}]}),
        ] {
            let kept = Outcome {
                changed: true,
                ..Outcome::default()
            };
            assert_eq!(read(&result), kept);
        }
    }

    #[test]
    fn the_call_and_the_environment_are_dropped_and_secrets_masked() {
        let result = json!({
            "invocation": {"module_args": {"x": "canary"}},
            "ansible_facts": {"ansible_env": {"X": "canary"}, "os": "ios"},
            "results": [{"_ansible_item_label": "x", "item": "y", "password": "canary"}]
        });
        let kept = json!({"ansible_facts": {"os": "ios"}, "results": [{"item": "y", "password": "********"}]});
        assert_eq!(read(&result).data, Some(kept));
    }
}
