//! Network devices in process: real SSH in front, [`crate::config::simulate`] behind.
