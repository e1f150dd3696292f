use super::*;
use crate::diff::diff_config;
use crate::{ErrorKind, model::ChangeKind};

mod indented;

fn read(platform: &str, text: &str) -> Configuration {
    Configuration::parse(text, &Platform::named(platform).unwrap()).unwrap()
}

const RECORDED: &[&str] = &[
    include_str!("testdata/frr-ospf-r1.txt"),
    include_str!("testdata/frr-ospf-r1-shutdown.txt"),
    include_str!("testdata/frr-ospf-r4.txt"),
    include_str!("testdata/frr-bgp-r1.txt"),
];

#[test]
fn a_recorded_configuration_is_kept_byte_for_byte() {
    for text in RECORDED {
        assert_eq!(read("frr", text).text(), *text);
    }
}

#[test]
fn every_recorded_line_is_known_to_the_grammar() {
    for text in RECORDED {
        let configuration = read("frr", text);
        for entry in &configuration.tree.entries[1..] {
            assert!(entry.rule.is_some(), "{}", configuration.tree.text(entry));
        }
    }
}

#[test]
fn a_recorded_change_is_one_difference() {
    let (before, after) = (read("frr", RECORDED[0]), read("frr", RECORDED[1]));
    let changes = diff_config(&before, &after).changes;
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].kind, ChangeKind::Added);
    assert_eq!(changes[0].section, ["interface eth1"]);
    assert_eq!(changes[0].after.as_deref(), Some("shutdown"));
}

#[test]
fn what_makes_no_difference_leaves_the_meaning_alone() {
    for (platform, a, b) in [
        ("frr", "hostname r1\n", "! note\nhostname r1   \nend\n"),
        (
            "frr",
            "frr version 8.4.4\nhostname r1\n",
            "frr version 9.0\nhostname r1\n",
        ),
        (
            "frr",
            "interface a\n ip address 10.0.0.1/24\n description x\nexit\n",
            "interface a\n description x\n ip address 10.0.0.1/24\n",
        ),
        (
            "frr",
            "interface a\n description x\n no shutdown\n",
            "interface a\n description x\n",
        ),
        ("frr", "hostname r\ninterface a\nexit\n", "hostname r\n"),
        (
            "frr",
            "interface a\n description x\ninterface a\n shutdown\n",
            "interface a\n shutdown\n description x\n",
        ),
        (
            "frr",
            "interface a\n ip ospf cost 1\n ip ospf cost 2\n",
            "interface a\n ip ospf cost 2\n",
        ),
        ("frr", "hostname r1\r\nip forwarding\r\n", "hostname r1\n"),
        // Entered as another one, a section begins anew.
        (
            "cisco_ios",
            "router bgp 1\n bgp router-id 1.1.1.1\n address-family ipv4\n  maximum-paths 2\nrouter bgp 2\n address-family ipv4\n  maximum-paths 4\n",
            "router bgp 2\n address-family ipv4\n  maximum-paths 4\n",
        ),
        (
            "arista_eos",
            "interface Ethernet1\n   mtu 9000\n   description a\n",
            "interface Ethernet1\n   description a\n   mtu 9000\n",
        ),
        (
            "cisco_ios",
            "version 15.2\nhostname a\n",
            "version 17.1\nhostname a\n",
        ),
    ] {
        assert_eq!(
            read(platform, a).meaning(),
            read(platform, b).meaning(),
            "{a} / {b}"
        );
        assert!(
            diff_config(&read(platform, a), &read(platform, b)).is_empty(),
            "{a} / {b}"
        );
    }
}

#[test]
fn what_makes_a_difference_shows_in_meaning_and_diff() {
    for (platform, a, b) in [
        (
            "frr",
            "interface a\n description x  y\n",
            "interface a\n description x y\n",
        ),
        ("frr", "router ospf\n", "hostname r1\n"),
        ("frr", "no ipv6 forwarding\nhostname r\n", "hostname r\n"),
        (
            "cisco_ios",
            "access-list 10 permit any\naccess-list 10 deny any\n",
            "access-list 10 deny any\naccess-list 10 permit any\n",
        ),
        (
            "cisco_ios",
            "ip access-list extended A\n permit ip any any\n deny ip any any\n",
            "ip access-list extended A\n deny ip any any\n permit ip any any\n",
        ),
        (
            "cisco_ios",
            "policy-map P\n class A\n  priority 1\n class B\n  bandwidth 2\n",
            "policy-map P\n class B\n  bandwidth 2\n class A\n  priority 1\n",
        ),
        (
            "cisco_ios",
            "banner motd ^C\nhello\n^C\n",
            "banner motd ^C\nhullo\n^C\n",
        ),
        ("cisco_ios", "who knows\n a\n b\n", "who knows\n b\n a\n"),
    ] {
        assert_ne!(
            read(platform, a).meaning(),
            read(platform, b).meaning(),
            "{a} / {b}"
        );
        assert!(
            !diff_config(&read(platform, a), &read(platform, b)).is_empty(),
            "{a} / {b}"
        );
    }
}

