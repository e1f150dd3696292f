//! A store that fails when a test wants it to.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::Store;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::id::ExecutionId;
use crate::model::{DeviceResult, Execution, Output, OutputSummary};
use crate::store::{Archived, Backend, Damage, Durability, Front};

/// A call that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// A run appears.
    Create,
    /// Events are appended.
    Append,
    /// An output is kept.
    PutOutput,
    /// Results of devices are kept.
    PutDeviceResults,
}

/// When a store fails.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Never.
    Never,
    /// Every call of this kind: it is refused, and nothing of it is kept.
    Refuses(Write),
    /// Every change of a log, and every change or removal of a run, behind so many of them: the process that makes them died.
    DiesAfter(usize),
    /// Every append to a log, until so many runs were removed: the disk is full.
    FullUntilRemoved(usize),
    /// Never; but it shows outputs with another first byte than was put.
    ChangesOutputs,
    /// Never; but what this device said cannot be read any more, and that is the kind of the failure.
    LosesOutputs(&'static str, ErrorKind),
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

    /// Fails otherwise from now on.
    pub fn turn(&self, fault: Fault) {
        *self.fault() = fault;
    }

    fn write(&self, write: Write) -> Result<()> {
        match *self.fault() {
            Fault::Refuses(refused) if refused == write => {
                Err(Error::new(ErrorKind::Storage, "the disk refused").during("store.write"))
            }
            _ => Ok(()),
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

    fn grow(&self) -> Result<()> {
        match *self.fault() {
            Fault::FullUntilRemoved(1..) => {
                Err(Error::new(ErrorKind::StorageFull, "no space is left"))
            }
            _ => Ok(()),
        }
    }

    fn shown(&self, mut output: Output) -> Result<Output> {
        match *self.fault() {
            Fault::ChangesOutputs => output.bytes.iter_mut().take(1).for_each(|byte| *byte ^= 1),
            Fault::LosesOutputs(device, kind) if output.summary.device == device => {
                return Err(Error::new(kind, "its bytes are gone").with("device", device));
            }
            _ => {}
        }
        Ok(output)
    }

    fn removed(&self, count: usize) {
        if let Fault::FullUntilRemoved(left) = &mut *self.fault() {
            *left = left.saturating_sub(count);
        }
    }
}

#[async_trait]
impl Front for Faulty {
    fn behind(&self) -> &dyn Backend {
        self.inner.as_ref()
    }

    async fn create(&self, execution: &Execution) -> Result<()> {
        self.write(Write::Create)?;
        self.inner.create(execution).await
    }

    async fn append(&self, id: &ExecutionId, events: &[Event], how: Durability) -> Result<()> {
        self.write(Write::Append)?;
        self.inner.append(id, events, how).await
    }

    async fn put_output(&self, id: &ExecutionId, output: Output) -> Result<OutputSummary> {
        self.write(Write::PutOutput)?;
        self.inner.put_output(id, output).await
    }

    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()> {
        self.write(Write::PutDeviceResults)?;
        self.inner.put_device_results(id, results).await
    }

    async fn update(&self, execution: &Execution) -> Result<Execution> {
        self.change()?;
        self.inner.update(execution).await
    }

    async fn update_audited(
        &self,
        execution: &Execution,
        number: u64,
        entry: &[u8],
    ) -> Result<Execution> {
        self.grow()?;
        self.change()?;
        self.inner.update_audited(execution, number, entry).await
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

    async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>> {
        let mut events = self.inner.events(id, from, limit).await?;
        if let Fault::HidesEvent(number) = *self.fault() {
            events.retain(|event| event.sequence != number);
        }
        Ok(events)
    }

    async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> {
        let output = self.inner.output(id, device, command).await?;
        self.shown(output)
    }

    async fn output_at(&self, id: &ExecutionId, place: usize) -> Result<Output> {
        let output = self.inner.output_at(id, place).await?;
        self.shown(output)
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

    async fn append_log(&self, log: &str, next: u64, entries: &[Vec<u8>]) -> Result<()> {
        self.grow()?;
        self.change()?;
        self.inner.append_log(log, next, entries).await
    }
}
