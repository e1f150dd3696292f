//! What a person sees: on a terminal of eighty columns held in memory, and in a pipe.

use indicatif::{InMemoryTerm, ProgressDrawTarget, TermLike as _};
use netsnap_core::event::NewEvent;
use netsnap_core::id::ExecutionId;
use tokio::sync::broadcast;

use super::*;

fn live(sequence: u64, event: NewEvent) -> LiveEvent {
    let at = "2026-03-14T02:00:00Z".parse().unwrap();
    LiveEvent {
        execution: ExecutionId::new(at, 1),
        event: event.at(sequence, at),
    }
}

fn story() -> Vec<LiveEvent> {
    let on = |kind, text: &str, device: &str| NewEvent::new(kind, text).on(device);
    let events = [
        NewEvent::new(EventKind::ExecutionStarted, "collect from 2 devices"),
        on(EventKind::DeviceStarted, "connecting", "r1"),
        on(EventKind::DeviceStarted, "connecting", "r2"),
        on(EventKind::CommandStarted, "show bgp summary", "r1").progress(1, 4),
        on(EventKind::DeviceFinished, "no answer\u{1b}[2J", "r2").level(Level::Error),
    ];
    (1..)
        .zip(events)
        .map(|(sequence, event)| live(sequence, event))
        .collect()
}

fn terminal() -> (InMemoryTerm, Bars) {
    let terminal = InMemoryTerm::new(24, 80);
    let target = ProgressDrawTarget::term_like_with_hz(Box::new(terminal.clone()), 255);
    (terminal, Bars::on(target))
}

#[test]
fn a_device_has_a_bar_while_it_is_worked_on_and_a_failure_stays_as_a_line() {
    let (terminal, mut bars) = terminal();
    story().iter().for_each(|live| bars.event(&live.event));
    bars.devices["r1"].force_draw();
    let screen = terminal.contents();
    assert!(screen.contains("✗ r2: no answer␛[2J"), "{screen}");
    assert!(
        screen.contains("1/4") && screen.contains("show bgp summary"),
        "{screen}"
    );
    assert_eq!((bars.whole.position(), bars.whole.length()), (1, Some(2)));
}

#[test]
fn a_finished_view_leaves_no_bar_and_the_cursor_at_the_start_of_a_line() {
    let (terminal, mut bars) = terminal();
    story().iter().for_each(|live| bars.event(&live.event));
    bars.finish();
    terminal.write_line("next").unwrap();
    let screen = terminal.contents();
    let lines: Vec<&str> = screen
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(lines, ["✗ r2: no answer␛[2J", "next"]);
}

#[test]
fn many_devices_never_have_more_bars_than_fit() {
    let (_, mut bars) = terminal();
    for index in 0..500 {
        let event = NewEvent::new(EventKind::DeviceStarted, "").on(format!("r{index}"));
        bars.event(&live(index + 1, event).event);
    }
    assert_eq!(bars.devices.len(), bars::MOST_BARS);
    assert_eq!(bars.whole.length(), Some(500));
}

#[tokio::test]
async fn lines_tell_milestones_and_failures_until_the_events_end() {
    let (sender, receiver) = broadcast::channel(16);
    story().into_iter().for_each(|live| drop(sender.send(live)));
    drop(sender);
    let mut lines = Lines::new(Vec::new());
    show_in(&mut lines, receiver, Until::default()).await;
    let text = String::from_utf8(lines.into_inner()).unwrap();
    assert_eq!(
        text,
        "02:00:00 collect from 2 devices\n02:00:00 ✗ r2: no answer␛[2J\n"
    );
}

#[tokio::test]
async fn what_was_sent_before_the_end_is_shown() {
    let (sender, receiver) = broadcast::channel(16);
    story().into_iter().for_each(|live| drop(sender.send(live)));
    let until = Until::default();
    until.done.cancel();
    let mut lines = Lines::new(Vec::new());
    show_in(&mut lines, receiver, until).await;
    assert_eq!(
        lines
            .into_inner()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count(),
        2
    );
}

#[tokio::test]
async fn events_that_came_too_fast_are_counted() {
    let (sender, receiver) = broadcast::channel(2);
    story().into_iter().for_each(|live| drop(sender.send(live)));
    drop(sender);
    let mut lines = Lines::new(Vec::new());
    show_in(&mut lines, receiver, Until::default()).await;
    let text = String::from_utf8(lines.into_inner()).unwrap();
    assert!(
        text.starts_with("(3 events are not shown here; the record has them)\n"),
        "{text}"
    );
}

#[tokio::test]
async fn an_interrupt_is_told_once_and_the_rest_is_still_shown() {
    let (sender, receiver) = broadcast::channel(16);
    let until = Until::default();
    until.interrupted.cancel();
    story().into_iter().for_each(|live| drop(sender.send(live)));
    drop(sender);
    let mut lines = Lines::new(Vec::new());
    show_in(&mut lines, receiver, until).await;
    let text = String::from_utf8(lines.into_inner()).unwrap();
    assert_eq!(
        (text.matches(STOPPING).count(), text.lines().count()),
        (1, 3),
        "{text}"
    );
}
