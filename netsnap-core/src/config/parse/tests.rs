use proptest::prelude::*;

use super::super::{Configuration, WhyLeftOut};
use crate::diff::diff_config;
use crate::platform::Platform;
use crate::{ErrorKind, Result};

fn read(platform: &str, text: &str) -> Result<Configuration> {
    Configuration::parse(text, &Platform::named(platform).unwrap())
}

/// A platform of nothing but a grammar.
fn platform(grammar: &str) -> Platform {
    let head = "name = \"x\"\ntitle = \"x\"\n[cli]\nterminal = true\nprompt = '.*#'\n[grammar]\n";
    Platform::parse(&format!("{head}{grammar}")).unwrap()
}

fn junos(text: &str) -> Configuration {
    read("juniper_junos", text).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

/// One text in each form: indented, in braces, as paths.
const FORMS: &[(&str, &str)] = &[
    ("cisco_ios", "hostname r1\ninterface Loopback1\n shutdown\n"),
    ("frr", "! a comment\nhostname r1\n"),
    ("juniper_junos", "system {\n    host-name r1;\n}\n"),
    (
        "juniper_junos",
        "set system host-name r1\nset system login message a\n",
    ),
    (
        "nokia_sros",
        "/configure system name \"r1\"\n/configure system location \"a\"\n",
    ),
];

#[test]
fn a_byte_order_mark_before_a_text_is_kept_and_says_nothing() {
    for (platform, text) in FORMS {
        let marked = format!("\u{feff}{text}");
        let (plain, found) = (
            read(platform, text).unwrap(),
            read(platform, &marked).unwrap(),
        );
        assert_eq!(found.text(), marked, "{platform}");
        assert_eq!(found.meaning(), plain.meaning(), "{platform}: {text}");
        assert!(
            diff_config(&plain, &found).changes.is_empty(),
            "{platform}: {text}"
        );
    }
}

#[test]
fn a_byte_order_mark_elsewhere_is_refused() {
    for (platform, text) in FORMS {
        let second = text.replacen('\n', "\n\u{feff}", 1);
        let twice = format!("\u{feff}\u{feff}{text}");
        let inside = text.replacen("r1", "r\u{feff}1", 1).replace('"', "");
        for stray in [second, twice, inside] {
            let error = read(platform, &stray).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConfigurationInvalid, "{stray:?}");
            let message = error.report().message;
            assert!(message.contains("byte order mark"), "{stray:?}: {message}");
        }
    }
}

#[test]
fn braces_and_paths_say_the_same() {
    for (braces, paths) in [
        ("system { host-name r1; }", "set system host-name r1"),
        (
            "## Last commit: 2026-01-01\nversion 20.4R1;\nsystem {\n    host-name r1; /* note */\n    login { message \"a { b; }\n c \\\" d\"; }\n}\n",
            "set version 21.1\nset system host-name r1\nset system login message \"a { b; }\n c \\\" d\"\n",
        ),
        (
            "interfaces { ge-0/0/0 { unit 0 { family inet { address 10.0.0.1/24; } family iso; } } }",
            "set interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24\nset interfaces ge-0/0/0 unit 0 family iso",
        ),
        (
            "protocols { bgp { group G { import [ A B ]; } } }",
            "set protocols bgp group G import A\nset protocols bgp group G import B",
        ),
        (
            "protocols { bgp { group G { import [ A B ]; } } }",
            "set protocols bgp group G import [ A B ]",
        ),
        (
            "interfaces { inactive: ge-0/0/0 { mtu 9000; inactive: description \"x y\"; } }",
            "set interfaces ge-0/0/0 mtu 9000\nset interfaces ge-0/0/0 description \"x y\"\ndeactivate interfaces ge-0/0/0\ndeactivate interfaces ge-0/0/0 description\n",
        ),
        (
            "security { zones { security-zone trust { interfaces { ge-0/0/1.0; ge-0/0/2.0; } } } }",
            "set security zones security-zone trust interfaces ge-0/0/1.0\nset security zones security-zone trust interfaces ge-0/0/2.0",
        ),
        (
            "firewall { filter F { term a { from { source-address { 10.0.0.0/8; 10.1.0.0/16 except; } } then { accept; } } } }",
            "set firewall filter F term a from source-address 10.0.0.0/8\nset firewall filter F term a from source-address 10.1.0.0/16 except\nset firewall filter F term a then accept",
        ),
        (
            "policy-options { prefix-list L { 10.0.0.0/8; } community C members [ 1:1 1:2 ]; }",
            "set policy-options community C members 1:1\nset policy-options community C members 1:2\nset policy-options prefix-list L 10.0.0.0/8",
        ),
    ] {
        let (braces, paths) = (junos(braces), junos(paths));
        assert_eq!(
            diff_config(&braces, &paths).changes,
            [],
            "{}",
            braces.text()
        );
        assert_eq!(braces.meaning(), paths.meaning(), "{}", braces.text());
    }
}

