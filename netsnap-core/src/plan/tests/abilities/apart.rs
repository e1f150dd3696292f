use super::*;

const APART: &str = r##"
comments = ["!"]
section.global.lines = ["hostname <name>", { line = "group {name} <servers...>", negate = "no group {name}", uses = ["server {servers}"] }]
section.server.header = [{ line = "server {name}", defines = ["server {name}"], freed_apart = true }]
section.port.header = [{ line = "port {name} bridged", apart = ["port {name}"] }, { line = "port {name}", apart = ["port {name}"] }]
section.port.lines = [
  { line = "instance <name>", negate = "no instance", first = true, apart_from = ["address"] },
  { line = "address {address}" },
  "mtu {bytes}",
]
section.process.header = [{ line = "process <number>", apart = ["process"] }]
section.process.lines = [{ line = "id <id>", negate = "no id", remakes = true }, "peer {peer}"]
section.area.in = ["process"]
section.area.header = [{ line = "area {area}", apart = ["area {area}"] }]
section.area.lines = [{ line = "kind <kind>", negate = "no kind", remakes = true }, "cost {cost}"]
"##;

fn with_commit() -> String {
    format!("commit = \"take over\"\n{APART}")
}

#[test]
fn what_has_to_be_gone_before_goes_with_a_commit_of_its_own() {
    all_go_there_and_back(
        &with_commit(),
        &[
            (
                "port a\n mtu 1\n",
                "port a bridged\n mtu 1\n",
                "no port a; take over; port a bridged; mtu 1; exit",
                "no port a bridged; take over; port a; mtu 1; exit",
            ),
            // Another name is another thing.
            (
                "port a\n mtu 1\n",
                "port b bridged\n mtu 1\n",
                "no port a; port b bridged; mtu 1; exit",
                "no port b bridged; port a; mtu 1; exit",
            ),
            (
                "process 1\n id a\n peer p\n",
                "process 2\n id a\n peer p\n",
                "no process 1; take over; process 2; id a; peer p; exit",
                "no process 2; take over; process 1; id a; peer p; exit",
            ),
            // One commit is enough for both.
            (
                "port a\n mtu 1\nprocess 1\n",
                "port a bridged\n mtu 1\nprocess 2\n",
                "no process 1; no port a; take over; port a bridged; mtu 1; exit; process 2; exit",
                "no process 2; no port a bridged; take over; port a; mtu 1; exit; process 1; exit",
            ),
        ],
    );
}

#[test]
fn a_section_is_another_one_with_another_value_inside() {
    all_go_there_and_back(
        &with_commit(),
        &[
            (
                "process 1\n id a\n peer p\n",
                "process 1\n id b\n peer p\n",
                "no process 1; take over; process 1; id b; peer p; exit",
                "no process 1; take over; process 1; id a; peer p; exit",
            ),
            (
                "process 1\n area 0\n  kind a\n  cost 1\n",
                "process 1\n area 0\n  kind b\n  cost 1\n",
                "process 1; no area 0; exit; take over; process 1; area 0; kind b; cost 1; exit; exit",
                "process 1; no area 0; exit; take over; process 1; area 0; kind a; cost 1; exit; exit",
            ),
            // Where there was none it only comes.
            (
                "process 1\n peer p\n",
                "process 1\n id a\n peer p\n",
                "process 1; id a; exit",
                "process 1; no id; exit",
            ),
        ],
    );
}

#[test]
fn what_stands_beside_a_line_is_taken_back_before_and_typed_again() {
    all_go_there_and_back(
        &with_commit(),
        &[
            (
                "port a\n instance x\n address 1\n mtu 1\n",
                "port a\n instance y\n address 1\n mtu 1\n",
                "port a; no address 1; exit; take over; port a; instance y; address 1; exit",
                "port a; no address 1; exit; take over; port a; instance x; address 1; exit",
            ),
            (
                "port a\n address 1\n address 2\n",
                "port a\n instance y\n address 2\n address 3\n",
                "port a; no address 2; no address 1; exit; take over; port a; instance y; address 2; address 3; exit",
                "port a; no address 3; no address 2; exit; take over; port a; no instance; address 1; address 2; exit",
            ),
            // Nothing has to go first.
            (
                "port a\n mtu 1\n",
                "port a\n instance y\n address 2\n mtu 1\n",
                "port a; instance y; address 2; exit",
                "port a; no address 2; exit; take over; port a; no instance; exit",
            ),
            (
                "port a\n instance y\n address 2\n mtu 1\n",
                "port b\n mtu 1\n",
                "no port a; port b; mtu 1; exit",
                "no port b; port a; instance y; address 2; mtu 1; exit",
            ),
        ],
    );
}

#[test]
fn what_was_used_goes_when_its_users_are_gone_by_a_commit() {
    all_go_there_and_back(
        &with_commit(),
        &[
            (
                "server s\ngroup g s\n",
                "",
                "no group g; take over; no server s",
                "server s; exit; group g s",
            ),
            (
                "server s\nserver t\ngroup g s\n",
                "server t\ngroup g t\n",
                "group g t; take over; no server s",
                "server s; exit; group g s",
            ),
            ("server s\n", "", "no server s", "server s; exit"),
        ],
    );
}

#[test]
fn where_a_plan_cannot_commit_in_between_it_says_what_is_a_change_of_its_own() {
    let platform = platform(APART);
    assert_eq!(
        typed(&platform, "process 1\n", "process 2\n"),
        "no process 1; process 2; exit ?? needs a commit between: plan what comes before `process 2` as a change of its own"
    );
}

#[test]
fn the_way_in_does_not_go_with_a_commit_that_is_not_the_last() {
    let platform = platform(&with_commit());
    let doubts = |way: &str, (from, to): (&str, &str)| {
        let way = |path: &str| path.split(' ').any(|word| word == way);
        let ends = (&tiny(from, &platform), &tiny(to, &platform));
        let remedy = Remedy::reached_by(Some(&way), ends, &platform).unwrap();
        remedy.doubts
    };
    let moved = (
        "port a\n instance x\n address 1\nport b\n mtu 1\n",
        "port a\n instance y\n address 1\nport b\n mtu 2\n",
    );
    let doubt = "`port a / no address 1` touches the way by which the device is managed, and more than one commit is needed";
    assert_eq!(doubts("1", moved), [doubt]);
    assert_eq!(doubts("b", moved), [] as [&str; 0]);
    assert_eq!(doubts("1", (moved.0, moved.0)), [] as [&str; 0]);
}
