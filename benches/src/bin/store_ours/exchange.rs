//! How fast do runs leave a store and come into another?

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use netsnap_core::store::Backend;
use netsnap_core::store::exchange::{
    ExportFormat, ExportOptions, ImportOptions, export_file, import,
};
use serde_json::{Value, json};

use crate::{Outcome, milliseconds};

/// Writes every run into a bundle.
pub(crate) async fn leave(store: &dyn Backend, bundle: &Path) -> Outcome<Value> {
    let options = ExportOptions {
        format: ExportFormat::Bundle,
        ..ExportOptions::default()
    };
    let start = Instant::now();
    let report = export_file(store, &options, bundle, &mut |_| {}).await?;
    Ok(json!({ "ms": milliseconds(start), "runs": report.executions }))
}

/// Brings every run of a bundle in.
pub(crate) async fn come(store: Arc<dyn Backend>, bundle: &Path) -> Outcome<Value> {
    let start = Instant::now();
    let report = import(&store, bundle, &ImportOptions::default(), &|_| ()).await?;
    Ok(json!({ "ms": milliseconds(start), "runs": report.imported.len() }))
}
