//! What the devices said, folded away until somebody wants to read it.

use maud::{Markup, html};

use super::parts::{badge, cut, folded};
use crate::report::OutputReport;
use crate::report::text::{bytes, clock, count, duration, line_boundary, one_line, visible};
use crate::report::words::{Tone, Word, output_proof};

/// How many bytes of output a page still may show: a browser has to open it.
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(16 * 1024 * 1024)
    }
}

impl Budget {
    /// Takes the beginning of a text, as much as one output may have and the page still has room for.
    fn take<'a>(&mut self, text: &'a str) -> &'a str {
        let shown = line_boundary(text.as_bytes(), OutputReport::LIMIT.min(self.0));
        self.0 -= shown;
        text.get(..shown).unwrap_or("")
    }
}

pub(super) fn outputs(outputs: &[OutputReport], budget: &mut Budget) -> Markup {
    html! {
        @if !outputs.is_empty() {
            h3 { "Outputs " span.meta { (count(outputs.len(), "output")) } }
            (folded(outputs.len(), "output", &html! { @for output in outputs { (one(output, budget)) } }))
        }
    }
}

fn one(output: &OutputReport, budget: &mut Budget) -> Markup {
    let summary = &output.summary;
    let shown = budget.take(&output.text);
    let hidden = output.cut + (output.text.len() - shown.len()) as u64;
    html! {
        details.panel.output {
            summary {
                code.device { (one_line(&summary.device)) } code.command { (one_line(&summary.command)) }
                @if summary.rejection.is_some() { (badge(Word { text: "refused", tone: Tone::Bad })) }
                @if hidden > 0 { (badge(Word { text: "cut", tone: Tone::Caution })) }
                span.meta { (bytes(summary.bytes)) " · " (duration(summary.duration_us)) }
            }
            (facts(output))
            @if hidden > 0 { (notice(output, hidden)) }
            pre tabindex="0" { (visible(shown)) }
        }
    }
}

fn facts(output: &OutputReport) -> Markup {
    let summary = &output.summary;
    html! {
        p.meta.digests {
            "sent " (clock(summary.started_at)) " · " (output_proof(summary.proof))
            @if let Some(status) = summary.exit_status { " · exit status " (status) }
            " · SHA-256 " code { (summary.digest.short()) }
            @if let Some(rejection) = &summary.rejection { " · refused: " (one_line(&rejection.line)) }
        }
    }
}

fn notice(output: &OutputReport, hidden: u64) -> Markup {
    cut(&format!(
        "The last {} of {} are not shown here; the store has the whole output.",
        bytes(hidden),
        bytes(output.summary.bytes)
    ))
}
