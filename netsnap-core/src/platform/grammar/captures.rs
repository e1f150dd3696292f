//! What did the captures of a pattern take of a line?

/// What was taken, by the names of the captures. There is a handful at most, and a list of so many is searched faster than hashed: this is
/// asked of each line of a configuration several times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Captures<'t>(Vec<(&'t str, &'t str)>);

impl<'t> Captures<'t> {
    /// Adds what a capture took; of one name the last one counts.
    pub(super) fn add(&mut self, name: &'t str, text: &'t str) {
        self.0.push((name, text));
    }

    /// Returns what the capture of a name took.
    pub(crate) fn get(&self, name: &str) -> Option<&'t str> {
        let mut last = self.0.iter().rev();
        last.find(|(own, _)| *own == name).map(|(_, text)| *text)
    }

    /// Returns the same with another text under a name.
    pub(super) fn with<'o>(&self, name: &'o str, text: &'o str) -> Captures<'o>
    where
        't: 'o,
    {
        let mut other: Captures<'o> = self.clone();
        other.add(name, text);
        other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_name_the_last_text_counts() {
        let mut captures = Captures::default();
        captures.add("list", "10,20");
        assert_eq!(captures.with("list", "10").get("list"), Some("10"));
        assert_eq!(captures.get("list"), Some("10,20"));
        assert_eq!(captures.get("name"), None);
    }
}
