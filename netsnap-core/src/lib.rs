//! netsnap: every run recorded, every state known, every change proven before it is sent.

#![forbid(unsafe_code)]

pub mod ask;
pub mod capture;
pub mod collect;
pub mod compare;
pub mod config;
mod context;
pub mod deploy;
pub mod diff;
pub mod domain;
pub mod engine;
pub mod error;
pub mod event;
mod fleet;
pub mod id;
pub mod keep;
pub mod model;
pub mod plan;
pub mod platform;
pub mod redact;
pub mod report;
pub mod rerun;
pub mod rollback;
#[cfg(feature = "sim")]
pub mod sim;
pub mod snapshot;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod topology;
pub mod transport;
pub mod wire;

pub use engine::Netsnap;
pub use error::{Effect, Error, ErrorKind, ErrorReport, Result};
