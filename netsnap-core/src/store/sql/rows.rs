//! How does a value become columns, and columns a value?

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::driver::{Dialect, Session, Value};
use super::statement::Statement;
use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::query::CounterName;

/// A time that is not there, as its column says it: below all others.
pub(super) const NEVER: i64 = i64::MIN;
/// Takes the place of NUL, which neither text of PostgreSQL nor a pattern of SQLite holds. It is no character.
const NO_CHARACTER: &str = "\u{10FFFF}";

/// Writes a value for a column.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|source| {
        Error::new(ErrorKind::Internal, "a value cannot be written as JSON").because(source)
    })
}

/// Reads a value from a column.
///
/// # Errors
/// `Corrupt`.
pub(super) fn from_json<T: DeserializeOwned>(id: &ExecutionId, text: &[u8]) -> Result<T> {
    serde_json::from_slice(text).map_err(|source| {
        Error::new(ErrorKind::Corrupt, "a row of a run cannot be read")
            .with("execution", id)
            .because(source)
    })
}

/// Returns the word that stands for a value in JSON.
pub(super) fn word<T: Serialize>(value: &T) -> Result<String> {
    Ok(to_json(value)?.trim_matches('"').to_owned())
}

/// Writes a number for a column; a database has no greater ones.
///
/// # Errors
/// `InvalidInput` above 2^63 - 1.
pub(super) fn integer(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|source| {
        Error::new(
            ErrorKind::InvalidInput,
            "a number is too great for the database",
        )
        .with("number", number)
        .because(source)
    })
}

/// Writes a number that is compared alone; what is too great is the greatest.
pub(super) fn at_most(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Nanoseconds since 1970, at the edge of what fits for the years before 1677 and after 2262.
pub(super) fn nanoseconds(at: Timestamp) -> i64 {
    let edge = if at.as_nanosecond() < 0 {
        NEVER + 1
    } else {
        i64::MAX
    };
    i64::try_from(at.as_nanosecond())
        .unwrap_or(edge)
        .max(NEVER + 1)
}

/// The last word of an id, by which runs of one instant are told apart and ordered: 8 digits, or `migrated`, which is greater than
/// any of them.
pub(super) fn tie(id: &ExecutionId) -> String {
    let text = id.as_str();
    text.rsplit('_').next().unwrap_or(text).to_owned()
}

/// Text as patterns are compared with.
pub(super) fn findable(text: &str) -> String {
    text.replace('\0', NO_CHARACTER)
}

fn bytes(text: &str) -> Value {
    Value::from(text.as_bytes())
}

/// Where a run stands in lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) created_at: i64,
    pub(super) tie: String,
}

impl Place {
    /// The place of a run.
    ///
    /// # Errors
    /// `InvalidInput` for a time outside of the years 1678 to 2261.
    pub(super) fn of(execution: &Execution) -> Result<Self> {
        let at = execution.created_at;
        let created_at = i64::try_from(at.as_nanosecond()).map_err(|source| {
            Error::new(
                ErrorKind::InvalidInput,
                "the time is too far away for the database",
            )
            .with("created_at", at)
            .because(source)
        })?;
        Ok(Self {
            created_at,
            tie: tie(&execution.id),
        })
    }
}

