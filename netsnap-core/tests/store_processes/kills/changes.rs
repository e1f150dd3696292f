//! What is left when a process is killed while it changes what is there: in a mark, an import, a prune, or the recovery of what
//! another kill left?
//!
//! Children leave a run behind and do all of these in turn. Two waves of them are killed before anybody else looks: the second
//! meets what the first left, and is killed while it makes it right.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use netsnap_core::id::ExecutionId;
use netsnap_core::model::{Execution, ExecutionStatus};
use netsnap_core::store::audit::Audit;
use netsnap_core::store::exchange::{
    ExportFormat, ExportOptions, ImportOptions, export_file, import,
};
use netsnap_core::store::remarks::{self, Author, LabelChange};
use netsnap_core::store::retention::{Newest, PruneOptions, PruneReport, RetentionPolicy, prune};
use netsnap_core::store::verify::{VerifyOptions, verify};
use netsnap_core::store::{self, Backend, Durability, FsStore, MemoryStore, recover};
use netsnap_core::{ErrorKind, Result};

use super::mortal::{Point, mortal};
#[cfg(feature = "postgres")]
use crate::server::Schema;
use crate::{all, assert_legal, begin, child, given_store, note, output, quick_folder, say};

const STORES: u32 = 2;
const ROUNDS: u32 = 7;
/// So many are killed at once.
const CHILDREN: u32 = 4;
/// One after the other, before anybody looks: 112 kills in all.
const WAVES: u32 = 2;
/// So many runs a prune leaves, beside those that are pinned.
const KEPT: u32 = 4;
/// Holds the path of what children import.
const BUNDLE: &str = "NETSNAP_TEST_BUNDLE";
/// Runs in it.
const BROUGHT: usize = 5;

/// Opens a store without a recovery: that is the child's to do, and to be killed in.
async fn unrecovered(url: &str) -> Result<Arc<dyn Backend>> {
    #[cfg(feature = "sqlite")]
    if let Some(path) = url.strip_prefix("sqlite:") {
        return Ok(Arc::new(store::SqlStore::sqlite(path).await?));
    }
    #[cfg(feature = "postgres")]
    if url.starts_with("postgres") {
        return Ok(Arc::new(store::SqlStore::postgres(url).await?));
    }
    Ok(Arc::new(FsStore::open(url).await?))
}

/// Changes what is there in every way there is, without end.
async fn change_until_killed(url: &str) {
    let store = mortal(unrecovered(url).await.unwrap());
    recover(store.as_ref()).await.unwrap();
    let anchor = anchor(store.as_ref()).await;
    for number in 0_u64.. {
        // Left behind: it goes on until this process is dead.
        let left = begin(&store).await;
        left.event(note(number), Durability::Durable).await.unwrap();
        left.output(output(number)).await.unwrap();
        let ended = begin(&store).await;
        ended.output(output(number)).await.unwrap();
        let ended = ended
            .finish(ExecutionStatus::Succeeded, None)
            .await
            .unwrap();
        mark(store.as_ref(), &anchor, number).await;
        settled(mark_others(store.as_ref(), &ended.id).await);
        bring(&store).await;
        pruned(store.as_ref()).await;
    }
}

/// The run that is pinned before anybody is killed.
async fn anchor(store: &dyn Backend) -> ExecutionId {
    let runs = all(store).await;
    let is_anchor = |run: &&Execution| run.labels.contains_key("anchor");
    let anchor = runs.iter().find(is_anchor).expect("it is pinned");
    anchor.id.clone()
}

/// Marks a run that stays, and says what was promised of it.
async fn mark(store: &dyn Backend, id: &ExecutionId, number: u64) {
    let process = std::process::id().to_string();
    let change = LabelChange {
        key: process.clone(),
        value: Some(number.to_string()),
    };
    let author = Author::new(process.clone());
    remarks::label(store, id, &change, &author).await.unwrap();
    say(&format!("label {process} {number}"));
    let text = number.to_string();
    remarks::annotate(store, id, &text, &author).await.unwrap();
    say(&format!("note {process} {number}"));
}

/// Marks a run that another child can remove in this moment.
async fn mark_others(store: &dyn Backend, id: &ExecutionId) -> Result<()> {
    let author = Author::default();
    remarks::pin(store, id, &author).await?;
    remarks::unpin(store, id, &author).await?;
    Ok(())
}

/// What others did in the same moment is no failure: another child removes a run, changes it, or brings the same.
fn is_settled(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::AlreadyExists
    )
}

fn settled<T>(result: Result<T>) {
    if let Err(error) = result {
        assert!(is_settled(error.kind()), "{error:?}");
    }
}

