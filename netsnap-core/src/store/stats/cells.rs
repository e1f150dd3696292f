//! Can the sums of removed runs answer a question, and which of them belong to it?

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::Filter;
use crate::store::query::{TextMatch, TimeRange};
use crate::store::retention::{DeviceCell, RunCell};

/// Says whether a filter asks only for what the cells of runs know: whole days (UTC) of creation, kind, actor, state.
pub(super) fn asks_of_runs(filter: &Filter) -> bool {
    match filter {
        Filter::Status(_) | Filter::Kind(_) => true,
        Filter::Actor(TextMatch::Equals(_) | TextMatch::In(_)) => true,
        other => holds(other, asks_of_runs),
    }
}

/// Says whether a filter asks only for what the cells of devices know: whole days (UTC) of creation.
pub(super) fn asks_of_devices(filter: &Filter) -> bool {
    holds(filter, asks_of_devices)
}

fn holds(filter: &Filter, each: fn(&Filter) -> bool) -> bool {
    match filter {
        Filter::All(filters) | Filter::Any(filters) => filters.iter().all(each),
        Filter::Not(filter) => each(filter),
        Filter::Created(range) => whole_days(range),
        _ => false,
    }
}

fn whole_days(range: &TimeRange) -> bool {
    let midnight = |at: Timestamp| at.to_zoned(TimeZone::UTC).time() == Time::midnight();
    range.from.is_none_or(midnight) && range.until.is_none_or(midnight)
}

/// Says whether the runs of a cell fit a filter that asks only for what cells know.
pub(super) fn run_fits(filter: &Filter, cell: &RunCell) -> bool {
    filter.matches(&Execution {
        kind: cell.kind,
        actor: cell.actor.clone(),
        status: cell.status,
        ..on(cell.day)
    })
}

/// Says whether the runs of a cell fit a filter that asks only for whole days.
pub(super) fn device_fits(filter: &Filter, cell: &DeviceCell) -> bool {
    filter.matches(&on(cell.day))
}

/// Some run of a day.
pub(super) fn on(day: Date) -> Execution {
    let start = day.to_zoned(TimeZone::UTC).map(|start| start.timestamp());
    let start = start.unwrap_or(Timestamp::MIN);
    Execution::new(ExecutionId::new(start, 0), start)
}
