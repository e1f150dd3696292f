//! What does the record say that a run left beside its outputs?
//!
//! `metadata.json` with an `execution_id`, as the tools before wrote it; `devices.json` says how each device ended. What cannot
//! be read is told, and nothing is put in its place.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::names::Names;
use super::words;
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceStatus, DeviceSummary, Execution, ExecutionStatus};
use crate::store::exchange::ansible::time;
use crate::store::exchange::draft::{between, device, id_of};
use crate::store::exchange::secrets;

/// The summary of a run.
pub(super) const METADATA: &str = "metadata.json";
/// Its devices.
pub(super) const DEVICES: &str = "devices.json";
/// What stands beside outputs and is none. The last is made anew from the outputs.
pub(super) const BESIDE: [&str; 3] = [METADATA, DEVICES, "topology.json"];
/// The largest record that is read.
const LARGEST: u64 = 64 << 20;
/// A run can get its name so long before or after its time is taken.
const NAMED_WITHIN_US: u64 = 60_000_000;

/// What stands in a folder.
#[derive(Debug)]
pub(super) enum Beside {
    /// No record of a run.
    Nothing,
    /// The record of a run.
    Record(Box<Record>),
    /// The summary of a run of a file store.
    Ours,
    /// Something that should be a record, and why it cannot be read.
    Broken(String),
}

/// What a run says about itself.
#[derive(Debug)]
pub(super) struct Record {
    /// Its name there.
    pub(super) said: String,
    pub(super) job_id: Option<String>,
    pub(super) status: ExecutionStatus,
    pub(super) reason: Option<String>,
    pub(super) devices: Vec<DeviceSummary>,
    /// How devices ended, by their names.
    pub(super) ends: BTreeMap<String, DeviceStatus>,
    pub(super) commands: Vec<String>,
    /// How many commands there were.
    pub(super) total: Option<u64>,
    /// What has no place of its own in a summary of ours.
    pub(super) rest: Value,
    /// What could not be read.
    pub(super) doubts: Vec<String>,
    /// Names what is kept of the record.
    pub(super) identity: String,
    at: Option<Timestamp>,
}

/// What a run is called in a store, and since when it is there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Naming {
    pub(super) id: ExecutionId,
    pub(super) created_at: Timestamp,
    pub(super) started_at: Timestamp,
    /// Its name if the other is taken.
    pub(super) spare: ExecutionId,
}

/// Looks what stands in a folder. Blocking.
pub(super) fn beside(folder: &Path) -> Beside {
    let (mut fields, digest) = match document(&folder.join(METADATA)) {
        None => return Beside::Nothing,
        Some(Err(why)) => return Beside::Broken(why),
        Some(Ok((Value::Object(fields), digest))) => (fields, digest),
        Some(Ok(_)) => return Beside::Nothing,
    };
    let said = match fields.get("execution_id") {
        None | Some(Value::Null) => return Beside::Nothing,
        Some(Value::String(said)) => said.clone(),
        Some(other) => other.to_string(),
    };
    if serde_json::from_value::<Execution>(fields.clone().into()).is_ok() {
        return Beside::Ours;
    }
    let mut record = Record::named(said, &digest);
    record.read(&mut fields);
    record.read_devices(folder);
    record.rest = Value::Object(fields);
    Beside::Record(Box::new(record))
}

/// Reads a document, if there is one, without its secrets.
fn document(path: &Path) -> Option<Result<(Value, Digest), String>> {
    let about = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        about => about,
    };
    Some(match about {
        Err(error) => Err(error.to_string()),
        Ok(about) if !about.is_file() => Err("it is no plain file".to_owned()),
        Ok(about) if about.len() > LARGEST => Err("it is too large".to_owned()),
        Ok(_) => parsed(path),
    })
}

fn parsed(path: &Path) -> Result<(Value, Digest), String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let mut value = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    secrets::json(&mut value);
    // Named by what is kept of it: the name of a secret tells who guesses it that he is right.
    let digest = Digest::of(value.to_string().as_bytes());
    Ok((value, digest))
}

impl Record {
    fn named(said: String, digest: &Digest) -> Self {
        Self {
            said,
            job_id: None,
            status: ExecutionStatus::Interrupted,
            reason: None,
            devices: Vec::new(),
            ends: BTreeMap::new(),
            commands: Vec::new(),
            total: None,
            rest: Value::Null,
            doubts: Vec::new(),
            identity: format!("{METADATA}\t{digest}\n"),
            at: None,
        }
    }

