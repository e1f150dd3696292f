//! Is every wrong plan of a peer known, and has it a reason?
//!
//! `divergences.md` is written by hand: a heading for each reason, the reason, and under it the pairs that it explains, each as
//! `- PEER, GROUP: TITLE`.

use std::collections::BTreeSet;
use std::path::Path;

use netsnap_core::Result;

use crate::unusable;

/// The plans that are known to be wrong.
#[derive(Debug)]
pub(crate) struct Divergences {
    listed: BTreeSet<String>,
    met: BTreeSet<String>,
    unlisted: usize,
}

impl Divergences {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            unusable("the list of divergences cannot be read")
                .with("path", path.display())
                .because(error)
        })?;
        Ok(Self::of(&text))
    }

    fn of(text: &str) -> Self {
        let lines = text.lines().filter_map(|line| line.strip_prefix("- "));
        Self {
            listed: lines.map(str::to_owned).collect(),
            met: BTreeSet::new(),
            unlisted: 0,
        }
    }

    /// Takes note of a wrong plan, and prints it where it is not listed.
    pub(crate) fn meet(&mut self, peer: &str, group: &str, title: &str, reason: &str) {
        let entry = format!("{peer}, {group}: {title}");
        if !self.listed.contains(&entry) {
            self.unlisted += 1;
            eprintln!("not listed: - {entry}\n    {reason}");
        }
        self.met.insert(entry);
    }

    /// How many wrong plans are not listed.
    pub(crate) fn unlisted(&self) -> usize {
        self.unlisted
    }

    /// Those that are listed and did not come.
    pub(crate) fn stale(&self) -> impl Iterator<Item = &String> {
        self.listed.difference(&self.met)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_and_what_is_stale_is_seen() {
        let text = "# Title\n\n## A reason\nBecause.\n- annet, frr: one\n- annet, frr: two\n";
        let mut divergences = Divergences::of(text);
        divergences.meet("annet", "frr", "one", "");
        assert_eq!(divergences.unlisted(), 0);
        divergences.meet("hier_config", "frr", "one", "");
        assert_eq!(divergences.unlisted(), 1);
        assert_eq!(
            divergences.stale().collect::<Vec<_>>(),
            [&"annet, frr: two".to_owned()]
        );
    }
}
