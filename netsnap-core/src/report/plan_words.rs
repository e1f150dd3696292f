//! What is said about a plan, in the same words on every page?

use super::text::count;
use super::words::{Tone, Word};
use crate::model::{DurationBasis, Phase, PlanFinding, PlanSeverity, RiskLevel, Wave};

pub(crate) fn risk_level(level: RiskLevel) -> Word {
    let (text, tone) = match level {
        RiskLevel::Low => ("low risk", Tone::Good),
        RiskLevel::Medium => ("medium risk", Tone::Caution),
        RiskLevel::High => ("high risk", Tone::Bad),
    };
    Word { text, tone }
}

pub(crate) fn severity(severity: PlanSeverity) -> Word {
    let (text, tone) = match severity {
        PlanSeverity::Info => ("info", Tone::Info),
        PlanSeverity::Warning => ("warning", Tone::Caution),
        PlanSeverity::Error => ("error", Tone::Bad),
    };
    Word { text, tone }
}

pub(crate) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Before => "before",
        Phase::During => "during",
        Phase::After => "after",
    }
}

/// Returns how long a wave will take and what that rests on; nothing where it is not known.
pub(crate) fn estimate(wave: &Wave) -> Option<(String, String)> {
    let estimate = wave.estimate.as_ref()?;
    let basis: Vec<String> = estimate.basis.iter().map(basis).collect();
    Some((
        format!("about {}", seconds(estimate.duration_ms)),
        basis.join("; "),
    ))
}

fn basis(basis: &DurationBasis) -> String {
    let kind = match basis.kind {
        Some(kind) => format!("{} changes", kind.as_str()),
        None => "changes of any kind".to_owned(),
    };
    let runs = usize::try_from(basis.runs).unwrap_or(usize::MAX);
    format!(
        "{}: {} with {kind}, half of them under {} and {} lines",
        basis.platform,
        count(runs, "recorded device"),
        seconds(basis.p50_ms),
        basis.commands
    )
}

fn seconds(milliseconds: u64) -> String {
    match milliseconds {
        0..1000 => format!("{milliseconds} ms"),
        1000..120_000 => format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
        _ => format!("{} min", milliseconds / 60_000),
    }
}

/// Returns where a finding is: its section and line.
pub(crate) fn place(finding: &PlanFinding) -> String {
    let line = (!finding.line.is_empty()).then_some(&finding.line);
    let parts: Vec<&str> = finding
        .section
        .iter()
        .chain(line)
        .map(String::as_str)
        .collect();
    parts.join(" / ")
}
