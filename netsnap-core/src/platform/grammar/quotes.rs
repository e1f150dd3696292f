//! Which quotes of a line say nothing?

use std::borrow::Cow;

/// Returns a line without the quotes around plain words. What stands in quotes for a reason stays, with all that is in it.
pub(super) fn without_needless(line: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(open) = line[at..].find('"').map(|place| at + place) {
        let Some(end) = end_of(line, open) else {
            break;
        };
        if is_word(line, open, end) && is_plain(&line[open + 1..end]) {
            kept.push_str(&line[from..open]);
            kept.push_str(&line[open + 1..end]);
            from = end + 1;
        }
        at = end + 1;
    }
    match from {
        0 => Cow::Borrowed(line),
        _ => Cow::Owned(kept + &line[from..]),
    }
}

/// Where the quote that is open at a place closes; a backslash takes the meaning from what follows.
fn end_of(line: &str, open: usize) -> Option<usize> {
    let mut is_escaped = false;
    line[open + 1..].char_indices().find_map(|(place, found)| {
        let ends = found == '"' && !is_escaped;
        is_escaped = found == '\\' && !is_escaped;
        ends.then_some(open + 1 + place)
    })
}

/// Says whether the quotes hold a word of its own.
fn is_word(line: &str, open: usize, end: usize) -> bool {
    let is_blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
    is_blank(line[..open].chars().next_back()) && is_blank(line[end + 1..].chars().next())
}

/// The first character is no mark: `"inactive:"` is a name and no word before one.
fn is_plain(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    !word.is_empty() && !word.ends_with(':') && word.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_quotes_that_say_nothing_go() {
        for (line, left) in [
            (r#"description "core""#, "description core"),
            (r#"a "b" c "d" e"#, "a b c d e"),
            (r#"members "65000:1""#, "members 65000:1"),
            (r#"description "to r2""#, r#"description "to r2""#),
            (r#"secret "$9$a""#, r#"secret "$9$a""#),
            (r#"message "a \" b \" c""#, r#"message "a \" b \" c""#),
            (r#"message "a" "b c" "d""#, r#"message a "b c" d"#),
            (r#"name """#, r#"name """#),
            (r#"name "inactive:""#, r#"name "inactive:""#),
            (r#"name "open"#, r#"name "open"#),
        ] {
            assert_eq!(without_needless(line), left);
        }
    }
}
