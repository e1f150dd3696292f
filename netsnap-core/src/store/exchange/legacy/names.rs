//! Which device and which command does the name of a file stand for?

use std::collections::BTreeMap;

/// The device of files that name none.
pub(super) const UNKNOWN: &str = "unknown";

/// What is known of the devices and commands of a folder.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// How devices are called in the names of files, and their own names. When there are none, anything can be a device.
    devices: BTreeMap<String, String>,
    /// Commands as they are called in the names of files, and as they were sent. Two of one name are neither of them.
    commands: BTreeMap<String, Option<String>>,
}

impl Names {
    pub(super) fn device(&mut self, called: &str, name: &str) {
        let known = self.devices.entry(called.to_owned());
        known.or_insert_with(|| name.to_owned());
    }

    pub(super) fn command(&mut self, command: &str) {
        self.commands
            .entry(folded(command))
            .and_modify(|known| *known = None)
            .or_insert_with(|| Some(command.to_owned()));
    }

    /// Guesses device and command of a file name without its ending. A name without a device is kept whole, as a command.
    pub(super) fn of(&self, stem: &str) -> (String, String) {
        let Some((device, command)) = self.known(stem).or_else(|| self.first(stem)) else {
            return (UNKNOWN.to_owned(), stem.to_owned());
        };
        let sent = self.commands.get(&folded(command)).cloned().flatten();
        let command = sent.unwrap_or_else(|| command.replace('_', " "));
        (device.to_owned(), command)
    }

    /// The longest known device that a name begins with, as it is called or as a tool made a file name of it. Two that could be it
    /// are neither of them.
    fn known<'n>(&'n self, stem: &'n str) -> Option<(&'n str, &'n str)> {
        let devices = self.devices.iter();
        let mut found: Vec<Start<'n>> = devices
            .filter_map(|(called, name)| Start::of(stem, called, name))
            .collect();
        found.sort_by_key(|start| (start.length, start.is_exact));
        let best = found.pop()?;
        let rival = found.pop().filter(|one| one.length == best.length);
        let is_sure = best.is_exact || rival.is_none_or(|rival| rival.name == best.name);
        is_sure.then_some((best.name, best.command))
    }

    /// Where no device is known, what stands before the first mark is one.
    fn first<'n>(&self, stem: &'n str) -> Option<(&'n str, &'n str)> {
        let (device, command) = stem.split_once('_').filter(|_| self.devices.is_empty())?;
        (!device.is_empty() && !command.is_empty()).then_some((device, command))
    }
}

/// A name that begins with a device.
struct Start<'n> {
    name: &'n str,
    command: &'n str,
    length: usize,
    is_exact: bool,
}

impl<'n> Start<'n> {
    fn of(stem: &'n str, called: &str, name: &'n str) -> Option<Self> {
        let mut rest = stem.chars();
        for letter in called.chars() {
            let written = rest.next()?;
            // Whatever cannot stand in the name of a file was replaced, one for one.
            let is_replaced = !letter.is_alphanumeric() && matches!(written, '_' | '-' | '.');
            if written != letter && !is_replaced {
                return None;
            }
        }
        let length = called.chars().count();
        Some(Self {
            name,
            command: rest.as_str().strip_prefix('_')?,
            length,
            is_exact: stem.starts_with(called),
        })
    }
}

/// What is left of a command in the name of a file, whichever characters the tool put there for those that it did not want.
fn folded(command: &str) -> String {
    let words = command.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("_").to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(devices: &[String]) -> Names {
        let mut names = Names::default();
        devices.iter().for_each(|name| names.device(name, name));
        names
    }

    #[test]
    fn the_longest_known_device_is_the_one() {
        let devices = ["r1", "r1_lab", "core"].map(str::to_owned);
        for (stem, device, command) in [
            ("r1_show_version", "r1", "show version"),
            ("r1_lab_show_version", "r1_lab", "show version"),
            ("r10_show_version", UNKNOWN, "r10_show_version"),
            ("core", UNKNOWN, "core"),
        ] {
            assert_eq!(names(&devices).of(stem), (device.into(), command.into()));
        }
    }

    #[test]
    fn a_device_is_known_by_what_a_file_name_leaves_of_it() {
        let devices = ["r 2", "r/3", "2001:db8::1", "a b", "a/b", "a-b"].map(str::to_owned);
        for (stem, device, command) in [
            ("r_2_show_version", "r 2", "show version"),
            ("r-3_show_version", "r/3", "show version"),
            ("2001_db8__1_show_clock", "2001:db8::1", "show clock"),
            ("a-b_show_version", "a-b", "show version"),
            // It could be any of three.
            ("a_b_show_version", UNKNOWN, "a_b_show_version"),
            ("r52_show_version", UNKNOWN, "r52_show_version"),
        ] {
            assert_eq!(names(&devices).of(stem), (device.into(), command.into()));
        }
    }

    #[test]
    fn without_a_list_the_first_mark_parts_device_and_command() {
        for (stem, device, command) in [
            ("r1_show_ip_route", "r1", "show ip route"),
            ("notes", UNKNOWN, "notes"),
            ("_show", UNKNOWN, "_show"),
            ("r1_", UNKNOWN, "r1_"),
        ] {
            assert_eq!(names(&[]).of(stem), (device.into(), command.into()));
        }
    }

    #[test]
    fn a_command_that_was_recorded_is_the_one_that_was_sent() {
        let mut names = names(&["r1".to_owned()]);
        names.device("d2", "r2");
        for command in ["show ip route | include O", "show run", "show  run"] {
            names.command(command);
        }
        for (stem, device, command) in [
            (
                "r1_show_ip_route___include_O",
                "r1",
                "show ip route | include O",
            ),
            (
                "d2_show-ip-route-include-o",
                "r2",
                "show ip route | include O",
            ),
            // It could be either of two.
            ("r1_show_run", "r1", "show run"),
            ("r1_show_clock", "r1", "show clock"),
        ] {
            assert_eq!(names.of(stem), (device.into(), command.into()));
        }
    }

    proptest! {
        #[test]
        fn any_name_is_guessed_and_none_is_lost(stem in ".*", devices in prop::collection::vec(".{0,4}", 0..4)) {
            let (device, command) = names(&devices).of(&stem);
            let whole = if device == UNKNOWN && command == stem { command } else { format!("{device}_{command}") };
            let plain = |text: &str| text.replace(|letter: char| !letter.is_alphanumeric(), " ");
            prop_assert_eq!(plain(&whole), plain(&stem));
        }
    }
}
