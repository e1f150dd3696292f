//! What only a SQLite store promises: room given back, little room taken, a full disk survived.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::error::ErrorKind;
use crate::event::{EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::{
    Answer, DeviceResult, DeviceStatus, DeviceSummary, Execution, ExecutionStatus, Output, Proof,
};
use crate::store::sql::SqlStore;
use crate::store::sql::driver::Row;
use crate::store::sql::known::known;
use crate::store::sql::page::statement;
use crate::store::{Durability, ExecutionStore as _, Filter, Selection};

fn run(number: u32) -> Execution {
    let base: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
    let at = base + SignedDuration::from_secs(number.into());
    Execution {
        name: "nightly backup".into(),
        actor: "operator".into(),
        devices: vec![DeviceSummary {
            id: "core-1".into(),
            name: "core-1".into(),
            ip: "10.0.0.1".into(),
            platform: None,
        }],
        commands: vec!["show version".into(), "show ip route".into()],
        labels: [("site".to_owned(), "north".to_owned())].into(),
        host: "netops-1".into(),
        version: "0.1.0".into(),
        started_at: Some(at),
        ..Execution::new(ExecutionId::new(at, number), at)
    }
}

fn output(command: &str, bytes: Vec<u8>) -> Output {
    let answer = Answer {
        bytes,
        proof: Proof::Fence,
        exit_status: None,
        rejection: None,
        warnings: Vec::new(),
        duration_us: 5210,
    };
    Output::new(
        "core-1",
        command,
        "2026-03-01T10:00:02Z".parse().unwrap(),
        answer,
    )
}

/// Records a run of one device and two commands, as a recorder does.
async fn record(store: &SqlStore, number: u32) {
    let mut run = run(number);
    store.create(&run).await.unwrap();
    let text = "Cisco IOS Software, Version 15.2(4)M7\nuptime is 3 weeks\n";
    for command in &run.commands {
        let output = output(command, text.repeat(3).into_bytes());
        store.put_output(&run.id, output).await.unwrap();
    }
    let result = DeviceResult {
        commands_ok: 2,
        duration_us: 91_234,
        ..DeviceResult::new("core-1", DeviceStatus::Ok)
    };
    store.put_device_results(&run.id, &[result]).await.unwrap();
    for (number, kind) in (1..).zip(KINDS) {
        let event = NewEvent::new(kind, format!("core-1: step {number} of the run is done"));
        let event = event
            .on("core-1")
            .data(serde_json::json!({ "command": "show version", "bytes": 171 }));
        let event = event.at(number, run.created_at + SignedDuration::from_millis(37));
        store
            .append(&run.id, &[event], Durability::Batched)
            .await
            .unwrap();
    }
    run.status = ExecutionStatus::Succeeded;
    run.ended_at = Some(run.created_at + SignedDuration::from_millis(93));
    run.duration_us = Some(93_456);
    run.results.total_devices = 1;
    run.last_sequence = 8;
    store.update(&run).await.unwrap();
}

const KINDS: [EventKind; 8] = [
    EventKind::ExecutionStarted,
    EventKind::DeviceStarted,
    EventKind::Connected,
    EventKind::CommandStarted,
    EventKind::CommandFinished,
    EventKind::CommandFinished,
    EventKind::DeviceFinished,
    EventKind::ExecutionFinished,
];

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

#[tokio::test]
async fn a_small_run_takes_little_room() {
    const RUNS: u32 = 150;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let store = SqlStore::sqlite(&path).await.unwrap();
    store.reclaim(u64::MAX >> 1).await.unwrap();
    let empty = length(&path);
    for number in 0..RUNS {
        record(&store, number).await;
    }
    store.reclaim(u64::MAX >> 1).await.unwrap();
    let each = (length(&path) - empty) / u64::from(RUNS);
    eprintln!("{each} bytes per run");
    assert!(each <= 4096, "{each} bytes per run");
}

#[tokio::test]
async fn room_of_removed_runs_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let store = SqlStore::sqlite(&path).await.unwrap();
    for number in 0..20 {
        store.create(&run(number)).await.unwrap();
        let output = output("show tech", vec![b'x'; 200_000]);
        store.put_output(&run(number).id, output).await.unwrap();
    }
    store.reclaim(0).await.unwrap();
    let full = length(&path);
    assert!(full > 4_000_000);
    let ids: Vec<_> = (0..19).map(|number| run(number).id).collect();
    store.delete(&ids).await.unwrap();
    assert!(store.usage().await.unwrap().free > 3_500_000);
    let given = store.reclaim(1_000_000).await.unwrap();
    assert!((900_000..1_200_000).contains(&given), "{given}");
    assert!(length(&path) < full - 900_000);
    store.reclaim(u64::MAX >> 1).await.unwrap();
    assert!(length(&path) < full / 8, "{} of {full}", length(&path));
    assert_eq!(store.usage().await.unwrap().free, 0);
    assert_eq!(
        store
            .output(&run(19).id, "core-1", "show tech")
            .await
            .unwrap()
            .bytes
            .len(),
        200_000
    );
}

