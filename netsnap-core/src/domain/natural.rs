//! In which order does a person expect names with numbers?

/// Returns what to sort a name by: port 2 stands before port 10.
pub(crate) fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let word = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (text, behind) = rest.split_at(word);
        let digits = behind
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(behind.len());
        let (number, behind) = behind.split_at(digits);
        // A number that long is no number of a port.
        parts.push((text.to_owned(), number.parse().unwrap_or(u64::MAX)));
        rest = behind;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn the_second_port_stands_before_the_tenth() {
        let mut names = ["ge-0/0/10.1", "ge-0/0/2.10", "ge-0/0/2.9", "ae0"];
        names.sort_by_cached_key(|name| natural(name));
        assert_eq!(names, ["ae0", "ge-0/0/2.9", "ge-0/0/2.10", "ge-0/0/10.1"]);
    }
}
