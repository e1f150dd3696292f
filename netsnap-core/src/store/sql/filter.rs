//! How does a filter read in SQL? Each condition is true or false, never unknown, so that `not` means what it says.

use super::content::behind_prefix;
use super::driver::{Dialect, Value};
use super::rows::{NEVER, at_most, column_of, findable, nanoseconds, word};
use super::statement::Statement;
use crate::error::Result;
use crate::store::Filter;
use crate::store::query::{CounterMatch, LabelMatch, Range, TextMatch, TimeRange};

const TRUE: &str = "1 = 1";
const FALSE: &str = "1 = 0";

/// Writes a filter as a condition on the row `e` of a run.
pub(super) fn condition(
    statement: &mut Statement,
    dialect: &Dialect,
    filter: &Filter,
) -> Result<()> {
    condition_on(statement, dialect, "e", filter)
}

/// Writes a filter as a condition on a row that knows the time of creation, if the filter asks for no more.
pub(super) fn condition_on(
    statement: &mut Statement,
    dialect: &Dialect,
    row: &str,
    filter: &Filter,
) -> Result<()> {
    let writer = &mut Writer { statement, dialect };
    match filter {
        Filter::Created(range) => writer.times(&format!("{row}.created_at"), range),
        filter => writer.filter(filter)?,
    }
    Ok(())
}

struct Writer<'a> {
    statement: &'a mut Statement,
    dialect: &'a Dialect,
}

