//! Is whatever somebody changes in the folder of a run found, though he computes each checksum anew?

use std::fs;
use std::sync::Arc;

use async_trait::async_trait;

use super::super::output::OUTPUT;
use super::super::{FsStore, layout};
use super::{Fixture, fixture};
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, DeviceStatus, Execution};
use crate::store::verify::{Check, VerifyOptions, verify};
use crate::store::{ExecutionStore as _, NewExecution, Recorder};
use crate::testing::store::{
    Change, Forger, a_forged_line_is_found, a_forged_output_is_found, a_forged_record_is_found,
};

#[async_trait]
impl Forger for Fixture {
    async fn forge(&self, id: &ExecutionId, change: Change<'_>) {
        let path = self.path(id, layout::EVENTS);
        let mut lines = self.lines(id);
        change(&mut lines);
        let bytes = lines.iter().flat_map(|line| summed(line));
        fs::write(&path, bytes.collect::<Vec<u8>>()).unwrap();
        // Who forges the log forgets nothing that was made of it.
        let run = self.store.load(id).await.unwrap();
        let results = self.store.device_results(id).await.unwrap();
        let devices = super::super::run::devices_json(&run, &results).unwrap();
        fs::write(self.path(id, layout::DEVICES), devices).unwrap();
    }

    async fn forge_output(
        &self,
        id: &ExecutionId,
        place: usize,
        bytes: &[u8],
        parsed: &str,
    ) -> [(Digest, Digest); 2] {
        let lines = self.lines(id);
        let outputs = lines
            .iter()
            .filter(|line| line.as_bytes().starts_with(OUTPUT));
        let line: serde_json::Value =
            serde_json::from_str(outputs.clone().nth(place).unwrap()).unwrap();
        let replaced = |file: &serde_json::Value, bytes: &[u8]| {
            let path = self.path(id, file.as_str().unwrap());
            let before = Digest::of(&fs::read(&path).unwrap());
            fs::write(&path, bytes).unwrap();
            (before, Digest::of(bytes))
        };
        [
            replaced(&line["output"]["file"], bytes),
            replaced(&line["parsed"], parsed.as_bytes()),
        ]
    }
}

impl Fixture {
    /// The lines of a log without their checksums.
    fn lines(&self, id: &ExecutionId) -> Vec<String> {
        let log = fs::read_to_string(self.path(id, layout::EVENTS)).unwrap();
        let bare = |line: &str| format!("{}}}", line.rsplit_once(",\"crc32\":").unwrap().0);
        log.lines().map(bare).collect()
    }
}

/// A line with its checksum.
fn summed(line: &str) -> Vec<u8> {
    let body = line.strip_suffix('}').unwrap();
    let checksum = crc32fast::hash(body.as_bytes());
    format!("{body},\"crc32\":\"{checksum:08x}\"}}\n").into_bytes()
}

#[tokio::test]
async fn a_record_that_was_forged_is_found() {
    let forger = fixture().await;
    a_forged_record_is_found(Arc::new(forger.store.clone()), &forger).await;
}

#[tokio::test]
async fn a_line_that_was_forged_is_found() {
    let forger = fixture().await;
    a_forged_line_is_found(Arc::new(forger.store.clone()), &forger).await;
}

#[tokio::test]
async fn an_output_that_was_forged_is_found() {
    let forger = fixture().await;
    a_forged_output_is_found(Arc::new(forger.store.clone()), &forger).await;
}

/// The places and words of what is found.
async fn found(store: &FsStore) -> Vec<(Check, String, String)> {
    let report = verify(store, &VerifyOptions::default(), &|_| ()).await;
    let findings = report.unwrap().findings.into_iter();
    findings
        .map(|one| (one.check, one.place, one.what))
        .collect()
}

