//! Which unit goes before which?
//!
//! A name is defined before it is used, no longer used before it goes, and free before somebody else takes it. Where
//! nothing of that decides, the rank does. A circle is opened at the lowest rank; the proof then shows whether that works.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use super::unit::{Phase, Unit};

/// Puts units into an order that respects what they need from each other.
pub(super) fn ordered(mut units: Vec<Unit>) -> Vec<Unit> {
    units.iter_mut().for_each(Unit::settle);
    loop {
        units.sort_by(|a, b| a.rank.cmp(&b.rank));
        let sorted = Graph::of(&units).sorted(units.len());
        let split = sorted
            .forced
            .iter()
            .filter(|place| !units[**place].undo.is_empty());
        let split: HashSet<usize> = split.copied().collect();
        if split.is_empty() {
            return taken(units, &sorted.order);
        }
        units = units
            .into_iter()
            .enumerate()
            .flat_map(|(place, unit)| apart(unit, split.contains(&place)))
            .collect();
    }
}

fn taken(units: Vec<Unit>, order: &[usize]) -> Vec<Unit> {
    let mut slots: Vec<Option<Unit>> = units.into_iter().map(Some).collect();
    order
        .iter()
        .filter_map(|place| slots[*place].take())
        .collect()
}

/// Takes apart what overwrites a value, where two that want each other's would wait for ever.
fn apart(mut unit: Unit, is_split: bool) -> Vec<Unit> {
    if !is_split || unit.undo.is_empty() {
        return vec![unit];
    }
    let mut first = Unit::new(unit.rank.clone());
    if let Some((phase, _)) = first.rank.last_mut() {
        *phase = Phase::Remove;
    }
    first.steps.append(&mut unit.undo);
    first.releases = std::mem::take(&mut unit.releases);
    first.unuses = std::mem::take(&mut unit.unuses);
    vec![first, unit]
}

/// The places of units in the order to send them, and those that had to go although something was missing.
struct Sorted {
    order: Vec<usize>,
    forced: Vec<usize>,
}

/// Units and, behind them, one node for each condition that some units make and others wait for.
#[derive(Default)]
struct Graph {
    after: Vec<Vec<usize>>,
    waits: Vec<usize>,
}

#[derive(PartialEq, Eq, Hash)]
enum Condition<'u> {
    Defined(&'u str),
    Unused(&'u str),
    Free(&'u str),
}

impl Graph {
    fn of(units: &[Unit]) -> Self {
        let mut graph = Self::default();
        graph.grow(units.len());
        let mut nodes: HashMap<Condition<'_>, usize> = HashMap::new();
        for (place, unit) in units.iter().enumerate() {
            let makes = unit
                .defines
                .iter()
                .map(|name| Condition::Defined(name))
                .chain(unit.unuses.iter().map(|name| Condition::Unused(name)))
                .chain(unit.releases.iter().map(|name| Condition::Free(name)));
            for condition in makes {
                let node = graph.node(&mut nodes, condition);
                graph.edge(place, node);
            }
        }
        for (place, unit) in units.iter().enumerate() {
            let waits = unit
                .uses
                .iter()
                .map(|name| Condition::Defined(name))
                .chain(unit.undefines.iter().map(|name| Condition::Unused(name)))
                .chain(unit.claims.iter().map(|name| Condition::Free(name)));
            for condition in waits {
                if let Some(node) = nodes.get(&condition) {
                    graph.edge(*node, place);
                }
            }
        }
        graph
    }

    fn grow(&mut self, by: usize) {
        self.after.resize_with(self.after.len() + by, Vec::new);
        self.waits.resize(self.after.len(), 0);
    }

    fn node<'u>(
        &mut self,
        nodes: &mut HashMap<Condition<'u>, usize>,
        condition: Condition<'u>,
    ) -> usize {
        let next = self.after.len();
        let node = *nodes.entry(condition).or_insert(next);
        if node == next {
            self.grow(1);
        }
        node
    }

    fn edge(&mut self, from: usize, to: usize) {
        self.after[from].push(to);
        self.waits[to] += 1;
    }

    /// Takes ready units by their place; where all wait for each other, the first.
    fn sorted(mut self, units: usize) -> Sorted {
        let mut ready: BinaryHeap<Reverse<usize>> = (0..units)
            .filter(|node| self.waits[*node] == 0)
            .map(Reverse)
            .collect();
        let mut done = vec![false; units];
        let mut order = Vec::with_capacity(units);
        let mut forced = Vec::new();
        let mut oldest = 0;
        while order.len() < units {
            let node = match ready.pop() {
                Some(Reverse(node)) => node,
                None => {
                    while done[oldest] {
                        oldest += 1;
                    }
                    forced.push(oldest);
                    oldest
                }
            };
            if std::mem::replace(&mut done[node], true) {
                continue;
            }
            order.push(node);
            self.release(node, units, &mut ready);
        }
        Sorted { order, forced }
    }

    /// Counts down what waited for a node. A condition is met at once, so that only units compete for their turn.
    fn release(&mut self, node: usize, units: usize, ready: &mut BinaryHeap<Reverse<usize>>) {
        let mut met = vec![node];
        while let Some(node) = met.pop() {
            for next in std::mem::take(&mut self.after[node]) {
                self.waits[next] -= 1;
                match self.waits[next] {
                    0 if next < units => ready.push(Reverse(next)),
                    0 => met.push(next),
                    _ => {}
                }
            }
        }
    }
}
