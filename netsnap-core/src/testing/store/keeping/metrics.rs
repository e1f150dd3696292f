//! Metrics that a strict reader of the text format understands, and that never fall.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::history::hours_ago;
use crate::event::{EventKind, NewEvent};
use crate::model::{ExecutionKind, ExecutionStatus};
use crate::store::Durability;
use crate::store::metrics::{metrics, waited};
use crate::store::retention::{PruneOptions, RetentionPolicy, prune};
use crate::testing::store::recording::begun;
use crate::testing::store::{Fault, Faulty, Store, Write};

type Labels = BTreeMap<String, String>;

/// A family as a reader sees it.
#[derive(Debug, Default)]
struct Family {
    kind: String,
    samples: BTreeMap<(String, Labels), f64>,
}

/// Reads the text format 0.0.4 by its grammar, and panics where a line does not follow it.
fn parse(text: &str) -> BTreeMap<String, Family> {
    assert!(text.ends_with('\n'), "the last line has an end");
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut helped = BTreeSet::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(is_name(name) && !help.is_empty(), "{line}");
            assert!(
                helped.insert(name.to_owned()),
                "one HELP of a family: {line}"
            );
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(
                helped.contains(name) && !families.contains_key(name),
                "{line}"
            );
            families.entry(name.to_owned()).or_default().kind = kind.to_owned();
            current = name.to_owned();
        } else {
            let (name, labels, value) = sample(line);
            let family = families.get_mut(&current).unwrap();
            let suffix = name
                .strip_prefix(&current)
                .expect("samples follow their TYPE");
            let allowed: &[&str] = match family.kind.as_str() {
                "histogram" => &["_bucket", "_sum", "_count"],
                _ => &[""],
            };
            assert!(allowed.contains(&suffix), "{line}");
            assert_eq!(suffix == "_bucket", labels.contains_key("le"), "{line}");
            let again = family.samples.insert((suffix.to_owned(), labels), value);
            assert_eq!(again, None, "a sample is there once: {line}");
        }
    }
    families
}

fn is_name(name: &str) -> bool {
    let first = |mark: char| mark.is_ascii_alphabetic() || "_:".contains(mark);
    name.starts_with(first)
        && name
            .chars()
            .all(|mark| first(mark) || mark.is_ascii_digit())
}

fn sample(line: &str) -> (String, Labels, f64) {
    let end = line.find(['{', ' ']).unwrap();
    let (name, mut rest) = line.split_at(end);
    assert!(is_name(name), "{line}");
    let mut labels = Labels::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        while !rest.starts_with('}') {
            let (key, behind) = rest.split_once("=\"").unwrap();
            assert!(is_name(key) && !key.contains(':'), "{line}");
            let (value, behind) = quoted(behind);
            assert!(labels.insert(key.to_owned(), value).is_none(), "{line}");
            rest = behind.strip_prefix(',').unwrap_or(behind);
            assert!(behind.starts_with([',', '}']), "{line}");
        }
        rest = &rest[1..];
    }
    let value = rest.strip_prefix(' ').unwrap();
    (name.to_owned(), labels, value.parse().unwrap())
}

/// Reads a label's value up to its quote.
fn quoted(text: &str) -> (String, &str) {
    let (mut value, mut marks) = (String::new(), text.char_indices());
    while let Some((at, mark)) = marks.next() {
        match mark {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.push(match marks.next().unwrap().1 {
                'n' => '\n',
                mark @ ('\\' | '"') => mark,
                other => panic!("no escape: {other}"),
            }),
            '\n' => panic!("a line ends in a label"),
            other => value.push(other),
        }
    }
    panic!("a label without an end: {text}");
}

async fn scraped(store: &Store) -> BTreeMap<String, Family> {
    let families = parse(&metrics(store.as_ref()).await.unwrap());
    families
        .values()
        .filter(|one| one.kind == "histogram")
        .for_each(assert_histogram);
    families
}

/// Buckets are cumulative, end with `+Inf`, and that is the count.
fn assert_histogram(family: &Family) {
    let mut series: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
    for ((suffix, labels), value) in &family.samples {
        if suffix == "_bucket" {
            let mut labels = labels.clone();
            let bound = labels.remove("le").unwrap().parse().unwrap();
            series.entry(labels).or_default().push((bound, *value));
        }
    }
    for (labels, mut buckets) in series {
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(buckets.is_sorted_by(|a, b| a.1 <= b.1), "{buckets:?}");
        let (bound, count) = *buckets.last().unwrap();
        assert!(bound.is_infinite());
        assert_eq!(family.samples[&("_count".to_owned(), labels)], count);
    }
}

