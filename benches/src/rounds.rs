//! How are contenders compared fairly?

/// Runs every contender once, then all again, and returns what each gave, in the order of the contenders.
///
/// What a contender cannot do (`None`) is left out of its values.
pub fn interleave<C, R>(
    contenders: &[C],
    rounds: usize,
    mut run: impl FnMut(&C) -> Option<R>,
) -> Vec<Vec<R>> {
    let mut results: Vec<Vec<R>> = contenders.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (contender, values) in contenders.iter().zip(&mut results) {
            values.extend(run(contender));
        }
    }
    results
}

/// Returns the median; of an even number of values, the mean of the two in the middle. `None` of none.
#[must_use]
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// Returns the least: what else a machine does can only add to the cost of work that is always the same. `None` of none.
#[must_use]
pub fn least(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    values.into_iter().min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median([]), None);
        assert_eq!(median([3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn the_least_is_what_nothing_was_added_to() {
        assert_eq!(least([]), None);
        assert_eq!(least([3.0, 1.0, 2.0]), Some(1.0));
    }

    #[test]
    fn rounds_go_around_and_failures_are_left_out() {
        let mut order = Vec::new();
        let results = interleave(&["a", "b"], 2, |name| {
            order.push(*name);
            (*name == "a").then_some(order.len())
        });
        assert_eq!(order, ["a", "b", "a", "b"]);
        assert_eq!(results, [vec![1, 3], vec![]]);
    }
}
