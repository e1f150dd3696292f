use super::*;

fn identity(notation: &str, line: &str) -> Option<String> {
    let mut words = String::new();
    let pattern = LinePattern::parse(notation).unwrap();
    pattern.identity(line, |word| words += &format!("{word} "))?;
    Some(words)
}

#[test]
fn values_are_no_part_of_the_identity() {
    for (notation, line, expected) in [
        ("ip ospf cost <v>", "ip ospf cost 10", Some("")),
        ("ip ospf cost <v>", "ip ospf cost", None),
        ("ip ospf cost <v>", "ip ospf cost 10 10.0.0.1", None),
        ("description <t...>", "description  a  b", Some("")),
        ("redistribute {p} <o...?>", "redistribute bgp", Some("bgp ")),
        (
            "redistribute {p} <o...?>",
            "redistribute bgp metric 1",
            Some("bgp "),
        ),
        (
            "neighbor {p} route-map <n> {w:in|out}",
            "neighbor 10.0.0.1 route-map A in",
            Some("10.0.0.1 in "),
        ),
        (
            "neighbor {p} route-map <n> {w:in|out}",
            "neighbor 10.0.0.1 route-map A up",
            None,
        ),
        ("{seq:#} <rest...>", "10 permit ip any any", Some("10 ")),
        ("{seq:#} <rest...>", "permit ip any any", None),
        (
            "interface {n:Vlan*|*.*}",
            "interface Vlan10",
            Some("Vlan10 "),
        ),
        (
            "interface {n:Vlan*|*.*}",
            "interface Gi0/1.100",
            Some("Gi0/1.100 "),
        ),
        ("interface {n:Vlan*|*.*}", "interface Gi0/1", None),
    ] {
        assert_eq!(
            identity(notation, line).as_deref(),
            expected,
            "{notation} / {line}"
        );
    }
}

#[test]
fn a_rest_in_the_middle_is_refused() {
    assert!(LinePattern::parse("a <b...> c").is_err());
    assert!(LinePattern::parse("").is_err());
    assert!(LinePattern::parse("a {b").is_err());
}

#[test]
fn a_template_takes_the_captures() {
    let pattern = LinePattern::parse("neighbor {peer} description <text...>").unwrap();
    let captures = pattern.captures("neighbor 10.0.0.1 description to r2");
    assert_eq!(
        Template::new("no neighbor {peer} description".into()).fill(&captures),
        "no neighbor 10.0.0.1 description"
    );
}

#[test]
fn a_template_names_each_word_of_a_list() {
    let template = Template::new("list {names*}".to_owned());
    assert_eq!(template.names().collect::<Vec<_>>(), ["names"]);
    let filled = |names| template.fill_each(&Captures::default().with("names", names));
    assert_eq!(filled("A"), ["list A"]);
    assert_eq!(filled("A B exact-match"), ["list A", "list B"]);
}
