use super::*;

const CAPTURES: &[(&str, &str)] = &[
    ("before-r1", include_str!("recorded/before-r1.txt")),
    ("before-r2", include_str!("recorded/before-r2.txt")),
    ("before-r3", include_str!("recorded/before-r3.txt")),
    ("before-r4", include_str!("recorded/before-r4.txt")),
    ("after-r1", include_str!("recorded/after-r1.txt")),
    ("after-r2", include_str!("recorded/after-r2.txt")),
    ("after-r3", include_str!("recorded/after-r3.txt")),
    ("after-r4", include_str!("recorded/after-r4.txt")),
    ("bgp-r1", include_str!("recorded/bgp-r1.txt")),
    ("bgp-r2", include_str!("recorded/bgp-r2.txt")),
    ("bgp-r3", include_str!("recorded/bgp-r3.txt")),
    ("bgp-r4", include_str!("recorded/bgp-r4.txt")),
];

#[test]
fn every_recorded_router_boots_and_prints_itself_byte_for_byte() {
    for (name, text) in CAPTURES {
        let device = Simulation::new("frr", text).unwrap();
        assert_eq!(device.running(), *text, "{name}");
    }
}

/// Typed into FRR 8.4.4 over SSH: line, mode in the prompt after it, what was printed; then the running configuration.
#[derive(serde::Deserialize)]
struct Case {
    before: String,
    typed: Vec<(String, String, String)>,
    after: String,
}

#[test]
fn every_recorded_line_is_answered_and_every_recorded_configuration_is_reached() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("recorded/frr-8.4.4.json")).unwrap();
    let wrong: Vec<String> = cases
        .iter()
        .enumerate()
        .flat_map(|(index, case)| replay(index, case))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// FRR warns here that the route map does not exist; the simulator does not.
const WARNED: &str = "neighbor 10.0.1.1 route-map RM in";

fn replay(index: usize, case: &Case) -> Vec<String> {
    let mut device = Simulation::new("frr", &case.before).unwrap();
    let mut wrong = Vec::new();
    for (line, mode, output) in &case.typed {
        let response = device.line(line);
        if line == WARNED {
            continue;
        }
        if (device.mode(), &response.output) != (mode.as_str(), output) || !response.modelled {
            wrong.push(format!(
                "case {index}: {line}: {response:?} in {:?}, recorded {output:?} in {mode:?}",
                device.mode()
            ));
        }
    }
    if device.running() != case.after {
        wrong.push(format!(
            "case {index}:\n{}",
            difference(&case.after, &device.running())
        ));
    }
    wrong
}

fn difference(recorded: &str, simulated: &str) -> String {
    similar::TextDiff::from_lines(recorded, simulated)
        .unified_diff()
        .header("recorded", "simulated")
        .to_string()
}
