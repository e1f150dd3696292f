//! What a schedule makes of waves.

use std::collections::BTreeMap;

use super::*;
use crate::config::Configuration;
use crate::error::{Error, ErrorKind};
use crate::model::{Plan, RiskClass};
use crate::plan::{Canary, DeploymentPlanner, PlanInput, PlanOptions, Remediator, WavePolicy};
use crate::platform::Platform;

/// Devices by one letter each; a capital letter has nothing to do.
fn planned(devices: &str, waves: WavePolicy, schedule: &Schedule) -> Result<Plan, Error> {
    let platform = Platform::named("frr").unwrap();
    let parse = |text: &str| Configuration::parse(text, &platform).unwrap();
    let input = |name: char| PlanInput {
        device: name.to_ascii_lowercase().to_string(),
        platform: platform.clone(),
        running: parse("interface eth0\n ip ospf cost 10\n"),
        intended: parse(match name.is_ascii_uppercase() {
            true => "interface eth0\n ip ospf cost 10\n",
            false => "interface eth0\n ip ospf cost 20\n",
        }),
        snapshot: None,
    };
    let inputs: Vec<PlanInput> = devices.chars().map(input).collect();
    let options = PlanOptions {
        waves,
        schedule: schedule.clone(),
        ..PlanOptions::default()
    };
    Remediator.plan(&inputs, &options)
}

fn waves(devices: &str, policy: WavePolicy, schedule: &Schedule) -> String {
    let plan = planned(devices, policy, schedule).unwrap();
    let waves: Vec<String> = plan
        .waves
        .iter()
        .map(|wave| wave.devices.concat())
        .collect();
    waves.join(" ")
}

fn names(letters: &str) -> Vec<String> {
    letters.chars().map(String::from).collect()
}

fn listed(text: &str) -> WavePolicy {
    WavePolicy::Listed(text.split(' ').map(names).collect())
}

/// So many at a time, and nobody ahead.
fn at_a_time(size: usize) -> WavePolicy {
    let canary = Canary::Nobody;
    WavePolicy::Filled { canary, size }
}

fn ahead(letters: &str, size: usize) -> WavePolicy {
    let canary = Canary::These(names(letters));
    WavePolicy::Filled { canary, size }
}

fn pairs(groups: &str) -> Schedule {
    Schedule {
        redundancy: groups.split(' ').map(names).collect(),
        ..Schedule::default()
    }
}

fn roles() -> Schedule {
    let role = |letters: &str, role: &str| -> BTreeMap<String, String> {
        names(letters)
            .into_iter()
            .map(|name| (name, role.to_owned()))
            .collect()
    };
    Schedule {
        roles: role("ab", "core")
            .into_iter()
            .chain(role("cd", "edge"))
            .collect(),
        role_order: vec!["edge".into(), "core".into()],
        ..Schedule::default()
    }
}

#[test]
fn devices_that_stand_in_for_each_other_never_change_together() {
    assert_eq!(waves("abcd", at_a_time(4), &pairs("ab cd")), "ac bd");
    assert_eq!(waves("abcd", WavePolicy::default(), &pairs("bc")), "a bd c");
    let error = planned("abc", listed("ab c"), &pairs("ab")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PlanConflict);
    assert_eq!(error.report().context["devices"], "a, b");
}

#[test]
fn edge_goes_before_core() {
    assert_eq!(waves("abcd", at_a_time(9), &roles()), "cd ab");
    assert_eq!(waves("abcd", WavePolicy::default(), &roles()), "c d ab");
    // Others are free.
    assert_eq!(waves("abcde", at_a_time(9), &roles()), "cde ab");
    let error = planned("abcd", listed("a bcd"), &roles()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PlanConflict);
}

#[test]
fn a_canary_goes_first_also_before_waves_of_a_size() {
    let free = Schedule::default();
    let first = |size| WavePolicy::Filled {
        canary: Canary::First,
        size,
    };
    assert_eq!(waves("abcde", first(2), &free), "a bc de");
    assert_eq!(waves("abcd", first(2), &roles()), "c d ab");
    assert_eq!(waves("abcde", ahead("d", 2), &free), "d ab ce");
    assert_eq!(waves("abcde", ahead("bd", 9), &free), "bd ace");
    assert_eq!(waves("abcd", ahead("bd", 9), &pairs("bd")), "b d ac");
    // One with nothing to do tells nothing.
    assert_eq!(waves("abcDe", ahead("d", 2), &free), "a bc e");
    assert_eq!(waves("abCd", ahead("cd", 9), &free), "d ab");
}

#[test]
fn a_canary_that_waits_for_others_is_a_conflict() {
    let error = planned("abcd", ahead("a", 9), &roles()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PlanConflict);
    let circle = error.report().context["circle"].to_string();
    assert!(
        circle.contains("the canary") && circle.contains("every edge"),
        "{circle}"
    );
}

