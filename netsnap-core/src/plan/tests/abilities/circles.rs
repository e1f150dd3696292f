use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const REFERENCES: &str = r##"
comments = ["!"]
closers = ["exit"]
section.global.lines = [
  "hostname <name>",
  { line = "list {name} {entry...}", defines = ["list {name}"] },
  { line = "chain {name} after {other}", defines = ["chain {name}"], uses = ["chain {other}"] },
  { line = "user {name} <role>", critical = true, negate = "no user {name}" },
  { line = "route {prefix} {gateway}", critical = true },
]
section.map.header = [{ line = "map {name} <action:permit|deny> {number:#}", defines = ["map {name}"] }]
section.map.lines = [
  { line = "match list <list>", negate = "no match list", uses = ["list {list}"] },
  { line = "call <map>", negate = "no call", uses = ["map {map}"] },
  { line = "set metric <metric>", negate = "no set metric" },
]
section.vrf.header = [{ line = "vrf {name}", defines = ["vrf {name}"] }]
section.vrf.lines = [{ line = "rd {rd}", claims = ["rd {rd}"] }]
section.interface.header = [{ line = "interface {name}", removal = "reset" }]
section.interface.lines = [
  { line = "in vrf <vrf>", negate = "no in vrf", uses = ["vrf {vrf}"], first = true, resets = ["ip address"] },
  { line = "ip address {address}", claims = ["address {address}"] },
  { line = "access <list> in", negate = "no access in", uses = ["list {list}"] },
  { line = "filter {list}", uses = ["list {list}"], make_before_break = true },
]
section.bgp.header = ["bgp {number}"]
section.bgp.lines = [{ line = "neighbor {peer} map <map> {way:in|out}", negate = "no neighbor {peer} map {way}", uses = ["map {map}"] }]
"##;

#[test]
fn two_sections_that_need_each_other_come_in_two_parts() {
    all_go_there_and_back(
        REFERENCES,
        &[(
            "",
            "map A permit 10\n call B\n set metric 5\nmap B permit 10\n call A\n set metric 7\n",
            "map A permit 10; set metric 5; exit; map B permit 10; call A; set metric 7; exit; map A permit 10; call B; exit",
            "map B permit 10; no call; exit; no map A permit 10; no map B permit 10",
        )],
    );
}

#[test]
fn a_section_of_nothing_but_references_is_begun_empty() {
    all_go_there_and_back(
        REFERENCES,
        &[(
            "",
            "map A permit 10\n call B\nmap B permit 10\n call C\nmap C permit 10\n call A\n",
            "map A permit 10; exit; map C permit 10; call A; exit; map B permit 10; call C; exit; map A permit 10; call B; exit",
            "map C permit 10; no call; exit; no map A permit 10; no map B permit 10; no map C permit 10",
        )],
    );
}

#[test]
fn a_circle_that_no_line_opens_is_printed() {
    all_go_there_and_back(
        REFERENCES,
        &[(
            "",
            "chain a after b\nchain b after c\nchain c after a\nlist x 1\n",
            "list x 1; chain a after b; chain c after a; chain b after c ?? each of these lines waits for the next: `chain a after b` -> `chain b after c` -> `chain c after a` -> `chain a after b`",
            "no list x 1; no chain c after a; no chain a after b; no chain b after c ?? each of these lines waits for the next: `no chain c after a` -> `no chain b after c` -> `no chain a after b` -> `no chain c after a`",
        )],
    );
}

#[test]
fn who_only_waits_for_a_circle_is_not_sent_too_early() {
    let platform = platform(REFERENCES);
    let circle = "map W permit 10\n match list x\n call A\nmap A permit 10\n call B\nmap B permit 10\n call A\nlist x 1\n";
    let there = typed(&platform, "", circle);
    let place = |line: &str| {
        there
            .find(line)
            .unwrap_or_else(|| panic!("{line}: {there}"))
    };
    assert!(
        place("map A permit 10") < place("map W permit 10"),
        "{there}"
    );
    assert!(!there.contains("??"), "{there}");
}

#[test]
fn a_thing_that_a_new_owner_needs_is_given_back_first() {
    let vrf = |name: &str| {
        format!("vrf {name}\n rd 1:1\ninterface e1\n in vrf {name}\n ip address 10.0.0.1\n")
    };
    all_go_there_and_back(
        REFERENCES,
        &[(
            &vrf("a"),
            &vrf("b"),
            "vrf a; no rd 1:1; exit; vrf b; rd 1:1; exit; interface e1; in vrf b; exit; no vrf a; interface e1; ip address 10.0.0.1; exit",
            "vrf b; no rd 1:1; exit; vrf a; rd 1:1; exit; interface e1; in vrf a; exit; no vrf b; interface e1; ip address 10.0.0.1; exit",
        )],
    );
}

