//! A plan on paper: as it is shown to people, and as the document that it is named by.

use serde::{Deserialize, Serialize};

use super::{Netsnap, report};
use crate::deploy;
use crate::diff::render::Color;
use crate::error::Result;
use crate::id::PlanId;
use crate::plan;
pub use crate::report::ShowFormat as PlanFormat;
use crate::report::terminal::{self, Layout};
use crate::report::{RunReport, html, markdown};

/// How a plan is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShowPlanOptions {
    /// Where it is read.
    pub format: PlanFormat,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to use its colours.
    pub color: Color,
}

impl Default for ShowPlanOptions {
    fn default() -> Self {
        let Layout { width, color } = Layout::default();
        let format = PlanFormat::default();
        Self {
            format,
            width,
            color,
        }
    }
}

impl Netsnap {
    /// Shows a plan: waves, commands, the way back, proof, risk, findings, and in a ticket and on a page who agreed to it. Secrets are
    /// masked.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub async fn show_plan(&self, plan: &PlanId, options: &ShowPlanOptions) -> Result<String> {
        let shown = shown(self, plan, options).await;
        shown.map_err(|error| error.during("show_plan"))
    }

    /// Returns the document that a plan is named by: the SHA-256 of these bytes is its id, and their form is that of
    /// `schema/plan.v4.json`. It is exact: secrets in commands are not masked.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Unsupported` for a plan of the first three forms; `Storage`.
    pub async fn plan_document(&self, plan: &PlanId) -> Result<String> {
        let loaded = deploy::load_plan(&self.context, plan).await;
        let document = loaded.and_then(|plan| plan::document(&plan));
        document.map_err(|error| error.during("plan_document"))
    }
}

async fn shown(engine: &Netsnap, id: &PlanId, options: &ShowPlanOptions) -> Result<String> {
    let plan = deploy::load_plan(&engine.context, id).await?;
    let ShowPlanOptions { width, color, .. } = *options;
    Ok(match options.format {
        PlanFormat::Terminal => terminal::plan(&plan, &Layout { width, color }),
        PlanFormat::Markdown => markdown::plan(&plan, &engine.approvals(id).await?),
        PlanFormat::Html => html(&RunReport {
            title: format!("Plan {}", id.digest().short()),
            approvals: engine.approvals(id).await?,
            diffs: report::diffs(engine, &plan).await?,
            plan: Some(plan),
            ..RunReport::default()
        }),
    })
}
