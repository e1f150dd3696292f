use super::*;

const SETS: &str = r##"
comments = ["!"]
closers = ["exit", "end-policy", "end-set"]
blobs = [
  { word = "route-policy", start = '^route-policy \S', end = '^end-policy$' },
  { word = "prefix-set", start = '^prefix-set \S', end = '^end-set$' },
  { word = "key", start = '^key \S', end = '^EOF$' },
  { word = "banner", start = '^banner (?P<delimiter>\S)' },
  { word = "greeting", start = '^greeting \S+ (?P<delimiter>\^C|\S)', delimiters = "#@" },
]
section.global.lines = [
  "hostname <name>",
  { line = "route-policy {name} <body...>", negate = "no route-policy {name}", defines = ["policy {name}"], text = "lines" },
  { line = "prefix-set {name} <body...>", defines = ["set {name}"], negate = "no prefix-set {name}", text = "lines" },
  { line = "key {name} <body...>", text = "verbatim", negate = "no key {name}" },
  { line = "banner <text...>", negate = "no banner" },
  { line = "greeting {kind} <text...>", negate = "no greeting {kind}", text = "whole" },
]
section.bgp.header = ["router bgp {number}"]
section.bgp.lines = [{ line = "neighbor {peer} policy <policy> in", uses = ["policy {policy}"] }]
"##;

#[test]
fn a_named_object_is_replaced_whole_and_not_taken_back_before() {
    let policy = |action: &str| {
        format!(
            "route-policy P\n  if destination in S then\n    {action}\n  endif\nend-policy\n!\n"
        )
    };
    let typed = |action: &str| {
        format!("route-policy P; if destination in S then; {action}; endif; end-policy")
    };
    all_go_there_and_back(
        SETS,
        &[
            (
                &policy("pass"),
                &policy("drop"),
                &typed("drop"),
                &typed("pass"),
            ),
            (&policy("pass"), "", "no route-policy P", &typed("pass")),
            (
                &policy("pass"),
                "route-policy P\nif destination in S then\n\n pass\n endif  \n  end-policy\n",
                "",
                "",
            ),
            (
                "prefix-set S\n  10.0.0.0/8,\n  10.1.0.0/16\nend-set\n",
                "prefix-set S\n  10.1.0.0/16,\n  10.0.0.0/8\nend-set\n",
                "prefix-set S; 10.1.0.0/16,; 10.0.0.0/8; end-set",
                "prefix-set S; 10.0.0.0/8,; 10.1.0.0/16; end-set",
            ),
        ],
    );
}

#[test]
fn a_named_object_is_there_before_it_is_used() {
    all_go_there_and_back(
        SETS,
        &[(
            "",
            "router bgp 1\n neighbor a policy P in\nroute-policy P\n pass\nend-policy\n",
            "route-policy P; pass; end-policy; router bgp 1; neighbor a policy P in; exit",
            "no router bgp 1; no route-policy P",
        )],
    );
}

#[test]
fn a_text_that_is_taken_as_it_stands_keeps_its_blanks() {
    all_go_there_and_back(
        SETS,
        &[(
            "key a\n  1 2\n\n 3\nEOF\n",
            "key a\n1 2\n\n 3\nEOF\n",
            "key a; 1 2; ;  3; EOF",
            "key a;   1 2; ;  3; EOF",
        )],
    );
}

#[test]
fn a_text_of_which_nobody_knows_how_it_is_read_is_not_sent() {
    all_go_there_and_back(
        SETS,
        &[(
            "",
            "banner #\n hello\n#\n",
            " ?? `banner #` begins a text of several lines, which is not set: nobody knows how the device reads it",
            "no banner",
        )],
    );
}

#[test]
fn a_line_with_a_tab_is_not_typed() {
    all_go_there_and_back(
        "[grammar.section.global]\nlines = [\"hostname <name>\", \"contact <text...>\"]",
        &[(
            "contact a b\n",
            "contact a\tb\n",
            " ?? `contact a\tb` holds a tab and is not set: a device takes that for a key",
            "contact a b",
        )],
    );
}

#[test]
fn what_an_unknown_text_is_to_replace_stays() {
    let doubt = " ?? `banner #` begins a text of several lines, which is not set: nobody knows how the device reads it";
    all_go_there_and_back(
        SETS,
        &[(
            "banner @\n old\n@\n",
            "banner #\n new\n#\n",
            doubt,
            &doubt.replace('#', "@"),
        )],
    );
}

#[test]
fn a_text_that_is_read_without_a_prompt_is_one_command_with_an_end_of_its_own() {
    all_go_there_and_back(
        SETS,
        &[
            (
                "",
                "greeting all ^C\n hi  \n\nhostname x\n^C\n",
                "greeting all #;  hi  ; ; hostname x; #",
                "no greeting all",
            ),
            (
                "greeting all ^C# 1^C\n",
                "greeting all $\n2\n$\n",
                "greeting all #; 2; #",
                "greeting all @# 1@",
            ),
            ("greeting all ^C1\n^C\n", "greeting all @1\n@\n", "", ""),
            (
                "greeting all @1@\n",
                "greeting all ^C#@^C\n",
                " ?? `greeting all ^C#@^C` begins a text of several lines, which is not set: nobody knows how the device reads it",
                "greeting all #1#",
            ),
        ],
    );
}

#[test]
fn a_deployer_is_told_where_no_prompt_comes() {
    let platform = platform(SETS);
    let intended = "greeting all #\nhi\n#\ngreeting none #hi#\nroute-policy P\n pass\nend-policy\n";
    let steps = remedy(&platform, "", intended).steps;
    let told: Vec<(&str, bool)> = steps
        .iter()
        .map(|step| (first_line(&step.line), step.without_prompt))
        .collect();
    assert_eq!(
        told,
        [
            ("greeting all #", true),
            ("greeting none #hi#", false),
            ("route-policy P", false)
        ]
    );
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
