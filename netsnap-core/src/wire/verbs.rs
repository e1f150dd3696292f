//! Which verbs are there, and which function of the engine stands behind each?

use serde_json::json;

use super::arguments;
use super::public::{self, text};
use super::{Reply, Request, differences, history, keep, plans};
use crate::engine::{
    CaptureOptions, CollectOptions, DeployOptions, HistoryOptions, ListOptions, Netsnap,
};
use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::Output;

/// Every verb of a call, in the order of the engine. `begin`, `follow`, `watch` and `close` have functions of their own.
pub const VERBS: &[&str] = &[
    "execution",
    "list_executions",
    "current",
    "device_results",
    "events",
    "outputs",
    "output",
    "collect",
    "capture",
    "keep_configuration",
    "snapshot",
    "snapshot_text",
    "history",
    "diff_text",
    "diff_config",
    "load_platform",
    "plan",
    "load_plan",
    "validate_plan",
    "check_plan",
    "approve_plan",
    "approvals",
    "show_plan",
    "plan_document",
    "deploy",
    "deployment",
    "rollback",
    "report",
    "label",
    "pin",
    "unpin",
    "annotate",
    "cancel",
    "audit",
    "stats",
    "latest_by_device",
    "prune",
    "archive",
    "search_output",
    "compare_executions",
    "rerun_plan",
    "rerun",
    "recover",
    "verify",
    "metrics",
    "export",
    "import_runs",
    "import_text",
    "topology",
    "diff_topology",
    "draw_topology",
    "domains",
    "snapshot_domains",
    "diff_domains",
    "diff_fleet",
    "show_fleet_diff",
    "show_topology_diff",
];

/// Says whether a verb waits for nothing, neither for a store nor for a device, and is short: differences of 10,000 lines take some
/// milliseconds, those of 50,000 lines of which none is the same up to a second (measured).
#[must_use]
pub fn only_computes(verb: &str) -> bool {
    matches!(verb, "diff_text" | "diff_config" | "domains")
}

/// Carries out a call. Work on devices is told to stop and ends in order; a question is just dropped.
pub(super) async fn dispatch(engine: &Netsnap, request: Request) -> Result<Reply> {
    match request.verb.as_str() {
        "collect" => collect(engine, &request).await.map(Reply::from),
        "rerun" => history::rerun(engine, &request).await.map(Reply::from),
        "capture" => capture(engine, &request).await.map(Reply::from),
        "keep_configuration" => keep::keep(engine, &request).await.map(Reply::from),
        "deploy" => deploy(engine, &request).await.map(Reply::from),
        "rollback" => rollback(engine, &request).await.map(Reply::from),
        "check_plan" => plans::check(engine, &request).await.map(Reply::from),
        _ => request
            .cancel
            .run_until_cancelled(question(engine, &request))
            .await
            .unwrap_or_else(|| Err(cancelled(&request.verb))),
    }
}

async fn question(engine: &Netsnap, request: &Request) -> Result<Reply> {
    match request.verb.as_str() {
        "output" => output(engine, request.arguments()?).await,
        "execution" | "list_executions" | "current" | "device_results" | "events" | "outputs" => {
            runs(engine, request).await.map(Reply::from)
        }
        "snapshot" | "snapshot_text" | "history" | "diff_config" | "load_platform" => {
            states(engine, request).await.map(Reply::from)
        }
        verb if plans::VERBS.contains(&verb) => {
            plans::dispatch(engine, request).await.map(Reply::from)
        }
        "deployment" => {
            let deployment = engine.deployment(&request.id()?.parse()?).await?;
            text(&public::deployment(&deployment)).map(Reply::from)
        }
        "report" => report(engine, request.arguments()?).await.map(Reply::from),
        verb if differences::VERBS.contains(&verb) => differences::dispatch(engine, request)
            .await
            .map(Reply::from),
        verb if history::VERBS.contains(&verb) => {
            history::dispatch(engine, request).await.map(Reply::from)
        }
        unknown => Err(arguments::unknown_verb(unknown)),
    }
}

async fn runs(engine: &Netsnap, request: &Request) -> Result<String> {
    match request.verb.as_str() {
        "execution" => {
            let execution = engine.execution(&request.id()?.parse()?).await?;
            text(&public::execution(&execution)?)
        }
        "list_executions" => list_executions(engine, request.arguments()?).await,
        "current" => {
            let _: arguments::Nothing = request.arguments()?;
            let current = engine.current().await?;
            text(&current.as_ref().map(public::execution).transpose()?)
        }
        "device_results" => text(&engine.device_results(&request.id()?.parse()?).await?),
        "events" => {
            let asked: arguments::Events = request.arguments()?;
            let id: ExecutionId = asked.id.parse()?;
            text(&engine.events(&id, asked.start, asked.limit).await?)
        }
        _ => text(&engine.outputs(&request.id()?.parse()?).await?),
    }
}

