//! What does a bundle carry on to its members, and what becomes of a port that leaves one?
//!
//! Changes of a port-channel interface apply to all ports of it, changes of a port to that port alone (Catalyst 3750 software
//! guide, configuring EtherChannels; NX-OS interfaces configuration guide, port channels). On Catalyst switches a port that leaves
//! keeps its lines ("channel-group": the `no` form removes the port from its group), and is perhaps shut; on NX-OS it goes back to what
//! it had before (interfaces configuration guide, adding a port to a port channel), which is known of a port that has just joined.

use super::LineDevice;
use super::command::bring_along;
use super::doubt::begins;
use super::execute::{Attempt, Device};
use super::known::Known;
use super::set::place;
use super::table::Table;
use super::tree::Node;

/// Lines that are carried on word by word, and printed of the members too.
const CARRIED: &[&str] = &[
    "switchport trunk allowed vlan",
    "switchport trunk native vlan",
];

/// Names the members to which a line of a bundle is carried on: all of them say the same as the bundle.
pub(super) fn followers(table: &Table, root: &Node, key: &str, words: &[&str]) -> Vec<String> {
    let start = start_of(words).filter(|_| table.bundles_lead);
    let Some((start, bundle)) = start.zip(root.child(key)) else {
        return Vec::new();
    };
    match are_alike(root, bundle, start) {
        true => members(root, bundle).map(|port| port.key.clone()).collect(),
        false => Vec::new(),
    }
}

/// Says whether a line was carried on from a bundle to all of its members.
pub(super) fn is_carried_on(root: &Node, bundle: &Node, words: &[&str]) -> bool {
    let is_bundle = number(bundle).is_some();
    is_bundle && start_of(words).is_some_and(|start| are_alike(root, bundle, start))
}

fn start_of(words: &[&str]) -> Option<&'static str> {
    let words = words.strip_prefix(&["no"]).unwrap_or(words);
    let mut starts = CARRIED.iter().copied();
    starts.find(|start| start.split(' ').eq(words.iter().take(4).copied()))
}

fn are_alike(root: &Node, bundle: &Node, start: &str) -> bool {
    members(root, bundle).all(|port| said(port, start).eq(said(bundle, start)))
}

fn said<'n>(port: &'n Node, start: &str) -> impl Iterator<Item = &'n str> {
    let lines = port.children.iter().map(|line| line.text.as_str());
    lines.filter(move |line| begins(line, start))
}

fn members<'n>(root: &'n Node, bundle: &Node) -> impl Iterator<Item = &'n Node> {
    let group = number(bundle).map(|number| format!("channel-group {number}"));
    root.children.iter().filter(move |port| {
        let group = group
            .as_ref()
            .filter(|_| port.text.starts_with("interface "));
        let mut lines = port.children.iter();
        group.is_some_and(|group| lines.any(|line| begins(&line.text, group)))
    })
}

/// Returns the number of a bundle; none for any other interface.
fn number(port: &Node) -> Option<&str> {
    const KIND: &str = "port-channel";
    let name = port.text.strip_prefix("interface ")?;
    let (kind, number) = name.split_at_checked(KIND.len())?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    (kind.eq_ignore_ascii_case(KIND) && is_number && !number.is_empty()).then_some(number)
}

/// Puts a port into a bundle. What it had before is remembered.
pub(super) fn join(port: &mut Node, known: &Known<'_>, note: String) -> Attempt {
    let before = has_group(port).then(|| port.memory.clone());
    let attempt = place(port, known, note);
    port.memory = before.unwrap_or_else(|| Some(lines(port)));
    attempt
}

/// Takes a port out of its bundle: out of another one than it is in, nobody knows.
pub(super) fn leave(table: &Table, port: &mut Node, (key, typed): (&str, &str)) -> Attempt {
    let own = port.child(key).map(|line| line.text.clone());
    if typed != key && own.is_some_and(|own| !begins(&own, typed)) {
        return Attempt::Taken(String::new()).doubted();
    }
    let was_in = port.take_out(|line| line.key == key);
    let before = port.memory.take();
    match Attempt::Taken(String::new()) {
        taken if was_in && table.members_revert && before != Some(lines(port)) => taken.doubted(),
        taken => taken,
    }
}

fn has_group(port: &Node) -> bool {
    let mut lines = port.children.iter();
    lines.any(|line| begins(&line.text, "channel-group"))
}

fn lines(port: &Node) -> String {
    let lines = port.children.iter().map(|line| line.text.as_str());
    let own = lines.filter(|line| !begins(line, "channel-group"));
    own.collect::<Vec<_>>().join("\n")
}

/// Ports that a device may have shut when they left their bundle, and lines that it may have lost when a port became one that switches:
/// nobody said since what they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Left {
    shut: Vec<String>,
    lost: Vec<(String, String)>,
}

