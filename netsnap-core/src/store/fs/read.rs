//! How are many outputs of one run read without reading its log for each? The run that was read last is kept.

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use super::layout;
use super::log::{self, Line, Lines};
use super::output::{self, OutputLine};
use super::pack::Pack;
use super::run::{self, ResultLine, Run};
use crate::error::{ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::{DeviceResult, Output, OutputSummary};
use crate::store::rules;

type OutputLines = Vec<OutputLine<OutputSummary>>;

/// What a run has recorded beside its events.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Recorded {
    Output(OutputLine<OutputSummary>),
    Result(ResultLine<DeviceResult>),
}

impl Line for Recorded {
    fn is(line: &[u8]) -> bool {
        line.starts_with(output::OUTPUT) || line.starts_with(run::RESULT)
    }
}

/// The run that was read last.
#[derive(Debug, Default)]
pub(super) struct Reader {
    last: Mutex<Option<Arc<Listed>>>,
}

/// What a run has of outputs.
#[derive(Debug)]
pub(super) struct Listed {
    id: ExecutionId,
    /// Of the logs, which only grow: of these lengths they are these.
    lengths: [u64; 2],
    lines: OutputLines,
    /// The newest of each device and command.
    newest: HashMap<String, HashMap<String, usize>>,
    pack: Mutex<Option<Arc<Pack>>>,
}

impl Reader {
    /// Returns the newest output of a command on a device.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub(super) fn output(&self, run: &Run, device: &str, command: &str) -> Result<Output> {
        let listed = self.of(run)?;
        let newest = listed.newest.get(device).and_then(|all| all.get(command));
        let line = newest.and_then(|at| listed.lines.get(*at));
        let line = line.ok_or_else(|| rules::no_output(&run.id, device, command))?;
        run.read_output(&listed, line)
    }

    /// Returns the output at a place in the list of outputs.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub(super) fn output_at(&self, run: &Run, place: usize) -> Result<Output> {
        let listed = self.of(run)?;
        let line = listed.lines.get(place);
        run.read_output(
            &listed,
            line.ok_or_else(|| rules::no_output_at(&run.id, place))?,
        )
    }

    fn of(&self, run: &Run) -> Result<Arc<Listed>> {
        let lengths = run.lengths();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listed) = last.as_ref()
            && listed.id == run.id
            && listed.lengths == lengths
        {
            return Ok(Arc::clone(listed));
        }
        let listed = Arc::new(Listed::read(run, lengths)?);
        *last = Some(Arc::clone(&listed));
        Ok(listed)
    }
}

impl Listed {
    fn read(run: &Run, lengths: [u64; 2]) -> Result<Self> {
        let lines = run.output_lines()?;
        let mut newest: HashMap<String, HashMap<String, usize>> = HashMap::new();
        for (at, line) in lines.iter().enumerate() {
            let commands = newest.entry(line.output.device.clone()).or_default();
            commands.insert(line.output.command.clone(), at);
        }
        Ok(Self {
            id: run.id.clone(),
            lengths,
            lines,
            newest,
            pack: Mutex::default(),
        })
    }

    /// Returns the outputs in compressed form, if there are any.
    pub(super) fn pack(&self, run: &Run) -> Result<Option<Arc<Pack>>> {
        let mut known = self.pack.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|pack| !pack.is_current()) {
            *known = Pack::open(run)?.map(Arc::new);
        }
        Ok(known.clone())
    }
}

impl Run {
    fn lengths(&self) -> [u64; 2] {
        [layout::EVENTS, layout::OUTPUTS]
            .map(|name| fs::symlink_metadata(self.file(name)).map_or(0, |file| file.len()))
    }

    /// Lists the outputs in the order they were put.
    ///
    /// # Errors
    /// `Corrupt`; `Storage`.
    pub(super) fn outputs(&self) -> Result<Vec<OutputSummary>> {
        let lines = self.output_lines()?.into_iter();
        Ok(lines.map(|line| line.output).collect())
    }

    /// Lists the outputs and how devices ended, by one look at the log: it may be long.
    ///
    /// # Errors
    /// `Corrupt`; `Storage`.
    pub(super) fn recorded(&self) -> Result<(Vec<OutputSummary>, Vec<DeviceResult>)> {
        match self.read_recorded() {
            // The writer may have cut a torn tail while it was read.
            Err(error) if error.kind() == ErrorKind::Corrupt => self.read_recorded(),
            recorded => recorded,
        }
    }

    fn read_recorded(&self) -> Result<(Vec<OutputSummary>, Vec<DeviceResult>)> {
        let mut outputs: Vec<OutputSummary> = log::read_all(&self.file(layout::OUTPUTS))?;
        let mut results: Vec<DeviceResult> = log::read_all(&self.file(layout::RESULTS))?;
        for line in log::read_all(&self.file(layout::EVENTS))? {
            match line {
                Recorded::Output(line) => outputs.push(line.output),
                Recorded::Result(line) => results.push(line.result),
            }
        }
        Ok((outputs, run::by_name(results)))
    }

    /// Lists the outputs with their files.
    pub(super) fn output_lines(&self) -> Result<OutputLines> {
        match self.read_lines() {
            // The writer may have cut a torn tail while it was read.
            Err(error) if error.kind() == ErrorKind::Corrupt => self.read_lines(),
            lines => lines,
        }
    }

    fn read_lines(&self) -> Result<OutputLines> {
        let old: Vec<OutputSummary> = log::read_all(&self.file(layout::OUTPUTS))?;
        let mut lines: OutputLines = old.into_iter().map(OutputLine::from).collect();
        let path = self.file(layout::EVENTS);
        if fs::symlink_metadata(&path).is_ok() {
            let mut log = Lines::open(&path, 0)?;
            while let Some(line) = log.next()? {
                lines.push(line);
            }
        }
        Ok(lines)
    }
}

impl From<OutputSummary> for OutputLine<OutputSummary> {
    fn from(output: OutputSummary) -> Self {
        Self {
            output,
            parsed: None,
            parsed_digest: None,
        }
    }
}