#[test]
fn order_counts_in_lists_and_terms_only() {
    let policy = |terms: &str| {
        junos(&format!(
            "policy-options {{ policy-statement P {{ {terms} }} }}"
        ))
        .meaning()
    };
    assert_ne!(
        policy("term a { then accept; } term b { then reject; }"),
        policy("term b { then reject; } term a { then accept; }")
    );
    let group =
        |lines: &str| junos(&format!("protocols {{ bgp {{ group G {{ {lines} }} }} }}")).meaning();
    assert_ne!(group("import [ A B ];"), group("import [ B A ];"));
    assert_eq!(
        group("import A; export B; type internal;"),
        group("type internal; export B; import A;")
    );
    let frob = |lines: &str| junos(&format!("frob {{ {lines} }}")).meaning();
    assert_ne!(frob("a; b;"), frob("b; a;"));
}

#[test]
fn statements_that_end_with_their_line_are_read() {
    let sros = platform(
        "form = \"braced\"\nterminator = \"\"\ncomments = [\"#\"]\n[grammar.section.router]\nheader = [\"router {name}\"]\nlines = [\"router-id <id>\", \"dns {server}\"]",
    );
    let read = |text: &str| Configuration::parse(text, &sros).unwrap();
    let one = read(
        "# TiMOS\nrouter \"Base one\" {\n    router-id 1.1.1.1\n    dns [\n        a\n        b\n    ]\n}\n",
    );
    let other = read("router \"Base one\" { dns [ a b ]\n router-id 1.1.1.1 }");
    assert_eq!(one.meaning(), other.meaning());
    assert_ne!(
        one.meaning(),
        read("router Base { router-id 1.1.1.1 }").meaning()
    );
}

#[test]
fn paths_with_quotes_of_another_kind_are_read() {
    let vyos = platform(
        "form = \"set\"\nquotes = [\"'\", '\"']\n[grammar.section.system]\nheader = [\"system\"]\nlines = [\"host-name <name>\", \"login banner <text...>\"]",
    );
    let text = "set system host-name 'r1'\nset system login banner 'a { b; } # c'\n";
    let configuration = Configuration::parse(text, &vyos).unwrap();
    assert_eq!(configuration.text(), text);
    assert!(Configuration::parse("set system host-name 'r1\n", &vyos).is_err());
}

#[test]
fn texts_of_several_lines_are_read_by_their_table() {
    let xr = platform(
        "comments = [\"!\"]\nblobs = [{ word = \"route-policy\", start = '^route-policy \\S', end = '^end-policy$' }, { word = \"prefix-set\", start = '^prefix-set \\S', end = '^end-set$' }]\n[grammar.section.global]\nlines = [\"hostname <name>\", \"route-policy {name} <body...>\", \"prefix-set {name} <body...>\"]",
    );
    let vrp = platform(
        "comments = [\"#\"]\nblobs = [{ word = \"header\", start = '^header \\S+ information (?P<delimiter>\")' }]\n[grammar.section.global]\nlines = [\"sysname <name>\", \"header {kind} information <text...>\"]",
    );
    let eos = Platform::named("arista_eos").unwrap();
    let ios = Platform::named("cisco_ios").unwrap();
    for (platform, before, after) in [
        (
            &xr,
            "route-policy P($a)\n  if destination in S then\n    pass\n  endif\nend-policy\n!\nhostname r1\n",
            "route-policy P($a)\n  if destination in S then\n    drop\n  endif\nend-policy\n!\nhostname r1\n",
        ),
        (
            &xr,
            "prefix-set S\n  10.0.0.0/8 le 24,\n  # note\n  10.1.0.0/16\nend-set\n",
            "prefix-set S\n  10.1.0.0/16\nend-set\n",
        ),
        (
            &vrp,
            "header login information \"\nhello\n  # no comment\nthere\"\n#\nsysname a\n",
            "header login information \"\nhello\n  # no comment\nhere\"\n#\nsysname a\n",
        ),
        (
            &*eos,
            "banner login\ninterface x\n! no comment\nEOF\n",
            "banner login\ninterface y\n! no comment\nEOF\n",
        ),
        (
            &*ios,
            "banner exec \u{3}\none\n\u{3}\n",
            "banner exec \u{3}\ntwo\n\u{3}\n",
        ),
        (&*ios, "banner motd ##\n", "banner motd #x#\n"),
    ] {
        let [before, after] =
            [before, after].map(|text| Configuration::parse(text, platform).unwrap());
        let changes = diff_config(&before, &after).changes;
        assert_eq!(changes.len(), 1, "{}: {changes:?}", before.text());
    }
}

