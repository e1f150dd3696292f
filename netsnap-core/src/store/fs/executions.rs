//! The primitives of runs, on files.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::run::Run;
use super::told::Telling;
use super::{Folder, FsStore, damage, durable, layout, remove, reserve, watch, writer};
use crate::error::Result;
use crate::event::{Event, EventKind};
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, Output, OutputSummary, Owner};
use crate::store::seat::{self, Seat};
use crate::store::{
    Archived, Damage, Durability, ExecutionStore, Filter, Selection, Usage, owner, rules,
};

impl Folder {
    fn create(&self, execution: &Execution) -> Result<()> {
        let id = &execution.id;
        let staged = Run::stage(&self.root, execution)?;
        self.index
            .admit(execution, || Run::appear(&self.root, staged.path(), id))?;
        let executions = super::layout::executions(&self.root);
        durable::sync_dir(&executions).map_err(|error| super::storage(&executions, error))
    }

    fn update(&self, execution: &Execution, told: Option<(u64, &[u8])>) -> Result<Execution> {
        let id = &execution.id;
        let telling = told.map(|(number, entry)| Telling {
            root: &self.root,
            number,
            entry,
        });
        let update = || {
            self.writers.with(&self.root, id, |writer| {
                writer.update(&self.index, execution, telling)
            })
        };
        if !execution.status.is_terminal() {
            return update();
        }
        let updated = reserve::spend(&self.root, update);
        self.writers.forget(id);
        updated
    }

    fn refresh(&self, execution: &Execution) -> Result<Execution> {
        if execution.status.is_terminal() {
            return self.update(execution, None);
        }
        self.writers.with(&self.root, &execution.id, |writer| {
            writer.refresh(&self.index, execution)
        })
    }

    fn append(&self, id: &ExecutionId, events: &[Event], durability: Durability) -> Result<()> {
        let append = || {
            self.writers.with(&self.root, id, |writer| {
                writer.check_open()?;
                writer.append(events, durability)
            })
        };
        let ends = |event: &Event| event.kind == EventKind::ExecutionFinished;
        if events.last().is_some_and(ends) {
            return reserve::spend(&self.root, append);
        }
        append()
    }

    fn delete(&self, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        ids.iter().for_each(|id| self.writers.forget(id));
        let delete = || remove::delete(&self.root, &self.index, ids);
        let deleted = reserve::spend(&self.root, delete)?;
        reserve::keep(&self.root);
        Ok(deleted)
    }
}

#[async_trait]
impl ExecutionStore for FsStore {
    async fn create(&self, execution: &Execution) -> Result<()> {
        rules::check_new(execution)?;
        let execution = execution.clone();
        self.work("store.create", move |folder| folder.create(&execution))
            .await
    }

    async fn update(&self, execution: &Execution) -> Result<Execution> {
        let execution = execution.clone();
        self.work("store.update", move |folder| {
            folder.update(&execution, None)
        })
        .await
    }

    async fn refresh(&self, execution: &Execution) -> Result<Execution> {
        let execution = execution.clone();
        self.work("store.refresh", move |folder| folder.refresh(&execution))
            .await
    }

    async fn update_audited(
        &self,
        execution: &Execution,
        number: u64,
        entry: &[u8],
    ) -> Result<Execution> {
        let (execution, entry) = (execution.clone(), entry.to_vec());
        self.work("store.update_audited", move |folder| {
            folder.update(&execution, Some((number, &entry)))
        })
        .await
    }

    async fn load(&self, id: &ExecutionId) -> Result<Execution> {
        self.read("store.load", id, Run::load).await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Execution>> {
        let selection = selection.clone();
        self.work("store.select", move |folder| {
            folder.index.select(&selection)
        })
        .await
    }

    async fn outlines(&self, selection: &Selection, label: Option<&str>) -> Result<Vec<Execution>> {
        let (selection, label) = (selection.clone(), label.map(str::to_owned));
        self.work("store.outlines", move |folder| {
            folder.index.outlines(&selection, label.as_deref())
        })
        .await
    }

    async fn count(&self, filter: &Filter, cap: u64) -> Result<u64> {
        let filter = filter.clone();
        self.work("store.count", move |folder| {
            folder.index.count(&filter, cap)
        })
        .await
    }

    async fn damage(&self) -> Result<Vec<Damage>> {
        let find = |folder: &Folder| {
            folder.index.look()?;
            damage::list(&folder.root)
        };
        self.work("store.damage", find).await
    }

    async fn current(&self) -> Result<Option<ExecutionId>> {
        self.work("store.current", |folder| folder.index.current())
            .await
    }

    fn owner(&self) -> Owner {
        let seat = self.folder.seat.as_ref();
        Owner {
            session: seat.map_or(0, Seat::session),
            ..owner::this_process()
        }
    }

    async fn gone(&self, owner: &Owner) -> Result<Option<&'static str>> {
        Ok(seat::gone(&layout::owners(&self.folder.root), owner))
    }

