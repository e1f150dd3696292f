//! Which runs does a policy remove? One walk from the newest run to the oldest.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use futures_util::future::join_all;
use jiff::Timestamp;

use super::policy::{Newest, Per, RetentionPolicy};
use super::prune::{PruneOptions, PrunedRun};
use crate::error::{ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::{DeviceResult, DeviceStatus, Execution, ExecutionStatus};
use crate::store::query::length;
use crate::store::{Backend, Selection};

/// Runs of a page.
const PAGE: usize = 500;
/// Runs that are measured at one time.
const AT_ONCE: usize = 16;

/// What a policy removes, and what it keeps.
#[derive(Debug, Default)]
pub(super) struct Choice {
    /// The oldest first.
    pub(super) runs: VecDeque<PrunedRun>,
    /// How many runs were kept, by the reason.
    pub(super) kept: BTreeMap<String, u64>,
    /// How many runs were looked at.
    pub(super) seen: u64,
    /// More would be removed than one prune removes.
    pub(super) more: bool,
    /// So many bytes remain above the limit.
    pub(super) bytes_over: u64,
}

enum Verdict {
    Keep(&'static str),
    Remove(&'static str),
    /// No rule speaks of it.
    Spare,
}

/// Chooses the runs that a policy removes.
pub(super) async fn choose(store: &dyn Backend, options: &PruneOptions) -> Result<Choice> {
    let mut chooser = Chooser::new(options, store.now())?;
    if options.policy.removes() {
        chooser.needed = ancestors(store).await?;
        chooser.walk(store).await?;
        chooser.fit_bytes();
    }
    chooser.finish(store).await
}

/// The runs that started those that have not ended, up to the first ones.
async fn ancestors(store: &dyn Backend) -> Result<HashSet<ExecutionId>> {
    let mut needed = HashSet::new();
    let open = store.unfinished().await?;
    let mut parents: Vec<ExecutionId> = open.into_iter().filter_map(|run| run.parent).collect();
    while let Some(parent) = parents.pop() {
        match store.load(&parent).await {
            Ok(run) if !needed.contains(&parent) => parents.extend(run.parent),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Corrupt) => {}
            Err(error) => return Err(error),
        }
        needed.insert(parent);
    }
    Ok(needed)
}

struct Chooser<'a> {
    policy: &'a RetentionPolicy,
    limit: usize,
    old: Option<Timestamp>,
    failed_since: Option<Timestamp>,
    needed: HashSet<ExecutionId>,
    newer: HashMap<(usize, String), u64>,
    succeeded: HashSet<(usize, String)>,
    /// Runs that only a limit of bytes would remove; the oldest last.
    spare: VecDeque<PrunedRun>,
    bytes: u64,
    choice: Choice,
}

impl<'a> Chooser<'a> {
    fn new(options: &'a PruneOptions, now: Timestamp) -> Result<Self> {
        let policy = &options.policy;
        let since = |text: &Option<String>| -> Result<Option<Timestamp>> {
            let length = text.as_deref().map(length).transpose()?;
            Ok(length.map(|length| now.checked_sub(length).unwrap_or(Timestamp::MIN)))
        };
        Ok(Self {
            old: since(&policy.older_than)?,
            failed_since: since(&policy.keep_failed_for)?,
            policy,
            limit: options.limit,
            needed: HashSet::new(),
            newer: HashMap::new(),
            succeeded: HashSet::new(),
            spare: VecDeque::new(),
            bytes: 0,
            choice: Choice::default(),
        })
    }

    async fn walk(&mut self, store: &dyn Backend) -> Result<()> {
        let filter = self.policy.filter.at(store.now())?;
        let mut selection = Selection::newest(PAGE).filter(filter);
        loop {
            let page = store.select(&selection).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            selection = selection.after(last);
            for runs in page.chunks(AT_ONCE) {
                let sizes = self.sizes(store, runs).await?;
                let devices = self.devices(store, runs).await?;
                for ((run, bytes), devices) in runs.iter().zip(sizes).zip(&devices) {
                    self.take(run, bytes, devices);
                }
            }
        }
    }

    /// The sizes of runs, where a rule asks for them.
    async fn sizes(&self, store: &dyn Backend, runs: &[Execution]) -> Result<Vec<u64>> {
        if self.policy.max_bytes.is_none() {
            return Ok(vec![0; runs.len()]);
        }
        let ids = runs.iter().map(|run| &run.id);
        sizes(store, ids).await
    }

    /// The devices of runs, where a rule asks for them.
    async fn devices(
        &self,
        store: &dyn Backend,
        runs: &[Execution],
    ) -> Result<Vec<Vec<DeviceResult>>> {
        if !self.policy.keep_last_success.contains(&Per::Device) {
            return Ok(vec![Vec::new(); runs.len()]);
        }
        let reads = join_all(runs.iter().map(|run| store.device_results(&run.id))).await;
        reads.into_iter().map(or_default).collect()
    }

    fn take(&mut self, run: &Execution, bytes: u64, devices: &[DeviceResult]) {
        self.choice.seen += 1;
        self.bytes += bytes;
        let candidate = |why| PrunedRun::of(run, bytes, why);
        match self.judge(run, devices) {
            Verdict::Keep(why) => self.keep(why, 1),
            Verdict::Remove(why) => {
                self.choice.runs.push_front(candidate(why));
                if self.choice.runs.len() > self.limit {
                    self.choice.runs.pop_back();
                    self.choice.more = true;
                }
            }
            Verdict::Spare if self.policy.max_bytes.is_none() => self.keep("not_due", 1),
            Verdict::Spare => {
                self.spare.push_front(candidate("max_bytes"));
                if self.spare.len() > self.limit {
                    self.spare.pop_back();
                    self.keep("not_due", 1);
                }
            }
        }
    }

    fn keep(&mut self, why: &str, count: u64) {
        if count > 0 {
            *self.choice.kept.entry(why.to_owned()).or_default() += count;
        }
    }

    fn judge(&mut self, run: &Execution, devices: &[DeviceResult]) -> Verdict {
        if !run.status.is_terminal() {
            return Verdict::Keep("unfinished");
        }
        // Every rule counts every run, whatever another one says of it.
        let policy = self.policy;
        let last_success = self.is_last_success(run, devices);
        let at_least = self.ranks(run, 0, &policy.at_least);
        let at_most = self.ranks(run, policy.at_least.len(), &policy.at_most);
        let newest =
            |(rule, ranks): (&Newest, &Vec<u64>)| ranks.iter().any(|rank| *rank < rule.count);
        let beyond = |(rule, ranks): (&Newest, &Vec<u64>)| {
            !ranks.is_empty() && ranks.iter().all(|rank| *rank >= rule.count)
        };
        if run.pinned {
            Verdict::Keep("pinned")
        } else if self.needed.contains(&run.id) {
            Verdict::Keep("parent_of_unfinished")
        } else if last_success {
            Verdict::Keep("last_success")
        } else if policy.at_least.iter().zip(&at_least).any(newest) {
            Verdict::Keep("at_least")
        } else if self.failed_lately(run) {
            Verdict::Keep("keep_failed_for")
        } else if self.old.is_some_and(|old| run.created_at < old) {
            Verdict::Remove("older_than")
        } else if policy.at_most.iter().zip(&at_most).any(beyond) {
            Verdict::Remove("at_most")
        } else {
            Verdict::Spare
        }
    }

    fn failed_lately(&self, run: &Execution) -> bool {
        use ExecutionStatus::{Failed, Interrupted, Partial, TimedOut};
        let failed = matches!(run.status, Failed | Interrupted | Partial | TimedOut);
        failed
            && self
                .failed_since
                .is_some_and(|since| run.created_at >= since)
    }

    /// How many newer runs each group of a run has, rule by rule. Rules have numbers, `first` that of the first.
    fn ranks(&mut self, run: &Execution, first: usize, rules: &[Newest]) -> Vec<Vec<u64>> {
        let mut rank = |number: usize, key: String| {
            let newer = self.newer.entry((first + number, key)).or_default();
            *newer += 1;
            *newer - 1
        };
        let numbered = rules.iter().enumerate();
        let ranks = numbered.map(|(number, rule)| {
            let keys = rule.per.keys(run).into_iter();
            keys.map(|key| rank(number, key)).collect()
        });
        ranks.collect()
    }

    fn is_last_success(&mut self, run: &Execution, devices: &[DeviceResult]) -> bool {
        let mut last = false;
        for (number, per) in self.policy.keep_last_success.iter().enumerate() {
            for key in succeeded(per, run, devices) {
                last |= self.succeeded.insert((number, key));
            }
        }
        last
    }

    /// Adds the oldest of the spare runs until the rest fits.
    fn fit_bytes(&mut self) {
        let Some(limit) = self.policy.max_bytes else {
            return;
        };
        let chosen: u64 = self.choice.runs.iter().map(|run| run.bytes).sum();
        let mut over = (self.bytes - chosen).saturating_sub(limit);
        while over > 0 && self.choice.runs.len() < self.limit {
            let Some(run) = self.spare.pop_front() else {
                break;
            };
            over = over.saturating_sub(run.bytes);
            self.choice.runs.push_back(run);
        }
        self.keep("not_due", self.spare.len() as u64);
        self.choice.more |= over > 0 && !self.spare.is_empty();
        self.choice.bytes_over = over;
    }

    /// Puts the oldest first and measures what was not measured yet.
    async fn finish(self, store: &dyn Backend) -> Result<Choice> {
        let mut choice = self.choice;
        let runs = choice.runs.make_contiguous();
        runs.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        if self.policy.max_bytes.is_none() {
            for runs in runs.chunks_mut(AT_ONCE) {
                let sizes = sizes(store, runs.iter().map(|run| &run.id)).await?;
                runs.iter_mut()
                    .zip(sizes)
                    .for_each(|(run, bytes)| run.bytes = bytes);
            }
        }
        Ok(choice)
    }
}

/// The groups in which a run is a success.
fn succeeded(per: &Per, run: &Execution, devices: &[DeviceResult]) -> Vec<String> {
    let well =
        |result: &&DeviceResult| matches!(result.status, DeviceStatus::Ok | DeviceStatus::Changed);
    match (per, run.status) {
        (Per::Device, _) => {
            let well = devices.iter().filter(well);
            well.map(|result| result.device.clone()).collect()
        }
        (per, ExecutionStatus::Succeeded) => per.keys(run),
        _ => Vec::new(),
    }
}

/// Measures runs; one that is gone or cannot be measured takes nothing.
async fn sizes(store: &dyn Backend, ids: impl Iterator<Item = &ExecutionId>) -> Result<Vec<u64>> {
    let sizes = join_all(ids.map(|id| store.size(id))).await;
    sizes.into_iter().map(or_default).collect()
}

/// Takes nothing for what is gone or damaged: neither holds up the others.
pub(super) fn or_default<T: Default>(read: Result<T>) -> Result<T> {
    match read {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Corrupt) => {
            Ok(T::default())
        }
        read => read,
    }
}
