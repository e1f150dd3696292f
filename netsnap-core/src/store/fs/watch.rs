//! Did anything happen to a run? Seen from two small questions to the file system, which every process can ask.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::durable;
use super::layout;
use super::log;
use crate::event::Event;
use crate::id::ExecutionId;

/// How long nobody looks.
const PAUSE: Duration = Duration::from_millis(5);

/// What is watched of a run: its log grows, its summary is replaced.
#[derive(Debug, PartialEq, Eq)]
struct Sight {
    log: Option<u64>,
    summary: Option<((i64, i64), u64)>,
}

fn sight(folder: &Path) -> Sight {
    let of = |name: &str| fs::symlink_metadata(folder.join(name)).ok();
    let version = |metadata: Metadata| (durable::version(&metadata), metadata.len());
    Sight {
        log: of(layout::EVENTS).map(|log| log.len()),
        summary: of(layout::METADATA).map(version),
    }
}

/// Returns when event `from` may be there or the summary is another one, and after `patience` anyway.
pub(super) async fn wait(root: &Path, id: &ExecutionId, from: u64, patience: Duration) {
    let folder = layout::execution(root, id);
    let until = Instant::now() + patience;
    let before = sight(&folder);
    if has_event(folder.join(layout::EVENTS), from).await {
        return;
    }
    while Instant::now() < until && sight(&folder) == before {
        let left = until.saturating_duration_since(Instant::now());
        sleep(PAUSE.min(left)).await;
    }
}

/// Says whether an event came since the caller looked. A log that cannot be read is a reason to look again.
async fn has_event(path: PathBuf, from: u64) -> bool {
    let last = move || match log::last::<Event>(&path) {
        Ok(last) => last.is_some_and(|event| event.sequence >= from),
        Err(_) => path.exists(),
    };
    tokio::task::spawn_blocking(last).await.unwrap_or(true)
}
