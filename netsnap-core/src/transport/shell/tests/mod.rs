//! The shell against devices that are played: recorded, written from documents, hostile.

mod fake;
mod limits;
mod modes;
mod parts;
mod random;
mod screens;
mod transcripts;
mod traps;
mod verdicts;

use std::sync::Arc;

use super::Shell;
use crate::platform::{FenceTiming, Platform};
use crate::transport::Limits;

/// Returns a platform whose fence goes out at another time.
fn with_timing(name: &str, timing: FenceTiming) -> Arc<Platform> {
    let mut platform = Platform::clone(&Platform::named(name).unwrap());
    platform.cli.fence.as_mut().unwrap().timing = timing;
    platform.cli.prepare.clear();
    Arc::new(platform)
}

async fn open(device: fake::Fake, platform: &Arc<Platform>) -> Shell {
    let limits = Limits::default();
    Shell::open(Box::new(device), Arc::clone(platform), limits)
        .await
        .unwrap()
}
