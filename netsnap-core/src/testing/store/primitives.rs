//! The smaller promises: remarks, documents, logs, compressed form, removal, sizes.

use jiff::SignedDuration;

use super::{Store, created, events, fails_with, finished, later, output, run, time};
use crate::error::ErrorKind;
use crate::id::ExecutionId;
use crate::model::{Annotation, DeviceResult, DeviceStatus, Execution, ExecutionStatus};
use crate::store::{Durability, Filter, Selection};

/// A run that has ended is labelled, pinned and annotated, and in no other way changed.
pub async fn of_an_ended_run_only_remarks_change(store: Store) {
    let run = created(&store, 1).await;
    let ended = finished(&store, run).await;
    let mut remarked = ended.clone();
    remarked.labels.insert("seen".into(), "yes".into());
    remarked.pinned = true;
    remarked.archived = true;
    remarked.annotations.push(Annotation {
        at: time("2026-03-02T10:00:00Z"),
        actor: "ann".into(),
        text: "looked at".into(),
    });
    let kept = store.update(&remarked).await.unwrap();
    assert_eq!(kept.revision, ended.revision + 1);
    assert_eq!(store.load(&kept.id).await.unwrap(), kept);
    let stale = store.update(&remarked).await;
    fails_with(stale, ErrorKind::Conflict);
    let changes: [fn(&mut Execution); 4] = [
        |run| run.name.push('x'),
        |run| run.status = ExecutionStatus::Failed,
        |run| run.results.failed_devices = 1,
        |run| run.incomplete = Some("lost".into()),
    ];
    for change in changes {
        let mut changed = kept.clone();
        change(&mut changed);
        fails_with(store.update(&changed).await, ErrorKind::AlreadyFinished);
    }
    assert_eq!(store.load(&kept.id).await.unwrap(), kept);
}

/// Nothing more is recorded of a run that has ended, however it ended: no event, no output, no result. Documents that are derived
/// from it are kept.
pub async fn nothing_is_recorded_of_an_ended_run(store: Store) {
    let run = filled(&store, 1).await;
    let id = &run.id;
    let told = async || {
        (
            store.events(id, 1, 99).await.unwrap(),
            store.outputs(id).await.unwrap(),
            store.device_results(id).await.unwrap(),
        )
    };
    let before = told().await;
    let ended = finished(&store, run.clone()).await;
    let late = store.put_output(id, output("r1", "show version", b"late"));
    fails_with(late.await, ErrorKind::AlreadyFinished);
    let result = DeviceResult::new("r1", DeviceStatus::Failed);
    for results in [&[result][..], &[]] {
        let late = store.put_device_results(id, results).await;
        fails_with(late, ErrorKind::AlreadyFinished);
    }
    assert_eq!(told().await, before);
    store
        .put_document(id, "topology.json", b"{}")
        .await
        .unwrap();
    assert_eq!(store.document(id, "topology.json").await.unwrap(), b"{}");
    store.archive(id).await.unwrap();
    let late = store.put_output(id, output("r1", "show version", b"late"));
    fails_with(late.await, ErrorKind::AlreadyFinished);
    assert_eq!(told().await, before);
    assert_eq!(store.load(id).await.unwrap(), ended);
}

/// No event follows in a log whose run has ended, also where none in it says so: the summary alone does. Each way to append is tried by
/// who wrote there last.
pub async fn nothing_is_appended_to_the_log_of_an_ended_run(store: Store) {
    for (number, durability) in [(1, Durability::Batched), (2, Durability::Durable)] {
        let run = filled(&store, number).await;
        let before = store.events(&run.id, 1, 99).await.unwrap();
        finished(&store, run.clone()).await;
        for _ in 0..2 {
            let late = store.append(&run.id, &events(4..=4), durability).await;
            fails_with(late, ErrorKind::AlreadyFinished);
        }
        assert_eq!(store.events(&run.id, 1, 99).await.unwrap(), before);
    }
}

/// A document comes back byte for byte, and the newest of a name is the one that is read.
pub async fn a_document_takes_the_place_of_the_earlier(store: Store) {
    let id = created(&store, 1).await.id;
    let long = b"node and link\n".repeat(500);
    for bytes in [&b"{}"[..], b"", b"\0\xff\r\n", &long] {
        store
            .put_document(&id, "topology.json", bytes)
            .await
            .unwrap();
        let read = store.document(&id, "topology.json").await.unwrap();
        assert_eq!(read, bytes);
    }
    let missing = store.document(&id, "other.json").await;
    fails_with(missing, ErrorKind::NotFound);
    let other = ExecutionId::new(time("2026-03-01T10:00:00Z"), 99);
    let nowhere = store.put_document(&other, "a", b"x").await;
    fails_with(nowhere, ErrorKind::NotFound);
    let nothing = store.document(&other, "a").await;
    fails_with(nothing, ErrorKind::NotFound);
}

