//! What stands at the ends of links, where there is room for it?

use super::layout::{Point, length, minus, real};
use super::scene::Scene;
use crate::report::text::{columns, fit, one_line};
use crate::topology::End;

/// Height of the letters.
pub(super) const LETTERS: f64 = 10.5;
/// Columns of a label, at most.
const COLUMNS: usize = 20;

/// A text at the end of a line, around its middle.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) at: Point,
}

/// A box that no label may lie on: middle, half width and height.
type Taken = (Point, Point);

/// What no label may lie on.
struct Paper {
    boxes: Vec<Taken>,
    lines: Vec<[Point; 2]>,
}

impl Paper {
    fn is_free(&self, label: Taken) -> bool {
        self.boxes.iter().all(|other| !overlaps(label, *other))
            && self.lines.iter().all(|line| !crosses(label, *line))
    }
}

/// Places the labels of all ends. One that has no room is left out; the words are in the tooltip of the line anyway.
pub(super) fn labels(scene: &Scene<'_>) -> Vec<Label> {
    if !scene.is_told {
        return Vec::new();
    }
    let mut paper = Paper {
        boxes: scene
            .marks
            .iter()
            .map(|mark| (mark.at, mark.half))
            .collect(),
        lines: scene.lines.iter().map(|line| scene.route(line)).collect(),
    };
    let mut labels = Vec::new();
    for line in &scene.lines {
        let [from, to] = scene.route(line);
        for (end, from, to) in [(0, from, to), (1, to, from)] {
            if scene.marks[line.ends[end]].node.is_none() {
                continue;
            }
            let id = &scene.marks[line.ends[end]]
                .node
                .map(|node| node.id.as_str());
            let told = if *id == Some(line.link.a.node.as_str()) {
                &line.link.a
            } else {
                &line.link.b
            };
            labels.extend(place(told, (from, to), &mut paper));
        }
    }
    labels
}

/// How far from the box a label may stand.
const STEPS: [f64; 5] = [0.0, 10.0, 20.0, 32.0, 46.0];

fn place(end: &End, (from, to): (Point, Point), paper: &mut Paper) -> Option<Label> {
    let text = words(end)?;
    let along = minus(to, from);
    let size = length(along);
    if size < 40.0 {
        return None;
    }
    let along = along.map(|part| part / size);
    let half = [
        real(columns(&text)) * LETTERS * 0.3 + 1.0,
        LETTERS * 0.5 + 1.0,
    ];
    // So far that the box of the text touches neither its line nor the box of its device.
    let across = half[0] * along[1].abs() + half[1] * along[0].abs() + 2.0;
    let first = half[0] * along[0].abs() + half[1] * along[1].abs() + 3.0;
    let forth = STEPS
        .iter()
        .map(|step| first + step)
        .filter(|forth| *forth < size * 0.6);
    let places = forth.flat_map(|forth| [1.0, -1.0].map(|side| (forth, across * side)));
    let mut points = places.map(|(forth, aside)| {
        let x = from[0] + along[0] * forth - along[1] * aside;
        [x, from[1] + along[1] * forth + along[0] * aside]
    });
    let at = points.find(|at| paper.is_free((*at, half)))?;
    paper.boxes.push((at, half));
    Some(Label { text, at })
}

/// Says whether a line goes through a box (Liang and Barsky, 1984).
fn crosses((at, half): Taken, [from, to]: [Point; 2]) -> bool {
    let along = minus(to, from);
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    for axis in 0..2 {
        let low = at[axis] - half[axis] - from[axis];
        let high = at[axis] + half[axis] - from[axis];
        if along[axis].abs() < 1e-9 {
            if low > 0.0 || high < 0.0 {
                return false;
            }
            continue;
        }
        let (one, two) = (low / along[axis], high / along[axis]);
        enters = enters.max(one.min(two));
        leaves = leaves.min(one.max(two));
    }
    enters < leaves
}

fn overlaps((at, half): Taken, (other, other_half): Taken) -> bool {
    (0..2).all(|axis| (at[axis] - other[axis]).abs() < half[axis] + other_half[axis])
}

/// `eth1 · 10`: the interface, and the cost of OSPF.
fn words(end: &End) -> Option<String> {
    let name = end.interface.as_ref().or(end.address.as_ref());
    let name = name.map(|name| one_line(name).into_owned());
    let cost = end.cost.map(|cost| cost.to_string());
    let parts: Vec<String> = name.into_iter().chain(cost).collect();
    let text = parts.join(" · ");
    (!text.is_empty()).then(|| fit(&text, COLUMNS).into_owned())
}
