//! Which runs are written, in which form, and where to?

mod csv;
mod file;
mod json;
mod ndjson;
mod options;
mod run;
mod sink;
mod tell;
mod walk;

use std::io::Write;
use std::path::Path;

use async_trait::async_trait;
use futures_util::future::BoxFuture;

pub use self::options::{CsvTable, Existing, ExportFormat, ExportOptions, ExportReport, LeftOut};
pub(super) use self::run::Run;
pub(super) use self::sink::Sink;
use self::walk::Walk;
use super::bundle;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Progress;
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::Backend;

/// One form of export.
#[async_trait]
pub(super) trait Encoder: Send {
    /// Writes what stands before the first run.
    async fn begin(&mut self, sink: &mut Sink<'_>) -> Result<()>;

    /// Says why a run cannot be written in this form.
    fn refuses(&self, _: &Execution) -> Option<&'static str> {
        None
    }

    /// Writes a run. One that fails leaves the encoder as it was before.
    async fn run(&mut self, run: &Run<'_>, sink: &mut Sink<'_>) -> Result<()>;

    /// Writes what stands behind the last run.
    async fn end(&mut self, sink: &mut Sink<'_>) -> Result<()>;
}

fn encoder(options: &ExportOptions) -> Box<dyn Encoder> {
    match options.format {
        ExportFormat::Auto | ExportFormat::Json => Box::new(json::Json::new(options)),
        ExportFormat::Ndjson => Box::new(ndjson::Ndjson::new(options)),
        ExportFormat::Csv => Box::new(csv::Csv::new(options.table)),
        ExportFormat::Bundle => Box::new(bundle::Writer::default()),
    }
}

/// Writes runs, oldest first, one at a time: never more than one output and a few megabytes are in memory. A run of which something
/// cannot be read, or that is removed meanwhile, is left out, and the report names it.
///
/// `progress` is told after each run how many are done. The same finished runs give the same bytes, in every form. The audit log tells
/// who exported what.
///
/// # Errors
/// `NotFound` for a run that was named and is not there; `InvalidInput` for a filter that cannot be read, and for a file whose ending
/// does not say in which form to write it where nothing else does; `Unsupported` for
/// an output that is too large for a bundle; `Conflict` when others append to the audit log for several seconds; `Storage`
/// and `StorageFull`, of the store and of what is written to.
pub fn export<'a>(
    store: &'a dyn Backend,
    options: &'a ExportOptions,
    out: &'a mut (dyn Write + Send),
    progress: &'a mut (dyn FnMut(Progress) + Send),
) -> BoxFuture<'a, Result<ExportReport>> {
    Box::pin(async move {
        let options = &formed(options, None)?;
        let mut sink = Sink::writer(out);
        let written = write(store, options, &mut sink, progress).await;
        let written = tell::of(store, options, (written, None)).await;
        written.map_err(|error| error.during("store.export"))
    })
}

/// Writes runs into a file, which appears when it is whole and the audit log was told. See [`export`].
///
/// # Errors
/// `AlreadyExists` when the file is there and is to be kept; those of [`export`].
pub fn export_file<'a>(
    store: &'a dyn Backend,
    options: &'a ExportOptions,
    path: &'a Path,
    progress: &'a mut (dyn FnMut(Progress) + Send),
) -> BoxFuture<'a, Result<ExportReport>> {
    Box::pin(async move {
        let written = into_file(store, options, path, progress).await;
        written.map_err(|error| error.during("store.export").with("path", path.display()))
    })
}

/// The options, with the form that is written.
fn formed(options: &ExportOptions, path: Option<&Path>) -> Result<ExportOptions> {
    Ok(ExportOptions {
        format: options.format.of(path)?,
        ..options.clone()
    })
}

async fn into_file(
    store: &dyn Backend,
    options: &ExportOptions,
    path: &Path,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<ExportReport> {
    let options = &formed(options, Some(path))?;
    file::check(path, options.existing)?;
    let (mut sink, file) = file::begin(path, options.existing);
    let report = write(store, options, &mut sink, progress).await;
    let report = tell::of(store, options, (report, Some(path))).await;
    file.end(sink, report).await
}

async fn write(
    store: &dyn Backend,
    options: &ExportOptions,
    sink: &mut Sink<'_>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<ExportReport> {
    let mut walk = Walk::of(store, options).await?;
    let mut work = Work {
        store,
        encoder: encoder(options),
        report: ExportReport::of(options.format),
    };
    work.encoder.begin(sink).await?;
    let mut done = 0;
    while let Some(execution) = walk.next(store).await? {
        work.run(execution, sink).await?;
        done += 1;
        progress(Progress {
            done,
            total: walk.total().max(done),
        });
    }
    work.encoder.end(sink).await?;
    sink.flush().await?;
    work.report.bytes = sink.bytes();
    work.report.digest = sink.digest();
    Ok(work.report)
}

/// An export that goes on.
struct Work<'a> {
    store: &'a dyn Backend,
    encoder: Box<dyn Encoder>,
    report: ExportReport,
}

impl Work<'_> {
    async fn run(&mut self, execution: Execution, sink: &mut Sink<'_>) -> Result<()> {
        if let Some(reason) = self.encoder.refuses(&execution) {
            self.report.leave_out(execution.id, reason);
            return Ok(());
        }
        let id = execution.id.clone();
        sink.hold();
        match self.whole(execution, sink).await {
            Err(error) if is_of_the_run(error.kind()) => {
                sink.take_back();
                let reason = reason(self.store, &id, &error).await?;
                self.report.leave_out(id, &reason);
                return Ok(());
            }
            superseded => self.report.superseded_outputs += superseded?,
        }
        self.report.executions += 1;
        sink.keep().await
    }

    /// Writes a run, and returns how many of its outputs could not be.
    async fn whole(&mut self, execution: Execution, sink: &mut Sink<'_>) -> Result<u64> {
        let run = Run::load(self.store, execution).await?;
        self.encoder.run(&run, sink).await?;
        Ok(run.superseded)
    }
}

/// Says why a run cannot be written.
async fn reason(store: &dyn Backend, id: &ExecutionId, error: &Error) -> Result<String> {
    match store.load(id).await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Ok("it was removed meanwhile".to_owned())
        }
        Err(other) if !is_of_the_run(other.kind()) => Err(other),
        _ => Ok(format!("something of it cannot be read: {error}")),
    }
}

/// Says whether a failure has to do with one run alone.
fn is_of_the_run(kind: ErrorKind) -> bool {
    use ErrorKind::{Conflict, Corrupt, NotFound};
    matches!(kind, Conflict | Corrupt | NotFound)
}
