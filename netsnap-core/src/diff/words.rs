//! Which words of two lines are the same?

use super::lines::hunks;

/// Below this likeness, in hundredths, two lines are shown as different altogether: marked crumbs would only confuse.
const ALIKE: usize = 40;
/// Longer lines are not compared word by word: certificates and keys gain nothing from it.
const LONGEST: usize = 2_000;

/// Which side a piece of a line is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PieceKind {
    /// On both.
    Same,
    /// On the first only.
    Removed,
    /// On the second only.
    Added,
}

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'t> {
    /// Which side it is on.
    pub kind: PieceKind,
    /// The piece itself.
    pub text: &'t str,
}

/// Compares two lines word by word. None where they have too little in common, or are too long, for that to help a reader.
///
/// The pieces that are not `Added` make the first line, those that are not `Removed` the second.
#[must_use]
pub fn pieces<'t>(before: &'t str, after: &'t str) -> Option<Vec<Piece<'t>>> {
    if before.len().max(after.len()) > LONGEST {
        return None;
    }
    let (old, new) = (words(before), words(after));
    let mut pieces = Vec::new();
    let mut push = |kind, words: &[&'t str]| {
        pieces.extend(words.iter().map(|text| Piece { kind, text }));
    };
    let mut at = 0;
    for hunk in hunks(&old, &new) {
        push(PieceKind::Same, &old[at..hunk.before.start]);
        push(PieceKind::Removed, &old[hunk.before.clone()]);
        push(PieceKind::Added, &new[hunk.after.clone()]);
        at = hunk.before.end;
    }
    push(PieceKind::Same, &old[at..]);
    let is_word = |text: &&&str| !text.trim().is_empty();
    let all = old.iter().chain(&new).filter(|text| is_word(text)).count();
    let same = pieces.iter().filter(|piece| piece.kind == PieceKind::Same);
    let same = same.filter(|piece| is_word(&&piece.text)).count();
    (200 * same >= ALIKE * all).then_some(pieces)
}

/// Splits a line into words and the blanks between them.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let is_blank = first.is_whitespace();
        let end = rest.find(|c: char| c.is_whitespace() != is_blank);
        let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
        words.push(word);
        rest = behind;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(pieces: &[Piece<'_>], not: PieceKind) -> String {
        let own = pieces.iter().filter(|piece| piece.kind != not);
        own.map(|piece| piece.text).collect()
    }

    #[test]
    fn the_words_that_differ_are_told() {
        let (before, after) = ("  ip address 10.0.0.1/24", "  ip address 10.0.0.2/24");
        let found = pieces(before, after).unwrap();
        let removed: Vec<_> = found
            .iter()
            .filter(|piece| piece.kind == PieceKind::Removed)
            .map(|piece| piece.text)
            .collect();
        assert_eq!(removed, ["10.0.0.1/24"]);
        assert_eq!(side(&found, PieceKind::Added), before);
        assert_eq!(side(&found, PieceKind::Removed), after);
    }

    #[test]
    fn lines_with_little_in_common_are_not_compared_by_words() {
        assert!(pieces("description uplink to core", "no ip redirects").is_none());
        assert!(pieces(&"x ".repeat(2_000), &"x ".repeat(2_001)).is_none());
    }
}
