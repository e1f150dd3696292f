//! The way back of one device, from whatever state it is found in.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use serde_json::json;

use super::apply::{Journal, Way, send_all};
use super::target::{Target, check_identity};
use super::texts;
use crate::capture::{Reading, read};
use crate::config::Configuration;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, Level, NewEvent};
use crate::id::Digest;
use crate::model::{LineResult, RollbackOutcome};
use crate::plan;
use crate::store::{Durability, Recorder};
use crate::transport::Session;

/// A line can take others with it, which only the next look shows.
const PASSES: usize = 3;

/// Brings a device to its refuge: reads what is there, sends what is missing, reads again over a new login.
///
/// Returns how exactly it arrived, and the content that was read last. A store that fails holds nothing up: the device
/// comes first, and the run is told at its end.
///
/// # Errors
/// `RollbackFailed` when the refuge is not reached; `WrongDevice` when another device answers; the errors of reading a
/// device that stays away.
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
    let _ = recorder.event(started, Durability::Durable).await;
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
    let _ = recorder.event(finished, Durability::Durable).await;
    restored
}

async fn passes(
    context: &Context,
    recorder: &Recorder,
    target: &Target,
    lines: &mut Vec<LineResult>,
) -> Result<(RollbackOutcome, Digest)> {
    let refuge = Configuration::parse(&target.refuge, &target.platform)?;
    let mut trouble = None;
    for _ in 0..PASSES {
        let (mut session, reading) = log_in(context, target).await?;
        if reading.configuration.meaning() == refuge.meaning() {
            session.close().await;
            return Ok(arrived(context, recorder, target, reading).await);
        }
        let journal = (recorder, target);
        let sent = step(
            session.as_mut(),
            journal,
            (&reading.configuration, &refuge),
            lines,
        )
        .await;
        session.close().await;
        // The next look tells what became of it.
        trouble = sent.err();
    }
    let (session, reading) = log_in(context, target).await?;
    session.close().await;
    if reading.configuration.meaning() == refuge.meaning() {
        return Ok(arrived(context, recorder, target, reading).await);
    }
    let failed = Error::new(
        ErrorKind::RollbackFailed,
        "the device is not back at the configuration from before",
    )
    .during("deploy.restore")
    .with("device", &target.device.name)
    .hint("compare the newest snapshot with the one before, and repair the device by hand");
    Err(match trouble {
        Some(error) => failed.because(error),
        None => failed,
    })
}

async fn arrived(
    context: &Context,
    recorder: &Recorder,
    target: &Target,
    reading: Reading,
) -> (RollbackOutcome, Digest) {
    let exactness = exactness(&reading, &target.refuge);
    let content = reading.output.summary.digest;
    let _ = context.store.put_blob(&reading.output.bytes).await;
    let _ = recorder.untold_output(reading.output).await;
    (exactness, content)
}

async fn step(
    session: &mut dyn Session,
    (recorder, target): (&Recorder, &Target),
    (observed, refuge): (&Configuration, &Configuration),
    lines: &mut Vec<LineResult>,
) -> Result<()> {
    let steps = plan::remediate(observed, refuge, &target.platform)?;
    let inverse: Vec<_> = texts::without(steps)
        .iter()
        .map(|step| plan::lines(std::slice::from_ref(step), &target.platform))
        .collect();
    let journal = Journal {
        recorder,
        device: &target.device.name,
        total: inverse.iter().map(Vec::len).sum(),
        way: Way::Back,
    };
    session.configure().await?;
    send_all(session, &journal, &inverse, lines).await?;
    session.leave().await
}

/// Logs in and reads the device, patiently: it may just be coming back. What is sent then goes to the device that was read.
async fn log_in(context: &Context, target: &Target) -> Result<(Box<dyn Session>, Reading)> {
    let patience = ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(1))
        .with_max_delay(Duration::from_secs(15))
        .with_max_times(6)
        .with_jitter();
    (|| log_in_once(context, target))
        .retry(patience)
        .when(Error::is_retryable)
        .await
}

async fn log_in_once(context: &Context, target: &Target) -> Result<(Box<dyn Session>, Reading)> {
    let (mut session, platform) = context
        .connect(&target.device, &target.options.limits)
        .await?;
    let reading = match check_identity(session.as_ref(), target) {
        Ok(()) => read(session.as_mut(), &target.device, &platform).await,
        Err(error) => Err(error),
    };
    match reading {
        Ok(reading) => Ok((session, reading)),
        Err(error) => {
            session.close().await;
            Err(error)
        }
    }
}

fn exactness(reading: &Reading, refuge: &str) -> RollbackOutcome {
    match reading.output.bytes == refuge.as_bytes() {
        true => RollbackOutcome::Exact,
        false => RollbackOutcome::Equivalent,
    }
}
