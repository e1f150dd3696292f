//! What were children told had been done, and is it what is left?

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use netsnap_core::ErrorKind;
use netsnap_core::id::ExecutionId;
use netsnap_core::model::{Execution, ExecutionStatus};
use netsnap_core::store::Backend;
use netsnap_core::store::audit::Audit;
use netsnap_core::store::verify::Finding;

use crate::{all, assert_legal, document};

/// Remembers what children said, and what was found.
#[derive(Debug, Default)]
pub(super) struct Witness {
    /// How long opening took, each time.
    pub(super) opened: Vec<Duration>,
    /// Runs of which a child was told that they had begun, with the number of their last durable event; 0 for none.
    begun: BTreeMap<ExecutionId, u64>,
    finished: BTreeSet<ExecutionId>,
    deleting: BTreeSet<ExecutionId>,
    /// Runs that were found ended.
    ended: BTreeMap<ExecutionId, Execution>,
    /// Of these, those that are still there.
    there: BTreeSet<ExecutionId>,
}

impl Witness {
    /// Takes down what a child said.
    pub(super) fn hear(&mut self, lines: &[String]) {
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            let id = words.get(1).and_then(|id| id.parse().ok());
            let (Some(id), word) = (id, words[0]) else {
                continue;
            };
            match word {
                "began" => drop(self.begun.insert(id, 0)),
                "durable" => drop(self.begun.insert(id, words[2].parse().unwrap())),
                "finished" => drop(self.finished.insert(id)),
                "deleting" => drop(self.deleting.insert(id)),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Holds a store against it. Everybody who wrote to it is dead but for the writer of one run.
    pub(super) async fn look(&mut self, store: &dyn Backend, living: Option<&ExecutionId>) {
        assert_eq!(store.damage().await.unwrap(), []);
        let unfinished = store.unfinished().await.unwrap();
        let unfinished: Vec<&ExecutionId> = unfinished.iter().map(|run| &run.id).collect();
        assert_eq!(unfinished, Vec::from_iter(living));
        let mut runs = all(store).await;
        runs.retain(|run| Some(&run.id) != living);
        let current = runs.first().map(|run| run.id.clone());
        assert_eq!(store.current().await.unwrap(), current);
        for run in &runs {
            self.run(store, run).await;
        }
        self.assert_all_there(runs.into_iter().map(|run| run.id).collect());
        let chain = Audit::of(store).verify(None).await.unwrap();
        assert_eq!(chain.fault, None);
        assert_log_is_dense(store).await;
    }

    async fn run(&mut self, store: &dyn Backend, run: &Execution) {
        if let Some(ended) = self.ended.get(&run.id) {
            assert_eq!(run, ended, "a run that had ended was changed");
            return;
        }
        assert_legal(store, run).await;
        assert_eq!(store.load(&run.id).await.unwrap(), *run);
        assert_document(store, &run.id).await;
        if self.finished.contains(&run.id) {
            assert_eq!(run.status, ExecutionStatus::Succeeded);
        }
        if let Some(durable) = self.begun.get(&run.id) {
            let promised = format!("{durable} events were durable: {run:?}");
            assert!(run.last_sequence > *durable, "{promised}");
        }
        self.ended.insert(run.id.clone(), run.clone());
    }

    /// What began is there, unless its child was about to remove it.
    fn assert_all_there(&mut self, there: BTreeSet<ExecutionId>) {
        let gone = |id: &&ExecutionId| !there.contains(*id) && !self.deleting.contains(*id);
        let lost: Vec<_> = self.begun.keys().chain(&self.there).filter(gone).collect();
        assert!(lost.is_empty(), "lost: {lost:?}");
        self.there = there;
    }

    /// Says whether something is as it must be: what children remove by themselves has no tombstone.
    pub(super) fn expects(&self, finding: &Finding) -> bool {
        let id = finding.place.parse::<ExecutionId>().ok();
        finding.what.contains("without a tombstone")
            && id.is_some_and(|id| self.deleting.contains(&id))
    }

    /// Forgets what is in one store, and goes on to another.
    pub(super) fn leave(&mut self) {
        self.begun.clear();
        self.there.clear();
    }

    pub(super) fn runs(&self) -> usize {
        self.ended.len()
    }

    pub(super) fn interrupted(&self) -> usize {
        let interrupted = |run: &&Execution| run.status == ExecutionStatus::Interrupted;
        self.ended.values().filter(interrupted).count()
    }
}

/// A document is the one or the other, whole.
async fn assert_document(store: &dyn Backend, id: &ExecutionId) {
    match store.document(id, "topology.json").await {
        Ok(bytes) => {
            let first = bytes.split(|byte| *byte == b'\n').next().unwrap();
            let number = std::str::from_utf8(first).unwrap().parse().unwrap();
            assert_eq!(bytes, document(number));
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound),
    }
}

/// Of two entries that were appended in one step, there are both or none.
async fn assert_log_is_dense(store: &dyn Backend) {
    let log = store.log("kept", 1, usize::MAX).await.unwrap();
    let numbers = log.iter().map(|(number, _)| *number);
    assert!(numbers.eq(1..=log.len() as u64));
    assert_eq!(log.len() % 2, 0);
}
