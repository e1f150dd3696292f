//! Whole configurations as the devices print them: each line is read, known, and kept as it stands.

use super::super::canonical::Level;
use super::super::{Configuration, WhyLeftOut};
use crate::diff::diff_config;
use crate::platform::Platform;

const DNOS: &str = include_str!("../testdata/drivenets-dnos.txt");
const VRP: &str = include_str!("../testdata/huawei-vrp.txt");
const JUNOS: &str = include_str!("../testdata/juniper-junos.txt");
const SROS: &str = include_str!("../testdata/nokia-sros.txt");

const WHOLE: &[(&str, &str)] = &[
    ("drivenets_dnos", DNOS),
    ("huawei_vrp", VRP),
    ("juniper_junos", JUNOS),
    ("nokia_sros", SROS),
];

fn read(platform: &str, text: &str) -> Configuration {
    Configuration::parse(text, &Platform::named(platform).unwrap()).unwrap()
}

fn unknown(level: Level<'_>, found: &mut Vec<String>) {
    for item in level.items() {
        if item.rule().is_none() {
            found.push(item.text().to_owned());
        }
        unknown(item.children(), found);
    }
}

/// Says whether a piece of a text is in a command or named as left out.
fn is_kept(configuration: &Configuration, piece: &str) -> bool {
    let tree = &configuration.tree;
    let mut said = tree.entries[1..].iter().map(|entry| tree.text(entry));
    said.any(|text| text.contains(piece))
        || configuration
            .unread()
            .iter()
            .any(|left_out| left_out.text.contains(piece))
}

#[test]
fn a_whole_configuration_is_kept_byte_for_byte_and_known() {
    for (platform, text) in WHOLE {
        assert!(text.lines().count() > 200, "{platform}");
        let configuration = read(platform, text);
        assert_eq!(configuration.text(), *text, "{platform}");
        let mut found = Vec::new();
        unknown(configuration.level(), &mut found);
        assert_eq!(found, Vec::<String>::new(), "{platform}");
        let unread = configuration.unread();
        let lost = unread
            .iter()
            .find(|piece| piece.why == WhyLeftOut::Overwritten);
        assert_eq!(lost, None, "{platform}");
    }
}

#[test]
fn nothing_of_a_whole_configuration_is_dropped() {
    for (platform, text) in WHOLE {
        let configuration = read(platform, text);
        let is_mark = |word: &&str| word.chars().all(|mark| "{}[];".contains(mark));
        let words = text.split_whitespace().filter(|word| !is_mark(word));
        let words = words.map(|word| word.trim_matches(['[', ']', ';']));
        // The numbers of a list are kept as a set: `10 30 to 32` becomes one line for each of them.
        let words = words.filter(|word| !matches!(*word, "batch" | "inactive:"));
        for word in words {
            assert!(is_kept(&configuration, word), "{platform}: {word}");
        }
    }
}

#[test]
fn a_whole_configuration_means_the_same_as_its_paths() {
    for (platform, text) in &WHOLE[2..] {
        let configuration = read(platform, text);
        let paths = read(platform, &configuration.paths().join("\n"));
        assert_eq!(
            diff_config(&configuration, &paths).changes,
            [],
            "{platform}"
        );
        assert_eq!(configuration.meaning(), paths.meaning(), "{platform}");
    }
}

#[test]
fn what_stands_around_a_configuration_of_sros_makes_no_difference() {
    let inside = "router \"Base\" {\n    isis 0 {\n        area-address [49.0001 49.0002]\n        interface \"a b\" {\n        }\n    }\n}\n";
    let wrapped = format!(
        "# TiMOS\nconfigure {{\n{inside}}}\n\npersistent-indices {{\n    vrtr-id {{\n        a 1\n    }}\n}}\n"
    );
    let flat = "    /configure router \"Base\" isis 0 area-address [49.0002 49.0001]\n    /configure router \"Base\" isis 0 interface \"a b\" { }\n";
    let typed = "/configure router \"Base\" isis 0 area-address 49.0001\n/configure router \"Base\" isis 0 area-address 49.0002\n/configure router \"Base\" isis 0 interface \"a b\"\n";
    let bare = read("nokia_sros", inside);
    for text in [&wrapped, flat, typed] {
        assert_eq!(bare.meaning(), read("nokia_sros", text).meaning(), "{text}");
    }
    let unread = read("nokia_sros", &wrapped);
    let ignored = unread.unread();
    assert!(ignored.iter().any(|piece| piece.why == WhyLeftOut::Ignored));
}

#[test]
fn several_statements_on_one_line_are_several_statements() {
    let ntp = |line: &str| format!("system {{ ntp {{ {line} }} }}\n");
    let one = read(
        "juniper_junos",
        &ntp("server 10.0.0.1 key 1 version 4 prefer;"),
    );
    let each = ntp("server 10.0.0.1 { prefer; version 4; key 1; }");
    assert_eq!(one.meaning(), read("juniper_junos", &each).meaning());
    let address = "/configure router \"Base\" interface \"a\" ipv4 primary address 10.0.0.1 prefix-length 31\n";
    let lines = "router \"Base\" {\n interface \"a\" {\n ipv4 {\n primary {\n address 10.0.0.1\n prefix-length 31\n}\n}\n}\n}\n";
    assert_eq!(
        read("nokia_sros", address).meaning(),
        read("nokia_sros", lines).meaning()
    );
    // What is not known as a whole and in its parts stays one line.
    let mut found = Vec::new();
    unknown(
        read("juniper_junos", &ntp("server 10.0.0.1 key 1 frobnicate;")).level(),
        &mut found,
    );
    assert_eq!(found, ["key 1 frobnicate"]);
}

#[test]
fn a_configuration_that_is_cut_off_is_refused() {
    for (platform, text) in [
        ("juniper_junos", &JUNOS[..JUNOS.len() / 2]),
        ("nokia_sros", &SROS[..SROS.len() / 2]),
        ("huawei_vrp", &VRP[..VRP.find("not a comment").unwrap()]),
        (
            "huawei_vrp",
            &VRP[..VRP.find(" public-key-code end").unwrap()],
        ),
    ] {
        let platform = Platform::named(platform).unwrap();
        let error = Configuration::parse(text, &platform).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::ConfigurationInvalid);
    }
}
