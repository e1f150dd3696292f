//! Which index leads to the rows of a page? One that begins with a condition of the filter and goes on with the order of lists.

use super::driver::{Dialect, Value};
use super::filter::{all_bytes, is_plain, words};
use super::rows::findable;
use super::statement::Statement;
use crate::error::Result;
use crate::model::ExecutionStatus;
use crate::store::Filter;
use crate::store::query::{CounterName, LabelMatch, TextMatch};

/// So many branches are merged at most.
pub(super) const BRANCHES: usize = 32;

/// The runs that one entry of an index leads to, as far as they pass the tests.
#[derive(Clone, Debug)]
pub(super) struct Branch<'f> {
    pub(super) lead: Lead,
    pub(super) tests: Vec<&'f Filter>,
}

/// The beginning of an entry of an index.
#[derive(Clone, Debug)]
pub(super) enum Lead {
    /// A column of the run that holds a word.
    Word(&'static str, Value),
    /// A column of the run that holds any bytes.
    Bytes(&'static str, Value),
    /// A condition on the run that an index has of its own.
    Mark(&'static str),
    /// A label with a value.
    Label(Value, Value),
    /// A device.
    Device(String),
    /// A kind of error.
    ErrorKind(Value),
}

impl Lead {
    /// The table whose index leads, and the name of its row.
    pub(super) fn table(&self) -> &'static str {
        match self {
            Self::Label(..) => "label d",
            Self::Device(_) => "device d",
            Self::ErrorKind(_) => "error_kind d",
            _ => "execution e",
        }
    }

    /// The name of the row.
    pub(super) fn row(&self) -> &'static str {
        match self {
            Self::Word(..) | Self::Bytes(..) | Self::Mark(_) => "e",
            _ => "d",
        }
    }

    /// The number of the run.
    pub(super) fn number(&self) -> &'static str {
        match self.row() {
            "e" => "e.number",
            _ => "d.execution",
        }
    }

    /// Writes the condition on the row.
    pub(super) fn condition(&self, statement: &mut Statement, dialect: &Dialect) {
        match self {
            Self::Word(column, word) => equal(statement, &format!("e.{column}"), word),
            Self::Bytes(column, bytes) => whole(statement, dialect, &format!("e.{column}"), bytes),
            Self::Mark(condition) => {
                statement.push(condition);
            }
            Self::Label(key, value) => {
                whole(statement, dialect, "d.key", key);
                statement.push(" and ");
                whole(statement, dialect, "d.value", value);
            }
            Self::Device(name) => whole(statement, dialect, "d.name", &name.as_str().into()),
            Self::ErrorKind(kind) => equal(statement, "d.kind", kind),
        }
    }
}

fn equal(statement: &mut Statement, column: &str, value: &Value) {
    statement.push(column).push(" = ").bind(value.clone());
}

/// Where an index holds the beginning alone, it is asked for that, and the row for the whole. What is shorter than a beginning is
/// whole in the index; asked for twice, the database would take it for rarer than it is, and choose another way to it.
fn whole(statement: &mut Statement, dialect: &Dialect, column: &str, value: &Value) {
    let Some(beginning) = dialect.cut(value) else {
        return equal(statement, &dialect.indexed(column), value);
    };
    equal(statement, &dialect.indexed(column), &beginning);
    statement.push(" and ");
    equal(statement, column, value);
}

/// A way to the rows, and how few of all it probably leads to: the lower the better.
struct Way<'f> {
    rank: u8,
    branches: Vec<Branch<'f>>,
}

/// Returns branches that together have every run that fits; `None` when no index leads to them.
///
/// # Errors
/// `Internal`.
pub(super) fn branches<'f>(
    filter: &'f Filter,
    known: &'f [Known<'f>],
) -> Result<Option<Vec<Branch<'f>>>> {
    let way = way(filter, known)?;
    Ok(way
        .filter(|way| way.branches.len() <= BRANCHES)
        .map(|way| way.branches))
}

/// A pattern of the filter, with all values that fit it in the database.
pub(super) type Known<'f> = (&'f Filter, Vec<Lead>);

fn way<'f>(filter: &'f Filter, known: &'f [Known<'f>]) -> Result<Option<Way<'f>>> {
    match filter {
        Filter::All(filters) => every(filters, known),
        Filter::Any(filters) => any(filters, known),
        filter => {
            let values = known.iter().find(|(pattern, _)| *pattern == filter);
            let found = match values {
                Some((_, leads)) => Some((3, leads.clone())),
                None => leads(filter)?,
            };
            let tests: Vec<_> = (!is_enough(filter)).then_some(filter).into_iter().collect();
            Ok(found.map(|(rank, leads)| Way {
                rank,
                branches: tested(leads, &tests),
            }))
        }
    }
}

fn tested<'f>(leads: Vec<Lead>, tests: &[&'f Filter]) -> Vec<Branch<'f>> {
    let branch = |lead| Branch {
        lead,
        tests: tests.to_vec(),
    };
    leads.into_iter().map(branch).collect()
}

/// The best of the ways, with the other conditions as tests.
fn every<'f>(filters: &'f [Filter], known: &'f [Known<'f>]) -> Result<Option<Way<'f>>> {
    let mut best: Option<(usize, Way<'_>)> = None;
    for (place, filter) in filters.iter().enumerate() {
        let Some(way) = way(filter, known)?.filter(|way| way.branches.len() <= BRANCHES) else {
            continue;
        };
        if best.as_ref().is_none_or(|(_, best)| way.rank < best.rank) {
            best = Some((place, way));
        }
    }
    let Some((chosen, mut way)) = best else {
        return Ok(None);
    };
    for branch in &mut way.branches {
        let others = filters.iter().enumerate();
        let others = others.filter(|(place, filter)| *place != chosen && !filter.is_everything());
        branch.tests.extend(others.map(|(_, filter)| filter));
    }
    Ok(Some(way))
}

