//! In which order do the lines of a new section come?

use std::collections::HashMap;

use super::lost::beginnings;
use crate::config::canonical::Item;
use crate::platform::Rule;

/// Puts lines that make a name before those beside them that use it, and lines that make the device drop others, or take them, before
/// those. Others stay where they are.
pub(super) fn in_turn(items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let first = First::of(&items);
    if first.makers.is_empty() && first.causes.is_empty() {
        return items;
    }
    let mut queue = Queue {
        first: &first,
        items: &items,
        seen: vec![false; items.len()],
        order: Vec::with_capacity(items.len()),
    };
    (0..items.len()).for_each(|place| queue.take(place));
    queue.order
}

/// The places of lines that others wait for.
#[derive(Default)]
struct First {
    /// By the names that they make.
    makers: HashMap<String, usize>,
    /// By the beginnings of the lines that come behind all of them.
    causes: HashMap<String, Vec<usize>>,
}

impl First {
    fn of(items: &[Item<'_>]) -> Self {
        let mut first = Self::default();
        let places = items.iter().enumerate();
        // What keeps its order with others is not moved.
        for (place, item) in places.filter(|(_, item)| item.group().is_none()) {
            for name in names_inside(*item, Rule::defines) {
                first.makers.entry(name).or_insert(place);
            }
            let rule = item.rule().into_iter();
            let drops = rule.flat_map(|rule| {
                let text = item.text();
                rule.comes_into_force(text)
                    .into_iter()
                    .chain(rule.allows(text))
            });
            for beginning in drops {
                first.causes.entry(beginning).or_default().push(place);
            }
        }
        first
    }

    /// Returns the places of the lines that one waits for.
    fn before(&self, item: Item<'_>) -> Vec<usize> {
        let used = names_inside(item, Rule::uses).into_iter();
        let makers = used.filter_map(|name| self.makers.get(&name));
        let starts = beginnings(item.positive());
        let causes = starts.filter_map(|start| self.causes.get(start));
        makers.chain(causes.flatten()).copied().collect()
    }
}

/// Lines on their way into the order in which they come.
struct Queue<'q, 'c> {
    first: &'q First,
    items: &'q [Item<'c>],
    seen: Vec<bool>,
    order: Vec<Item<'c>>,
}

impl Queue<'_, '_> {
    /// Takes a line, behind all that it waits for.
    fn take(&mut self, place: usize) {
        if std::mem::replace(&mut self.seen[place], true) {
            return;
        }
        for before in self.first.before(self.items[place]) {
            self.take(before);
        }
        self.order.push(self.items[place]);
    }
}

/// Returns the names that a line and those inside it make, or use.
fn names_inside(item: Item<'_>, names: fn(&Rule, &str) -> Vec<String>) -> Vec<String> {
    let own = item.rule().map(|rule| names(rule, item.text()));
    let inside = item.children().items();
    let inside = inside.flat_map(|child| names_inside(child, names));
    own.into_iter().flatten().chain(inside).collect()
}