    fn read(&mut self, fields: &mut Map<String, Value>) {
        self.job_id = fields.get("job_id").and_then(word);
        self.at = fields
            .get("timestamp")
            .and_then(Value::as_str)
            .and_then(time);
        if self.at.is_none() {
            self.doubts
                .push("it has no time that can be read".to_owned());
        }
        self.read_status(fields.get("status"));
        self.total = fields
            .get("results")
            .and_then(|results| results["total_commands"].as_u64());
        match fields.remove("commands") {
            None | Some(Value::Null) => {}
            Some(Value::Array(commands)) => self.read_commands(&commands),
            Some(other) => drop(fields.insert("commands".to_owned(), other)),
        }
        match fields.remove("devices") {
            None | Some(Value::Null) => {}
            Some(Value::Array(devices)) => self.add_devices(METADATA, &devices),
            Some(other) => drop(fields.insert("devices".to_owned(), other)),
        }
    }

    fn read_status(&mut self, status: Option<&Value>) {
        let said = status.and_then(Value::as_str).unwrap_or_default();
        (self.status, self.reason) = words::execution(said);
        if !words::is_known(said) {
            let doubt = format!("{said:?} is no status that is known");
            self.doubts.push(doubt);
        }
    }

    fn read_commands(&mut self, commands: &[Value]) {
        let sent = commands.iter().filter_map(Value::as_str);
        let sent: Vec<_> = sent.map(|one| secrets::text(one).into_owned()).collect();
        if sent.len() < commands.len() {
            let doubt = format!("{} commands are no texts", commands.len() - sent.len());
            self.doubts.push(doubt);
        }
        self.commands = sent;
    }

    fn read_devices(&mut self, folder: &Path) {
        let found = match document(&folder.join(DEVICES)) {
            None => return,
            Some(Err(why)) => Err(why),
            Some(Ok((Value::Array(devices), digest))) => Ok((devices, digest)),
            Some(Ok((mut other, digest))) => match other["devices"].take() {
                Value::Array(devices) => Ok((devices, digest)),
                _ => Err("it is no list".to_owned()),
            },
        };
        match found {
            Ok((devices, digest)) => {
                self.identity += &format!("{DEVICES}\t{digest}\n");
                self.add_devices(DEVICES, &devices);
            }
            Err(why) => self.doubts.push(format!("{DEVICES} cannot be read: {why}")),
        }
    }

    fn add_devices(&mut self, file: &str, devices: &[Value]) {
        let added = devices.iter().filter(|one| self.add_device(one)).count();
        if added < devices.len() {
            let count = devices.len() - added;
            let doubt = format!("{count} devices of {file} cannot be read whole");
            self.doubts.push(doubt);
        }
    }

    /// Takes in what is said about a device, and says whether all of it could be read.
    fn add_device(&mut self, said: &Value) -> bool {
        let name = match said {
            Value::String(name) => Some(name.clone()),
            _ => word(&said["name"]).or_else(|| word(&said["id"])),
        };
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return false;
        };
        if !self.devices.iter().any(|known| known.name == name) {
            let summary = DeviceSummary {
                id: word(&said["id"]).unwrap_or_else(|| name.clone()),
                ip: word(&said["ip"]).unwrap_or_default(),
                platform: word(&said["platform"]),
                ..device(&name)
            };
            self.devices.push(summary);
        }
        let Some(status) = said["status"].as_str() else {
            return true;
        };
        let Some(status) = words::device(status) else {
            return false;
        };
        self.ends.insert(name, status);
        true
    }

    /// What the names of its files can speak of.
    pub(super) fn names(&self) -> Names {
        let mut names = Names::default();
        for device in &self.devices {
            names.device(&device.name, &device.name);
        }
        for device in &self.devices {
            names.device(&device.id, &device.name);
            if !device.ip.is_empty() {
                names.device(&device.ip, &device.name);
            }
        }
        self.commands.iter().for_each(|one| names.command(one));
        names
    }

    /// Names the run. `oldest` is when the first of its files was written, for a record without a time.
    ///
    /// Its own name is kept where it is one, and of the time that the record says.
    pub(super) fn naming(&self, oldest: Option<Timestamp>, content: &Digest) -> Option<Naming> {
        let own = self.said.parse::<ExecutionId>().ok();
        let own = own.and_then(|id| Some((second(&id)?, id)));
        let started_at = match (self.at, &own) {
            (Some(at), _) => at,
            (None, Some((second, _))) => *second,
            (None, None) => oldest?,
        };
        let kept = own.filter(|(second, id)| id.names(started_at) || is_near(*second, started_at));
        let (created_at, id) = match kept {
            Some((_, id)) if id.names(started_at) => (started_at, id),
            Some((second, id)) => (second, id),
            None => (started_at, id_of(started_at, content)),
        };
        Some(Naming {
            spare: id_of(created_at, content),
            id,
            created_at,
            started_at: started_at.max(created_at),
        })
    }
}

