//! How does who follows a run hear of outputs, and of the ends of its devices? As events, which the record itself does not need.

use serde_json::json;

use super::{Recorder, Result, lock};
use crate::error::Error;
use crate::event::{EventKind, Level, NewEvent};
use crate::model::{DeviceResult, DeviceStatus, Gap, Output, OutputSummary, RecordingLevel};
use crate::store::{cap, gap};

impl Recorder {
    /// Keeps an output and counts it. The event `command_finished` tells of it, as of the outputs of `collect`.
    ///
    /// # Errors
    /// `AlreadyFinished`; `Storage`: the output may then be kept all the same, without the event.
    pub async fn output(&self, output: Output) -> Result<OutputSummary> {
        let _open = self.enter().await?;
        let summary = self.keep(output, None).await?;
        self.tell(answered(&summary)).await?;
        Ok(summary)
    }

    /// Keeps an output as [`output`](Self::output) does, and no event tells of it: for who records one of his own.
    ///
    /// # Errors
    /// `AlreadyFinished`; `Storage`.
    pub async fn untold_output(&self, output: Output) -> Result<OutputSummary> {
        self.output_with(output, None).await
    }

    /// Keeps an output as [`untold_output`](Self::untold_output) does of which a part was never kept.
    pub(crate) async fn output_with(
        &self,
        output: Output,
        gap: Option<Gap>,
    ) -> Result<OutputSummary> {
        let _open = self.enter().await?;
        self.keep(output, gap).await
    }

    /// Keeps how a device ended and counts it. The event `device_finished` tells of it, as of the devices of `collect`.
    ///
    /// # Errors
    /// `AlreadyFinished`; `Storage`: the result may then be kept all the same, without the event.
    pub async fn device_result(&self, result: DeviceResult) -> Result<()> {
        self.device_results(std::slice::from_ref(&result)).await
    }

    /// Keeps how devices ended, in one write, and counts them. An event tells of each.
    ///
    /// # Errors
    /// As [`device_result`](Self::device_result).
    pub async fn device_results(&self, results: &[DeviceResult]) -> Result<()> {
        let _open = self.enter().await?;
        self.keep_results(results).await?;
        for result in results {
            self.tell(ended(result)).await?;
        }
        Ok(())
    }

    /// Keeps how devices ended as [`device_results`](Self::device_results) does, and no event tells of it: for who records those of his
    /// own.
    ///
    /// # Errors
    /// `AlreadyFinished`; `Storage`.
    pub async fn untold_device_results(&self, results: &[DeviceResult]) -> Result<()> {
        let _open = self.enter().await?;
        self.keep_results(results).await
    }

    async fn keep(&self, output: Output, gap: Option<Gap>) -> Result<OutputSummary> {
        let (store, limit) = (self.shared.store.as_ref(), self.shared.output_limit);
        let output = match (gap, limit) {
            (Some(gap), limit) => gap::closed(store, output, gap, limit.unwrap_or(usize::MAX)),
            // Masked first: a cut takes the word that tells a secret from it.
            (None, Some(limit)) => cap::output(store.output_as_kept(output), limit),
            (None, None) => output,
        };
        let place = (
            output.summary.device.clone(),
            output.summary.command.clone(),
        );
        lock(&self.shared.parts).remove(&place);
        let summary = self.shared.store.put_output(self.id(), output).await?;
        self.keep_promise().await?;
        lock(&self.shared.tally).output(&summary);
        self.shared.tell_later();
        Ok(summary)
    }

    async fn keep_results(&self, results: &[DeviceResult]) -> Result<()> {
        self.shared
            .store
            .put_device_results(self.id(), results)
            .await?;
        self.keep_promise().await?;
        let mut tally = lock(&self.shared.tally);
        results.iter().for_each(|result| tally.result(result));
        drop(tally);
        self.shared.tell_later();
        Ok(())
    }

    /// Records an event of what was just kept, by a caller that holds the run open. What was kept is kept: while no event is taken, this
    /// one waits for it.
    async fn tell(&self, event: NewEvent) -> Result<()> {
        if lock(&self.shared.line).is_full() {
            self.make_room().await?;
        }
        self.serves()?;
        match self.shared.level {
            RecordingLevel::Strict => self.write(event).await.map(drop),
            RecordingLevel::Batched | RecordingLevel::Relaxed => {
                self.place(event);
                Ok(())
            }
        }
    }
}

/// Tells of a command that was answered.
pub(crate) fn answered(output: &OutputSummary) -> NewEvent {
    let level = match (&output.rejection, output.status.is_failure()) {
        (Some(_), _) => Level::Warning,
        (None, true) => Level::Error,
        (None, false) => Level::Info,
    };
    NewEvent::new(EventKind::CommandFinished, &output.command)
        .on(&output.device)
        .level(level)
        .data(json!({
            "command": output.command,
            "bytes": output.bytes,
            "proof": output.proof,
            "status": output.status,
            "rejection": output.rejection,
        }))
}

/// Tells how a device ended.
pub(crate) fn ended(result: &DeviceResult) -> NewEvent {
    let (text, level) = match (&result.error, result.status) {
        (Some(error), _) => (Error::from(error.clone()).to_string(), Level::Error),
        (None, DeviceStatus::Failed) => ("failed".to_owned(), Level::Error),
        (None, DeviceStatus::Unreachable) => ("not reached".to_owned(), Level::Error),
        (None, DeviceStatus::Skipped) => ("skipped".to_owned(), Level::Info),
        (None, DeviceStatus::Ok | DeviceStatus::Changed) => ("done".to_owned(), Level::Info),
    };
    NewEvent::new(EventKind::DeviceFinished, text)
        .on(&result.device)
        .level(level)
        .progress(1, 1)
        .data(json!({ "status": result.status, "error": result.error }))
}
