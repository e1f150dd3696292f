//! Gathers what one page about some runs shows.

use super::Netsnap;
use crate::error::Result;
use crate::id::ExecutionId;
use crate::model::{Deployment, Execution, Plan};
use crate::report::{DeviceDiff, ExecutionReport, OutputReport, RunReport, html};
use crate::topology::{Topology, stored_topology};

/// Events of one run that a page shows.
const EVENTS: usize = 20_000;

pub(super) async fn report(engine: &Netsnap, executions: &[ExecutionId]) -> Result<String> {
    let mut report = RunReport {
        title: "netsnap".to_owned(),
        ..RunReport::default()
    };
    for id in executions {
        let gathered = gather(engine, id).await?;
        if report.plan.is_none() {
            report.plan = plan_of(engine, &gathered.execution).await;
        }
        report.executions.push(gathered);
    }
    if let Some(plan) = &report.plan {
        report.approvals = engine.approvals(&plan.id).await?;
        report.diffs = diffs(engine, plan).await?;
    }
    Ok(html(&report))
}

async fn gather(engine: &Netsnap, id: &ExecutionId) -> Result<ExecutionReport> {
    let execution = engine.execution(id).await?;
    let mut outputs = Vec::new();
    for summary in engine.outputs(id).await? {
        let output = engine.output(id, &summary.device, &summary.command).await?;
        outputs.push(OutputReport::new(&output));
    }
    Ok(ExecutionReport {
        devices: engine.device_results(id).await?,
        events: engine.events(id, 1, EVENTS).await?,
        deployment: deployment_of(engine, id).await,
        topology: topology_of(engine, id).await,
        execution,
        outputs,
    })
}

/// A run that is no deployment has none; that is no failure of the page.
async fn deployment_of(engine: &Netsnap, id: &ExecutionId) -> Option<Deployment> {
    engine.deployment(id).await.ok()
}

/// A run of which nobody asked the topology has none; that is no failure of the page.
async fn topology_of(engine: &Netsnap, id: &ExecutionId) -> Option<Topology> {
    let store = engine.context.store.as_ref();
    stored_topology(store, id).await.ok()
}

async fn plan_of(engine: &Netsnap, execution: &Execution) -> Option<Plan> {
    let id = execution.parameters.get("plan")?.as_str()?.parse().ok()?;
    engine.load_plan(&id).await.ok()
}

async fn diffs(engine: &Netsnap, plan: &Plan) -> Result<Vec<DeviceDiff>> {
    let mut diffs = Vec::new();
    for device in plan
        .devices
        .iter()
        .filter(|device| !device.steps.is_empty())
    {
        let text = async |digest| engine.context.store.blob(digest).await;
        let before = String::from_utf8_lossy(&text(&device.running).await?).into_owned();
        let after = String::from_utf8_lossy(&text(&device.intended).await?).into_owned();
        diffs.push(DeviceDiff {
            device: device.device.clone(),
            before,
            after,
        });
    }
    Ok(diffs)
}
