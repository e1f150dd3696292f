//! Pages are parsed by a real HTML parser: what a browser would see counts, not what the text looks like.

mod hostile;
mod limits;
mod papers;

use jiff::Timestamp;
use scraper::{ElementRef, Html, Selector};
use serde_json::json;

use super::samples::{at, change, device_plan, execution, output, plan, result};
use super::*;
use crate::error::{Error, ErrorKind};
use crate::event::{EventKind, Level, NewEvent};
use crate::model::*;

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

#[test]
fn equal_configurations_have_no_difference_to_show() {
    let diff = DeviceDiff {
        device: "r1".into(),
        before: "same\n".into(),
        after: "same\n".into(),
    };
    let page = parse(&RunReport {
        diffs: vec![diff],
        ..RunReport::default()
    });
    assert!(whole_text(&page).contains("No difference."));
}

#[test]
fn devices_that_need_a_person_come_first() {
    let page = parse(&change());
    let names: Vec<String> = all(&page, "#run-0 .list:not(.log) tbody th")
        .into_iter()
        .map(text)
        .collect();
    assert_eq!(names, ["r4", "r1", "r2", "r3"]);
}
