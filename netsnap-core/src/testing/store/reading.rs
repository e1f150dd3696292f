//! Reading what was recorded: search, comparison, replay, rerun, topology.

mod again;
mod archived;
mod compare;
mod rerun;
mod search;
mod topology;

pub use self::again::*;
pub use self::archived::*;
pub use self::compare::*;
pub use self::rerun::*;
pub use self::search::*;
pub use self::topology::*;
use super::{Store, finished, later, output, run, time};
use crate::model::Execution;

/// A run with outputs that is going on, `number` seconds behind the first.
async fn going_on(store: &Store, number: u32, outputs: &[(&str, &str, &[u8])]) -> Execution {
    let at = later(
        time("2026-03-01T10:00:00Z"),
        i64::from(number) * 1_000_000_000,
    );
    let run = run(at, number);
    store.create(&run).await.unwrap();
    for (device, command, bytes) in outputs {
        let output = output(device, command, bytes);
        store.put_output(&run.id, output).await.unwrap();
    }
    run
}

/// The same, finished.
async fn recorded(store: &Store, number: u32, outputs: &[(&str, &str, &[u8])]) -> Execution {
    let run = going_on(store, number, outputs).await;
    finished(store, run).await
}
