//! What names the record of a run in its folder, and what stands there that is not of it?

use std::fs;
use std::io;
use std::path::Path;

use memchr::memmem;

use super::durable::{self, storage};
use super::layout;
use super::log::Lines;
use super::run::{Run, devices_json};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, EventKind};
use crate::id::Digest;
use crate::model::Execution;
use crate::store::Damage;
use crate::store::lines::decode;
use crate::store::record::Record;

impl Run {
    /// Names the record; see [`crate::store::ExecutionStore::record_digest`].
    pub(super) fn record_digest(&self) -> Result<Digest> {
        let mut record = Record::default();
        // The first two are those of version 0.1.0.
        for name in [layout::OUTPUTS, layout::RESULTS, layout::EVENTS] {
            let path = self.file(name);
            if fs::symlink_metadata(&path).is_ok() {
                Lines::<Event>::open(&path, 0)?.each(|line| record.add(line))?;
            }
        }
        Ok(record.digest())
    }

    /// Lists what is not as the record says; see [`crate::store::ExecutionStore::strays`].
    pub(super) fn strays(&self, run: &Execution) -> Result<Vec<Damage>> {
        let behind = self.behind_the_end()?;
        let devices = self.other_devices(run)?;
        let found = [(layout::EVENTS, behind), (layout::DEVICES, devices)];
        let found = found.into_iter();
        Ok(found
            .filter_map(|(name, what)| Some(self.stray(name, what?)))
            .collect())
    }

    fn stray(&self, name: &str, what: &'static str) -> Damage {
        let path = self.file(name);
        let place = path.strip_prefix(&self.root).unwrap_or(&path);
        Damage {
            place: place.display().to_string(),
            error: Error::new(ErrorKind::Corrupt, what)
                .during("store.strays")
                .report(),
        }
    }

    /// Says what stands behind the end of the log.
    fn behind_the_end(&self) -> Result<Option<&'static str>> {
        let path = self.file(layout::EVENTS);
        let Ok(file) = fs::symlink_metadata(&path) else {
            return Ok(None);
        };
        let (mut ended, mut goes_on) = (false, false);
        let mut lines = Lines::<Event>::open(&path, 0)?;
        let end = lines.each(|line| {
            goes_on |= ended;
            ended |= ends_a_run(line);
        })?;
        Ok(match goes_on {
            true => Some("the log goes on behind the event that ends the run"),
            false if end < file.len() => {
                Some("behind the last line of the log stands what is none")
            }
            false => None,
        })
    }

    /// Says what is wrong with the list of the devices. That of a run whose record nothing binds may be as an older netsnap wrote it.
    fn other_devices(&self, run: &Execution) -> Result<Option<&'static str>> {
        if run.devices.is_empty() || run.record_digest.is_none() {
            return Ok(None);
        }
        let expected = devices_json(run, &self.device_results()?)?;
        let path = self.file(layout::DEVICES);
        match durable::read(&path) {
            Ok(bytes) if bytes == expected => Ok(None),
            Ok(_) => Ok(Some(
                "it is not what the summary and the log say of the devices",
            )),
            Err(error) => not_there(&path, error),
        }
    }
}

fn not_there(path: &Path, error: io::Error) -> Result<Option<&'static str>> {
    match error.kind() {
        io::ErrorKind::NotFound => Ok(Some("the list of the devices is gone")),
        io::ErrorKind::InvalidData => Ok(Some(
            "in the place of the list of the devices stands no file",
        )),
        _ => Err(storage(path, error)),
    }
}

fn ends_a_run(line: &[u8]) -> bool {
    const WORD: &[u8] = b"\"execution_finished\"";
    // Only few lines have to be read: the word stands in hardly another.
    memmem::find(line, WORD).is_some()
        && decode::<Event>(line).is_some_and(|event| event.kind == EventKind::ExecutionFinished)
}
