//! What did each device do when? The events of a run as lanes of bars and marks.
//!
//! Each event of a device closes the stretch that began at its previous event, and its kind says what the stretch was
//! spent on. Order is the sequence number; a wall clock that went backwards makes a stretch of no length, never a
//! negative one.

use std::collections::HashMap;

use crate::event::{Event, EventKind, Level};
use crate::report::ExecutionReport;

/// What a device was busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Connect,
    Command,
    Capture,
    Compare,
    Apply,
    Verify,
    Check,
    Save,
    Rollback,
}

impl Phase {
    pub(crate) const ALL: [Self; 9] = [
        Self::Connect,
        Self::Command,
        Self::Capture,
        Self::Compare,
        Self::Apply,
        Self::Verify,
        Self::Check,
        Self::Save,
        Self::Rollback,
    ];

    /// Returns the word for people, which is the CSS class as well.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Command => "command",
            Self::Capture => "capture",
            Self::Compare => "compare",
            Self::Apply => "apply",
            Self::Verify => "verify",
            Self::Check => "check",
            Self::Save => "save",
            Self::Rollback => "rollback",
        }
    }

    fn closed_by(kind: EventKind) -> Option<Self> {
        match kind {
            EventKind::Connected => Some(Self::Connect),
            EventKind::CommandFinished => Some(Self::Command),
            EventKind::SnapshotTaken => Some(Self::Capture),
            EventKind::StateCompared => Some(Self::Compare),
            EventKind::LineIntended | EventKind::LineAnswered => Some(Self::Apply),
            EventKind::Verified => Some(Self::Verify),
            EventKind::Checked => Some(Self::Check),
            EventKind::Saved => Some(Self::Save),
            EventKind::RollbackFinished => Some(Self::Rollback),
            _ => None,
        }
    }
}

/// A stretch of time, in microseconds from the beginning of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) phase: Phase,
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) label: String,
}

/// A moment, in microseconds from the beginning of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) at: u64,
    pub(crate) failed: bool,
    pub(crate) label: String,
}

/// What one device did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lane {
    pub(crate) device: String,
    pub(crate) bars: Vec<Bar>,
    pub(crate) marks: Vec<Mark>,
    last: u64,
    started: bool,
    rolling_back: bool,
}

/// The lanes of a run, on one scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lanes {
    pub(crate) lanes: Vec<Lane>,
    /// The length of the scale in microseconds, never 0.
    pub(crate) length: u64,
}

/// Draws up the lanes: devices in the order of the run, then those that only events know.
pub(crate) fn lanes(report: &ExecutionReport) -> Lanes {
    let mut lanes: Vec<Lane> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for device in &report.execution.devices {
        place(&mut lanes, &mut places, &device.id);
    }
    let mut length = 1;
    for event in &report.events {
        let at = since_start(report, event);
        length = length.max(at);
        if let Some(device) = &event.device {
            let index = place(&mut lanes, &mut places, device);
            lanes[index].take(event, at);
        }
    }
    Lanes { lanes, length }
}

fn place(lanes: &mut Vec<Lane>, places: &mut HashMap<String, usize>, device: &str) -> usize {
    if let Some(index) = places.get(device) {
        return *index;
    }
    lanes.push(Lane::new(device));
    places.insert(device.to_owned(), lanes.len() - 1);
    lanes.len() - 1
}

fn since_start(report: &ExecutionReport, event: &Event) -> u64 {
    let first = report.events.first().map_or(event.at, |first| first.at);
    let micros = event.at.as_microsecond() - first.as_microsecond();
    u64::try_from(micros).unwrap_or(0)
}

impl Lane {
    fn new(device: &str) -> Self {
        Self {
            device: device.to_owned(),
            bars: Vec::new(),
            marks: Vec::new(),
            last: 0,
            started: false,
            rolling_back: false,
        }
    }

    fn take(&mut self, event: &Event, at: u64) {
        let at = at.max(self.last);
        self.bar(event, at);
        self.mark(event, at);
        match event.kind {
            EventKind::RollbackStarted => self.rolling_back = true,
            EventKind::RollbackFinished => self.rolling_back = false,
            _ => {}
        }
        self.started = true;
        self.last = at;
    }

    fn bar(&mut self, event: &Event, at: u64) {
        let Some(phase) = Phase::closed_by(event.kind).filter(|_| self.started) else {
            return self.failed_stretch(event, at);
        };
        let phase = if self.rolling_back {
            Phase::Rollback
        } else {
            phase
        };
        self.extend(phase, event, at);
    }

    /// A device that ends badly before it is connected spent its time on connecting.
    fn failed_stretch(&mut self, event: &Event, at: u64) {
        let ended_badly = event.kind == EventKind::DeviceFinished && has_failed(event);
        if ended_badly && self.started && self.bars.is_empty() {
            self.extend(Phase::Connect, event, at);
        }
    }

    fn extend(&mut self, phase: Phase, event: &Event, at: u64) {
        match self.bars.last_mut() {
            Some(bar) if bar.phase == phase && bar.to == self.last && phase != Phase::Command => {
                bar.to = at;
            }
            _ => self.bars.push(Bar {
                phase,
                from: self.last,
                to: at,
                label: label(event),
            }),
        }
    }

    fn mark(&mut self, event: &Event, at: u64) {
        let failed = has_failed(event);
        let is_answer = matches!(
            event.kind,
            EventKind::CommandFinished | EventKind::LineAnswered
        );
        if failed || is_answer {
            let label = label(event);
            self.marks.push(Mark { at, failed, label });
        }
    }
}

/// Says whether an event tells of a failure, by its level or by its facts.
pub(crate) fn has_failed(event: &Event) -> bool {
    let denied = |key: &str| event.data.get(key) == Some(&serde_json::Value::Bool(false));
    event.level == Level::Error || denied("accepted") || denied("passed")
}

fn label(event: &Event) -> String {
    let fact = |key: &str| event.data.get(key).and_then(serde_json::Value::as_str);
    let subject = fact("command")
        .or_else(|| fact("line"))
        .or_else(|| fact("check"));
    match subject {
        Some(subject) => subject.to_owned(),
        None if event.text.is_empty() => event.kind.as_str().replace('_', " "),
        None => event.text.clone(),
    }
}
