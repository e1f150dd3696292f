//! Where does each device stand? So that distances on paper are like the number of links between.
//!
//! Stress majorization (Gansner, Koren, North: "Graph Drawing by Stress Majorization", 2004) from the positions of classical
//! scaling. Only additions, multiplications, divisions and square roots, which IEEE 754 fixes to the last bit, in a fixed
//! order, and no random number: the same graph gives the same picture on every machine.

use std::collections::VecDeque;

/// A position, or a direction.
pub(super) type Point = [f64; 2];

/// Rounds of improvement.
const ROUNDS: usize = 250;
/// Steps to find an axis.
const POWER: usize = 100;
/// The cosine and sine of 1.5 degrees.
const TURN: Point = [0.999_657_324_975_557_3, 0.026_176_948_307_873_15];
/// Turns of a quarter circle.
const TURNS: usize = 60;

/// Places the nodes of a connected graph, one unit for each link between two. Nodes from `half` on are half as far from others:
/// they stand for networks.
pub(super) fn layout(count: usize, edges: &[(usize, usize)], half: usize) -> Vec<Point> {
    let mut distances = distances(count, edges);
    for (a, row) in distances.iter_mut().enumerate() {
        for (b, distance) in row.iter_mut().enumerate().filter(|(b, _)| *b != a) {
            let networks = [a, b].iter().filter(|node| **node >= half).count();
            *distance = (*distance - 0.5 * real(networks)).max(0.5);
        }
    }
    let mut points = scale(&distances);
    for _ in 0..ROUNDS {
        improve(&distances, &mut points);
    }
    upright(&mut points, edges);
    points
}

/// Returns the nodes of each connected part, in their order.
pub(super) fn parts(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let near = near(count, edges);
    let mut seen = vec![false; count];
    let mut parts = Vec::new();
    for start in 0..count {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut part = vec![start];
        let mut next = 0;
        while let Some(node) = part.get(next).copied() {
            next += 1;
            for other in &near[node] {
                if !std::mem::replace(&mut seen[*other], true) {
                    part.push(*other);
                }
            }
        }
        part.sort_unstable();
        parts.push(part);
    }
    parts
}

fn near(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut near = vec![Vec::new(); count];
    for (a, b) in edges {
        near[*a].push(*b);
        near[*b].push(*a);
    }
    near
}

