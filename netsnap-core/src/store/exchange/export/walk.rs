//! Which runs does an export meet, and in which order? Oldest first, so that a file of them reads as it happened.

use std::collections::VecDeque;

use super::ExportOptions;
use crate::error::Result;
use crate::model::Execution;
use crate::store::{Backend, Direction, Filter, Selection, Sort, SortBy};

/// Runs that are asked for at once.
const PAGE: usize = 200;

/// A walk through the runs of an export.
pub(super) struct Walk {
    selection: Selection,
    waiting: VecDeque<Execution>,
    last_page: bool,
    total: u64,
}

impl Walk {
    pub(super) async fn of(store: &dyn Backend, options: &ExportOptions) -> Result<Self> {
        let filter = options.filter.at(store.now())?;
        if options.executions.is_empty() {
            return Self::found(store, filter).await;
        }
        let mut named = Vec::new();
        for id in &options.executions {
            named.push(store.load(id).await?);
        }
        named.retain(|run| filter.matches(run));
        named.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        named.dedup_by(|a, b| a.id == b.id);
        Ok(Self {
            selection: Selection::default(),
            total: named.len() as u64,
            waiting: named.into(),
            last_page: true,
        })
    }

    async fn found(store: &dyn Backend, filter: Filter) -> Result<Self> {
        let oldest_first = Sort {
            by: SortBy::Created,
            direction: Direction::Ascending,
        };
        Ok(Self {
            total: store.count(&filter, u64::MAX >> 1).await?,
            selection: Selection {
                sort: oldest_first,
                ..Selection::newest(PAGE).filter(filter)
            },
            waiting: VecDeque::new(),
            last_page: false,
        })
    }

    /// How many there were at the beginning.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) async fn next(&mut self, store: &dyn Backend) -> Result<Option<Execution>> {
        if self.waiting.is_empty() && !self.last_page {
            let page = store.select(&self.selection).await?;
            self.last_page = page.len() < PAGE;
            if let Some(last) = page.last() {
                self.selection = self.selection.clone().after(last);
            }
            self.waiting.extend(page);
        }
        Ok(self.waiting.pop_front())
    }
}
