//! Who took what out of the store? One entry of the audit log for each export.

use std::path::Path;

use super::{ExportOptions, ExportReport};
use crate::error::{ErrorKind, Result};
use crate::id::Digest;
use crate::store::Backend;
use crate::store::audit::{Audit, AuditAction, NewAuditEntry};
use crate::store::retention::word;

/// Tells of an export that succeeded, to a file or to whoever reads it. One that could not be told of because the log cannot be
/// written to is good all the same: who has no space left, or may only read, must be able to take something out.
///
/// # Errors
/// That of the export; `Conflict`.
pub(super) async fn of(
    store: &dyn Backend,
    options: &ExportOptions,
    (report, path): (Result<ExportReport>, Option<&Path>),
) -> Result<ExportReport> {
    let report = report?;
    let told = Audit::of(store).append(entry(options, &report, path)).await;
    let audit_entry = match told {
        Ok(entry) => Some(entry.number),
        Err(error) if is_of_the_log(error.kind()) => None,
        Err(error) => return Err(error),
    };
    Ok(ExportReport {
        audit_entry,
        ..report
    })
}

fn is_of_the_log(kind: ErrorKind) -> bool {
    use ErrorKind::{Corrupt, ReadOnly, Storage, StorageFull};
    matches!(kind, Corrupt | ReadOnly | Storage | StorageFull)
}

/// Says how many runs left the store, in which form, where to, and by which filter; the digest is that of the bytes.
fn entry(options: &ExportOptions, report: &ExportReport, path: Option<&Path>) -> NewAuditEntry {
    let mut said = format!(
        "{} runs as {}, chosen by {}",
        report.executions,
        word(&report.format),
        chosen_by(options)
    );
    if let Some(path) = path {
        said += &format!(", into {}", path.display());
    }
    if let Some(reason) = &options.reason {
        said += &format!(": {reason}");
    }
    let entry = NewAuditEntry::new(&options.actor, AuditAction::Export, "store", "");
    NewAuditEntry {
        after: Some(report.digest),
        ..entry.because(Some(&said))
    }
}

/// Names the filter and the runs that were asked for: SHA-256, in the domain `export`, of a compact JSON array of the two.
fn chosen_by(options: &ExportOptions) -> Digest {
    let asked = serde_json::json!([options.filter, options.executions]);
    Digest::of_kind("export", asked.to_string().as_bytes())
}
