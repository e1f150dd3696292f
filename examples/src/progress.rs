//! How far is each device? Bars on a terminal, plain lines everywhere else.
//!
//! Showing is allowed to lose events, the record is not: a slow terminal never slows the work down, and says what it
//! left out.

mod bars;
mod lines;

use std::io::IsTerminal as _;

use netsnap_core::event::{Event, EventKind, Level, LiveEvent};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio_util::sync::CancellationToken;

pub use bars::Bars;
pub use lines::Lines;

/// Said at the first Ctrl-C.
const STOPPING: &str = "Stopping in order; press Ctrl-C again to stop at once.";

/// Shows events to a person.
pub trait View {
    /// Takes one event.
    fn event(&mut self, event: &Event);
    /// Is told that events came faster than they could be shown.
    fn missed(&mut self, number: u64);
    /// Says one line that is no event.
    fn note(&mut self, text: &str);
    /// Leaves the terminal as it has to be left: no bar, the cursor at the start of a line.
    fn finish(&mut self);
}

/// What ends the showing, and what is said on the way.
#[derive(Clone, Debug, Default)]
pub struct Until {
    /// Cancelled when the work is done: the showing ends.
    pub done: CancellationToken,
    /// Cancelled at the first Ctrl-C ([`crate::console::cancelled_by_interrupt`]): said once, while the work stops in order.
    pub interrupted: CancellationToken,
}

/// Shows what happens on standard error until the events end or the work is done.
///
/// Bars where standard error is a terminal, plain lines elsewhere. Whatever was sent before the end is still shown, and
/// the terminal is left clean.
pub async fn show(events: Receiver<LiveEvent>, until: Until) {
    if std::io::stderr().is_terminal() {
        show_in(&mut Bars::default(), events, until).await;
    } else {
        show_in(&mut Lines::new(std::io::stderr()), events, until).await;
    }
}

/// Shows what happens in a view of the caller's; see [`show`].
pub async fn show_in<V: View>(view: &mut V, mut events: Receiver<LiveEvent>, until: Until) {
    let mut told = false;
    loop {
        let received = tokio::select! {
            biased;
            () = until.done.cancelled() => break,
            () = until.interrupted.cancelled(), if !told => {
                told = true;
                view.note(STOPPING);
                continue;
            }
            received = events.recv() => received,
        };
        match received {
            Ok(live) => view.event(&live.event),
            Err(RecvError::Lagged(number)) => view.missed(number),
            Err(RecvError::Closed) => break,
        }
    }
    drain(view, &mut events);
    view.finish();
}

/// Shows what was sent already.
///
/// Work that goes on sends more meanwhile: no more is taken than was waiting when the drain began.
fn drain<V: View>(view: &mut V, events: &mut Receiver<LiveEvent>) {
    for _ in 0..events.len() {
        match events.try_recv() {
            Ok(live) => view.event(&live.event),
            Err(TryRecvError::Lagged(number)) => view.missed(number),
            Err(TryRecvError::Empty | TryRecvError::Closed) => return,
        }
    }
}

/// Says whether an event tells of a device that did not end well.
fn ended_badly(event: &Event) -> bool {
    let status = event.data.get("status").and_then(|status| status.as_str());
    event.level == Level::Error || matches!(status, Some("failed" | "unreachable"))
}

/// Returns one line for a person: the text of the event, or the words of its kind.
fn words(event: &Event) -> String {
    match event.text.as_str() {
        "" => event.kind.as_str().replace('_', " "),
        text => netsnap_core::report::terminal::printable(text).into_owned(),
    }
}

/// Says whether an event is worth a line where nothing can be drawn over.
fn is_worth_a_line(event: &Event) -> bool {
    let is_milestone = matches!(
        event.kind,
        EventKind::ExecutionStarted
            | EventKind::ExecutionFinished
            | EventKind::WaveStarted
            | EventKind::WaveFinished
            | EventKind::RollbackStarted
            | EventKind::RollbackFinished
            | EventKind::DeviceFinished
    );
    is_milestone || event.level >= Level::Warning
}

#[cfg(test)]
mod tests;