#[test]
fn indentation_is_mixed_where_the_platform_mixes_it() {
    let mixed = platform(
        "indentation = \"mixed\"\ncomments = [\"!\"]\n[grammar.section.interface]\nheader = [\"interface {name}\"]\nlines = [\"mtu <bytes>\", \"shutdown\", \"description <text...>\"]",
    );
    let read = |text: &str| Configuration::parse(text, &mixed).unwrap().meaning();
    let one = read("interface a\n mtu 1\n description x\n shutdown\n");
    assert_eq!(
        one,
        read("interface a\n   mtu 1\n  description x\n    shutdown\n")
    );
    assert_ne!(one, read("interface a\n mtu 1\n description x\nshutdown\n"));
    let strict = platform(
        "comments = [\"!\"]\n[grammar.section.interface]\nheader = [\"interface {name}\"]",
    );
    assert!(Configuration::parse("interface a\n  mtu 1\n description x\n", &strict).is_err());
}

#[test]
fn what_makes_no_difference_is_named_with_its_reason() {
    let text = "Building configuration...\nCurrent configuration : 9 bytes\n!\nversion 15.2\nhostname a\nhostname b\ninterface Loopback0\n ip mtu 1400\nexit\nend\n";
    let configuration = read("cisco_ios", text).unwrap();
    let found: Vec<_> = configuration
        .unread()
        .into_iter()
        .map(|piece| (piece.line, piece.text, piece.why))
        .collect();
    assert_eq!(
        found,
        [
            (1, "Building configuration...", WhyLeftOut::Around),
            (2, "Current configuration : 9 bytes", WhyLeftOut::Around),
            (3, "!", WhyLeftOut::Comment),
            (4, "version 15.2", WhyLeftOut::Around),
            (5, "hostname a", WhyLeftOut::Overwritten),
            (9, "exit", WhyLeftOut::Closer),
            (10, "end", WhyLeftOut::Around),
        ]
    );
    let text = "# c\nsystem { host-name a; /* d\ne */ host-name   b; }\nversion 1;\n";
    let configuration = junos(text);
    let found: Vec<_> = configuration
        .unread()
        .into_iter()
        .map(|piece| (piece.line, piece.text))
        .collect();
    assert_eq!(
        found,
        [
            (1, "# c"),
            (2, "host-name a"),
            (2, "/* d\ne */"),
            (4, "version 1")
        ]
    );
}

