//! Who writes a run, and does it still live?
//!
//! No clock is asked. Linux names a process for good by boot, number and start time (`proc(5)`: `/proc/<pid>/stat`, field 22, and
//! `/proc/sys/kernel/random/boot_id`), a machine by `machine-id(5)`, and by `pid_namespaces(7)` where a number counts. Names are
//! given anew, so the name of the machine is asked only where nothing better is known. Where there is no `/proc`, nobody but this
//! process can be judged, and nobody is. Processes of other containers are known by their [`seat`](super::seat).

use std::fs;
use std::io;

use crate::id::Digest;
use crate::model::Owner;

/// Where the processes of a machine count that are in no container (`PROC_PID_INIT_INO` in Linux' `proc_ns.h`).
const OUTSIDE: u64 = 0xEFFF_FFFC;

/// What can be said of an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Lives,
    Gone(&'static str),
    Unknown,
}

/// Describes this process.
pub(super) fn this_process() -> Owner {
    let process = std::process::id();
    Owner {
        host: host(),
        boot: line("/proc/sys/kernel/random/boot_id"),
        process,
        process_start: started(process).unwrap_or(0),
        machine: machine(),
        space: space(),
        session: 0,
    }
}

fn machine() -> String {
    let id = line("/etc/machine-id");
    // So it is called while it is not known yet.
    if id.is_empty() || id == "uninitialized" {
        return String::new();
    }
    // machine-id(5): the id itself is not to be shown to others.
    Digest::of_kind("machine", id.as_bytes()).short()
}

