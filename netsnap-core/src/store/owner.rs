//! Who writes a run, and does it still live?
//!
//! No clock is asked. Linux names a process for good by boot, number and start time (`proc(5)`: `/proc/<pid>/stat`, field 22, and
//! `/proc/sys/kernel/random/boot_id`). Where there is no `/proc`, nobody but this process can be judged, and nobody is.

use std::fs;

use crate::model::Owner;

/// Describes this process.
pub(super) fn this_process() -> Owner {
    let process = std::process::id();
    Owner {
        host: host(),
        boot: line("/proc/sys/kernel/random/boot_id"),
        process,
        process_start: started(process).unwrap_or(0),
        session: 0,
    }
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
    let here = this_process();
    if here.boot.is_empty() || owner.boot.is_empty() || owner.host != here.host {
        return None;
    }
    if owner.boot != here.boot {
        return Some("the machine was restarted");
    }
    match started(owner.process) {
        None => Some("its process went away"),
        Some(start) if start != owner.process_start => {
            Some("its process went away, and its number was given to another")
        }
        Some(_) => None,
    }
}

/// Returns when a process started, in clock ticks since boot; `None` when it is gone or only waits to be collected.
fn started(process: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
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
}
