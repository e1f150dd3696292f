//! Changes of configuration text, as a person would make them in an editor.

/// A route that no device has.
pub const ROUTE: &str = "ip route 203.0.113.0/24 Null0";

/// Adds global lines in front of the end.
///
/// # Panics
/// When the configuration has no end.
#[must_use]
pub fn with_global(text: &str, lines: &str) -> String {
    let (head, _) = text.rsplit_once("end\n").expect("a whole configuration");
    format!("{head}{lines}\n!\nend\n")
}

/// Adds [`ROUTE`].
#[must_use]
pub fn with_route(text: &str) -> String {
    with_global(text, ROUTE)
}

/// Adds [`ROUTE`], a prefix list, and a cost on the first link: the second of two routers has no `eth1`.
#[must_use]
pub fn with_more(text: &str) -> String {
    let links = ["interface eth1", "interface eth2"];
    let link = links
        .into_iter()
        .find(|link| text.contains(&format!("\n{link}\n")));
    let lines = format!(
        "{ROUTE}\n!\nip prefix-list MORE seq 5 permit 198.51.100.0/24\nip prefix-list MORE seq 10 permit 203.0.113.0/24"
    );
    in_section(
        &with_global(text, &lines),
        link.unwrap_or("interface eth1"),
        " ip ospf cost 50",
    )
}

/// Adds lines at the top of a section.
///
/// # Panics
/// When there is no such section.
#[must_use]
pub fn in_section(text: &str, header: &str, lines: &str) -> String {
    let header = format!("\n{header}\n");
    assert!(text.contains(&header), "no{header}in {text}");
    text.replacen(&header, &format!("{header}{lines}\n"), 1)
}

/// Replaces a line, indentation included.
///
/// # Panics
/// When there is no such line.
#[must_use]
pub fn replaced(text: &str, line: &str, by: &str) -> String {
    let line = format!("\n{line}\n");
    assert!(text.contains(&line), "no{line}in {text}");
    match by {
        "" => text.replacen(&line, "\n", 1),
        _ => text.replacen(&line, &format!("\n{by}\n"), 1),
    }
}
