//! Which values of the database fit a pattern? When there are few of them, each leads to its runs by an index.

use super::driver::{Dialect, Session, Value};
use super::filter::{self, is_plain};
use super::lead::{BRANCHES, Known, Lead};
use super::rows::findable;
use super::statement::Statement;
use crate::error::Result;
use crate::store::Filter;
use crate::store::query::{TextMatch, glob};

/// So many different values are looked at. Behind them the pattern is tested run by run.
const DEVICES: usize = 4096;
const OTHERS: usize = 256;
const STEPS: [usize; 3] = [64, 512, DEVICES];

/// How values stand in a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Words, which an index holds whole.
    Word,
    /// Text of any length.
    Text,
    /// Bytes of any length.
    Bytes,
}

/// Where values of a kind stand, and which of them are asked for.
struct Walk<'f> {
    table: &'static str,
    column: &'static str,
    form: Form,
    /// What stands in front of the column in its index.
    key: Option<&'f str>,
    prefix: String,
    most: usize,
}

/// Finds the values that fit the patterns of a filter.
///
/// # Errors
/// `Storage`.
pub(super) async fn known<'f>(
    session: &mut dyn Session,
    filter: &'f Filter,
) -> Result<Vec<Known<'f>>> {
    let mut patterns = Vec::new();
    collect(filter, &mut patterns);
    let mut known = Vec::new();
    for pattern in patterns {
        let Some(walk) = walk(pattern) else {
            continue;
        };
        if let Some(leads) = few(session, pattern, &walk).await? {
            known.push((pattern, leads));
        }
    }
    Ok(known)
}

/// Returns the leads of the values that fit, when those are few. It looks at more and more values, so that a pattern that most
/// of them fit costs little.
async fn few(
    session: &mut dyn Session,
    pattern: &Filter,
    walk: &Walk<'_>,
) -> Result<Option<Vec<Lead>>> {
    for most in STEPS.map(|most| most.min(walk.most)) {
        let Some(values) = values(session, walk, most).await? else {
            return Ok(None);
        };
        let all = values.len() < most;
        let mut leads = Vec::new();
        for value in values {
            leads.extend(lead(pattern, value)?);
        }
        if leads.len() > BRANCHES {
            return Ok(None);
        }
        if all {
            return Ok(Some(leads));
        }
    }
    Ok(None)
}

/// Conditions of which each alone can lead.
fn collect<'f>(filter: &'f Filter, patterns: &mut Vec<&'f Filter>) {
    match filter {
        Filter::All(filters) | Filter::Any(filters) => {
            filters.iter().for_each(|filter| collect(filter, patterns));
        }
        filter => patterns.push(filter),
    }
}

fn walk(filter: &Filter) -> Option<Walk<'_>> {
    match filter {
        Filter::Device(pattern) if !is_plain(pattern) => {
            let prefix = pattern.split(['*', '?']).next().unwrap_or_default();
            Some(Walk {
                prefix: findable(prefix),
                most: DEVICES,
                form: Form::Text,
                ..of("device", "name", "")
            })
        }
        Filter::Name(text) => begun("name", text),
        Filter::Actor(text) => begun("actor", text),
        Filter::Ticket(text) => begun("ticket", text),
        Filter::Label(label) if label.equals.is_none() && label.one_of.is_none() => Some(Walk {
            key: Some(&label.key),
            ..of("label", "value", "")
        }),
        Filter::Not(filter) => words(filter),
        _ => None,
    }
}

/// Who does not want some words wants the others.
fn words<'f>(filter: &Filter) -> Option<Walk<'f>> {
    let column = match filter {
        Filter::Status(_) => "status",
        Filter::Kind(_) => "kind",
        Filter::Trigger(_) => "cause",
        _ => return None,
    };
    Some(Walk {
        form: Form::Word,
        ..of("execution", column, "")
    })
}

fn begun<'f>(column: &'static str, text: &TextMatch) -> Option<Walk<'f>> {
    match text {
        TextMatch::StartsWith(prefix) => Some(of("execution", column, prefix)),
        TextMatch::Contains(_) => Some(of("execution", column, "")),
        TextMatch::Equals(_) | TextMatch::In(_) => None,
    }
}

