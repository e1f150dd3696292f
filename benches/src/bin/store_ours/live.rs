//! How soon does a reader in another process see an event? Both read the clock that all processes of a machine share.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use netsnap_core::event::{EventKind, NewEvent};
use netsnap_core::model::ExecutionStatus;
use netsnap_core::store::{self, Backend, Durability, NewExecution};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::{Arguments, Outcome, begin};

/// Between two events: odd, so that they meet every phase of whatever looks at intervals.
const PAUSE: Duration = Duration::from_millis(23);

/// Records events, one by one, while a process of its own follows, and says what that one saw.
pub(crate) async fn write(store: Arc<dyn Backend>, arguments: &Arguments) -> Outcome<Value> {
    let new = NewExecution {
        name: "live".into(),
        level: arguments.level.into(),
        ..NewExecution::default()
    };
    let recorder = begin(&store, new).await?;
    let mut follower = Command::new(std::env::current_exe()?)
        .args(["follow", "--store", &arguments.store, "--execution"])
        .arg(recorder.id().as_str())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let pipe = follower.stdout.take().ok_or("the follower has no output")?;
    let mut lines = BufReader::new(pipe).lines();
    lines.next_line().await?.ok_or("the follower is gone")?;
    for _ in 0..arguments.count {
        tokio::time::sleep(PAUSE).await;
        let event = NewEvent::new(EventKind::Note, "tick").data(json!({ "sent_us": now_us() }));
        recorder.event(event, Durability::Batched).await?;
    }
    recorder.finish(ExecutionStatus::Succeeded, None).await?;
    let said = lines.next_line().await?.ok_or("the follower is gone")?;
    Ok(serde_json::from_str(&said)?)
}

/// Follows a run to its end. The first line says that it is there.
#[expect(clippy::print_stdout, reason = "it is read by who started it")]
pub(crate) async fn follow(store: Arc<dyn Backend>, arguments: &Arguments) -> Outcome<Value> {
    let id = arguments.execution.as_deref().ok_or("no run to follow")?;
    let mut events = store::follow(store, id.parse()?, 1);
    let mut late = Vec::new();
    println!("{{}}");
    while let Some(event) = events.next().await {
        if let Some(sent) = event?.data["sent_us"].as_i64() {
            late.push(now_us() - sent);
        }
    }
    late.sort_unstable();
    Ok(json!({
        "seen": late.len(), "p50_ms": percentile(&late, 50), "p95_ms": percentile(&late, 95),
    }))
}

/// The monotonic clock of the machine, in microseconds.
fn now_us() -> i64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}

/// In milliseconds, of sorted microseconds.
fn percentile(sorted: &[i64], percent: usize) -> Option<f64> {
    let place = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    let value = i32::try_from(*sorted.get(place)?).ok()?;
    Some(f64::from(value) / 1000.0)
}