async fn states(engine: &Netsnap, request: &Request) -> Result<String> {
    match request.verb.as_str() {
        "snapshot" => text(&engine.snapshot(&request.id()?.parse()?).await?),
        "snapshot_text" => text(&engine.snapshot_text(&request.id()?.parse()?).await?),
        "history" => history(engine, request.arguments()?).await,
        "load_platform" => {
            let ([table], arguments::Nothing {}) = request.named(["table"])?;
            text(&Netsnap::load_platform(&table)?)
        }
        _ => {
            let ([before, after], asked) = request.named(["before", "after"])?;
            let arguments::DiffConfig { platform, limit } = asked;
            let diff = Netsnap::diff_config(&platform, &before, &after)?;
            let diff = diff.limited(limit.unwrap_or(usize::MAX));
            text(&public::diff(&diff))
        }
    }
}

async fn list_executions(engine: &Netsnap, options: ListOptions) -> Result<String> {
    let page = engine.list_executions(&options).await?;
    let items = public::executions(&page.items)?;
    text(&json!({ "items": items, "cursor": page.cursor, "total": page.total }))
}

async fn history(engine: &Netsnap, asked: arguments::History) -> Result<String> {
    let options = HistoryOptions {
        limit: asked.limit,
        cursor: asked.cursor,
    };
    let page = engine.history(&asked.subject, &options).await?;
    text(&json!({ "items": page.items, "cursor": page.cursor }))
}

async fn output(engine: &Netsnap, asked: arguments::OneOutput) -> Result<Reply> {
    let id: ExecutionId = asked.id.parse()?;
    let output = engine.output(&id, &asked.device, &asked.command).await?;
    let Output {
        summary,
        bytes,
        parsed,
    } = output;
    Ok(Reply {
        json: text(&json!({ "summary": summary, "parsed": parsed }))?,
        bytes: Some(bytes),
    })
}

async fn collect(engine: &Netsnap, request: &Request) -> Result<String> {
    let asked: arguments::Collect = request.arguments()?;
    let mut options = CollectOptions::default();
    set(&mut options.name, asked.name);
    set(&mut options.actor, asked.actor);
    set(&mut options.in_flight, asked.in_flight);
    options.limits = asked.limits.into_limits()?;
    options.output_limit = asked.output_limit;
    options.cancel = request.cancel.clone();
    let past = match asked.replay {
        Some(run) => Some(engine.replaying(&run).await?),
        None => None,
    };
    let done = past
        .as_ref()
        .unwrap_or(engine)
        .collect(&request.devices, &asked.commands, &options)
        .await?;
    text(&json!({ "execution": public::execution(&done.execution)?, "devices": done.devices }))
}

async fn capture(engine: &Netsnap, request: &Request) -> Result<String> {
    let asked: arguments::Capture = request.arguments()?;
    let mut options = CaptureOptions::default();
    set(&mut options.name, asked.name);
    set(&mut options.actor, asked.actor);
    set(&mut options.in_flight, asked.in_flight);
    options.limits = asked.limits.into_limits()?;
    options.cancel = request.cancel.clone();
    let done = engine.capture(&request.devices, &options).await?;
    text(&json!({
        "execution": public::execution(&done.execution)?,
        "snapshots": done.snapshots,
        "devices": done.devices,
    }))
}

async fn deploy(engine: &Netsnap, request: &Request) -> Result<String> {
    let (id, options) = deploy_options(request)?;
    let done = engine
        .deploy(&id.parse()?, &request.devices, &options)
        .await?;
    text(&public::deployment(&done))
}

async fn rollback(engine: &Netsnap, request: &Request) -> Result<String> {
    let (id, options) = deploy_options(request)?;
    let done = engine
        .rollback(&id.parse()?, &request.devices, &options)
        .await?;
    text(&public::deployment(&done))
}

fn deploy_options(request: &Request) -> Result<(String, DeployOptions)> {
    let asked: arguments::Deploy = request.arguments()?;
    let mut options = DeployOptions::default();
    set(&mut options.name, asked.name);
    set(&mut options.actor, asked.actor);
    set(&mut options.in_flight, asked.in_flight);
    set(&mut options.allow_unproven, asked.allow_unproven);
    set(&mut options.require_approval, asked.require_approval);
    set(&mut options.allow_reuse, asked.allow_reuse);
    set(&mut options.save, asked.save);
    if let Some(seconds) = asked.check_timeout {
        options.check_timeout = arguments::duration(seconds)?;
    }
    options.limits = asked.limits.into_limits()?;
    options.cancel = request.cancel.clone();
    Ok((asked.id, options))
}

async fn report(engine: &Netsnap, asked: arguments::Report) -> Result<String> {
    let ids = asked
        .executions
        .iter()
        .map(|id| id.parse())
        .collect::<Result<Vec<ExecutionId>>>()?;
    text(&engine.report(&ids).await?)
}

pub(super) fn set<T>(option: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *option = given;
    }
}

fn cancelled(verb: &str) -> Error {
    Error::new(ErrorKind::Cancelled, "the caller cancelled it").during(verb.to_owned())
}

impl Request {
    pub(super) fn id(&self) -> Result<String> {
        self.arguments().map(|asked: arguments::Id| asked.id)
    }
}

impl From<String> for Reply {
    fn from(json: String) -> Self {
        Self { json, bytes: None }
    }
}
