//! Do the steps arrive?
//!
//! A simulated device, whose rules are not the planner's, carries the steps out: there, then back, and back from wherever the
//! steps may stop.

use super::PlanInput;
use super::barrier::changes;
use super::beginnings::Beginnings;
use crate::config::Configuration;
use crate::config::simulate::{Apart, Simulation};
use crate::diff::diff_commands;
use crate::error::Result;
use crate::id::Digest;
use crate::model::{Change, DeviceProof, Step};
use crate::redact;

/// How many differences of a wrong end are named.
const NAMED: usize = 5;

/// How many reasons a verdict names; how many more there are is said.
const REASONS: usize = 1000;

/// How many lines beside each other the simulated device may pass by, all lines that are typed together: about a second.
/// A change beyond that rewrites tens of thousands of lines, and is not proven.
const WORK: usize = 200_000_000;

/// Lines that only part others.
const SEPARATORS: [&str; 2] = ["", "!"];

/// Carries the steps there and back out on a simulated device and says how it ended.
pub(super) fn prove(
    input: &PlanInput,
    (there, back): (&[Step], &[Step]),
    doubts: Vec<String>,
) -> DeviceProof {
    let mut reasons = doubts;
    if there.is_empty() && input.running.meaning() == input.intended.meaning() {
        reasons.extend(told_apart(input));
        return verdict(reasons, Carried::default());
    }
    let rules = Simulation::rules(&input.platform.name);
    let there = changes(there, &input.platform);
    let back = changes(back, &input.platform);
    let beside = input.running.widest() + input.intended.widest();
    let typed = there.iter().chain(&back).map(Vec::len).sum::<usize>();
    if typed.saturating_mul(beside) > WORK {
        reasons.push(format!(
            "too long to be simulated: {typed} lines there and back, in sections of up to {beside} lines"
        ));
        return verdict(reasons, Carried::default());
    }
    let mut carried = Carried {
        lines: typed,
        rules,
        ..Carried::default()
    };
    let result = Simulation::new(&input.platform.name, input.running.body()).and_then(|start| {
        let mut run = Run {
            input,
            beginnings: reasons.is_empty().then(|| Beginnings::of(input, &start)),
            device: start.clone(),
            start,
            reasons: Vec::new(),
        };
        run.carry_out("", &there, &input.intended)?;
        let beginnings = run.beginnings.take();
        run.carry_out("on the way back, ", &back, &input.running)?;
        // Of what is not proven anyway nobody asks from where it leads back.
        if let Some(found) = beginnings.filter(|_| run.reasons.is_empty()) {
            carried.beginnings = found.led_back;
            run.reasons.extend(found.reasons);
        }
        Ok(run.reasons)
    });
    match result {
        Ok(found) => reasons.extend(found),
        Err(error) => reasons.push(error.to_string()),
    }
    verdict(reasons, carried)
}

/// Nothing is typed where two texts mean the same to the planner; says whether they are two to the device.
fn told_apart(input: &PlanInput) -> Option<String> {
    let [running, intended] = [&input.running, &input.intended].map(|one| without_ends(one.body()));
    if running == intended {
        return None;
    }
    let device = |text: &str| Simulation::new(&input.platform.name, text).ok();
    let is_other = device(&running)?.differs_from(&device(&intended)?);
    is_other.then(|| "nothing is to do, but the simulated device tells the two apart".to_owned())
}

/// Returns the lines of a text without what stands behind their last word: a device is typed to word by word, and has no line
/// of two texts for it that mean the same.
fn without_ends(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// How much was carried out.
#[derive(Clone, Copy, Default)]
struct Carried {
    lines: usize,
    beginnings: usize,
    rules: Option<Digest>,
}

fn verdict(mut reasons: Vec<String>, carried: Carried) -> DeviceProof {
    let more = reasons.len().saturating_sub(REASONS);
    if more > 0 {
        reasons.truncate(REASONS);
        reasons.push(format!("and {more} more reasons"));
    }
    // They quote lines, and are kept and shown with the plan.
    for reason in &mut reasons {
        *reason = redact::secrets(reason).into_owned();
    }
    match reasons.is_empty() {
        true => DeviceProof::Proven {
            lines: carried.lines as u64,
            beginnings: carried.beginnings as u64,
            rules: carried.rules,
        },
        false => DeviceProof::Unproven { reasons },
    }
}

struct Run<'i> {
    input: &'i PlanInput,
    start: Simulation,
    device: Simulation,
    /// What is found on the way.
    beginnings: Option<Beginnings<'i>>,
    reasons: Vec<String>,
}