#[tokio::test]
async fn what_is_behind_the_end_of_a_log_is_found_by_the_file() {
    let fixture = fixture().await;
    let run = fixture.run().await;
    let path = fixture.path(&run.id, layout::EVENTS);
    let whole = fs::read(&path).unwrap();
    let place = format!("executions/{}/events.ndjson", run.id);
    assert_eq!(found(&fixture.store).await, []);
    for junk in ["{\"torn", "{\"x\":1}\n", "\0\0\0", "\n"] {
        fs::write(&path, [&whole, junk.as_bytes()].concat()).unwrap();
        let what = "behind the last line of the log stands what is none";
        let expected = (Check::Record, place.clone(), what.to_owned());
        assert_eq!(found(&fixture.store).await, [expected], "{junk:?}");
    }
    for foreign in ["{\"x\":1}", "{\"result\":{\"device\":\"r1\"}}"] {
        fs::write(&path, [whole.clone(), summed(foreign)].concat()).unwrap();
        let found = found(&fixture.store).await;
        let places: Vec<_> = found.iter().map(|one| (one.0, one.1.as_str())).collect();
        for expected in [(Check::Record, run.id.as_str()), (Check::Record, &place)] {
            assert!(places.contains(&expected), "{foreign}: {found:?}");
        }
    }
}

#[tokio::test]
async fn a_list_of_devices_that_was_changed_is_found_by_the_file() {
    let fixture = fixture().await;
    let run = fixture.run_on("r1").await;
    assert_eq!(found(&fixture.store).await, []);
    let path = fixture.path(&run.id, layout::DEVICES);
    let whole = fs::read_to_string(&path).unwrap();
    let place = format!("executions/{}/devices.json", run.id);
    let changed = whole.replace("failed", "ok");
    assert_ne!(changed, whole);
    fs::write(&path, changed).unwrap();
    let what = "it is not what the summary and the log say of the devices";
    let expected = (Check::Record, place.clone(), what.to_owned());
    assert_eq!(found(&fixture.store).await, [expected]);
    fs::remove_file(&path).unwrap();
    let expected = (
        Check::Record,
        place,
        "the list of the devices is gone".to_owned(),
    );
    assert_eq!(found(&fixture.store).await, [expected]);
}

#[tokio::test]
async fn a_record_that_was_forged_with_its_name_is_found_by_the_audit_log() {
    let fixture = fixture().await;
    let run = fixture.run_on("r1").await;
    let reword = |lines: &mut Vec<String>| {
        for line in lines {
            *line = line.replace(
                "\"status\":\"failed\",\"commands_ok\"",
                "\"status\":\"skipped\",\"commands_ok\"",
            );
        }
    };
    fixture.forge(&run.id, &reword).await;
    let now = fixture.store.record_digest(&run.id).await.unwrap();
    assert_ne!(Some(now), run.record_digest);
    let path = fixture.path(&run.id, layout::METADATA);
    let summary = fs::read_to_string(&path).unwrap();
    let was = run.record_digest.unwrap().to_string();
    fs::write(&path, summary.replace(&was, &now.to_string())).unwrap();
    let found = found(&fixture.store).await;
    let checks: Vec<Check> = found.iter().map(|one| one.0).collect();
    assert!(checks.contains(&Check::Audit), "{found:?}");
    assert!(!checks.contains(&Check::Record), "{found:?}");
}

#[tokio::test]
async fn an_end_that_was_taken_back_is_found() {
    let fixture = fixture().await;
    let run = fixture.run().await;
    let path = fixture.path(&run.id, layout::METADATA);
    let summary = fs::read_to_string(&path).unwrap();
    let going_on = summary.replace("\"succeeded\"", "\"running\"");
    assert_ne!(going_on, summary);
    fs::write(&path, going_on).unwrap();
    let found = found(&fixture.store).await;
    let is_told = |one: &(Check, String, String)| one.0 == Check::Audit && one.1 == run.id.as_str();
    assert!(found.iter().any(is_told), "{found:?}");
}

impl Fixture {
    /// A run on a device that failed.
    async fn run_on(&self, device: &str) -> Execution {
        let (bus, _) = tokio::sync::broadcast::channel(8);
        let store = Arc::new(self.store.clone());
        let recorder = Recorder::begin(store, NewExecution::default(), bus)
            .await
            .unwrap();
        let result = DeviceResult::new(device, DeviceStatus::Failed);
        recorder.device_result(result).await.unwrap();
        recorder.finish_as_recorded(None).await.unwrap()
    }
}
