//! When is a child killed, and how does it say where it is?

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use netsnap_core::Result;
use netsnap_core::event::Event;
use netsnap_core::id::{Digest, ExecutionId};
use netsnap_core::model::{DeviceResult, Execution, Output, OutputSummary};
use netsnap_core::store::{Archived, Backend, Durability, Front};

use crate::say;

/// Holds the number of the write at which a child is killed, and whether it waits before it.
const WRITE: &str = "NETSNAP_TEST_WRITE";
const HERE: &str = "here";

/// Where a child is killed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Point {
    /// Before a write.
    Before(u32),
    /// So long after a write began.
    Within(u32, Duration),
    /// So long after the child began.
    After(Duration),
}

impl Point {
    /// Spreads kills over the writes, and over time.
    pub(super) fn of(kill: u32) -> Self {
        let chance = u64::from(getrandom::u32().unwrap());
        // A little more than there are from the beginning of a run to its removal, again and again.
        let write = 1 + kill / 4 % 24;
        match kill % 4 {
            0 => Self::Before(write),
            3 => Self::After(Duration::from_millis(5 + chance % 90)),
            _ => Self::Within(write, Duration::from_micros(chance % 2500)),
        }
    }

    /// Starts a child, kills it here, and returns the lines that it said.
    pub(super) fn kill(self, mut command: Command) -> Vec<String> {
        match self {
            Self::Before(write) => command.env(WRITE, format!("{write} before")),
            Self::Within(write, _) => command.env(WRITE, write.to_string()),
            Self::After(_) => &mut command,
        };
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        if let Self::After(time) = self {
            std::thread::sleep(time);
        } else {
            said.extend(
                lines
                    .by_ref()
                    .map(|line| line.unwrap())
                    .take_while(|line| line != HERE),
            );
            assert_eq!(child.try_wait().unwrap(), None, "the child ended by itself");
        }
        if let Self::Within(_, time) = self {
            std::thread::sleep(time);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        said.extend(lines.map_while(|line| line.ok()));
        said
    }
}

/// Puts before a store what says when the write has come at which this child is to be killed.
pub(super) fn mortal(store: Arc<dyn Backend>) -> Arc<dyn Backend> {
    let asked = std::env::var(WRITE).unwrap_or_default();
    let mut words = asked.split(' ');
    let last = words.next().and_then(|number| number.parse().ok());
    Arc::new(Mortal {
        store,
        writes: AtomicU32::new(0),
        last: last.unwrap_or(u32::MAX),
        waits: words.next().is_some(),
    })
}

#[derive(Debug)]
struct Mortal {
    store: Arc<dyn Backend>,
    writes: AtomicU32,
    last: u32,
    waits: bool,
}

impl Mortal {
    async fn write(&self) {
        if self.writes.fetch_add(1, Ordering::SeqCst) + 1 == self.last {
            say(HERE);
            if self.waits {
                std::future::pending::<()>().await;
            }
        }
    }
}

#[async_trait]
impl Front for Mortal {
    fn behind(&self) -> &dyn Backend {
        self.store.as_ref()
    }

    async fn create(&self, execution: &Execution) -> Result<()> {
        self.write().await;
        self.store.create(execution).await
    }

    async fn update(&self, execution: &Execution) -> Result<Execution> {
        self.write().await;
        self.store.update(execution).await
    }

    async fn update_audited(
        &self,
        execution: &Execution,
        number: u64,
        entry: &[u8],
    ) -> Result<Execution> {
        self.write().await;
        self.store.update_audited(execution, number, entry).await
    }

    async fn append(&self, id: &ExecutionId, events: &[Event], how: Durability) -> Result<()> {
        self.write().await;
        self.store.append(id, events, how).await
    }

    async fn put_output(&self, id: &ExecutionId, output: Output) -> Result<OutputSummary> {
        self.write().await;
        self.store.put_output(id, output).await
    }

    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()> {
        self.write().await;
        self.store.put_device_results(id, results).await
    }

    async fn put_document(&self, id: &ExecutionId, name: &str, bytes: &[u8]) -> Result<()> {
        self.write().await;
        self.store.put_document(id, name, bytes).await
    }

    async fn archive(&self, id: &ExecutionId) -> Result<Archived> {
        self.write().await;
        self.store.archive(id).await
    }

    async fn delete(&self, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        self.write().await;
        self.store.delete(ids).await
    }

    async fn append_log(&self, log: &str, next: u64, entries: &[Vec<u8>]) -> Result<()> {
        self.write().await;
        self.store.append_log(log, next, entries).await
    }

    async fn put_blob(&self, bytes: &[u8]) -> Result<Digest> {
        self.write().await;
        self.store.put_blob(bytes).await
    }

    async fn put_record(&self, collection: &str, key: &str, value: &[u8]) -> Result<()> {
        self.write().await;
        self.store.put_record(collection, key, value).await
    }
}
