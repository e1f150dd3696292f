//! Logins against a real OpenSSH server on this machine, and against a server in process where OpenSSH will not misbehave.

#![cfg(all(feature = "ssh", unix))]

mod agent;
mod commands;
mod failures;
mod host_keys;
mod keys;
mod passwords;
mod support;
