//! Which state do the words of older tools stand for?

use crate::model::{DeviceStatus, ExecutionStatus};

/// How a run ended, and a reason where the word alone says too little.
pub(super) fn execution(word: &str) -> (ExecutionStatus, Option<String>) {
    let status = match plain(word).as_str() {
        "succeeded" | "success" | "successful" | "completed" | "complete" | "done" | "ok" => {
            ExecutionStatus::Succeeded
        }
        "partial" | "partial_success" | "completed_with_errors" => ExecutionStatus::Partial,
        "failed" | "failure" | "error" => ExecutionStatus::Failed,
        "cancelled" | "canceled" | "aborted" | "stopped" => ExecutionStatus::Cancelled,
        "timed_out" | "timeout" => ExecutionStatus::TimedOut,
        "interrupted" => {
            let said = Some("its record says so".to_owned());
            return (ExecutionStatus::Interrupted, said);
        }
        _ => return (ExecutionStatus::Interrupted, Some(no_end(word))),
    };
    (status, None)
}

/// A run that nobody carries on, and of whose end nothing is known, was interrupted.
fn no_end(word: &str) -> String {
    format!("its record says {word:?}, and nothing of how it ended")
}

/// Says whether a word is known: one of those, or one that runs have before they end.
pub(super) fn is_known(word: &str) -> bool {
    const BEFORE: [&str; 5] = ["queued", "pending", "running", "started", "in_progress"];
    let plain = plain(word);
    execution(word).0 != ExecutionStatus::Interrupted
        || plain == "interrupted"
        || BEFORE.contains(&plain.as_str())
}

/// How a device ended; `None` for a word that is not known.
pub(super) fn device(word: &str) -> Option<DeviceStatus> {
    Some(match plain(word).as_str() {
        "ok" | "success" | "successful" | "succeeded" | "completed" | "complete" | "done" => {
            DeviceStatus::Ok
        }
        "changed" => DeviceStatus::Changed,
        "failed" | "failure" | "error" | "partial" => DeviceStatus::Failed,
        "unreachable" | "timeout" | "timed_out" => DeviceStatus::Unreachable,
        "skipped" => DeviceStatus::Skipped,
        _ => return None,
    })
}

fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace([' ', '-'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_not_known_is_no_good_end() {
        for (word, status, has_reason) in [
            ("Completed", ExecutionStatus::Succeeded, false),
            ("timed-out", ExecutionStatus::TimedOut, false),
            ("in progress", ExecutionStatus::Interrupted, true),
            ("", ExecutionStatus::Interrupted, true),
            ("fine", ExecutionStatus::Interrupted, true),
        ] {
            let (found, reason) = execution(word);
            assert_eq!((found, reason.is_some()), (status, has_reason), "{word}");
        }
        assert!(is_known("Running") && is_known("interrupted") && !is_known("fine"));
        assert_eq!(device("SUCCESS"), Some(DeviceStatus::Ok));
        assert_eq!(device("fine"), None);
    }

    #[test]
    fn the_words_of_ours_stand_for_themselves() {
        for word in [
            "succeeded",
            "partial",
            "failed",
            "cancelled",
            "timed_out",
            "interrupted",
        ] {
            let ours: ExecutionStatus = serde_json::from_value(word.into()).unwrap();
            assert_eq!(execution(word).0, ours);
        }
        for word in ["ok", "changed", "failed", "unreachable", "skipped"] {
            let ours: DeviceStatus = serde_json::from_value(word.into()).unwrap();
            assert_eq!(device(word), Some(ours));
        }
    }
}