impl Run<'_> {
    fn carry_out(
        &mut self,
        way: &str,
        changes: &[Vec<String>],
        target: &Configuration,
    ) -> Result<()> {
        for (place, change) in changes.iter().enumerate() {
            self.type_all(way, change);
            self.commit(way);
            if place + 1 < changes.len() {
                let commit = self.input.platform.grammar.commit();
                self.stops_behind(commit.unwrap_or_default());
            }
        }
        if self.is_back_at(target) || self.is_plainly_at(target) {
            return Ok(());
        }
        if self.ends_at(way, target)
            && self.reasons.is_empty()
            && !self.device.is_as(target.body())?
        {
            self.reasons.push(format!(
                "{way}the simulated device ends at another configuration by its own rules"
            ));
        }
        Ok(())
    }

    fn type_all(&mut self, way: &str, lines: &[String]) {
        self.device.reset();
        for line in lines {
            let response = self.device.line(line);
            if !response.accepted {
                self.reasons.push(format!(
                    "{way}the simulated device refuses `{line}`: {}",
                    response.output.trim()
                ));
            } else if !response.modelled {
                self.reasons
                    .push(format!("{way}the simulated device does not know `{line}`"));
            }
            if self.device.is_immediate() && !self.device.is_reading() {
                self.stops_behind(line);
            }
        }
    }

    /// Looks for a way back from what is in force now.
    fn stops_behind(&mut self, line: &str) {
        if let Some(beginnings) = self.beginnings.as_mut().filter(|_| self.reasons.is_empty()) {
            beginnings.stops_behind(line, &self.device);
        }
    }

    fn commit(&mut self, way: &str) {
        let committed = self.device.commit();
        if !committed.accepted {
            let why = committed.output.lines();
            self.reasons.extend(
                why.map(|why| format!("{way}the simulated device refuses the change: {why}")),
            );
        }
    }

    /// Says whether the device prints again, line by line, what it printed when it booted with this configuration.
    fn is_back_at(&self, target: &Configuration) -> bool {
        std::ptr::eq(target, &self.input.running)
            && self.device.is_immediate()
            && self.device.is_like(&self.start)
    }

    /// Says whether what the device prints has the lines of the configuration, at most some sections in another order that makes
    /// no difference. No where that is not sure.
    fn is_plainly_at(&self, target: &Configuration) -> bool {
        let apart = self.device.apart_from(target.body());
        let is_same = |piece: &Apart<'_>| {
            let read = |text: &str| Configuration::of_state(text, &self.input.platform);
            // Pieces are of whole sections, so that each means by itself what it means in its place.
            is_whole(piece.text)
                && lines_of(&piece.printed) == lines_of(piece.text)
                && (read(&piece.printed).ok().zip(read(piece.text).ok()))
                    .is_some_and(|(one, other)| one.means_what(&other))
        };
        apart.is_some_and(|pieces| pieces.iter().all(is_same))
    }

    /// Says whether what the device shows means what it should; notes the differences.
    fn ends_at(&mut self, way: &str, target: &Configuration) -> bool {
        let shown = self.device.running();
        // The same text means the same.
        if shown == target.body() {
            return true;
        }
        let end = match Configuration::of_state(&shown, &self.input.platform) {
            Ok(end) => end,
            Err(error) => {
                self.reasons.push(format!("{way}{error}"));
                return false;
            }
        };
        if end.means_what(target) {
            return true;
        }
        let differences = diff_commands(&end, target);
        let named = differences.iter().take(NAMED);
        self.reasons
            .extend(named.map(|change| format!("{way}{}", describe(change))));
        false
    }
}

/// Says whether a piece of a configuration begins at the top.
fn is_whole(piece: &str) -> bool {
    let first = piece.lines().find(|line| !SEPARATORS.contains(line));
    first.is_none_or(|line| !line.starts_with([' ', '\t']))
}

/// Returns the lines of a text, whatever their order.
fn lines_of(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| !SEPARATORS.contains(line));
    let mut lines: Vec<&str> = lines.collect();
    lines.sort_unstable();
    lines
}