fn space() -> u64 {
    let link = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let name = link.to_string_lossy();
    let number = name
        .strip_prefix("pid:[")
        .and_then(|rest| rest.strip_suffix(']'));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn host() -> String {
    let kernel = line("/proc/sys/kernel/hostname");
    if !kernel.is_empty() {
        return kernel;
    }
    ["HOSTNAME", "COMPUTERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_default()
}

fn line(path: &str) -> String {
    fs::read_to_string(path)
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

/// Says why an owner certainly is gone; `None` when it lives or cannot be judged from here.
pub(super) fn gone(owner: &Owner) -> Option<&'static str> {
    match fate(owner, &this_process()) {
        Fate::Gone(reason) => Some(reason),
        Fate::Lives | Fate::Unknown => None,
    }
}

/// Says whether an owner certainly lives.
pub(super) fn lives(owner: &Owner) -> bool {
    fate(owner, &this_process()) == Fate::Lives
}

/// Says whether an owner runs under the same kernel as this process, and its number counts elsewhere.
pub(super) fn is_beside(owner: &Owner) -> bool {
    let here = this_process();
    let same_kernel = !owner.boot.is_empty() && owner.boot == here.boot;
    same_kernel && owner.space != 0 && here.space != 0 && owner.space != here.space
}

fn fate(owner: &Owner, here: &Owner) -> Fate {
    if here.boot.is_empty() || owner.boot.is_empty() {
        return Fate::Unknown;
    }
    let same_name = owner.host == here.host;
    if owner.boot != here.boot {
        return match same_name || is_same_machine(owner, here) {
            true => Fate::Gone("the machine was restarted"),
            false => Fate::Unknown,
        };
    }
    match same_name || (owner.space != 0 && owner.space == here.space) {
        true => process_fate(owner),
        false => Fate::Unknown,
    }
}

/// Says whether two processes are of one machine, whatever it was called. Images of containers can hold an id that many have, so it
/// counts outside of containers alone.
fn is_same_machine(owner: &Owner, here: &Owner) -> bool {
    let outside = owner.space == OUTSIDE && here.space == OUTSIDE;
    outside && !owner.machine.is_empty() && owner.machine == here.machine
}

fn process_fate(owner: &Owner) -> Fate {
    fate_by(stat(owner.process), owner)
}

/// Judges an owner by what the kernel says of its number.
fn fate_by(stat: io::Result<String>, owner: &Owner) -> Fate {
    let stat = match stat {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Fate::Gone("its process went away");
        }
        // Nothing was said, for want of open files perhaps: that is the end of nobody.
        Err(_) => return Fate::Unknown,
        Ok(stat) => stat,
    };
    match start_in(&stat) {
        None => Fate::Gone("its process went away"),
        // It could not find out itself when it started.
        Some(_) if owner.process_start == 0 => Fate::Unknown,
        Some(start) if start != owner.process_start => {
            Fate::Gone("its process went away, and its number was given to another")
        }
        Some(_) => Fate::Lives,
    }
}

/// Returns when a process started, in clock ticks since boot; `None` when it is gone or only waits to be collected.
fn started(process: u32) -> Option<u64> {
    start_in(&stat(process).ok()?)
}

fn stat(process: u32) -> io::Result<String> {
    fs::read_to_string(format!("/proc/{process}/stat"))
}

fn start_in(stat: &str) -> Option<u64> {
    // The second field, the name, may hold spaces and parentheses; behind its last one stand fields 3, 4, …
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    if ["Z", "X", "x"].contains(&state) {
        return None;
    }
    fields.nth(22 - 4)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_others_are_told_apart() {
        let here = this_process();
        if here.boot.is_empty() {
            assert_eq!(gone(&here), None, "without /proc nobody is judged");
            return;
        }
        assert_eq!(gone(&here), None);
        let reused = Owner {
            process_start: here.process_start + 1,
            ..here.clone()
        };
        assert!(gone(&reused).unwrap().contains("number"));
        let rebooted = Owner {
            boot: "another".into(),
            ..here.clone()
        };
        assert!(gone(&rebooted).unwrap().contains("restarted"));
        let elsewhere = Owner {
            host: "another".into(),
            machine: "another".into(),
            ..rebooted
        };
        assert_eq!(gone(&elsewhere), None, "another machine cannot be judged");
        // Process numbers end far below: `PID_MAX_LIMIT` is 2^22.
        let never = Owner {
            process: u32::MAX - 1,
            ..here
        };
        assert!(gone(&never).is_some());
    }

    fn somewhere() -> Owner {
        Owner {
            host: "one".into(),
            boot: "first".into(),
            process: u32::MAX - 1,
            process_start: 1,
            machine: "m".into(),
            space: OUTSIDE,
            session: 0,
        }
    }

    #[test]
    fn nobody_is_gone_because_nothing_could_be_read() {
        let owner = somewhere();
        let said = |text: &str| fate_by(Ok(text.to_owned()), &owner);
        let fields = "1 (a) b) S 1".to_owned() + &" 0".repeat(17);
        assert_eq!(said(&format!("{fields} 1 0 0")), Fate::Lives);
        assert!(matches!(said(&format!("{fields} 2 0 0")), Fate::Gone(_)));
        assert!(matches!(said("1 (a) Z 1 0 0"), Fate::Gone(_)));
        let missing = || Err(io::ErrorKind::NotFound.into());
        assert!(matches!(fate_by(missing(), &owner), Fate::Gone(_)));
        // 24: too many open files.
        let unread = Err(io::Error::from_raw_os_error(24));
        assert_eq!(fate_by(unread, &owner), Fate::Unknown);
        let nameless = Owner {
            process_start: 0,
            ..owner
        };
        let alive = Ok(format!("{fields} 2 0 0"));
        assert_eq!(fate_by(alive, &nameless), Fate::Unknown);
        assert!(matches!(fate_by(missing(), &nameless), Fate::Gone(_)));
    }

    #[test]
    fn a_machine_that_was_renamed_is_still_the_same() {
        let owner = somewhere();
        let renamed = Owner {
            host: "two".into(),
            ..owner.clone()
        };
        assert_eq!(fate(&owner, &renamed), Fate::Gone("its process went away"));
        let restarted = Owner {
            boot: "second".into(),
            ..renamed.clone()
        };
        let expected = Fate::Gone("the machine was restarted");
        assert_eq!(fate(&owner, &restarted), expected);
        let other = Owner {
            machine: "n".into(),
            ..restarted.clone()
        };
        assert_eq!(fate(&owner, &other), Fate::Unknown);
        let without = Owner {
            machine: String::new(),
            ..restarted
        };
        let nameless = Owner {
            machine: String::new(),
            ..owner
        };
        assert_eq!(fate(&nameless, &without), Fate::Unknown);
    }

    #[test]
    fn a_container_of_another_name_cannot_be_judged() {
        let owner = Owner {
            space: 7,
            ..somewhere()
        };
        let beside = Owner {
            host: "two".into(),
            space: 8,
            ..owner.clone()
        };
        assert_eq!(fate(&owner, &beside), Fate::Unknown);
        let elsewhere = Owner {
            boot: "second".into(),
            ..beside
        };
        assert_eq!(
            fate(&owner, &elsewhere),
            Fate::Unknown,
            "ids of images are shared"
        );
        // What earlier versions wrote names neither.
        let early = Owner {
            machine: String::new(),
            space: 0,
            ..owner.clone()
        };
        assert_eq!(fate(&early, &elsewhere), Fate::Unknown);
        assert!(matches!(fate(&early, &owner), Fate::Gone(_)));
    }
}
