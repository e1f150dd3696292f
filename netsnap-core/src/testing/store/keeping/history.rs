//! Runs of the past, made for a test.

use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, ErrorKind};
use crate::id::ExecutionId;
use crate::model::{
    DeviceResult, DeviceStatus, DeviceSummary, Execution, ExecutionKind, ExecutionStatus, Output,
};
use crate::testing::store::Store;

/// A run of the past, before it is in a store.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub(super) run: Execution,
    pub(super) devices: Vec<(&'static str, DeviceStatus)>,
    pub(super) outputs: Vec<Output>,
}

/// A run that was created so many hours ago, took so many seconds and succeeded.
pub(super) fn hours_ago(hours: i64, random: u32) -> Past {
    let now = Timestamp::now();
    let second = Timestamp::from_second(now.as_second()).unwrap();
    at(second - SignedDuration::from_hours(hours), random)
}

/// A run that was created then, took a minute and succeeded.
pub(super) fn at(created_at: Timestamp, random: u32) -> Past {
    let run = Execution {
        name: "nightly".into(),
        kind: ExecutionKind::Collect,
        actor: "ana".into(),
        status: ExecutionStatus::Succeeded,
        duration_us: Some(60_000_000),
        ended_at: Some(created_at + SignedDuration::from_secs(60)),
        ..Execution::new(ExecutionId::new(created_at, random), created_at)
    };
    Past {
        run,
        devices: Vec::new(),
        outputs: Vec::new(),
    }
}

impl Past {
    pub(super) fn with(mut self, change: impl FnOnce(&mut Execution)) -> Self {
        change(&mut self.run);
        self
    }

    pub(super) fn status(self, status: ExecutionStatus) -> Self {
        self.with(|run| run.status = status)
    }

    /// Adds a device and how it ended.
    pub(super) fn device(mut self, device: &'static str, status: DeviceStatus) -> Self {
        self.run.devices.push(DeviceSummary {
            id: device.into(),
            name: device.into(),
            ip: "192.0.2.1".into(),
            platform: None,
        });
        if let DeviceStatus::Failed | DeviceStatus::Unreachable = status {
            *self
                .run
                .error_kinds
                .entry(ErrorKind::ConnectTimeout)
                .or_default() += 1;
        }
        self.devices.push((device, status));
        self
    }

    /// Adds an output.
    pub(super) fn output(mut self, output: Output) -> Self {
        self.outputs.push(output);
        self
    }

    fn results(&self) -> Vec<DeviceResult> {
        let result = |(device, status): &(&str, DeviceStatus)| {
            let failed = matches!(status, DeviceStatus::Failed | DeviceStatus::Unreachable);
            let error = Error::new(ErrorKind::ConnectTimeout, "the host did not answer");
            DeviceResult {
                duration_us: 1_000_000,
                error: failed.then(|| error.report()),
                ..DeviceResult::new(*device, *status)
            }
        };
        self.devices.iter().map(result).collect()
    }

    /// Puts it into a store, the way a recorder does: begun, then ended.
    pub(super) async fn put(&self, store: &Store) -> Execution {
        let begun = Execution {
            status: ExecutionStatus::Running,
            ended_at: None,
            duration_us: None,
            ..self.run.clone()
        };
        store.create(&begun).await.unwrap();
        for output in &self.outputs {
            let kept = store.put_output(&self.run.id, output.clone());
            kept.await.unwrap();
        }
        if !self.devices.is_empty() {
            let results = self.results();
            store
                .put_device_results(&self.run.id, &results)
                .await
                .unwrap();
        }
        if !self.run.status.is_terminal() {
            return begun;
        }
        store.update(&self.run).await.unwrap()
    }
}