async fn bring(store: &Arc<dyn Backend>) {
    let path = PathBuf::from(std::env::var_os(BUNDLE).unwrap());
    let report = import(store, &path, &ImportOptions::default(), &|_| ()).await;
    for refused in report.unwrap().refused {
        assert!(is_settled(refused.error.kind), "{refused:?}");
    }
}

async fn pruned(store: &dyn Backend) -> PruneReport {
    let newest = Newest {
        count: KEPT.into(),
        ..Newest::default()
    };
    let options = PruneOptions {
        policy: RetentionPolicy {
            at_most: vec![newest],
            ..RetentionPolicy::default()
        },
        dry_run: false,
        ..PruneOptions::default()
    };
    prune(store, &options, &|_| ()).await.unwrap()
}

/// Runs to be imported, from a store that is no more.
async fn bundle(folder: &Path) -> PathBuf {
    let store: Arc<dyn Backend> = Arc::new(MemoryStore::new());
    for number in 0..BROUGHT as u64 {
        let run = begin(&store).await;
        run.output(output(number)).await.unwrap();
        run.finish(ExecutionStatus::Succeeded, None).await.unwrap();
    }
    let options = ExportOptions {
        format: ExportFormat::Bundle,
        ..ExportOptions::default()
    };
    let path = folder.join("runs.tar");
    let written = export_file(store.as_ref(), &options, &path, &mut |_| ()).await;
    assert_eq!(written.unwrap().executions, BROUGHT as u64);
    path
}

/// Makes the run that all children mark.
async fn make_anchor(url: &str) -> ExecutionId {
    let store = store::open(url).await.unwrap();
    let run = begin(&store).await;
    let run = run.finish(ExecutionStatus::Succeeded, None).await.unwrap();
    let author = Author::default();
    let change = LabelChange {
        key: "anchor".into(),
        value: Some("here".into()),
    };
    remarks::label(store.as_ref(), &run.id, &change, &author)
        .await
        .unwrap();
    remarks::pin(store.as_ref(), &run.id, &author)
        .await
        .unwrap();
    run.id
}

/// What children were told, and what was found.
#[derive(Default)]
struct Ledger {
    /// The last number that each child was told it had left as a label, and as a remark.
    promised: BTreeMap<(&'static str, String), u64>,
    /// Runs that were found ended, without the marks of people.
    ended: BTreeMap<ExecutionId, Execution>,
    interrupted: usize,
    brought: usize,
    half: usize,
}

impl Ledger {
    fn hear(&mut self, lines: &[String]) {
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            let (kind, process, number) = match words[..] {
                ["label", process, number] => ("label", process, number),
                ["note", process, number] => ("note", process, number),
                _ => continue,
            };
            let number = number.parse().unwrap();
            self.promised.insert((kind, process.to_owned()), number);
        }
    }

    /// Holds a store against it. Everybody who wrote to it is dead.
    async fn look(&mut self, store: &dyn Backend, anchor: &ExecutionId) {
        assert_eq!(store.damage().await.unwrap(), []);
        assert_eq!(store.unfinished().await.unwrap(), []);
        for run in all(store).await {
            assert_legal(store, &run).await;
            self.run(run);
        }
        self.kept(&store.load(anchor).await.unwrap());
        let chain = Audit::of(store).verify(None).await.unwrap();
        assert_eq!(chain.fault, None);
    }

    fn run(&mut self, run: Execution) {
        let id = run.id.clone();
        let brought = |text: &str| text.starts_with("imported from");
        let is_brought = run.annotations.iter().any(|note| brought(&note.text));
        let bare = Execution {
            labels: BTreeMap::new(),
            annotations: Vec::new(),
            pinned: false,
            revision: 0,
            ..run
        };
        let known = self.ended.insert(id, bare.clone());
        if known.as_ref() != Some(&bare) {
            self.half += usize::from(bare.incomplete.is_some());
            self.brought += usize::from(is_brought);
            self.interrupted += usize::from(bare.status == ExecutionStatus::Interrupted);
        }
        // What an import left half done, the next one brings whole; and what a prune removed can come in again, in part.
        let is_whole = |run: &Execution| run.incomplete.is_none();
        let known = known.filter(|known| is_whole(known) && is_whole(&bare));
        assert!(
            known.is_none_or(|known| known == bare),
            "an ended run was changed: {bare:?}"
        );
    }

