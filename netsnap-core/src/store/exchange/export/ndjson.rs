//! How are runs lines of JSON? Each line is one record and says what it is: `{"type": "execution" | "device_result" | "output"
//! | "event", "execution_id": …}`, the lines of a run together, its summary first.

use async_trait::async_trait;
use serde::Serialize;

use super::json::{Shown, json};
use super::run::Run;
use super::sink::Sink;
use super::{Encoder, ExportOptions};
use crate::error::Result;
use crate::event::Event;
use crate::id::ExecutionId;
use crate::model::{DeviceResult, Execution};

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
    Execution(&'a Execution),
    DeviceResult {
        execution_id: &'a ExecutionId,
        #[serde(flatten)]
        result: &'a DeviceResult,
    },
    Output {
        execution_id: &'a ExecutionId,
        #[serde(flatten)]
        output: Shown<'a>,
    },
    Event {
        execution_id: &'a ExecutionId,
        #[serde(flatten)]
        event: &'a Event,
    },
}

/// Writes one record a line.
pub(super) struct Ndjson {
    events: bool,
    outputs: bool,
}

impl Ndjson {
    pub(super) fn new(options: &ExportOptions) -> Self {
        Self {
            events: options.events,
            outputs: options.outputs,
        }
    }
}

#[async_trait]
impl Encoder for Ndjson {
    async fn begin(&mut self, _: &mut Sink<'_>) -> Result<()> {
        Ok(())
    }

    async fn run(&mut self, run: &Run<'_>, sink: &mut Sink<'_>) -> Result<()> {
        let execution_id = &run.execution.id;
        line(&Line::Execution(&run.execution), sink).await?;
        for result in &run.results {
            let record = Line::DeviceResult {
                execution_id,
                result,
            };
            line(&record, sink).await?;
        }
        if self.outputs {
            outputs(run, sink).await?;
        }
        if self.events {
            events(run, sink).await?;
        }
        Ok(())
    }

    async fn end(&mut self, _: &mut Sink<'_>) -> Result<()> {
        Ok(())
    }
}

async fn outputs(run: &Run<'_>, sink: &mut Sink<'_>) -> Result<()> {
    for number in 0..run.outputs.len() {
        let output = run.output(number).await?;
        let record = Line::Output {
            execution_id: &run.execution.id,
            output: Shown::new(&output),
        };
        line(&record, sink).await?;
    }
    Ok(())
}

async fn events(run: &Run<'_>, sink: &mut Sink<'_>) -> Result<()> {
    let mut next = 1;
    loop {
        let events = run.events(next).await?;
        for event in &events {
            let record = Line::Event {
                execution_id: &run.execution.id,
                event,
            };
            line(&record, sink).await?;
        }
        match events.last() {
            Some(last) => next = last.sequence + 1,
            None => return Ok(()),
        }
    }
}

async fn line(record: &Line<'_>, sink: &mut Sink<'_>) -> Result<()> {
    let mut bytes = json(record)?;
    bytes.push(b'\n');
    sink.write(&bytes).await
}
