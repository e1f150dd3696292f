//! The way back of one device, from whatever state it is found in.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use serde_json::json;

use super::apply::{Journal, send_all};
use super::device::Target;
use crate::capture::{Reading, read};
use crate::config::Configuration;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, Level, NewEvent};
use crate::id::Digest;
use crate::model::{LineResult, RollbackOutcome};
use crate::plan;
use crate::store::{Durability, Recorder};

/// A line can take others with it, which only the next look shows.
const PASSES: usize = 3;

/// Brings a device to its refuge: reads what is there, sends what is missing, reads again over a new login.
///
/// Returns how exactly it arrived, and the content that was read last.
///
/// # Errors
/// `RollbackFailed` when the refuge is not reached; the errors of reading a device that stays away.
pub(super) async fn restore(
    context: &Context,
    recorder: &Recorder,
    target: &Target,
    reason: &Error,
    lines: &mut Vec<LineResult>,
) -> Result<(RollbackOutcome, Digest)> {
    let started = NewEvent::new(EventKind::RollbackStarted, reason.to_string())
        .on(&target.device.name)
        .level(Level::Warning)
        .data(json!({ "reason": reason.report() }));
    recorder.event(started, Durability::Durable).await?;
    let restored = passes(context, recorder, target, lines).await;
    let (text, level, outcome) = match &restored {
        Ok((outcome, _)) => (
            "back where it was".to_owned(),
            Level::Info,
            json!({ "outcome": outcome }),
        ),
        Err(error) => (
            error.to_string(),
            Level::Error,
            json!({ "outcome": "different", "error": error.report() }),
        ),
    };
    let finished = NewEvent::new(EventKind::RollbackFinished, text)
        .on(&target.device.name)
        .level(level)
        .data(outcome);
    recorder.event(finished, Durability::Durable).await?;
    restored
}

async fn passes(
    context: &Context,
    recorder: &Recorder,
    target: &Target,
    lines: &mut Vec<LineResult>,
) -> Result<(RollbackOutcome, Digest)> {
    let refuge = Configuration::parse(&target.refuge, &target.platform)?;
    let mut last = None;
    for pass in 0..=PASSES {
        let reading = look(context, target).await?;
        if reading.configuration.meaning() == refuge.meaning() {
            recorder.output(reading.output.clone()).await?;
            context.store.put_blob(&reading.output.bytes).await?;
            return Ok((
                exactness(&reading, &target.refuge),
                reading.output.summary.digest,
            ));
        }
        if pass == PASSES {
            break;
        }
        let sent = step(
            context,
            recorder,
            target,
            (&reading.configuration, &refuge),
            lines,
        );
        if let Err(error) = sent.await {
            // What was lost on the way may have arrived: the next look tells.
            if !error.is_retryable() {
                return Err(error);
            }
            last = Some(error);
        }
    }
    let failed = Error::new(
        ErrorKind::RollbackFailed,
        "the device is not back at the configuration from before",
    )
    .during("deploy.restore")
    .with("device", &target.device.name)
    .hint("compare the newest snapshot with the one before, and repair the device by hand");
    Err(match last {
        Some(cause) => failed.because(cause),
        None => failed,
    })
}

async fn step(
    context: &Context,
    recorder: &Recorder,
    target: &Target,
    (observed, refuge): (&Configuration, &Configuration),
    lines: &mut Vec<LineResult>,
) -> Result<()> {
    let steps = plan::remediate(observed, refuge, &target.platform)?;
    let inverse = plan::lines(&steps, &target.platform);
    let (mut session, _) = context
        .connect(&target.device, &target.options.limits)
        .await?;
    let journal = Journal {
        recorder,
        device: &target.device.name,
        total: inverse.len(),
    };
    let sent = async {
        session.configure().await?;
        send_all(session.as_mut(), &journal, &inverse, lines).await?;
        session.leave().await
    }
    .await;
    session.close().await;
    sent
}

/// Reads the device over a new login, patiently: it may just be coming back.
async fn look(context: &Context, target: &Target) -> Result<Reading> {
    let patience = ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(1))
        .with_max_delay(Duration::from_secs(15))
        .with_max_times(6)
        .with_jitter();
    (|| look_once(context, target))
        .retry(patience)
        .when(Error::is_retryable)
        .await
}

async fn look_once(context: &Context, target: &Target) -> Result<Reading> {
    let (mut session, platform) = context
        .connect(&target.device, &target.options.limits)
        .await?;
    let reading = read(session.as_mut(), &target.device, &platform).await;
    session.close().await;
    reading
}

fn exactness(reading: &Reading, refuge: &str) -> RollbackOutcome {
    match reading.output.bytes == refuge.as_bytes() {
        true => RollbackOutcome::Exact,
        false => RollbackOutcome::Equivalent,
    }
}
