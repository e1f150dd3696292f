//! Comparing runs.

use super::super::{Store, fails_with, run, time};
use super::{going_on, recorded};
use crate::compare::compare_executions;
use crate::compare::{
    CompareOptions, Comparison, DeviceChange, JsonChange, OutputChange, Truncation,
};
use crate::error::{Error, ErrorKind};
use crate::model::{DeviceResult, DeviceStatus, Execution, ExecutionStatus};

async fn compare(
    store: &Store,
    (before, after): (&Execution, &Execution),
    options: &CompareOptions,
) -> Comparison {
    let compared = compare_executions(store.as_ref(), &before.id, &after.id, options);
    compared.await.unwrap()
}

fn result(device: &str, status: DeviceStatus, duration_us: u64) -> DeviceResult {
    let error = Error::new(ErrorKind::ConnectTimeout, "the host did not answer");
    DeviceResult {
        duration_us,
        error: (status == DeviceStatus::Unreachable).then(|| error.report()),
        ..DeviceResult::new(device, status)
    }
}

async fn ended(store: &Store, number: u32, results: &[(&str, DeviceStatus, u64)]) -> Execution {
    let mut run = going_on(store, number, &[]).await;
    let results: Vec<_> = results
        .iter()
        .map(|(device, status, took)| result(device, *status, *took))
        .collect();
    store.put_device_results(&run.id, &results).await.unwrap();
    run.status = ExecutionStatus::Partial;
    run.duration_us = Some(u64::from(number) * 1_000);
    store.update(&run).await.unwrap()
}

/// Two runs of six devices, each of which ended otherwise.
async fn two_runs(store: &Store) -> (Execution, Execution) {
    use DeviceStatus::{Changed, Failed, Ok, Skipped, Unreachable};
    let before = [
        ("broken", Ok, 10),
        ("fixed", Unreachable, 0),
        ("gone", Ok, 1),
        ("left out", Ok, 1),
        ("still bad", Failed, 4),
    ];
    let after = [
        ("broken", Unreachable, 30),
        ("fixed", Changed, 7),
        ("left out", Skipped, 1),
        ("new", Failed, 1),
        ("still bad", Unreachable, 2),
    ];
    (
        ended(store, 1, &before).await,
        ended(store, 4, &after).await,
    )
}

/// Each device of either run is fixed, broken, the same, added or removed, by how it ended; durations and error kinds are told.
pub async fn a_comparison_says_what_became_of_each_device(store: Store) {
    let (before, after) = two_runs(&store).await;
    let compared = compare(&store, (&before, &after), &CompareOptions::default()).await;
    let changes: Vec<_> = compared
        .devices
        .iter()
        .map(|device| (device.device.as_str(), device.change))
        .collect();
    let expected = [
        ("broken", DeviceChange::Broken),
        ("fixed", DeviceChange::Fixed),
        ("gone", DeviceChange::Removed),
        ("left out", DeviceChange::Same),
        ("new", DeviceChange::Added),
        ("still bad", DeviceChange::Same),
    ];
    assert_eq!(changes, expected);
    let totals = compared.totals;
    assert_eq!(
        [
            totals.fixed,
            totals.broken,
            totals.same,
            totals.added,
            totals.removed
        ],
        [1, 1, 2, 1, 1]
    );
    let broken = compared.devices[0].duration;
    assert_eq!((broken.change_us, broken.ratio), (Some(20), Some(3.0)));
    assert_eq!(
        (compared.devices[1].duration.ratio, compared.duration.ratio),
        (None, Some(4.0))
    );
    let [kind] = compared.error_kinds.as_slice() else {
        panic!("{:?}", compared.error_kinds)
    };
    assert_eq!(
        (kind.kind, kind.before, kind.after),
        (ErrorKind::ConnectTimeout, 1, 2)
    );
    let only = CompareOptions {
        device: Some("*ed".into()),
        ..CompareOptions::default()
    };
    assert_eq!(
        compare(&store, (&before, &after), &only)
            .await
            .devices
            .len(),
        1
    );
}

const BEFORE: &[(&str, &str, &[u8])] = &[
    ("r1", "show clock", b"10:00:01\n"),
    ("r1", "show raw", b"a\xe9\n"),
    ("r1", "show clock", b"10:00:02\n"),
    (
        "r1",
        "show neighbors json",
        b"{\"n\": [{\"id\": 1, \"age\": 5}], \"up\": true}",
    ),
    ("r1", "show old", b"x"),
    ("r1", "show version", b"8.4.4\n"),
    ("r2", "show version", b"8.4.4\n"),
];
const AFTER: &[(&str, &str, &[u8])] = &[
    (
        "r1",
        "show neighbors json",
        b"{\"up\": false,\n\"n\": [{\"id\": 1, \"age\": 6}]}",
    ),
    ("r1", "show raw", b"a\xe8\n"),
    ("r1", "show version", b"8.4.4\n"),
    ("r1", "show new", b"x"),
    ("r1", "show clock", b"11:00:01\n"),
    ("r1", "show clock", b"stopped\n"),
];

