//! How soon does a store open in which somebody left a run with a long log?

use std::time::{Duration, Instant};

use jiff::Timestamp;
use netsnap_core::event::Event;
use netsnap_core::id::ExecutionId;
use netsnap_core::model::{Execution, ExecutionStatus, Owner};
use netsnap_core::store::{self, Durability};

use crate::{note, output, quick_folder};

/// So many events one run may have whose process went away …
const LONG: u64 = 200_000;
/// … and its store still opens within this. Unoptimised, and while twelve processes shared two processors, it was 1.2 s; it was 1.9 s when
/// the log was read twice, and more than that where each event was read as one.
const OPENED: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_with_a_long_log_that_was_left_opens_soon() {
    let folder = quick_folder();
    let url = folder.path().join("data").display().to_string();
    let store = store::open(&url).await.unwrap();
    let at = Timestamp::now();
    let left = Execution {
        owner: Some(Owner {
            process: u32::MAX - 1,
            ..store.owner()
        }),
        ..Execution::new(ExecutionId::new(at, 7), at)
    };
    store.create(&left).await.unwrap();
    for first in (1..=LONG).step_by(10_000) {
        let events = first..first + 10_000;
        let events: Vec<Event> = events.map(|number| note(number).at(number, at)).collect();
        let appended = store.append(&left.id, &events, Durability::Batched).await;
        appended.unwrap();
    }
    store.put_output(&left.id, output(1)).await.unwrap();
    drop(store);
    let begun = Instant::now();
    let store = store::open(&url).await.unwrap();
    let took = begun.elapsed();
    eprintln!("{LONG} events: opened in {took:?}");
    let ended = store.load(&left.id).await.unwrap();
    assert_eq!(ended.status, ExecutionStatus::Interrupted);
    assert_eq!(
        (ended.last_sequence, ended.results.total_commands),
        (LONG + 1, 1)
    );
    assert!(took < OPENED, "{took:?}");
}
