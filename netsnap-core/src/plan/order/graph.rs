//! Who waits for whom, and where does nobody get any further?

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::super::unit::Unit;

/// What a unit can wait for and another one bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Condition<'u> {
    /// A name is there.
    Defined(&'u str),
    /// Nobody needs a name any more.
    Unused(&'u str),
    /// Nobody has a thing any more.
    Free(&'u str),
}

/// A unit in a circle: what it waits for, which the next one brings about, and what it brings about for the one before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link<'u> {
    pub(super) place: usize,
    pub(super) waits_for: Condition<'u>,
    pub(super) makes: Condition<'u>,
}

/// The places of units in the order to send them, and the circles that had to be opened.
#[derive(Debug, Default)]
pub(super) struct Sorted<'u> {
    pub(super) order: Vec<usize>,
    pub(super) circles: Vec<Vec<Link<'u>>>,
}

/// Units and, behind them, one node for each condition that some units make and others wait for.
#[derive(Default)]
pub(super) struct Graph<'u> {
    units: usize,
    after: Vec<Vec<usize>>,
    waits: Vec<usize>,
    conditions: Vec<Condition<'u>>,
    done: Vec<bool>,
    /// What each node waits for; only made where nobody gets any further.
    before: Vec<Vec<usize>>,
}

impl<'u> Graph<'u> {
    /// Looks at what units need and give.
    pub(super) fn of(units: &'u [Unit]) -> Self {
        let mut graph = Self {
            units: units.len(),
            done: vec![false; units.len()],
            ..Self::default()
        };
        graph.grow(units.len());
        let mut nodes = HashMap::new();
        for (place, unit) in units.iter().enumerate() {
            for condition in makes(unit) {
                let node = graph.node(&mut nodes, condition);
                graph.edge(place, node);
            }
        }
        for (place, unit) in units.iter().enumerate() {
            for condition in waits_for(unit) {
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

    fn node(
        &mut self,
        nodes: &mut HashMap<Condition<'u>, usize>,
        condition: Condition<'u>,
    ) -> usize {
        let next = self.after.len();
        let node = *nodes.entry(condition).or_insert(next);
        if node == next {
            self.grow(1);
            self.conditions.push(condition);
        }
        node
    }

    fn edge(&mut self, from: usize, to: usize) {
        self.after[from].push(to);
        self.waits[to] += 1;
    }

    /// Takes ready units by their place. Where all wait for each other, one of a circle goes: the first that `prefer` names,
    /// or the first of all.
    pub(super) fn sorted(mut self, prefer: impl Fn(&[Link<'u>]) -> Option<usize>) -> Sorted<'u> {
        let ready = (0..self.units).filter(|node| self.waits[*node] == 0);
        let mut ready: BinaryHeap<_> = ready.map(Reverse).collect();
        let mut sorted = Sorted::default();
        let mut oldest = 0;
        while sorted.order.len() < self.units {
            let node = match ready.pop() {
                Some(Reverse(node)) => node,
                None => {
                    while self.done[oldest] {
                        oldest += 1;
                    }
                    let circle = self.circle(oldest);
                    let first = circle.first().map_or(oldest, |link| link.place);
                    let node = prefer(&circle).unwrap_or(first);
                    sorted.circles.push(circle);
                    node
                }
            };
            if std::mem::replace(&mut self.done[node], true) {
                continue;
            }
            sorted.order.push(node);
            self.release(node, &mut ready);
        }
        sorted
    }

    /// Counts down what waited for a node. A condition is met at once, so that only units compete for their turn.
    fn release(&mut self, node: usize, ready: &mut BinaryHeap<Reverse<usize>>) {
        let mut met = vec![node];
        while let Some(node) = met.pop() {
            for next in std::mem::take(&mut self.after[node]) {
                self.waits[next] -= 1;
                match self.waits[next] {
                    0 if next < self.units => ready.push(Reverse(next)),
                    0 => met.push(next),
                    _ => {}
                }
            }
        }
    }

    /// Returns a circle that a unit waits for, its first unit by place in front.
    fn circle(&mut self, from: usize) -> Vec<Link<'u>> {
        self.look_back();
        let mut path = vec![from];
        let mut places = HashMap::from([(from, 0)]);
        let circle = loop {
            let last = path[path.len() - 1];
            let next = self.before[last].iter().find(|node| self.is_open(**node));
            let Some(next) = next.copied() else {
                return Vec::new();
            };
            if let Some(place) = places.insert(next, path.len()) {
                break &path[place..];
            }
            path.push(next);
        };
        let units = circle.iter().enumerate();
        let units = units.filter(|(_, node)| **node < self.units);
        let links = units.map(|(at, node)| Link {
            place: *node,
            waits_for: self.condition(circle[(at + 1) % circle.len()]),
            makes: self.condition(circle[(at + circle.len() - 1) % circle.len()]),
        });
        let mut links: Vec<Link<'u>> = links.collect();
        let first = links.iter().enumerate().min_by_key(|(_, link)| link.place);
        let first = first.map_or(0, |(at, _)| at);
        links.rotate_left(first);
        links
    }

    fn condition(&self, node: usize) -> Condition<'u> {
        self.conditions[node - self.units]
    }

    fn is_open(&self, node: usize) -> bool {
        match self.done.get(node) {
            Some(done) => !done,
            None => self.waits[node] > 0,
        }
    }

    fn look_back(&mut self) {
        if !self.before.is_empty() {
            return;
        }
        self.before.resize_with(self.after.len(), Vec::new);
        for (from, after) in self.after.iter().enumerate() {
            for to in after {
                self.before[*to].push(from);
            }
        }
    }
}

fn makes(unit: &Unit) -> impl Iterator<Item = Condition<'_>> {
    let defined = unit.defines.iter().map(|name| Condition::Defined(name));
    let unused = unit.unuses.iter().map(|name| Condition::Unused(name));
    let free = unit.releases.iter().map(|name| Condition::Free(name));
    defined.chain(unused).chain(free)
}

fn waits_for(unit: &Unit) -> impl Iterator<Item = Condition<'_>> {
    let defined = unit.uses.iter().map(|name| Condition::Defined(name));
    let unused = unit.undefines.iter().map(|name| Condition::Unused(name));
    let free = unit.claims.iter().map(|name| Condition::Free(name));
    defined.chain(unused).chain(free)
}