/// Links between each two nodes.
fn distances(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<f64>> {
    let near = near(count, edges);
    let from = |start: usize| {
        let mut distances = vec![f64::INFINITY; count];
        distances[start] = 0.0;
        let mut waiting = VecDeque::from([start]);
        while let Some(node) = waiting.pop_front() {
            for other in &near[node] {
                if distances[*other].is_infinite() {
                    distances[*other] = distances[node] + 1.0;
                    waiting.push_back(*other);
                }
            }
        }
        distances
    };
    (0..count).map(from).collect()
}

/// Classical scaling: the two main axes of the squared distances around their mean.
fn scale(distances: &[Vec<f64>]) -> Vec<Point> {
    let count = distances.len();
    let total = real(count);
    let mean = |row: &Vec<f64>| row.iter().map(|distance| distance * distance).sum::<f64>() / total;
    let means: Vec<f64> = distances.iter().map(mean).collect();
    let all = means.iter().sum::<f64>() / total;
    let mut matrix: Vec<Vec<f64>> = (0..count)
        .map(|i| {
            (0..count)
                .map(|j| -0.5 * (distances[i][j] * distances[i][j] - means[i] - means[j] + all))
                .collect()
        })
        .collect();
    let first = axis(&mut matrix, 1);
    let second = axis(&mut matrix, 2);
    let mut points: Vec<Point> = first.into_iter().zip(second).map(|(x, y)| [x, y]).collect();
    // Nodes that stand alike in the graph would stand on one point and never part.
    let mut seed = 12_345;
    for point in &mut points {
        for value in point {
            *value += 0.05 * scatter(&mut seed);
        }
    }
    points
}

/// Finds the main axis of a matrix by power iteration, and takes it out.
fn axis(matrix: &mut [Vec<f64>], seed: u32) -> Vec<f64> {
    let mut seed = seed;
    let mut vector: Vec<f64> = matrix.iter().map(|_| scatter(&mut seed)).collect();
    let mut size = 0.0;
    for _ in 0..POWER {
        let product: Vec<f64> = matrix
            .iter()
            .map(|row| row.iter().zip(&vector).map(|(a, b)| a * b).sum())
            .collect();
        size = product
            .iter()
            .map(|value| value * value)
            .sum::<f64>()
            .sqrt();
        if size < 1e-9 {
            return vec![0.0; matrix.len()];
        }
        vector = product.into_iter().map(|value| value / size).collect();
    }
    for (i, row) in matrix.iter_mut().enumerate() {
        for (j, value) in row.iter_mut().enumerate() {
            *value -= size * vector[i] * vector[j];
        }
    }
    vector
        .into_iter()
        .map(|value| value * size.sqrt())
        .collect()
}

/// A number between -0.5 and 0.5 that only looks like chance.
fn scatter(seed: &mut u32) -> f64 {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    f64::from(*seed >> 8) / f64::from(1 << 24) - 0.5
}

/// Moves each node to where the others want it, by the weight of their distance.
fn improve(distances: &[Vec<f64>], points: &mut [Point]) {
    for i in 0..points.len() {
        let (mut sum, mut weights) = ([0.0, 0.0], 0.0);
        for j in (0..points.len()).filter(|j| *j != i) {
            let wanted = distances[i][j];
            let weight = 1.0 / (wanted * wanted);
            let apart = length(minus(points[i], points[j])).max(1e-6);
            for (axis, sum) in sum.iter_mut().enumerate() {
                let direction = (points[i][axis] - points[j][axis]) / apart;
                *sum += weight * (points[j][axis] + wanted * direction);
            }
            weights += weight;
        }
        if weights > 0.0 {
            points[i] = sum.map(|value| value / weights);
        }
    }
}

/// Turns the picture so that links lie along the edges of the paper, it is wider than high, and the first node stands at
/// the upper left.
fn upright(points: &mut [Point], edges: &[(usize, usize)]) {
    let mut best = points.to_vec();
    let mut least = slant(&best, edges);
    let mut turned = points.to_vec();
    for _ in 1..TURNS {
        for point in &mut turned {
            let [x, y] = *point;
            *point = [x * TURN[0] - y * TURN[1], x * TURN[1] + y * TURN[0]];
        }
        let slant = slant(&turned, edges);
        if slant < least - 1e-6 {
            (least, best) = (slant, turned.clone());
        }
    }
    let [width, height] = extent(&best);
    if height > width {
        for point in &mut best {
            *point = [point[1], point[0]];
        }
    }
    let middle = middle(&best);
    let first = best.first().copied().unwrap_or_default();
    for axis in 0..2 {
        if first[axis] > middle[axis] {
            for point in &mut best {
                point[axis] = -point[axis];
            }
        }
    }
    points.copy_from_slice(&best);
}

/// How much links lie aslant, for a narrow paper more than for a wide one.
fn slant(points: &[Point], edges: &[(usize, usize)]) -> f64 {
    let aslant = |(a, b): &(usize, usize)| {
        let [x, y] = minus(points[*a], points[*b]);
        (x * y).abs() / (x * x + y * y).max(1e-9)
    };
    edges.iter().map(aslant).sum()
}

pub(super) fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1]]
}

pub(super) fn length(vector: Point) -> f64 {
    (vector[0] * vector[0] + vector[1] * vector[1]).sqrt()
}

/// Width and height.
fn extent(points: &[Point]) -> Point {
    [0, 1].map(|axis| {
        let values = || points.iter().map(move |point| point[axis]);
        values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min)
    })
}

fn middle(points: &[Point]) -> Point {
    [0, 1]
        .map(|axis| points.iter().map(|point| point[axis]).sum::<f64>() / real(points.len().max(1)))
}

/// A small count as a real number.
pub(super) fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(count: usize) -> Vec<(usize, usize)> {
        (0..count).map(|node| (node, (node + 1) % count)).collect()
    }

    #[test]
    fn links_of_a_ring_are_of_one_length_and_nobody_stands_on_another() {
        for count in [3, 4, 5, 12, 40] {
            let points = layout(count, &ring(count), count);
            let lengths: Vec<f64> = ring(count)
                .iter()
                .map(|(a, b)| length(minus(points[*a], points[*b])))
                .collect();
            let longest = lengths.iter().copied().fold(0.0, f64::max);
            let shortest = lengths.iter().copied().fold(f64::MAX, f64::min);
            assert!(shortest > 0.7 * longest, "{count}: {lengths:?}");
        }
    }

    #[test]
    fn a_star_stands_around_its_middle() {
        let edges: Vec<_> = (1..9).map(|leaf| (0, leaf)).collect();
        let points = layout(9, &edges, 9);
        for (a, first) in points.iter().enumerate() {
            for second in &points[a + 1..] {
                assert!(length(minus(*first, *second)) > 0.4, "{points:?}");
            }
        }
    }

    #[test]
    fn parts_that_no_link_joins_are_told_apart() {
        assert_eq!(
            parts(5, &[(0, 3), (4, 1)]),
            [vec![0, 3], vec![1, 4], vec![2]]
        );
        assert_eq!(layout(1, &[], 1).len(), 1);
    }
}
