use proptest::prelude::*;

use super::LineDevice as Simulation;
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

/// A new route map printed before an older one here, while in all other recordings new ones print last.
const ORDER_NOT_UNDERSTOOD: &[usize] = &[22];

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().filter(|line| line.trim() != "!").collect();
    lines.sort_unstable();
    lines
}

fn replay(index: usize, case: &Case) -> Vec<String> {
    let mut device = Simulation::new("frr", &case.before).unwrap();
    for (line, mode, output) in &case.typed {
        let response = device.line(line);
        if !response.modelled {
            return Vec::new();
        }
        if (device.mode(), &response.output) != (mode.as_str(), output) {
            return vec![format!(
                "case {index}: {line}: {response:?} in {:?}, recorded {output:?} in {mode:?}",
                device.mode()
            )];
        }
    }
    let running = device.running();
    let same = match ORDER_NOT_UNDERSTOOD.contains(&index) {
        true => sorted(&running) == sorted(&case.after),
        false => running == case.after,
    };
    match same {
        true => Vec::new(),
        false => vec![format!(
            "case {index}:\n{}",
            difference(&case.after, &device.running())
        )],
    }
}

fn difference(recorded: &str, simulated: &str) -> String {
    similar::TextDiff::from_lines(recorded, simulated)
        .unified_diff()
        .header("recorded", "simulated")
        .to_string()
}