    /// Nothing is lost of what was promised.
    fn kept(&self, anchor: &Execution) {
        for ((kind, process), number) in &self.promised {
            let found = match *kind {
                "label" => anchor.labels.get(process).cloned(),
                _ => {
                    let mut notes = anchor.annotations.iter().rev();
                    let last = notes.find(|note| note.actor == *process);
                    last.map(|note| note.text.clone())
                }
            };
            let found = found.and_then(|number| number.parse::<u64>().ok());
            assert!(
                found >= Some(*number),
                "{kind} {number} of {process} is {found:?}"
            );
        }
    }
}

/// Spreads kills over the writes, and over time.
fn point(kill: u32) -> Point {
    let chance = u64::from(getrandom::u32().unwrap());
    // A little more than there are from a recovery to the end of a prune.
    let write = 1 + kill / 4 * 5 % 64;
    match kill % 4 {
        0 => Point::Before(write),
        3 => Point::After(Duration::from_millis(5 + chance % 150)),
        _ => Point::Within(write, Duration::from_micros(chance % 2500)),
    }
}

fn wave(test: &str, url: &str, path: &Path, first: u32, ledger: &mut Ledger) {
    let kill = |number: u32| {
        let point = point(first + number);
        let mut command = child(test, url);
        command.env(BUNDLE, path);
        std::thread::spawn(move || point.kill(command))
    };
    let killed: Vec<_> = (0..CHILDREN).map(kill).collect();
    for child in killed {
        ledger.hear(&child.join().unwrap());
    }
}

async fn kill_in(test: &str, url: &str, first: u32, ledger: &mut Ledger) {
    let folder = quick_folder();
    let path = bundle(folder.path()).await;
    let anchor = make_anchor(url).await;
    for round in 0..ROUNDS {
        for number in 0..WAVES {
            let before = first + (round * WAVES + number) * CHILDREN;
            wave(test, url, &path, before, ledger);
        }
        let store = store::open(url).await.unwrap();
        ledger.look(store.as_ref(), &anchor).await;
    }
    finish(url, &path).await;
    ledger.promised.clear();
    ledger.ended.clear();
}

/// Whoever comes next brings and removes what the dead did not, and everything is right.
async fn finish(url: &str, path: &Path) {
    let store = store::open(url).await.unwrap();
    let report = import(&store, path, &ImportOptions::default(), &|_| ())
        .await
        .unwrap();
    assert_eq!(
        report.imported.len() + report.skipped.len(),
        BROUGHT,
        "{report:?}"
    );
    let report = pruned(store.as_ref()).await;
    assert_eq!((&report.stopped, report.unrecorded.len()), (&None, 0));
    // Marks come and go: one that was about to be removed can have been pinned by who died.
    let runs = all(store.as_ref()).await;
    let free = runs.iter().filter(|run| !run.pinned).count();
    assert!(free <= KEPT as usize, "{free} runs are left");
    let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}

/// A suite that killed nobody at work proves nothing.
fn assert_telling(ledger: &Ledger) {
    eprintln!(
        "{} interrupted, {} brought, {} of them in part",
        ledger.interrupted, ledger.brought, ledger.half
    );
    assert!(ledger.interrupted > 0 && ledger.brought > 0);
}

/// Kills children in stores, each made for it and cleared away behind it, and looks at what they leave. A child does what it was
/// started for.
async fn kill_in_each<P>(
    test: &str,
    make: impl AsyncFn(u32) -> Option<(String, P)>,
    clear: impl AsyncFn(P),
) {
    if let Some(url) = given_store() {
        return change_until_killed(&url).await;
    }
    let mut ledger = Ledger::default();
    for number in 0..STORES {
        let Some((url, place)) = make(number).await else {
            return;
        };
        let first = number * ROUNDS * WAVES * CHILDREN + number;
        kill_in(test, &url, first, &mut ledger).await;
        clear(place).await;
    }
    assert_telling(&ledger);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_within_changes_leave_whole_files() {
    let test = "kills::changes::kills_within_changes_leave_whole_files";
    let make = async |_| {
        let folder = quick_folder();
        Some((folder.path().join("data").display().to_string(), folder))
    };
    kill_in_each(test, make, async |folder| drop(folder)).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_within_changes_leave_a_whole_database() {
    let test = "kills::changes::kills_within_changes_leave_a_whole_database";
    let make = async |_| {
        let folder = quick_folder();
        let path = folder.path().join("runs.db");
        Some((format!("sqlite:{}", path.display()), folder))
    };
    kill_in_each(test, make, async |folder| drop(folder)).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_within_changes_leave_a_whole_server() {
    let test = "kills::changes::kills_within_changes_leave_a_whole_server";
    let make = async |number| Schema::new(&format!("changed_{number}")).await;
    kill_in_each(test, make, Schema::drop).await;
}
