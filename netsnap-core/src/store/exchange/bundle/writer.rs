//! How is a bundle written? Run by run, file by file, the manifest last; the log of a run is read twice, so that it need not
//! be held in memory.

use std::collections::HashMap;

use async_trait::async_trait;
use serde::Serialize;

use super::entry::{self, END, Entry};
use super::{FORMAT, LARGEST, Manifest, ManifestFile, VERSION, layout};
use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::{DeviceResult, DeviceSummary, Execution, Output, OutputSummary};
use crate::store::exchange::export::{Encoder, Run, Sink};
use crate::store::lines;

/// Writes a bundle.
#[derive(Default)]
pub(in crate::store::exchange) struct Writer {
    executions: Vec<ExecutionId>,
    files: Vec<ManifestFile>,
}

#[async_trait]
impl Encoder for Writer {
    async fn begin(&mut self, _: &mut Sink<'_>) -> Result<()> {
        Ok(())
    }

    fn refuses(&self, run: &Execution) -> Option<&'static str> {
        (!run.status.is_terminal()).then_some("it has not ended")
    }

    async fn run(&mut self, run: &Run<'_>, sink: &mut Sink<'_>) -> Result<()> {
        let before = self.files.len();
        let written = self.whole(run, sink).await;
        if written.is_err() {
            self.files.truncate(before);
        }
        written
    }

    async fn end(&mut self, sink: &mut Sink<'_>) -> Result<()> {
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            executions: std::mem::take(&mut self.executions),
            files: std::mem::take(&mut self.files),
        };
        let path = layout::MANIFEST.to_owned();
        entry::write(path, &pretty(&manifest)?, sink).await?;
        sink.write(&END).await
    }
}

impl Writer {
    async fn whole(&mut self, run: &Run<'_>, sink: &mut Sink<'_>) -> Result<()> {
        let id = &run.execution.id;
        let results = all(&run.results)?;
        self.file(id, layout::METADATA, &pretty(&run.execution)?, sink)
            .await?;
        self.file(id, layout::DEVICES, &devices(run)?, sink).await?;
        self.file(id, layout::RESULTS, &results, sink).await?;
        self.outputs(run, sink).await?;
        self.events(run, sink).await?;
        for name in layout::DOCUMENTS {
            if let Some(bytes) = run.document(name).await? {
                self.file(id, name, &bytes, sink).await?;
            }
        }
        self.executions.push(id.clone());
        Ok(())
    }

    async fn file(
        &mut self,
        id: &ExecutionId,
        file: &str,
        bytes: &[u8],
        sink: &mut Sink<'_>,
    ) -> Result<()> {
        let written = entry::write(layout::path(id, file), bytes, sink).await?;
        self.files.push(written);
        Ok(())
    }

    /// Writes the outputs one by one, and then the list of them.
    async fn outputs(&mut self, run: &Run<'_>, sink: &mut Sink<'_>) -> Result<()> {
        let id = &run.execution.id;
        let mut names = Names::default();
        let mut index = Vec::new();
        for (number, summary) in run.outputs.iter().enumerate() {
            let output = run.output(number).await?;
            check_size(&output)?;
            let stem = names.stem(summary);
            let listed = listed(&output, &stem);
            self.file(id, &listed.file, &output.bytes, sink).await?;
            if let Some(parsed) = &output.parsed {
                let file = format!("{}/{stem}.json", layout::PARSED);
                self.file(id, &file, &json(parsed)?, sink).await?;
            }
            index.extend(lines::encode(&listed)?);
        }
        self.file(id, layout::OUTPUTS, &index, sink).await
    }

    async fn events(&mut self, run: &Run<'_>, sink: &mut Sink<'_>) -> Result<()> {
        let mut size = 0;
        let mut next = 1;
        while let Some((lines, last)) = some_events(run, next).await? {
            size += lines.len() as u64;
            next = last + 1;
        }
        let path = layout::path(&run.execution.id, layout::EVENTS);
        let mut entry = Entry::begin(path, size, sink).await?;
        let mut next = 1;
        while let Some((lines, last)) = some_events(run, next).await? {
            entry.write(&lines, sink).await?;
            next = last + 1;
        }
        self.files.push(entry.end(sink).await?);
        Ok(())
    }
}

async fn some_events(run: &Run<'_>, from: u64) -> Result<Option<(Vec<u8>, u64)>> {
    let events = run.events(from).await?;
    let Some(last) = events.last() else {
        return Ok(None);
    };
    Ok(Some((all(&events)?, last.sequence)))
}

/// Names outputs so that no two names differ in case alone.
#[derive(Default)]
struct Names(HashMap<String, usize>);

impl Names {
    fn stem(&mut self, summary: &OutputSummary) -> String {
        let plain = layout::stem(&summary.device, &summary.command, 1);
        let number = self.0.entry(plain.to_lowercase()).or_default();
        *number += 1;
        layout::stem(&summary.device, &summary.command, *number)
    }
}

fn listed(output: &Output, stem: &str) -> OutputSummary {
    let (folder, ending) = match output.summary.json {
        true => (layout::JSON, "json"),
        false => (layout::TEXT, "txt"),
    };
    OutputSummary {
        file: format!("{folder}/{stem}.{ending}"),
        ..output.summary.clone()
    }
}

fn check_size(output: &Output) -> Result<()> {
    if output.bytes.len() as u64 <= LARGEST {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Unsupported,
        "an output is too large for a bundle",
    )
    .with("device", &output.summary.device)
    .with("command", &output.summary.command)
    .with("bytes", output.bytes.len())
    .with("most", LARGEST)
    .hint("leave the run out, or export it as lines of JSON"))
}

/// A device in `devices.json`, as in the file store.
#[derive(Serialize)]
struct DeviceEntry<'a> {
    #[serde(flatten)]
    device: &'a DeviceSummary,
    result: Option<&'a DeviceResult>,
}

fn devices(run: &Run<'_>) -> Result<Vec<u8>> {
    let results: HashMap<&str, &DeviceResult> = run
        .results
        .iter()
        .map(|result| (result.device.as_str(), result))
        .collect();
    let mut entries = Vec::new();
    for device in &run.execution.devices {
        let result = results.get(device.id.as_str());
        let result = result.or_else(|| results.get(device.name.as_str()));
        entries.push(DeviceEntry {
            device,
            result: result.copied(),
        });
    }
    pretty(&entries)
}

fn all<T: Serialize>(values: &[T]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for value in values {
        bytes.extend(lines::encode(value)?);
    }
    Ok(bytes)
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(unwritten)
}

fn pretty<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(unwritten)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn unwritten(source: serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, "a value cannot be written as JSON").because(source)
}