/// One line typed into FRR 8.4.4: the lines that lead to its section, what it printed, and the lines of the running
/// configuration that it replaced.
#[derive(serde::Deserialize)]
struct Step {
    into: Vec<String>,
    line: String,
    mode: String,
    output: String,
    at: usize,
    removed: usize,
    added: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Recording {
    #[serde(default)]
    name: String,
    before: String,
    steps: Vec<Step>,
}

/// All but the first file were written by `tests/lab/record.py`, from the scripts in `tests/lab/lines`.
fn recordings() -> Vec<Recording> {
    let texts = [
        include_str!("recorded/frr-8.4.4-lines.json"),
        include_str!("recorded/frr-8.4.4-judged.json"),
        include_str!("recorded/frr-8.4.4-options.json"),
    ];
    let read = |text: &&str| serde_json::from_str::<Vec<Recording>>(text).unwrap();
    texts.iter().flat_map(read).collect()
}

/// What followed from something that the router did not print: the cost that an area had had, and a rule that a change of its sort
/// had left behind.
const NOT_PRINTED: &[(&str, &str)] = &[
    ("sorts of areas", "area 1 stub"),
    ("what an entry sets", "no set as-path prepend"),
    (
        "what entries seldom match and set",
        "no set as-path prepend",
    ),
];

/// Calls with the configuration before each step, the step, and the configuration after it.
fn each_step(mut visit: impl FnMut(&str, &Step, &str)) {
    for recording in recordings() {
        let mut lines: Vec<String> = recording.before.split('\n').map(str::to_owned).collect();
        for step in &recording.steps {
            let before = lines.join("\n");
            lines.splice(step.at..step.at + step.removed, step.added.clone());
            if !NOT_PRINTED.contains(&(&recording.name, &step.line)) {
                visit(&before, step, &lines.join("\n"));
            }
        }
    }
}

/// None when the way to the section is not modelled.
fn boot_at(before: &str, step: &Step) -> Option<Simulation> {
    let mut device = Simulation::new("frr", before).unwrap();
    let modelled = step.into.iter().all(|line| device.line(line).modelled);
    modelled.then_some(device)
}

/// Where lines stand that no rule knows, the order and the `!` between them are not compared.
fn prints(device: &Simulation, recorded: &str) -> bool {
    let running = device.running();
    let has_literals = device
        .document
        .root
        .children
        .iter()
        .any(|line| line.literal);
    running == recorded || (has_literals && sorted(&running) == sorted(recorded))
}

#[test]
fn each_recorded_line_does_what_the_router_did_or_is_not_modelled() {
    let (mut wrong, mut doubted, mut total) = (Vec::new(), 0, 0);
    each_step(|before, step, after| {
        let Some(mut device) = boot_at(before, step) else {
            return;
        };
        let response = device.line(&step.line);
        total += 1;
        if !response.modelled {
            doubted += 1;
            return;
        }
        if (device.mode(), &response.output) != (step.mode.as_str(), &step.output) {
            wrong.push(format!(
                "{:?} {}: {response:?} in {:?}, recorded {:?} in {:?}",
                step.into,
                step.line,
                device.mode(),
                step.output,
                step.mode
            ));
        } else if !prints(&device, after) {
            wrong.push(format!(
                "{:?} {}:\n{}",
                step.into,
                step.line,
                difference(after, &device.running())
            ));
        }
    });
    assert!(
        wrong.is_empty(),
        "{} wrong, {doubted} not modelled of {total}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(doubted * 5 < total, "{doubted} of {total} are not modelled");
}

/// What the simulated device remembers, and the router too, must not matter: nothing is booted between the lines here.
#[test]
fn lines_typed_one_after_another_leave_what_the_router_printed() {
    let mut wrong = Vec::new();
    for recording in recordings() {
        let mut lines: Vec<String> = recording.before.split('\n').map(str::to_owned).collect();
        let mut device = None;
        for step in &recording.steps {
            let mut running = device
                .take()
                .unwrap_or_else(|| Simulation::new("frr", &lines.join("\n")).unwrap());
            lines.splice(step.at..step.at + step.removed, step.added.clone());
            running.reset();
            let typed = step.into.iter().chain([&step.line]);
            let answers: Vec<Response> = typed.map(|line| running.line(line)).collect();
            let is_known = !NOT_PRINTED.contains(&(&recording.name, &step.line));
            if !is_known || answers.iter().any(|answer| !answer.modelled) {
                continue;
            }
            let recorded = lines.join("\n");
            match prints(&running, &recorded) {
                true => device = Some(running),
                false => wrong.push(format!(
                    "{}: {:?} {}:\n{}",
                    recording.name,
                    step.into,
                    step.line,
                    difference(&recorded, &running.running())
                )),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The rule that carries a line out: its mode and number.
fn rule_of(device: &Simulation, line: &str) -> Option<(String, usize)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (negated, words) = super::known::split_no(&words);
    (0..=device.path.len()).rev().find_map(|depth| {
        let name = device.mode_at(depth);
        let mode = &device.table.modes[name];
        let fits = |rule: &super::table::Rule| {
            let found = match negated {
                true => super::known::follow_removal(rule, words),
                false => rule.set.0.follow(words),
            };
            matches!(found, super::pattern::Match::Whole(_))
        };
        let index = mode.lines.iter().position(fits)?;
        Some((name.to_owned(), index))
    })
}

#[test]
fn every_rule_that_claims_to_be_modelled_was_exercised_on_a_real_router() {
    let mut seen = std::collections::BTreeSet::new();
    each_step(|before, step, _| {
        let Some(mut device) = boot_at(before, step) else {
            return;
        };
        let rule = rule_of(&device, &step.line);
        if device.line(&step.line).modelled {
            seen.extend(rule);
        }
    });
    let table = Table::named("frr").unwrap();
    let mut unseen = Vec::new();
    for (name, mode) in &table.modes {
        for (index, rule) in mode.lines.iter().enumerate() {
            if !rule.unproven && !seen.contains(&(name.clone(), index)) {
                unseen.push(format!("{name}: {:?}", rule.set));
            }
        }
    }
    assert!(unseen.is_empty(), "{}", unseen.join("\n"));
}

#[test]
fn a_vrf_of_frr_gives_its_segment_up_before_it_takes_another() {
    // Recorded, FRR 8.4.4.
    let running = "vrf A\n vni 100\nexit-vrf\n";
    for (line, is_accepted, end) in [
        ("vni 200", false, running),
        ("no vni 200", true, running),
        ("no vni", false, running),
        ("no vni 100", true, ""),
    ] {
        let mut device = Simulation::new("frr", running).unwrap();
        device.line("vrf A");
        let response = device.line(line);
        assert_eq!(response.accepted, is_accepted, "{line}: {response:?}");
        assert!(response.modelled, "{line}");
        assert_eq!(device.running(), end, "{line}");
    }
}

/// Lines that fit the rules of FRR and change much, for random sequences.
fn any_line() -> impl Strategy<Value = (Vec<String>, String)> {
    let lines: Vec<(Vec<String>, String)> = recordings()
        .into_iter()
        .flat_map(|recording| recording.steps)
        .map(|step| (step.into, step.line))
        .collect();
    proptest::sample::select(lines)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_modelled_lines_are_typed_what_is_printed_boots_to_the_same(
        capture in 0..CAPTURES.len(),
        typed in proptest::collection::vec(any_line(), 1..30),
    ) {
        let platform = crate::platform::Platform::named("frr").unwrap();
        let mut device = Simulation::new("frr", CAPTURES[capture].1).unwrap();
        for (into, line) in typed {
            let before = device.clone();
            device.reset();
            let modelled = into.iter().all(|line| device.line(line).modelled);
            if !modelled || !device.line(&line).modelled {
                device = before;
                continue;
            }
            let running = device.running();
            crate::config::Configuration::parse(&running, &platform).unwrap();
            let again = Simulation::new("frr", &running).unwrap();
            prop_assert_eq!(again.running(), running);
        }
    }
}

/// What the router said of lines that it took as well.
const NOTES: &[&str] = &[
    "The route-map '",
    "not installed currently because dependent config not fully available",
];

#[test]
fn what_the_router_refused_is_an_error_to_whoever_types() {
    let cli = &crate::platform::Platform::named("frr").unwrap().cli;
    let mut unknown = std::collections::BTreeSet::new();
    each_step(|before, step, after| {
        let tells = |line: &str| {
            let mut forms = cli
                .errors
                .iter()
                .chain(&cli.line_errors)
                .chain(&cli.line_warnings);
            forms.any(|form| form.0.is_match(line)) || NOTES.iter().any(|note| line.contains(note))
        };
        if before == after && !step.output.is_empty() && !step.output.lines().any(tells) {
            unknown.insert(format!("{}: {}", step.line, step.output));
        }
    });
    assert!(unknown.is_empty(), "{unknown:#?}");
}
