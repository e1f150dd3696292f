//! What changes by itself on each platform, line by line, and what does not: what is left of a line that is masked.

use super::Platform;

/// Platform, command, a line, and what is left of it once what changes by itself is gone.
const LINES: &[(&str, &str, &str, &str)] = &[
    // Captured, in public repositories.
    (
        "juniper_junos",
        "show configuration",
        "## Last commit: 2025-11-30 10:10:30 UTC by admin",
        "",
    ),
    (
        "juniper_junos",
        "show configuration | display set",
        "## Last changed: 2025-11-30 10:10:30 UTC",
        "",
    ),
    (
        "juniper_junos",
        "show configuration",
        "## SECRET-DATA",
        "## SECRET-DATA",
    ),
    (
        "juniper_junos",
        "show configuration",
        "version 23.4R1.10;",
        "version 23.4R1.10;",
    ),
    (
        "juniper_junos",
        "show system uptime",
        "Current time: 2015-08-15 13:10:59 UTC",
        "",
    ),
    (
        "juniper_junos",
        "show system uptime",
        "System booted: 2013-03-23 23:27:54 UTC (124w6d 13:43 ago)",
        "",
    ),
    (
        "juniper_junos",
        "show system uptime",
        "Last configured: 2013-12-14 13:17:13 UTC (86w6d 23:53 ago) by juniper",
        "",
    ),
    (
        "juniper_junos",
        "show system uptime",
        " 1:10PM  up 874 days, 13:43, 1 user, load averages: 0.00, 0.00, 0.00",
        "",
    ),
    (
        "juniper_junos",
        "show version",
        "Model: mx960",
        "Model: mx960",
    ),
    // Captured, in public repositories.
    (
        "huawei_vrp",
        "display current-configuration",
        "!Last configuration was updated at 2024-07-14 04:57:04+00:00 by cyberweb",
        "",
    ),
    (
        "huawei_vrp",
        "display current-configuration",
        "!Last configuration was saved at 2024-07-14 04:54:24+00:00",
        "",
    ),
    (
        "huawei_vrp",
        "display current-configuration",
        "!Software Version V600R023C00SPC500",
        "!Software Version V600R023C00SPC500",
    ),
    (
        "huawei_vrp",
        "display current-configuration",
        " description !Last configuration was saved at noon",
        " description !Last configuration was saved at noon",
    ),
    (
        "huawei_vrp",
        "display version",
        "HUAWEI CE6850-48S4Q-EI uptime is 14 days, 4 hours, 31 minutes",
        "HUAWEI CE6850-48S4Q-EI ",
    ),
    ("huawei_vrp", "display clock", "2024-07-14 04:57:04", ""),
    // Nokia, MD-CLI user guide: what stands around a configuration.
    (
        "nokia_sros",
        "admin show configuration",
        "# Generated 2025-07-24T13:56:59.0Z by admin from 192.0.2.9",
        "",
    ),
    (
        "nokia_sros",
        "admin show configuration",
        "# Finished 2025-07-24T13:56:59.0Z",
        "",
    ),
    (
        "nokia_sros",
        "admin show configuration",
        "# Commit ID 33",
        "# Commit ID 33",
    ),
    (
        "nokia_sros",
        "show system information",
        "System Up Time         : 14 days, 03:20:13.48 (hr:min:sec)",
        "",
    ),
    (
        "nokia_sros",
        "show system information",
        "System Name            : r1",
        "System Name            : r1",
    ),
    // DNOS CLI reference, "show config".
    (
        "drivenets_dnos",
        "show config",
        "# r1 config-start [30-Nov-2025 10:10:30 UTC]",
        "",
    ),
    (
        "drivenets_dnos",
        "show config",
        "# r1 config-end",
        "# r1 config-end",
    ),
    // Cisco IOS command references.
    (
        "cisco_ios",
        "show running-config",
        "! Last configuration change at 09:12:44 UTC Mon Mar 2 2026 by admin",
        "",
    ),
    (
        "cisco_ios",
        "show running-config",
        "version 17.9",
        "version 17.9",
    ),
];

#[test]
fn what_changes_by_itself_is_masked_and_nothing_else() {
    for (name, command, line, left) in LINES {
        let platform = Platform::named(name).unwrap();
        let rules = platform.volatile.iter();
        let rules = rules.filter(|rule| rule.is_about(command));
        let masked = rules.fold((*line).to_owned(), |line, rule| {
            rule.part.0.replace_all(&line, "").into_owned()
        });
        assert_eq!(masked, *left, "{name}: {line}");
    }
}

#[test]
fn each_platform_with_a_configuration_says_what_changes_by_itself() {
    let names = Platform::names();
    let says = |name: &&str| {
        let platform = Platform::named(name).unwrap();
        *name != "linux" && platform.volatile.is_empty()
    };
    let silent: Vec<&str> = names.filter(says).collect();
    assert_eq!(silent, Vec::<&str>::new());
}
