//! What is asked of an export, and what does it answer?

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::id::{Digest, ExecutionId};
use crate::store::Filter;

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExportFormat {
    /// As the ending of the file says: `.json`, `.ndjson` or `.jsonl`, `.csv`, `.tar`; one document where there is no ending, or no file.
    #[default]
    Auto,
    /// One document.
    Json,
    /// One JSON object a line, each with its `type`.
    Ndjson,
    /// One table; see [`CsvTable`].
    Csv,
    /// A tar file with the folder of each run, that an import takes back whole.
    Bundle,
}

/// What endings of files say.
const ENDINGS: &[(&str, ExportFormat)] = &[
    ("json", ExportFormat::Json),
    ("ndjson", ExportFormat::Ndjson),
    ("jsonl", ExportFormat::Ndjson),
    ("csv", ExportFormat::Csv),
    ("tar", ExportFormat::Bundle),
];

impl ExportFormat {
    /// Returns the form that is written.
    ///
    /// # Errors
    /// `InvalidInput` for an ending that says none.
    pub(super) fn of(self, path: Option<&Path>) -> Result<Self> {
        if self != Self::Auto {
            return Ok(self);
        }
        let Some(ending) = path.and_then(Path::extension) else {
            return Ok(Self::Json);
        };
        let mut known = ENDINGS.iter();
        let found = known.find(|(known, _)| ending.eq_ignore_ascii_case(known));
        found.map(|(_, format)| *format).ok_or_else(no_form)
    }
}

fn no_form() -> Error {
    let what = "the ending of the file does not say in which form to write it";
    Error::new(ErrorKind::InvalidInput, what)
        .hint("name the format: json, ndjson, csv, or bundle, which is a plain tar file")
}

/// The table of an export as CSV.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CsvTable {
    /// A row for each run.
    #[default]
    Executions,
    /// A row for each device of each run.
    DeviceResults,
    /// A row for each output of each run, without its bytes.
    Outputs,
}

/// What becomes of a file that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Existing {
    /// It stays, and the export is refused.
    #[default]
    Keep,
    /// The export takes its place, once it is whole.
    Replace,
}

/// What is exported, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExportOptions {
    /// Which runs; every one by default.
    pub filter: Filter,
    /// Only these of them, when there are any here.
    pub executions: Vec<ExecutionId>,
    /// In which form.
    pub format: ExportFormat,
    /// Which table, as CSV.
    pub table: CsvTable,
    /// With the events of each run, as JSON and lines of JSON. A bundle always has them.
    pub events: bool,
    /// With the outputs of each run, as JSON and lines of JSON. A bundle always has them.
    pub outputs: bool,
    /// What becomes of a file that is there, for an export to a file.
    pub existing: Existing,
    /// Who exports.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            executions: Vec::new(),
            format: ExportFormat::default(),
            table: CsvTable::default(),
            events: false,
            outputs: true,
            existing: Existing::default(),
            actor: String::new(),
            reason: None,
        }
    }
}

/// A run that is not in an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The run.
    pub execution: ExecutionId,
    /// Why.
    pub reason: String,
}

/// What was exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportReport {
    /// In which form.
    pub format: ExportFormat,
    /// Runs that were written.
    pub executions: u64,
    /// Bytes that were written.
    pub bytes: u64,
    /// SHA-256 of what was written.
    pub digest: Digest,
    /// Runs that were meant and not written: they still go on, were removed meanwhile, or something of them cannot be
    /// read.
    pub left_out: Vec<LeftOut>,
    /// Outputs that were not written, because the store can read only a newer one of the same command, device and run.
    pub superseded_outputs: u64,
    /// The number of the entry of the audit log that tells of it; none where the log cannot be written to: what is on a full disk can
    /// still be taken off it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_entry: Option<u64>,
}

impl ExportReport {
    pub(super) fn of(format: ExportFormat) -> Self {
        Self {
            format,
            executions: 0,
            bytes: 0,
            digest: Digest::of(b""),
            left_out: Vec::new(),
            superseded_outputs: 0,
            audit_entry: None,
        }
    }

    pub(super) fn leave_out(&mut self, execution: ExecutionId, reason: &str) {
        self.left_out.push(LeftOut {
            execution,
            reason: reason.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_a_file_says_in_which_form_it_is_written() {
        use ExportFormat::{Auto, Bundle, Csv, Json, Ndjson};
        for (name, format) in [
            ("b.json", Json),
            ("b.ndjson", Ndjson),
            ("b.jsonl", Ndjson),
            ("2026.01/b.CSV", Csv),
            ("b.tar", Bundle),
            ("runs", Json),
            (".runs", Json),
        ] {
            assert_eq!(Auto.of(Some(Path::new(name))).unwrap(), format, "{name}");
        }
        assert_eq!(Auto.of(None).unwrap(), Json);
        assert_eq!(Csv.of(Some(Path::new("b.json"))).unwrap(), Csv);
        for name in ["b.xlsx", "b.tar.gz", "b.json.bak"] {
            let refused = Auto.of(Some(Path::new(name))).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{name}");
        }
    }
}
