//! How does a value become columns, and columns a value?

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::{Position, SortBy};

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
pub(super) fn from_json<T: DeserializeOwned>(id: &ExecutionId, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|source| {
        Error::new(ErrorKind::Corrupt, "a row of a run cannot be read")
            .with("execution", id)
            .because(source)
    })
}

/// Writes a number for a column; SQLite has no greater ones.
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

/// Writes a limit for a statement.
pub(super) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// The columns by which runs are ordered.
pub(super) struct Place {
    pub(super) created_at: i64,
    pub(super) id: String,
}

impl Place {
    /// The place of a position.
    ///
    /// # Errors
    /// `InvalidInput` for a time outside of the years 1678 to 2261.
    pub(super) fn of(position: &Position) -> Result<Self> {
        let created_at = i64::try_from(position.created_at.as_nanosecond()).map_err(|source| {
            Error::new(
                ErrorKind::InvalidInput,
                "the time is too far away for the database",
            )
            .with("created_at", position.created_at)
            .because(source)
        })?;
        Ok(Self {
            created_at,
            id: position.id.to_string(),
        })
    }
}

/// The columns of a run.
pub(super) struct Row {
    pub(super) place: Place,
    pub(super) revision: i64,
    pub(super) terminal: bool,
    pub(super) summary: String,
}

impl Row {
    /// The row of a summary.
    pub(super) fn of(execution: &Execution) -> Result<Self> {
        Ok(Self {
            place: Place::of(&Position::of(execution, SortBy::Created))?,
            revision: integer(execution.revision)?,
            terminal: execution.status.is_terminal(),
            summary: to_json(execution)?,
        })
    }
}
