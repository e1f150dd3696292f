//! How does an error cross? As the JSON of its report, in the one text that napi lets through; `index.js` makes it a
//! `NetsnapError` again.

use napi_derive::napi;
use netsnap_core::{Error, ErrorKind};

/// Returns the error that rejects a promise.
#[expect(clippy::needless_pass_by_value, reason = "the argument of map_err")]
pub(crate) fn rejection(error: Error) -> napi::Error {
    let report = error.report();
    napi::Error::from_reason(serde_json::to_string(&report).unwrap_or(report.message))
}

/// One row of the table of kinds.
#[napi(object, object_from_js = false)]
pub struct Kind {
    /// The stable word: `code`.
    pub kind: &'static str,
    /// Whether trying again can help.
    pub retryable: bool,
}

/// Returns every kind of error.
#[napi]
pub fn error_kinds() -> Vec<Kind> {
    let row = |kind: &ErrorKind| Kind {
        kind: kind.as_str(),
        retryable: kind.is_retryable(),
    };
    ErrorKind::ALL.iter().map(row).collect()
}
