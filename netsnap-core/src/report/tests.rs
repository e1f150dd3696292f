//! Pages are parsed by a real HTML parser: what a browser would see counts, not what the text looks like.

use jiff::Timestamp;
use scraper::{ElementRef, Html, Selector};
use serde_json::json;

use super::samples::{at, change, device_plan, execution, output, plan, result};
use super::*;
use crate::error::{Error, ErrorKind};
use crate::event::{EventKind, Level, NewEvent};
use crate::model::*;

/// Breaks out of text, attributes, comments, CDATA and style sheets, where a page is careless.
const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>]]>--></style></title></pre>\
    <svg onload=alert(1)>&lt;javascript:alert(1) https://evil.example/ ../../x\u{1b}[31m\u{202e}\0";

fn parse(report: &RunReport) -> Html {
    let page = Html::parse_document(&html(report));
    assert_eq!(page.errors, Vec::<std::borrow::Cow<'static, str>>::new());
    page
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect()
}

fn whole_text(page: &Html) -> String {
    text(page.root_element())
}

/// Asserts that nothing on the page runs, loads or leads elsewhere.
fn assert_inert(page: &Html) {
    for forbidden in [
        "script",
        "img",
        "iframe",
        "object",
        "embed",
        "link",
        "base",
        "form",
        "audio",
        "video",
        "foreignObject",
        "image",
        "use",
    ] {
        assert!(all(page, forbidden).is_empty(), "<{forbidden}>");
    }
    for element in all(page, "*") {
        for (name, value) in element.value().attrs() {
            assert!(
                !name.starts_with("on") && name != "style" && name != "src" && name != "srcset",
                "{name}"
            );
            assert!(
                !name.ends_with("href") || value.starts_with('#'),
                "{name}={value}"
            );
        }
    }
    assert_eq!(
        (all(page, "style").len(), !all(page, "title").is_empty()),
        (1, true)
    );
}

fn hostile_run() -> ExecutionReport {
    let mut run = ExecutionReport::new(execution(
        ExecutionKind::Deploy,
        ExecutionStatus::Interrupted,
        0,
    ));
    let bad = HOSTILE.to_owned();
    run.execution.name.clone_from(&bad);
    run.execution.actor.clone_from(&bad);
    run.execution.reason = Some(bad.clone());
    run.execution.labels = [(bad.clone(), bad.clone())].into();
    run.execution.devices = vec![DeviceSummary {
        id: bad.clone(),
        name: bad.clone(),
        ip: bad.clone(),
    }];
    let error = Error::new(ErrorKind::CommandRejected, HOSTILE)
        .with(HOSTILE, HOSTILE)
        .hint(HOSTILE);
    let mut device = result(HOSTILE, DeviceStatus::Failed, 5);
    device.error = Some(error.report());
    run.devices = vec![device];
    let event = |kind| {
        NewEvent::new(kind, HOSTILE)
            .on(HOSTILE)
            .level(Level::Error)
            .data(json!({HOSTILE: HOSTILE, "command": HOSTILE}))
    };
    run.events = vec![
        event(EventKind::CommandStarted).at(1, at(0)),
        event(EventKind::CommandFinished).at(2, at(9)),
    ];
    let mut said = output(HOSTILE, HOSTILE, HOSTILE);
    said.summary.rejection = Some(Rejection {
        line: bad.clone(),
        rule: bad.clone(),
    });
    run.outputs = vec![OutputReport::new(&said)];
    let line = LineResult {
        line: bad.clone(),
        accepted: false,
        answer: bad.clone(),
    };
    let mut deployment = samples::deployment();
    deployment.devices[1] = DeviceDeployment {
        device: bad,
        lines: vec![line],
        error: Some(error.report()),
        ..deployment.devices[1].clone()
    };
    run.deployment = Some(deployment);
    run
}

fn hostile() -> RunReport {
    let step = Step {
        section: vec![HOSTILE.into()],
        line: HOSTILE.into(),
    };
    let mut plan = plan();
    plan.devices[0] = DevicePlan {
        device: HOSTILE.into(),
        platform: HOSTILE.into(),
        steps: vec![step.clone()],
        inverse: vec![step],
        proof: DeviceProof::Unproven {
            reasons: vec![HOSTILE.into()],
        },
        ..device_plan("r1")
    };
    plan.waves[0].devices = vec![HOSTILE.into()];
    RunReport {
        title: HOSTILE.into(),
        executions: vec![hostile_run()],
        plan: Some(plan),
        diffs: vec![DeviceDiff {
            device: HOSTILE.into(),
            before: format!("one\n{HOSTILE} two"),
            after: format!("one\n{HOSTILE} three\n{HOSTILE}"),
        }],
    }
}

#[test]
fn a_page_loads_nothing_and_runs_nothing() {
    assert_inert(&parse(&change()));
}

#[test]
fn the_policy_forbids_everything_but_the_one_style_sheet() {
    let page = parse(&change());
    let policy = all(&page, "meta[http-equiv='Content-Security-Policy']")[0]
        .attr("content")
        .unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn the_style_sheet_names_nothing_outside_the_page() {
    let page = parse(&change());
    let style = text(all(&page, "style")[0]);
    assert!(!style.contains("url(") && !style.contains("@import") && !style.contains("@font-face"));
}

#[test]
fn hostile_text_stays_text_wherever_it_comes_from() {
    let page = parse(&hostile());
    assert_inert(&page);
    let harmless = text::one_line(HOSTILE);
    for place in [
        "h1",
        "title",
        ".lead",
        ".reason",
        "th[scope=row] code",
        ".error .hint",
        ".error .context",
        ".lane .device",
        "svg title",
        ".steps code",
        ".reasons li",
        ".chip",
        ".lines code",
        ".answer",
        ".output .command",
        ".output pre",
        ".log td",
        ".diff td.text",
        ".facts dt",
    ] {
        let found = all(&page, place)
            .into_iter()
            .any(|element| text(element).contains(harmless.as_ref()));
        assert!(found, "{place}");
    }
}

#[test]
fn no_control_character_and_no_change_of_direction_reaches_the_page() {
    let page = html(&hostile());
    let is_steering =
        |c: &char| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c);
    assert_eq!(page.chars().find(is_steering), None);
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    let mut said = output("r1", "show", "");
    said.bytes = b"up\xff\xfe\0down".to_vec();
    let mut run = ExecutionReport::new(execution(
        ExecutionKind::Collect,
        ExecutionStatus::Succeeded,
        0,
    ));
    run.outputs = vec![OutputReport::new(&said)];
    let page = parse(&RunReport {
        executions: vec![run],
        ..RunReport::default()
    });
    assert_eq!(
        text(all(&page, ".output pre")[0]),
        "up\u{fffd}\u{fffd}␀down"
    );
}

#[test]
fn an_output_of_fifty_megabytes_is_cut_and_the_page_says_so() {
    let line = "10.0.0.0/24 via 10.0.0.1 metric 20\n";
    let said = output("r1", "show ip route", &line.repeat(50_000_000 / line.len()));
    let mut run = ExecutionReport::new(execution(
        ExecutionKind::Collect,
        ExecutionStatus::Succeeded,
        0,
    ));
    run.outputs = vec![OutputReport::new(&said)];
    let report = RunReport {
        executions: vec![run],
        ..RunReport::default()
    };
    assert!(html(&report).len() < 2 * OutputReport::LIMIT);
    let page = parse(&report);
    let shown = text(all(&page, ".output pre")[0]);
    assert!(shown.len() <= OutputReport::LIMIT && shown.ends_with("metric 20\n"));
    assert!(
        text(all(&page, ".output .cut")[0])
            .contains("The last 49.7 MB of 49.9 MB are not shown here")
    );
}

#[test]
fn many_long_outputs_share_one_limit_and_none_is_cut_in_silence() {
    let said = output(
        "r1",
        "show ip route",
        &"a line of text\n".repeat(OutputReport::LIMIT / 15),
    );
    let mut run = ExecutionReport::new(execution(
        ExecutionKind::Collect,
        ExecutionStatus::Succeeded,
        0,
    ));
    run.outputs = vec![OutputReport::new(&said); 100];
    let page = html(&RunReport {
        executions: vec![run],
        ..RunReport::default()
    });
    assert!(page.len() < 18 * 1024 * 1024, "{}", page.len());
    let page = Html::parse_document(&page);
    let silent = |panel: &ElementRef<'_>| {
        let shown = panel
            .select(&Selector::parse("pre").unwrap())
            .next()
            .map(text);
        let cut = panel.select(&Selector::parse(".cut").unwrap()).next();
        shown.unwrap().len() < said.bytes.len() && cut.is_none()
    };
    assert_eq!(
        all(&page, ".output")
            .iter()
            .filter(|panel| silent(panel))
            .count(),
        0
    );
}

