//! Logins against a real OpenSSH server on this machine, and against a server in process where OpenSSH will not misbehave.

#![cfg(all(feature = "ssh", unix))]
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod agent;
mod commands;
mod failures;
mod host_keys;
mod keys;
mod passwords;
mod support;
