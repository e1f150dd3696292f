//! Devices, on the native side for good: their secrets go in and never come out.

use std::path::PathBuf;

use netsnap_core::Error;
use netsnap_core::model::{Device, Inventory as Devices};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::error::Failure;

/// The devices that a program works with.
#[pyclass(frozen, module = "netsnap._netsnap")]
pub(crate) struct Inventory(Devices);

#[pymethods]
impl Inventory {
    #[staticmethod]
    fn from_file(path: PathBuf) -> PyResult<Self> {
        Ok(Devices::from_file(&path).map(Self).map_err(Failure)?)
    }

    #[staticmethod]
    fn from_json(text: &str) -> PyResult<Self> {
        Ok(Devices::from_json(text).map(Self).map_err(Failure)?)
    }

    /// Returns the devices with these names, in this order.
    fn select(&self, names: Vec<String>) -> PyResult<Self> {
        let chosen = names
            .iter()
            .map(|name| self.0.device(name).cloned())
            .collect::<Result<Vec<_>, Error>>()
            .map_err(Failure)?;
        Ok(Self(Devices { devices: chosen }))
    }

    /// Returns the devices as JSON, with secrets masked.
    fn json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(|error| PyValueError::new_err(error.to_string()))
    }
}

impl Inventory {
    pub(crate) fn devices(&self) -> Vec<Device> {
        self.0.devices.clone()
    }
}
