//! Which lines does the device drop by itself when others change?

use std::collections::HashMap;

use crate::config::canonical::Item;
use crate::platform::Rule;

/// Beginnings of lines that the device drops by itself, each with the marker of what makes it do so.
#[derive(Debug, Default)]
pub(super) struct Lost {
    dropped: HashMap<String, Cause>,
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
}

/// What the names of things begin with that the device drops by itself.
pub(super) const MARK: &str = "lost\n";

/// The longest beginning in a table, in words.
pub(super) const LONGEST: usize = crate::platform::LONGEST_BEGINNING;

impl Lost {
    /// Says whether nothing is dropped.
    pub(super) fn is_empty(&self) -> bool {
        self.dropped.is_empty()
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
            self.dropped.entry(beginning).or_insert(cause);
        }
    }

    /// Returns what also goes in the sections inside.
    pub(super) fn for_children(&self) -> Self {
        let below = self
            .dropped
            .iter()
            .filter(|(_, cause)| cause.reach == Reach::Inside);
        let below = below.map(|(beginning, cause)| {
            (
                beginning.clone(),
                Cause {
                    by: None,
                    ..cause.clone()
                },
            )
        });
        Self {
            dropped: below.collect(),
        }
    }

    /// Returns the marker of what drops a line; none for a line that stays or is the cause itself.
    pub(super) fn dropped_with(&self, item: Item<'_>) -> Option<&str> {
        let cause = self.cause(item)?;
        (cause.reach != Reach::Arrivals).then_some(cause.marker.as_str())
    }

    /// Returns the marker of what has to change before a line can come.
    pub(super) fn comes_after(&self, item: Item<'_>) -> Option<&str> {
        self.cause(item).map(|cause| cause.marker.as_str())
    }

    fn cause(&self, item: Item<'_>) -> Option<&Cause> {
        if self.dropped.is_empty() {
            return None;
        }
        let cause =
            beginnings(item.positive()).find_map(|beginning| self.dropped.get(beginning))?;
        (cause.by.as_deref() != Some(item.text())).then_some(cause)
    }

    /// Returns the markers of what a line takes along.
    pub(super) fn markers_of(&self, item: Item<'_>) -> Vec<String> {
        let causes = self.dropped.values();
        let own = causes.filter(|cause| cause.by.as_deref() == Some(item.text()));
        let mut markers: Vec<String> = own.map(|cause| cause.marker.clone()).collect();
        markers.sort();
        markers
    }
}

fn beginnings(line: &str) -> impl Iterator<Item = &str> {
    let ends = line
        .match_indices(' ')
        .map(|(end, _)| end)
        .chain([line.len()]);
    ends.take(LONGEST).map(|end| &line[..end])
}
