//! Lines that are odd, and still configuration.

use super::super::Configuration;
use crate::Result;
use crate::diff::diff_config;
use crate::platform::Platform;

fn read(platform: &str, text: &str) -> Result<Configuration> {
    Configuration::parse(text, &Platform::named(platform).unwrap())
}

/// One line that nobody can place does not make a configuration unreadable.
#[test]
fn a_line_under_one_that_takes_none_is_read_as_unknown() {
    for (platform, above, indent) in [
        ("cisco_ios", "ip http server", " "),
        ("cisco_ios", "ip route 10.0.0.0 255.0.0.0 10.0.0.1", " "),
        ("cisco_nxos", "feature bgp", "  "),
        ("arista_eos", "ip routing", "   "),
        ("cisco_iosxr", "ssh server v2", " "),
        ("huawei_vrp", "info-center enable", " "),
        ("frr", "ip route 10.0.0.0/8 10.0.0.1", " "),
    ] {
        let text = |number: u8| {
            let deeper = indent.repeat(2);
            format!("{above}\n{indent}brandnew {number}\n{deeper}deeper\n{indent}another\n")
        };
        let [one, other] = [5, 6].map(|number| read(platform, &text(number)).unwrap());
        assert_eq!(one.text(), text(5), "{platform}");
        let difference = diff_config(&one, &other);
        let sections = difference.changes.iter().map(|change| &change.section);
        for section in sections {
            assert_eq!(section[0], above, "{platform}");
        }
        assert!(!difference.is_empty(), "{platform}");
    }
    // What is known at the top is not taken for something else.
    let error = read("cisco_ios", "ip http server\n ip scp server enable\n").unwrap_err();
    assert!(error.to_string().contains("indented under nothing"));
}

#[test]
fn the_key_of_a_user_is_one_text() {
    let text = |key: &str| {
        format!(
            "ip ssh pubkey-chain\n  username anna\n   key-string\n    AAAAB3NzaC1yc2E\n    {key}\n   exit\n  username ben\n   key-hash ssh-rsa 0123 ben\nhostname r1\n"
        )
    };
    let [one, other] = ["Q1w2", "E3r4"].map(|key| read("cisco_ios", &text(key)).unwrap());
    assert_eq!(one.text(), text("Q1w2"));
    let changes = diff_config(&one, &other).changes;
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0].section, ["ip ssh pubkey-chain", "username anna"]);
}

#[test]
fn a_tab_within_a_line_is_text() {
    for (platform, header, indent) in [
        ("cisco_ios", "interface GigabitEthernet0/1", " "),
        ("cisco_nxos", "interface Ethernet1/1", "  "),
        ("arista_eos", "interface Ethernet1", "   "),
        ("cisco_iosxr", "interface GigabitEthernet0/0/0/0", " "),
        ("huawei_vrp", "interface GigabitEthernet0/0/1", " "),
        ("frr", "interface eth0", " "),
    ] {
        let text = |words: &str| format!("{header}\n{indent}description {words}\n");
        let [tab, blank] = ["a\tb", "a b"].map(|words| read(platform, &text(words)).unwrap());
        assert_eq!(tab.text(), text("a\tb"), "{platform}");
        assert!(!diff_config(&tab, &blank).is_empty(), "{platform}");
        assert!(read(platform, &text("a\u{8}b\tc")).is_err(), "{platform}");
    }
}