/// Equal outputs are counted, others compared: what changes by itself is masked and counted, JSON is compared as data, any bytes
/// as text, and several outputs of a command in their order.
pub async fn a_comparison_shows_what_devices_said_otherwise(store: Store) {
    let (before, after) = (
        recorded(&store, 1, BEFORE).await,
        recorded(&store, 2, AFTER).await,
    );
    let options = CompareOptions {
        mask: vec![r"\d\d:\d\d:\d\d".into(), "^\"age\": ".into()],
        ..CompareOptions::default()
    };
    let compared = compare(&store, (&before, &after), &options).await;
    let r1 = &compared.devices[0];
    assert_eq!(r1.commands_added, ["show new"]);
    assert_eq!(r1.commands_removed, ["show old"]);
    assert_eq!(
        (r1.outputs_same, compared.devices[1].commands_removed.len()),
        (1, 0)
    );
    let seen: Vec<_> = r1
        .outputs
        .iter()
        .map(|output| (output.command.as_str(), output.occurrence, output.change))
        .collect();
    let expected = [
        ("show clock", 1, OutputChange::Masked),
        ("show raw", 1, OutputChange::Changed),
        ("show clock", 2, OutputChange::Changed),
        ("show neighbors json", 1, OutputChange::Changed),
    ];
    assert_eq!(seen, expected);
    let diff = |place: usize| r1.outputs[place].diff.as_deref().unwrap();
    assert!(diff(1).contains("-a\\xe9\n+a\\xe8\n"), "{}", diff(1));
    assert!(diff(2).contains("-<masked>\n+stopped\n"), "{}", diff(2));
    let up = JsonChange {
        path: "/up".into(),
        before: Some(true.into()),
        after: Some(false.into()),
    };
    assert_eq!(r1.outputs[3].json, Some(vec![up]));
    assert_eq!(
        (r1.outputs[3].masked_before, r1.outputs[3].masked_after),
        (1, 1)
    );
    let totals = compared.totals;
    assert_eq!(
        [
            totals.outputs_same,
            totals.outputs_changed,
            totals.outputs_masked,
            totals.masked
        ],
        [1, 3, 1, 5]
    );
    assert!(!compared.truncated);
}

/// Bytes of differences in texts.
fn shown(compared: &Comparison) -> usize {
    let outputs = compared.devices.iter().flat_map(|device| &device.outputs);
    outputs
        .filter_map(|output| Some(output.diff.as_ref()?.len()))
        .sum()
}

/// What is too large is named as such, at its place and as a whole.
pub async fn a_comparison_says_what_it_left_out(store: Store) {
    let lines = |word: &str| -> Vec<u8> {
        (0..200)
            .flat_map(|number| format!("{word} {number}\n").into_bytes())
            .collect()
    };
    let (one, two) = (lines("one"), lines("two"));
    let large = [one.as_slice(), one.as_slice()].concat();
    let first = [
        ("r1", "a", large.as_slice()),
        ("r1", "b", &one),
        ("r1", "c", &one),
        ("r1", "d", &one),
    ];
    let second = [
        ("r1", "a", two.as_slice()),
        ("r1", "b", &two),
        ("r1", "c", &two),
        ("r1", "d", &two),
    ];
    let (before, after) = (
        recorded(&store, 1, &first).await,
        recorded(&store, 2, &second).await,
    );
    let options = CompareOptions {
        max_output_bytes: one.len() as u64,
        max_diff_bytes: 500,
        max_total_bytes: 700,
        ..CompareOptions::default()
    };
    let compared = compare(&store, (&before, &after), &options).await;
    let left_out: Vec<_> = compared.devices[0]
        .outputs
        .iter()
        .map(|output| output.truncated)
        .collect();
    assert_eq!(
        left_out[..3],
        [
            Some(Truncation::Output),
            Some(Truncation::Difference),
            Some(Truncation::Difference)
        ]
    );
    assert!(
        compared.truncated && shown(&compared) <= 700,
        "{compared:?}"
    );
    let nothing = CompareOptions {
        max_total_bytes: 0,
        ..options
    };
    let compared = compare(&store, (&before, &after), &nothing).await;
    assert_eq!(
        compared.devices[0].outputs[1].truncated,
        Some(Truncation::Total)
    );
    assert_eq!(compared.totals.outputs_unknown, 4);
}

/// What a comparison cannot mean is refused.
pub async fn a_comparison_that_makes_no_sense_is_refused(store: Store) {
    let known = recorded(&store, 1, &[]).await.id;
    let unknown = run(time("2026-03-01T10:00:00Z"), 99).id;
    let broken = CompareOptions {
        mask: vec!["(".into()],
        ..CompareOptions::default()
    };
    let foreign = CompareOptions {
        platform: Some("none".into()),
        ..CompareOptions::default()
    };
    for (after, options, kind) in [
        (&unknown, CompareOptions::default(), ErrorKind::NotFound),
        (&known, broken, ErrorKind::InvalidInput),
        (&known, foreign, ErrorKind::Unsupported),
    ] {
        let compared = compare_executions(store.as_ref(), &known, after, &options).await;
        fails_with(compared, kind);
    }
}
