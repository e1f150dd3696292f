use super::*;
use crate::platform::Platform;

#[test]
fn a_section_is_known_by_what_it_stands_in() {
    let grammar = &Platform::named("frr").unwrap().grammar;
    let bgp = grammar
        .opens(SectionId::GLOBAL, "router bgp 65001")
        .unwrap();
    let family = "address-family ipv4 unicast";
    assert_eq!(
        grammar.leave(grammar.opens(bgp, family).unwrap()),
        "exit-address-family"
    );
    assert_eq!(grammar.leave(bgp), "exit");
    assert!(grammar.opens(SectionId::GLOBAL, family).is_none());
}

#[test]
fn a_negated_header_opens_nothing() {
    let grammar = &Platform::named("frr").unwrap().grammar;
    assert!(grammar.opens(SectionId::GLOBAL, "router ospf").is_some());
    assert!(grammar.opens(SectionId::GLOBAL, "no router ospf").is_none());
}

#[test]
fn a_banner_ends_with_its_own_delimiter() {
    let grammar = &Platform::named("cisco_ios").unwrap().grammar;
    for (line, expected) in [
        ("banner motd ^C", Some("Delimiter(\"^C\")")),
        ("banner motd #hello#", Some("Here")),
        ("banner login zhello", Some("Delimiter(\"z\")")),
        ("hostname r1", None),
    ] {
        let found = grammar.blob(line).map(|end| format!("{end:?}"));
        assert_eq!(found.as_deref(), expected, "{line}");
    }
}

#[test]
fn every_table_is_right_in_itself() {
    for name in Platform::names() {
        Platform::named(name).unwrap().grammar.check().unwrap();
    }
}

#[test]
fn a_wrong_row_is_named() {
    let head = "name = \"x\"\ntitle = \"x\"\n[cli]\nterminal = true\nprompt = '.*#'\n[grammar]\n";
    for (lines, message, about) in [
        (
            r#""ip {what...}", "ip route {route...}""#,
            "a row is hidden by another",
            "row=ip route {route...}, about=ip {what...}",
        ),
        (
            r#""mtu <bytes>", "mtu {size}""#,
            "a row is hidden by another",
            "row=mtu {size}, about=mtu <bytes>",
        ),
        (
            r#"{ line = "mtu <bytes>", negate = "no mtu {byte}" }"#,
            "does not capture",
            "row=mtu <bytes>, about=byte",
        ),
        (
            r#"{ line = "use {name}", uses = ["list {name}"] }"#,
            "nothing defines",
            "row=use {name}, about=list {name}",
        ),
        (
            r#"{ line = "use {name}", needs = ["feature bgp"] }, { line = "feature bfd", defines = ["feature bfd"] }"#,
            "nothing defines",
            "about=feature bgp",
        ),
        (
            r#"{ line = "a {b}", resets = ["1 2 3 4 5"] }"#,
            "too long",
            "about=1 2 3 4 5",
        ),
        (r#"{ line = "a {b}", reset = "" }"#, "is empty", "row=a {b}"),
        (
            r#"{ line = "a <b>", range = { remove = "no a {c}" } }"#,
            "does not capture",
            "about=c",
        ),
        (
            r#"{ line = "a {b}", range = { remove = "no a {b}" } }"#,
            "without a value",
            "row=a {b}",
        ),
        (
            r#"{ line = "a {b}", each = "c" }"#,
            "does not capture",
            "about=c",
        ),
        (r#""a {b... c""#, "not a line pattern", "a {b... c"),
    ] {
        let text = format!("{head}section.global.lines = [\"hostname <name>\", {lines}]");
        let error = Platform::parse(&text).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::InvalidInput);
        let said = format!("{error:?}");
        assert!(said.contains(message) && said.contains(about), "{said}");
        assert!(said.contains("section=global"), "{said}");
    }
}

#[test]
fn a_row_that_takes_some_lines_of_another_hides_nothing() {
    let head = "name = \"x\"\ntitle = \"x\"\n[cli]\nterminal = true\nprompt = '.*#'\n[grammar]\n";
    for lines in [
        r#""ip route {route}", "ip route {route...}""#,
        r#""log {to:a}", "log {to:a|b}""#,
        r#""ip {what}", "ip {what...?}""#,
        r#"{ line = "use {name}", uses = ["list {name#}"] }, { line = "list {id} {entry...}", defines = ["list {id}"] }"#,
        r#"{ line = "use {name}", needs = ["feature bfd"] }, { line = "feature {name}", defines = ["feature {name}"] }"#,
    ] {
        let text = format!("{head}section.global.lines = [{lines}]");
        Platform::parse(&text).unwrap_or_else(|error| panic!("{lines}: {error:?}"));
    }
}
