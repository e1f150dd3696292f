use super::*;

const UNDO: &str = r##"
negation = "undo"
leave = "quit"
comments = ["#"]
closers = ["quit", "return"]
section.global.lines = ["hostname <name>", { line = "sysname <name>", negate = "undo sysname" }, "stp enable"]
section.interface.header = ["interface {name:Eth-Trunk*|Vlanif*}", { line = "interface {name}", removal = "reset" }]
section.interface.lines = [
  { line = "description <text...>", negate = "undo description" },
  { line = "shutdown", default = "undo shutdown" },
  { line = "port link-type <type>", negate = "undo port link-type" },
]
section.aaa.header = ["aaa"]
section.aaa.lines = ["local-user {name} service-type <type>"]
section.peer.header = ["peers"]
section.peer.leave = "exit-peers"
section.peer.lines = ["peer {address} as-number <number>"]
"##;

#[test]
fn another_word_takes_lines_back_and_leaves_sections() {
    all_go_there_and_back(
        UNDO,
        &[
            (
                "sysname a\n",
                "undo stp enable\n",
                "undo sysname; undo stp enable",
                "stp enable; sysname a",
            ),
            (
                "interface GE0/0/1\n undo shutdown\n description a\n#\nreturn\n",
                "interface GE0/0/1\n shutdown\n",
                "interface GE0/0/1; undo description; shutdown; quit",
                "interface GE0/0/1; undo shutdown; description a; quit",
            ),
            (
                "interface Vlanif10\n description a\n",
                "",
                "undo interface Vlanif10",
                "interface Vlanif10; description a; quit",
            ),
            (
                "peers\n peer 10.0.0.1 as-number 1\n peer 10.0.0.2 as-number 2\n",
                "peers\n peer 10.0.0.1 as-number 2\n",
                "peers; undo peer 10.0.0.2 as-number 2; peer 10.0.0.1 as-number 2; exit-peers",
                "peers; peer 10.0.0.1 as-number 1; peer 10.0.0.2 as-number 2; exit-peers",
            ),
        ],
    );
}

#[test]
fn the_word_of_another_platform_is_a_word_like_any_other() {
    let platform = platform(UNDO);
    assert_eq!(
        typed(&platform, "", "no stp enable\n"),
        "no stp enable ?? the grammar does not know `no stp enable`"
    );
    assert_eq!(
        typed(&platform, "undo frob 7\n", ""),
        "frob 7 ?? the grammar does not know `undo frob 7`"
    );
}

#[test]
fn a_negation_of_two_words_is_refused() {
    let head = "name = \"x\"\ntitle = \"x\"\n[cli]\nterminal = true\nprompt = '.*#'\n[grammar]\n";
    let error = Platform::parse(&format!("{head}negation = \"take back\"")).unwrap_err();
    assert!(format!("{error:?}").contains("take back"), "{error:?}");
}

#[test]
fn paths_have_verbs_of_their_own() {
    let platform = platform(
        r##"
form = "braced"
terminator = ""
comments = ["#"]
verbs = { set = "/configure", delete = "/configure delete" }
section.global.lines = ["hostname <name>"]
section.system.header = ["system"]
section.system.lines = ["name <name>", "location <text>"]
"##,
    );
    let flat = |text: &str| Configuration::parse(text, &platform).unwrap();
    let running = "/configure system name a\n/configure system location \"b c\"\n";
    let braces = "system {\n    name a\n    location \"b c\"\n}\n";
    assert_eq!(flat(running).meaning(), flat(braces).meaning());
    assert_eq!(flat(braces).paths().join("\n") + "\n", running);
    let steps = |from: &str, to: &str| {
        let steps = remediate(&flat(from), &flat(to), &platform).unwrap();
        lines(&steps, &platform).join("; ")
    };
    let intended = "/configure system name z\n";
    assert_eq!(
        steps(running, intended),
        "/configure delete system location; /configure system name z"
    );
    assert_eq!(
        steps(intended, running),
        "/configure system name a; /configure system location \"b c\""
    );
    assert!(Configuration::parse("/configure system name a\nset b c\n", &platform).is_err());
}

#[test]
fn what_holds_without_a_line_is_not_guessed() {
    for (platform, line, named) in [
        ("cisco_nxos", "logging console 3\n", "`logging console 3`"),
        ("cisco_ios", "line vty 0 4\n login\n", "`login`"),
    ] {
        let running = format!("hostname r1\n{line}");
        let found = reasons(platform, &running, "hostname r1\n");
        let doubt = format!("nobody knows what holds without {named}");
        assert!(found.contains(&doubt), "{platform}: {found}");
    }
}
