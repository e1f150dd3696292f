//! Which verbs of the history are there, and what does each take?
//!
//! Most take the options of the engine's own function as they are, with the names of runs beside them.

use std::path::Path;

use serde::Deserialize;
use serde_json::json;

use super::Request;
use super::arguments::{self, unknown_verb};
use super::public::{self, text};
use crate::engine::{Netsnap, RerunOptions};
use crate::error::Result;
use crate::id::ExecutionId;
use crate::rerun::{Pace, Scope};
use crate::store::Filter;
use crate::store::remarks::{Author, LabelChange};

/// The verbs of the history, in the order of the engine.
pub(super) const VERBS: &[&str] = &[
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
    "recover",
    "verify",
    "metrics",
    "export",
    "import_runs",
    "import_text",
    "topology",
    "diff_topology",
    "draw_topology",
];

/// A run, and who says something about it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Remark {
    id: ExecutionId,
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    reason: Option<String>,
}

impl Remark {
    fn author(&self) -> Author {
        Author {
            actor: self.actor.clone(),
            reason: self.reason.clone(),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Filtered {
    filter: Filter,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    id: ExecutionId,
    #[serde(default)]
    scope: Scope,
}

/// Carries out a verb of the history.
///
/// # Errors
/// `InvalidInput` for arguments that do not fit; those of the verb.
pub(super) async fn dispatch(engine: &Netsnap, request: &Request) -> Result<String> {
    let told = &|progress| request.told.tell(progress);
    match request.verb.as_str() {
        "label" | "pin" | "unpin" | "annotate" | "cancel" => remark(engine, request).await,
        "audit" => text(&engine.audit(&request.arguments()?).await?),
        "stats" => text(&engine.stats(&request.arguments()?).await?),
        "latest_by_device" => {
            let asked: Filtered = request.arguments()?;
            text(&engine.latest_by_device(&asked.filter).await?)
        }
        "prune" => text(&engine.prune(&request.arguments()?, told).await?),
        "archive" => text(&engine.archive(&request.arguments()?, told).await?),
        "search_output" => text(&engine.search_output(&request.arguments()?, told).await?),
        "compare_executions" => {
            let ([before, after], options) = request.named(["before", "after"])?;
            let (before, after) = (before.parse()?, after.parse()?);
            text(&engine.compare_executions(&before, &after, &options).await?)
        }
        "rerun_plan" => {
            let asked: Again = request.arguments()?;
            text(&engine.rerun_plan(&asked.id, &asked.scope).await?)
        }
        "recover" => text(&engine.recover_with(&request.arguments()?).await?),
        "verify" => text(&engine.verify(&request.arguments()?, told).await?),
        "metrics" => {
            let _: arguments::Nothing = request.arguments()?;
            text(&engine.metrics().await?)
        }
        "export" => {
            let ([path], options) = request.named(["path"])?;
            let path = Path::new(&*path);
            text(&engine.export(path, &options, told).await?)
        }
        "import_runs" => {
            let ([path], options) = request.named(["path"])?;
            let path = Path::new(&*path);
            text(&engine.import_runs(path, &options, told).await?)
        }
        "import_text" => {
            let ([source], options) = request.named(["text"])?;
            text(&engine.import_text(&source, &options, told).await?)
        }
        "topology" => text(&engine.topology(&request.id()?.parse()?).await?),
        "draw_topology" => text(&engine.draw_topology(&request.id()?.parse()?).await?),
        "diff_topology" => {
            let ([before, after], arguments::Nothing {}) = request.named(["before", "after"])?;
            let diff = engine
                .diff_topology(&before.parse()?, &after.parse()?)
                .await?;
            text(&diff)
        }
        unknown => Err(unknown_verb(unknown)),
    }
}

async fn remark(engine: &Netsnap, request: &Request) -> Result<String> {
    let asked: Remark = request.arguments()?;
    let author = asked.author();
    let run = match request.verb.as_str() {
        "label" => {
            let label = LabelChange {
                key: asked.key,
                value: asked.value,
            };
            engine.label(&asked.id, &label, &author).await?
        }
        "pin" => engine.pin(&asked.id, &author).await?,
        "unpin" => engine.unpin(&asked.id, &author).await?,
        "cancel" => engine.cancel(&asked.id, &author).await?,
        _ => engine.annotate(&asked.id, &asked.text, &author).await?,
    };
    text(&public::execution(&run)?)
}

/// What a run is done once more with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rerun {
    id: ExecutionId,
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    in_flight: Option<usize>,
    #[serde(default)]
    limits: Option<arguments::Limits>,
}

/// Does a run once more.
///
/// # Errors
/// `InvalidInput` for arguments that do not fit; those of the engine.
pub(super) async fn rerun(engine: &Netsnap, request: &Request) -> Result<String> {
    let asked: Rerun = request.arguments()?;
    let limits = asked.limits.map(arguments::Limits::into_limits);
    let options = RerunOptions {
        scope: asked.scope,
        actor: asked.actor,
        in_flight: asked.in_flight,
        limits: limits.transpose()?,
        cancel: request.cancel.clone(),
    };
    let done = engine.rerun(&asked.id, &request.devices, &options).await?;
    text(&json!({
        "execution": public::execution(&done.execution)?,
        "devices": done.devices,
        "snapshots": done.snapshots,
    }))
}

/// How a past run is shown again: at once without a speed, as recorded at speed 1.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Replay {
    pub(super) id: ExecutionId,
    #[serde(default = "super::arguments::first")]
    pub(super) start: u64,
    #[serde(default)]
    speed: Option<f64>,
}

impl Replay {
    pub(super) fn pace(&self) -> Pace {
        self.speed.map_or(Pace::AtOnce, Pace::Faster)
    }
}
