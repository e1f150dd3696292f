use super::*;

const RESETS: &str = r##"
comments = ["!"]
closers = ["exit"]
section.global.lines = [
  "hostname <name>",
  { line = "logging console <level...?>", reset = "default logging console" },
  { line = "lldp run", unknown_default = true },
  { line = "cdp run", unknown_default = true, reset = "default cdp run" },
]
section.interface.header = [
  { line = "interface {name:Loopback*|Vlan*|Port-channel*}" },
  { line = "interface {name}", removal = "reset", reset = "default interface {name}" },
]
section.interface.lines = [
  { line = "description <text...>", negate = "no description" },
  { line = "mtu <bytes>", reset = "default mtu", remove_first = true },
  { line = "shutdown", default = "no shutdown" },
]
"##;

#[test]
fn a_line_is_reset_in_either_form_where_its_negation_is_a_form_too() {
    all_go_there_and_back(
        RESETS,
        &[
            (
                "logging console warnings\n",
                "",
                "default logging console",
                "logging console warnings",
            ),
            (
                "no logging console\n",
                "",
                "default logging console",
                "no logging console",
            ),
            (
                "no logging console\n",
                "logging console errors\n",
                "logging console errors",
                "no logging console",
            ),
            (
                "interface Vlan1\n mtu 1400\n",
                "interface Vlan1\n mtu 1500\n",
                "interface Vlan1; default mtu; mtu 1500; exit",
                "interface Vlan1; default mtu; mtu 1400; exit",
            ),
        ],
    );
}

#[test]
fn a_port_is_reset_with_one_line_and_a_logical_interface_deleted() {
    all_go_there_and_back(
        RESETS,
        &[
            (
                "interface Gi0/1\n description a\n mtu 1400\n shutdown\n",
                "",
                "default interface Gi0/1",
                "interface Gi0/1; description a; mtu 1400; shutdown; exit",
            ),
            (
                "interface Loopback1\n description a\n",
                "interface Gi0/1\n description a\n",
                "no interface Loopback1; interface Gi0/1; description a; exit",
                "default interface Gi0/1; interface Loopback1; description a; exit",
            ),
            (
                "interface Gi0/1\n description a\n mtu 1400\n",
                "interface Gi0/1\n description a\n",
                "interface Gi0/1; default mtu; exit",
                "interface Gi0/1; mtu 1400; exit",
            ),
            ("interface Gi0/1\n", "", "", ""),
        ],
    );
}

#[test]
fn what_holds_without_a_line_that_has_two_forms_is_doubtful() {
    all_go_there_and_back(
        RESETS,
        &[
            (
                "no lldp run\n",
                "",
                "lldp run ?? nobody knows what holds without `lldp run` or its negation",
                "no lldp run",
            ),
            (
                "lldp run\n",
                "",
                "no lldp run ?? nobody knows what holds without `lldp run` or its negation",
                "lldp run",
            ),
            ("lldp run\n", "no lldp run\n", "no lldp run", "lldp run"),
            ("no cdp run\n", "", "default cdp run", "no cdp run"),
        ],
    );
}
