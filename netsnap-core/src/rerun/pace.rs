//! How fast is the past replayed?

use std::time::Duration;

use futures_util::stream::{BoxStream, StreamExt as _, try_unfold};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;

/// How fast the past is replayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Without any wait.
    #[default]
    AtOnce,
    /// With the waits that were recorded.
    Recorded,
    /// So many times faster than recorded; below 1 it is slower.
    Faster(f64),
}

impl Pace {
    /// Makes sure that the factor is one.
    pub(super) fn check(self) -> Result<Self> {
        match self {
            Self::Faster(factor) if !factor.is_finite() || factor <= 0.0 => Err(Error::new(
                ErrorKind::InvalidInput,
                "a run is replayed faster by a factor above 0",
            )
            .during("replay")
            .with("factor", factor)
            .hint("take 10 for ten times faster")),
            pace => Ok(pace),
        }
    }

    /// Returns how long to wait where so much time passed.
    pub(super) fn wait(self, passed: Duration) -> Duration {
        match self {
            Self::AtOnce => Duration::ZERO,
            Self::Recorded => passed,
            Self::Faster(factor) => {
                Duration::try_from_secs_f64(passed.as_secs_f64() / factor).unwrap_or(Duration::MAX)
            }
        }
    }

    /// Lets events come with the time between them that was recorded. A clock that was set back makes no wait.
    pub(super) fn apply(
        self,
        events: BoxStream<'static, Result<Event>>,
    ) -> BoxStream<'static, Result<Event>> {
        let paced = Paced {
            events,
            pace: self,
            last: None,
        };
        try_unfold(paced, |mut paced| async move {
            let event = paced.next().await?;
            Ok(event.map(|event| (event, paced)))
        })
        .boxed()
    }
}

struct Paced {
    events: BoxStream<'static, Result<Event>>,
    pace: Pace,
    /// When the last event was recorded, and when it was due here.
    last: Option<(Timestamp, Instant)>,
}

impl Paced {
    async fn next(&mut self) -> Result<Option<Event>> {
        let Some(event) = self.events.next().await.transpose()? else {
            return Ok(None);
        };
        let due = match self.last {
            None => Instant::now(),
            Some((at, due)) => {
                let passed = event.at.duration_since(at).try_into().unwrap_or_default();
                let wait = self.pace.wait(passed);
                due.checked_add(wait).unwrap_or(due)
            }
        };
        tokio::time::sleep_until(due).await;
        self.last = Some((event.at, due));
        Ok(Some(event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventKind, NewEvent};

    fn events(seconds: &[i64]) -> BoxStream<'static, Result<Event>> {
        let event = |(place, second): (usize, &i64)| {
            let at = Timestamp::from_second(*second).unwrap();
            Ok(NewEvent::new(EventKind::Note, "").at(place as u64 + 1, at))
        };
        let events: Vec<_> = seconds.iter().enumerate().map(event).collect();
        futures_util::stream::iter(events).boxed()
    }

    async fn took(pace: Pace, seconds: &[i64]) -> Duration {
        let started = Instant::now();
        let count = pace.apply(events(seconds)).count().await;
        assert_eq!(count, seconds.len());
        started.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn events_come_at_their_pace() {
        let seconds = [100, 110, 105, 125];
        // Ten seconds, none for the clock that was set back, twenty.
        for (pace, expected) in [
            (Pace::Recorded, 30_000),
            (Pace::Faster(10.0), 3_000),
            (Pace::Faster(0.5), 60_000),
            (Pace::AtOnce, 0),
        ] {
            let took = took(pace, &seconds).await;
            // The clock of tokio counts whole milliseconds, rounded up for each wait.
            assert!(
                took.as_millis().abs_diff(expected) <= 4,
                "{pace:?}: {took:?}"
            );
        }
    }

    #[test]
    fn a_factor_is_above_zero() {
        for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Pace::Faster(factor).check().is_err());
        }
        assert_eq!(Pace::Faster(1e-300).wait(Duration::MAX), Duration::MAX);
    }
}
