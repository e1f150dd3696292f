//! How was the work of a run done, so that it can be done so again? It stands in the event that tells of its begin.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Result;
use crate::event::EventKind;
use crate::fleet;
use crate::id::ExecutionId;
use crate::store::Backend;
use crate::transport::Limits;

/// How many devices are worked on at once, within which limits, and how much of an output is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Manner {
    pub(crate) in_flight: usize,
    pub(crate) limits: Limits,
    pub(crate) output_limit: Option<usize>,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            in_flight: fleet::DEFAULT_IN_FLIGHT,
            limits: Limits::default(),
            output_limit: None,
        }
    }
}

/// The same in the words of a record: seconds and bytes.
#[derive(Serialize, Deserialize)]
struct Recorded {
    in_flight: usize,
    limits: Seconds,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    output_limit: Option<usize>,
}

#[derive(Serialize, Deserialize)]
struct Seconds {
    connect: f64,
    handshake: f64,
    authentication: f64,
    prompt: f64,
    idle: f64,
    total: f64,
    output: u64,
}

impl Manner {
    /// Writes it as data of an event.
    pub(crate) fn data(&self) -> Value {
        let limits = &self.limits;
        let recorded = Recorded {
            in_flight: self.in_flight,
            limits: Seconds {
                connect: limits.connect.as_secs_f64(),
                handshake: limits.handshake.as_secs_f64(),
                authentication: limits.authentication.as_secs_f64(),
                prompt: limits.prompt.as_secs_f64(),
                idle: limits.idle.as_secs_f64(),
                total: limits.total.as_secs_f64(),
                output: limits.output,
            },
            output_limit: self.output_limit,
        };
        serde_json::to_value(recorded).unwrap_or_default()
    }

    /// Reads data of an event; `None` for what tells of no manner.
    fn read(data: &Value) -> Option<Self> {
        let recorded = Recorded::deserialize(data).ok()?;
        let time = |seconds: f64| Duration::try_from_secs_f64(seconds).ok();
        let limits = recorded.limits;
        Some(Self {
            in_flight: recorded.in_flight,
            limits: Limits {
                connect: time(limits.connect)?,
                handshake: time(limits.handshake)?,
                authentication: time(limits.authentication)?,
                prompt: time(limits.prompt)?,
                idle: time(limits.idle)?,
                total: time(limits.total)?,
                output: limits.output,
            },
            output_limit: recorded.output_limit,
        })
    }

    /// Returns how the work of a run was done; as it is done by default where its log does not tell.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub(super) async fn of(store: &dyn Backend, id: &ExecutionId) -> Result<Self> {
        let events = store.events(id, 1, 1).await?;
        let began = events
            .first()
            .filter(|event| event.kind == EventKind::ExecutionStarted);
        let told = began.and_then(|event| Self::read(&event.data));
        Ok(told.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_manner_is_read_as_it_was_written() {
        let manner = Manner {
            in_flight: 3,
            limits: Limits {
                connect: Duration::from_millis(1500),
                handshake: Duration::from_secs(1),
                authentication: Duration::from_secs(2),
                prompt: Duration::from_secs(3),
                idle: Duration::from_micros(4),
                total: Duration::from_secs(86_400),
                output: u64::MAX,
            },
            output_limit: Some(7),
        };
        assert_eq!(Manner::read(&manner.data()), Some(manner));
    }

    #[test]
    fn what_tells_of_no_manner_is_none() {
        let mut other = Manner::default().data();
        other["limits"]["idle"] = json!(-1.0);
        for data in [Value::Null, json!({ "in_flight": 1 }), other] {
            assert_eq!(Manner::read(&data), None, "{data}");
        }
    }
}
