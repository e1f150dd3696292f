//! How is a page of a list read, at any depth, without looking at what is not on it?
//!
//! Behind the position the first rows of each branch are taken (see [`lead`](super::lead)), and merged.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::SqlStore;
use super::driver::{Dialect, Row, Value};
use super::filter;
use super::keeping::limit;
use super::known::known;
use super::lead::{Branch, Known, branches};
use super::pack;
use super::rows::{NEVER, column_of, nanoseconds, tie};
use super::statement::Statement;
use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::query::{Direction, SortKey};
use crate::store::{Filter, Position, Selection, SortBy};

impl SqlStore {
    /// Returns the runs of a selection. One that cannot be read is passed over, and another stands in its place.
    pub(super) async fn page(&self, selection: &Selection) -> Result<Vec<Execution>> {
        let mut runs = Vec::new();
        let mut rest = selection.clone();
        let mut session = self.driver.read().await?;
        let known = match selection.sort.by {
            SortBy::Created => known(session.as_mut(), &selection.filter).await?,
            _ => Vec::new(),
        };
        while rest.limit > 0 {
            let page = statement(&rest, &known, session.dialect())?;
            let mut rows = session.rows(&page.sql, page.values).await?;
            let whole = rows.len() == rest.limit;
            let last = rows.pop().map(|row| read(row, rest.sort.by)).transpose()?;
            for mut row in rows {
                runs.extend(run_of(&row.bytes()?));
            }
            let Some((last, position)) = last else {
                break;
            };
            runs.extend(last);
            rest.limit = if whole {
                selection.limit - runs.len()
            } else {
                0
            };
            rest.skip = 0;
            rest.after = Some(position);
        }
        Ok(runs)
    }

    /// Counts runs, up to so many.
    pub(super) async fn counted(&self, filter: &Filter, cap: u64) -> Result<u64> {
        let mut session = self.driver.read().await?;
        let mut count = Statement::new("select count(*) from (select 1 from execution e where ");
        filter::condition(&mut count, session.dialect(), filter)?;
        let cap = usize::try_from(cap).unwrap_or(usize::MAX);
        count.push(" limit ").push(&limit(cap)).push(") counted");
        let rows = session.rows(&count.sql, count.values).await?;
        rows.into_iter().next().map_or(Ok(0), |mut row| row.count())
    }
}

fn run_of(body: &[u8]) -> Option<Execution> {
    serde_json::from_slice(&pack::unpacked(body).ok()?).ok()
}

/// Reads a run, when it can be read, and where it stands.
fn read(mut row: Row, by: SortBy) -> Result<(Option<Execution>, Position)> {
    let run = run_of(&row.bytes()?);
    let (created_at, tie) = (row.int()?, row.text()?);
    let created_at = Timestamp::from_nanosecond(created_at.into()).map_err(misplaced)?;
    let legacy = ExecutionId::legacy(created_at);
    let id = match u32::from_str_radix(&tie, 16) {
        Err(_) if legacy.as_str().ends_with(&tie) => legacy,
        random => ExecutionId::new(created_at, random.map_err(misplaced)?),
    };
    let key = match by {
        SortBy::Created => SortKey::None,
        SortBy::Ended | SortBy::Duration | SortBy::Counter(_) => number_key(row.int()?),
        SortBy::Name => SortKey::Text(String::from_utf8_lossy(&row.bytes()?).into_owned()),
    };
    let position = Position {
        key,
        created_at,
        id,
    };
    Ok((run, position))
}

/// Both -1 of a duration and the least time of all say that there is none; a time of -1 is one, and no run ended then.
fn number_key(number: i64) -> SortKey {
    match number {
        NEVER | -1 => SortKey::None,
        number => SortKey::Number(number),
    }
}

fn misplaced(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Corrupt, "a run stands nowhere").because(source)
}

/// Writes the statement of a page.
pub(super) fn statement(
    selection: &Selection,
    known: &[Known<'_>],
    dialect: &Dialect,
) -> Result<Statement> {
    let writer = Writer {
        statement: Statement::new("select s.body, p.created_at, p.tie"),
        selection,
        known,
        dialect,
    };
    writer.page()
}

/// Writes the statement of the outlines of a page: a row for each kind of error of each run, and one for a run without any.
pub(super) fn outlines(
    selection: &Selection,
    label: Option<&str>,
    known: &[Known<'_>],
    dialect: &Dialect,
) -> Result<Statement> {
    let value = label.map_or("null", |_| "l.value");
    let writer = Writer {
        statement: Statement::new(&format!("{OUTLINE}{value} from (select p.* from (")),
        selection,
        known,
        dialect,
    };
    writer.outlines(label)
}

const OUTLINE: &str =
    "select e.id, e.created_at, e.status, e.kind, e.actor, e.name, e.duration_us, k.kind, ";

struct Writer<'a> {
    statement: Statement,
    selection: &'a Selection,
    known: &'a [Known<'a>],
    dialect: &'a Dialect,
}