/// What cannot be the name of a document is refused.
pub async fn a_document_has_a_plain_name(store: Store) {
    let id = created(&store, 1).await.id;
    let long = "x".repeat(101);
    for name in ["", ".", "..", ".x", "a/b", "a\\b", "a\0", "é", "a b", &long] {
        let put = store.put_document(&id, name, b"x").await;
        fails_with(put, ErrorKind::InvalidInput);
        let read = store.document(&id, name).await;
        fails_with(read, ErrorKind::InvalidInput);
    }
}

/// A log of the store is dense, each for itself, and holds any bytes.
pub async fn a_log_of_the_store_is_dense(store: Store) {
    let entry = |number: u64| vec![0, 0xff, u8::try_from(number % 256).unwrap()];
    let entries =
        |numbers: std::ops::RangeInclusive<u64>| -> Vec<Vec<u8>> { numbers.map(entry).collect() };
    assert_eq!(store.log_end("audit").await.unwrap(), None);
    assert!(store.log("audit", 1, 10).await.unwrap().is_empty());
    let hole = store.append_log("audit", 2, &entries(2..=2)).await;
    fails_with(hole, ErrorKind::Conflict);
    store
        .append_log("audit", 1, &entries(1..=700))
        .await
        .unwrap();
    let again = store.append_log("audit", 700, &entries(700..=701)).await;
    fails_with(again, ErrorKind::Conflict);
    store
        .append_log("audit", 701, &entries(701..=702))
        .await
        .unwrap();
    store
        .append_log("rollup", 1, &entries(9..=9))
        .await
        .unwrap();
    let end = store.log_end("audit").await.unwrap();
    assert_eq!(end, Some((702, entry(702))));
    let read = store.log("audit", 699, 3).await.unwrap();
    let expected: Vec<_> = (699..=701).map(|number| (number, entry(number))).collect();
    assert_eq!(read, expected);
    assert_eq!(store.log("audit", 0, 5000).await.unwrap().len(), 702);
    assert_eq!(store.log("rollup", 1, 9).await.unwrap(), [(1, entry(9))]);
}

/// Of many who append the same number to a log, one does.
pub async fn of_many_appends_of_one_number_one_succeeds(store: Store) {
    let mut tasks = Vec::new();
    for number in 0..8_u8 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            store
                .append_log("audit", 1, &[vec![number], vec![number]])
                .await
        }));
    }
    let mut appended = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => appended += 1,
            Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict),
        }
    }
    assert_eq!(appended, 1);
    let log = store.log("audit", 1, 99).await.unwrap();
    assert_eq!(log.len(), 2);
    assert_eq!(log[0].1, log[1].1, "the entries of two writers are mixed");
}

/// Outputs read the same before and after they were compressed, and compressing again changes nothing.
pub async fn compressed_outputs_read_as_before(store: Store) {
    let id = created(&store, 1).await.id;
    let long = b"interface Gi0/1 is up\r\n".repeat(400);
    let cases: [(&str, &[u8]); 4] = [
        ("show empty", b""),
        ("show short", b"a\0b\xff"),
        ("show long", &long),
        ("show json", b"{\"a\": [1, 2]}\n"),
    ];
    for (command, bytes) in cases {
        let output = output("r1", command, bytes);
        let output = output.with_parsed(serde_json::json!({ "of": command }));
        store.put_output(&id, output).await.unwrap();
    }
    let before = store.outputs(&id).await.unwrap();
    let archived = store.archive(&id).await.unwrap();
    let plain: usize = cases.iter().map(|(_, bytes)| bytes.len()).sum();
    assert_eq!(archived.plain, plain as u64);
    assert_eq!(store.archive(&id).await.unwrap().plain, plain as u64);
    let after = store.outputs(&id).await.unwrap();
    for ((command, bytes), (before, after)) in cases.iter().zip(before.iter().zip(&after)) {
        let read = store.output(&id, "r1", command).await.unwrap();
        assert_eq!(read.bytes, *bytes);
        assert_eq!(read.parsed, Some(serde_json::json!({ "of": command })));
        assert_eq!((before.digest, before.bytes), (after.digest, after.bytes));
    }
    let other = ExecutionId::new(time("2026-03-01T10:00:00Z"), 99);
    fails_with(store.archive(&other).await, ErrorKind::NotFound);
}

async fn filled(store: &Store, random: u32) -> Execution {
    let run = created(store, random).await;
    let id = &run.id;
    let log = events(1..=3);
    store.append(id, &log, Durability::Batched).await.unwrap();
    let output = output("r1", "show version", b"one\ntwo\n");
    store.put_output(id, output).await.unwrap();
    let result = DeviceResult::new("r1", DeviceStatus::Ok);
    store.put_device_results(id, &[result]).await.unwrap();
    store.put_document(id, "notes.txt", b"x").await.unwrap();
    run
}

