//! Does a run fit a filter? Asked where summaries are in memory; databases are asked in their own language.

use jiff::Timestamp;

use super::filter::{CounterName, Filter, LabelMatch, TextMatch, TimeRange};
use crate::error::ErrorKind;
use crate::id::ExecutionId;
use crate::model::{Execution, ExecutionKind, ExecutionStatus, Trigger};

/// What a filter asks of a run. A backend that keeps less than whole summaries in memory answers from what it keeps.
pub(crate) trait Facts {
    /// See [`Execution::status`].
    fn status(&self) -> ExecutionStatus;
    /// See [`Execution::kind`].
    fn kind(&self) -> ExecutionKind;
    /// See [`Execution::trigger`].
    fn trigger(&self) -> Trigger;
    /// See [`Execution::name`].
    fn name(&self) -> &str;
    /// See [`Execution::actor`].
    fn actor(&self) -> &str;
    /// See [`Execution::tool`].
    fn tool(&self) -> &str;
    /// See [`Execution::ticket`].
    fn ticket(&self) -> Option<&str>;
    /// See [`Execution::job_id`].
    fn job(&self) -> Option<&str>;
    /// See [`Execution::parent`].
    fn parent(&self) -> Option<&str>;
    /// See [`Execution::retry_of`].
    fn retry_of(&self) -> Option<&str>;
    /// Returns the value of a label.
    fn label(&self, key: &str) -> Option<&str>;
    /// Says whether the id or name of a device fits a pattern.
    fn has_device(&self, pattern: &str) -> bool;
    /// Says whether a device ended with such an error.
    fn has_error(&self, kind: ErrorKind) -> bool;
    /// See [`Execution::created_at`].
    fn created_at(&self) -> Timestamp;
    /// See [`Execution::started_at`].
    fn started_at(&self) -> Option<Timestamp>;
    /// See [`Execution::ended_at`].
    fn ended_at(&self) -> Option<Timestamp>;
    /// See [`Execution::duration_us`].
    fn duration_us(&self) -> Option<u64>;
    /// Returns one of the numbers of the run.
    fn counter(&self, name: CounterName) -> u64;
    /// See [`Execution::pinned`].
    fn is_pinned(&self) -> bool;
    /// See [`Execution::dry_run`].
    fn is_dry_run(&self) -> bool;
    /// See [`Execution::archived`].
    fn is_archived(&self) -> bool;
    /// Says whether something is missing in its record.
    fn is_incomplete(&self) -> bool;
}

impl Facts for Execution {
    fn status(&self) -> ExecutionStatus {
        self.status
    }
    fn kind(&self) -> ExecutionKind {
        self.kind
    }
    fn trigger(&self) -> Trigger {
        self.trigger
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn actor(&self) -> &str {
        &self.actor
    }
    fn tool(&self) -> &str {
        &self.tool
    }
    fn ticket(&self) -> Option<&str> {
        self.ticket.as_deref()
    }
    fn job(&self) -> Option<&str> {
        self.job_id.as_deref()
    }
    fn parent(&self) -> Option<&str> {
        self.parent.as_ref().map(ExecutionId::as_str)
    }
    fn retry_of(&self) -> Option<&str> {
        self.retry_of.as_ref().map(ExecutionId::as_str)
    }
    fn label(&self, key: &str) -> Option<&str> {
        self.labels.get(key).map(String::as_str)
    }
    fn has_device(&self, pattern: &str) -> bool {
        let fits = |name: &str| glob(pattern, name);
        self.devices
            .iter()
            .any(|device| fits(&device.id) || fits(&device.name))
    }
    fn has_error(&self, kind: ErrorKind) -> bool {
        self.error_kinds.contains_key(&kind)
    }
    fn created_at(&self) -> Timestamp {
        self.created_at
    }
    fn started_at(&self) -> Option<Timestamp> {
        self.started_at
    }
    fn ended_at(&self) -> Option<Timestamp> {
        self.ended_at
    }
    fn duration_us(&self) -> Option<u64> {
        self.duration_us
    }
    fn counter(&self, name: CounterName) -> u64 {
        name.of(self)
    }
    fn is_pinned(&self) -> bool {
        self.pinned
    }
    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
    fn is_archived(&self) -> bool {
        self.archived
    }
    fn is_incomplete(&self) -> bool {
        self.incomplete.is_some()
    }
}

impl Filter {
    /// Says whether a run fits. Times have to be absolute, see [`Filter::at`].
    #[must_use]
    pub fn matches(&self, run: &Execution) -> bool {
        self.fits(run)
    }

