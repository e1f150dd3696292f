//! How are runs one JSON document?
//!
//! `{"format": "netsnap.export", "version": 1, "executions": [{"summary", "device_results", "outputs", "events"}]}`, written
//! piece by piece. An output has its bytes as `text`, or as `base64` where they are no UTF-8.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use super::run::Run;
use super::sink::Sink;
use super::{Encoder, ExportOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Output, OutputSummary};

/// An output with its bytes.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    #[serde(flatten)]
    summary: &'a OutputSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    /// Instead of the mark that there is some.
    #[serde(rename = "data", skip_serializing_if = "Option::is_none")]
    parsed: Option<&'a Value>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(output: &'a Output) -> Self {
        let text = std::str::from_utf8(&output.bytes).ok();
        Self {
            summary: &output.summary,
            text,
            base64: text.is_none().then(|| STANDARD.encode(&output.bytes)),
            parsed: output.parsed.as_ref(),
        }
    }
}

/// Writes one document.
pub(super) struct Json {
    events: bool,
    outputs: bool,
    first: bool,
}

impl Json {
    pub(super) fn new(options: &ExportOptions) -> Self {
        Self {
            events: options.events,
            outputs: options.outputs,
            first: true,
        }
    }
}

#[async_trait]
impl Encoder for Json {
    async fn begin(&mut self, sink: &mut Sink<'_>) -> Result<()> {
        let head = b"{\"format\":\"netsnap.export\",\"version\":1,\"executions\":[";
        sink.write(head).await
    }

    async fn run(&mut self, run: &Run<'_>, sink: &mut Sink<'_>) -> Result<()> {
        let before: &[u8] = if self.first { b"\n" } else { b",\n" };
        sink.write(before).await?;
        sink.write(b"{\"summary\":").await?;
        sink.write(&json(&run.execution)?).await?;
        sink.write(b",\"device_results\":").await?;
        sink.write(&json(&run.results)?).await?;
        if self.outputs {
            outputs(run, sink).await?;
        }
        if self.events {
            events(run, sink).await?;
        }
        sink.write(b"}").await?;
        self.first = false;
        Ok(())
    }

    async fn end(&mut self, sink: &mut Sink<'_>) -> Result<()> {
        sink.write(b"\n]}\n").await
    }
}

async fn outputs(run: &Run<'_>, sink: &mut Sink<'_>) -> Result<()> {
    sink.write(b",\"outputs\":[").await?;
    for number in 0..run.outputs.len() {
        let output = run.output(number).await?;
        let before: &[u8] = if number == 0 { b"" } else { b"," };
        sink.write(before).await?;
        sink.write(&json(&Shown::new(&output))?).await?;
    }
    sink.write(b"]").await
}

async fn events(run: &Run<'_>, sink: &mut Sink<'_>) -> Result<()> {
    sink.write(b",\"events\":[").await?;
    let mut next = 1;
    loop {
        let events = run.events(next).await?;
        let Some(last) = events.last() else {
            return sink.write(b"]").await;
        };
        for event in &events {
            let before: &[u8] = if event.sequence == 1 { b"" } else { b"," };
            sink.write(before).await?;
            sink.write(&json(event)?).await?;
        }
        next = last.sequence + 1;
    }
}

/// Writes a value as compact JSON.
pub(super) fn json<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|source| {
        Error::new(ErrorKind::Internal, "a value cannot be written as JSON").because(source)
    })
}