fn value(families: &BTreeMap<String, Family>, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let labels = labels
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let suffixes = ["_bucket", "_sum", "_count"];
    let suffix = suffixes
        .into_iter()
        .find(|suffix| name.ends_with(suffix))
        .unwrap_or("");
    let suffix = if families.contains_key(name) {
        ""
    } else {
        suffix
    };
    let family = families.get(name.strip_suffix(suffix).unwrap())?;
    family
        .samples
        .get(&(suffix.to_owned(), labels.collect()))
        .copied()
}

/// The text follows the grammar of the format, says what is in the store, and counts removed runs on.
pub async fn metrics_follow_the_format_and_never_fall(store: Store) {
    let empty = scraped(&store).await;
    assert_eq!(
        value(
            &empty,
            "netsnap_executions_active",
            &[("status", "running")]
        ),
        Some(0.0)
    );
    for number in 1..=30_u32 {
        let status =
            [ExecutionStatus::Succeeded, ExecutionStatus::TimedOut][usize::from(number % 3 == 0)];
        let past = hours_ago(i64::from(number) * 10, number)
            .status(status)
            .with(|run| {
                run.kind = [ExecutionKind::Deploy, ExecutionKind::Adhoc][usize::from(number > 20)];
                run.duration_us = Some(u64::from(number).pow(5) * 1000);
            });
        past.put(&store).await;
    }
    hours_ago(0, 99)
        .status(ExecutionStatus::Running)
        .put(&store)
        .await;
    let before = scraped(&store).await;
    let ended = [("kind", "deploy"), ("status", "succeeded")];
    assert_eq!(
        value(&before, "netsnap_executions_total", &ended),
        Some(14.0)
    );
    assert_eq!(
        value(
            &before,
            "netsnap_executions_active",
            &[("status", "running")]
        ),
        Some(1.0)
    );
    let one = [("kind", "deploy"), ("le", "1")];
    // 1, 32, 243 milliseconds; the fourth takes 1.024 seconds.
    assert_eq!(
        value(&before, "netsnap_execution_duration_seconds_bucket", &one),
        Some(3.0)
    );
    assert!(value(&before, "netsnap_store_bytes", &[]).unwrap() > 0.0);
    assert_eq!(value(&before, "netsnap_pruned_bytes_total", &[]), Some(0.0));
    for age in ["250h", "100h", "5h"] {
        let options = PruneOptions {
            policy: RetentionPolicy {
                older_than: Some(age.into()),
                ..RetentionPolicy::default()
            },
            dry_run: false,
            ..PruneOptions::default()
        };
        prune(store.as_ref(), &options, &|_| ()).await.unwrap();
        let after = scraped(&store).await;
        for name in [
            "netsnap_executions_total",
            "netsnap_execution_duration_seconds",
        ] {
            assert_eq!(after[name].samples, before[name].samples, "{age}");
        }
        assert!(value(&after, "netsnap_pruned_bytes_total", &[]).unwrap() > 0.0);
    }
    let after = scraped(&store).await;
    assert_eq!(
        value(
            &after,
            "netsnap_pruned_executions_total",
            &[("kind", "adhoc")]
        ),
        Some(10.0)
    );
    let seconds = |families| value(families, "netsnap_store_wait_seconds_total", &[]).unwrap();
    waited(Duration::from_millis(1500));
    // Sums of decimal fractions are not exact.
    assert!(seconds(&scraped(&store).await) > seconds(&after) + 1.499);
}

/// Events that a recorder took and that the store refused until it went away are counted.
pub async fn events_that_are_lost_are_counted(store: Store) {
    const LOST: &str = "netsnap_events_dropped_total";
    let before = value(&scraped(&store).await, LOST, &[]).unwrap();
    let faulty = Arc::new(Faulty::new(Arc::clone(&store), Fault::Never));
    let front: Store = Arc::clone(&faulty) as Store;
    let (recorder, _seen) = begun(&front, &[]).await;
    faulty.turn(Fault::Refuses(Write::Append));
    let note = NewEvent::new(EventKind::Note, "lost");
    let taken = recorder.event(note, Durability::Batched).await;
    taken.expect("it is taken, and waits for a batch");
    drop(recorder);
    let end = Instant::now() + Duration::from_secs(10);
    while value(&scraped(&store).await, LOST, &[]).unwrap() < before + 1.0 {
        assert!(Instant::now() < end, "no event is counted");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
