//! Does a plan that is wrong ever come out proven?
//!
//! `wrong/NAME.txt` holds paragraphs, one a change, with ways to type it that a person may think of and that are wrong, or that
//! a device may take otherwise: a step is missing, the order is wrong, or the negation. The first two characters of a line say
//! what it is:
//!
//! ```text
//! #   what happens, as a sentence
//!     (two blanks) a line of both configurations; `- ` of the running one; `+ ` of the intended one
//! =   the planner's own plan is proven, so that it is the plan that makes the difference
//! x   a wrong plan: `; ` stands between two lines; one with a ` / ` is in steps, with the sections of each before it
//! @   (in a paragraph of its own) a line at the head of all configurations of the file
//! ```

use super::*;
use crate::config::simulate::Simulation;
use crate::model::Step;

const FILES: &[(&str, &str)] = &[
    ("arista_eos", include_str!("wrong/arista_eos.txt")),
    ("cisco_ios", include_str!("wrong/cisco_ios.txt")),
    ("cisco_iosxr", include_str!("wrong/cisco_iosxr.txt")),
    ("cisco_nxos", include_str!("wrong/cisco_nxos.txt")),
    ("drivenets_dnos", include_str!("wrong/drivenets_dnos.txt")),
    ("frr", include_str!("wrong/frr.txt")),
    ("huawei_vrp", include_str!("wrong/huawei_vrp.txt")),
    ("juniper_junos", include_str!("wrong/juniper_junos.txt")),
    ("nokia_sros", include_str!("wrong/nokia_sros.txt")),
];

#[derive(Debug, Default)]
struct Change {
    title: String,
    running: String,
    intended: String,
    is_proven: bool,
    wrong: Vec<String>,
}

impl Change {
    fn read<'t>(lines: impl Iterator<Item = &'t str>) -> Self {
        let mut change = Self::default();
        lines.for_each(|line| change.add(line));
        assert!(!change.wrong.is_empty(), "{}: nothing wrong", change.title);
        change
    }

    fn add(&mut self, line: &str) {
        let (sign, text) = line.split_at_checked(2).unwrap_or((line, ""));
        let [is_before, is_after] =
            [["@ ", "  ", "- "], ["@ ", "  ", "+ "]].map(|signs| signs.contains(&sign));
        match sign {
            "# " => self.title = text.to_owned(),
            "=" => self.is_proven = true,
            "x " => self.wrong.push(text.to_owned()),
            _ => assert!(is_before || is_after, "not a line of a change: `{line}`"),
        }
        if is_before {
            self.running += &format!("{text}\n");
        }
        if is_after {
            self.intended += &format!("{text}\n");
        }
    }

    /// Says whether lines bring a device from one configuration to the other, as far as its rules know.
    fn is_done_by(&self, platform: &str, text: &str) -> bool {
        let table = Platform::named(platform).unwrap();
        let mut device = Simulation::new(platform, &self.running).unwrap();
        let is_sure = typed(text, &table).iter().fold(true, |is_sure, line| {
            let response = device.line(line);
            is_sure && response.accepted && response.modelled
        });
        let is_sure = is_sure && device.commit().accepted;
        let end = Configuration::parse(&device.running(), &table);
        let is_there =
            end.is_ok_and(|end| end.meaning() == read(platform, &self.intended).meaning());
        is_sure && is_there && device.is_as(&self.intended).unwrap()
    }

    /// Says what is wrong with it, if anything.
    fn faults(&self, platform: &str) -> Vec<String> {
        let own = plan(platform, &self.running, &self.intended).unwrap();
        let done = self
            .wrong
            .iter()
            .filter(|text| self.is_done_by(platform, text));
        let mut faults: Vec<String> = done.map(|text| format!("is done by {text}")).collect();
        if let DeviceProof::Unproven { reasons } = &own.devices[0].proof
            && self.is_proven
        {
            faults.push(format!("is not proven: {}", reasons.join("\n")));
        }
        let named = |fault: &String| format!("{platform}: # {}\n{fault}", self.title);
        faults.iter().map(named).collect()
    }
}

/// Returns what is typed for a wrong plan.
fn typed(text: &str, platform: &Platform) -> Vec<String> {
    let parts = text.split("; ");
    match text.contains(" / ") {
        true => lines(&parts.map(step).collect::<Vec<_>>(), platform),
        false => parts.map(str::to_owned).collect(),
    }
}

/// Reads `section / section / line`.
fn step(text: &str) -> Step {
    let mut section: Vec<String> = text.split(" / ").map(str::to_owned).collect();
    let line = section.pop().expect("a text has a last part");
    Step::new(section, line)
}

fn read_changes(file: &str) -> Vec<Change> {
    let paragraphs = file.split("\n\n").map(|text| text.trim_matches('\n'));
    let (heads, changes): (Vec<_>, Vec<_>) = paragraphs
        .filter(|text| !text.is_empty())
        .partition(|text| text.starts_with("@ "));
    let head: Vec<&str> = heads.iter().flat_map(|text| text.lines()).collect();
    let lines = changes.iter().map(|text| text.lines());
    let read = lines.map(|lines| Change::read(head.iter().copied().chain(lines)));
    read.collect()
}

#[test]
fn no_wrong_plan_arrives_beside_a_proven_one() {
    let changes = FILES.iter().flat_map(|(name, file)| {
        let changes = read_changes(file).into_iter();
        changes.flat_map(|change| change.faults(name))
    });
    let faults: Vec<String> = changes.collect();
    assert!(
        faults.is_empty(),
        "{}\n{} faults",
        faults.join("\n\n"),
        faults.len()
    );
}

#[test]
fn a_plan_that_arrives_is_seen() {
    let file = "@ hostname r1\n\n# a cost\n  interface eth1\n-  ip ospf cost 1\n+  ip ospf cost 2\n=\nx no ip ospf cost\n";
    let faults = |file: &str| read_changes(file)[0].faults("frr");
    assert_eq!(faults(file), Vec::<String>::new());
    for right in [
        "interface eth1; ip ospf cost 2",
        "interface eth1 / ip ospf cost 2",
    ] {
        let file = file.replace("no ip ospf cost", right);
        assert_eq!(faults(&file).len(), 1, "{file}");
    }
    assert_eq!(faults(&file.replace("+  ip", "+  frobnicate")).len(), 1);
}
