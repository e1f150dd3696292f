//! Does a list or a route map lose its last entry while something is filtered by it?
//!
//! Where each line is in force as it is typed, such a list is empty, or not there, until the next line comes. Cisco IOS lets everything
//! through it then (IOS security command reference, ip access-group: a list that does not exist permits all packets; IOS BGP command
//! reference, neighbor prefix-list: the same of prefixes), and others nothing: neither was asked for.

use super::tree::Node;

/// How a list is named at the top, before its name, and one of the words that stand before its name where it is used.
const KINDS: &[(&str, &[&str])] = &[
    ("ip prefix-list", &["prefix-list", "prefix"]),
    ("ipv6 prefix-list", &["prefix-list", "prefix"]),
    ("ip as-path access-list", &["filter-list", "as-path"]),
    ("ip community-list standard", &["community"]),
    ("ip community-list expanded", &["community"]),
    ("ip access-list standard", ACCESS),
    ("ip access-list extended", ACCESS),
    ("ip access-list", ACCESS),
    ("ipv6 access-list", ACCESS),
    ("mac access-list", ACCESS),
    ("access-list", ACCESS),
    ("route-map", &["route-map", "map"]),
];

const ACCESS: &[&str] = &[
    "access-group",
    "access-class",
    "traffic-filter",
    "distribute-list",
    "match",
    "list",
    "community",
];

/// Lines of a list that let nothing through and keep nothing back.
const SILENT: &[&str] = &["remark ", "description ", "statistics ", "counters "];

/// Says whether a line that was just carried out took the last entry of a list that is in use.
pub(super) fn is_in_use(root: &Node, section: Option<&str>, words: &[&str]) -> bool {
    let ["no", line @ ..] = words else {
        return false;
    };
    let line = match section {
        Some(section) => section.to_owned(),
        None => line.join(" "),
    };
    named(&line).is_some_and(|(list, name, uses)| {
        !has_entries(root, list) && is_used(root, (list, name), uses)
    })
}

/// The words by which a list is named, its name, and the words before that where it is used.
fn named(line: &str) -> Option<(&str, &str, &'static [&'static str])> {
    let mut kinds = KINDS.iter();
    kinds.find_map(|(head, uses)| {
        let name = line.strip_prefix(head)?.strip_prefix(' ')?;
        let name = name.split(' ').next()?;
        Some((&line[..head.len() + 1 + name.len()], name, *uses))
    })
}

fn is_of(line: &str, list: &str) -> bool {
    let rest = line.strip_prefix(list);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn has_entries(root: &Node, list: &str) -> bool {
    let says = |text: &str| {
        !SILENT
            .iter()
            .any(|start| text.trim_start().starts_with(start))
    };
    // An access list is a section of entries; a clause of a route map is a section, and lets through what it does not ask for.
    let is_list = !list.starts_with("route-map ");
    let is_entry = |line: &Node| match line.mode.is_some() && is_list {
        true => line
            .children
            .iter()
            .any(|entry| says(without_number(&entry.text))),
        false => says(&line.text[list.len()..]),
    };
    let mut lines = root.children.iter().filter(|line| is_of(&line.text, list));
    lines.any(is_entry)
}

fn without_number(entry: &str) -> &str {
    entry.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ')
}

fn is_used(section: &Node, list: (&str, &str), uses: &[&str]) -> bool {
    let mut lines = section.children.iter();
    lines.any(|line| {
        !is_of(&line.text, list.0) && (names(&line.text, list.1, uses) || is_used(line, list, uses))
    })
}

fn names(line: &str, name: &str, uses: &[&str]) -> bool {
    // All lines of a device are asked, and few hold the name at all.
    if !line.contains(name) {
        return false;
    }
    let mut words = line.split(' ').skip_while(|word| !uses.contains(word));
    words.next().is_some() && words.any(|word| word == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_named_by_its_first_words() {
        let name = |line| named(line).map(|(list, name, _)| (list, name));
        assert_eq!(
            name("ip prefix-list P seq 5 permit 10.0.0.0/8"),
            Some(("ip prefix-list P", "P"))
        );
        assert_eq!(
            name("ip access-list extended A"),
            Some(("ip access-list extended A", "A"))
        );
        assert_eq!(name("ip access-list A"), Some(("ip access-list A", "A")));
        assert_eq!(name("ip route 10.0.0.0 255.0.0.0 Null0"), None);
    }

    #[test]
    fn a_list_is_used_where_its_name_stands_behind_a_word_of_its_kind() {
        assert!(names(
            "match ip address prefix-list P Q",
            "Q",
            &["prefix-list"]
        ));
        assert!(names("ip access-group A in", "A", ACCESS));
        assert!(names("snmp-server community X RO 10", "10", ACCESS));
        for line in ["description list", "neighbor P activate"] {
            assert!(!names(line, "P", ACCESS), "{line}");
        }
    }
}