fn of<'f>(table: &'static str, column: &'static str, prefix: &str) -> Walk<'f> {
    Walk {
        table,
        column,
        form: Form::Bytes,
        key: None,
        prefix: prefix.to_owned(),
        most: OTHERS,
    }
}

/// Returns the first so many different values, stepping from each to the next one through the index; `None` when the index does
/// not hold one whole.
async fn values(
    session: &mut dyn Session,
    walk: &Walk<'_>,
    most: usize,
) -> Result<Option<Vec<String>>> {
    let dialect = session.dialect();
    let steps = walk.statement(dialect, most);
    let mut values = Vec::new();
    for mut row in session.rows(&steps.sql, steps.values).await? {
        let Some(value) = row.maybe_any_text()? else {
            break;
        };
        if value.len() >= dialect.indexed_length {
            return Ok(None);
        }
        values.push(value);
    }
    Ok(Some(values))
}

impl Walk<'_> {
    fn statement(&self, dialect: &Dialect, most: usize) -> Statement {
        let prefix = dialect.beginning(&self.value(&self.prefix));
        let mut steps = Statement::new("with recursive found(value) as (select (");
        self.next(&mut steps, dialect, ">=");
        steps.bind(prefix.clone());
        self.first(&mut steps, dialect).push(" union all select (");
        self.next(&mut steps, dialect, ">");
        steps.push("found.value");
        self.first(&mut steps, dialect);
        steps.push(" from found where found.value is not null");
        if !self.prefix.is_empty() {
            let length = length(&prefix);
            steps.push(&format!(" and substr(found.value, 1, {length}) = "));
            steps.bind(prefix);
        }
        steps.push(&format!(") select value from found limit {most}"));
        steps
    }

    fn next(&self, steps: &mut Statement, dialect: &Dialect, behind: &str) {
        let column = self.column(dialect);
        steps.push(&format!("select {column} from {} where ", self.table));
        if let Some(key) = self.key {
            let key = dialect.beginning(&key.as_bytes().into());
            steps.push(&dialect.indexed("key")).push(" = ").bind(key);
            steps.push(" and ");
        }
        steps.push(&format!("{column} {behind} "));
    }

    fn first<'s>(&self, steps: &'s mut Statement, dialect: &Dialect) -> &'s mut Statement {
        let column = self.column(dialect);
        let order = match self.key {
            Some(_) => format!("{}, {column}", dialect.indexed("key")),
            None => column,
        };
        steps.push(&format!(" order by {order} limit 1)"))
    }

    fn value(&self, text: &str) -> Value {
        match self.form {
            Form::Word | Form::Text => text.into(),
            Form::Bytes => text.as_bytes().into(),
        }
    }

    /// The column as its index has it.
    fn column(&self, dialect: &Dialect) -> String {
        match self.form {
            Form::Word => self.column.to_owned(),
            Form::Text | Form::Bytes => dialect.indexed(self.column),
        }
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.chars().count(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Int(_) | Value::Null => 0,
    }
}

/// The lead of a value, when it fits.
fn lead(filter: &Filter, value: String) -> Result<Option<Lead>> {
    let bytes = |value: &str| Value::from(value.as_bytes());
    let fitting = |text: &TextMatch, column| {
        let fits = text.fits(&value);
        fits.then(|| Lead::Bytes(column, bytes(&value)))
    };
    Ok(match filter {
        Filter::Device(pattern) => glob(&findable(pattern), &value).then_some(Lead::Device(value)),
        Filter::Name(text) => fitting(text, "name"),
        Filter::Actor(text) => fitting(text, "actor"),
        Filter::Ticket(text) => fitting(text, "ticket"),
        Filter::Label(label) => Some(Lead::Label(bytes(&label.key), bytes(&value))),
        Filter::Not(filter) => {
            let (column, unwanted) = match filter.as_ref() {
                Filter::Status(states) => ("status", filter::words(states)?),
                Filter::Kind(kinds) => ("kind", filter::words(kinds)?),
                Filter::Trigger(triggers) => ("cause", filter::words(triggers)?),
                _ => return Ok(None),
            };
            let word = Value::from(value);
            let wanted = !unwanted.contains(&word);
            wanted.then_some(Lead::Word(column, word))
        }
        _ => None,
    })
}
