//! What stands at the ends of links, where there is room for it?

use super::layout::{Point, length, minus, real};
use super::scene::{Line, Scene};
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

/// A box that no label may lie on: middle, half width, half height.
type Taken = (Point, Point);

/// Places the labels of all ends. One that has no room is left out; the words are in the tooltip of the line anyway.
pub(super) fn labels(scene: &Scene<'_>) -> Vec<Label> {
    if !scene.is_told {
        return Vec::new();
    }
    let mut taken: Vec<Taken> = scene
        .marks
        .iter()
        .map(|mark| (mark.at, mark.half))
        .collect();
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
            labels.extend(place(told, (from, to), line, &mut taken));
        }
    }
    labels
}

fn place(
    end: &End,
    (from, to): (Point, Point),
    line: &Line<'_>,
    taken: &mut Vec<Taken>,
) -> Option<Label> {
    let text = words(end)?;
    let along = minus(to, from);
    let size = length(along);
    if size < 40.0 {
        return None;
    }
    let along = along.map(|part| part / size);
    let half = [
        real(columns(&text)) * LETTERS * 0.3 + 2.0,
        LETTERS * 0.5 + 2.0,
    ];
    // Beside the line, at the side where a parallel line is not.
    let side = if line.aside < 0.0 { -1.0 } else { 1.0 };
    let reach = |axis: usize| half[axis] * along[axis].abs();
    let first = reach(0) + reach(1) + 4.0;
    for (step, sides) in [
        (0.0, [side, -side]),
        (14.0, [side, -side]),
        (28.0, [side, -side]),
    ] {
        for side in sides {
            let across = half[0] * along[1].abs() + half[1] * along[0].abs() + 3.0;
            let forth = first + step;
            if forth > size * 0.48 + reach(0) {
                continue;
            }
            let at = [
                from[0] + along[0] * forth - along[1] * across * side,
                from[1] + along[1] * forth + along[0] * across * side,
            ];
            if taken.iter().all(|other| !overlaps((at, half), *other)) {
                taken.push((at, half));
                return Some(Label { text, at });
            }
        }
    }
    None
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
