//! What happens, while it happens: one typed stream of events for every long operation.
//!
//! An execution is an append-only log of these events. Order is the dense sequence number, never the time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::ExecutionId;

/// How much an event matters to a reader.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// For those who look for the cause of something.
    Debug,
    /// What went as meant.
    #[default]
    Info,
    /// What a person should look at.
    Warning,
    /// What failed.
    Error,
}

macro_rules! event_kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal;)*) => {
        /// What happened: stable words, the same in three languages.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum EventKind { $($(#[$doc])* $kind,)* }

        impl EventKind {
            /// Every kind there is.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// Returns the stable word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }
        }
    };
}

event_kinds! {
    /// The run began.
    ExecutionStarted = "execution_started";
    /// The run reached a terminal state. Always the last event.
    ExecutionFinished = "execution_finished";
    /// Work on a device began.
    DeviceStarted = "device_started";
    /// Logged in, prompt learned. Data: `hostname`.
    Connected = "connected";
    /// A command was sent. Data: `command`.
    CommandStarted = "command_started";
    /// Lines of an output that is still being sent, in `text`. Data: `command`.
    OutputPart = "output_part";
    /// A command was answered. Data: `command`, `bytes`, `proof`, `status`.
    CommandFinished = "command_finished";
    /// A configuration was captured. Data: `snapshot`, `content`.
    SnapshotTaken = "snapshot_taken";
    /// A plan was frozen. Data: `plan`.
    PlanMade = "plan_made";
    /// A wave of devices began. Data: `wave`, `devices`.
    WaveStarted = "wave_started";
    /// Every device of a wave is done. Data: `wave`.
    WaveFinished = "wave_finished";
    /// The state before the change equals the planned one, or not. Data: `expected`, `found`.
    StateCompared = "state_compared";
    /// A configuration line is about to be sent: durable before its bytes go out. Data: `line`, `position`.
    LineIntended = "line_intended";
    /// The device answered a configuration line. Data: `line`, `position`, `accepted`, `answer`.
    LineAnswered = "line_answered";
    /// What was read back over a new login equals the prediction, or not. Data: `expected`, `found`.
    Verified = "verified";
    /// An operational check was judged. Data: `check`, `passed`, `before`, `after`.
    Checked = "checked";
    /// The running configuration was saved.
    Saved = "saved";
    /// The way back of one device began. Data: `reason`.
    RollbackStarted = "rollback_started";
    /// The way back of one device ended. Data: `outcome`.
    RollbackFinished = "rollback_finished";
    /// Work on a device ended. Data: the device result.
    DeviceFinished = "device_finished";
    /// Something worth a line that has no kind of its own.
    Note = "note";
}

/// How far the work on a device (or on the whole run) has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps done.
    pub done: u64,
    /// Steps known so far.
    pub total: u64,
}

/// One thing that happened in one execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Dense from 1 within the execution.
    pub sequence: u64,
    /// Wall clock of the recorder; for people, not for order.
    pub at: Timestamp,
    /// The device it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub device: Option<String>,
    /// What happened.
    pub kind: EventKind,
    /// How much it matters.
    #[serde(default)]
    pub level: Level,
    /// One line for a person.
    #[serde(default)]
    pub text: String,
    /// How far the device has come.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub progress: Option<Progress>,
    /// Facts for a program; the keys are listed at the kind.
    #[serde(skip_serializing_if = "Value::is_null", default)]
    pub data: Value,
}

/// An event before it has a place in a log.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// See [`Event::device`].
    pub device: Option<String>,
    /// See [`Event::kind`].
    pub kind: EventKind,
    /// See [`Event::level`].
    pub level: Level,
    /// See [`Event::text`].
    pub text: String,
    /// See [`Event::progress`].
    pub progress: Option<Progress>,
    /// See [`Event::data`].
    pub data: Value,
}

impl NewEvent {
    /// Starts an event of a kind, with one line for a person.
    #[must_use]
    pub fn new(kind: EventKind, text: impl Into<String>) -> Self {
        Self {
            device: None,
            kind,
            level: Level::Info,
            text: text.into(),
            progress: None,
            data: Value::Null,
        }
    }

    /// Names the device.
    #[must_use]
    pub fn on(mut self, device: impl Into<String>) -> Self {
        self.device = Some(device.into());
        self
    }

    /// Sets the level.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Says how far the device has come.
    #[must_use]
    pub fn progress(mut self, done: u64, total: u64) -> Self {
        self.progress = Some(Progress { done, total });
        self
    }

    /// Adds the facts, as a JSON object.
    #[must_use]
    pub fn data(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// Gives the event its place in a log.
    #[must_use]
    pub fn at(self, sequence: u64, at: Timestamp) -> Event {
        let Self {
            device,
            kind,
            level,
            text,
            progress,
            data,
        } = self;
        Event {
            sequence,
            at,
            device,
            kind,
            level,
            text,
            progress,
            data,
        }
    }
}

/// An event together with the run that it belongs to: what [`crate::engine`] broadcasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiveEvent {
    /// The run.
    pub execution: ExecutionId,
    /// What happened in it.
    #[serde(flatten)]
    pub event: Event,
}
