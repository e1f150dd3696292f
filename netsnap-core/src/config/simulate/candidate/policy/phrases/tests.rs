use super::*;

#[test]
fn what_is_compared_stands_before_how_and_with_what() {
    for text in [
        "destination in A",
        "destination in A(5, 6)",
        "not destination in (10.0.0.0/8 le 24, 11.0.0.0/8)",
        "(destination in A and as-path in B) or med eq 5",
        "community matches-any (65000:1, 65000:*) and not community is-empty",
        "as-path neighbor-is '65001' and as-path length ge 5",
        "as-path passes-through '65001 65002'",
        "local-preference ge $least",
        "protocol is bgp 65000 or protocol is static",
        "apply P(1, 2)",
        "destination in $set",
        "extcommunity rt matches-any T",
    ] {
        assert!(is_condition(text), "{text}");
    }
    for text in [
        "",
        "destination A",
        "destination in",
        "destination in A as-path in B",
        "destination in A & as-path in B",
        "destination in A and",
        "(destination in A",
        "destination in ()",
        "med equals 5",
        "med eq five",
        "med eq 4294967296",
        "local-preference gt 5",
        "origin eq igp",
        "community matches A",
        "community matches-some A",
        "community in A",
        "as-path neighbor-is 65001",
    ] {
        assert!(!is_condition(text), "{text}");
    }
}

#[test]
fn a_statement_has_the_values_that_it_takes() {
    for line in [
        "pass",
        "apply P(1, 2)",
        "set local-preference 4294967295",
        "set local-preference $pref",
        "set med +5",
        "set med igp-cost",
        "set next-hop 10.0.0.1",
        "set next-hop 2001:db8::1",
        "set next-hop self",
        "set community (65000:1, no-export, $own) additive",
        "set community C",
        "set large-community (65000:1:2) additive",
        "set extcommunity rt (65000:1)",
        "prepend as-path 65000 63",
        "prepend as-path own-as 2",
        "prepend as-path $as $times",
        "delete community in C",
        "delete community not in (65000:*)",
        "delete community all",
        "remove as-path private-as",
    ] {
        assert!(is_action(line), "{line}");
    }
    for line in [
        "pass now",
        "drop all",
        "set local-preference 4294967296",
        "set local-preference 200 300",
        "set local-preference -",
        "set weight 65536",
        "set origin ibgp",
        "set next-hop 10.0.0.900",
        "set next-hop r2",
        "set community 65000:1",
        "set community (70000:1)",
        "set large-community (65000:1)",
        "set extcommunity rt (65000)",
        "prepend as-path",
        "prepend as-path 0",
        "prepend as-path 65000 64",
        "prepend as-path 65000 two",
        "prepend as-path 65000 2 3",
        "prepend as-path 4294967296",
        "delete community C",
        "delete community in",
        "apply",
    ] {
        assert!(!is_action(line), "{line}");
    }
}
