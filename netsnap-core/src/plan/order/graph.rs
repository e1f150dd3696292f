//! Who waits for whom, and where does nobody get any further?

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::super::unit::Unit;
use super::service;

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

/// Units that wait for nothing more, by their turn.
type Ready = BinaryHeap<Reverse<(bool, usize)>>;

/// Units and, behind them, one node for each condition that some units make and others wait for.
#[derive(Default)]
pub(super) struct Graph<'u> {
    units: usize,
    after: Vec<Vec<usize>>,
    waits: Vec<usize>,
    conditions: Vec<Condition<'u>>,
    done: Vec<bool>,
    /// Whether each unit comes as soon as it can.
    urgent: Vec<bool>,
    /// What only is wished for: the condition, and who wishes it, and whether the device may mind.
    wishes: HashMap<(usize, usize), bool>,
    /// What each node waits for; only made where nobody gets any further.
    before: Vec<Vec<usize>>,
}

impl<'u> Graph<'u> {
    /// Looks at what units need and give.
    pub(super) fn of(units: &'u [Unit]) -> Self {
        let mut graph = Self {
            units: units.len(),
            done: vec![false; units.len()],
            urgent: units.iter().map(|unit| unit.is_urgent).collect(),
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
            for wish in &unit.wishes {
                if let Some(node) = nodes.get(&Condition::Defined(wish)) {
                    graph.edge(*node, place);
                    let is_strong = service::is_strong(wish);
                    graph.wishes.insert((*node, place), is_strong);
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

    /// Takes ready units by their place, those in haste first. Where all wait for each other, a wish of a circle is dropped; where
    /// nobody only wishes, one of the circle goes: the first that `prefer` names, or the first of all.
    pub(super) fn sorted(mut self, prefer: impl Fn(&[Link<'u>]) -> Option<usize>) -> Sorted<'u> {
        let ready = (0..self.units).filter(|node| self.waits[*node] == 0);
        let mut ready: Ready = ready.map(|node| self.turn(node)).collect();
        let mut sorted = Sorted::default();
        let mut oldest = 0;
        while sorted.order.len() < self.units {
            let node = match ready.pop() {
                Some(Reverse((_, node))) => node,
                None => {
                    while self.done[oldest] {
                        oldest += 1;
                    }
                    let circle = self.circle(oldest);
                    if self.drop_wish(&circle, &mut ready) {
                        continue;
                    }
                    let circle = self.links(&circle);
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
    fn release(&mut self, node: usize, ready: &mut Ready) {
        let mut met = vec![node];
        while let Some(node) = met.pop() {
            for next in std::mem::take(&mut self.after[node]) {
                self.waits[next] -= 1;
                match self.waits[next] {
                    0 if next < self.units => ready.push(self.turn(next)),
                    0 => met.push(next),
                    _ => {}
                }
            }
        }
    }

    fn turn(&self, unit: usize) -> Reverse<(bool, usize)> {
        Reverse((!self.urgent[unit], unit))
    }

    /// Drops a wish of a circle, one that the device does not mind where there is one; false where there is none.
    fn drop_wish(&mut self, circle: &[usize], ready: &mut Ready) -> bool {
        let next = circle.iter().cycle().skip(1);
        let links = circle.iter().zip(next);
        let wishes = links.filter_map(|(unit, next)| {
            let is_strong = self.wishes.get(&(*next, *unit))?;
            Some((is_strong, unit, next))
        });
        let Some((_, unit, wished)) = wishes.min_by_key(|(is_strong, ..)| **is_strong) else {
            return false;
        };
        self.wishes.remove(&(*wished, *unit));
        self.after[*wished].retain(|waiting| waiting != unit);
        self.before[*unit].retain(|condition| condition != wished);
        self.waits[*unit] -= 1;
        if self.waits[*unit] == 0 {
            ready.push(self.turn(*unit));
        }
        true
    }

    /// Returns a circle that a unit waits for, each before what it waits for.
    fn circle(&mut self, from: usize) -> Vec<usize> {
        self.look_back();
        let mut path = vec![from];
        let mut places = HashMap::from([(from, 0)]);
        loop {
            let last = path[path.len() - 1];
            let next = self.before[last].iter().find(|node| self.is_open(**node));
            let Some(next) = next.copied() else {
                return Vec::new();
            };
            if let Some(place) = places.insert(next, path.len()) {
                return path.split_off(place);
            }
            path.push(next);
        }
    }

    /// Returns the units of a circle, the first by place in front.
    fn links(&self, circle: &[usize]) -> Vec<Link<'u>> {
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
    let granted = unit.grants.iter().map(|name| Condition::Defined(name));
    defined.chain(unused).chain(free).chain(granted)
}

fn waits_for(unit: &Unit) -> impl Iterator<Item = Condition<'_>> {
    let defined = unit.uses.iter().map(|name| Condition::Defined(name));
    let unused = unit.undefines.iter().map(|name| Condition::Unused(name));
    let free = unit.claims.iter().map(|name| Condition::Free(name));
    defined.chain(unused).chain(free)
}
