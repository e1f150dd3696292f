//! Which devices, and which outputs of theirs, stand for each other in two runs?

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::result::{DeviceChange, DeviceComparison, DurationChange};
use super::{CompareOptions, Recorded};
use crate::model::{DeviceResult, DeviceStatus, OutputSummary};
use crate::store::query::glob;

/// One device in both runs.
#[derive(Debug, Default)]
pub(super) struct Sides<'a> {
    pub(super) device: String,
    before: Side<'a>,
    after: Side<'a>,
}

#[derive(Debug, Default)]
struct Side<'a> {
    is_there: bool,
    result: Option<&'a DeviceResult>,
    outputs: Vec<Placed<'a>>,
}

/// An output with its place in the list of its run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed<'a> {
    pub(super) place: usize,
    pub(super) summary: &'a OutputSummary,
}

/// Two outputs of one command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<'a> {
    pub(super) occurrence: usize,
    pub(super) before: Placed<'a>,
    pub(super) after: Placed<'a>,
}

impl Pair<'_> {
    /// Says whether nothing has to be read.
    pub(super) fn is_equal(&self) -> bool {
        self.before.summary.digest == self.after.summary.digest
    }

    pub(super) fn command(&self) -> &str {
        &self.before.summary.command
    }
}

/// The outputs of a device that stand for each other, and the commands without a partner.
#[derive(Debug, Default)]
pub(super) struct Pairs<'a> {
    pub(super) both: Vec<Pair<'a>>,
    pub(super) added: Vec<String>,
    pub(super) removed: Vec<String>,
}

impl<'a> Sides<'a> {
    /// Returns the devices of two runs, by name.
    pub(super) fn all(
        before: &'a Recorded,
        after: &'a Recorded,
        options: &CompareOptions,
    ) -> Vec<Self> {
        let names: BTreeSet<&str> = before.names().chain(after.names()).collect();
        let fits = |name: &&str| {
            let pattern = options.device.as_ref();
            pattern.is_none_or(|pattern| glob(pattern, name))
        };
        let (mut first, mut second) = (before.sides(options), after.sides(options));
        let sides = names.into_iter().filter(fits).map(|name| Self {
            device: name.to_owned(),
            before: first.remove(name).unwrap_or_default(),
            after: second.remove(name).unwrap_or_default(),
        });
        sides.collect()
    }

    /// Says what became of the device; its outputs come later.
    pub(super) fn compare(&self) -> DeviceComparison {
        let kind = |side: &Side<'_>| Some(side.result?.error.as_ref()?.kind);
        let took = |side: &Side<'_>| side.result.map(|result| result.duration_us);
        DeviceComparison {
            device: self.device.clone(),
            change: self.change(),
            status_before: self.before.status(),
            status_after: self.after.status(),
            error_before: kind(&self.before),
            error_after: kind(&self.after),
            duration: DurationChange::new(took(&self.before), took(&self.after)),
            commands_added: Vec::new(),
            commands_removed: Vec::new(),
            outputs_same: 0,
            outputs: Vec::new(),
        }
    }

    fn change(&self) -> DeviceChange {
        use DeviceStatus::{Changed, Failed, Ok, Unreachable};
        if !self.before.is_there {
            return DeviceChange::Added;
        }
        if !self.after.is_there {
            return DeviceChange::Removed;
        }
        match (self.before.status(), self.after.status()) {
            (Some(Failed | Unreachable), Some(Ok | Changed)) => DeviceChange::Fixed,
            (Some(Ok | Changed), Some(Failed | Unreachable)) => DeviceChange::Broken,
            _ => DeviceChange::Same,
        }
    }

    /// Pairs the outputs of each command in their order. A device of one run only has no pairs, and its commands are not told.
    pub(super) fn pairs(&self) -> Pairs<'a> {
        let mut pairs = Pairs::default();
        if !self.before.is_there || !self.after.is_there {
            return pairs;
        }
        let mut waiting: HashMap<&str, Vec<Placed<'a>>> = HashMap::new();
        for output in self.after.outputs.iter().rev() {
            waiting
                .entry(&output.summary.command)
                .or_default()
                .push(*output);
        }
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for before in &self.before.outputs {
            let command = before.summary.command.as_str();
            let occurrence = seen.entry(command).or_default();
            *occurrence += 1;
            match waiting.get_mut(command).and_then(Vec::pop) {
                Some(after) => pairs.both.push(Pair {
                    occurrence: *occurrence,
                    before: *before,
                    after,
                }),
                None => pairs.removed.push(command.to_owned()),
            }
        }
        let mut left: Vec<Placed<'a>> = waiting.into_values().flatten().collect();
        left.sort_by_key(|output| output.place);
        pairs.added = left
            .iter()
            .map(|output| output.summary.command.clone())
            .collect();
        pairs
    }
}

impl Side<'_> {
    fn status(&self) -> Option<DeviceStatus> {
        Some(self.result?.status)
    }
}

impl Recorded {
    /// Every device that the run knows of, in whatever way.
    fn names(&self) -> impl Iterator<Item = &str> {
        let planned = self.run.devices.iter().map(|device| device.id.as_str());
        let ended = self.results.iter().map(|result| result.device.as_str());
        let spoke = self.outputs.iter().map(|output| output.device.as_str());
        planned.chain(ended).chain(spoke)
    }

    fn sides(&self, options: &CompareOptions) -> BTreeMap<&str, Side<'_>> {
        let mut sides: BTreeMap<&str, Side<'_>> = BTreeMap::new();
        for name in self.names() {
            sides.entry(name).or_default().is_there = true;
        }
        for result in &self.results {
            sides.entry(&result.device).or_default().result = Some(result);
        }
        for (place, summary) in self.outputs.iter().enumerate() {
            let pattern = options.command.as_ref();
            if pattern.is_none_or(|pattern| glob(pattern, &summary.command)) {
                let side = sides.entry(&summary.device).or_default();
                side.outputs.push(Placed { place, summary });
            }
        }
        sides
    }
}
