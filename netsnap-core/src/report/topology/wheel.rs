//! Many devices that are all linked to the same few: the many stand on a rim, the few in its middle.
//!
//! As stress has it, they would be one heap: each of the many is as far from any other as from the next.

use std::collections::BTreeMap;

use super::layout::{Point, real};

/// So many alike make a rim.
const ALIKE: usize = 12;
/// π, which the standard library has to the same last bit.
const PI: f64 = std::f64::consts::PI;

/// Returns the nodes of a connected graph that stand on the rim: alike in their links, and most of all.
pub(super) fn rim(count: usize, edges: &[(usize, usize)]) -> Option<Vec<usize>> {
    let mut near = vec![Vec::new(); count];
    for (a, b) in edges {
        near[*a].push(*b);
        near[*b].push(*a);
    }
    let mut alike: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (node, mut near) in near.into_iter().enumerate() {
        near.sort_unstable();
        alike.entry(near).or_default().push(node);
    }
    let rim = alike.into_values().max_by_key(Vec::len)?;
    (rim.len() >= ALIKE && rim.len() * 10 >= count * 6).then_some(rim)
}

/// Returns places on two circles, alternately, so that boxes of a width have room; then places in the middle for the others.
pub(super) fn places(rim: usize, hub: usize, width: f64) -> (Vec<Point>, Vec<Point>) {
    let radius = (real(rim) * width / (4.0 * PI)).max(3.0 * width);
    let step = (width * 0.9).min(70.0);
    let outer = (0..rim).map(|place| {
        let radius = if place % 2 == 0 {
            radius
        } else {
            radius + step
        };
        around(place, rim, radius)
    });
    let reach = if hub == 1 { 0.0 } else { radius * 0.38 };
    let inner = (0..hub).map(|place| around(place, hub, reach));
    (outer.collect(), inner.collect())
}

/// A place on a circle, clockwise from the top.
fn around(place: usize, of: usize, radius: f64) -> Point {
    let angle = 2.0 * PI * real(place) / real(of.max(1));
    [radius * sine(angle), -radius * sine(angle + PI / 2.0)]
}

/// The sine by its series: that of the machine may differ from machine to machine in the last bit.
fn sine(angle: f64) -> f64 {
    let turns = (angle / (2.0 * PI) + 0.5).floor();
    let x = angle - turns * 2.0 * PI;
    let (mut sum, mut term) = (x, x);
    for step in 1..16 {
        let step = f64::from(2 * step);
        term *= -x * x / (step * (step + 1.0));
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_is_the_sine() {
        for step in -40..200 {
            let angle = f64::from(step) * 0.17;
            assert!((sine(angle) - angle.sin()).abs() < 1e-9, "{angle}");
        }
    }

    #[test]
    fn leaves_stand_on_the_rim() {
        let edges: Vec<_> = (2..20).flat_map(|leaf| [(0, leaf), (1, leaf)]).collect();
        assert_eq!(rim(20, &edges), Some((2..20).collect()));
        let ring: Vec<_> = (0..20).map(|node| (node, (node + 1) % 20)).collect();
        assert_eq!(rim(20, &ring), None);
    }
}
