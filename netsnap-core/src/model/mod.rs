//! The nouns. Values with serde, no clock, no I/O.

pub mod change;
pub mod counters;
pub mod deployment;
pub mod device;
pub mod device_result;
pub mod execution;
pub mod finding;
pub mod output;
pub mod plan;
pub mod risk;
pub mod snapshot;

pub use change::{
    Change, ChangeKind, ConfigDiff, Places, UnreadLine, UnreadLines, UnreadReason, UnreadSides,
};
pub use counters::{Cost, Counters, Files, TaskCounters};
pub use deployment::{Deployment, DeviceDeployment, DeviceOutcome, LineResult, RollbackOutcome};
pub use device::{AlgorithmProfile, Device, HostKeyPolicy, Inventory, PlatformName, Secret};
pub use device_result::{DeviceResult, DeviceStatus, DeviceSummary};
pub use execution::{
    Annotation, CancelRequest, Execution, ExecutionKind, ExecutionStatus, Owner, RecordingLevel,
    Trigger,
};
pub use finding::{
    LiveCheck, LiveCheckKind, LiveStatus, PlanFinding, PlanFindingKind, PlanSeverity, Validation,
};
pub use output::{Answer, CommandStatus, Cut, Gap, Output, OutputSummary, Proof, Rejection};
pub use plan::{
    Approval, DevicePlan, DeviceProof, DurationBasis, NativeReplace, Phase, Plan, Step,
    ValidationStep, Wave, WaveEstimate,
};
pub use risk::{Risk, RiskClass, RiskLevel, RiskReason, StepRisk};
pub use snapshot::{Snapshot, SnapshotKind};
