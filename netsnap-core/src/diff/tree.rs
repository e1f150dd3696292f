//! Which commands were added, removed, changed or moved?

use std::collections::{HashMap, HashSet};

use super::matching::{Matching, Ordered};
use super::rising::longest_rising;
use super::unread::{annotation_changes, unread};
use crate::config::Configuration;
use crate::config::canonical::{Item, Level};
use crate::model::{Change, ChangeKind, ConfigDiff, Places, UnreadSides};
use crate::redact::secrets_in;

/// Compares what two configurations mean; empty exactly when they mean the same and hold the same comments where the device keeps
/// those (`!!` of EOS, `annotate` of Junos).
///
/// Both are read with the grammar of one platform. Other comments, closers and the order of siblings where it does not matter
/// make no difference; the same command with another value is one change, and a list whose order matters shows the fewest
/// moves. No secret is in the result: a command whose secret alone is another is a change of its own kind.
#[must_use]
pub fn diff_config(before: &Configuration, after: &Configuration) -> ConfigDiff {
    let mut changes = diff_commands(before, after);
    changes.extend(annotation_changes(before, after));
    ConfigDiff {
        changes,
        truncated: 0,
        unread: UnreadSides {
            before: unread(before),
            after: unread(after),
        },
    }
}

/// Compares the commands alone; empty exactly when they mean the same.
pub(crate) fn diff_commands(before: &Configuration, after: &Configuration) -> Vec<Change> {
    let mut walk = Walk::default();
    walk.levels(before.level(), after.level());
    walk.changes
}

/// Returns a whole configuration as differences of one kind: a device that comes, or goes.
pub(super) fn whole_config(configuration: &Configuration, kind: ChangeKind) -> ConfigDiff {
    let mut walk = Walk::default();
    for item in configuration.level().items() {
        walk.whole(item, kind);
    }
    let text = unread(configuration);
    let unread = match kind {
        ChangeKind::Removed => UnreadSides {
            before: text,
            ..UnreadSides::default()
        },
        _ => UnreadSides {
            after: text,
            ..UnreadSides::default()
        },
    };
    ConfigDiff {
        changes: walk.changes,
        truncated: 0,
        unread,
    }
}

#[derive(Default)]
struct Walk {
    section: Vec<String>,
    changes: Vec<Change>,
}

