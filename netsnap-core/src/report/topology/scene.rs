//! What is drawn where: boxes for devices, dots for shared networks, lines between.

use std::collections::BTreeMap;

use super::layout::{Point, layout, length, minus, parts, real};
use super::wheel;
use crate::report::text::{columns, fit, one_line};
use crate::topology::{Link, Node, Topology};

/// Columns of a label, at most.
const LABEL: usize = 24;
/// Free space around a box.
const GAP: f64 = 14.0;
/// Free space around the picture.
pub(super) const MARGIN: f64 = 28.0;
/// Rounds in which boxes that overlap push each other away.
const PUSHES: usize = 400;
/// Up to so many links, each end says its interface and cost.
const TOLD: usize = 24;

/// A device or a shared network, placed.
#[derive(Clone, Debug)]
pub(super) struct Mark<'a> {
    /// The device; none for a shared network.
    pub(super) node: Option<&'a Node>,
    pub(super) label: String,
    pub(super) at: Point,
    /// Half the width and half the height.
    pub(super) half: Point,
}

/// A line, by its marks.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    pub(super) ends: [usize; 2],
    pub(super) link: &'a Link,
    /// How far it stands beside the straight line, where there are several between two marks.
    pub(super) aside: f64,
}

/// All that is drawn.
#[derive(Clone, Debug)]
pub(super) struct Scene<'a> {
    pub(super) marks: Vec<Mark<'a>>,
    pub(super) lines: Vec<Line<'a>>,
    pub(super) size: Point,
    /// Whether ends say their interface and cost.
    pub(super) is_told: bool,
    /// Height of the letters in boxes.
    pub(super) letters: f64,
}

impl<'a> Scene<'a> {
    pub(super) fn new(topology: &'a Topology) -> Self {
        let letters = if topology.nodes.len() > 60 {
            11.0
        } else {
            13.0
        };
        let mut marks: Vec<Mark<'_>> = topology
            .nodes
            .iter()
            .map(|node| device(node, letters))
            .collect();
        let lines = lines(topology, &mut marks);
        let is_told = topology.links.len() <= TOLD;
        let mut scene = Self {
            marks,
            lines,
            size: [0.0, 0.0],
            is_told,
            letters,
        };
        scene.place();
        scene
    }

    fn edges(&self) -> Vec<(usize, usize)> {
        let mut edges: Vec<_> = self
            .lines
            .iter()
            .map(|line| (line.ends[0], line.ends[1]))
            .collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// Places each connected part, and sets the parts side by side.
    fn place(&mut self) {
        let edges = self.edges();
        let mut parts = parts(self.marks.len(), &edges);
        // The largest first; of parts of one size, the one with the first device.
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        let unit = self.unit();
        let area: f64 = parts
            .iter()
            .map(|part| real(part.len()) * unit * unit)
            .sum();
        let widest = (area.sqrt() * 1.6).max(600.0);
        let (mut corner, mut row) = ([MARGIN, MARGIN], 0.0_f64);
        for part in parts {
            let [width, height] = self.place_part(&part, &edges, unit);
            if corner[0] > MARGIN && corner[0] + width > widest {
                corner = [MARGIN, corner[1] + row + 2.0 * GAP];
                row = 0.0;
            }
            self.shift(&part, corner);
            corner[0] += width + 2.0 * GAP;
            row = row.max(height);
            self.size = [
                self.size[0].max(corner[0] - 2.0 * GAP + MARGIN),
                corner[1] + row + MARGIN,
            ];
        }
    }

    /// Length of a link on paper.
    fn unit(&self) -> f64 {
        let widths = self.marks.iter().map(|mark| 2.0 * mark.half[0]);
        let widest = widths.fold(0.0, f64::max);
        match (self.is_told, self.marks.len()) {
            (true, _) => widest + 170.0,
            (false, ..=60) => widest.max(50.0) * 1.5 + 20.0,
            (false, _) => widest.max(40.0) + 30.0,
        }
    }

    fn place_part(&mut self, part: &[usize], edges: &[(usize, usize)], unit: f64) -> Point {
        let index: BTreeMap<usize, usize> = part
            .iter()
            .enumerate()
            .map(|(place, mark)| (*mark, place))
            .collect();
        let edges: Vec<_> = edges
            .iter()
            .filter_map(|(a, b)| Some((*index.get(a)?, *index.get(b)?)))
            .collect();
        match wheel::rim(part.len(), &edges) {
            Some(rim) => self.place_wheel(part, &rim),
            None => {
                // Networks stand behind all devices.
                let devices = part.iter().filter(|mark| self.marks[**mark].node.is_some());
                let points = layout(part.len(), &edges, devices.count());
                for (mark, [x, y]) in part.iter().zip(points) {
                    self.marks[*mark].at = [x * unit, y * unit];
                }
            }
        }
        self.push_apart(part);
        let [left, top, right, bottom] = self.bounds(part);
        self.shift(part, [-left, -top]);
        [right - left, bottom - top]
    }

    fn place_wheel(&mut self, part: &[usize], rim: &[usize]) {
        let widths = part.iter().map(|mark| 2.0 * self.marks[*mark].half[0]);
        let width = widths.fold(0.0, f64::max) + GAP;
        let hub: Vec<usize> = (0..part.len())
            .filter(|place| !rim.contains(place))
            .collect();
        let (outer, inner) = wheel::places(rim.len(), hub.len(), width);
        let placed = rim.iter().zip(outer).chain(hub.iter().zip(inner));
        for (place, at) in placed {
            self.marks[part[*place]].at = at;
        }
    }

    fn shift(&mut self, part: &[usize], by: Point) {
        for mark in part {
            let at = &mut self.marks[*mark].at;
            *at = [at[0] + by[0], at[1] + by[1]];
        }
    }

    fn bounds(&self, part: &[usize]) -> [f64; 4] {
        let mut bounds = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for mark in part.iter().map(|mark| &self.marks[*mark]) {
            for axis in 0..2 {
                bounds[axis] = bounds[axis].min(mark.at[axis] - mark.half[axis]);
                bounds[axis + 2] = bounds[axis + 2].max(mark.at[axis] + mark.half[axis]);
            }
        }
        bounds
    }

    /// Moves boxes that overlap apart, along the shorter way.
    fn push_apart(&mut self, part: &[usize]) {
        for _ in 0..PUSHES {
            let mut is_moved = false;
            for (place, first) in part.iter().enumerate() {
                for second in &part[place + 1..] {
                    is_moved |= self.push(*first, *second);
                }
            }
            if !is_moved {
                return;
            }
        }
    }

    fn push(&mut self, first: usize, second: usize) -> bool {
        let (a, b) = (&self.marks[first], &self.marks[second]);
        let apart = minus(b.at, a.at);
        let overlap = [0, 1].map(|axis| a.half[axis] + b.half[axis] + GAP - apart[axis].abs());
        if overlap[0] <= 0.01 || overlap[1] <= 0.01 {
            return false;
        }
        let axis = usize::from(overlap[1] < overlap[0]);
        let sign = if apart[axis] < 0.0 { -0.5 } else { 0.5 };
        self.marks[first].at[axis] -= sign * overlap[axis];
        self.marks[second].at[axis] += sign * overlap[axis];
        true
    }

    /// Returns where a line begins and ends: at the borders of its marks.
    pub(super) fn route(&self, line: &Line<'_>) -> [Point; 2] {
        let [a, b] = line.ends.map(|end| &self.marks[end]);
        let along = minus(b.at, a.at);
        let size = length(along).max(1e-6);
        let side = [-along[1] / size * line.aside, along[0] / size * line.aside];
        let moved = |at: Point| [at[0] + side[0], at[1] + side[1]];
        let (from, to) = (moved(a.at), moved(b.at));
        [
            border(from, along, a.half),
            border(to, [-along[0], -along[1]], b.half),
        ]
    }
}

/// Where the way from the middle of a box leaves it.
fn border(from: Point, along: Point, half: Point) -> Point {
    let share = |axis: usize| half[axis] / along[axis].abs().max(1e-6);
    let part = share(0).min(share(1)).min(1.0);
    [from[0] + along[0] * part, from[1] + along[1] * part]
}

fn device(node: &Node, letters: f64) -> Mark<'_> {
    let name = one_line(&node.id);
    let label = fit(&name, LABEL).into_owned();
    // A letter of a monospaced type is 0.6 of its height wide.
    let half = [
        real(columns(&label)) * letters * 0.3 + 10.0,
        letters * 0.5 + 7.0,
    ];
    Mark {
        node: Some(node),
        label,
        at: [0.0, 0.0],
        half,
    }
}

