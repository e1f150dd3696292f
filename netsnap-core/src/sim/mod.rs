//! Network devices in process: real SSH in front, [`crate::config::simulate`] behind.

mod behavior;
mod cli;
mod defaults;
mod device;
#[cfg(all(test, feature = "ssh"))]
mod engine;
mod network;
mod ospf;
mod server;
mod shell;
mod show;
mod stream;
#[cfg(test)]
mod tests;

pub use behavior::{DeviceBehavior, Fault};
pub use device::SimulatedDevice;
pub use network::{Connections, DeviceHandle, SimulatedNetwork, Topology};
pub use ospf::Link;