impl Writer<'_> {
    fn page(mut self) -> Result<Statement> {
        if self.key().is_some() {
            self.statement.push(", p.key");
        }
        self.statement.push(" from (");
        self.rows()?;
        self.statement
            .push(") p join summary s on s.execution = p.number");
        self.cut();
        Ok(self.statement)
    }

    fn outlines(mut self, label: Option<&str>) -> Result<Statement> {
        self.rows()?;
        self.statement.push(") p");
        self.cut();
        self.statement.push(
            ") p join execution e on e.number = p.number \
             left join error_kind k on k.execution = p.number",
        );
        if let Some(label) = label {
            self.statement
                .push(" left join label l on l.execution = p.number and l.key = ")
                .bind(label.as_bytes());
        }
        self.order(self.key().map(|_| "p.key".to_owned()), "p");
        Ok(self.statement)
    }

    /// In the order of the selection, so many as it asks for.
    fn cut(&mut self) {
        self.order(self.key().map(|_| "p.key".to_owned()), "p");
        self.statement
            .push(" limit ")
            .push(&limit(self.selection.limit));
        self.statement
            .push(" offset ")
            .push(&limit(self.selection.skip));
    }

    /// The column in front of creation and id.
    fn key(&self) -> Option<String> {
        match self.selection.sort.by {
            SortBy::Created => None,
            SortBy::Ended => Some("e.ended_at".to_owned()),
            SortBy::Duration => Some("e.duration_us".to_owned()),
            SortBy::Name => Some(self.dialect.indexed("e.name")),
            SortBy::Counter(name) => Some(format!("e.{}", column_of(name))),
        }
    }

    fn rows(&mut self) -> Result<()> {
        let selection = self.selection;
        let found = match self.key() {
            None => branches(&selection.filter, self.known)?,
            Some(_) => None,
        };
        let Some(branches) = found else {
            return self.in_order();
        };
        if branches.is_empty() {
            self.statement.push(NOTHING);
        }
        for (place, branch) in branches.iter().enumerate() {
            // A run that several branches have stands on the page once.
            let joint = if place == 0 { "" } else { " union " };
            self.statement.push(joint).push("select * from (");
            self.branch(branch)?;
            self.statement.push(&format!(") b{place}"));
        }
        Ok(())
    }

    /// All runs in their order, each tested.
    fn in_order(&mut self) -> Result<()> {
        self.statement.push("select e.number, e.created_at, e.tie");
        if let Some(key) = self.key() {
            self.statement.push(&format!(", {key} as key"));
        }
        self.statement.push(" from execution e where ");
        filter::condition(&mut self.statement, self.dialect, &self.selection.filter)?;
        self.behind("e");
        self.order(self.key(), "e");
        self.enough();
        Ok(())
    }

    fn branch(&mut self, branch: &Branch<'_>) -> Result<()> {
        let row = branch.lead.row();
        let number = branch.lead.number();
        self.statement.push(&format!(
            "select {number} as number, {row}.created_at, {row}.tie from {}",
            branch.lead.table()
        ));
        let of_row = |test: &&Filter| row != "e" && matches!(test, Filter::Created(_));
        let (of_row, others): (Vec<_>, Vec<_>) = branch.tests.iter().copied().partition(of_row);
        // The join keeps its order: that of the index that leads.
        let joined = row != "e" && !others.is_empty();
        self.statement.push(if joined {
            " cross join execution e where "
        } else {
            " where "
        });
        branch.lead.condition(&mut self.statement, self.dialect);
        if joined {
            self.statement.push(&format!(" and e.number = {number}"));
        }
        for (tests, row) in [(of_row, row), (others, "e")] {
            for test in tests {
                self.statement.push(" and ");
                filter::condition_on(&mut self.statement, self.dialect, row, test)?;
            }
        }
        self.behind(row);
        self.order(None, row);
        self.enough();
        Ok(())
    }

    fn order(&mut self, key: Option<String>, row: &str) {
        let direction = match self.selection.sort.direction {
            Direction::Descending => " desc",
            Direction::Ascending => "",
        };
        let place = [format!("{row}.created_at"), format!("{row}.tie")];
        let keys = key.into_iter().chain(place);
        let keys: Vec<_> = keys.map(|key| format!("{key}{direction}")).collect();
        self.statement.push(" order by ").push(&keys.join(", "));
    }

    /// No page needs more of a branch.
    fn enough(&mut self) {
        let rows = self.selection.limit.saturating_add(self.selection.skip);
        self.statement.push(" limit ").push(&limit(rows));
    }

    /// Only what stands behind the position.
    fn behind(&mut self, row: &str) {
        let Some(after) = &self.selection.after else {
            return;
        };
        let behind = match self.selection.sort.direction {
            Direction::Descending => "<",
            Direction::Ascending => ">",
        };
        let (created_at, tie) = place(after);
        let mut columns = vec![format!("{row}.created_at"), format!("{row}.tie")];
        let mut values = vec![created_at.into(), tie.into()];
        if let Some(key) = self.key() {
            let value = key_value(&after.key, self.selection.sort.by);
            columns.insert(0, key);
            values.insert(0, self.dialect.beginning(&value));
        }
        let columns = columns.join(", ");
        self.statement
            .push(&format!(" and ({columns}) {behind} "))
            .list(values);
    }
}

/// Of a condition that nothing fits.
const NOTHING: &str = "select e.number, e.created_at, e.tie from execution e where 1 = 0";

/// Where a position stands among the columns. One whose id names another second than its time stands before or behind all runs
/// of that time.
fn place(after: &Position) -> (i64, String) {
    let own = ExecutionId::new(after.created_at, 0);
    let tie = match after.id.second().cmp(own.second()) {
        Ordering::Less => String::new(),
        Ordering::Equal => tie(&after.id),
        Ordering::Greater => "n".to_owned(),
    };
    (nanoseconds(after.created_at), tie)
}

fn key_value(key: &SortKey, by: SortBy) -> Value {
    match (key, by) {
        (SortKey::Number(number), _) => (*number).into(),
        (SortKey::Text(name), _) => name.as_bytes().into(),
        (SortKey::None, SortBy::Duration | SortBy::Counter(_)) => (-1_i64).into(),
        (SortKey::None, SortBy::Name) => Value::Bytes(Vec::new()),
        (SortKey::None, _) => NEVER.into(),
    }
}
