//! Gathers what one page about some runs shows.

use super::Netsnap;
use crate::error::Result;
use crate::id::ExecutionId;
use crate::model::{Deployment, Execution, Plan};
use crate::redact::secrets;
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

/// Returns the configurations before and after of the devices that a plan does something to, without their secrets.
pub(super) async fn diffs(engine: &Netsnap, plan: &Plan) -> Result<Vec<DeviceDiff>> {
    let mut diffs = Vec::new();
    for device in plan
        .devices
        .iter()
        .filter(|device| !device.steps.is_empty())
    {
        let text = async |digest| engine.context.store.blob(digest).await;
        let (before, after) = (text(&device.running).await?, text(&device.intended).await?);
        diffs.push(difference(&device.device, &before, &after));
    }
    Ok(diffs)
}

/// What a page shows of two configurations: no secret of either.
fn difference(device: &str, before: &[u8], after: &[u8]) -> DeviceDiff {
    let shown = |bytes| secrets(&String::from_utf8_lossy(bytes)).into_owned();
    DeviceDiff {
        device: device.to_owned(),
        before: shown(before),
        after: shown(after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_no_secret_of_a_configuration() {
        let before = "hostname r1\nradius server X\n key hunter2\n";
        let after =
            "hostname r2\nusername bob secret 5 $1$hunter2\nsnmp-server community hunter2 RO\n";
        let shown = difference("r1", before.as_bytes(), after.as_bytes());
        assert_eq!(
            shown.before,
            "hostname r1\nradius server X\n key ********\n"
        );
        assert_eq!(
            shown.after,
            "hostname r2\nusername bob secret ********\nsnmp-server community ********\n"
        );
    }
}
