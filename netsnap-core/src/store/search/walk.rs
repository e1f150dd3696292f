//! From run to run, from output to output.

use super::super::query::glob;
use super::super::{Backend, Damage, Filter, Position, Selection};
use super::cursor::{Place, Within};
use super::lines::{Lines, hit};
use super::pattern::Finder;
use super::{Hit, Limit, SearchOptions, SearchResult};
use crate::error::{Error, ErrorKind, Result};
use crate::event::Progress;
use crate::model::{Execution, OutputSummary};

/// Runs that are asked for at once.
const PAGE: usize = 100;

/// A search that is going on.
pub(super) struct Walk<'a> {
    store: &'a dyn Backend,
    options: &'a SearchOptions,
    finder: &'a Finder,
    place: Place,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
    /// Runs that are known to be searched so far.
    known: u64,
    result: SearchResult,
}

/// Whether to go on.
type Step = std::ops::ControlFlow<Limit>;

impl<'a> Walk<'a> {
    pub(super) fn new(
        store: &'a dyn Backend,
        options: &'a SearchOptions,
        finder: &'a Finder,
        place: Place,
    ) -> Self {
        Self {
            store,
            options,
            finder,
            place,
            progress: &|_| (),
            known: 0,
            result: SearchResult::default(),
        }
    }

    pub(super) fn telling(mut self, progress: &'a (dyn Fn(Progress) + Send + Sync)) -> Self {
        self.progress = progress;
        self
    }

    pub(super) async fn run(mut self) -> Result<SearchResult> {
        let ended = match &self.options.execution {
            Some(id) => {
                let run = self.store.load(id).await?;
                let ended = self.search_run(&run).await?;
                self.tell();
                ended
            }
            None => self.search_runs().await?,
        };
        if let Step::Break(limit) = ended {
            self.result.truncated = Some(limit);
            self.result.cursor = Some(self.place.text());
        }
        Ok(self.result)
    }

    async fn search_runs(&mut self) -> Result<Step> {
        let filter = self.options.filter.at(self.place.now)?;
        if let Step::Break(limit) = self.finish_run().await? {
            return Ok(Step::Break(limit));
        }
        loop {
            let runs = self.page(&filter).await?;
            self.known = self.result.executions + runs.len() as u64;
            for run in &runs {
                if self.result.executions >= self.options.max_executions as u64 {
                    return Ok(Step::Break(Limit::Executions));
                }
                if let Step::Break(limit) = self.search_run(run).await? {
                    return Ok(Step::Break(limit));
                }
                self.pass(Position::of(run, self.options.sort.by));
                self.tell();
            }
            if runs.len() < PAGE {
                return Ok(Step::Continue(()));
            }
        }
    }

    /// Ends the run in which the search before stopped. Runs that came in front of it since are not met.
    async fn finish_run(&mut self) -> Result<Step> {
        let Some(within) = self.place.within.clone() else {
            return Ok(Step::Continue(()));
        };
        match self.store.load(&within.run.id).await {
            Ok(run) => {
                if let Step::Break(limit) = self.search_run(&run).await? {
                    return Ok(Step::Break(limit));
                }
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => self.pass_over(within.run.id.to_string(), error)?,
        }
        self.pass(within.run);
        Ok(Step::Continue(()))
    }

    fn tell(&self) {
        (self.progress)(Progress {
            done: self.result.executions,
            total: self.known.max(self.result.executions),
        });
    }

    fn pass(&mut self, run: Position) {
        self.place.done = Some(run);
        self.place.within = None;
    }

    async fn page(&self, filter: &Filter) -> Result<Vec<Execution>> {
        let selection = Selection {
            filter: filter.clone(),
            sort: self.options.sort,
            after: self.place.done.clone(),
            skip: 0,
            limit: PAGE,
        };
        self.store.select(&selection).await
    }

    async fn search_run(&mut self, run: &Execution) -> Result<Step> {
        self.result.executions += 1;
        let outputs = match self.store.outputs(&run.id).await {
            Ok(outputs) => outputs,
            Err(error) => {
                self.pass_over(run.id.as_str().to_owned(), error)?;
                return Ok(Step::Continue(()));
            }
        };
        let (first, line) = self.resume(run);
        for (place, summary) in outputs.iter().enumerate().skip(first) {
            let from = if place == first { line } else { 1 };
            if self.is_asked_for(summary)
                && let Step::Break(limit) = self.search_output(run, (place, from), summary).await?
            {
                return Ok(Step::Break(limit));
            }
        }
        Ok(Step::Continue(()))
    }

    /// Where to begin in a run: at its first output, or where the search before stopped.
    fn resume(&self, run: &Execution) -> (usize, u64) {
        match &self.place.within {
            Some(within) if within.run.id == run.id => (within.output, within.line),
            _ => (0, 1),
        }
    }

    fn is_asked_for(&self, summary: &OutputSummary) -> bool {
        let fits = |pattern: &Option<String>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| glob(pattern, text))
        };
        fits(&self.options.device, &summary.device) && fits(&self.options.command, &summary.command)
    }

    async fn search_output(
        &mut self,
        run: &Execution,
        (place, from): (usize, u64),
        summary: &OutputSummary,
    ) -> Result<Step> {
        self.stand(run, place, from);
        let bytes = self.result.bytes.saturating_add(summary.bytes);
        if bytes > self.options.max_bytes && self.result.outputs > 0 {
            return Ok(Step::Break(Limit::Bytes));
        }
        let output = match self.store.output_at(&run.id, place).await {
            Ok(output) => output,
            Err(error) => {
                let name = format!("{} {} {}", run.id, summary.device, summary.command);
                self.pass_over(name, error)?;
                return Ok(Step::Continue(()));
            }
        };
        self.result.outputs += 1;
        self.result.bytes = bytes;
        for found in Lines::from(&output.bytes, self.finder, from) {
            if self.result.hits.len() >= self.options.max_hits {
                self.stand(run, place, found.line);
                return Ok(Step::Break(Limit::Hits));
            }
            let blank = blank(run, place, summary);
            self.result
                .hits
                .push(hit(&output.bytes, &found, self.options, blank));
        }
        Ok(Step::Continue(()))
    }

    fn stand(&mut self, run: &Execution, output: usize, line: u64) {
        self.place.within = Some(Within {
            run: Position::of(run, self.options.sort.by),
            output,
            line,
        });
    }

    /// Names what cannot be read. A store that fails as a whole ends the search.
    fn pass_over(&mut self, place: String, error: Error) -> Result<()> {
        if matches!(error.kind(), ErrorKind::Storage | ErrorKind::Internal) {
            return Err(error);
        }
        let error = error.report();
        self.result.unreadable.push(Damage { place, error });
        Ok(())
    }
}

/// A hit that knows only where it is.
fn blank(run: &Execution, output: usize, summary: &OutputSummary) -> Hit {
    Hit {
        execution: run.id.clone(),
        device: summary.device.clone(),
        command: summary.command.clone(),
        output,
        line: 0,
        column: 0,
        length: 0,
        text: String::new(),
        before: Vec::new(),
        after: Vec::new(),
    }
}
