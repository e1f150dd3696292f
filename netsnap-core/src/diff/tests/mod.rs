mod fleet;

use std::sync::Arc;

use super::*;
use crate::model::{Change, ChangeKind, Places};
use crate::redact::MASK;

fn ios(text: &str) -> Configuration {
    let platform: Arc<Platform> = Platform::named("cisco_ios").unwrap();
    Configuration::parse(text, &platform).unwrap()
}

fn junos(text: &str) -> Configuration {
    Configuration::parse(text, &Platform::named("juniper_junos").unwrap()).unwrap()
}

fn only(diff: ConfigDiff) -> Change {
    assert_eq!(diff.changes.len(), 1, "{diff:?}");
    diff.changes.into_iter().next().unwrap()
}

fn hides(diff: &ConfigDiff, secrets: &[&str]) {
    let text = serde_json::to_string(diff).unwrap();
    for secret in secrets {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn another_secret_is_a_change_of_its_own_that_shows_neither() {
    let diff = diff_config(
        &ios("hostname a\nenable secret 5 $1$aaaa$bbbbbbbbbbbbbbbbbbbbbb\n"),
        &ios("hostname a\nenable secret 5 $1$cccc$dddddddddddddddddddddd\n"),
    );
    hides(&diff, &["$1$", "bbbb", "dddd"]);
    let change = only(diff);
    assert_eq!(change.kind, ChangeKind::Secret);
    assert_eq!(change.before, change.after);
    assert!(change.after.unwrap().ends_with(MASK));
}

#[test]
fn a_secret_in_a_line_that_no_rule_names_is_one_change_too() {
    let pair = |secret: &str| ios(&format!("hostname a\nunheard of password 7 {secret}\n"));
    let diff = diff_config(&pair("02050D480809"), &pair("13061E010803"));
    hides(&diff, &["02050D480809", "13061E010803"]);
    assert_eq!(only(diff).kind, ChangeKind::Secret);
}

#[test]
fn a_secret_that_comes_or_goes_is_masked_as_well() {
    let plain = ios("hostname a\n");
    let secret = ios("hostname a\nsnmp-server community hunter2 RO\n");
    for diff in [diff_config(&plain, &secret), diff_config(&secret, &plain)] {
        hides(&diff, &["hunter2"]);
        assert_ne!(only(diff).kind, ChangeKind::Secret);
    }
}

#[test]
fn a_secret_of_a_platform_with_braces_is_masked() {
    let pair = |secret: &str| {
        junos(&format!(
            "system {{ root-authentication {{ encrypted-password \"{secret}\"; }} }}"
        ))
    };
    let diff = diff_config(&pair("$6$aaaaaaaa$bbbbbbbb"), &pair("$6$cccccccc$dddddddd"));
    hides(&diff, &["bbbbbbbb", "dddddddd"]);
    assert_eq!(only(diff).kind, ChangeKind::Secret);
}

#[test]
fn a_community_is_masked_in_the_section_that_makes_it_a_secret() {
    let snmp = |name: &str| {
        junos(&format!(
            "snmp {{ community {name} {{ authorization read-only; }} }} system {{ host-name a; }}"
        ))
    };
    let policy = "policy-options { community CUSTOMERS members 65000:1; }";
    for name in ["hunter2", "\"hunter2\""] {
        let came = diff_config(&junos("system { host-name a; }"), &snmp(name));
        hides(&came, &["hunter2"]);
        let gone = diff_config(&snmp(name), &junos(policy));
        hides(&gone, &["hunter2"]);
        assert!(format!("{gone:?}").contains("CUSTOMERS"), "{gone:?}");
    }
    let change = only(diff_config(&snmp("hunter2"), &snmp("hunter3")));
    assert_eq!(change.kind, ChangeKind::Secret);
}

#[test]
fn another_value_beside_another_secret_is_a_change_of_the_value() {
    let diff = diff_config(
        &ios("hostname a\nusername ann privilege 15 secret 5 $1$aaaa$bbbbbbbbbbbbbbbbbbbbbb\n"),
        &ios("hostname a\nusername ann privilege 1 secret 5 $1$cccc$dddddddddddddddddddddd\n"),
    );
    hides(&diff, &["bbbb", "dddd"]);
    let change = only(diff);
    assert_eq!(change.kind, ChangeKind::Changed);
    assert!(change.before.unwrap().contains("privilege 15"));
}

#[test]
fn other_words_in_a_banner_are_a_change_of_a_text() {
    let pair = |text: &str| ios(&format!("hostname a\nbanner motd ^C\n{text}\n^C\n"));
    let change = only(diff_config(&pair("keep out"), &pair("come in")));
    assert_eq!(change.kind, ChangeKind::Text);
    assert!(change.before.unwrap().contains("keep out"));
}

fn policy(classes: &[&str]) -> Configuration {
    let lines: String = classes
        .iter()
        .map(|class| format!(" class {class}\n"))
        .collect();
    ios(&format!("hostname a\npolicy-map P\n{lines}"))
}

#[test]
fn a_list_shows_the_fewest_moves_with_their_places() {
    let before = policy(&["A", "B", "C", "D"]);
    let after = policy(&["D", "A", "B", "C"]);
    let change = only(diff_config(&before, &after));
    assert_eq!(change.kind, ChangeKind::Moved);
    assert_eq!(change.section, ["policy-map P"]);
    assert_eq!(change.before.as_deref(), Some("class D"));
    assert_eq!(
        change.places,
        Some(Places {
            before: 4,
            after: 1
        })
    );
}

#[test]
fn order_counts_only_where_the_device_minds_it() {
    let diff = diff_config(
        &ios("hostname a\ninterface Loopback0\ninterface Loopback1\n"),
        &ios("hostname a\ninterface Loopback1\ninterface Loopback0\n"),
    );
    assert!(diff.is_empty(), "{diff:?}");
}

#[test]
fn a_limited_difference_says_how_much_it_leaves_out() {
    let diff = diff_config(
        &ios("hostname a\n"),
        &ios("hostname b\nip domain-name x\nip routing\n"),
    );
    let all = diff.changes.len();
    let limited = diff.limited(1);
    assert_eq!((limited.changes.len(), limited.truncated), (1, all - 1));
    assert!(!limited.is_empty());
}

fn eos(text: &str) -> Configuration {
    Configuration::parse(text, &Platform::named("arista_eos").unwrap()).unwrap()
}

fn said(change: &Change) -> (ChangeKind, String, Option<&str>, Option<&str>) {
    let (before, after) = (change.before.as_deref(), change.after.as_deref());
    (change.kind, change.section.join(" / "), before, after)
}

#[test]
fn a_comment_that_the_device_keeps_is_a_difference() {
    let port = |comment: &str| {
        format!("! note\ninterface Ethernet1\n   {comment}\n   description a\n!\n!! at the top\n")
    };
    let (up, down) = (eos(&port("!! up")), eos(&port("!! down")));
    let change = only(diff_config(&up, &down));
    let section = "interface Ethernet1".to_owned();
    assert_eq!(
        said(&change),
        (
            ChangeKind::Changed,
            section.clone(),
            Some("!! up"),
            Some("!! down")
        )
    );
    assert_eq!(up.meaning(), down.meaning());
    let change = only(diff_config(&up, &eos(&port("! up"))));
    assert_eq!(
        said(&change),
        (ChangeKind::Removed, section, Some("!! up"), None)
    );
    assert!(diff_config(&up, &up).is_empty());
}

#[test]
fn an_annotation_belongs_to_the_statement_behind_it() {
    let system = |lines: &str| junos(&format!("/* all */\nsystem {{\n{lines}}}\n"));
    let name = |comment: &str, name: &str| system(&format!("{comment}host-name {name};\n"));
    let both = diff_config(&name("/* who */ ", "a"), &name("/* who */ ", "b"));
    assert_eq!(only(both).after.as_deref(), Some("host-name b"));
    let change = only(diff_config(
        &name("", "a"),
        &name("/* who\n  is it */ ", "a"),
    ));
    let place = "system / host-name".to_owned();
    assert_eq!(
        said(&change),
        (ChangeKind::Added, place, None, Some("/* who is it */"))
    );
    // Behind the last statement it belongs to none, and `#` never does.
    let bare = name("", "a");
    assert!(diff_config(&bare, &system("# who\nhost-name a; /* last */\n")).is_empty());
    // Paths hold none.
    assert!(diff_config(&name("/* who */ ", "a"), &junos("set system host-name a\n")).is_empty());
}

#[test]
fn what_is_not_read_as_configuration_is_told() {
    let text = "version 15.2\n!\n! by hand\nhostname a\nhostname b\ninterface Loopback0\n ip mtu 1400\nexit\nend\n";
    let diff = diff_config(&ios("hostname b\n!\n"), &ios(text));
    assert_eq!(diff.unread.before, crate::model::UnreadLines::default());
    let lines = diff.unread.after.lines.iter();
    let told: Vec<_> = lines.map(|line| (line.line, line.text.as_str())).collect();
    assert_eq!(
        told,
        [
            (1, "version 15.2"),
            (3, "! by hand"),
            (4, "hostname a"),
            (9, "end")
        ]
    );
    assert_eq!(diff.unread.after.count, 4);
    let many = format!(
        "hostname b\n{}",
        "! username a password 7 0822455D0A16\n".repeat(150)
    );
    let diff = diff_config(&ios(&many), &ios(&many));
    assert_eq!(
        (diff.unread.before.count, diff.unread.before.lines.len()),
        (150, 100)
    );
    hides(&diff, &["0822455D0A16"]);
}
