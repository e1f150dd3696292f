//! Nothing, very much, and what is said about the rest.

use super::*;

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
            platform: None,
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
fn each_gap_of_a_difference_says_how_many_lines_it_hides() {
    let lines: Vec<String> = (1..=60).map(|number| format!("line {number}\n")).collect();
    let mut changed = lines.clone();
    changed[19] = "another\n".into();
    changed[39] = "yet another\n".into();
    let diff = DeviceDiff {
        device: "r1".into(),
        before: lines.concat(),
        after: changed.concat(),
    };
    let page = parse(&RunReport {
        diffs: vec![diff],
        ..RunReport::default()
    });
    let gaps: Vec<String> = all(&page, ".gap").into_iter().map(text).collect();
    assert_eq!(
        gaps,
        [
            "⋯ 16 lines the same",
            "⋯ 13 lines the same",
            "⋯ 17 lines the same"
        ]
    );
}

#[test]
fn a_long_difference_is_cut_and_the_page_says_so() {
    let diff = DeviceDiff {
        device: "r1".into(),
        before: String::new(),
        after: (0..5_000)
            .map(|number| format!("route {number}\n"))
            .collect(),
    };
    let page = parse(&RunReport {
        diffs: vec![diff],
        ..RunReport::default()
    });
    assert_eq!(all(&page, ".diff tbody tr").len(), 4_000);
    assert_eq!(
        text(all(&page, ".cut")[0]),
        "✂1000 of 5000 rows are not shown."
    );
}
