//! netsnap: every run recorded, every state known, every change proven before it is sent.

#![forbid(unsafe_code)]

pub mod config;
pub mod engine;
pub mod error;
pub mod event;
pub mod id;
pub mod model;
pub mod platform;
#[cfg(feature = "sim")]
pub mod sim;
pub mod store;
pub mod transport;
pub mod wire;

pub use error::{Effect, Error, ErrorKind, ErrorReport, Result};
