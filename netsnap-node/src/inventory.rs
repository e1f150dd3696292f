//! Devices, on the native side for good: their secrets go in and never come out.

use std::path::Path;

use napi::Result;
use napi_derive::napi;
use netsnap_core::model::{Device, Inventory as Devices};

use crate::error::rejection;

/// The devices that a program works with.
#[napi]
pub struct Inventory(Devices);

#[napi]
impl Inventory {
    /// Reads a file with a JSON array of devices.
    #[napi(factory)]
    pub fn from_file(path: String) -> Result<Self> {
        Devices::from_file(Path::new(&path))
            .map(Self)
            .map_err(rejection)
    }

    /// Reads a JSON array of devices.
    #[napi(factory)]
    pub fn from_json(text: String) -> Result<Self> {
        Devices::from_json(&text).map(Self).map_err(rejection)
    }

    /// Returns the devices with these names, in this order.
    #[napi]
    pub fn select(&self, names: Vec<String>) -> Result<Self> {
        let devices = names
            .iter()
            .map(|name| self.0.device(name).cloned())
            .collect::<netsnap_core::Result<Vec<_>>>();
        devices
            .map(|devices| Self(Devices { devices }))
            .map_err(rejection)
    }

    /// Returns the devices as JSON, with secrets masked.
    #[napi]
    pub fn json(&self) -> Result<String> {
        serde_json::to_string(&self.0).map_err(|error| napi::Error::from_reason(error.to_string()))
    }
}

impl Inventory {
    pub(crate) fn devices(&self) -> Vec<Device> {
        self.0.devices.clone()
    }
}
