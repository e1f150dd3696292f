//! Does a run fit a filter? Asked where summaries are in memory; databases are asked in their own language.

use super::filter::{CounterMatch, CounterName, Filter, LabelMatch, TextMatch, TimeRange};
use crate::model::{Counters, Execution};

impl Filter {
    /// Says whether a run fits. Times have to be absolute, see [`Filter::at`].
    #[must_use]
    pub fn matches(&self, run: &Execution) -> bool {
        match self {
            Self::All(filters) => filters.iter().all(|filter| filter.matches(run)),
            Self::Any(filters) => filters.iter().any(|filter| filter.matches(run)),
            Self::Not(filter) => !filter.matches(run),
            Self::Status(states) => states.contains(&run.status),
            Self::Kind(kinds) => kinds.contains(&run.kind),
            Self::Name(text) => text.fits(&run.name),
            Self::Label(label) => label.fits(run),
            Self::Device(pattern) => run
                .devices
                .iter()
                .any(|device| glob(pattern, &device.id) || glob(pattern, &device.name)),
            Self::Actor(text) => text.fits(&run.actor),
            Self::Trigger(triggers) => triggers.contains(&run.trigger),
            Self::Ticket(text) => run.ticket.as_deref().is_some_and(|known| text.fits(known)),
            Self::Job(job) => run.job_id.as_ref() == Some(job),
            Self::Parent(id) => run.parent.as_ref() == Some(id),
            Self::RetryOf(id) => run.retry_of.as_ref() == Some(id),
            Self::Tool(tool) => run.tool == *tool,
            Self::ErrorKind(kinds) => kinds.iter().any(|kind| run.error_kinds.contains_key(kind)),
            Self::Created(range) => range.contains(run.created_at),
            Self::Started(range) => fits(range, run.started_at),
            Self::Ended(range) => fits(range, run.ended_at),
            Self::DurationUs(range) => run.duration_us.is_some_and(|time| range.contains(time)),
            Self::Counter(counter) => counter.fits(&run.results),
            Self::Pinned(pinned) => run.pinned == *pinned,
            Self::DryRun(dry_run) => run.dry_run == *dry_run,
            Self::Archived(archived) => run.archived == *archived,
            Self::Incomplete(incomplete) => run.incomplete.is_some() == *incomplete,
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
    fn fits(&self, run: &Execution) -> bool {
        run.labels.get(&self.key).is_some_and(|value| {
            self.equals.as_ref().is_none_or(|wanted| wanted == value)
                && self
                    .one_of
                    .as_ref()
                    .is_none_or(|wanted| wanted.contains(value))
        })
    }
}

impl CounterMatch {
    fn fits(&self, counters: &Counters) -> bool {
        self.range().contains(self.name.of(counters))
    }
}

impl CounterName {
    /// Returns the number that is meant.
    #[must_use]
    pub fn of(self, counters: &Counters) -> u64 {
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