#[test]
fn a_text_of_several_lines_is_one_thing() {
    let text = "banner motd ^C\n! no comment\n   interface x\n^C\ncrypto pki certificate chain TP\n certificate self-signed 01\n  3082 0330\n  \tquit\nhostname a\n";
    let configuration = read("cisco_ios", text);
    let texts: Vec<_> = configuration.tree.entries[1..]
        .iter()
        .map(|entry| configuration.tree.text(entry))
        .collect();
    assert_eq!(texts.len(), 4, "{texts:?}");
    // The one is kept as it is typed, the other as it stands.
    assert_eq!(texts[0], "banner motd #\n! no comment\n   interface x\n#");
    assert!(texts[2].ends_with("quit"));
}

#[test]
fn what_cannot_be_read_names_the_line_and_what_to_do() {
    for (platform, text, line, message) in [
        ("frr", "", "", "no lines"),
        ("frr", "! only a comment\n", "", "no lines"),
        (
            "frr",
            "! a\n ip address 10.0.0.1/24\n",
            "2",
            "indented under nothing",
        ),
        (
            "frr",
            "interface a\nexit\n shutdown\n",
            "3",
            "indented under nothing",
        ),
        (
            "frr",
            "interface a\n\tshutdown\n",
            "2",
            "not made of spaces",
        ),
        (
            "frr",
            "interface a\n description b\x08c\n",
            "2",
            "control character",
        ),
        (
            "arista_eos",
            "banner login\nhello\nEOF\n shutdown\n",
            "4",
            "under a text of several lines",
        ),
        (
            "frr",
            "router bgp 1\n   neighbor a shutdown\n neighbor b shutdown\n",
            "3",
            "fits no open section",
        ),
        (
            "frr",
            "interface a\n router ospf\n",
            "2",
            "cannot stand inside",
        ),
        (
            "frr",
            "Building configuration...\nhostname r1\n",
            "",
            "has no end",
        ),
        ("frr", "hostname r1\nend\nr1# \n", "3", "after the end"),
        (
            "cisco_ios",
            "banner motd ^C\nhello\nhostname a\n",
            "1",
            "no end",
        ),
    ] {
        let error = Configuration::parse(text, &Platform::named(platform).unwrap()).unwrap_err();
        let report = error.report();
        assert_eq!(report.kind, ErrorKind::ConfigurationInvalid, "{text}");
        assert!(report.message.contains(message), "{text}: {error}");
        assert_eq!(
            report.context.get("line").map_or("", String::as_str),
            line,
            "{text}: {error}"
        );
        assert!(report.hint.is_some(), "{text}");
    }
}

/// A release may know a section where the table knows a line.
#[test]
fn a_line_inside_of_one_that_opens_no_section_is_read_and_not_known() {
    for (platform, text, line, inside) in [
        (
            "frr",
            "interface a\n description b\n  frobnicate 1\n   router ospf\n shutdown\nexit\n",
            "description b",
            "frobnicate 1",
        ),
        // What only says a default says more with something inside.
        (
            "frr",
            "interface a\n no shutdown\n  frobnicate 1\n",
            "no shutdown",
            "frobnicate 1",
        ),
        (
            "cisco_iosxr",
            "hostname r1\n twice 2\n!\ninterface Loopback0\n description b\n",
            "hostname r1",
            "twice 2",
        ),
        (
            "drivenets_dnos",
            "system\n  name r1\n    twice 2\n  !\n!\n",
            "name r1",
            "twice 2",
        ),
        // A section that is not known either may be called as one of the outermost level is.
        (
            "frr",
            "frobnicate\n router ospf\n",
            "frobnicate",
            "router ospf",
        ),
    ] {
        let configuration = read(platform, text);
        assert_eq!(configuration.text(), text);
        let entries = &configuration.tree.entries;
        let of = |wanted: &str| {
            let entry = entries[1..]
                .iter()
                .find(|entry| configuration.tree.text(entry) == wanted);
            entry.unwrap_or_else(|| panic!("{wanted} in {text}"))
        };
        assert!(of(line).has_inside && !of(line).is_absent, "{text}");
        assert!(of(inside).rule.is_none(), "{text}");
        let without = read(platform, &text.replacen(inside, "another", 1));
        let changes = diff_config(&configuration, &without).changes;
        let section = changes[0].section.last().map(String::as_str);
        assert_eq!(section, Some(line), "{text}");
        assert_ne!(configuration.meaning(), without.meaning());
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_kept(text in r"([ \t]{0,4}(interface|router bgp 1|banner motd \^C|no|exit|end|!|\PC{0,9}|\x03)[ a-z0-9.]{0,8}\r?\n){0,12}") {
        for platform in Platform::names() {
            if let Ok(configuration) = Configuration::parse(&text, &Platform::named(platform).unwrap()) {
                assert_eq!(configuration.text(), text);
                assert!(diff_config(&configuration, &configuration).is_empty());
            }
        }
    }
}
