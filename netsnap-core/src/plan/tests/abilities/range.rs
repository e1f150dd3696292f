use super::*;

const COMMAS: &str = r##"
comments = ["!"]
closers = ["exit"]
section.global.lines = ["hostname <name>"]
section.vlan.header = [{ line = "vlan {id}", each = "id", defines = ["vlan {id}"] }]
section.vlan.lines = ["name <name>"]
section.interface.header = [{ line = "interface {name}", removal = "reset" }]
section.interface.lines = [
  { line = "switchport trunk allowed vlan <vlans...>", negate = "no switchport trunk allowed vlan", default = "switchport trunk allowed vlan all", range = { add = "switchport trunk allowed vlan add {vlans}", remove = "switchport trunk allowed vlan remove {vlans}", all = "1-4094" } },
]
"##;

const WORDS: &str = r##"
negation = "undo"
leave = "quit"
section.global.lines = ["hostname <name>"]
section.vlan.header = [{ line = "vlan batch {ids...}", each = { of = "ids", as = "vlan {ids}", separator = " ", to = " to " } }, { line = "vlan {id}" }]
section.vlan.lines = ["description <text...>"]
section.interface.header = [{ line = "interface {name}", removal = "reset" }]
section.interface.lines = [
  { line = "port trunk allow-pass vlan <vlans...>", range = { remove = "undo port trunk allow-pass vlan {vlans}", separator = " ", to = " to " } },
]
"##;

/// Puts the lines of a trunk into their interface.
fn trunk(lines: &str) -> String {
    let allowed = lines.split(';').filter(|line| !line.is_empty());
    let allowed = allowed.map(|line| format!(" switchport trunk allowed vlan {line}\n"));
    "interface e1\n".to_owned() + &allowed.collect::<String>()
}

fn change(from: &str, to: &str) -> String {
    let typed = typed(&platform(COMMAS), &trunk(from), &trunk(to));
    let typed = typed.replace("switchport trunk allowed vlan", "~");
    typed
        .replace("interface e1; ", "")
        .trim_end_matches("; exit")
        .to_owned()
}

#[test]
fn a_list_changes_by_what_comes_and_what_goes() {
    for (from, to, there, back) in [
        ("10,20-30", "10,20-31", "~ add 31", "~ remove 31"),
        ("10-20", "10", "~ remove 11-20", "~ add 11-20"),
        (
            "1-100,200-300,400-500,700",
            "1-99,200-300,400-500,701",
            "~ add 701; ~ remove 100,700",
            "~ add 100,700; ~ remove 701",
        ),
        // One line in place of two, and the device overwrites.
        ("10", "20", "~ 20", "~ 10"),
        ("10,11,12", "10-12", "", ""),
        ("10,11;add 12-20", "10-20", "", ""),
        ("10;add 20;add 30", "10,30", "~ remove 20", "~ add 20"),
        ("none", "7", "~ 7", "~ none"),
        ("all", "7-9", "~ 7-9", "no ~"),
        ("", "1-4094", "", ""),
        ("except 11-4094", "1-10", "", ""),
        ("", "7", "~ 7", "no ~"),
        ("except 5", "1-4,6-4094", "", ""),
    ] {
        assert_eq!(change(from, to), there, "{from} to {to}");
        assert_eq!(change(to, from), back, "{to} to {from}");
    }
}

#[test]
fn a_long_list_goes_in_lines_that_the_device_takes() {
    let numbers: Vec<String> = (0..150)
        .map(|number| (number * 2 + 1).to_string())
        .collect();
    let long = numbers.join(",");
    let there = change("", &long);
    let lines: Vec<&str> = there.split("; ").collect();
    assert!(lines.len() > 2 && lines.iter().all(|line| line.len() < 200));
    assert!(lines[0].starts_with("~ 1,3,5,"), "{there}");
    assert!(lines[1..].iter().all(|line| line.starts_with("~ add ")));
    let printed = there.replace("~ ", "").replace("; ", ";");
    assert_eq!(change(&printed, &long), "");
    assert_eq!(change(&long, &printed), "");
}

#[test]
fn a_value_that_is_no_list_is_set_whole() {
    assert_eq!(change("10", "x,y"), "~ x,y");
    assert_eq!(change("9-3", "10"), "~ 10");
}

#[test]
fn a_set_that_is_read_twice_counts_once() {
    let platform = platform(COMMAS);
    let twice = tiny(&trunk("10;20"), &platform);
    let why: Vec<_> = twice.unread().iter().map(|piece| piece.why).collect();
    assert_eq!(why, [crate::config::WhyLeftOut::Overwritten]);
    let joined = tiny(&trunk("10;add 20"), &platform);
    assert_eq!(joined.unread(), []);
    assert_eq!(joined.meaning(), tiny(&trunk("10,20"), &platform).meaning());
}

#[test]
fn a_header_of_several_sections_is_each_of_them() {
    all_go_there_and_back(
        COMMAS,
        &[
            ("vlan 10-12\n", "vlan 10\nvlan 11\nvlan 12\n", "", ""),
            (
                "vlan 10,12\nvlan 10\n name a\n",
                "vlan 10\n name a\nvlan 12\n",
                "",
                "",
            ),
            (
                "vlan 10-11\n name a\n",
                "vlan 11\n name a\nvlan 10\n name a\n",
                "",
                "",
            ),
            (
                "vlan 10-12\n",
                "vlan 10,12,14\n",
                "no vlan 11; vlan 14; exit",
                "no vlan 14; vlan 11; exit",
            ),
            ("vlan 9-x\n", "", "no vlan 9-x", "vlan 9-x; exit"),
        ],
    );
}

#[test]
fn a_line_that_adds_is_never_sent_whole_again() {
    all_go_there_and_back(
        WORDS,
        &[
            (
                "interface e1\n port trunk allow-pass vlan 10 20 to 30\n",
                "interface e1\n port trunk allow-pass vlan 10 20 to 29\n port trunk allow-pass vlan 40\n",
                "interface e1; port trunk allow-pass vlan 40; undo port trunk allow-pass vlan 30; quit",
                "interface e1; port trunk allow-pass vlan 30; undo port trunk allow-pass vlan 40; quit",
            ),
            (
                "interface e1\n port trunk allow-pass vlan 10 20 to 30\n",
                "",
                "interface e1; undo port trunk allow-pass vlan 10 20 to 30; quit",
                "interface e1; port trunk allow-pass vlan 10 20 to 30; quit",
            ),
            (
                "vlan batch 10 20 to 21\nvlan 10\n description a\n",
                "vlan batch 10 20\nvlan 10\n description b\n",
                "undo vlan 21; vlan 10; description b; quit",
                "vlan 21; quit; vlan 10; description a; quit",
            ),
        ],
    );
}