/// Lines between devices; a network that more than two share becomes a mark of its own, with a line to each.
fn lines<'a>(topology: &'a Topology, marks: &mut Vec<Mark<'a>>) -> Vec<Line<'a>> {
    let places: BTreeMap<&str, usize> = topology
        .nodes
        .iter()
        .enumerate()
        .map(|(place, node)| (node.id.as_str(), place))
        .collect();
    let mut shared: BTreeMap<(&str, &str), Vec<&Link>> = BTreeMap::new();
    for link in &topology.links {
        if let Some(network) = &link.network {
            let area = link.area.as_deref().unwrap_or_default();
            shared.entry((area, network)).or_default().push(link);
        }
    }
    shared.retain(|_, links| links.len() > 1);
    let mut lines = Vec::new();
    for link in &topology.links {
        let area = link.area.as_deref().unwrap_or_default();
        let is_shared = link
            .network
            .as_ref()
            .is_some_and(|network| shared.contains_key(&(area, network.as_str())));
        let ends = [&link.a, &link.b].map(|end| places.get(end.node.as_str()).copied());
        if let (false, [Some(a), Some(b)]) = (is_shared, ends) {
            lines.push(line([a, b], link));
        }
    }
    for ((_, network), links) in shared {
        let middle = marks.len();
        marks.push(Mark {
            node: None,
            label: network.to_owned(),
            at: [0.0, 0.0],
            half: [5.0, 5.0],
        });
        let mut joined: BTreeMap<usize, &Link> = BTreeMap::new();
        for link in links {
            for end in [&link.a, &link.b] {
                joined.extend(places.get(end.node.as_str()).map(|place| (*place, link)));
            }
        }
        lines.extend(
            joined
                .into_iter()
                .map(|(place, link)| line([place, middle], link)),
        );
    }
    spread(&mut lines);
    lines
}

fn line(ends: [usize; 2], link: &Link) -> Line<'_> {
    Line {
        ends,
        link,
        aside: 0.0,
    }
}

/// Sets lines between the same two marks side by side.
fn spread(lines: &mut [Line<'_>]) {
    const BESIDE: f64 = 9.0;
    let mut groups: BTreeMap<[usize; 2], Vec<usize>> = BTreeMap::new();
    for (place, line) in lines.iter().enumerate() {
        groups.entry(line.ends).or_default().push(place);
    }
    for group in groups.values() {
        let middle = (real(group.len()) - 1.0) / 2.0;
        for (rank, place) in group.iter().enumerate() {
            lines[*place].aside = (real(rank) - middle) * BESIDE;
        }
    }
}
