//! Which lines does the device drop by itself when others change?

use std::collections::HashMap;

use crate::config::canonical::Item;
use crate::platform::Rule;

/// Beginnings of lines that the device drops by itself, each with all that makes it do so.
#[derive(Debug, Default)]
pub(super) struct Lost {
    dropped: HashMap<String, Vec<Cause>>,
    rewritten: Vec<String>,
}

#[derive(Clone, Debug)]
struct Cause {
    marker: String,
    /// The line that takes the others along, where it stands in the same section.
    by: Option<String>,
    reach: Reach,
}

/// How far a change reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Lines beside it are dropped.
    Beside,
    /// Lines beside it are dropped, and those in the sections inside.
    Inside,
    /// Nothing is dropped; lines beside it can only come afterwards.
    Arrivals,
    /// Some releases drop lines beside it, and others keep them.
    Perhaps,
    /// Lines beside it have to be gone when a change is put into force before.
    Ahead,
}

/// What the names of things begin with that the device drops by itself.
pub(super) const MARK: &str = "lost\n";

/// The longest beginning in a table, in words.
pub(super) const LONGEST: usize = crate::platform::LONGEST_BEGINNING;

impl Lost {
    /// Says whether nothing is dropped.
    pub(super) fn is_empty(&self) -> bool {
        self.dropped.is_empty() && self.rewritten.is_empty()
    }

    /// Adds what the device writes anew by itself because a line comes or goes.
    pub(super) fn rewrite(&mut self, item: Item<'_>) {
        let forms = item.rule().map(Rule::rewrites).unwrap_or_default();
        self.rewritten.extend_from_slice(forms);
    }

    /// Says whether the device writes a line of a section anew by itself.
    pub(super) fn rewrites(&self, section: &[String], item: Item<'_>) -> bool {
        let header = section.last().map_or("", String::as_str);
        let is_form = |form: &String| {
            let (place, line) = form.split_once(" / ").unwrap_or(("", form));
            place == header && has_form(line, item.positive())
        };
        self.rewritten.iter().any(is_form)
    }