#[test]
fn what_cannot_be_read_names_the_line() {
    for (text, line, message) in [
        ("", "", "no lines"),
        ("# only a comment\n", "", "no lines"),
        ("a {\n b;\n", "1", "a section has no end"),
        ("a;\n}\n", "2", "a brace closes nothing"),
        ("a;\n{ b; }", "2", "a statement without words"),
        ("a {\n b\n}", "2", "a statement has no end"),
        ("a;\nb", "2", "a statement has no end"),
        ("a;\nb \"c\nd;", "2", "a quoted word has no end"),
        ("a;\n/* b", "2", "a comment has no end"),
        ("a [ b\n", "1", "a list has no end"),
        ("a [ b [ c ] ];\n", "1", "a list has no end"),
        ("a ];\n", "1", "a bracket closes nothing"),
        ("a \"b\"c;\n", "1", "goes on behind its closing quote"),
        ("a;\nb \u{8};", "2", "control character"),
        ("a { inactive: ; }", "1", "a statement without words"),
        ("set a b\ndelete a c\n", "2", "changes a configuration"),
        ("set a b\nset\n", "2", "without a path"),
        ("set a b\nr1> \n", "2", "a line without a path"),
        (
            "set a b\nr1> exit\n",
            "2",
            "does not begin as the first one does",
        ),
        ("set a [ b c\n", "1", "a list has no end"),
        ("set a [ b ] c\n", "1", "a list has no end"),
        ("set a b ]\n", "1", "a bracket closes nothing"),
    ] {
        let error = read("juniper_junos", text).unwrap_err();
        let report = error.report();
        assert_eq!(report.kind, ErrorKind::ConfigurationInvalid, "{text}");
        assert!(report.message.contains(message), "{text}: {error}");
        let found = report.context.get("line").map_or("", String::as_str);
        assert_eq!(found, line, "{text}: {error}");
        assert!(report.hint.is_some(), "{text}");
    }
    let deep = format!("{}x;{}", "a { ".repeat(1000), "}".repeat(1000));
    let error = read("juniper_junos", &deep).unwrap_err();
    assert!(error.to_string().contains("nested too deep"), "{error}");
}

#[test]
fn no_error_shows_a_word_that_can_be_a_secret() {
    for (platform, text, shown) in [
        (
            "juniper_junos",
            "a;\nsnmp { community \"hunter2\"x; }",
            "community \\\"…",
        ),
        (
            "juniper_junos",
            "a;\nb value \"hunter2\nc;",
            "b value \\\"…",
        ),
        ("juniper_junos", "system { x { secret \"hunter2\" } }", ""),
        ("juniper_junos", "system { x { secret \"hunter2\"", ""),
        (
            "nokia_sros",
            "configure {\n password \"hunter2",
            "password ********",
        ),
        (
            "cisco_ios",
            "archive\n path ftp://u:hunter2@192.0.2.1/x\u{0}\n",
            "path ftp://u:********@",
        ),
    ] {
        let error = read(platform, text).unwrap_err();
        let told = format!("{error} {:?}", error.report());
        assert!(!told.contains("hunter2"), "{told}");
        assert!(error.to_string().contains(shown), "{error}");
    }
}

/// Each line or word is in a command, or named as left out.
fn nothing_is_dropped<'t>(configuration: &Configuration, parts: impl IntoIterator<Item = &'t str>) {
    let tree = &configuration.tree;
    let said: Vec<&str> = tree.entries[1..]
        .iter()
        .map(|entry| tree.text(entry))
        .collect();
    let unread = configuration.unread();
    for part in parts {
        let is_said = said.iter().any(|text| text.contains(part));
        let is_named = unread.iter().any(|piece| piece.text.contains(part));
        assert!(
            is_said || is_named,
            "{part:?} in {:?}",
            configuration.text()
        );
    }
}

fn words_of(statements: &[Statement]) -> Vec<&str> {
    let mut all = Vec::new();
    for statement in statements {
        let (Statement::Leaf(words) | Statement::List(words, _) | Statement::Section(words, _)) =
            statement;
        all.extend(words.iter().map(String::as_str));
        match statement {
            Statement::Leaf(_) => {}
            Statement::List(_, list) => all.extend(list.iter().map(String::as_str)),
            Statement::Section(_, inside) => all.extend(words_of(inside)),
        }
    }
    all
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,3}",
        "[0-9]{1,2}",
        Just("\"a { b; } [ c\"".to_owned()),
        Just("\"x\ny \\\" z\"".to_owned()),
        Just("10.0.0.1/24".to_owned()),
    ]
}

/// A statement: its words, and what stands in its braces.
#[derive(Clone, Debug)]
enum Statement {
    Leaf(Vec<String>),
    List(Vec<String>, Vec<String>),
    Section(Vec<String>, Vec<Self>),
}