impl Writer<'_> {
    fn filter(&mut self, filter: &Filter) -> Result<()> {
        match filter {
            Filter::All(filters) => return self.joined(filters, " and ", TRUE),
            Filter::Any(filters) => return self.joined(filters, " or ", FALSE),
            Filter::Not(filter) => {
                self.statement.push("not (");
                self.filter(filter)?;
                self.statement.push(")");
            }
            Filter::Status(states) => self.one_of("status", &words(states)?),
            Filter::Kind(kinds) => self.one_of("kind", &words(kinds)?),
            Filter::Trigger(triggers) => self.one_of("cause", &words(triggers)?),
            Filter::Name(text) => self.text("e.name", text),
            Filter::Actor(text) => self.text("e.actor", text),
            Filter::Ticket(text) => self.there("e.ticket", |writer| writer.text("e.ticket", text)),
            Filter::Job(job) => self.is("e.job", job),
            Filter::Parent(id) => self.is("e.parent", id.as_str()),
            Filter::RetryOf(id) => self.is("e.retry_of", id.as_str()),
            Filter::Tool(tool) => self.is("e.tool", tool),
            Filter::Label(label) => self.label(label),
            Filter::Device(pattern) => self.device(pattern),
            Filter::ErrorKind(kinds) => {
                let words = kinds
                    .iter()
                    .map(|kind| Value::from(kind.as_str()))
                    .collect();
                self.among("error_kind", "o.kind", words);
            }
            Filter::Created(range) => self.times("e.created_at", range),
            Filter::Started(range) => self.times("e.started_at", range),
            Filter::Ended(range) => self.times("e.ended_at", range),
            Filter::DurationUs(range) => self.numbers("e.duration_us", *range),
            Filter::Counter(counter) => self.counter(*counter),
            Filter::Pinned(pinned) => self.truth("e.pinned", *pinned),
            Filter::DryRun(dry_run) => self.truth("e.dry_run", *dry_run),
            Filter::Archived(archived) => self.truth("e.archived", *archived),
            Filter::Incomplete(incomplete) => self.truth("e.incomplete", *incomplete),
        }
        Ok(())
    }

    fn joined(&mut self, filters: &[Filter], word: &str, empty: &str) -> Result<()> {
        if filters.is_empty() {
            self.statement.push(empty);
        }
        for (place, filter) in filters.iter().enumerate() {
            self.statement.push(if place == 0 { "(" } else { word });
            self.filter(filter)?;
        }
        if !filters.is_empty() {
            self.statement.push(")");
        }
        Ok(())
    }

    fn one_of(&mut self, column: &str, words: &[Value]) {
        self.any_of(&format!("e.{column}"), words.to_vec());
    }

    fn any_of(&mut self, column: &str, values: Vec<Value>) {
        if values.is_empty() {
            self.statement.push(FALSE);
        } else {
            self.statement.push(column).push(" in ").list(values);
        }
    }

    /// A condition that is false where the column is not there.
    fn there(&mut self, column: &str, condition: impl FnOnce(&mut Self)) {
        self.statement
            .push("(")
            .push(column)
            .push(" is not null and ");
        condition(self);
        self.statement.push(")");
    }

    fn is(&mut self, column: &str, text: &str) {
        self.there(column, |writer| {
            writer
                .statement
                .push(column)
                .push(" = ")
                .bind(text.as_bytes());
        });
    }

    fn text(&mut self, column: &str, text: &TextMatch) {
        match text {
            TextMatch::Equals(text) => self.any_of(column, vec![text.as_bytes().into()]),
            TextMatch::In(texts) => self.any_of(column, all_bytes(texts)),
            TextMatch::StartsWith(beginning) => self.starts(column, beginning),
            TextMatch::Contains(part) => self.contains(column, part),
        }
    }

    fn starts(&mut self, column: &str, beginning: &str) {
        let Some(behind) = behind_prefix(beginning) else {
            self.statement.push(TRUE);
            return;
        };
        self.statement.push("(").push(column).push(" >= ");
        self.statement.bind(beginning.as_bytes()).push(" and ");
        self.statement
            .push(column)
            .push(" < ")
            .bind(behind)
            .push(")");
    }

    fn contains(&mut self, column: &str, part: &str) {
        if part.is_empty() {
            self.statement.push(TRUE);
            return;
        }
        let words = self.dialect.contains.replace("{text}", column);
        let (before, after) = words.split_once("{part}").unwrap_or((&words, ""));
        self.statement
            .push(before)
            .bind(part.as_bytes())
            .push(after);
    }

    /// A condition on a row beside the run: there is one.
    fn exists(&mut self, table: &str, condition: impl FnOnce(&mut Self)) {
        let opening = format!("exists (select 1 from {table} o where o.execution = e.number and ");
        self.statement.push(&opening);
        condition(self);
        self.statement.push(")");
    }

    fn among(&mut self, table: &str, column: &str, values: Vec<Value>) {
        self.exists(table, |writer| writer.any_of(column, values));
    }

    fn label(&mut self, label: &LabelMatch) {
        self.exists("label", |writer| {
            writer.statement.push("o.key = ").bind(label.key.as_bytes());
            if let Some(value) = &label.equals {
                writer
                    .statement
                    .push(" and o.value = ")
                    .bind(value.as_bytes());
            }
            if let Some(values) = &label.one_of {
                writer.statement.push(" and ");
                writer.any_of("o.value", all_bytes(values));
            }
        });
    }

    fn device(&mut self, pattern: &str) {
        self.exists("device", |writer| {
            fits(writer.statement, writer.dialect, "o.name", pattern);
        });
    }

    /// The least number of all says that there is no time, and no range holds it.
    fn times(&mut self, column: &str, range: &TimeRange) {
        let from = range.from.map_or(NEVER + 1, nanoseconds);
        self.statement
            .push("(")
            .push(column)
            .push(" >= ")
            .bind(from);
        if let Some(until) = range.until {
            self.statement.push(" and ").push(column).push(" < ");
            self.statement.bind(nanoseconds(until));
        }
        self.statement.push(")");
    }

    /// A number below 0 says that there is none, and no range holds it.
    fn numbers(&mut self, column: &str, range: Range) {
        let least = at_most(range.at_least.unwrap_or(0));
        self.statement
            .push("(")
            .push(column)
            .push(" >= ")
            .bind(least);
        if let Some(most) = range.at_most {
            self.statement.push(" and ").push(column).push(" <= ");
            self.statement.bind(at_most(most));
        }
        self.statement.push(")");
    }

    fn counter(&mut self, counter: CounterMatch) {
        self.numbers(&format!("e.{}", column_of(counter.name)), counter.range());
    }

    fn truth(&mut self, column: &str, truth: bool) {
        let truth = if truth { " = 1" } else { " = 0" };
        self.statement.push(column).push(truth);
    }
}

/// Writes that a name of a device fits a pattern.
pub(super) fn fits(statement: &mut Statement, dialect: &Dialect, column: &str, pattern: &str) {
    let pattern = findable(pattern);
    if is_plain(&pattern) {
        statement.push(column).push(" = ").bind(pattern);
        return;
    }
    let written = (dialect.pattern)(&pattern);
    statement
        .push(column)
        .push(" ")
        .push(dialect.like)
        .push(" ")
        .bind(written);
}

/// Says whether a pattern stands for itself alone.
pub(super) fn is_plain(pattern: &str) -> bool {
    !pattern.contains(['*', '?'])
}

pub(super) fn all_bytes(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| text.as_bytes().into()).collect()
}

pub(super) fn words<T: serde::Serialize>(values: &[T]) -> Result<Vec<Value>> {
    let word = |value| word(value).map(Value::from);
    values.iter().map(word).collect()
}
