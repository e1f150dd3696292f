//! Which device said this, and when? A text or an expression is looked for in the recorded outputs of one run or of many.
//!
//! One output at a time is in memory. The walk goes from run to run in the order of the list, newest first, and within a run in
//! the order of its outputs; a cursor goes on behind the last line that was looked at.

mod cursor;
mod lines;
mod pattern;
mod walk;

use serde::{Deserialize, Serialize};

use self::cursor::Place;
use self::pattern::Finder;
use self::walk::Walk;
use super::{Backend, Damage, Filter, Sort};
use crate::error::{Error, ErrorKind, Result};
use crate::event::Progress;
use crate::id::ExecutionId;

/// How a pattern is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Syntax {
    /// Every character stands for itself.
    #[default]
    Literal,
    /// A regular expression of the `regex` crate, which needs time in proportion to the text, whatever the expression.
    Regex,
}

/// Whether upper and lower case differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// They differ.
    #[default]
    Sensitive,
    /// They do not, for the letters of Unicode.
    Ignored,
}

/// What is looked for, where, and how much of it is wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SearchOptions {
    /// What to look for, on one line of an output.
    pub pattern: String,
    /// How it is read.
    pub syntax: Syntax,
    /// Whether upper and lower case differ.
    pub case: Case,
    /// Only in this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution: Option<ExecutionId>,
    /// Only in these runs; every one by default. Not together with `execution`.
    pub filter: Filter,
    /// In which order the runs are searched; newest first by default.
    pub sort: Sort,
    /// Only on devices of such a name: `*` stands for any characters, `?` for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Only in outputs of such a command: `*` stands for any characters, `?` for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Lines to show in front of each hit.
    pub before: usize,
    /// Lines to show behind each hit.
    pub after: usize,
    /// Stop after so many hits.
    pub max_hits: usize,
    /// Stop after so many runs.
    pub max_executions: usize,
    /// Stop before more bytes of outputs than this are read; a single larger output is read all the same.
    pub max_bytes: u64,
    /// The cursor of the search before, to go on where it stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            pattern: String::new(),
            syntax: Syntax::Literal,
            case: Case::Sensitive,
            execution: None,
            filter: Filter::default(),
            sort: Sort::default(),
            device: None,
            command: None,
            before: 0,
            after: 0,
            max_hits: 1_000,
            max_executions: 10_000,
            max_bytes: 4 << 30,
            cursor: None,
        }
    }
}

/// A line that fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The run.
    pub execution: ExecutionId,
    /// The device.
    pub device: String,
    /// The command.
    pub command: String,
    /// The place of the output in the list of the outputs of the run, counted from 0.
    pub output: usize,
    /// The number of the line, counted from 1.
    pub line: u64,
    /// Where the first fit begins in it, in bytes counted from 1.
    pub column: u64,
    /// How many bytes fit.
    pub length: u64,
    /// The line without its end. Bytes that are no UTF-8 become U+FFFD; of a very long line the part around the fit.
    pub text: String,
    /// The lines in front of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// The lines behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
}

/// Why a search stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Enough hits.
    Hits,
    /// Enough runs.
    Executions,
    /// Enough bytes.
    Bytes,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchResult {
    /// The lines that fit, in the order of the walk.
    pub hits: Vec<Hit>,
    /// Which limit stopped the search; absent when everything was searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Limit>,
    /// What to hand in to go on; there whenever `truncated` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Runs that were searched, whole or in part.
    pub executions: u64,
    /// Outputs that were read.
    pub outputs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What could not be read, and was passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Damage>,
}

/// Looks for a text or an expression in recorded outputs, line by line.
///
/// A walk by cursors meets each fitting line of the runs that were there from the first call on exactly once, in any number of
/// calls. `progress` hears of each run that was searched. An output or run that cannot be read is named in the result and hides no other.
///
/// # Errors
/// `InvalidInput` for a pattern that is empty, too long, broken, or fits line ends only, for a limit of 0, and for a damaged
/// cursor or one of another search; `NotFound` for a single run that is not there; `Storage`.
pub async fn search_output(
    store: &dyn Backend,
    options: &SearchOptions,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<SearchResult> {
    check(options)?;
    let finder = Finder::new(&options.pattern, options.syntax, options.case)?;
    let start = Place::start(options, store.now())?;
    let walk = Walk::new(store, options, &finder, start);
    walk.telling(progress).run().await
}

fn check(options: &SearchOptions) -> Result<()> {
    if options.max_hits == 0 || options.max_executions == 0 || options.max_bytes == 0 {
        return Err(bad("a search with a limit of 0 finds nothing").hint("ask for at least one"));
    }
    if options.execution.is_some() && !options.filter.is_everything() {
        return Err(
            bad("a search goes through one run or through those of a filter, not both")
                .hint("leave one of the two out"),
        );
    }
    Ok(())
}

fn bad(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, what).during("store.search_output")
}