#[tokio::test]
async fn a_full_disk_is_told_so_and_what_is_there_is_read_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqlStore::sqlite(folder.path().join("runs.db"))
        .await
        .unwrap();
    for number in 0..3 {
        record(&store, number).await;
    }
    store.create(&run(5)).await.unwrap();
    // The database refuses to grow as it does on a disk without space.
    let pages = store
        .rows("test", "pragma page_count", Vec::new())
        .await
        .unwrap();
    let pages = pages.into_iter().next().unwrap().int().unwrap();
    let limit = format!("pragma max_page_count = {}", pages + 2);
    store
        .write("test", Durability::Durable, move |session| {
            Box::pin(async move { session.rows(&limit, Vec::new()).await.map(drop) })
        })
        .await
        .unwrap();
    let large = output("show tech", vec![7; 500_000]);
    let error = store.put_output(&run(5).id, large).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
    assert!(error.report().hint.unwrap().contains("prune"));
    assert_eq!(store.outputs(&run(0).id).await.unwrap().len(), 2);
    assert_eq!(store.select(&Selection::newest(9)).await.unwrap().len(), 4);
    assert_eq!(store.delete(&[run(1).id]).await.unwrap(), [run(1).id]);
    record(&store, 9).await;
}

#[tokio::test]
async fn a_run_that_cannot_be_read_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqlStore::sqlite(folder.path().join("runs.db"))
        .await
        .unwrap();
    for number in 0..6 {
        store.create(&run(number)).await.unwrap();
    }
    store
        .write("test", Durability::Durable, |session| {
            let sql = "update summary set body = x'007b' where execution in (2, 5, 6)";
            Box::pin(async move { session.execute(sql, Vec::new()).await })
        })
        .await
        .unwrap();
    let site: Filter = serde_json::from_str(r#"{"label":{"key":"site"}}"#).unwrap();
    for filter in [Filter::default(), site] {
        let page = store
            .select(&Selection::newest(2).filter(filter.clone()))
            .await
            .unwrap();
        let ids: Vec<_> = page.iter().map(|run| run.id.clone()).collect();
        assert_eq!(ids, [run(3).id, run(2).id]);
        let rest = Selection::newest(9).filter(filter).after(&page[1]);
        assert_eq!(store.select(&rest).await.unwrap()[0].id, run(0).id);
    }
    assert_eq!(store.damage().await.unwrap().len(), 3);
    let broken = store.load(&run(1).id).await.unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::Corrupt);
}

/// What the database says about how it would read a page.
async fn plan(store: &SqlStore, filter: &str) -> Vec<String> {
    let filter: Filter = serde_json::from_str(filter).unwrap();
    let mut session = store.driver.read().await.unwrap();
    let known = known(session.as_mut(), &filter).await.unwrap();
    let selection = Selection::newest(100)
        .filter(filter.clone())
        .after(&run(77));
    let page = statement(&selection, &known, session.dialect()).unwrap();
    let explain = format!("explain query plan {}", page.sql);
    let rows = session.rows(&explain, page.values).await.unwrap();
    let step = |mut row: Row| {
        for _ in 0..3 {
            row.int().unwrap();
        }
        row.text().unwrap()
    };
    rows.into_iter().map(step).collect()
}

#[tokio::test]
async fn an_index_leads_to_each_page_in_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqlStore::sqlite(folder.path().join("runs.db"))
        .await
        .unwrap();
    for number in 0..3 {
        store.create(&run(number)).await.unwrap();
    }
    for filter in [
        r#"{"all":[]}"#,
        r#"{"status":["failed","partial"]}"#,
        r#"{"not":{"status":["succeeded"]}}"#,
        r#"{"kind":["deploy"]}"#,
        r#"{"name":{"equals":"nightly backup"}}"#,
        r#"{"name":{"starts_with":"nightly"}}"#,
        r#"{"label":{"key":"site","in":["north","south"]}}"#,
        r#"{"label":{"key":"site"}}"#,
        r#"{"device":"core-1"}"#,
        r#"{"device":"core-*"}"#,
        r#"{"actor":{"equals":"operator"}}"#,
        r#"{"trigger":["manual"]}"#,
        r#"{"ticket":{"equals":"CHG1"}}"#,
        r#"{"job":"nightly"}"#,
        r#"{"tool":"netsnap"}"#,
        r#"{"error_kind":["storage"]}"#,
        r#"{"pinned":true}"#,
        r#"{"counter":{"name":"failed_devices","at_least":1}}"#,
        r#"{"created":{"from":"2026-03-01T00:00:00Z"}}"#,
        r#"{"any":[{"status":["failed"]},{"device":"core-1"}]}"#,
        r#"{"all":[{"status":["failed"]},{"label":{"key":"site","equals":"north"}}]}"#,
    ] {
        let plan = plan(&store, filter).await;
        let scans = |step: &&String| step.starts_with("SCAN e") || step.starts_with("SCAN d");
        let found: Vec<_> = plan.iter().filter(scans).collect();
        assert!(found.is_empty(), "{filter}: {plan:#?}");
        // The last sorts what the branches have found, one page of each.
        let sorts = plan.iter().filter(|step| step.contains("FOR ORDER BY"));
        assert!(sorts.count() <= 1, "{filter}: {plan:#?}");
    }
}
