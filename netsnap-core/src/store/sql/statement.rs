//! How is a statement put together? Words and values side by side, so that no value ever becomes words.

use super::driver::Value;

/// A statement that is being written.
#[derive(Clone, Debug, Default)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Statement {
    pub(super) fn new(sql: &str) -> Self {
        Self {
            sql: sql.to_owned(),
            values: Vec::new(),
        }
    }

    /// Adds words.
    pub(super) fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Adds a value.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.sql.push_str(&format!("${}", self.values.len()));
        self
    }

    /// Adds values, in parentheses.
    pub(super) fn list(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        let opening = ["("].into_iter().chain(std::iter::repeat(", "));
        for (value, opening) in values.into_iter().zip(opening) {
            self.push(opening).bind(value);
        }
        self.push(")")
    }

    /// Adds rows of values, behind `values`. There is at least one.
    pub(super) fn rows(&mut self, rows: impl IntoIterator<Item = Vec<Value>>) -> &mut Self {
        let opening = ["values "].into_iter().chain(std::iter::repeat(", "));
        for (row, opening) in rows.into_iter().zip(opening) {
            self.push(opening).list(row);
        }
        self
    }
}
