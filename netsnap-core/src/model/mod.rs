//! The nouns. Values with serde, no clock, no I/O.

pub mod change;
pub mod deployment;
pub mod device;
pub mod execution;
pub mod finding;
pub mod output;
pub mod plan;
pub mod risk;
pub mod snapshot;

pub use change::{
    Change, ChangeKind, ConfigDiff, Places, UnreadLine, UnreadLines, UnreadReason, UnreadSides,
};
pub use deployment::{Deployment, DeviceDeployment, DeviceOutcome, LineResult, RollbackOutcome};
pub use device::{AlgorithmProfile, Device, HostKeyPolicy, Inventory, PlatformName, Secret};
pub use execution::{
    Annotation, CancelRequest, Cost, Counters, DeviceResult, DeviceStatus, DeviceSummary,
    Execution, ExecutionKind, ExecutionStatus, Files, Owner, RecordingLevel, TaskCounters, Trigger,
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
