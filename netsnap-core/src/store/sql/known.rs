//! Which values of the database fit a pattern? When there are few of them, each leads to its runs by an index.

use super::driver::{Dialect, Session, Value};
use super::filter::is_plain;
use super::lead::{BRANCHES, Known, Lead};
use super::rows::findable;
use super::statement::Statement;
use crate::error::Result;
use crate::store::Filter;
use crate::store::query::{TextMatch, glob};

/// So many different values are looked at. Behind them the pattern is tested run by run.
const DEVICES: usize = 4096;
const OTHERS: usize = 256;

/// Where values of a kind stand, and which of them are asked for.
struct Walk<'f> {
    table: &'static str,
    column: &'static str,
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
        if let Some(values) = values(session, &walk).await? {
            let leads = values.into_iter().filter_map(|value| lead(pattern, value));
            let leads: Vec<_> = leads.take(BRANCHES + 1).collect();
            if leads.len() <= BRANCHES {
                known.push((pattern, leads));
            }
        }
    }
    Ok(known)
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
        _ => None,
    }
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
        key: None,
        prefix: prefix.to_owned(),
        most: OTHERS,
    }
}

/// Returns the different values, stepping from each to the next one through the index; `None` when there are many, or when the
/// index does not hold one whole.
async fn values(session: &mut dyn Session, walk: &Walk<'_>) -> Result<Option<Vec<String>>> {
    let dialect = session.dialect();
    let steps = walk.statement(dialect);
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
    Ok((values.len() < walk.most).then_some(values))
}

impl Walk<'_> {
    fn statement(&self, dialect: &Dialect) -> Statement {
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
        steps.push(&format!(") select value from found limit {}", self.most));
        steps
    }

    fn next(&self, steps: &mut Statement, dialect: &Dialect, behind: &str) {
        let column = dialect.indexed(self.column);
        steps.push(&format!("select {column} from {} where ", self.table));
        if let Some(key) = self.key {
            let key = dialect.beginning(&key.as_bytes().into());
            steps.push(&dialect.indexed("key")).push(" = ").bind(key);
            steps.push(" and ");
        }
        steps.push(&format!("{column} {behind} "));
    }

    fn first<'s>(&self, steps: &'s mut Statement, dialect: &Dialect) -> &'s mut Statement {
        let column = dialect.indexed(self.column);
        let order = match self.key {
            Some(_) => format!("{}, {column}", dialect.indexed("key")),
            None => column,
        };
        steps.push(&format!(" order by {order} limit 1)"))
    }

    /// Names of devices are text, all others bytes.
    fn value(&self, text: &str) -> Value {
        match self.table {
            "device" => text.into(),
            _ => text.as_bytes().into(),
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

fn lead(filter: &Filter, value: String) -> Option<Lead> {
    let bytes = |value: &str| Value::from(value.as_bytes());
    match filter {
        Filter::Device(pattern) => glob(&findable(pattern), &value).then_some(Lead::Device(value)),
        Filter::Name(text) => text
            .fits(&value)
            .then(|| Lead::Bytes("name", bytes(&value))),
        Filter::Actor(text) => text
            .fits(&value)
            .then(|| Lead::Bytes("actor", bytes(&value))),
        Filter::Ticket(text) => text
            .fits(&value)
            .then(|| Lead::Bytes("ticket", bytes(&value))),
        Filter::Label(label) => Some(Lead::Label(bytes(&label.key), bytes(&value))),
        _ => None,
    }
}
