//! What of a configuration was not read as one, and which comments does the device keep?

use std::collections::{HashMap, HashSet};

use crate::config::{Annotation, Configuration, Unread, WhyLeftOut};
use crate::model::{Change, ChangeKind, UnreadLine, UnreadLines, UnreadReason};
use crate::redact::{secret_path, secrets};

/// So many lines are told; the others are counted.
const MOST: usize = 100;

/// So many characters of one line are told.
const LONGEST: usize = 200;

/// Tells what of a text was not read as configuration. Separators, what only leaves a section, and comments that count are none of it.
pub(crate) fn unread(configuration: &Configuration) -> UnreadLines {
    told(configuration, |_, _| true)
}

/// Tells the same without what only stands around the configuration, and without lines of no meaning that another one has too.
pub(crate) fn dropped(configuration: &Configuration, other: &Configuration) -> UnreadLines {
    let pieces = other.unread();
    let is_ignored = |piece: &&Unread<'_>| piece.why == WhyLeftOut::Ignored;
    let shared: HashSet<&str> = pieces
        .iter()
        .filter(is_ignored)
        .map(|piece| piece.text)
        .collect();
    told(configuration, |piece, why| match why {
        UnreadReason::Around => false,
        UnreadReason::Ignored => !shared.contains(piece.text),
        UnreadReason::Comment | UnreadReason::Overwritten => true,
    })
}

fn told(
    configuration: &Configuration,
    is_asked: impl Fn(&Unread<'_>, UnreadReason) -> bool,
) -> UnreadLines {
    let pieces = configuration.unread();
    let told: Vec<_> = pieces
        .iter()
        .filter_map(|piece| Some((piece, reason(piece).filter(|why| is_asked(piece, *why))?)))
        .collect();
    UnreadLines {
        count: told.len(),
        lines: told.into_iter().take(MOST).map(line).collect(),
    }
}

fn reason(piece: &Unread<'_>) -> Option<UnreadReason> {
    match piece.why {
        WhyLeftOut::Closer | WhyLeftOut::Annotation => None,
        WhyLeftOut::Comment if !piece.text.contains(char::is_alphanumeric) => None,
        WhyLeftOut::Comment => Some(UnreadReason::Comment),
        WhyLeftOut::Around => Some(UnreadReason::Around),
        WhyLeftOut::Ignored => Some(UnreadReason::Ignored),
        WhyLeftOut::Overwritten => Some(UnreadReason::Overwritten),
    }
}

fn line((piece, why): (&Unread<'_>, UnreadReason)) -> UnreadLine {
    let first = piece.text.lines().next().unwrap_or_default();
    UnreadLine {
        line: piece.line,
        text: secrets(first).chars().take(LONGEST).collect(),
        why,
    }
}

/// Compares the comments that the device keeps; none where one of the texts has a form that holds none.
pub(crate) fn annotation_changes(before: &Configuration, after: &Configuration) -> Vec<Change> {
    let (Some(before), Some(after)) = (before.annotations(), after.annotations()) else {
        return Vec::new();
    };
    let mut came = without(after, before);
    let mut changes: Vec<Change> = Vec::new();
    for old in without(before, after) {
        let place = came.iter().position(|new| new.section == old.section);
        let new = place.map(|place| came.remove(place));
        changes.push(change(Some(old), new));
    }
    changes.extend(came.into_iter().map(|new| change(None, Some(new))));
    changes
}

/// What stands in one list and not in the other, as often as it does.
fn without<'a>(some: &'a [Annotation], others: &[Annotation]) -> Vec<&'a Annotation> {
    let mut counts: HashMap<&Annotation, usize> = HashMap::new();
    for other in others {
        *counts.entry(other).or_default() += 1;
    }
    let mut alone = Vec::new();
    for one in some {
        match counts.get_mut(one).filter(|count| **count > 0) {
            Some(count) => *count -= 1,
            None => alone.push(one),
        }
    }
    alone
}

fn change(old: Option<&Annotation>, new: Option<&Annotation>) -> Change {
    let text = |side: &Annotation| secrets(&side.text).into_owned();
    let kind = match (old, new) {
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    };
    let section = old
        .or(new)
        .map_or(&[] as &[String], |side| side.section.as_slice());
    Change {
        kind,
        section: secret_path(section),
        before: old.map(text),
        after: new.map(text),
        places: None,
    }
}
