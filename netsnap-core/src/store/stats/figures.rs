//! How many, how well, how long? The figures of some runs, counted one by one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::sketch::{Sketch, rank};

/// How long some runs took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Durations {
    /// Runs with a duration.
    pub count: u64,
    /// Their mean, in microseconds.
    pub mean_us: Option<u64>,
    /// Half of them took at most so long (nearest rank).
    pub p50_us: Option<u64>,
    /// 95 of 100 took at most so long.
    pub p95_us: Option<u64>,
    /// 99 of 100 took at most so long.
    pub p99_us: Option<u64>,
    /// Set when the percentiles come from a sketch and can be off by 1 %: of very many runs, and of runs that were removed.
    pub approximate: bool,
}

/// The figures of some runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// How many.
    pub total: u64,
    /// How many in each state.
    pub by_status: BTreeMap<String, u64>,
    /// How many have ended.
    pub ended: u64,
    /// How many of these succeeded.
    pub succeeded: u64,
    /// `succeeded / ended`; absent when none has ended. A partly successful run counts as ended only.
    pub success_rate: Option<f64>,
    /// How long they took.
    pub durations: Durations,
}

/// What is counted of one run, or of many equal ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome<'a> {
    pub(super) status: &'a str,
    pub(super) ended: bool,
    pub(super) succeeded: bool,
}

/// Counts figures.
#[derive(Clone, Debug)]
pub(super) struct Measure {
    figures: Figures,
    sum_us: u128,
    /// Durations as they are, as long as there are few …
    exact: Vec<u64>,
    /// … and their sketch from then on.
    sketch: Option<Sketch>,
    limit: usize,
}

impl Measure {
    /// Starts with nothing counted; so many durations are kept as they are.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            figures: Figures::default(),
            sum_us: 0,
            exact: Vec::new(),
            sketch: None,
            limit,
        }
    }

    /// Counts so many of an outcome.
    pub(super) fn count(&mut self, outcome: Outcome<'_>, count: u64) {
        let figures = &mut self.figures;
        figures.total += count;
        figures.ended += if outcome.ended { count } else { 0 };
        figures.succeeded += if outcome.succeeded { count } else { 0 };
        match figures.by_status.get_mut(outcome.status) {
            Some(known) => *known += count,
            None => drop(figures.by_status.insert(outcome.status.to_owned(), count)),
        }
    }

    /// Counts a duration.
    pub(super) fn duration(&mut self, duration_us: u64) {
        self.figures.durations.count += 1;
        self.sum_us += u128::from(duration_us);
        match &mut self.sketch {
            Some(sketch) => sketch.add(duration_us),
            None => self.exact.push(duration_us),
        }
        if self.exact.len() > self.limit {
            self.roughly();
        }
    }

    /// Counts durations that are known by their sketch and their sum.
    pub(super) fn durations(&mut self, sketch: &Sketch, sum_us: u64) {
        let count = sketch.count();
        if count == 0 {
            return;
        }
        self.figures.durations.count += count;
        self.sum_us += u128::from(sum_us);
        self.roughly().merge(sketch);
    }

    fn roughly(&mut self) -> &mut Sketch {
        let sketch = self.sketch.get_or_insert_default();
        self.exact.drain(..).for_each(|value| sketch.add(value));
        sketch
    }

    /// Sums up.
    pub(super) fn figures(mut self) -> Figures {
        self.exact.sort_unstable();
        let durations = Durations {
            count: self.figures.durations.count,
            mean_us: self.mean(),
            p50_us: self.quantile(0.50),
            p95_us: self.quantile(0.95),
            p99_us: self.quantile(0.99),
            approximate: self.sketch.is_some(),
        };
        Figures {
            success_rate: rate(self.figures.succeeded, self.figures.ended),
            durations,
            ..self.figures
        }
    }

    fn mean(&self) -> Option<u64> {
        let mean = self
            .sum_us
            .checked_div(self.figures.durations.count.into())?;
        u64::try_from(mean).ok()
    }

    fn quantile(&self, share: f64) -> Option<u64> {
        if let Some(sketch) = &self.sketch {
            return sketch.quantile(share);
        }
        let rank = rank(share, self.exact.len() as u64)?;
        let place = usize::try_from(rank).ok()?.checked_sub(1)?;
        self.exact.get(place).copied()
    }
}

/// What share a part is; `None` of nothing.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of runs are far below 2^53"
)]
pub(super) fn rate(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: Outcome<'_> = Outcome {
        status: "succeeded",
        ended: true,
        succeeded: true,
    };
    const FAILED: Outcome<'_> = Outcome {
        status: "failed",
        ended: true,
        succeeded: false,
    };

    #[test]
    fn figures_are_exact_for_few_and_one_percent_off_for_many() {
        let mut exact = Measure::new(1000);
        let mut rough = Measure::new(10);
        for duration in 1..=100 {
            exact.duration(duration * 1000);
            rough.duration(duration * 1000);
        }
        let (exact, rough) = (exact.figures().durations, rough.figures().durations);
        assert_eq!((exact.count, exact.mean_us), (100, Some(50_500)));
        assert_eq!((rough.count, rough.mean_us), (100, Some(50_500)));
        let three = [exact.p50_us, exact.p95_us, exact.p99_us];
        assert_eq!(three, [Some(50_000), Some(95_000), Some(99_000)]);
        assert!(rough.approximate && !exact.approximate);
        assert!((49_500..=50_500).contains(&rough.p50_us.unwrap()));
    }

    #[test]
    fn the_rate_is_that_of_those_that_ended() {
        let mut measure = Measure::new(10);
        assert_eq!(measure.clone().figures().success_rate, None);
        measure.count(OK, 3);
        measure.count(FAILED, 1);
        let running = Outcome {
            status: "running",
            ended: false,
            succeeded: false,
        };
        measure.count(running, 6);
        let figures = measure.figures();
        assert_eq!((figures.total, figures.ended), (10, 4));
        assert_eq!(figures.success_rate, Some(0.75));
        assert_eq!(figures.by_status["running"], 6);
    }
}