    /// Adds what goes along with a line that a removed one of its section takes with it.
    pub(super) fn add_follower(&mut self, item: Item<'_>, removed: &[Item<'_>], place: &str) {
        let Some(rule) = item.rule().filter(|rule| rule.is_follower()) else {
            return;
        };
        let starts = rule.goes_with(item.text());
        let is_cause = |gone: &&Item<'_>| starts.iter().any(|start| has_start(gone.text(), start));
        let Some(cause) = removed.iter().find(is_cause) else {
            return;
        };
        for beginning in rule.destroys(item.text()) {
            let cause = Cause {
                marker: format!("{MARK}{place}\n{beginning}"),
                by: Some(cause.text().to_owned()),
                reach: Reach::Inside,
            };
            self.dropped.entry(beginning).or_default().push(cause);
        }
    }

    /// Adds what disappears together with a line.
    pub(super) fn add(
        &mut self,
        item: Item<'_>,
        beginnings: fn(&Rule, &str) -> Vec<String>,
        (place, reach): (&str, Reach),
    ) {
        for beginning in item
            .rule()
            .map(|rule| beginnings(rule, item.text()))
            .unwrap_or_default()
        {
            let cause = Cause {
                marker: format!("{MARK}{place}\n{beginning}"),
                by: Some(item.text().to_owned()),
                reach,
            };
            self.dropped.entry(beginning).or_default().push(cause);
        }
    }

    /// Returns what also goes in the sections inside.
    pub(super) fn for_children(&self) -> Self {
        let inside = |causes: &Vec<Cause>| {
            let causes = causes.iter().find(|cause| cause.reach == Reach::Inside)?;
            Some(vec![Cause {
                by: None,
                ..causes.clone()
            }])
        };
        let below = self.dropped.iter().filter_map(|(beginning, causes)| {
            let causes = inside(causes)?;
            Some((beginning.clone(), causes))
        });
        Self {
            dropped: below.collect(),
            rewritten: self.rewritten.clone(),
        }
    }

    /// Returns the marker of what drops a line; none for a line that stays or is the cause itself.
    pub(super) fn dropped_with(&self, item: Item<'_>) -> Option<&str> {
        let cause = self.cause(item)?;
        matches!(cause.reach, Reach::Beside | Reach::Inside).then_some(cause.marker.as_str())
    }

    /// Returns what a line may go with: one that some releases drop.
    pub(super) fn may_drop(&self, item: Item<'_>) -> Option<&str> {
        let cause = self.cause(item)?;
        let by = cause.by.as_deref().unwrap_or_default();
        (cause.reach == Reach::Perhaps).then_some(by)
    }

    /// Returns the marker of the line that another one has to go ahead of, by a commit.
    pub(super) fn goes_ahead_of(&self, item: Item<'_>) -> Option<&str> {
        let cause = self.cause(item)?;
        (cause.reach == Reach::Ahead).then_some(cause.marker.as_str())
    }

    /// Returns the marker of what has to change before a line can come.
    pub(super) fn comes_after(&self, item: Item<'_>) -> Option<&str> {
        self.cause(item).map(|cause| cause.marker.as_str())
    }

    /// Of several lines that drop each other the first is the one that goes by its own; what is sure comes before what is not.
    fn cause(&self, item: Item<'_>) -> Option<&Cause> {
        if self.dropped.is_empty() {
            return None;
        }
        let mut known = beginnings(item.positive());
        let causes = known.find_map(|beginning| self.dropped.get(beginning))?;
        let is_sure = |cause: &&Cause| cause.reach != Reach::Perhaps;
        let first = causes.iter().find(is_sure).or(causes.first())?;
        (first.by.as_deref() != Some(item.text())).then_some(first)
    }

    /// Returns the markers of what has to go ahead of a line, by a commit.
    pub(super) fn goes_behind(&self, item: Item<'_>) -> Vec<String> {
        self.own(item, |reach| reach == Reach::Ahead)
    }

    /// Returns the markers of what a line takes along.
    pub(super) fn markers_of(&self, item: Item<'_>) -> Vec<String> {
        self.own(item, |_| true)
    }

    /// Says whether a line takes others along that begin so.
    pub(super) fn has_cause(&self, item: Item<'_>, beginnings: &[String]) -> bool {
        let causes = beginnings
            .iter()
            .filter_map(|start| self.dropped.get(start));
        let is_own = |cause: &Cause| cause.by.as_deref() == Some(item.text());
        causes.flatten().any(is_own)
    }

    fn own(&self, item: Item<'_>, is_meant: fn(Reach) -> bool) -> Vec<String> {
        let causes = self.dropped.values().flatten();
        let is_own = |cause: &&Cause| cause.by.as_deref() == Some(item.text());
        let own = causes.filter(is_own).filter(|cause| is_meant(cause.reach));
        let mut markers: Vec<String> = own.map(|cause| cause.marker.clone()).collect();
        markers.sort();
        markers.dedup();
        markers
    }
}

/// Returns the beginnings of a line that a table can name.
pub(super) fn beginnings(line: &str) -> impl Iterator<Item = &str> {
    let ends = line
        .match_indices(' ')
        .map(|(end, _)| end)
        .chain([line.len()]);
    ends.take(LONGEST).map(|end| &line[..end])
}

fn has_start(line: &str, start: &str) -> bool {
    let rest = line.strip_prefix(start);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// Says whether a line has the words of a form, where `*` is any word.
fn has_form(form: &str, line: &str) -> bool {
    let (mut form, mut line) = (form.split(' '), line.split(' '));
    form.by_ref().all(|word| {
        line.next()
            .is_some_and(|other| word == "*" || word == other)
    }) && line.next().is_none()
}
