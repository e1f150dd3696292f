//! How does the log of a run stand in rows? Many events to a row, packed, so that a small run takes one row.

use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::Instant;

use super::driver::{News, Row, Session, Value};
use super::rows::{at_most, from_json, integer, to_json};
use super::{Hold, SqlStore, number, pack};
use crate::error::Result;
use crate::event::Event;
use crate::id::ExecutionId;
use crate::model::Owner;
use crate::store::rules::Tail;
use crate::store::{Durability, owner};

/// Events of one row, at most.
const ROW: usize = 256;
/// A last row with fewer events than this takes those that follow. It bounds how often an event is written again.
const GROWING: u64 = 32;

/// The last row of a log.
#[derive(Debug, Default)]
struct Last {
    first: u64,
    tail: Tail,
    body: Vec<u8>,
}

impl SqlStore {
    pub(super) async fn append_events(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()> {
        let (run, appended) = (id.clone(), events.to_vec());
        self.write("store.append", durability, move |session| {
            async move { append(session, &run, &appended).await }.boxed()
        })
        .await?;
        if let Some(last) = events.last() {
            self.driver.tell(id.as_str(), News::Event(last.sequence));
        }
        Ok(())
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
        if owner.session == 0 || self.driver.session() == 0 {
            return Ok(owner::gone(owner));
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

async fn append(session: &mut dyn Session, id: &ExecutionId, events: &[Event]) -> Result<()> {
    let execution = number(session, id, Hold::Yes).await?;
    let last = last_row(session, execution).await?;
    last.tail.check(id, events)?;
    let mut events = events;
    if last.tail.sequence > 0 && last.tail.sequence - last.first < GROWING - 1 && !events.is_empty()
    {
        let (fitting, later) = events.split_at(events.len().min(ROW / 2));
        grow(session, execution, &last, fitting).await?;
        events = later;
    }
    for chunk in events.chunks(ROW) {
        insert(session, execution, chunk).await?;
    }
    Ok(())
}

async fn last_row(session: &mut dyn Session, execution: i64) -> Result<Last> {
    let sql = "select first, last, closed, body from event_chunk where execution = $1 \
         order by first desc limit 1";
    let rows = session.rows(sql, vec![execution.into()]).await?;
    rows.into_iter()
        .next()
        .map_or(Ok(Last::default()), read_last)
}

fn read_last(mut row: Row) -> Result<Last> {
    Ok(Last {
        first: row.count()?,
        tail: Tail {
            sequence: row.count()?,
            closed: row.int()? != 0,
        },
        body: row.bytes()?,
    })
}

/// Adds events to the last row.
async fn grow(
    session: &mut dyn Session,
    execution: i64,
    last: &Last,
    events: &[Event],
) -> Result<()> {
    let mut lines = pack::unpacked(&last.body)?.into_owned();
    lines.push(b'\n');
    lines.extend(lines_of(events)?);
    let sql = "update event_chunk set last = $3, closed = $4, body = $5 \
         where execution = $1 and first = $2";
    let values = row(execution, integer(last.first)?, events, &lines)?;
    session.execute(sql, values).await.map(drop)
}

async fn insert(session: &mut dyn Session, execution: i64, events: &[Event]) -> Result<()> {
    let first = integer(events[0].sequence)?;
    let sql = "insert into event_chunk (execution, first, last, closed, body) \
         values ($1, $2, $3, $4, $5)";
    let values = row(execution, first, events, &lines_of(events)?)?;
    session.execute(sql, values).await.map(drop)
}

fn row(execution: i64, first: i64, events: &[Event], lines: &[u8]) -> Result<Vec<Value>> {
    let tail = Tail::after(events.last());
    Ok(vec![
        execution.into(),
        first.into(),
        integer(tail.sequence)?.into(),
        tail.closed.into(),
        pack::record(lines).into(),
    ])
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