/// The columns of a run, with their names.
pub(super) struct Columns(Vec<(&'static str, Value)>);

/// Returns the columns of a run.
///
/// # Errors
/// `InvalidInput` for a time that the database has no number for.
pub(super) fn columns_of(run: &Execution) -> Result<Columns> {
    let place = Place::of(run)?;
    let time = |at: Option<Timestamp>| Value::from(at.map_or(NEVER, nanoseconds));
    let text = |text: Option<&str>| text.map_or(Value::Null, bytes);
    let mut columns = vec![
        ("id", Value::from(run.id.as_str())),
        ("created_at", place.created_at.into()),
        ("tie", place.tie.into()),
        ("revision", integer(run.revision)?.into()),
        ("terminal", run.status.is_terminal().into()),
        ("status", word(&run.status)?.into()),
        ("kind", word(&run.kind)?.into()),
        ("name", bytes(&run.name)),
        ("actor", bytes(&run.actor)),
        ("cause", word(&run.trigger)?.into()),
        ("ticket", text(run.ticket.as_deref())),
        ("job", text(run.job_id.as_deref())),
        ("parent", text(run.parent.as_ref().map(ExecutionId::as_str))),
        (
            "retry_of",
            text(run.retry_of.as_ref().map(ExecutionId::as_str)),
        ),
        ("tool", bytes(&run.tool)),
        ("started_at", time(run.started_at)),
        ("ended_at", time(run.ended_at)),
        ("duration_us", run.duration_us.map_or(-1, at_most).into()),
        ("pinned", run.pinned.into()),
        ("dry_run", run.dry_run.into()),
        ("archived", run.archived.into()),
        ("incomplete", run.incomplete.is_some().into()),
    ];
    columns.extend(counters(run));
    Ok(Columns(columns))
}

type Counters = [(&'static str, Value); CounterName::ALL.len()];

fn counters(run: &Execution) -> Counters {
    CounterName::ALL.map(|name| (column_of(name), at_most(name.of(run)).into()))
}

/// The column of a number.
pub(super) fn column_of(counter: CounterName) -> &'static str {
    match counter {
        CounterName::TotalDevices => "total_devices",
        CounterName::CompletedDevices => "completed_devices",
        CounterName::FailedDevices => "failed_devices",
        CounterName::ChangedDevices => "changed_devices",
        CounterName::UnreachableDevices => "unreachable_devices",
        CounterName::SkippedDevices => "skipped_devices",
        CounterName::TotalCommands => "total_commands",
        CounterName::SuccessfulCommands => "successful_commands",
        CounterName::FailedCommands => "failed_commands",
        CounterName::OkTasks => "ok_tasks",
        CounterName::ChangedTasks => "changed_tasks",
        CounterName::UnreachableTasks => "unreachable_tasks",
        CounterName::FailedTasks => "failed_tasks",
        CounterName::SkippedTasks => "skipped_tasks",
        CounterName::RescuedTasks => "rescued_tasks",
        CounterName::IgnoredTasks => "ignored_tasks",
        CounterName::BytesIn => "bytes_in",
        CounterName::BytesOut => "bytes_out",
    }
}

/// Returns the columns of the numbers of a run.
pub(super) fn counters_of(run: &Execution) -> Columns {
    Columns(counters(run).into())
}

impl Columns {
    /// Inserts a row, and returns its number; `None` when the id is taken.
    pub(super) async fn insert(self, session: &mut dyn Session) -> Result<Option<i64>> {
        let (names, values): (Vec<_>, Vec<_>) = self.0.into_iter().unzip();
        let mut insert = Statement::new("insert into execution (");
        insert.push(&names.join(", ")).push(") ").rows([values]);
        insert.push(" on conflict (id) do nothing returning number");
        let rows = session.rows(&insert.sql, insert.values).await?;
        rows.into_iter().next().map(|mut row| row.int()).transpose()
    }

    /// Replaces the columns of a run.
    pub(super) async fn write_to(self, session: &mut dyn Session, number: i64) -> Result<()> {
        let mut update = Statement::new("update execution set ");
        for (place, (name, value)) in self.0.into_iter().enumerate() {
            update.push(if place == 0 { "" } else { ", " });
            update.push(name).push(" = ").bind(value);
        }
        update.push(" where number = ").bind(number);
        session.execute(&update.sql, update.values).await.map(drop)
    }
}

/// What of a run stands in tables of its own, so that it can be found by each of several.
#[derive(PartialEq, Eq)]
pub(super) struct Sides {
    place: Place,
    labels: BTreeMap<String, String>,
    devices: BTreeSet<String>,
    error_kinds: Vec<&'static str>,
}

/// Returns what of a run stands in tables of its own.
///
/// # Errors
/// `InvalidInput` for a time that the database has no number for.
pub(super) fn sides_of(run: &Execution) -> Result<Sides> {
    let devices = run.devices.iter();
    let names = devices.flat_map(|device| [findable(&device.id), findable(&device.name)]);
    Ok(Sides {
        place: Place::of(run)?,
        labels: run.labels.clone(),
        devices: names.collect(),
        error_kinds: run.error_kinds.keys().map(|kind| kind.as_str()).collect(),
    })
}

impl Sides {
    /// Inserts them for a run that has none.
    pub(super) async fn write_to(self, session: &mut dyn Session, number: i64) -> Result<()> {
        let at = |values: Vec<Value>| {
            let mut row = vec![Value::Int(number)];
            row.extend(values);
            row.push(self.place.created_at.into());
            row.push(self.place.tie.as_str().into());
            row
        };
        let labels = self.labels.iter();
        let labels = labels.map(|(key, value)| at(vec![bytes(key), bytes(value)]));
        let devices = self
            .devices
            .iter()
            .map(|name| at(vec![name.as_str().into()]));
        let kinds = self.error_kinds.iter().map(|kind| at(vec![(*kind).into()]));
        insert_all(
            session,
            "label (execution, key, value, created_at, tie)",
            labels,
        )
        .await?;
        insert_all(
            session,
            "device (execution, name, created_at, tie)",
            devices,
        )
        .await?;
        insert_all(
            session,
            "error_kind (execution, kind, created_at, tie)",
            kinds,
        )
        .await?;
        Ok(())
    }

    /// Puts them in the place of others.
    pub(super) async fn replace(
        self,
        stored: &Self,
        session: &mut dyn Session,
        number: i64,
    ) -> Result<()> {
        if self == *stored {
            return Ok(());
        }
        for table in ["label", "device", "error_kind"] {
            let delete = format!("delete from {table} where execution = $1");
            session.execute(&delete, vec![number.into()]).await?;
        }
        self.write_to(session, number).await
    }
}

/// Inserts rows, as many at once as a statement takes, and returns how many. Such as are there already are left out.
pub(super) async fn insert_all(
    session: &mut dyn Session,
    columns: &str,
    rows: impl Iterator<Item = Vec<Value>>,
) -> Result<u64> {
    let mut rows: Vec<_> = rows.collect();
    let mut inserted = 0;
    while !rows.is_empty() {
        let at_once = fitting(session.dialect(), rows[0].len()).min(rows.len());
        let later = rows.split_off(at_once);
        let mut insert = Statement::new("insert into ");
        insert.push(columns).push(" ").rows(rows);
        insert.push(" on conflict do nothing");
        inserted += session.execute(&insert.sql, insert.values).await?;
        rows = later;
    }
    Ok(inserted)
}

fn fitting(dialect: &Dialect, columns: usize) -> usize {
    (dialect.most_values / columns).min(500)
}
