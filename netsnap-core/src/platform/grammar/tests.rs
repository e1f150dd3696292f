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
fn no_row_of_a_table_is_hidden_by_another() {
    for name in Platform::names() {
        let grammar = &Platform::named(name).unwrap().grammar;
        for (number, section) in grammar.0.sections.iter().enumerate() {
            for rule in section.rules.all() {
                let sample = grammar.rule(rule).pattern.sample();
                let found = grammar.find(SectionId::of(number).unwrap(), &sample);
                assert_eq!(found, Some(rule), "{name}: {sample}");
            }
        }
    }
}
