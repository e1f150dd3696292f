//! Which rows are the outputs of a run, in their order? Who goes through the outputs of a run asks for one after the other by its place
//! in the list: found anew each time, that would be a walk over all before it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::id::ExecutionId;

/// The lists of so many runs are remembered: those that are compared, and some that are searched beside.
const RUNS: usize = 8;

/// The list of a run as it was at one revision.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// Of the run. While it is the same, so is what the list says: a run that was removed and brought back has another one.
    pub(super) revision: i64,
    /// The numbers of the outputs, by place.
    pub(super) numbers: Arc<[i64]>,
}

impl List {
    /// Instead of a revision: whatever the run has.
    pub(super) const ANY: i64 = -1;
}

/// The lists that were read last, the newest in front.
#[derive(Debug, Default)]
pub(super) struct Places(Mutex<VecDeque<(ExecutionId, List)>>);

impl Places {
    /// Returns the list of a run, if it is remembered.
    pub(super) fn list(&self, id: &ExecutionId) -> Option<List> {
        let lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, list) = lists.iter().find(|(known, _)| known == id)?;
        Some(list.clone())
    }

    /// Remembers a list as it was read.
    pub(super) fn remember(&self, id: &ExecutionId, list: List) {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lists.retain(|(known, _)| known != id);
        lists.push_front((id.clone(), list));
        lists.truncate(RUNS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> ExecutionId {
        let text = format!("exec_2025-11-24_194401_{number:08x}");
        text.parse().unwrap()
    }

    fn list(revision: i64) -> List {
        List {
            revision,
            numbers: [5, 9].into(),
        }
    }

    #[test]
    fn the_newest_list_of_a_run_counts_and_few_are_kept() {
        let places = Places::default();
        places.remember(&id(0), list(1));
        places.remember(&id(0), list(2));
        assert_eq!(places.list(&id(0)).unwrap().revision, 2);
        for run in 1..=RUNS {
            places.remember(&id(run), list(1));
        }
        assert!(places.list(&id(0)).is_none() && places.list(&id(1)).is_some());
    }
}
