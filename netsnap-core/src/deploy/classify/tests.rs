//! Each place where a deployment can be broken off is known, and nothing else is taken for one.

use super::*;
use crate::id::Digest;
use crate::model::DeviceProof;

const BEFORE: &str = "hostname r1\n!\ninterface eth1\n ip ospf cost 10\nexit\n!\nrouter ospf\n ospf router-id 10.0.0.1\nexit\n!\nend\n";

fn meaning(text: &str) -> Digest {
    let platform = Platform::named("frr").unwrap();
    Configuration::parse(text, &platform).unwrap().meaning()
}

fn plan() -> DevicePlan {
    DevicePlan {
        device: "r1".to_owned(),
        platform: "frr".to_owned(),
        snapshot: None,
        running: Digest::of(BEFORE.as_bytes()),
        running_meaning: meaning(BEFORE),
        intended: Digest::of(b"intended"),
        intended_meaning: meaning(&BEFORE.replace("cost 10", "cost 99")),
        steps: Vec::new(),
        inverse: Vec::new(),
        proof: DeviceProof::Proven {
            lines: 0,
            beginnings: 0,
            rules: None,
        },
        risk: None,
        step_risks: Vec::new(),
        undo: Vec::new(),
        native_rollback: None,
        native_replace: None,
        checks: Vec::new(),
    }
}

fn sent(lines: &[(&str, bool)]) -> Vec<SentLine> {
    let line = |(position, (line, refused)): (usize, &(&str, bool))| SentLine {
        line: (*line).to_owned(),
        begins: position == 0,
        refused: *refused,
    };
    lines.iter().enumerate().map(line).collect()
}

fn state(found: &str, sent: &[SentLine]) -> State {
    let platform = Platform::named("frr").unwrap();
    classify(&plan(), BEFORE, (meaning(found), sent), &platform).unwrap()
}

#[test]
fn a_state_between_two_sent_lines_is_the_deployments_own() {
    let sent = sent(&[
        ("interface eth1", false),
        ("ip ospf cost 20", false),
        ("ip ospf priority 5", false),
    ]);
    let half = BEFORE.replace("cost 10", "cost 20");
    assert_eq!(state(&half, &sent), State::Partial(2));
    assert_eq!(
        state(&half, &sent[..1]),
        State::Foreign,
        "the line was never sent"
    );
}

#[test]
fn a_state_on_the_way_back_is_the_deployments_own() {
    let mut lines = sent(&[
        ("interface eth1", false),
        ("ip ospf cost 20", false),
        ("ip ospf priority 5", false),
    ]);
    // Broken off behind the first line of the way back, which is another state than any on the way there.
    lines.extend(sent(&[
        ("interface eth1", false),
        ("ip ospf cost 10", false),
    ]));
    let back = BEFORE.replace("cost 10", "cost 10\n ip ospf priority 5");
    assert_eq!(state(&back, &lines), State::Partial(5));
}

#[test]
fn a_refused_line_has_no_effect_and_a_strange_one_is_foreign() {
    let sent = sent(&[("interface eth1", false), ("ip ospf cost 20", true)]);
    let changed = BEFORE.replace("cost 10", "cost 20");
    assert_eq!(state(&changed, &sent), State::Foreign);
    assert_eq!(state(BEFORE, &sent), State::Before);
}
