//! Is a wrong plan ever proven?
//!
//! `wrong_plans/NAME.txt` holds paragraphs, one a change, with plans that a device refuses or that end elsewhere: a step is
//! missing, the order is wrong, or the negation. The first two characters of a line say what it is:
//!
//! ```text
//! #   what happens, as a sentence
//!     (two blanks) a line of both configurations; `- ` of the running one; `+ ` of the intended one
//! =   the planner's own plan is proven, so that it is the plan that makes the difference
//! x   a wrong plan: `; ` stands between two steps, ` / ` behind the section of a step
//! ```

use super::*;
use crate::model::Step;
use crate::plan::proof::prove;

const FILES: &[(&str, &str)] = &[
    ("arista_eos", include_str!("wrong_plans/arista_eos.txt")),
    ("cisco_ios", include_str!("wrong_plans/cisco_ios.txt")),
    ("cisco_nxos", include_str!("wrong_plans/cisco_nxos.txt")),
];

#[derive(Debug, Default)]
struct Change<'t> {
    title: &'t str,
    running: String,
    intended: String,
    is_proven: bool,
    wrong: Vec<&'t str>,
}

impl<'t> Change<'t> {
    fn read(paragraph: &'t str) -> Self {
        let mut change = Self {
            running: "hostname r1\n".to_owned(),
            intended: "hostname r1\n".to_owned(),
            ..Self::default()
        };
        for line in paragraph.lines().filter(|line| !line.is_empty()) {
            let (sign, text) = line.split_at_checked(2).unwrap_or((line, ""));
            match sign {
                "# " => change.title = text,
                "= " => change.is_proven = true,
                "x " => change.wrong.push(text),
                "- " => change.running += &format!("{text}\n"),
                "+ " => change.intended += &format!("{text}\n"),
                "  " => {
                    change.running += &format!("{text}\n");
                    change.intended += &format!("{text}\n");
                }
                _ => panic!("not a line of a change: `{line}` behind `{}`", change.title),
            }
        }
        change
    }

    /// Says what is wrong with it, if anything.
    fn faults(&self, platform: &str) -> Vec<String> {
        let own = plan(platform, &self.running, &self.intended).unwrap();
        let own = &own.devices[0];
        let input = input(platform, &self.running, &self.intended);
        let is_proven = |there: &str| {
            let there: Vec<Step> = there.split("; ").map(step).collect();
            matches!(
                prove(&input, (&there, &own.inverse), Vec::new()),
                DeviceProof::Proven { .. }
            )
        };
        let proven = self.wrong.iter().filter(|there| is_proven(there));
        let mut faults: Vec<String> = proven.map(|there| format!("proven: {there}")).collect();
        if self.is_proven && !own.proof.is_proven() {
            faults.push(format!("not proven: {:?}", own.proof));
        }
        if self.wrong.is_empty() {
            faults.push("no wrong plan".to_owned());
        }
        let named = |fault: &String| format!("{platform}: {}: {fault}", self.title);
        faults.iter().map(named).collect()
    }
}

/// Reads `section / section / line`.
fn step(text: &str) -> Step {
    let mut section: Vec<String> = text.split(" / ").map(str::to_owned).collect();
    let line = section.pop().expect("a text has a last part");
    Step { section, line }
}

#[test]
fn no_wrong_plan_is_proven() {
    let mut faults = Vec::new();
    for (platform, file) in FILES {
        let paragraphs = file.split("\n\n").map(|text| text.trim_matches('\n'));
        for paragraph in paragraphs.filter(|text| !text.is_empty()) {
            faults.extend(Change::read(paragraph).faults(platform));
        }
    }
    assert!(
        faults.is_empty(),
        "{}\n{} faults",
        faults.join("\n"),
        faults.len()
    );
}