#[test]
fn the_new_binding_comes_before_the_old_one_goes() {
    all_go_there_and_back(
        REFERENCES,
        &[
            (
                "list x 1\ninterface e1\n access x in\n",
                "list y 1\ninterface e1\n access y in\n",
                "list y 1; interface e1; access y in; exit; no list x 1",
                "list x 1; interface e1; access x in; exit; no list y 1",
            ),
            (
                "map A permit 10\nbgp 1\n neighbor n map A in\n",
                "map B permit 10\nbgp 1\n neighbor n map B in\n",
                "map B permit 10; exit; bgp 1; neighbor n map B in; exit; no map A permit 10",
                "map A permit 10; exit; bgp 1; neighbor n map A in; exit; no map B permit 10",
            ),
            (
                "list x 1\ninterface e1\n filter x\n",
                "list y 1\ninterface e1\n filter y\n",
                "list y 1; interface e1; filter y; no filter x; exit; no list x 1",
                "list x 1; interface e1; filter x; no filter y; exit; no list y 1",
            ),
        ],
    );
}

#[test]
fn the_way_by_which_we_come_in_is_touched_last() {
    let platform = platform(REFERENCES);
    let at = |address: &str, list: &str| {
        format!(
            "interface e0\n ip address 10.0.0.{address}\n access {list} in\ninterface e1\n ip address 10.1.0.{address}\nlist {list} 1\n"
        )
    };
    let typed = |from: &str, to: &str| {
        let way = |path: &str| path.split(' ').any(|word| word == "e0");
        let ends = (&tiny(from, &platform), &tiny(to, &platform));
        let remedy = Remedy::reached_by(Some(&way), ends, &platform).unwrap();
        lines(&remedy.steps, &platform).join("; ")
    };
    assert_eq!(
        typed(&at("1", "x"), &at("2", "y")),
        "interface e1; no ip address 10.1.0.1; ip address 10.1.0.2; exit; list y 1; interface e0; no ip address 10.0.0.1; ip address 10.0.0.2; access y in; exit; no list x 1"
    );
}

#[test]
fn what_we_reach_the_device_by_is_made_before_it_is_broken() {
    all_go_there_and_back(
        REFERENCES,
        &[
            (
                "route 0/0 10.0.0.1\nlist x 1\n",
                "route 0/0 10.0.0.2\n",
                "no list x 1; route 0/0 10.0.0.2; no route 0/0 10.0.0.1",
                "route 0/0 10.0.0.1; list x 1; no route 0/0 10.0.0.2",
            ),
            (
                "user a admin\n",
                "user b admin\n",
                "user b admin; no user a",
                "user a admin; no user b",
            ),
            (
                "user a admin\n",
                "user a read\n",
                "user a read",
                "user a admin",
            ),
        ],
    );
}

/// Maps by name: what each one calls, and whether it sets something.
type Maps = BTreeMap<char, (Option<char>, Option<u8>)>;

fn maps() -> impl Strategy<Value = Maps> {
    let name = || proptest::char::range('A', 'F');
    let inside = (
        proptest::option::weighted(0.8, name()),
        proptest::option::of(0u8..3),
    );
    // Nobody calls what is not there.
    proptest::collection::btree_map(name(), inside, 0..6).prop_map(|mut maps: Maps| {
        let names: Vec<char> = maps.keys().copied().collect();
        let calls = maps.values_mut();
        calls.for_each(|(call, _)| *call = call.filter(|name| names.contains(name)));
        maps
    })
}

fn written(maps: &Maps) -> String {
    let mut text = String::new();
    for (name, (call, metric)) in maps {
        text += &format!("map {name} permit 10\n");
        text.extend(call.map(|name| format!(" call {name}\n")));
        text.extend(metric.map(|metric| format!(" set metric {metric}\n")));
    }
    text
}

/// A device that refuses to call what is not there, and to remove what is called.
fn carried_out(mut maps: Maps, typed: &str) -> Result<Maps, String> {
    let mut inside = None;
    for line in typed.split("; ").filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split(' ').collect();
        let name = |word: &str| word.chars().next().unwrap();
        let here = inside.and_then(|here| maps.get(&here).map(|_| here));
        match (&words[..], here) {
            (["map", map, ..], _) => {
                maps.entry(name(map)).or_default();
                inside = Some(name(map));
            }
            (["no", "map", map, ..], _) => {
                let mut others = maps.iter().filter(|(other, _)| **other != name(map));
                if others.any(|(_, (call, _))| *call == Some(name(map))) {
                    return Err(format!("{line}: it is called"));
                }
                maps.remove(&name(map))
                    .ok_or(format!("{line}: not there"))?;
            }
            (["call", map], Some(_)) if !maps.contains_key(&name(map)) => {
                return Err(format!("{line}: not there"));
            }
            (["call", map], Some(here)) => maps.get_mut(&here).unwrap().0 = Some(name(map)),
            (["no", "call"], Some(here)) => maps.get_mut(&here).unwrap().0 = None,
            (["set", "metric", metric], Some(here)) => {
                maps.get_mut(&here).unwrap().1 = metric.parse().ok();
            }
            (["no", "set", "metric"], Some(here)) => maps.get_mut(&here).unwrap().1 = None,
            (["exit"], _) => inside = None,
            _ => return Err(format!("{line}: not here")),
        }
    }
    Ok(maps)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn maps_that_call_each_other_always_arrive(before in maps(), after in maps()) {
        let platform = platform(REFERENCES);
        let typed = typed(&platform, &written(&before), &written(&after));
        prop_assert_eq!(carried_out(before, &typed), Ok(after), "{}", typed);
    }
}
