//! What can stay where it is when a list is put into another order?

use std::collections::HashSet;

/// Returns the longest rising subsequence of distinct numbers: what stays when the rest is moved.
pub(crate) fn longest_rising(places: &[usize]) -> HashSet<usize> {
    let positions = rising(places).into_iter();
    positions.map(|position| places[position]).collect()
}

/// Returns the positions of a longest rising subsequence, in order.
pub(super) fn rising(places: &[usize]) -> Vec<usize> {
    // Most lists are in order already.
    if places.is_sorted_by(|one, next| one < next) {
        return (0..places.len()).collect();
    }
    // `tails[n]` is the position of the smallest number that ends a rising row of n + 1.
    let mut tails: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = Vec::with_capacity(places.len());
    for (position, place) in places.iter().enumerate() {
        // Mostly the new one goes to the end.
        let length = match tails.last() {
            Some(last) if places[*last] < *place => tails.len(),
            _ => tails.partition_point(|tail| places[*tail] < *place),
        };
        previous.push(length.checked_sub(1).map(|shorter| tails[shorter]));
        match tails.get_mut(length) {
            Some(tail) => *tail = position,
            None => tails.push(position),
        }
    }
    let last = tails.last().copied();
    let mut row: Vec<usize> = std::iter::successors(last, |position| previous[*position]).collect();
    row.reverse();
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_row_in_order_stays() {
        assert_eq!(rising(&[3, 0, 1, 2]), [1, 2, 3]);
        assert_eq!(rising(&[0, 1, 2]), [0, 1, 2]);
        assert_eq!(rising(&[2, 1, 0]).len(), 1);
        assert!(rising(&[]).is_empty());
        assert_eq!(longest_rising(&[5, 1, 4]), HashSet::from([1, 4]));
    }
}
