//! Does a device take a regular expression? (Recorded, FRR 8.4.4; the rest by POSIX, which leaves much open.)

use super::table::Rule;

/// What becomes of a regular expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Compiles,
    Fails,
    /// Nobody says so.
    Open,
}

/// Says why an expression is refused.
pub(super) fn refusal(rule: &Rule, words: &[String]) -> Option<String> {
    let text = expression(words)?;
    let message = match fate(&text) {
        Fate::Fails => rule.malformed.as_ref()?,
        _ if has_letters(&text) => rule.lettered.as_ref()?,
        _ => return None,
    };
    Some(message.replace("{text}", &text))
}

/// Says whether nobody knows what becomes of one.
pub(super) fn is_doubtful(rule: &Rule, words: &[String]) -> bool {
    let text = rule.malformed.as_ref().and_then(|_| expression(words));
    text.is_some_and(|text| fate(&text) == Fate::Open)
}

/// What stands behind the action of an entry.
fn expression(words: &[String]) -> Option<String> {
    let action = words
        .iter()
        .skip(3)
        .position(|word| word == "permit" || word == "deny")?;
    Some(words[3 + action + 1..].join(" "))
}

fn has_letters(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// What stands before a place decides what can be repeated there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Nothing,
    Atom,
    Repeated,
    Other,
}

fn fate(text: &str) -> Fate {
    let (mut depth, mut before) = (0usize, Before::Nothing);
    let mut rest = text.chars();
    while let Some(char) = rest.next() {
        before = match (char, before) {
            ('0'..='9' | 'A'..='Z' | 'a'..='z' | '_' | '.' | ',' | ' ' | '-' | ':', _) => {
                Before::Atom
            }
            ('(', _) => {
                depth += 1;
                Before::Nothing
            }
            (')', _) if depth > 0 => {
                depth -= 1;
                Before::Atom
            }
            ('[', _) => match bracket(rest.as_str()) {
                Ok(length) => {
                    rest = rest.as_str()[length..].chars();
                    Before::Atom
                }
                Err(fate) => return fate,
            },
            ('^', _) => Before::Nothing,
            ('$' | '|', _) => Before::Other,
            ('*' | '+' | '?', Before::Atom) => Before::Repeated,
            ('*' | '+', Before::Nothing) => return Fate::Fails,
            ('\\', _) => match rest.next() {
                Some(next) if next.is_ascii_punctuation() => Before::Atom,
                Some(_) => return Fate::Open,
                None => return Fate::Fails,
            },
            _ => return Fate::Open,
        };
    }
    match depth {
        0 => Fate::Compiles,
        _ => Fate::Fails,
    }
}

/// Returns how long the rest of a set is, with its end: single characters and ranges of digits, and nothing else.
fn bracket(rest: &str) -> Result<usize, Fate> {
    let start = usize::from(rest.starts_with('^'));
    let end = rest[start..].get(1..).and_then(|rest| rest.find(']'));
    let end = start + 1 + end.ok_or(Fate::Fails)?;
    let set = &rest.as_bytes()[start..end];
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_,.".contains(byte);
    let is_range = |at: usize| {
        let ends = (set.get(at.wrapping_sub(1)), set.get(at + 1));
        matches!(ends, (Some(a @ b'0'..=b'9'), Some(b @ b'0'..=b'9')) if a <= b)
    };
    let is_known = |(at, byte): (usize, &u8)| plain(byte) || (*byte == b'-' && is_range(at));
    match set.iter().enumerate().all(is_known) {
        true => Ok(end + 1),
        false => Err(Fate::Open),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_writes_compiles() {
        let right = [
            "^65000_",
            "_65000$",
            "^65000_[0-9]+$",
            ".*",
            "^$",
            "(65000|65001)",
            "()",
            "|",
            "\\(",
            "[^0-9]",
            "65000:(1|2)",
            "1:.*:2",
            "^(65000_)+$",
            "[0-9]?",
        ];
        for text in right {
            assert_eq!(fate(text), Fate::Compiles, "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_fails() {
        for text in ["((", "[", "[]", "[0", "*", "+", "^*", "(*)", "65000\\"] {
            assert_eq!(fate(text), Fate::Fails, "{text}");
        }
    }

    #[test]
    fn what_posix_leaves_open_is_open() {
        let open = [
            ")",
            "())",
            "a**",
            "{",
            "a{2}",
            "}",
            "[9-0]",
            "[[:foo:]]",
            "|*",
            "$*",
            "[a-z]",
            "1\\d",
        ];
        for text in open {
            assert_eq!(fate(text), Fate::Open, "{text}");
        }
    }
}