    /// Says whether the run of some facts fits; see [`matches`](Self::matches).
    pub(crate) fn fits(&self, run: &impl Facts) -> bool {
        let same = |known: Option<&str>, id: &ExecutionId| known == Some(id.as_str());
        match self {
            Self::All(filters) => filters.iter().all(|filter| filter.fits(run)),
            Self::Any(filters) => filters.iter().any(|filter| filter.fits(run)),
            Self::Not(filter) => !filter.fits(run),
            Self::Status(states) => states.contains(&run.status()),
            Self::Kind(kinds) => kinds.contains(&run.kind()),
            Self::Name(text) => text.fits(run.name()),
            Self::Label(label) => label.fits(run),
            Self::Device(pattern) => run.has_device(pattern),
            Self::Actor(text) => text.fits(run.actor()),
            Self::Trigger(triggers) => triggers.contains(&run.trigger()),
            Self::Ticket(text) => run.ticket().is_some_and(|known| text.fits(known)),
            Self::Job(job) => run.job() == Some(job),
            Self::Parent(id) => same(run.parent(), id),
            Self::RetryOf(id) => same(run.retry_of(), id),
            Self::Tool(tool) => run.tool() == tool,
            Self::ErrorKind(kinds) => kinds.iter().any(|kind| run.has_error(*kind)),
            Self::Created(range) => range.contains(run.created_at()),
            Self::Started(range) => fits(range, run.started_at()),
            Self::Ended(range) => fits(range, run.ended_at()),
            Self::DurationUs(range) => run.duration_us().is_some_and(|time| range.contains(time)),
            Self::Counter(counter) => counter.range().contains(run.counter(counter.name)),
            Self::Pinned(pinned) => run.is_pinned() == *pinned,
            Self::DryRun(dry_run) => run.is_dry_run() == *dry_run,
            Self::Archived(archived) => run.is_archived() == *archived,
            Self::Incomplete(incomplete) => run.is_incomplete() == *incomplete,
        }
    }
}

fn fits(range: &TimeRange, at: Option<jiff::Timestamp>) -> bool {
    at.is_some_and(|at| range.contains(at))
}

impl TextMatch {
    /// Says whether a text fits.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Equals(wanted) => wanted == text,
            Self::In(wanted) => wanted.iter().any(|wanted| wanted == text),
            Self::StartsWith(beginning) => text.starts_with(beginning),
            Self::Contains(part) => text.contains(part),
        }
    }
}

impl LabelMatch {
    fn fits(&self, run: &impl Facts) -> bool {
        let among = |wanted: &[String], value: &str| wanted.iter().any(|one| one == value);
        run.label(&self.key).is_some_and(|value| {
            self.equals.as_ref().is_none_or(|wanted| wanted == value)
                && self
                    .one_of
                    .as_ref()
                    .is_none_or(|wanted| among(wanted, value))
        })
    }
}

impl CounterName {
    /// Returns the number of a run that is meant.
    #[must_use]
    pub fn of(self, run: &Execution) -> u64 {
        let (counters, tasks) = (&run.results, &run.results.tasks);
        match self {
            Self::TotalDevices => counters.total_devices,
            Self::CompletedDevices => counters.completed_devices,
            Self::FailedDevices => counters.failed_devices,
            Self::ChangedDevices => counters.changed_devices,
            Self::UnreachableDevices => counters.unreachable_devices,
            Self::SkippedDevices => counters.skipped_devices,
            Self::TotalCommands => counters.total_commands,
            Self::SuccessfulCommands => counters.successful_commands,
            Self::FailedCommands => counters.failed_commands,
            Self::OkTasks => tasks.ok,
            Self::ChangedTasks => tasks.changed,
            Self::UnreachableTasks => tasks.unreachable,
            Self::FailedTasks => tasks.failed,
            Self::SkippedTasks => tasks.skipped,
            Self::RescuedTasks => tasks.rescued,
            Self::IgnoredTasks => tasks.ignored,
            Self::BytesIn => run.cost.bytes_in,
            Self::BytesOut => run.cost.bytes_out,
        }
    }
}

/// Says whether a text fits a pattern whole: `*` stands for any characters, `?` for one.
#[must_use]
pub fn glob(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    // Where to go on when what follows the last star does not fit: one character later.
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let before = (pattern.clone(), text.clone());
        match (pattern.next(), text.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                text = before.1;
                retry = Some((pattern.clone(), text.clone()));
                if pattern.as_str().is_empty() {
                    return true;
                }
                continue;
            }
            (Some('?'), Some(_)) => continue,
            (Some(wanted), Some(found)) if wanted == found => continue,
            _ => {}
        }
        let Some((behind_star, mut from)) = retry.take() else {
            return false;
        };
        if from.next().is_none() {
            return false;
        }
        (pattern, text) = (behind_star.clone(), from.clone());
        retry = Some((behind_star, from));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_star_stands_for_any_characters_and_a_question_mark_for_one() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("core-*", "core-1", true),
            ("core-*", "core", false),
            ("*-1", "core-1", true),
            ("c?re-1", "core-1", true),
            ("?", "é", true),
            ("?", "", false),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXbXbX", false),
            ("[a]%_", "[a]%_", true),
            ("", "x", false),
            ("**x", "yx", true),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn a_glob_means_what_the_same_regular_expression_means(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            let expression: String = pattern.chars().map(|mark| match mark {
                '*' => ".*".to_owned(),
                '?' => ".".to_owned(),
                other => regex::escape(&other.to_string()),
            }).collect();
            let expression = regex::Regex::new(&format!("^{expression}$")).unwrap();
            prop_assert_eq!(glob(&pattern, &text), expression.is_match(&text));
        }
    }
}
