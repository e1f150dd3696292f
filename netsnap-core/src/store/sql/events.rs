//! How does the log of a run stand in rows? Many events to a row, packed, so that a small run takes one row.

use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::Instant;

use super::driver::{News, Row, Session, Value};
use super::rows::{at_most, from_json, integer, to_json};
use super::tails::Last;
use super::{SqlStore, open_number, pack};
use crate::error::Result;
use crate::event::Event;
use crate::id::ExecutionId;
use crate::model::Owner;
use crate::store::rules::Tail;
use crate::store::{Durability, owner};

/// Events of one row, at most.
const ROW: usize = 256;
/// A last row with fewer events than this, and fewer bytes, takes those that follow. It bounds how often an event is written again, and
/// lets a row stand in one page of SQLite.
const GROWING: u64 = 32;
const GROWN: usize = 4 * 1024;

/// Lets the last row of an open run grow. The run is asked for in a place of its own: joined, SQLite would gather rows first and write
/// them in a second pass (25 us against 17, SQLite 3.40).
const GROW: &str = "update event_chunk set last = $4, closed = $5, body = $6 where execution = (\
     select e.number from execution e{ease} where e.id = $1 and e.terminal = 0) \
     and first = $2 and last = $3";

/// The same of a run by its number, on a database that gives no number twice: the row of an open run is not closed, and that of one that
/// ends is ([`close`]). The run itself is not asked for (PostgreSQL 15, the statement by
/// itself, medians: 0.20 ms so and 0.23 otherwise).
const GROW_NUMBERED: &str = "update event_chunk set last = $4, closed = $5, body = $6 \
     where execution = $1 and first = $2 and last = $3 and closed = 0";

/// Says whether a row is short enough to take more events.
fn is_short(row: &Last) -> bool {
    row.tail.sequence - row.first < GROWING - 1 && row.lines.len() < GROWN
}

/// Says whether a last row takes more events. One that does not is full, and only a full row is followed by another: so it is enough to see
/// that a row has not changed to know that it still is the last.
fn takes(last: &Last, events: &[Event]) -> bool {
    last.tail.sequence > 0 && is_short(last) && !events.is_empty()
}

