//! Creating, changing and listing runs.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Store, created, fails_with, finished, later, run, time};
use crate::error::{ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::{Execution, ExecutionStatus};
use crate::store::{ListOptions, Selection, list};

async fn page(store: &Store, after: Option<&Execution>, limit: usize) -> Vec<Execution> {
    let newest = Selection::newest(limit);
    let selection = match after {
        Some(last) => newest.after(last),
        None => newest,
    };
    store.select(&selection).await.unwrap()
}

fn from(cursor: Option<&str>, limit: usize) -> ListOptions {
    ListOptions {
        limit,
        cursor: cursor.map(str::to_owned),
        ..ListOptions::default()
    }
}

/// A run that was created reads back as it was, and its id is taken.
pub async fn a_run_appears_once_and_reads_back(store: Store) {
    let run = created(&store, 1).await;
    assert_eq!(store.load(&run.id).await.unwrap(), run);
    fails_with(store.create(&run).await, ErrorKind::AlreadyExists);
    assert_eq!(store.load(&run.id).await.unwrap(), run);
}

/// Whatever is asked of a run that is not there is `NotFound`.
pub async fn an_unknown_run_is_not_found(store: Store) {
    let run = run(time("2026-03-01T10:00:00Z"), 99);
    let id = &run.id;
    let events = super::events(1..=1);
    let output = super::output("r1", "show", b"x");
    missing("load", store.load(id).await);
    missing("update", store.update(&run).await);
    let appended = store.append(id, &events, Default::default()).await;
    missing("append", appended);
    missing("events", store.events(id, 1, 10).await);
    missing("put_output", store.put_output(id, output).await);
    missing("outputs", store.outputs(id).await);
    missing("output", store.output(id, "r1", "show").await);
    let results = store.put_device_results(id, &[]).await;
    missing("put_device_results", results);
    missing("device_results", store.device_results(id).await);
    assert_eq!(store.current().await.unwrap(), None);
    assert!(page(&store, None, 10).await.is_empty());
}

/// Every store names what was being done in the same way.
fn missing<T: std::fmt::Debug>(operation: &str, done: Result<T>) {
    let error = done.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{operation}");
    assert_eq!(error.report().operation, format!("store.{operation}"));
}

/// An id that names another second than that of the creation is refused: lists would lose their order.
pub async fn an_id_names_the_second_of_its_creation(store: Store) {
    let mut run = run(time("2026-03-01T10:00:00Z"), 1);
    run.created_at = time("2026-03-01T10:00:01Z");
    fails_with(store.create(&run).await, ErrorKind::InvalidInput);
    fails_with(store.load(&run.id).await, ErrorKind::NotFound);
}

/// A change of an old revision is a `Conflict` and changes nothing.
pub async fn a_change_needs_the_newest_revision(store: Store) {
    let first = created(&store, 1).await;
    let mut second = first.clone();
    second.name = "renamed".into();
    let second = store.update(&second).await.unwrap();
    assert_eq!(second.revision, first.revision + 1);
    let mut stale = first;
    stale.name = "lost".into();
    fails_with(store.update(&stale).await, ErrorKind::Conflict);
    assert_eq!(store.load(&second.id).await.unwrap(), second);
}

/// Of changes that race from one revision one succeeds.
pub async fn of_many_changes_from_one_revision_one_succeeds(store: Store) {
    let run = created(&store, 1).await;
    let racing: Vec<_> = (0..16)
        .map(|number| {
            let (store, mut run) = (Arc::clone(&store), run.clone());
            run.name = format!("change {number}");
            tokio::spawn(async move { store.update(&run).await })
        })
        .collect();
    let mut winners = Vec::new();
    for change in racing {
        match change.await.unwrap() {
            Ok(run) => winners.push(run),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict),
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(store.load(&run.id).await.unwrap(), winners[0]);
}

/// A run that ended never changes again, whatever the revision.
pub async fn a_terminal_state_is_final(store: Store) {
    let ended = {
        let run = created(&store, 1).await;
        finished(&store, run).await
    };
    let mut again = ended.clone();
    again.status = ExecutionStatus::Failed;
    fails_with(store.update(&again).await, ErrorKind::AlreadyFinished);
    again.revision = 0;
    fails_with(store.update(&again).await, ErrorKind::AlreadyFinished);
    assert_eq!(store.load(&ended.id).await.unwrap(), ended);
}

/// Lists are ordered by creation to the nanosecond, then by id.
pub async fn a_list_is_newest_first_by_creation_then_id(store: Store) {
    let base = time("2026-03-01T10:00:00Z");
    // Within one second the random part of an id says nothing about the time.
    let mut runs = [
        run(later(base, 0), 9),
        run(later(base, 1), 1),
        run(later(base, 999_999_999), 5),
        run(later(base, 999_999_999), 6),
        run(later(base, 1_000_000_000), 0),
        run(time("2025-12-31T23:59:59Z"), 7),
    ];
    for run in &runs {
        store.create(run).await.unwrap();
    }
    runs.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
    assert_eq!(page(&store, None, 10).await, runs);
    assert_eq!(page(&store, None, 2).await, runs[..2]);
    for (position, run) in runs.iter().enumerate() {
        let behind = page(&store, Some(run), 3).await;
        let end = runs.len().min(position + 4);
        assert_eq!(behind, runs[position + 1..end]);
    }
}

/// A walk by cursors meets each run that was there once, though runs begin and change between its steps.
pub async fn a_walk_visits_each_run_once_while_runs_begin(store: Store) {
    let base = time("2026-03-01T10:00:00Z");
    let mut expected = BTreeSet::new();
    for number in 0..20_u32 {
        let run = run(later(base, i64::from(number) * 150_000_000), number);
        store.create(&run).await.unwrap();
        expected.insert(run.id);
    }
    let mut seen: Vec<ExecutionId> = Vec::new();
    let mut cursor = None;
    for step in 0.. {
        let page = list(store.as_ref(), &from(cursor.as_deref(), 3))
            .await
            .unwrap();
        assert!(page.items.len() <= 3);
        seen.extend(page.items.iter().map(|run| run.id.clone()));
        let new = run(later(base, 60_000_000_000 + step), 1000);
        // The same second, so that only the first of them is new.
        let _ = store.create(&new).await;
        finished(&store, page.items[0].clone()).await;
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 20);
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected);
    fails_with(
        list(store.as_ref(), &from(Some("nonsense"), 3)).await,
        ErrorKind::InvalidInput,
    );
    fails_with(
        list(store.as_ref(), &from(None, 0)).await,
        ErrorKind::InvalidInput,
    );
}

/// `current` names the newest run that ended, whichever ended last.
pub async fn the_current_run_is_the_newest_finished(store: Store) {
    let base = time("2026-03-01T10:00:00Z");
    let runs = [0, 1, 2].map(|number| run(later(base, number), 9));
    let ids = [9, 5, 1].map(|random| ExecutionId::new(base, random));
    let mut named = Vec::new();
    for (mut run, id) in runs.into_iter().zip(ids) {
        run.id = id;
        store.create(&run).await.unwrap();
        named.push(run);
    }
    assert_eq!(store.current().await.unwrap(), None);
    let [oldest, middle, newest] = named.try_into().unwrap();
    finished(&store, middle.clone()).await;
    assert_eq!(store.current().await.unwrap(), Some(middle.id.clone()));
    finished(&store, oldest).await;
    assert_eq!(store.current().await.unwrap(), Some(middle.id));
    finished(&store, newest.clone()).await;
    assert_eq!(store.current().await.unwrap(), Some(newest.id));
}

/// The runs that have not ended are found, and no others.
pub async fn the_unfinished_runs_are_those_that_have_not_ended(store: Store) {
    let open = created(&store, 1).await;
    let ended = created(&store, 2).await;
    finished(&store, ended).await;
    assert_eq!(store.unfinished().await.unwrap(), [open]);
}