/// All ways together, when there is one for each.
fn any<'f>(filters: &'f [Filter], known: &'f [Known<'f>]) -> Result<Option<Way<'f>>> {
    let mut all = Way {
        rank: 0,
        branches: Vec::new(),
    };
    for filter in filters {
        let Some(way) = way(filter, known)? else {
            return Ok(None);
        };
        all.rank = all.rank.max(way.rank);
        all.branches.extend(way.branches);
    }
    Ok(Some(all))
}

type Leads = Option<(u8, Vec<Lead>)>;

/// The entries that a single condition leads to. The lower the number beside them, the fewer runs an entry usually has.
fn leads(filter: &Filter) -> Result<Leads> {
    Ok(match filter {
        Filter::Not(filter) => return opposite(filter),
        Filter::RetryOf(id) => bytes(0, "retry_of", one(id.as_str())),
        Filter::Parent(id) => bytes(0, "parent", one(id.as_str())),
        Filter::Ticket(text) => equals(0, "ticket", text),
        Filter::Job(job) => bytes(1, "job", one(job)),
        Filter::Name(text) => equals(1, "name", text),
        Filter::Device(name) => is_plain(name).then(|| (1, vec![Lead::Device(findable(name))])),
        Filter::Label(label) => label_leads(label),
        Filter::Pinned(true) => Some((2, vec![Lead::Mark("e.pinned = 1")])),
        Filter::Incomplete(true) => Some((2, vec![Lead::Mark("e.incomplete = 1")])),
        Filter::DryRun(true) => Some((3, vec![Lead::Mark("e.dry_run = 1")])),
        Filter::Archived(true) => Some((4, vec![Lead::Mark("e.archived = 1")])),
        Filter::Counter(counter) if counter.at_least.is_some_and(|least| least > 0) => {
            counted(counter.name)
        }
        Filter::ErrorKind(kinds) => {
            let kinds = kinds
                .iter()
                .map(|kind| Lead::ErrorKind(kind.as_str().into()));
            Some((2, kinds.collect()))
        }
        Filter::Actor(text) => equals(3, "actor", text),
        Filter::Tool(tool) => bytes(4, "tool", one(tool)),
        Filter::Status(states) if states.contains(&ExecutionStatus::Succeeded) => {
            word_leads(5, "status", states)?
        }
        Filter::Status(states) => word_leads(3, "status", states)?,
        Filter::Kind(kinds) => word_leads(4, "kind", kinds)?,
        Filter::Trigger(triggers) => word_leads(4, "cause", triggers)?,
        _ => None,
    })
}

/// The runs that have any of what they seldom have. That the number is the one that is asked for remains to be tested.
fn counted(counter: CounterName) -> Leads {
    let mark = match counter {
        CounterName::FailedDevices => "e.failed_devices > 0",
        CounterName::ChangedDevices => "e.changed_devices > 0",
        CounterName::UnreachableDevices => "e.unreachable_devices > 0",
        CounterName::FailedCommands => "e.failed_commands > 0",
        CounterName::ChangedTasks => "e.changed_tasks > 0",
        CounterName::UnreachableTasks => "e.unreachable_tasks > 0",
        CounterName::FailedTasks => "e.failed_tasks > 0",
        CounterName::RescuedTasks => "e.rescued_tasks > 0",
        CounterName::IgnoredTasks => "e.ignored_tasks > 0",
        _ => return None,
    };
    Some((4, vec![Lead::Mark(mark)]))
}

/// Says whether a lead has only runs that fit the condition.
fn is_enough(filter: &Filter) -> bool {
    !matches!(filter, Filter::Counter(_))
}

fn one(text: &str) -> Vec<Value> {
    vec![text.as_bytes().into()]
}

fn bytes(rank: u8, column: &'static str, values: Vec<Value>) -> Leads {
    let lead = |value| Lead::Bytes(column, value);
    Some((rank, values.into_iter().map(lead).collect()))
}

fn equals(rank: u8, column: &'static str, text: &TextMatch) -> Leads {
    match text {
        TextMatch::Equals(text) => bytes(rank, column, one(text)),
        TextMatch::In(texts) => bytes(rank, column, all_bytes(texts)),
        TextMatch::StartsWith(_) | TextMatch::Contains(_) => None,
    }
}

fn label_leads(label: &LabelMatch) -> Leads {
    let values = match (&label.equals, &label.one_of) {
        (None, None) => return None,
        (Some(value), None) => one(value),
        (None, Some(values)) => all_bytes(values),
        (Some(value), Some(values)) if values.contains(value) => one(value),
        (Some(_), Some(_)) => Vec::new(),
    };
    let lead = |value| Lead::Label(label.key.as_bytes().into(), value);
    Some((1, values.into_iter().map(lead).collect()))
}

fn word_leads<T: serde::Serialize>(rank: u8, column: &'static str, values: &[T]) -> Result<Leads> {
    let words = words(values)?.into_iter();
    let leads = words.map(|word| Lead::Word(column, word)).collect();
    Ok(Some((rank, leads)))
}

/// A mark that is not set is the opposite one. Of words and patterns the database knows the others, see
/// [`known`](super::known).
fn opposite(filter: &Filter) -> Result<Leads> {
    match filter {
        Filter::Pinned(truth) => leads(&Filter::Pinned(!truth)),
        Filter::DryRun(truth) => leads(&Filter::DryRun(!truth)),
        Filter::Archived(truth) => leads(&Filter::Archived(!truth)),
        Filter::Incomplete(truth) => leads(&Filter::Incomplete(!truth)),
        _ => Ok(None),
    }
}
