//! The native half of the Node package: what it holds, and how a call crosses.
//!
//! Every verb crosses as one JSON text each way, long texts beside it (see `netsnap_core::wire`); names, types, iterators
//! and errors are given to it in `lib`. Nothing here decides anything about networks.

#![deny(unsafe_code)]
// What `napi` exports is reached from JavaScript alone: its arguments arrive owned, and visibility and Debug mean nothing.
#![allow(
    unreachable_pub,
    missing_debug_implementations,
    clippy::needless_pass_by_value
)]

mod engine;
mod error;
mod events;
mod inventory;
mod recorder;
mod work;

use napi_derive::napi;
use netsnap_core::ErrorKind;
use netsnap_core::wire::VERBS;

/// Returns the verbs of a call, in snake case.
#[napi]
pub fn verbs() -> Vec<&'static str> {
    VERBS.to_vec()
}

/// Returns the version of the engine.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
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
