//! Private stand-in, replaced at the merge.
#![allow(missing_docs, missing_debug_implementations, clippy::all, unused)]
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use jiff::Timestamp;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use crate::error::*;
use crate::event::*;
use crate::id::*;
use crate::model::*;
use crate::store::{NewExecution, Recorder};
use crate::transport::Limits;

#[derive(Default, Debug, Clone)]
pub struct Kept { pub e: Option<Execution>, pub events: Vec<Event>, pub outputs: Vec<Output>, pub results: Vec<DeviceResult> }
pub type Shelf = Arc<Mutex<BTreeMap<ExecutionId, Kept>>>;
#[derive(Clone, Debug)]
pub struct Netsnap { pub shelf: Shelf, pub bus: broadcast::Sender<LiveEvent> }
#[derive(Clone, Debug, serde::Deserialize)] #[serde(default, deny_unknown_fields)]
pub struct ListOptions { pub limit: usize, pub cursor: Option<String> }
impl Default for ListOptions { fn default() -> Self { Self { limit: 50, cursor: None } } }
#[derive(Clone, Debug, serde::Serialize)]
pub struct Page<T> { pub items: Vec<T>, pub cursor: Option<String> }
#[derive(Clone, Debug, Default)]
pub struct CollectOptions { pub name: String, pub actor: String, pub in_flight: usize, pub limits: Limits, pub cancel: CancellationToken }
pub type CaptureOptions = CollectOptions;
#[derive(Clone, Debug, Default)]
pub struct DeployOptions { pub name: String, pub actor: String, pub in_flight: usize, pub allow_unproven: bool, pub save: bool, pub check_timeout: Duration, pub limits: Limits, pub cancel: CancellationToken }
pub struct Collection { pub execution: Execution, pub devices: Vec<DeviceResult> }
pub struct Capture { pub execution: Execution, pub snapshots: Vec<Snapshot>, pub devices: Vec<DeviceResult> }
#[derive(serde::Deserialize)] #[serde(deny_unknown_fields)]
pub struct PlanTarget { pub device: String, pub intended: String, #[serde(default)] pub snapshot: Option<SnapshotId> }
#[derive(Clone, Debug, Default)]
pub struct PlanningOptions { pub wave_size: Option<usize>, pub waves: Option<Vec<Vec<String>>>, pub actor: String }
fn none<T>(verb: &'static str) -> Result<T> { Err(Error::new(ErrorKind::NotFound, "stand-in").during(verb)) }
impl Netsnap {
    pub async fn open(url: &str) -> Result<Self> {
        if url.starts_with("postgres") { return Err(Error::new(ErrorKind::Unsupported, "no such store").during("open").with("url", url)); }
        Ok(Self { shelf: Shelf::default(), bus: broadcast::channel(1024).0 })
    }
    pub fn watch(&self) -> broadcast::Receiver<LiveEvent> { self.bus.subscribe() }
    pub async fn begin(&self, new: NewExecution) -> Result<Recorder> { Recorder::begin(self.shelf.clone(), new, self.bus.clone()).await }
    fn kept(&self, id: &ExecutionId) -> Result<Kept> { self.shelf.lock().unwrap().get(id).cloned().ok_or_else(|| Error::new(ErrorKind::NotFound, "execution does not exist").during("store.load").with("execution", id)) }
    pub async fn execution(&self, id: &ExecutionId) -> Result<Execution> { Ok(self.kept(id)?.e.unwrap()) }
    pub async fn list_executions(&self, o: &ListOptions) -> Result<Page<Execution>> {
        let items = self.shelf.lock().unwrap().values().rev().filter_map(|k| k.e.clone()).take(o.limit).collect();
        Ok(Page { items, cursor: None })
    }
    pub async fn current(&self) -> Result<Option<Execution>> { Ok(self.shelf.lock().unwrap().values().rev().filter_map(|k| k.e.clone()).find(|e| e.status.is_terminal())) }
    pub async fn device_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>> { Ok(self.kept(id)?.results) }
    pub async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>> { Ok(self.kept(id)?.events.into_iter().filter(|e| e.sequence >= from).take(limit).collect()) }
    pub fn follow(&self, id: &ExecutionId, from: u64) -> impl futures_util::Stream<Item = Result<Event>> {
        let (me, id) = (self.clone(), id.clone());
        futures_util::stream::unfold((from, false), move |(from, done)| { let (me, id) = (me.clone(), id.clone()); async move {
            if done { return None; }
            loop {
                match me.events(&id, from, 1).await {
                    Err(e) => return Some((Err(e), (from, true))),
                    Ok(v) => if let Some(e) = v.into_iter().next() { let end = e.kind == EventKind::ExecutionFinished; return Some((Ok(e), (from + 1, end))); }
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }})
    }
    pub async fn outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>> { Ok(self.kept(id)?.outputs.into_iter().map(|o| o.summary).collect()) }
    pub async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> { self.kept(id)?.outputs.into_iter().rev().find(|o| o.summary.device == device && o.summary.command == command).ok_or_else(|| Error::new(ErrorKind::NotFound, "no such output").during("store.output")) }
    pub async fn collect(&self, d: &[Device], c: &[String], o: &CollectOptions) -> Result<Collection> { 
        if d.is_empty() { return Err(Error::new(ErrorKind::InvalidInput, "no devices were given").during("collect")); }
        let r = self.begin(NewExecution { kind: ExecutionKind::Collect, name: o.name.clone(), ..Default::default() }).await?;
        o.cancel.cancelled().await; let e = r.finish(ExecutionStatus::Cancelled, None).await?; Ok(Collection { execution: e, devices: vec![] }) }
    pub async fn capture(&self, d: &[Device], o: &CaptureOptions) -> Result<Capture> { none("capture") }
    pub async fn snapshot(&self, id: &SnapshotId) -> Result<Snapshot> { none("snapshot") }
    pub async fn snapshot_text(&self, id: &SnapshotId) -> Result<String> { none("snapshot") }
    pub async fn history(&self, s: &str, o: &ListOptions) -> Result<Page<Snapshot>> { Ok(Page { items: vec![], cursor: None }) }
    pub fn diff_text(a: &str, b: &str) -> String { similar::TextDiff::from_lines(a, b).unified_diff().to_string() }
    pub fn diff_config(p: &str, a: &str, b: &str) -> Result<ConfigDiff> { crate::platform::Platform::named(p)?; Ok(ConfigDiff::default()) }
    pub async fn plan(&self, t: &[PlanTarget], o: &PlanningOptions) -> Result<Plan> { none("plan") }
    pub async fn load_plan(&self, id: &PlanId) -> Result<Plan> { none("load_plan") }
    pub async fn deploy(&self, p: &PlanId, d: &[Device], o: &DeployOptions) -> Result<Deployment> { none("deploy") }
    pub async fn deployment(&self, id: &ExecutionId) -> Result<Deployment> { none("deployment") }
    pub async fn rollback(&self, id: &ExecutionId, d: &[Device], o: &DeployOptions) -> Result<Deployment> { none("rollback") }
    pub async fn report(&self, ids: &[ExecutionId]) -> Result<String> { Ok("<html>".into()) }
}
