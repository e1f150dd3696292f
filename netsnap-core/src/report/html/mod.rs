//! One page that holds a whole run, for the archive and for the change ticket.
//!
//! The page is one file without script, link target, font or picture from elsewhere: it opens from a disk without a
//! network. Its Content-Security-Policy allows nothing but the one style sheet, by hash, so that even markup that
//! slipped in could load nothing. Every text of a device or a person is made visible first and escaped by maud.

mod changes;
mod comparison;
mod deployment;
mod difference;
mod header;
mod log;
mod outputs;
mod parts;
mod plan;
mod run;
mod timeline;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};
use sha2::{Digest as _, Sha256};

use super::RunReport;
use super::text::one_line;

pub use difference::{Sides, text_page};
pub(super) use difference::{both, page};

/// The one style sheet: a constant of this crate, never data.
const STYLE: &str = concat!(
    include_str!("style.css"),
    include_str!("../topology/topology.css")
);

/// Returns one self-contained page.
///
/// The same report always gives the same page. Long outputs, logs and differences are cut, and the page says so at the
/// place of the cut.
#[must_use]
pub fn html(report: &RunReport) -> String {
    whole(report).into_string()
}

fn whole(report: &RunReport) -> Markup {
    markup! {
        (DOCTYPE)
        html lang="en" {
            (head(&report.title))
            body {
                a.skip href="#content" { "Skip to the content" }
                (header::header(report))
                main #content { (sections(report)) }
                footer { "Recorded and rendered by netsnap " (env!("CARGO_PKG_VERSION")) ". All times are UTC." }
            }
        }
    }
}

fn head(title: &str) -> Markup {
    markup! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy());
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            title { (one_line(title)) " · netsnap" }
            style { (PreEscaped(STYLE)) }
        }
    }
}

fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

fn sections(report: &RunReport) -> Markup {
    let budget = &mut outputs::Budget::default();
    markup! {
        (changes::changes(&report.diffs, changes::CONTEXT))
        @if let Some(compared) = &report.comparison { (comparison::comparison(compared)) }
        @if let Some(plan) = &report.plan { (plan::plan(plan, &report.approvals)) }
        @for (index, execution) in report.executions.iter().enumerate() {
            (run::run(index, execution, budget))
        }
        @if is_empty(report) {
            p.empty { "Nothing was recorded." }
        }
    }
}

fn is_empty(report: &RunReport) -> bool {
    report.executions.is_empty()
        && report.plan.is_none()
        && report.diffs.is_empty()
        && report.comparison.is_none()
}