/// A removed run is gone with all that belongs to it, and no other is touched. Its id can be used again, and begins empty.
pub async fn a_removed_run_leaves_nothing(store: Store) {
    let removed = filled(&store, 1).await;
    let kept = filled(&store, 2).await;
    let unknown = ExecutionId::new(time("2026-03-01T10:00:00Z"), 99);
    let ids = [removed.id.clone(), unknown, removed.id.clone()];
    let deleted = store.delete(&ids).await.unwrap();
    assert_eq!(deleted, std::slice::from_ref(&removed.id));
    assert!(store.delete(&ids).await.unwrap().is_empty());
    assert!(store.delete(&[]).await.unwrap().is_empty());
    fails_with(store.load(&removed.id).await, ErrorKind::NotFound);
    fails_with(store.events(&removed.id, 1, 9).await, ErrorKind::NotFound);
    fails_with(store.outputs(&removed.id).await, ErrorKind::NotFound);
    let listed = store.select(&Selection::newest(10)).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&kept));
    assert_eq!(store.events(&kept.id, 1, 9).await.unwrap().len(), 3);
    assert_eq!(store.outputs(&kept.id).await.unwrap().len(), 1);
    store.create(&removed).await.unwrap();
    assert!(store.events(&removed.id, 1, 9).await.unwrap().is_empty());
    assert!(store.outputs(&removed.id).await.unwrap().is_empty());
    assert!(store.device_results(&removed.id).await.unwrap().is_empty());
    let document = store.document(&removed.id, "notes.txt").await;
    fails_with(document, ErrorKind::NotFound);
}

/// A run takes more the more it holds, and the store at least as much as a run.
pub async fn sizes_grow_with_what_is_kept(store: Store) {
    let run = created(&store, 1).await;
    let empty = store.size(&run.id).await.unwrap();
    assert!(empty > 0);
    let bytes: Vec<u8> = (0..20_000_u32).flat_map(u32::to_le_bytes).collect();
    let output = output("r1", "show tech", &bytes);
    store.put_output(&run.id, output).await.unwrap();
    let size = store.size(&run.id).await.unwrap();
    assert!(size >= empty + bytes.len() as u64, "{empty} then {size}");
    let usage = store.usage().await.unwrap();
    assert!(usage.bytes >= bytes.len() as u64, "{usage:?}");
    assert!(usage.free <= usage.bytes);
    let other = ExecutionId::new(time("2026-03-01T10:00:00Z"), 99);
    fails_with(store.size(&other).await, ErrorKind::NotFound);
}

/// A whole store has no damage.
pub async fn a_whole_store_has_no_damage(store: Store) {
    filled(&store, 1).await;
    assert_eq!(store.damage().await.unwrap(), []);
    store.reclaim(1 << 30).await.unwrap();
    assert_eq!(store.select(&Selection::newest(9)).await.unwrap().len(), 1);
}

/// A wait ends when the event comes, or the summary changes, or patience ends.
pub async fn a_wait_ends_with_the_event(store: Store) {
    let run = created(&store, 1).await;
    let patience = std::time::Duration::from_secs(60);
    let short = std::time::Duration::from_millis(1);
    store.wait(&run.id, 1, short).await.unwrap();
    let waiting = |from| {
        let (store, id) = (store.clone(), run.id.clone());
        tokio::spawn(async move { store.wait(&id, from, patience).await })
    };
    let event = waiting(1);
    store
        .append(&run.id, &events(1..=1), Durability::Batched)
        .await
        .unwrap();
    event.await.unwrap().unwrap();
    store.wait(&run.id, 1, patience).await.unwrap();
    let summary = waiting(2);
    // Whoever waits in turns sees the end at the latest when he looks again.
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    finished(&store, run.clone()).await;
    summary.await.unwrap().unwrap();
}

/// What is changed is found by what it is now, and not by what it was.
pub async fn a_changed_run_is_found_by_what_it_is_now(store: Store) {
    let base = time("2026-03-01T10:00:00Z");
    let mut changed = run(later(base, 7), 3);
    store.create(&changed).await.unwrap();
    changed.labels = [("site".to_owned(), "south".to_owned())].into();
    changed.name = "renamed".into();
    changed.started_at = Some(base + SignedDuration::from_secs(1));
    store.update(&changed).await.unwrap();
    let found = async |filter: &str| {
        let filter: Filter = serde_json::from_str(filter).unwrap();
        let selection = Selection::newest(9).filter(filter.clone());
        let runs = store.select(&selection).await.unwrap().len() as u64;
        assert_eq!(store.count(&filter, 9).await.unwrap(), runs);
        runs == 1
    };
    assert!(found(r#"{"label":{"key":"site","equals":"south"}}"#).await);
    assert!(!found(r#"{"label":{"key":"site","equals":"north"}}"#).await);
    assert!(found(r#"{"name":{"equals":"renamed"}}"#).await);
    assert!(!found(r#"{"name":{"equals":"contract"}}"#).await);
    assert!(found(r#"{"started":{"from":"2026-03-01T10:00:01Z"}}"#).await);
    assert!(!found(r#"{"not":{"started":{"from":"2026-03-01T10:00:01Z"}}}"#).await);
}
