//! Is a plan that is wrong left unproven?
//!
//! `wrong/NAME.txt` holds paragraphs in the notation of the triples: a change that is planned and proven, and below it, one a line
//! behind `> `, ways to type it that a person may think of and that are wrong, or that a device may take otherwise.

use super::*;
use crate::config::simulate::Simulation;

const FILES: &[(&str, &str)] = &[
    ("cisco_iosxr", include_str!("wrong/cisco_iosxr.txt")),
    ("drivenets_dnos", include_str!("wrong/drivenets_dnos.txt")),
    ("huawei_vrp", include_str!("wrong/huawei_vrp.txt")),
];

#[derive(Debug, Default)]
struct Change {
    title: String,
    running: String,
    intended: String,
    wrong: Vec<String>,
}

fn read_change(text: &str) -> Change {
    let mut change = Change::default();
    for line in text.lines() {
        let (sign, text) = line.split_at_checked(2).unwrap_or((line, ""));
        let [is_before, is_after] = [["  ", "- "], ["  ", "+ "]].map(|signs| signs.contains(&sign));
        match sign {
            "# " => change.title = text.to_owned(),
            "> " => change.wrong.push(text.to_owned()),
            _ => assert!(is_before || is_after, "not a line of a change: `{line}`"),
        }
        if is_before {
            change.running += &format!("{text}\n");
        }
        if is_after {
            change.intended += &format!("{text}\n");
        }
    }
    change
}

impl Change {
    /// Says whether lines bring a device from one configuration to the other, as far as its rules know.
    fn is_done_by(&self, platform: &str, typed: &str) -> bool {
        let mut device = Simulation::new(platform, &self.running).unwrap();
        let is_sure = typed.split("; ").fold(true, |is_sure, line| {
            let response = device.line(line);
            is_sure && response.accepted && response.modelled
        });
        let is_sure = is_sure && device.commit().accepted;
        let table = Platform::named(platform).unwrap();
        let end = Configuration::parse(&device.running(), &table);
        let is_there =
            end.is_ok_and(|end| end.meaning() == read(platform, &self.intended).meaning());
        is_sure && is_there && device.is_as(&self.intended).unwrap()
    }

    fn faults(&self, platform: &str) -> Vec<String> {
        let plan = plan(platform, &self.running, &self.intended).unwrap();
        let mut faults = Vec::new();
        if let DeviceProof::Unproven { reasons } = &plan.devices[0].proof {
            faults.push(format!(
                "# {}\nis not proven: {}",
                self.title,
                reasons.join("\n")
            ));
        }
        let done = self
            .wrong
            .iter()
            .filter(|typed| self.is_done_by(platform, typed));
        faults.extend(done.map(|typed| format!("# {}\nis done by {typed}", self.title)));
        faults
    }
}

#[test]
fn no_wrong_plan_arrives_beside_a_proven_one() {
    let mut faults = Vec::new();
    for (name, file) in FILES {
        let paragraphs = file.split("\n\n").map(|text| text.trim_matches('\n'));
        for change in paragraphs.filter(|text| !text.is_empty()).map(read_change) {
            assert!(!change.wrong.is_empty(), "{name}: {}", change.title);
            let found = change.faults(name);
            faults.extend(found.iter().map(|fault| format!("{name}: {fault}")));
        }
    }
    assert!(
        faults.is_empty(),
        "{}\n{} faults",
        faults.join("\n\n"),
        faults.len()
    );
}
