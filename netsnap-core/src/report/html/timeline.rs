//! The timeline: one lane for each device, drawn as inline SVG on a common scale.
//!
//! Lanes are as wide as the page and their positions are percentages, so nothing is distorted on a telephone. Marks have
//! a shape for each meaning, and every bar and mark carries its words in a `<title>`.

use maud::{Markup, html};

use super::parts::cut;
use crate::report::ExecutionReport;
use crate::report::lanes::{Bar, Lane, Lanes, Mark, Phase, lanes};
use crate::report::text::{duration, one_line};

/// Marks that share this part of the scale are drawn once, unless one of them failed.
const RESOLUTION: u64 = 500;
/// Lanes that a page shows.
const MOST_LANES: usize = 1_000;

pub(super) fn timeline(report: &ExecutionReport) -> Markup {
    let lanes = lanes(report);
    html! {
        @if lanes.lanes.iter().any(|lane| !lane.bars.is_empty() || !lane.marks.is_empty()) {
            h3 { "Timeline" }
            div.timeline {
                (legend(&lanes))
                (axis(lanes.length))
                @for lane in lanes.lanes.iter().take(MOST_LANES) { (row(lane, lanes.length)) }
            }
            @if lanes.lanes.len() > MOST_LANES {
                (cut(&format!("{} more devices are not drawn.", lanes.lanes.len() - MOST_LANES)))
            }
        }
    }
}

fn legend(lanes: &Lanes) -> Markup {
    let seen = |phase: &Phase| {
        let mut bars = lanes.lanes.iter().flat_map(|lane| &lane.bars);
        bars.any(|bar| bar.phase == *phase)
    };
    let failed = lanes
        .lanes
        .iter()
        .flat_map(|lane| &lane.marks)
        .any(|mark| mark.failed);
    html! {
        ul.legend {
            @for phase in Phase::ALL.iter().filter(|phase| seen(phase)) {
                li { svg width="12" height="12" aria-hidden="true" {
                    rect.bar.(phase.word()) width="12" height="12" rx="3" {}
                } (phase.word()) }
            }
            @if failed { li { svg width="12" height="12" aria-hidden="true" {
                path.failed d="M6 0 12 6 6 12 0 6Z" {}
            } "failure" } }
        }
    }
}

fn axis(length: u64) -> Markup {
    html! {
        div.lane.axis aria-hidden="true" {
            span.device {}
            svg width="100%" height="20" {
                @for (at, label) in scale(length) {
                    text x=(at) y="13" text-anchor=(anchor(&at)) { (label) }
                }
            }
        }
    }
}

/// The ends of the scale lean inwards, so that no label is cut off.
fn anchor(at: &str) -> &'static str {
    match at {
        "0%" => "start",
        "100%" => "end",
        _ => "middle",
    }
}

fn scale(length: u64) -> [(String, String); 5] {
    [0, 1, 2, 3, 4].map(|quarter| {
        let at = duration(length.saturating_mul(quarter) / 4);
        (
            format!("{}%", quarter * 25),
            if quarter == 0 { "0".to_owned() } else { at },
        )
    })
}

fn row(lane: &Lane, length: u64) -> Markup {
    let name = one_line(&lane.device);
    html! {
        div.lane {
            span.device { (name) }
            svg width="100%" height="24" role="img" aria-label={ "Timeline of " (name) } {
                rect.track x="0" y="4" width="100%" height="16" rx="3" {}
                @for quarter in ["25%", "50%", "75%"] { line.grid x1=(quarter) x2=(quarter) y1="0" y2="24" {} }
                @for bar in &lane.bars { (bar_shape(bar, length)) }
                @for mark in sparse(&lane.marks, length) { (mark_shape(mark, length)) }
            }
        }
    }
}

fn bar_shape(bar: &Bar, length: u64) -> Markup {
    let took = bar.to - bar.from;
    html! {
        rect.bar.(bar.phase.word()) x=(percent(bar.from, length)) width=(percent(took.max(length / 400), length))
            y="4" height="16" rx="2" {
            title { (bar.phase.word()) " · " (duration(took)) " · " (one_line(&bar.label)) }
        }
    }
}

fn mark_shape(mark: &Mark, length: u64) -> Markup {
    let at = percent(mark.at, length);
    html! {
        @if mark.failed {
            svg.flag x=(at) y="0" width="1" height="24" overflow="visible" {
                path.failed d="M0 2 8 12 0 22 -8 12Z" { title { "failed · " (one_line(&mark.label)) } }
                path.cross d="M-2.5 9.5 2.5 14.5M2.5 9.5-2.5 14.5" {}
            }
        } @else {
            line.tick x1=(at) x2=(at) y1="4" y2="20" {
                title { (duration(mark.at)) " · " (one_line(&mark.label)) }
            }
        }
    }
}

/// Leaves out marks that would lie on top of each other; failures always stay.
fn sparse(marks: &[Mark], length: u64) -> Vec<&Mark> {
    let mut last = None;
    let mut kept = Vec::new();
    for mark in marks {
        let place = mark.at.saturating_mul(RESOLUTION) / length;
        if mark.failed || last != Some(place) {
            kept.push(mark);
            last = Some(place);
        }
    }
    kept
}

/// Returns a part of the scale in percent, with two digits behind the point.
fn percent(part: u64, length: u64) -> String {
    let hundredths = u128::from(part) * 10_000 / u128::from(length.max(1));
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}