impl Left {
    /// Takes note of a line that was carried out on a port.
    pub(super) fn note(&mut self, table: &Table, port: &Node, words: &[&str]) {
        let line = words.strip_prefix(&["no"]).unwrap_or(words).join(" ");
        let is_said = |text: &str| text == line || (words[0] == "no" && begins(text, &line));
        self.lost
            .retain(|(key, text)| *key != port.key || !is_said(text));
        let is_shut = || port.child("shutdown").is_some();
        match words {
            ["shutdown"] | ["no", "shutdown"] => self.shut.retain(|key| *key != port.key),
            ["no", "channel-group", ..] if table.left_are_shut && !is_shut() => {
                self.shut.push(port.key.clone());
            }
            ["switchport"] if table.switched_take_no_address => {
                let lines = port.children.iter().map(|line| line.text.clone());
                let lines = lines.filter(|line| super::port::is_of_no_layer(line));
                self.lost.extend(lines.map(|line| (port.key.clone(), line)));
            }
            _ => {}
        }
    }

    /// Says of which ports and lines it is open.
    pub(super) fn open(&self, root: &Node) -> Vec<String> {
        let ports = self.shut.iter().filter_map(|key| root.child(key));
        let shut = ports.map(|port| format!("`shutdown` may stand in {}", port.text));
        let stands = |(key, text): &&(String, String)| {
            let port = root.child(key);
            port.is_some_and(|port| port.children.iter().any(|line| line.text == *text))
        };
        let lost = self.lost.iter().filter(stands);
        let lost = lost.map(|(key, text)| format!("`{text}` may be lost in {key}"));
        shut.chain(lost).collect()
    }

    /// Whoever reads the device sees what they are.
    pub(super) fn read(&mut self) {
        self.shut.clear();
        self.lost.clear();
    }
}

impl LineDevice {
    /// Names the members to which a line of a bundle is carried on.
    pub(super) fn followers(&self, depth: usize, words: &[&str]) -> Vec<String> {
        let level = self.path[..depth].first();
        level.map_or_else(Vec::new, |level| {
            followers(&self.table, &self.document.root, &level.key, words)
        })
    }

    /// Carries a line that was taken on to others.
    pub(super) fn carry_on(
        &mut self,
        (device, mode): (&Device<'_>, &str),
        followers: &[String],
        words: &[&str],
        found: Attempt,
    ) -> Attempt {
        let is_taken = matches!(found, Attempt::Taken(_));
        for key in followers.iter().filter(|_| is_taken) {
            if let Some(port) = self.document.root.child_mut(key) {
                bring_along(device, mode, port, words);
            }
        }
        found
    }

    /// Takes note of what a line leaves open.
    pub(super) fn note(&mut self, depth: usize, words: &[&str]) {
        let level = self.path[..depth].first();
        let port = level.and_then(|level| self.document.root.child(&level.key));
        if let Some(port) = port.filter(|port| port.text.starts_with("interface ")) {
            self.left.note(&self.table, port, words);
            self.readdressed.note(port, words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Simulation;

    const PORTS: &str = "vlan 10\nvlan 20\ninterface Port-channel1\n switchport trunk allowed vlan 10\n switchport mode trunk\ninterface GigabitEthernet1/0/1\n switchport trunk allowed vlan 10\n switchport mode trunk\n channel-group 1 mode active\ninterface GigabitEthernet1/0/2\n switchport trunk allowed vlan 10\n switchport mode trunk\n";

    fn after(running: &str, typed: &str) -> (Simulation, bool) {
        let mut device = Simulation::new("cisco_ios", running).unwrap();
        let lines: Vec<_> = typed.split("; ").map(|line| device.line(line)).collect();
        let is_sure = lines.iter().all(|line| line.accepted && line.modelled);
        let is_sure = is_sure && device.commit().accepted;
        (device, is_sure)
    }

    #[test]
    fn a_bundle_carries_its_vlans_on_to_members_that_say_the_same() {
        let add = "interface Port-channel1; switchport trunk allowed vlan add 20";
        let (device, is_sure) = after(PORTS, add);
        let count = |text: &str| device.running().matches(text).count();
        assert!(is_sure);
        assert_eq!((count("vlan 10,20\n"), count("allowed vlan 10\n")), (2, 1));
        let other = PORTS.replacen(
            "vlan 10\n switchport mode trunk\n channel",
            "vlan 30\n channel",
            1,
        );
        assert!(!after(&other, add).1);
        // What a member alone is told is not carried on.
        let alone = add.replace("Port-channel1", "GigabitEthernet1/0/1");
        assert!(!after(PORTS, &alone).1);
    }

    #[test]
    fn a_port_that_leaves_may_be_shut_until_somebody_says_so() {
        let leave = "interface GigabitEthernet1/0/1; no channel-group";
        assert!(!after(PORTS, leave).1);
        let (device, is_sure) = after(PORTS, &format!("{leave}; no shutdown"));
        assert!(is_sure && !device.running().contains("channel-group"));
        assert!(after(PORTS, &format!("{leave}; shutdown")).1);
    }

    #[test]
    fn a_port_of_nxos_goes_back_to_what_is_known_of_it() {
        let port = "  switchport mode trunk\n";
        let running = format!(
            "feature lacp\ninterface port-channel1\n{port}interface Ethernet1/1\n{port}interface Ethernet1/2\n{port}  channel-group 1 mode active\n"
        );
        let is_sure = |typed: &str| {
            let mut device = Simulation::new("cisco_nxos", &running).unwrap();
            typed.split("; ").all(|line| device.line(line).modelled)
        };
        let join = "interface Ethernet1/1; channel-group 1 mode active";
        assert!(is_sure(&format!("{join}; no channel-group 1")));
        assert!(!is_sure("interface Ethernet1/2; no channel-group 1"));
    }
}
