//! How long does a run take, most of the time? A summary of many durations that can be stored and merged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The greatest relative error of a value that a sketch returns.
const ERROR: f64 = 0.01;
/// Where a duration of nothing is counted; the logarithm of 1 is 0.
const NOTHING: i32 = -1;

/// Counts of values in buckets whose bounds grow by 2 %, so that a percentile is at most 1 % off. Two sketches merge into the one
/// of all their values, in any order.
///
/// The bucket rule is that of DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch", VLDB 2019),
/// without its limit to the number of buckets: 64-bit microseconds fill at most 2,220.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sketch {
    buckets: BTreeMap<i32, u64>,
}

impl Sketch {
    /// Counts a value.
    pub fn add(&mut self, value: u64) {
        *self.buckets.entry(bucket(value)).or_default() += 1;
    }

    /// Counts all values of another.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.buckets {
            *self.buckets.entry(*bucket).or_default() += count;
        }
    }

    /// Counts the values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.values().sum()
    }

    /// Returns the value below or at which this share of the values lies (nearest rank); `None` without values.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let mut left = rank(share, self.count())?;
        let mut buckets = self.buckets.iter();
        let reached = buckets.find(|(_, count)| {
            let here = left <= **count;
            left = left.saturating_sub(**count);
            here
        });
        reached.map(|(bucket, _)| value(*bucket))
    }
}

/// The place, counted from 1, of the value at a share of so many.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "counts of runs are far below 2^53"
)]
pub(super) fn rank(share: f64, count: u64) -> Option<u64> {
    let rank = (share * count as f64).ceil() as u64;
    (count > 0).then(|| rank.clamp(1, count))
}

fn growth() -> f64 {
    (1.0 + ERROR) / (1.0 - ERROR)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the logarithm of 64 bits is small"
)]
fn bucket(value: u64) -> i32 {
    match value {
        0 => NOTHING,
        value => ((value as f64).ln() / growth().ln()).ceil() as i32,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float that does not fit becomes the greatest number"
)]
fn value(bucket: i32) -> u64 {
    match bucket {
        ..=NOTHING => 0,
        bucket => (2.0 * growth().powi(bucket) / (growth() + 1.0)).round() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sketch_of_nothing_has_no_percentiles() {
        assert_eq!(Sketch::default().quantile(0.5), None);
    }

    proptest! {
        #[test]
        fn a_percentile_is_at_most_one_percent_off(mut values in prop::collection::vec(0_u64..100_000_000_000, 1..300), share in 0.0..=1.0_f64) {
            let mut sketch = Sketch::default();
            values.iter().for_each(|value| sketch.add(*value));
            values.sort_unstable();
            let place = usize::try_from(rank(share, values.len() as u64).unwrap()).unwrap() - 1;
            let (exact, found) = (values[place] as f64, sketch.quantile(share).unwrap() as f64);
            // Half a microsecond of rounding comes on top.
            prop_assert!((found - exact).abs() <= exact * 0.0101 + 0.5, "{} {}", found, exact);
        }

        #[test]
        fn merged_sketches_are_the_sketch_of_all(a in prop::collection::vec(any::<u64>(), 0..50), b in prop::collection::vec(any::<u64>(), 0..50)) {
            let of = |values: &[u64]| {
                let mut sketch = Sketch::default();
                values.iter().for_each(|value| sketch.add(*value));
                sketch
            };
            let mut merged = of(&a);
            merged.merge(&of(&b));
            prop_assert_eq!(&merged, &of(&[a, b].concat()));
            let text = serde_json::to_string(&merged).unwrap();
            prop_assert_eq!(serde_json::from_str::<Sketch>(&text).unwrap(), merged);
        }
    }
}
