//! The event log, whole and in order.

use maud::{Markup, html};

use super::parts::{badge, cut, scrolling};
use crate::event::{Event, Level};
use crate::report::lanes::has_failed;
use crate::report::text::{clock, count, fit, one_line};
use crate::report::words::level;

/// Events of one run that a page shows.
const MOST_EVENTS: usize = 10_000;
/// Columns of the text of one event, and of its facts, that a page shows; an ellipsis stands for the rest.
const LONGEST: usize = 2_000;

pub(super) fn log(events: &[Event]) -> Markup {
    html! {
        @if !events.is_empty() {
            h3 { "Event log" }
            details.panel {
                summary { span { "All events in order" } span.meta { (count(events.len(), "event")) } }
                (scrolling("Event log", &table(&events[..events.len().min(MOST_EVENTS)])))
                @if events.len() > MOST_EVENTS { (rest(events.len())) }
            }
        }
    }
}

fn rest(total: usize) -> Markup {
    cut(&format!(
        "{} of {total} events are not shown here; the store has the whole log.",
        total - MOST_EVENTS
    ))
}

fn table(events: &[Event]) -> Markup {
    html! {
        table.list.log {
            thead { tr {
                th.amount scope="col" { "#" } th scope="col" { "Time" } th scope="col" { "Device" }
                th scope="col" { "Event" } th scope="col" { "What happened" }
            } }
            tbody { @for event in events { (row(event)) } }
        }
    }
}

fn row(event: &Event) -> Markup {
    html! {
        tr.failed[has_failed(event)] {
            td.amount { (event.sequence) }
            td { code { (clock(event.at)) } }
            td { code { (event.device.as_deref().map_or("".into(), one_line)) } }
            td { code { (event.kind.as_str()) } }
            td {
                @if event.level >= Level::Warning { (badge(level(event.level))) " " }
                (fit(&one_line(&event.text), LONGEST))
                @if !event.data.is_null() { " " code.data { (fit(&one_line(&event.data.to_string()), LONGEST)) } }
            }
        }
    }
}