fn describe(change: &Change) -> String {
    let place = match change.section.as_slice() {
        [] => String::new(),
        section => format!(" in `{}`", section.join("` / `")),
    };
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if before == after => {
            format!("`{before}`{place} ends at another place")
        }
        (Some(before), Some(after)) => format!("`{before}`{place} ends in place of `{after}`"),
        (Some(before), None) => format!("`{before}`{place} is left over"),
        (None, Some(after)) => format!("`{after}`{place} is missing"),
        (None, None) => format!("something{place} differs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    /// Equal lines, at other places.
    #[test]
    fn a_line_that_stands_elsewhere_is_missing() {
        let platform = Platform::named("cisco_ios").unwrap();
        let read = |text: &str| Configuration::parse(text, &platform).unwrap();
        let ends = |running: &str, intended: &str| {
            let input = PlanInput {
                device: "r1".into(),
                platform: platform.clone(),
                running: read(running),
                intended: read(intended),
                snapshot: None,
            };
            prove(&input, (&[], &[]), Vec::new())
        };
        let ports = |first: &str, second: &str| {
            format!("interface Loopback1\n{first}!\ninterface Loopback2\n{second}!\n")
        };
        let (one, two) = (" description one\n", " shutdown\n");
        let both = format!("{one}{two}");
        let list = |lines: [&str; 2]| format!("ip access-list standard A\n{}", lines.concat());
        let [permit, deny] = [" permit 10.0.0.1\n", " deny   10.0.0.0 0.0.0.255\n"];
        for (running, intended) in [
            (ports(one, two), ports(two, one)),
            (ports(one, two), ports(&both, "")),
            (ports("", &both), ports(one, two)),
            (list([permit, deny]), list([deny, permit])),
        ] {
            let found = ends(&running, &intended);
            assert!(matches!(found, DeviceProof::Unproven { .. }), "{intended}");
        }
        let found = ends(&ports(&both, ""), &ports(&format!("{two}{one}"), ""));
        assert!(matches!(found, DeviceProof::Proven { .. }), "{found:?}");
    }

    #[test]
    fn what_the_device_tells_apart_is_not_nothing() {
        let platform = Platform::named("arista_eos").unwrap();
        let read = |text: &str| Configuration::parse(text, &platform).unwrap();
        let asked = |running: &str, intended: &str| {
            told_apart(&PlanInput {
                device: "r1".into(),
                platform: platform.clone(),
                running: read(running),
                intended: read(intended),
                snapshot: None,
            })
        };
        let route = "ip route 10.0.0.0/8 10.1.0.1";
        let both = format!("{route}\n{route} 200\n");
        assert!(asked(&format!("{route}\n"), &both).is_some());
        assert_eq!(asked(&both, &format!("! another day\n{both}")), None);
    }

    #[test]
    fn the_ends_of_lines_are_no_difference_to_a_device() {
        let port = "interface Ethernet1\n   description one\n   mtu 9000\n";
        let forms = [
            (
                "frr",
                "frr version 8.4.4\nhostname r1\n!\ninterface eth1\n ip ospf cost 7\nexit\n!\nend\n",
            ),
            ("arista_eos", port),
            (
                "cisco_ios",
                "hostname r1\n!\ninterface Loopback1\n description one\n!\nend\n",
            ),
            ("juniper_junos", "system {\n    host-name a;\n}\n"),
        ];
        for (platform, text) in forms {
            let platform = Platform::named(platform).unwrap();
            let ended = |end: &str| text.replace('\n', end);
            for other in [
                ended("\r\n"),
                ended(" \n"),
                ended(" \r\n"),
                format!("\u{feff}{text}"),
            ] {
                for (running, intended) in [(text, &*other), (&*other, text)] {
                    let read = |text| Configuration::parse(text, &platform).unwrap();
                    let input = PlanInput {
                        device: "r1".into(),
                        platform: platform.clone(),
                        running: read(running),
                        intended: read(intended),
                        snapshot: None,
                    };
                    let found = prove(&input, (&[], &[]), Vec::new());
                    let is_proven = matches!(found, DeviceProof::Proven { .. });
                    assert!(is_proven, "{}: {intended:?}: {found:?}", platform.name);
                }
            }
        }
    }
}
