//! Operational checks: what was well before a change must be well after it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::target::Target;
use crate::config::Configuration;
use crate::error::{Effect, Error, ErrorKind, Result};
use crate::event::{EventKind, Level, NewEvent};
use crate::platform::{Check, Platform};
use crate::store::{Durability, Recorder};
use crate::transport::Session;

/// How long to wait between two looks.
const PAUSE: Duration = Duration::from_millis(300);

/// The healthy things of each check, in the order of the platform's table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Health(Vec<(String, BTreeSet<String>)>);

/// Asks each check that the configuration makes worth asking.
pub(super) async fn health(
    session: &mut dyn Session,
    platform: &Platform,
    configuration: &Configuration,
) -> Result<Health> {
    let mut health = Vec::new();
    for check in checks(platform, configuration) {
        health.push((check.name.clone(), healthy(session, check).await?));
    }
    Ok(Health(health))
}

fn checks<'a>(
    platform: &'a Platform,
    configuration: &'a Configuration,
) -> impl Iterator<Item = &'a Check> {
    let text = configuration.text();
    platform
        .checks
        .iter()
        .filter(move |check| text.lines().any(|line| check.when.0.is_match(line)))
}

async fn healthy(session: &mut dyn Session, check: &Check) -> Result<BTreeSet<String>> {
    let answer = session.run(&check.command).await?;
    let text = answer.text();
    let keys = text
        .lines()
        .filter_map(|line| check.healthy.0.captures(line));
    Ok(keys
        .filter_map(|found| found.name("key").map(|key| key.as_str().to_owned()))
        .collect())
}

/// Waits until everything that was well before is well again, in two looks in a row.
///
/// # Errors
/// `CheckFailed` with what is still missing when the time is over; the errors of [`Session::run`].
pub(super) async fn wait_until_as_before(
    session: &mut dyn Session,
    target: &Target,
    before: &Health,
    recorder: &Recorder,
) -> Result<()> {
    let deadline = Instant::now() + target.options.check_timeout;
    for (name, expected) in &before.0 {
        let Some(check) = target
            .platform
            .checks
            .iter()
            .find(|check| check.name == *name)
        else {
            continue;
        };
        let found = wait_for(session, check, expected, deadline).await?;
        let missing: Vec<_> = expected.difference(&found).cloned().collect();
        recorder
            .event(judged(target, name, expected, &found), Durability::Batched)
            .await?;
        if !missing.is_empty() {
            return Err(Error::new(
                ErrorKind::CheckFailed,
                "what was well before the change is not well after it",
            )
            .during("deploy.check")
            .with("check", name)
            .with("missing", missing.join(", "))
            .hint("find out why the change costs what is missing; give more time if it only comes back slowly")
            .effect(Effect::Known));
        }
    }
    Ok(())
}

async fn wait_for(
    session: &mut dyn Session,
    check: &Check,
    expected: &BTreeSet<String>,
    deadline: Instant,
) -> Result<BTreeSet<String>> {
    let mut good = 0;
    loop {
        let found = healthy(session, check).await?;
        good = if expected.is_subset(&found) {
            good + 1
        } else {
            0
        };
        if good == 2 || Instant::now() >= deadline {
            return Ok(found);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn judged(
    target: &Target,
    name: &str,
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
) -> NewEvent {
    let passed = before.is_subset(after);
    NewEvent::new(
        EventKind::Checked,
        format!(
            "{name}: {} of {} as before",
            before.intersection(after).count(),
            before.len()
        ),
    )
    .on(&target.device.name)
    .level(if passed { Level::Info } else { Level::Error })
    .data(json!({ "check": name, "passed": passed, "before": before, "after": after }))
}
