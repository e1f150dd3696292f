//! Lists come in pages that show each run once, newest first.

use std::collections::BTreeSet;

use netsnap_core::engine::ListOptions;
use netsnap_core::model::ExecutionStatus;
use netsnap_core::store::NewExecution;
use netsnap_core::{ErrorKind, Netsnap};
use netsnap_tests::Bench;

async fn run(engine: &Netsnap) -> String {
    let recorder = engine.begin(NewExecution::default()).await.unwrap();
    let ended = recorder.finish(ExecutionStatus::Succeeded, None).await;
    ended.unwrap().id.to_string()
}

async fn pages_show_each_run_once(url: &str) {
    let bench = Bench::at(url).await;
    let mut made = BTreeSet::new();
    for _ in 0..7 {
        made.insert(run(&bench.engine).await);
    }
    let (mut seen, mut options) = (
        Vec::new(),
        ListOptions {
            limit: 3,
            cursor: None,
            ..ListOptions::default()
        },
    );
    loop {
        let page = bench.engine.list_executions(&options).await.unwrap();
        assert!(page.items.len() <= 3);
        seen.extend(
            page.items
                .into_iter()
                .map(|run| (run.created_at, run.id.to_string())),
        );
        // What is added while somebody pages comes before the first page.
        run(&bench.engine).await;
        options.cursor = match page.cursor {
            Some(cursor) => Some(cursor),
            None => break,
        };
    }
    assert!(seen.is_sorted_by(|newer, older| newer > older), "{seen:?}");
    let seen: BTreeSet<_> = seen.into_iter().map(|(_, id)| id).collect();
    assert_eq!(seen, made);
    options.cursor = Some("nonsense".to_owned());
    let error = bench.engine.list_executions(&options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.report().hint.is_some(), "{error:?}");
}

#[tokio::test]
async fn pages_show_each_run_once_on_files() {
    pages_show_each_run_once("{}/store").await;
}

#[tokio::test]
async fn pages_show_each_run_once_in_a_database() {
    pages_show_each_run_once("sqlite:{}/runs.db").await;
}
