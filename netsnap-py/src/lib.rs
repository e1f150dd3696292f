//! The native half of the Python package: what it holds, and how a call crosses.
//!
//! Every verb crosses as one JSON text each way, long texts beside it (see `netsnap_core::wire`); names, types and iterators
//! are given to it in `python/netsnap`. Nothing here decides anything about networks.

#![deny(unsafe_code)]
// What pyo3 hands over arrives owned.
#![allow(clippy::needless_pass_by_value)]

mod awaitable;
mod engine;
mod error;
mod events;
mod exit;
mod inventory;
mod recorder;
mod runtime;
mod work;

use pyo3::prelude::*;

#[pymodule]
mod _netsnap {
    #[pymodule_export]
    use super::engine::Engine;
    #[pymodule_export]
    use super::error::{error_from_report, error_kinds};
    #[pymodule_export]
    use super::events::Events;
    #[pymodule_export]
    use super::inventory::Inventory;
    #[pymodule_export]
    use super::recorder::Recorder;
    #[pymodule_export]
    use super::work::Work;
    use super::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::error::add_classes(module)?;
        super::exit::watch_for_end(module)?;
        module.add("VERBS", netsnap_core::wire::VERBS)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
