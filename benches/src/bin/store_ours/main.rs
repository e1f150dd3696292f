//! Our own contender for the history: does one thing with a store as its users do, and reports it in one line of JSON.
//!
//! `store-ours CASE --store URL [--count N]`. What is filled is filled through the store itself.

mod exchange;
mod files;
mod fill;
mod floor;
mod keep;
mod live;
mod pages;
mod read;
mod record;
mod small;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use netsnap_core::store::{self, Backend, RecordingLevel};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[derive(Clone, Copy, ValueEnum)]
enum Case {
    /// Results as events, in one run.
    Results,
    /// Results as events, each with an output, in one run.
    Outputs,
    /// Plain events through the engine, as through Python and Node.
    Events,
    /// A history of finished runs.
    Fill,
    /// The summaries of all runs, into a file.
    Summaries,
    /// Opening, up to the first answer.
    Open,
    /// A page at the begin, in the middle and at the end of a list.
    Pages,
    /// Small runs with labels and parameters.
    Small,
    /// Runs with a device, a command and its output.
    Commands,
    /// Small runs by label.
    Labels,
    /// A run that another process follows.
    Live,
    /// The process that follows it.
    Follow,
    /// Runs with many results.
    Runs,
    /// Removing every run.
    Prune,
    /// A run with many outputs.
    Texts,
    /// Looking for a text in outputs.
    Search,
    /// Every run into a bundle.
    Export,
    /// Every run of a bundle.
    Import,
    /// How many events the newest run has.
    Newest,
}

/// See [`RecordingLevel`].
#[derive(Clone, Copy, ValueEnum)]
enum Level {
    Batched,
    Strict,
}

impl From<Level> for RecordingLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Batched => Self::Batched,
            Level::Strict => Self::Strict,
        }
    }
}

/// Which part of a history is listed.
#[derive(Clone, Copy, ValueEnum)]
enum Part {
    Every,
    Failed,
    Device,
}

#[derive(Parser)]
struct Arguments {
    case: Case,
    #[arg(long)]
    store: String,
    #[arg(long, default_value_t = 1)]
    count: usize,
    #[arg(long, value_enum, default_value_t = Level::Batched)]
    level: Level,
    #[arg(long, value_enum, default_value_t = Part::Every)]
    part: Part,
    /// Where a file for the medium's own speed is made.
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// The file of an export, or of summaries.
    #[arg(long, default_value = "bundle.tar")]
    bundle: PathBuf,
    /// The run that is followed.
    #[arg(long)]
    execution: Option<String>,
}

#[tokio::main]
#[expect(
    clippy::print_stdout,
    reason = "the line on standard output is the result"
)]
async fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    let start = Instant::now();
    let store = store::open(&arguments.store).await?;
    let result = match arguments.case {
        Case::Results => record::results(store, &arguments).await?,
        Case::Outputs => record::outputs(store, &arguments).await?,
        Case::Events => record::events(&arguments).await?,
        Case::Fill => fill::history(store, arguments.count).await?,
        Case::Summaries => fill::summaries(store.as_ref(), &arguments.bundle).await?,
        Case::Open => pages::first(store.as_ref(), start).await?,
        Case::Pages => pages::pages(store.as_ref(), &arguments).await?,
        Case::Small => small::record(store, arguments.count).await?,
        Case::Commands => small::commands(store, arguments.count).await?,
        Case::Labels => small::search(store.as_ref()).await?,
        Case::Live => live::write(store, &arguments).await?,
        Case::Follow => live::follow(store, &arguments).await?,
        Case::Runs => keep::runs(store, arguments.count).await?,
        Case::Prune => keep::all(store.as_ref()).await?,
        Case::Texts => read::texts(store, arguments.count).await?,
        Case::Search => read::search(store.as_ref()).await?,
        Case::Export => exchange::leave(store.as_ref(), &arguments.bundle).await?,
        Case::Import => exchange::come(store, &arguments.bundle).await?,
        Case::Newest => newest(store.as_ref()).await?,
    };
    println!("{result}");
    Ok(())
}

/// Of the newest run: how it ended, and how much of it is there.
async fn newest(store: &dyn Backend) -> Outcome<Value> {
    let id = store.current().await?.ok_or("no run has ended")?;
    let run = store.load(&id).await?;
    let outputs = store.outputs(&id).await?.len();
    Ok(json!({
        "status": run.status, "events": run.last_sequence, "outputs": outputs,
        "devices": run.results.completed_devices, "incomplete": run.incomplete,
    }))
}

/// Milliseconds since a moment.
fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

/// Runs that are recorded at one time, where many are recorded.
const AT_ONCE: usize = 8;

/// Does many things, several at one time.
async fn many<F: Future<Output = netsnap_core::Result<()>>>(
    count: usize,
    work: impl Fn(usize) -> F,
) -> Outcome<()> {
    use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
    let all = stream::iter(0..count).map(|number| Ok::<_, netsnap_core::Error>(work(number)));
    let all = all.try_buffer_unordered(AT_ONCE);
    all.try_for_each(async |()| Ok(())).await?;
    Ok(())
}

/// Begins a run in a store, without anybody who listens.
async fn begin(
    store: &Arc<dyn Backend>,
    new: store::NewExecution,
) -> netsnap_core::Result<store::Recorder> {
    let (bus, _) = tokio::sync::broadcast::channel(16);
    store::Recorder::begin(Arc::clone(store), new, bus).await
}
