#![allow(missing_docs, missing_debug_implementations, clippy::all, unused)]
use std::collections::BTreeMap;
use std::sync::Arc;
use jiff::Timestamp;
use tokio::sync::broadcast;
use crate::engine::*; use crate::error::*; use crate::event::*; use crate::id::*; use crate::model::*; use super::Durability;
#[derive(Default, Debug, Clone)]
pub struct NewExecution { pub kind: ExecutionKind, pub name: String, pub actor: String, pub job_id: Option<String>, pub labels: BTreeMap<String, String>, pub parameters: serde_json::Value, pub devices: Vec<DeviceSummary>, pub commands: Vec<String> }
#[derive(Debug, Clone)]
pub struct Recorder { shelf: Shelf, id: ExecutionId, bus: broadcast::Sender<LiveEvent> , live: Arc<()>}
impl Recorder {
    pub async fn begin(shelf: Shelf, n: NewExecution, bus: broadcast::Sender<LiveEvent>) -> Result<Self> {
        let now = Timestamp::now();
        let id = ExecutionId::new(now, now.subsec_nanosecond() as u32);
        let e = Execution { id: id.clone(), job_id: n.job_id, kind: n.kind, name: n.name, status: ExecutionStatus::Running, reason: None, created_at: now, ended_at: None, duration_us: None, parent: None, actor: n.actor, parameters: n.parameters, labels: n.labels, devices: n.devices, commands: n.commands, results: Default::default(), files: Default::default(), last_sequence: 0, revision: 0, owner: None, version: String::new() };
        shelf.lock().unwrap().insert(id.clone(), Kept { e: Some(e), ..Default::default() });
        let me = Self { shelf, id, bus, live: Arc::new(()) };
        me.event(NewEvent::new(EventKind::ExecutionStarted, ""), Durability::Durable).await?;
        Ok(me)
    }
    pub fn id(&self) -> &ExecutionId { &self.id }
    pub async fn event(&self, e: NewEvent, _: Durability) -> Result<u64> { self.put(e) }
    fn put(&self, e: NewEvent) -> Result<u64> {
        let mut s = self.shelf.lock().unwrap(); let k = s.get_mut(&self.id).unwrap();
        let n = k.events.len() as u64 + 1; let e = e.at(n, Timestamp::now()); k.events.push(e.clone());
        let _ = self.bus.send(LiveEvent { execution: self.id.clone(), event: e }); Ok(n)
    }
    pub async fn output(&self, o: Output) -> Result<OutputSummary> { self.shelf.lock().unwrap().get_mut(&self.id).unwrap().outputs.push(o.clone()); Ok(o.summary) }
    pub async fn device_result(&self, r: DeviceResult) -> Result<()> { self.shelf.lock().unwrap().get_mut(&self.id).unwrap().results.push(r); Ok(()) }
    pub async fn finish(self, s: ExecutionStatus, r: Option<String>) -> Result<Execution> { self.end(s, r) }
    fn end(&self, s: ExecutionStatus, r: Option<String>) -> Result<Execution> {
        self.put(NewEvent::new(EventKind::ExecutionFinished, ""))?;
        let mut g = self.shelf.lock().unwrap(); let e = g.get_mut(&self.id).unwrap().e.as_mut().unwrap();
        e.status = s; e.reason = r; e.ended_at = Some(Timestamp::now()); Ok(e.clone())
    }
}
impl Drop for Recorder { fn drop(&mut self) { if Arc::strong_count(&self.live) == 1 { let live = !self.shelf.lock().unwrap()[&self.id].e.as_ref().unwrap().status.is_terminal(); if live { let _ = self.end(ExecutionStatus::Interrupted, Some("dropped".into())); } } } }
