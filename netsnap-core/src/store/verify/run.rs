//! Is one run what was recorded?

use serde_json::Value;

use super::Verify;
use super::buried::Buried;
use super::finding::Check;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, EventKind};
use crate::id::Digest;
use crate::model::{Execution, OutputSummary};
use crate::store::recover::{Closing, recount};

/// Events that are read at a time.
const CHUNK: usize = 1000;

impl Verify<'_> {
    /// Looks at a run.
    pub(super) async fn run(&mut self, run: &Execution, buried: &Buried) -> Result<()> {
        if self.options.asks(Check::Tombstones) {
            buried
                .still_there(&run.id)
                .into_iter()
                .for_each(|found| self.find(found));
        }
        if self.options.asks(Check::Log) || self.options.asks(Check::Summary) {
            let read = self.log(run).await;
            self.unless_gone(Check::Log, run, read)?;
        }
        if self.options.asks(Check::Record) && run.status.is_terminal() {
            match self.record(run).await {
                // It is found with the log.
                Err(error)
                    if error.kind() == ErrorKind::Corrupt && self.options.asks(Check::Log) => {}
                read => self.unless_gone(Check::Record, run, read)?,
            }
        }
        if self.options.asks(Check::Counters) && run.status.is_terminal() {
            let counted = self.counters(run).await;
            self.unless_gone(Check::Counters, run, counted)?;
        }
        if self.options.asks(Check::Outputs) {
            let read = self.outputs(run).await;
            self.unless_gone(Check::Outputs, run, read)?;
        }
        Ok(())
    }

    /// Makes a finding of damage. A run that is removed meanwhile is no finding.
    fn unless_gone(&mut self, check: Check, run: &Execution, checked: Result<()>) -> Result<()> {
        match checked {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) if error.kind() == ErrorKind::Corrupt => {
                self.find(
                    check
                        .error(&run.id, said(&error))
                        .hint("restore it from a copy"),
                );
                Ok(())
            }
            checked => checked,
        }
    }

    /// Reads the log from its first event to its last.
    async fn log(&mut self, run: &Execution) -> Result<()> {
        let mut last: Option<Event> = None;
        loop {
            let from = last.as_ref().map_or(1, |event| event.sequence + 1);
            let events = self.store.events(&run.id, from, CHUNK).await?;
            if events.is_empty() {
                self.end(run, last.as_ref());
                return Ok(());
            }
            self.report.events += events.len() as u64;
            for event in events {
                if let Some(what) = misplaced(last.as_ref(), &event) {
                    self.find(Check::Log.error(&run.id, what));
                    return Ok(());
                }
                last = Some(event);
            }
        }
    }

    /// Compares the end of a log with the summary.
    fn end(&mut self, run: &Execution, last: Option<&Event>) {
        let end = last.map_or(0, |event| event.sequence);
        if end < run.last_sequence {
            let what = format!(
                "its log ends with event {end}, its summary speaks of {}",
                run.last_sequence
            );
            self.find(Check::Log.error(&run.id, what));
        }
        match (last, run.status.is_terminal()) {
            (Some(event), true) => self.closing(run, event),
            (None, true) => self.find(
                Check::Log
                    .warning(&run.id, "it has ended and has no log")
                    .hint("it was imported without one, or its log is lost"),
            ),
            (Some(event), false) if event.kind == EventKind::ExecutionFinished => self.find(
                Check::Summary
                    .warning(
                        &run.id,
                        "its log says that it has ended, its summary does not",
                    )
                    .hint(
                        "open the store again once its process is gone: that completes the summary",
                    ),
            ),
            _ => {}
        }
    }

    fn closing(&mut self, run: &Execution, event: &Event) {
        if !self.options.asks(Check::Summary) {
            return;
        }
        let Some(closing) = Closing::read(event) else {
            let what = format!(
                "it has ended, and its last event {} does not say so",
                event.sequence
            );
            self.find(Check::Log.error(&run.id, what));
            return;
        };
        let mut told = closing.applied_to(run.clone(), event);
        // Nobody knows when some of the runs ended that were imported, nor how long they took.
        if run.ended_at.is_none() && closing.duration_us.is_none() {
            told.ended_at = None;
        }
        let fields = differences(run, &told);
        if !fields.is_empty() {
            let what = format!(
                "its summary and its last event differ in {}",
                fields.join(", ")
            );
            self.find(Check::Summary.error(&run.id, what));
        }
    }

    /// Names the record again, and looks at what stands beside it.
    async fn record(&mut self, run: &Execution) -> Result<()> {
        match run.record_digest {
            None => self.report.runs_unbound += 1,
            Some(bound) if self.store.record_digest(&run.id).await? == bound => {}
            Some(_) => self.find(Check::Record.error(
                &run.id,
                "what was recorded of it is not what was there when it ended: an event, an output or a device result was changed, removed or added",
            )),
        }
        for stray in self.store.strays(run).await? {
            self.find(Check::Record.error(stray.place, stray.error.message));
        }
        Ok(())
    }

    /// Counts again what a summary says.
    async fn counters(&mut self, run: &Execution) -> Result<()> {
        let tally = recount(self.store, run).await?;
        let counted = Execution {
            results: tally.counters(run.devices.len() as u64),
            error_kinds: tally.error_kinds(),
            files: tally.files(),
            ..run.clone()
        };
        let fields = differences(run, &counted);
        if !fields.is_empty() {
            let what = format!(
                "its summary says something else than its outputs and devices in {}",
                fields.join(", ")
            );
            self.find(Check::Counters.error(&run.id, what));
        }
        Ok(())
    }

    /// Reads every output and hashes it.
    async fn outputs(&mut self, run: &Execution) -> Result<()> {
        let listed = self.store.outputs(&run.id).await?;
        for (place, listed) in listed.iter().enumerate() {
            self.output(run, place, listed).await?;
        }
        Ok(())
    }

    async fn output(
        &mut self,
        run: &Execution,
        place: usize,
        listed: &OutputSummary,
    ) -> Result<()> {
        let name = format!("{} {} {:?}", run.id, listed.device, listed.command);
        let output = match self.store.output_at(&run.id, place).await {
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                self.report.outputs_covered += 1;
                return Ok(());
            }
            Err(error) if matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotFound) => {
                // Without the run its outputs are gone, too.
                self.store.load(&run.id).await?;
                let finding = Check::Outputs.error(name, said(&error));
                self.find(finding.hint("restore it from a copy"));
                return Ok(());
            }
            output => output?,
        };
        self.report.outputs += 1;
        self.report.output_bytes += output.bytes.len() as u64;
        if Digest::of(&output.bytes) != listed.digest || output.bytes.len() as u64 != listed.bytes {
            self.find(Check::Outputs.error(name, "its bytes do not match their digest"));
        }
        Ok(())
    }
}

fn said(error: &Error) -> String {
    format!("it cannot be read: {}", error.report().message)
}

/// Says why an event cannot stand behind another.
fn misplaced(last: Option<&Event>, event: &Event) -> Option<String> {
    let expected = last.map_or(1, |last| last.sequence + 1);
    if event.sequence != expected {
        let found = event.sequence;
        return Some(format!(
            "its log has event {found} where {expected} should stand"
        ));
    }
    let closed = last.is_some_and(|last| last.kind == EventKind::ExecutionFinished);
    closed.then(|| format!("its log goes on behind its end with event {expected}"))
}

/// Names the fields in which two summaries differ.
fn differences(a: &Execution, b: &Execution) -> Vec<String> {
    let fields = |run: &Execution| match serde_json::to_value(run) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (a, b) = (fields(a), fields(b));
    let names = a
        .keys()
        .chain(b.keys().filter(|name| !a.contains_key(*name)));
    let other = names.filter(|name| a.get(*name) != b.get(*name));
    other.cloned().collect()
}