impl SqlStore {
    pub(super) async fn append_events(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()> {
        if !self.add_to_known(id, events, durability).await? {
            let (run, appended) = (id.clone(), events.to_vec());
            let last = self.write("store.append", durability, move |session| {
                async move { append(session, &run, &appended).await }.boxed()
            });
            self.tails.remember(id, last.await?);
        }
        if let Some(last) = events.last() {
            self.driver.tell(id.as_str(), News::Event(last.sequence));
        }
        Ok(())
    }

    /// Adds events behind the last row as it is remembered, and says whether it still was so.
    async fn add_to_known(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<bool> {
        let Some(last) = self.tails.take(id) else {
            return Ok(false);
        };
        let most = if takes(&last, events) { ROW / 2 } else { ROW };
        if events.is_empty() || events.len() > most || last.tail.check(id, events).is_err() {
            return Ok(false);
        }
        let grows = takes(&last, events);
        let numbered = grows && self.knows_by_number(&last, durability);
        let (next, sql) = match grows {
            true if numbered => (grown(&last, events)?, GROW_NUMBERED.to_owned()),
            true => (grown(&last, events)?, GROW.to_owned()),
            false => (fresh(last.run, events)?, self.following()),
        };
        let run = match numbered {
            true => Value::Int(last.run),
            false => id.as_str().into(),
        };
        let mut values = vec![
            run,
            integer(last.first)?.into(),
            integer(last.tail.sequence)?.into(),
        ];
        values.extend(end_of(&next)?);
        let changed = self.alone("store.append", durability, &sql, values);
        let is_known = changed.await? == 1;
        if is_known {
            self.tails.remember(id, next);
        }
        Ok(is_known)
    }

    /// Says whether a run is known by its number alone. A commit that need not wait for the disk says so where it asks for the run.
    fn knows_by_number(&self, last: &Last, durability: Durability) -> bool {
        durability == Durability::Durable
            && self.driver.dialect().numbers_are_unique
            && last.is_fresh()
    }

    /// The words that put another row behind the last one of an open run, which is full. Whoever did so before took its number.
    fn following(&self) -> String {
        let hold = self.driver.dialect().for_update_of("e");
        format!(
            "insert into event_chunk (execution, first, last, closed, body) \
             select e.number, $3 + 1, $4, $5, $6 from execution e{{ease}} \
             where e.id = $1 and e.terminal = 0 and exists (select 1 from event_chunk c \
             where c.execution = e.number and c.first = $2 and c.last = $3){hold} \
             on conflict do nothing"
        )
    }

    pub(super) async fn read_events(
        &self,
        id: &ExecutionId,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Event>> {
        // Sequence numbers are dense, so the rows that are needed are known beforehand.
        let sql = "select c.body from event_chunk c join execution e on e.number = c.execution \
             where e.id = $1 and c.last >= $2 and c.first < $3 and c.first >= (\
             select coalesce(max(b.first), 0) from event_chunk b \
             where b.execution = e.number and b.first <= $2) order by c.first";
        let from = from.max(1);
        let until = from.saturating_add(limit as u64);
        let values = vec![
            id.as_str().into(),
            at_most(from).into(),
            at_most(until).into(),
        ];
        let rows = self.rows_of("store.events", id, sql, values).await?;
        let asked = |event: &Event| from <= event.sequence && event.sequence < until;
        let mut events = Vec::new();
        for mut row in rows {
            events.extend(unpacked(id, &row.bytes()?)?.into_iter().filter(asked));
        }
        Ok(events)
    }

    pub(super) async fn read_last(&self, id: &ExecutionId) -> Result<Option<Event>> {
        let sql = "select c.body from event_chunk c join execution e on e.number = c.execution \
             where e.id = $1 order by c.first desc limit 1";
        let values = vec![id.as_str().into()];
        let rows = self.rows_of("store.last_event", id, sql, values).await?;
        let Some(mut row) = rows.into_iter().next() else {
            return Ok(None);
        };
        Ok(unpacked(id, &row.bytes()?)?.pop())
    }

    /// Waits until the log reaches a number, or the summary changes.
    pub(super) async fn wait_for(
        &self,
        id: &ExecutionId,
        from: u64,
        patience: Duration,
    ) -> Result<()> {
        let end = Instant::now() + patience;
        // Looking out begins before the look, so that nothing falls between the two.
        let mut watch = self.driver.watch(id.as_str()).await?;
        let (revision, mut tail) = self.pulse(id).await?;
        let mut now = revision;
        while now == revision && tail < from && Instant::now() < end {
            watch.changed(end - Instant::now()).await?;
            (now, tail) = self.pulse(id).await?;
        }
        Ok(())
    }

    /// Returns the revision of a run and the end of its log.
    async fn pulse(&self, id: &ExecutionId) -> Result<(i64, u64)> {
        let sql = "select e.revision, coalesce((select max(c.last) from event_chunk c \
             where c.execution = e.number and c.first = (select max(b.first) from event_chunk b \
             where b.execution = e.number)), 0) from execution e where e.id = $1";
        let rows = self
            .rows("store.wait", sql, vec![id.as_str().into()])
            .await?;
        let Some(mut row) = rows.into_iter().next() else {
            return Ok((-1, 0));
        };
        Ok((row.int()?, row.count()?))
    }

    /// Says why an owner certainly is gone.
    pub(super) async fn left(&self, owner: &Owner) -> Result<Option<&'static str>> {
        const NOTICED: Duration = Duration::from_secs(1);
        if owner.session == 0 || !self.driver.is_shared() {
            return Ok(self.driver.gone(owner));
        }
        // The server may need a moment to notice that a process of this machine went away.
        let end = Instant::now() + NOTICED;
        while self.driver.stands(owner.session).await? {
            if owner::gone(owner).is_none() || Instant::now() >= end {
                return Ok(None);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(Some(owner::gone(owner).unwrap_or(
            "the connection of its process to the database is gone",
        )))
    }
}

impl SqlStore {
    /// Returns how long an owner may need to come back of whom only the connection is known to be gone.
    pub(super) fn doubt_of(&self, owner: &Owner) -> Duration {
        let by_connection = owner.session != 0 && self.driver.is_shared();
        match by_connection && owner::gone(owner).is_none() {
            true => self.driver.doubt(),
            false => Duration::ZERO,
        }
    }
}

/// Appends events, and returns how the log ends then.
async fn append(session: &mut dyn Session, id: &ExecutionId, events: &[Event]) -> Result<Last> {
    let execution = open_number(session, id).await?;
    let mut last = last_row(session, execution).await?;
    last.tail.check(id, events)?;
    let mut events = events;
    if takes(&last, events) {
        let (fitting, later) = events.split_at(events.len().min(ROW / 2));
        last = grown(&last, fitting)?;
        let sql = "update event_chunk set last = $3, closed = $4, body = $5 \
             where execution = $1 and first = $2";
        session.execute(sql, row(execution, &last)?).await?;
        events = later;
    }
    for chunk in events.chunks(ROW) {
        last = fresh(execution, chunk)?;
        let sql = "insert into event_chunk (execution, first, last, closed, body) \
             values ($1, $2, $3, $4, $5)";
        session.execute(sql, row(execution, &last)?).await?;
    }
    Ok(last)
}

/// Closes the log of a run that ends, also where no event says so: whoever knows its last row adds nothing to it from then on.
///
/// # Errors
/// `Storage`.
pub(super) async fn close(session: &mut dyn Session, execution: i64) -> Result<()> {
    let sql = "update event_chunk set closed = 1 where execution = $1 and closed = 0 \
         and first = (select max(first) from event_chunk where execution = $1)";
    session.execute(sql, vec![execution.into()]).await.map(drop)
}

/// Reads the last row, and keeps those from adding to it who know it already and do not ask for the run.
async fn last_row(session: &mut dyn Session, execution: i64) -> Result<Last> {
    let sql = format!(
        "select first, last, closed, body from event_chunk where execution = $1 \
         order by first desc limit 1{}",
        session.dialect().for_update
    );
    let rows = session.rows(&sql, vec![execution.into()]).await?;
    match rows.into_iter().next() {
        Some(row) => read_last(execution, row),
        None => Ok(Last::default()),
    }
}

fn read_last(execution: i64, mut row: Row) -> Result<Last> {
    let first = row.count()?;
    let tail = Tail {
        sequence: row.count()?,
        closed: row.int()? != 0,
    };
    let lines = pack::unpacked(&row.bytes()?)?.into_owned();
    Ok(Last::new(execution, first, tail, lines))
}

/// The last row with more events.
fn grown(last: &Last, events: &[Event]) -> Result<Last> {
    let lines = [last.lines.as_slice(), &lines_of(events)?].join(&b'\n');
    let tail = Tail::after(events.last());
    Ok(Last::new(last.run, last.first, tail, lines))
}

/// A row of its own.
fn fresh(run: i64, events: &[Event]) -> Result<Last> {
    let tail = Tail::after(events.last());
    Ok(Last::new(run, events[0].sequence, tail, lines_of(events)?))
}

fn row(execution: i64, last: &Last) -> Result<Vec<Value>> {
    let mut values = vec![execution.into(), integer(last.first)?.into()];
    values.extend(end_of(last)?);
    Ok(values)
}

fn end_of(last: &Last) -> Result<[Value; 3]> {
    Ok([
        integer(last.tail.sequence)?.into(),
        last.tail.closed.into(),
        packed(last).into(),
    ])
}

/// The body of a row. One that will grow is written again with the next event, so that packing it well would be for nothing.
fn packed(row: &Last) -> Vec<u8> {
    match is_short(row) && !row.tail.closed {
        true => pack::record_in_haste(&row.lines),
        false => pack::record(&row.lines),
    }
}

/// Writes events, one JSON to a line; JSON itself has no line ends.
fn lines_of(events: &[Event]) -> Result<Vec<u8>> {
    let lines: Vec<String> = events.iter().map(to_json).collect::<Result<_>>()?;
    Ok(lines.join("\n").into_bytes())
}

fn unpacked(id: &ExecutionId, body: &[u8]) -> Result<Vec<Event>> {
    let lines = pack::unpacked(body).map_err(|error| error.with("execution", id))?;
    lines
        .split(|byte| *byte == b'\n')
        .map(|line| from_json(id, line))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventKind, NewEvent};

    fn row_of(events: u64, closed: bool) -> Last {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let event = |number| NewEvent::new(EventKind::Note, "interface is up").at(number, at);
        let events: Vec<Event> = (1..=events).map(event).collect();
        let mut row = fresh(1, &events).unwrap();
        row.tail.closed = closed;
        row
    }

    #[test]
    fn a_row_is_packed_well_once_nothing_is_added_to_it() {
        for (events, closed, grows) in [(31, false, true), (31, true, false), (32, false, false)] {
            let row = row_of(events, closed);
            let well = pack::record(&row.lines);
            assert_eq!(packed(&row) != well, grows, "{events} {closed}");
            assert_eq!(pack::unpacked(&packed(&row)).unwrap(), row.lines);
        }
    }
}
