//! How does a configuration come in that another tool read?

use jiff::Timestamp;
use serde::Deserialize;

use super::Request;
use super::public::text;
use crate::engine::{KeepOptions, Netsnap};
use crate::error::Result;

/// Whose it is, and when it was read; the text stands beside.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    device: String,
    platform: String,
    #[serde(default)]
    taken_at: Option<Timestamp>,
    #[serde(default)]
    actor: String,
}

/// Keeps it as a snapshot, to the end: a run that was begun is finished.
pub(super) async fn keep(engine: &Netsnap, request: &Request) -> Result<String> {
    let ([configuration], given): (_, Given) = request.named(["text"])?;
    let options = KeepOptions {
        taken_at: given.taken_at,
        actor: given.actor,
    };
    let (device, platform) = (&given.device, &given.platform);
    let kept = engine.keep_configuration(device, platform, &configuration, &options);
    text(&kept.await?)
}
