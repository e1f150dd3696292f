//! How does an entry come between others of a list whose numbers the device does not show?
//!
//! Cisco IOS gives each entry a number, and prints none (IOS security configuration guide, IP access list entry sequence numbering:
//! "sequence numbers are not nvgened"). Once the list was told to count anew they are known, and an entry can be typed with one that lies
//! between two others. Without that all that stands behind the place would have to go and come again.

use std::collections::HashSet;

use super::placement::{Arrival, Placement};
use crate::config::canonical::Item;
use crate::diff::matching::Ordered;

/// The greatest number of an entry.
const GREATEST: usize = 2_147_483_647;

/// What is done for an entry of the second list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It stands in its place.
    Stays,
    /// It comes with a number.
    Between(usize),
    /// It comes without one, and so behind all others.
    Last,
}

/// A list that counts anew, so that entries can come between others.
#[derive(Debug)]
pub(super) struct Resequenced<'g, 'c> {
    pub(super) placement: Placement<'g, 'c>,
    /// The first number, and how far two of them are apart.
    pub(super) step: usize,
    /// The entries of the second list in their order; and whether they stand elsewhere in the first.
    pub(super) turns: Vec<(Item<'c>, bool, Turn)>,
}

impl<'g, 'c> Resequenced<'g, 'c> {
    /// Finds how; none where it takes as many commands as without, or where not each entry can have a number.
    pub(super) fn of(group: &'g Ordered<'c>) -> Option<Self> {
        if !can_be_numbered(&group.before) || !can_be_numbered(&group.after) {
            return None;
        }
        let placement = Placement::of(group);
        let arrivals: Vec<(Item<'c>, Arrival<'c>)> = placement.arrivals().collect();
        let behind = arrivals.iter().rposition(|(_, arrival)| stays(arrival))? + 1;
        let runs = arrivals[..behind].split(|(_, arrival)| stays(arrival));
        let longest = runs.map(<[_]>::len).max().filter(|length| *length > 0)?;
        let step = steps().find(|step| *step > longest)?;
        let is_small = (group.before.len() + 1).checked_mul(step)? <= GREATEST;
        let found = Self {
            turns: turns(&placement, &arrivals, (step, behind)),
            placement,
            step,
        };
        let appended = group.appended();
        let otherwise = appended.removed.len() + appended.added.len();
        (is_small && found.commands() < otherwise).then_some(found)
    }

    fn commands(&self) -> usize {
        let coming = self.turns.iter().filter(|(.., turn)| *turn != Turn::Stays);
        let each = coming.map(|(_, moves, _)| 1 + usize::from(*moves));
        1 + self.placement.removed.len() + each.sum::<usize>()
    }
}

/// Ten, as devices count by themselves, or more where more has to go between two.
fn steps() -> impl Iterator<Item = usize> {
    std::iter::successors(Some(10), |step| usize::checked_mul(*step, 10))
}

/// Says whether each entry may have a number, and stands once: a device takes none twice.
fn can_be_numbered(items: &[Item<'_>]) -> bool {
    let mut seen = HashSet::new();
    items.iter().all(|item| {
        let is_entry = item.rule().is_some_and(|rule| rule.numbered);
        is_entry && seen.insert(item.text())
    })
}

fn stays(arrival: &Arrival<'_>) -> bool {
    !arrival.is_new && arrival.beside.is_none()
}

/// Gives each that comes before one that stays a number behind the one that stays before it.
fn turns<'c>(
    placement: &Placement<'_, 'c>,
    arrivals: &[(Item<'c>, Arrival<'c>)],
    (step, behind): (usize, usize),
) -> Vec<(Item<'c>, bool, Turn)> {
    let mut turns: Vec<(Item<'c>, bool, Turn)> = Vec::with_capacity(arrivals.len());
    let mut before = 0;
    for (at, (item, arrival)) in arrivals.iter().enumerate() {
        let turn = if stays(arrival) {
            before = (placement.place(*item) + 1) * step;
            Turn::Stays
        } else if at >= behind {
            Turn::Last
        } else {
            let run = arrivals[at..].iter().take_while(|(_, other)| !stays(other));
            let already = turns
                .iter()
                .rev()
                .take_while(|(.., turn)| *turn != Turn::Stays);
            let (left, already) = (run.count(), already.count());
            Turn::Between(before + step * (already + 1) / (left + already + 1))
        };
        turns.push((*item, !arrival.is_new, turn));
    }
    turns
}

#[cfg(test)]
mod tests {
    use crate::config::Configuration;
    use crate::model::Step;
    use crate::plan::Remedy;
    use crate::platform::Platform;

    fn steps(before: &[u32], after: &[u32]) -> Vec<String> {
        let platform = Platform::named("cisco_ios").unwrap();
        let read = |ports: &[u32]| {
            let entry = |port: &u32| format!(" permit tcp any any eq {port}\n");
            let entries: String = ports.iter().map(entry).collect();
            Configuration::parse(&format!("ip access-list extended A\n{entries}"), &platform)
                .unwrap()
        };
        let (before, after) = (read(before), read(after));
        let steps = Remedy::of(&before, &after, &platform).unwrap().steps;
        let short = |step: Step| {
            step.line
                .replace("permit tcp any any eq ", "")
                .replace("ip access-list resequence A ", "from ")
        };
        steps.into_iter().map(short).collect()
    }

    #[test]
    fn what_comes_between_two_has_a_number_between_theirs() {
        for (before, after, expected) in [
            (
                &[8001, 8003, 8004][..],
                &[8001, 8002, 8003, 8004][..],
                &["from 10 10", "15 8002"][..],
            ),
            (
                &[8002, 8003],
                &[8001, 8002, 8003],
                &["from 10 10", "5 8001"],
            ),
            // Behind one that goes later.
            (
                &[8001, 8002, 8003, 8004, 8005],
                &[8001, 8009, 8003, 8004, 8005],
                &["from 10 10", "15 8009", "no 8002"],
            ),
            // What moves goes right before it comes.
            (
                &[8001, 8002, 8003, 8004],
                &[8004, 8001, 8002, 8003],
                &["from 10 10", "no 8004", "5 8004"],
            ),
            // At the end none is needed.
            (
                &[8001, 8002, 8003],
                &[8009, 8001, 8002, 8003, 8010],
                &["from 10 10", "5 8009", "8010"],
            ),
        ] {
            assert_eq!(steps(before, after), expected);
        }
    }

    #[test]
    fn a_list_counts_anew_only_where_that_saves_something() {
        assert_eq!(steps(&[8001], &[8001, 8002]), ["8002"]);
        assert_eq!(steps(&[8001, 8002], &[8002]), ["no 8001"]);
        assert_eq!(steps(&[8001], &[8002]), ["8002", "no 8001"]);
        assert_eq!(steps(&[8001, 8002], &[8002, 8001]), ["no 8001", "8001"]);
    }
}