#[test]
fn a_device_waits_for_another_also_through_one_with_nothing_to_do() {
    let chain = Schedule {
        waits_for: [("a".into(), names("b")), ("b".into(), names("c"))].into(),
        ..Schedule::default()
    };
    assert_eq!(waves("abc", at_a_time(9), &chain), "c b a");
    assert_eq!(waves("aBc", at_a_time(9), &chain), "c a");
    assert!(planned("aBc", listed("c a"), &chain).is_ok());
    assert!(planned("aBc", listed("a c"), &chain).is_err());
    assert!(planned("aBc", listed("ac"), &chain).is_err());
}

#[test]
fn the_management_path_is_last_and_alone() {
    let path = Schedule {
        management_path: names("ba"),
        ..Schedule::default()
    };
    assert_eq!(waves("abcd", at_a_time(9), &path), "cd b a");
    assert_eq!(waves("abcd", WavePolicy::default(), &path), "c d b a");
    for bad in ["cb d a", "c d ab", "c d a b", "b c d a"] {
        let error = planned("abcd", listed(bad), &path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PlanConflict, "{bad}");
    }
    assert!(planned("abcd", listed("d c b a"), &path).is_ok());
}

#[test]
fn the_management_path_is_last_whatever_the_role() {
    let path = Schedule {
        management_path: names("c"),
        ..roles()
    };
    assert_eq!(waves("abcd", at_a_time(9), &path), "d ab c");
    assert_eq!(waves("abcD", at_a_time(9), &path), "ab c");
    assert!(planned("abcd", listed("d ab c"), &path).is_ok());
    assert!(planned("abcd", listed("c d ab"), &path).is_err());
}

#[test]
fn a_circle_is_printed() {
    let circle = Schedule {
        waits_for: [("a".into(), names("b")), ("b".into(), names("a"))].into(),
        ..Schedule::default()
    };
    let error = planned("abc", WavePolicy::default(), &circle).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PlanConflict);
    assert_eq!(
        error.report().context["circle"],
        "device a waits for device b waits for device a"
    );
    let against_roles = Schedule {
        waits_for: [("c".into(), names("a"))].into(),
        ..roles()
    };
    let error = planned("abcd", WavePolicy::default(), &against_roles).unwrap_err();
    let circle = error.report().context["circle"].to_string();
    assert!(
        circle.contains("every edge") && circle.contains("device a"),
        "{circle}"
    );
    let itself = Schedule {
        waits_for: [("a".into(), names("a"))].into(),
        ..Schedule::default()
    };
    assert!(planned("a", WavePolicy::default(), &itself).is_err());
}

#[test]
fn nobody_is_lost_in_waves_of_any_size() {
    let schedule = Schedule {
        redundancy: vec![names("ae"), names("bf")],
        management_path: names("h"),
        ..roles()
    };
    for size in 1..10 {
        let text = waves("abcdefgh", at_a_time(size), &schedule);
        let mut letters: Vec<char> = text.chars().filter(|letter| *letter != ' ').collect();
        letters.sort_unstable();
        assert_eq!(
            letters.into_iter().collect::<String>(),
            "abcdefgh",
            "{size}: {text}"
        );
        assert!(text.ends_with(" h"));
        assert!(text.split(' ').all(|wave| wave.len() <= size), "{text}");
    }
}

fn sample(kind: RiskClass, commands: u64, duration_ms: u64) -> DurationSample {
    DurationSample {
        platform: "frr".into(),
        kind: Some(kind),
        commands,
        duration_ms,
    }
}

#[test]
fn a_wave_takes_as_long_as_the_past_says_and_says_what_that_rests_on() {
    let plan = planned("abc", WavePolicy::default(), &Schedule::default()).unwrap();
    let routing = RiskClass::ControlPlane;
    let samples = vec![
        sample(routing, 4, 1000),
        sample(routing, 4, 3000),
        sample(routing, 4, 2000),
        sample(RiskClass::Cosmetic, 1, 10),
    ];
    let durations = |in_flight| Durations {
        samples: samples.clone(),
        in_flight,
    };
    let estimate = durations(0).of_wave(&plan.waves[1], &plan.devices).unwrap();
    assert_eq!(estimate.duration_ms, 2000, "both at once");
    assert_eq!(estimate.basis.len(), 1);
    assert_eq!(
        (estimate.basis[0].runs, estimate.basis[0].p50_ms),
        (3, 2000)
    );
    assert_eq!(estimate.basis[0].kind, Some(routing));
    let in_turn = durations(1).of_wave(&plan.waves[1], &plan.devices).unwrap();
    assert_eq!(in_turn.duration_ms, 4000);
}

#[test]
fn other_kinds_stand_in_where_none_is_alike_and_nothing_stands_in_for_a_platform() {
    let plan = planned("a", WavePolicy::default(), &Schedule::default()).unwrap();
    let durations = Durations {
        samples: vec![sample(RiskClass::Cosmetic, 1, 10)],
        in_flight: 0,
    };
    let estimate = durations.of_wave(&plan.waves[0], &plan.devices).unwrap();
    assert_eq!(estimate.basis[0].kind, None);
    assert_eq!(
        Durations::default().of_wave(&plan.waves[0], &plan.devices),
        None
    );
}
