//! What a person reads before a change, on the page, in the terminal and in a ticket.

use super::*;
use crate::report::markdown;
use crate::report::terminal::{Color, Layout};

fn approval() -> Approval {
    Approval {
        plan: plan().id,
        actor: "anna".into(),
        at: at(9_000),
        reason: Some("CHG-20814".into()),
    }
}

#[test]
fn a_ticket_shows_risk_waves_findings_lines_and_the_way_back() {
    let page = markdown::plan(&plan(), &[approval()]);
    assert!(
        page.contains("| Severity | Device | Place | Finding |"),
        "{page}"
    );
    for part in [
        "# Plan ",
        "**not proven**",
        "| Risk | **medium** |",
        "## Approved",
        "anna",
        "## Findings",
        "prefix-list OLD",
        "## Waves",
        "about 2.5 s",
        "12 recorded devices with control plane changes",
        "nothing like it was recorded",
        "## r1",
        "router bgp 65001\n neighbor 10.0.12.2 timers 10 30",
        "The way back:",
        "| after | ospf\\_neighbors\\_full | show ip ospf neighbor |",
    ] {
        assert!(page.contains(part), "no {part} in\n{page}");
    }
}

#[test]
fn nothing_in_a_ticket_is_markup_that_a_device_wrote_and_no_secret_is_in_it() {
    let mut plan = plan();
    let hostile = "x | <img src=x onerror=y> [a](http://b) ``` **";
    plan.devices[0].device = hostile.into();
    plan.waves[0].devices = vec![hostile.into()];
    plan.devices[0].steps[0].line = "``` password tiger42".into();
    let page = markdown::plan(&plan, &[]);
    assert!(!page.contains("<img"), "{page}");
    assert!(!page.contains("[a](http"), "{page}");
    assert!(!page.contains("tiger42"), "{page}");
    let fences: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("````"))
        .collect();
    assert_eq!(
        fences.len(),
        2,
        "a longer fence around what holds one:\n{page}"
    );
    let table: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| 1 |"))
        .collect();
    assert!(table[0].contains("x \\| &lt;img"), "{table:?}");
}

#[test]
fn the_terminal_shows_risk_findings_and_how_long_a_wave_takes() {
    let layout = Layout {
        color: Color::Never,
        width: 200,
    };
    let text = crate::report::terminal::plan(&plan(), &layout);
    for part in [
        "medium risk",
        "warning: r2:",
        "about 2.5 s",
        "may be carried out until",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
}

#[test]
fn the_page_shows_risk_findings_checks_and_who_agreed() {
    let report = RunReport {
        plan: Some(plan()),
        approvals: vec![approval()],
        ..RunReport::default()
    };
    let page = parse(&report);
    let shown = whole_text(&page);
    for part in [
        "medium risk",
        "prefix-list OLD",
        "about 2.5 s",
        "ospf_neighbors_full",
        "Approved by anna",
    ] {
        assert!(shown.contains(part), "no {part}");
    }
    assert_inert(&page);
}

#[test]
fn no_secret_of_a_line_is_on_the_page_or_in_the_terminal() {
    let mut plan = plan();
    plan.devices[0].steps[0].line = "neighbor 10.0.0.2 password tiger42".into();
    plan.devices[0].inverse[0].line = "no neighbor 10.0.0.2 password tiger42".into();
    plan.devices[0].steps[0].section = vec!["tacacs-server host 10.9.0.1 key tiger42".into()];
    let layout = Layout {
        color: Color::Never,
        width: 200,
    };
    let text = crate::report::terminal::plan(&plan, &layout);
    let report = RunReport {
        plan: Some(plan),
        ..RunReport::default()
    };
    for shown in [crate::report::html(&report), text] {
        assert!(shown.contains("neighbor 10.0.0.2 password"), "{shown}");
        assert!(!shown.contains("tiger42"), "{shown}");
    }
}

#[test]
fn a_community_is_shown_nowhere_in_the_section_that_makes_it_a_secret() {
    let mut plan = plan();
    let snmp = "snmp".to_owned();
    plan.devices[0].steps[0].section = vec![snmp.clone(), "community tiger42".into()];
    plan.devices[0].steps[1].section = vec![snmp.clone()];
    plan.devices[0].steps[1].line = "no community \"tiger42\"".into();
    plan.devices[0].inverse[0].section = vec![snmp];
    plan.devices[0].inverse[0].line = "community \"tiger42\"".into();
    let layout = Layout {
        color: Color::Never,
        width: 200,
    };
    let texts = [
        markdown::plan(&plan, &[]),
        crate::report::terminal::plan(&plan, &layout),
        crate::report::html(&RunReport {
            plan: Some(plan),
            ..RunReport::default()
        }),
    ];
    for shown in texts {
        assert!(shown.contains("community ********"), "{shown}");
        assert!(!shown.contains("tiger42"), "{shown}");
    }
}