    async fn lives(&self, owner: &Owner) -> Result<bool> {
        Ok(seat::lives(&layout::owners(&self.folder.root), owner))
    }

    async fn append(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()> {
        let (id, events) = (id.clone(), events.to_vec());
        self.write("store.append", move |folder| {
            folder.append(&id, &events, durability)
        })
        .await
    }

    async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>> {
        self.read("store.events", id, move |run| run.events(from, limit))
            .await
    }

    async fn last_event(&self, id: &ExecutionId) -> Result<Option<Event>> {
        self.read("store.last_event", id, Run::last_event).await
    }

    async fn wait(&self, id: &ExecutionId, from: u64, patience: Duration) -> Result<()> {
        watch::wait(&self.folder.root, id, from, patience).await;
        Ok(())
    }

    async fn put_output(&self, id: &ExecutionId, output: Output) -> Result<OutputSummary> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        self.change("store.put_output", id, move |writer| {
            let _turn = turn;
            writer.check_open()?;
            writer.put_output(&output)
        })
        .await
    }

    async fn outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>> {
        self.read("store.outputs", id, Run::outputs).await
    }

    async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> {
        let (id, device, command) = (id.clone(), device.to_owned(), command.to_owned());
        self.work("store.output", move |folder| {
            let run = Run::open(&folder.root, &id)?;
            run.unless_gone(folder.reader.output(&run, &device, &command))
        })
        .await
    }

    async fn output_at(&self, id: &ExecutionId, place: usize) -> Result<Output> {
        let id = id.clone();
        self.work("store.output_at", move |folder| {
            let run = Run::open(&folder.root, &id)?;
            run.unless_gone(folder.reader.output_at(&run, place))
        })
        .await
    }

    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()> {
        let results = results.to_vec();
        self.change("store.put_device_results", id, move |writer| {
            writer.check_open()?;
            writer.put_device_results(&results)
        })
        .await
    }

    async fn device_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>> {
        self.read("store.device_results", id, Run::device_results)
            .await
    }

    async fn recorded(&self, id: &ExecutionId) -> Result<(Vec<OutputSummary>, Vec<DeviceResult>)> {
        self.read("store.recorded", id, Run::recorded).await
    }

    async fn record_digest(&self, id: &ExecutionId) -> Result<Digest> {
        self.read("store.record_digest", id, Run::record_digest)
            .await
    }

    async fn strays(&self, run: &Execution) -> Result<Vec<Damage>> {
        let summary = run.clone();
        self.read("store.strays", &run.id, move |run| run.strays(&summary))
            .await
    }

    async fn sync(&self, id: &ExecutionId) -> Result<()> {
        let id = id.clone();
        self.write("store.sync", move |folder| {
            folder.writers.sync(&folder.root, &id)
        })
        .await
    }

    async fn put_document(&self, id: &ExecutionId, name: &str, bytes: &[u8]) -> Result<()> {
        writer::check_document(name)?;
        let (name, bytes) = (name.to_owned(), bytes.to_vec());
        self.change("store.put_document", id, move |writer| {
            writer.put_document(&name, &bytes)
        })
        .await
    }

    async fn document(&self, id: &ExecutionId, name: &str) -> Result<Vec<u8>> {
        writer::check_document(name)?;
        let name = name.to_owned();
        self.read("store.document", id, move |run| run.document(&name))
            .await
    }

    async fn size(&self, id: &ExecutionId) -> Result<u64> {
        self.read("store.size", id, |run| Ok(durable::tree_size(&run.path)))
            .await
    }

    async fn archive(&self, id: &ExecutionId) -> Result<Archived> {
        self.change("store.archive", id, super::Writer::archive)
            .await
    }

    async fn delete(&self, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        let ids = ids.to_vec();
        self.work("store.delete", move |folder| folder.delete(&ids))
            .await
    }

    async fn usage(&self) -> Result<Usage> {
        self.work("store.usage", |folder| {
            Ok(Usage {
                bytes: durable::tree_size(&folder.root),
                free: 0,
            })
        })
        .await
    }
}
