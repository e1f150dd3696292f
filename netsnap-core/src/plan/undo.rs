//! Which lines of the way back belong to which step?

use std::collections::{BTreeMap, HashMap};

use super::barrier::is_commit;
use crate::model::Step;
use crate::platform::{Command, Platform, Risks, SectionId};

/// Returns, for each step, the places in the way back of the lines that take it back.
pub(super) fn undo(platform: &Platform, steps: &[Step], inverse: &[Step]) -> Vec<Vec<usize>> {
    let risks = Risks::of_platform(platform);
    let back = Back::of(platform, &risks, inverse);
    let of_step = |step: &Step| {
        if is_commit(step, platform) {
            return Vec::new();
        }
        let command = risks.command(&step.section, &step.line);
        let mut found = back.reached_by(&command);
        if found.is_empty() {
            found = back.of_same_name(&named(platform, &risks, step));
        }
        found.sort_unstable();
        found.dedup();
        found
    };
    steps.iter().map(of_step).collect()
}

/// The lines of the way back, by what they reach.
#[derive(Default)]
struct Back {
    by_path: BTreeMap<String, Vec<usize>>,
    removed: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Back {
    fn of(platform: &Platform, risks: &Risks, inverse: &[Step]) -> Self {
        let mut back = Self::default();
        for (place, step) in inverse.iter().enumerate() {
            let command = risks.command(&step.section, &step.line);
            let name = named(platform, risks, step);
            back.by_name.entry(name).or_default().push(place);
            if command.is_removed {
                let same = back.removed.entry(command.path.clone());
                same.or_default().push(place);
            }
            back.by_path.entry(command.path).or_default().push(place);
        }
        back
    }

    /// The same path; a beginning of it that is taken back; with a removal, everything inside it.
    fn reached_by(&self, command: &Command) -> Vec<usize> {
        let mut found = self.by_path.get(&command.path).cloned().unwrap_or_default();
        let blanks = command.path.match_indices(' ').map(|(place, _)| place);
        for end in blanks {
            found.extend(self.removed.get(&command.path[..end]).into_iter().flatten());
        }
        if command.is_removed {
            let inside = format!("{} ", command.path);
            let after = self.by_path.range(inside.clone()..);
            let after = after.take_while(|(path, _)| path.starts_with(&inside));
            found.extend(after.flat_map(|(_, places)| places));
        }
        found
    }

    fn of_same_name(&self, name: &str) -> Vec<usize> {
        self.by_name.get(name).cloned().unwrap_or_default()
    }
}

/// A path up to its value where the table knows it, otherwise up to its last word.
fn named(platform: &Platform, risks: &Risks, step: &Step) -> String {
    let grammar = &platform.grammar;
    let section = step
        .section
        .iter()
        .fold(SectionId::GLOBAL, |section, header| {
            let opened = grammar.opens(section, header);
            opened.unwrap_or(SectionId::UNKNOWN)
        });
    let path = |line: &str| risks.command(&step.section, line).path;
    if let Some(rule) = grammar.find(section, &step.line) {
        return path(grammar.rule(rule).named(&step.line));
    }
    let whole = path(&step.line);
    match whole.rsplit_once(' ') {
        Some((name, _)) => name.to_owned(),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(section: &[&str], line: &str) -> Step {
        let section = section.iter().map(ToString::to_string).collect();
        Step::new(section, line.to_owned())
    }

    #[test]
    fn a_step_knows_the_lines_that_take_it_back() {
        let platform = Platform::named("frr").unwrap();
        let steps = [
            step(&["interface eth0"], "ip ospf cost 20"),
            step(&["interface eth0"], "description new"),
            step(&[], "no router ospf"),
            step(&[], "ip route 192.0.2.0/24 10.0.0.1"),
        ];
        let inverse = [
            step(&[], "no ip route 192.0.2.0/24 10.0.0.1"),
            step(&["router ospf"], "ospf router-id 10.0.0.1"),
            step(&["router ospf"], "network 10.0.0.0/24 area 0"),
            step(&["interface eth0"], "ip ospf cost 10"),
            step(&["interface eth0"], "no description"),
        ];
        let found = undo(&platform, &steps, &inverse);
        assert_eq!(found, [vec![3], vec![4], vec![1, 2], vec![0]]);
    }

    #[test]
    fn paths_are_found_behind_their_verbs() {
        let platform = Platform::named("juniper_junos").unwrap();
        let steps = [
            step(&[], "set system host-name b"),
            step(&[], "delete protocols ospf"),
        ];
        let inverse = [
            step(&[], "set protocols ospf area 0 interface ge-0/0/0.0"),
            step(&[], "set system host-name a"),
        ];
        assert_eq!(undo(&platform, &steps, &inverse), [vec![1], vec![0]]);
    }
}
