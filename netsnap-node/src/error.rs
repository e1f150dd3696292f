//! How does an error cross? As the JSON of its report, in the one text that napi lets through; `index.js` makes it a
//! `NetsnapError` again.

use netsnap_core::Error;

/// Returns the error that rejects a promise.
#[expect(clippy::needless_pass_by_value, reason = "the argument of map_err")]
pub(crate) fn rejection(error: Error) -> napi::Error {
    let report = error.report();
    napi::Error::from_reason(serde_json::to_string(&report).unwrap_or(report.message))
}
