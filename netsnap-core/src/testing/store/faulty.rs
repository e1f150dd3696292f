//! A store that fails when a test wants it to.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::Store;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, Output, OutputSummary};
use crate::store::{
    Archived, BlobStore, Damage, Durability, ExecutionStore, Filter, LogStore, RecordStore,
    Selection, Usage,
};

/// When a store fails.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Every change of a log, and every change or removal of a run, behind so many of them: the process that makes them died.
    DiesAfter(usize),
    /// Every append to a log, until so many runs were removed: the disk is full.
    FullUntilRemoved(usize),
    /// Never; but it shows outputs with another first byte than was put.
    ChangesOutputs,
    /// Never; but it does not show the event with this number.
    HidesEvent(u64),
    /// Never; but it says that something is damaged.
    IsDamaged,
}

/// Passes everything on to another store, and fails as told.
#[derive(Debug)]
pub struct Faulty {
    inner: Store,
    fault: Mutex<Fault>,
}

impl Faulty {
    /// Puts itself before a store.
    #[must_use]
    pub fn new(inner: Store, fault: Fault) -> Self {
        Self {
            inner,
            fault: Mutex::new(fault),
        }
    }

    fn fault(&self) -> MutexGuard<'_, Fault> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a change through, or not.
    fn change(&self) -> Result<()> {
        match &mut *self.fault() {
            Fault::DiesAfter(0) => Err(Error::new(ErrorKind::Storage, "the process died")),
            Fault::DiesAfter(left) => {
                *left -= 1;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn append(&self) -> Result<()> {
        match *self.fault() {
            Fault::FullUntilRemoved(1..) => {
                Err(Error::new(ErrorKind::StorageFull, "no space is left"))
            }
            _ => Ok(()),
        }
    }

    fn shown(&self, mut output: Output) -> Output {
        if matches!(*self.fault(), Fault::ChangesOutputs) {
            output.bytes.iter_mut().take(1).for_each(|byte| *byte ^= 1);
        }
        output
    }

    fn removed(&self, count: usize) {
        if let Fault::FullUntilRemoved(left) = &mut *self.fault() {
            *left = left.saturating_sub(count);
        }
    }
}

#[async_trait]
impl ExecutionStore for Faulty {
    async fn create(&self, execution: &Execution) -> Result<()> {
        self.inner.create(execution).await
    }

    async fn update(&self, execution: &Execution) -> Result<Execution> {
        self.change()?;
        self.inner.update(execution).await
    }

    async fn load(&self, id: &ExecutionId) -> Result<Execution> {
        self.inner.load(id).await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Execution>> {
        self.inner.select(selection).await
    }

    async fn count(&self, filter: &Filter, cap: u64) -> Result<u64> {
        self.inner.count(filter, cap).await
    }

    async fn current(&self) -> Result<Option<ExecutionId>> {
        self.inner.current().await
    }

    async fn damage(&self) -> Result<Vec<Damage>> {
        let mut damage = self.inner.damage().await?;
        if matches!(*self.fault(), Fault::IsDamaged) {
            let error = Error::new(ErrorKind::Corrupt, "it is no run").report();
            let place = "elsewhere".to_owned();
            damage.push(Damage { place, error });
        }
        Ok(damage)
    }

    async fn append(&self, id: &ExecutionId, events: &[Event], how: Durability) -> Result<()> {
        self.inner.append(id, events, how).await
    }

    async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>> {
        let mut events = self.inner.events(id, from, limit).await?;
        if let Fault::HidesEvent(number) = *self.fault() {
            events.retain(|event| event.sequence != number);
        }
        Ok(events)
    }

    async fn put_output(&self, id: &ExecutionId, output: Output) -> Result<OutputSummary> {
        self.inner.put_output(id, output).await
    }

    async fn outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>> {
        self.inner.outputs(id).await
    }

    async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> {
        let output = self.inner.output(id, device, command).await?;
        Ok(self.shown(output))
    }

    async fn output_at(&self, id: &ExecutionId, place: usize) -> Result<Output> {
        let output = self.inner.output_at(id, place).await?;
        Ok(self.shown(output))
    }

    async fn sync(&self, id: &ExecutionId) -> Result<()> {
        self.inner.sync(id).await
    }

    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()> {
        self.inner.put_device_results(id, results).await
    }

    async fn device_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>> {
        self.inner.device_results(id).await
    }

    async fn put_document(&self, id: &ExecutionId, name: &str, bytes: &[u8]) -> Result<()> {
        self.inner.put_document(id, name, bytes).await
    }

    async fn document(&self, id: &ExecutionId, name: &str) -> Result<Vec<u8>> {
        self.inner.document(id, name).await
    }

    async fn size(&self, id: &ExecutionId) -> Result<u64> {
        self.inner.size(id).await
    }

    async fn archive(&self, id: &ExecutionId) -> Result<Archived> {
        self.change()?;
        self.inner.archive(id).await
    }

    async fn delete(&self, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        self.change()?;
        let removed = self.inner.delete(ids).await?;
        self.removed(removed.len());
        Ok(removed)
    }

    async fn reclaim(&self, bytes: u64) -> Result<u64> {
        self.inner.reclaim(bytes).await
    }

    async fn usage(&self) -> Result<Usage> {
        self.inner.usage().await
    }
}

#[async_trait]
impl RecordStore for Faulty {
    async fn put_record(&self, collection: &str, key: &str, value: &[u8]) -> Result<()> {
        self.inner.put_record(collection, key, value).await
    }

    async fn record(&self, collection: &str, key: &str) -> Result<Vec<u8>> {
        self.inner.record(collection, key).await
    }

    async fn records(
        &self,
        collection: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        self.inner.records(collection, prefix, after, limit).await
    }
}

#[async_trait]
impl BlobStore for Faulty {
    async fn put_blob(&self, bytes: &[u8]) -> Result<Digest> {
        self.inner.put_blob(bytes).await
    }

    async fn blob(&self, digest: &Digest) -> Result<Vec<u8>> {
        self.inner.blob(digest).await
    }
}

#[async_trait]
impl LogStore for Faulty {
    async fn append_log(&self, log: &str, next: u64, entries: &[Vec<u8>]) -> Result<()> {
        self.append()?;
        self.change()?;
        self.inner.append_log(log, next, entries).await
    }

    async fn log(&self, log: &str, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        self.inner.log(log, from, limit).await
    }

    async fn log_end(&self, log: &str) -> Result<Option<(u64, Vec<u8>)>> {
        self.inner.log_end(log).await
    }
}