impl Walk {
    fn levels<'c>(&mut self, before: Level<'c>, after: Level<'c>) {
        let mut matching = Matching::of(before, after);
        let renewed = self.renewed(&mut matching.removed, &mut matching.added);
        for item in &matching.removed {
            self.whole(*item, ChangeKind::Removed);
        }
        for (old, new) in matching.both.iter().chain(&renewed) {
            self.pair(*old, *new);
        }
        for item in &matching.added {
            self.whole(*item, ChangeKind::Added);
        }
        for group in &matching.ordered {
            self.ordered(group);
        }
    }

    fn pair<'c>(&mut self, old: Item<'c>, new: Item<'c>) {
        if old.is_alike(new) {
            return;
        }
        if !old.has_text_of(new) {
            let kind = self.value_change(old, new);
            self.push(kind, Some(old.text()), Some(new.text()));
        }
        if old.is_section() || new.is_section() {
            self.inside(new, |walk| walk.levels(old.children(), new.children()));
        }
    }

    fn whole(&mut self, item: Item<'_>, kind: ChangeKind) {
        match kind {
            ChangeKind::Removed => self.push(kind, Some(item.text()), None),
            _ => self.push(kind, None, Some(item.text())),
        }
        self.inside(item, |walk| {
            for child in item.children().items() {
                walk.whole(child, kind);
            }
        });
    }

    fn ordered(&mut self, group: &Ordered<'_>) {
        let common = group.common();
        let texts: HashSet<&str> = common.iter().map(|(_, _, new)| new.text()).collect();
        let alone = |items: &[Item<'_>]| -> Vec<usize> {
            let numbered = items.iter().enumerate();
            let alone = numbered.filter(|(_, item)| !texts.contains(item.text()));
            alone.map(|(place, _)| place).collect()
        };
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        removed.extend(alone(&group.before).into_iter().map(|at| group.before[at]));
        added.extend(alone(&group.after).into_iter().map(|at| group.after[at]));
        let renewed = self.renewed(&mut removed, &mut added);
        for item in removed {
            self.whole(item, ChangeKind::Removed);
        }
        self.moves(group, common);
        for (old, new) in renewed {
            self.pair(old, new);
        }
        for item in added {
            self.whole(item, ChangeKind::Added);
        }
    }

    /// What the longest row of commands in unchanged order leaves over has moved: no fewer moves give the second list.
    fn moves(&mut self, group: &Ordered<'_>, common: Vec<(usize, Item<'_>, Item<'_>)>) {
        let places: Vec<usize> = common.iter().map(|(place, _, _)| *place).collect();
        let stays = longest_rising(&places);
        let after: HashMap<u32, usize> = (1..)
            .zip(&group.after)
            .map(|(place, item)| (item.number(), place))
            .collect();
        for (place, old, new) in common {
            if !stays.contains(&place) {
                self.push(ChangeKind::Moved, Some(old.text()), Some(new.text()));
                if let Some(moved) = self.changes.last_mut() {
                    moved.places = Some(Places {
                        before: place + 1,
                        after: after[&new.number()],
                    });
                }
            }
            self.pair(old, new);
        }
    }

    fn inside(&mut self, item: Item<'_>, visit: impl FnOnce(&mut Self)) {
        let header = self.shown(item.text());
        self.section.push(header);
        visit(self);
        self.section.pop();
    }

    fn push(&mut self, kind: ChangeKind, before: Option<&str>, after: Option<&str>) {
        self.changes.push(Change {
            kind,
            section: self.section.clone(),
            before: before.map(|text| self.shown(text)),
            after: after.map(|text| self.shown(text)),
            places: None,
        });
    }

    fn shown(&self, text: &str) -> String {
        secrets_in(&self.section, text).into_owned()
    }

    /// Says what kind of a change another text of one command is.
    fn value_change(&self, old: Item<'_>, new: Item<'_>) -> ChangeKind {
        let (before, after) = (self.shown(old.text()), self.shown(new.text()));
        if before != old.text() && before == after {
            ChangeKind::Secret
        } else if old.is_blob() || new.is_blob() {
            ChangeKind::Text
        } else {
            ChangeKind::Changed
        }
    }

    /// Takes out what only looks removed and added: the same line with another secret, the same text of several lines with other
    /// words, where the grammar knows no name for either.
    fn renewed<'c>(
        &self,
        removed: &mut Vec<Item<'c>>,
        added: &mut Vec<Item<'c>>,
    ) -> Vec<(Item<'c>, Item<'c>)> {
        let mut old: HashMap<String, Item<'c>> = HashMap::new();
        for item in removed.iter() {
            if let Some(name) = self.name_without_value(*item) {
                old.entry(name).or_insert(*item);
            }
        }
        if old.is_empty() {
            return Vec::new();
        }
        let mut pairs = Vec::new();
        added.retain(|item| {
            let found = self
                .name_without_value(*item)
                .and_then(|name| old.remove(&name));
            pairs.extend(found.map(|old| (old, *item)));
            found.is_none()
        });
        let paired: HashSet<u32> = pairs.iter().map(|(old, _)| old.number()).collect();
        removed.retain(|item| !paired.contains(&item.number()));
        pairs
    }

    /// Returns what a line is without its secret, and a text of several lines without all but its first.
    fn name_without_value(&self, item: Item<'_>) -> Option<String> {
        let text = item.text();
        let shown = self.shown(text);
        if shown != text {
            return Some(shown);
        }
        let first = item.is_blob().then(|| text.lines().next()).flatten()?;
        Some(first.to_owned())
    }
}
