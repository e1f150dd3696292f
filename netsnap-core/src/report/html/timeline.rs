//! The timeline: one lane for each device, drawn as inline SVG on a common scale.
//!
//! Lanes are as wide as the page and their positions are percentages, so nothing is distorted on a telephone. Marks have
//! a shape for each meaning, and every bar and mark carries its words in a `<title>`.

use maud::{Markup, html};

use super::parts::{cut, folded};
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
            (folded(lanes.lanes.len(), "device", &drawing(&lanes)))
        }
    }
}

fn drawing(lanes: &Lanes) -> Markup {
    html! {
        div.timeline {
            (legend(lanes))
            (axis(lanes.length))
            @for lane in lanes.lanes.iter().take(MOST_LANES) { (row(lane, lanes.length)) }
        }
        @if lanes.lanes.len() > MOST_LANES {
            (cut(&format!("{} more devices are not drawn.", lanes.lanes.len() - MOST_LANES)))
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
                @for at in scale(length) {
                    text x=(percent(at, length)) y="13" text-anchor=(anchor(at, length)) { (moment_label(at)) }
                }
            }
        }
    }
}

/// The ends of the scale lean inwards, so that no label is cut off.
fn anchor(at: u64, length: u64) -> &'static str {
    match at.saturating_mul(100) / length {
        0 => "start",
        95.. => "end",
        _ => "middle",
    }
}

fn moment_label(at: u64) -> String {
    if at == 0 {
        "0".to_owned()
    } else {
        duration(at)
    }
}

/// Returns at most seven round moments: 1, 2 or 5 of a power of ten apart.
fn scale(length: u64) -> Vec<u64> {
    let mut power = 1_u64;
    while power.saturating_mul(10) <= length / 6 {
        power *= 10;
    }
    let fits = |step: &u64| *step >= length.div_ceil(6);
    let step = [1, 2, 5, 10]
        .map(|digit| digit * power)
        .into_iter()
        .find(fits);
    let step = step.unwrap_or(length).max(1);
    (0..=length / step).map(|index| index * step).collect()
}

fn row(lane: &Lane, length: u64) -> Markup {
    let name = one_line(&lane.device);
    html! {
        div.lane {
            span.device { (name) }
            svg width="100%" height="24" role="img" aria-label={ "Timeline of " (name) } {
                rect.track x="0" y="4" width="100%" height="16" rx="3" {}
                @for at in scale(length).into_iter().skip(1) {
                    line.grid x1=(percent(at, length)) x2=(percent(at, length)) y1="4" y2="20" {}
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_round_moments_and_at_most_seven() {
        assert_eq!(scale(1_508_000), [0, 500_000, 1_000_000, 1_500_000]);
        assert_eq!(scale(1), [0, 1]);
        for length in [
            1,
            7,
            99,
            1_000,
            54_321,
            999_999,
            86_400_000_000,
            u64::MAX / 20,
        ] {
            let marks = scale(length);
            assert!((2..=7).contains(&marks.len()), "{length}: {marks:?}");
        }
    }

    #[test]
    fn a_part_is_shown_in_percent_without_rounding_up() {
        assert_eq!(percent(1, 3), "33.33%");
        assert_eq!(percent(u64::MAX, u64::MAX), "100.00%");
    }
}