fn statement() -> impl Strategy<Value = Statement> {
    let header = || {
        prop_oneof![
            Just(vec!["interfaces".to_owned()]),
            Just(vec!["system".to_owned()]),
            Just(vec!["policy-options".to_owned()]),
            "[ab]".prop_map(|name| vec!["policy-statement".to_owned(), name]),
            "[ab]".prop_map(|name| vec!["term".to_owned(), name]),
            "[0-9]".prop_map(|number| vec!["unit".to_owned(), number]),
            proptest::collection::vec(word(), 1..3),
        ]
    };
    let words = || proptest::collection::vec(word(), 1..4);
    let leaf = prop_oneof![
        words().prop_map(Statement::Leaf),
        (words(), proptest::collection::vec(word(), 1..3))
            .prop_map(|(words, list)| Statement::List(words, list)),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (header(), proptest::collection::vec(inner, 0..4))
            .prop_map(|(words, inside)| Statement::Section(words, inside))
    })
}

fn write_braces(statements: &[Statement], depth: usize, out: &mut String) {
    for statement in statements {
        let indent = "    ".repeat(depth);
        match statement {
            Statement::Leaf(words) => *out += &format!("{indent}{};\n", words.join(" ")),
            Statement::List(words, list) => {
                *out += &format!("{indent}{} [ {} ];\n", words.join(" "), list.join(" "));
            }
            Statement::Section(words, inside) => {
                *out += &format!("{indent}{} {{\n", words.join(" "));
                write_braces(inside, depth + 1, out);
                *out += &format!("{indent}}}\n");
            }
        }
    }
}

fn write_paths(statements: &[Statement], path: &str, out: &mut String) {
    for statement in statements {
        match statement {
            Statement::Leaf(words) => *out += &format!("set{path} {}\n", words.join(" ")),
            Statement::List(words, list) => {
                list.iter()
                    .for_each(|word| *out += &format!("set{path} {} {word}\n", words.join(" ")));
            }
            Statement::Section(words, inside) => {
                let path = format!("{path} {}", words.join(" "));
                if inside.is_empty() {
                    *out += &format!("set{path}\n");
                }
                write_paths(inside, &path, out);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_configuration_is_read_alike_in_both_forms(statements in proptest::collection::vec(statement(), 1..5)) {
        let (mut braces, mut paths) = (String::new(), String::new());
        write_braces(&statements, 0, &mut braces);
        write_paths(&statements, "", &mut paths);
        // A first word that is a verb would make the braces look like paths.
        prop_assume!(!braces.starts_with("set "));
        let (braces, paths) = (junos(&braces), junos(&paths));
        nothing_is_dropped(&braces, words_of(&statements));
        nothing_is_dropped(&paths, words_of(&statements));
        prop_assert_eq!(diff_config(&braces, &paths).changes, []);
        prop_assert_eq!(braces.meaning(), paths.meaning());
    }

    #[test]
    fn any_text_is_read_whole_or_refused(text in r#"([ \t\n]{0,2}(set |deactivate |inactive: |system|interfaces|term a|\{|\}|;|\[ | \]|"|\\|/\*|\*/|#|'|\PC{0,6}|\x03)[ a-z0-9.]{0,3}){0,24}"#) {
        for platform in Platform::names() {
            match read(platform, &text) {
                Ok(configuration) => {
                    prop_assert_eq!(configuration.text(), &text);
                    prop_assert!(diff_config(&configuration, &configuration).is_empty());
                    let _ = configuration.unread();
                }
                Err(error) => {
                    prop_assert_eq!(error.kind(), ErrorKind::ConfigurationInvalid);
                    prop_assert!(error.report().hint.is_some());
                }
            }
        }
    }

    #[test]
    fn indented_lines_are_read_whole(sections in proptest::collection::vec(("[a-c]{1,2}", proptest::collection::vec("(no )?[a-z]{1,3} [0-9]", 0..4), 1usize..4), 1..6)) {
        let mut text = String::new();
        for (name, lines, indent) in sections {
            text += &format!("interface {name}\n");
            lines.iter().for_each(|line| text += &format!("{}{line}\n", " ".repeat(indent)));
            text += "!\n";
        }
        let configuration = read("cisco_ios", &text).unwrap();
        prop_assert_eq!(configuration.text(), &text);
        nothing_is_dropped(&configuration, text.lines().map(str::trim));
    }
}