/// A word, or a number that stands for one.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(word) => Some(secrets::text(word).into_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The second that a name says, if there is such a second.
fn second(id: &ExecutionId) -> Option<Timestamp> {
    let at = DateTime::strptime("%Y-%m-%d_%H%M%S", id.second()).ok()?;
    let at = at.to_zoned(TimeZone::UTC).ok()?.timestamp();
    (at >= Timestamp::UNIX_EPOCH).then_some(at)
}

fn is_near(a: Timestamp, b: Timestamp) -> bool {
    between(a.min(b), a.max(b)).is_some_and(|apart| apart <= NAMED_WITHIN_US)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn record(said: &str, time: Option<&str>) -> Record {
        let mut record = Record::named(said.to_owned(), &Digest::of(b""));
        record.at = time.map(at);
        record
    }

    #[test]
    fn a_run_keeps_its_name_where_it_is_one_of_its_time() {
        let own = "exec_2025-11-24_194401_a1b2c3d4";
        let digest = Digest::of(b"x");
        let oldest = Some(at("2026-01-01T00:00:00Z"));
        for (said, time, kept, created_at) in [
            (
                own,
                Some("2025-11-24T19:44:01.25Z"),
                true,
                "2025-11-24T19:44:01.25Z",
            ),
            (
                own,
                Some("2025-11-24T19:44:03Z"),
                true,
                "2025-11-24T19:44:01Z",
            ),
            (own, None, true, "2025-11-24T19:44:01Z"),
            // A name in the time of some place says another second than a time with its zone.
            (
                own,
                Some("2025-11-24T18:44:01Z"),
                false,
                "2025-11-24T18:44:01Z",
            ),
            (
                "run 7",
                Some("2025-11-24T19:44:01Z"),
                false,
                "2025-11-24T19:44:01Z",
            ),
            (
                "exec_2025-13-44_194401_a1b2c3d4",
                None,
                false,
                "2026-01-01T00:00:00Z",
            ),
        ] {
            let naming = record(said, time).naming(oldest, &digest).unwrap();
            assert_eq!(naming.id.as_str() == said, kept, "{said} {time:?}");
            assert_eq!(naming.created_at, at(created_at), "{said} {time:?}");
            assert!(naming.id.names(naming.created_at) && naming.spare.names(naming.created_at));
            assert!(naming.started_at >= naming.created_at);
            let again = record(said, time).naming(oldest, &digest).unwrap();
            assert_eq!(naming, again);
        }
        assert_eq!(record("run 7", None).naming(None, &digest), None);
    }

    #[test]
    fn devices_are_read_in_the_forms_that_there_are() {
        let mut record = record("x", None);
        let devices = serde_json::json!([
            {"id": 7, "name": "r1", "ip": "192.0.2.1"}, "r2", {"id": "r3", "status": "fine"}, {}, 5, null,
        ]);
        record.add_devices(METADATA, devices.as_array().unwrap());
        let later = serde_json::json!([{"name": "r1", "status": "failed", "platform": "frr"}]);
        record.add_devices(DEVICES, later.as_array().unwrap());
        let devices = record.devices.iter();
        let devices: Vec<_> = devices
            .map(|one| (&*one.id, &*one.name, &*one.ip))
            .collect();
        assert_eq!(
            devices,
            [("7", "r1", "192.0.2.1"), ("r2", "r2", ""), ("r3", "r3", "")]
        );
        assert_eq!(
            record.ends,
            [("r1".to_owned(), DeviceStatus::Failed)].into()
        );
        assert_eq!(
            record.doubts,
            ["4 devices of metadata.json cannot be read whole"]
        );
        let names = record.names();
        assert_eq!(names.of("192.0.2.1_show_version").0, "r1");
        assert_eq!(names.of("7_show_version").0, "r1");
    }
}