#[test]
fn a_report_without_anything_is_still_a_page() {
    let page = parse(&RunReport::default());
    assert!(whole_text(&page).contains("Nothing was recorded."));
}

#[test]
fn an_empty_run_shows_its_status_and_no_empty_tables() {
    let mut empty = execution(ExecutionKind::Collect, ExecutionStatus::Queued, 0);
    empty.devices.clear();
    let page = parse(&RunReport {
        executions: vec![ExecutionReport::new(empty)],
        ..RunReport::default()
    });
    assert!(text(all(&page, "h2")[0]).contains("queued"));
    assert!(all(&page, "table").is_empty() && all(&page, ".timeline").is_empty());
}

#[test]
fn five_hundred_devices_have_a_row_and_a_lane_each() {
    let mut run = ExecutionReport::new(execution(
        ExecutionKind::Collect,
        ExecutionStatus::Succeeded,
        0,
    ));
    let names: Vec<String> = (0..500).map(|index| format!("access-{index:03}")).collect();
    run.execution.devices = names
        .iter()
        .map(|name| DeviceSummary {
            id: name.clone(),
            name: name.clone(),
            ip: "192.0.2.1".into(),
        })
        .collect();
    run.devices = names
        .iter()
        .map(|name| result(name, DeviceStatus::Ok, 700))
        .collect();
    for (index, name) in names.iter().enumerate() {
        for kind in [
            EventKind::DeviceStarted,
            EventKind::Connected,
            EventKind::CommandStarted,
            EventKind::CommandFinished,
            EventKind::DeviceFinished,
        ] {
            let sequence = run.events.len() as u64 + 1;
            run.events.push(
                NewEvent::new(kind, "")
                    .on(name)
                    .at(sequence, at(index as i64)),
            );
        }
    }
    let page = parse(&RunReport {
        executions: vec![run],
        ..RunReport::default()
    });
    assert_eq!(all(&page, ".list:not(.log) tbody tr").len(), 500);
    assert_eq!(all(&page, ".lane svg[role=img]").len(), 500);
    assert_eq!(all(&page, ".log tbody tr").len(), 2_500);
}

