//! The nouns. Values with serde, no clock, no I/O.

pub mod change;
pub mod deployment;
pub mod device;
pub mod execution;
pub mod output;
pub mod plan;
pub mod snapshot;

pub use change::{Change, ChangeKind, ConfigDiff, Places};
pub use deployment::{Deployment, DeviceDeployment, DeviceOutcome, LineResult, RollbackOutcome};
pub use device::{AlgorithmProfile, Device, HostKeyPolicy, Inventory, Secret};
pub use execution::{
    Annotation, Cost, Counters, DeviceResult, DeviceStatus, DeviceSummary, Execution,
    ExecutionKind, ExecutionStatus, Files, Owner, TaskCounters, Trigger,
};
pub use output::{Answer, CommandStatus, Cut, Output, OutputSummary, Proof, Rejection};
pub use plan::{DevicePlan, DeviceProof, Plan, Step, Wave};
pub use snapshot::{Snapshot, SnapshotKind};