#[test]
fn the_same_report_gives_the_same_page() {
    assert_eq!(html(&change()), html(&change()));
}

#[test]
fn headings_never_skip_a_level_and_every_column_is_named() {
    let page = parse(&change());
    let levels: Vec<u8> = all(&page, "h1,h2,h3,h4")
        .iter()
        .map(|heading| heading.value().name().as_bytes()[1])
        .collect();
    assert_eq!(
        (
            levels[0],
            levels.iter().filter(|level| **level == b'1').count()
        ),
        (b'1', 1)
    );
    assert!(
        levels.windows(2).all(|pair| pair[1] <= pair[0] + 1),
        "{levels:?}"
    );
    assert!(
        all(&page, "thead th")
            .iter()
            .all(|column| column.attr("scope") == Some("col"))
    );
}

#[test]
fn every_way_inside_the_page_leads_somewhere() {
    let page = parse(&change());
    for link in all(&page, "a") {
        let target = link.attr("href").unwrap();
        assert_eq!(all(&page, target).len(), 1, "{target}");
    }
}

#[test]
fn a_changed_line_marks_only_the_words_that_changed() {
    let page = parse(&change());
    let marked: Vec<String> = all(&page, ".diff mark").into_iter().map(text).collect();
    assert!(
        marked.contains(&"203.0.113.0/24".to_owned())
            && marked.contains(&"198.51.100.0/24".to_owned()),
        "{marked:?}"
    );
    assert!(!marked.iter().any(|words| words.contains("network")));
}

#[test]
fn a_failure_is_drawn_and_said() {
    let page = parse(&change());
    let flags: Vec<String> = all(&page, ".flag title").into_iter().map(text).collect();
    assert!(
        flags.contains(&"failed · the host did not answer in time".to_owned()),
        "{flags:?}"
    );
    assert!(whole_text(&page).contains("% Specify remote-as or peer-group commands first"));
    assert!(whole_text(&page).contains("exact: byte for byte as before"));
}

#[test]
fn a_clock_that_goes_backwards_makes_no_negative_bar() {
    let mut run = ExecutionReport::new(execution(
        ExecutionKind::Collect,
        ExecutionStatus::Succeeded,
        0,
    ));
    let times: [Timestamp; 4] = [at(500), at(100), at(900), at(200)];
    let kinds = [
        EventKind::DeviceStarted,
        EventKind::Connected,
        EventKind::CommandStarted,
        EventKind::CommandFinished,
    ];
    run.events = (1..)
        .zip(kinds.into_iter().zip(times))
        .map(|(sequence, (kind, time))| NewEvent::new(kind, "").on("r1").at(sequence, time))
        .collect();
    let drawn = lanes::lanes(&run);
    assert_eq!(drawn.length, 400_000);
    assert!(
        drawn
            .lanes
            .iter()
            .flat_map(|lane| &lane.bars)
            .all(|bar| bar.from <= bar.to && bar.to <= drawn.length)
    );
}
