//! Does a typed line have the shape that a device accepts, and how does the device spell it?

use super::address::{Prefix, is_address};

/// One word of a pattern, or an optional run of them.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    OneOf(Vec<String>),
    Range(u64, u64),
    Address,
    Prefix,
    Network,
    Physical,
    Name,
    Line,
    Optional(Vec<Self>),
}

/// How far a line follows a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// It departs from the pattern at this word.
    Departs(usize),
    /// It stops before the pattern is complete.
    Incomplete,
    /// It follows it; the words as the device spells them.
    Whole(Vec<String>),
}

/// The shape of a line: literal words, `a|b`, `(1-9)`, `ADDRESS`, `PREFIX`, `NETWORK` (host bits cleared), `PHYSICAL` (a
/// port of the chassis), `NAME` (one word), `LINE` (all that follows), `[optional words]`; `=` ends the words that identify the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    identity: Vec<Token>,
    value: Vec<Token>,
    single: bool,
}

impl Pattern {
    /// Reads the notation.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (identity, value) = text.split_once('=').unwrap_or((text, ""));
        Ok(Self {
            identity: tokens(identity)?,
            value: tokens(value)?,
            single: text.contains('='),
        })
    }

    /// Says how far the words follow the whole pattern.
    pub(super) fn follow(&self, words: &[&str]) -> Match {
        let all: Vec<Token> = self.identity.iter().chain(&self.value).cloned().collect();
        follow(&all, words, 0)
    }

    /// Says how far the words follow what may be typed after `no`: the identity, then the value if one likes.
    pub(super) fn follow_removal(&self, words: &[&str], value: Value) -> Match {
        let mut all = self.identity.clone();
        if value == Value::May && !self.value.is_empty() {
            all.push(Token::Optional(self.value.clone()));
        }
        follow(&all, words, 0)
    }

    /// Returns how many words identify a line; none when all of them do.
    pub(super) fn identity_words(&self) -> Option<usize> {
        self.single.then_some(self.identity.len())
    }

    /// Returns the literal words at the front.
    pub(super) fn head(&self) -> Vec<&str> {
        self.identity
            .iter()
            .map_while(|token| match token {
                Token::Word(word) => Some(word.as_str()),
                _ => None,
            })
            .collect()
    }
}

/// Whether the value may stand behind `no`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// It may.
    May,
    /// The device refuses it.
    MustNot,
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let spaced = text.replace('[', " [ ").replace(']', " ] ");
    let mut stack = vec![Vec::new()];
    for word in spaced.split_whitespace() {
        match word {
            "[" => stack.push(Vec::new()),
            "]" => close(&mut stack)?,
            word => innermost(&mut stack)?.push(token(word)?),
        }
    }
    match (stack.pop(), stack.is_empty()) {
        (Some(tokens), true) => Ok(tokens),
        _ => Err(format!("unbalanced brackets in {text:?}")),
    }
}

fn close(stack: &mut Vec<Vec<Token>>) -> Result<(), String> {
    let inner = stack.pop().ok_or("] without [")?;
    innermost(stack)?.push(Token::Optional(inner));
    Ok(())
}

fn innermost(stack: &mut [Vec<Token>]) -> Result<&mut Vec<Token>, String> {
    stack.last_mut().ok_or_else(|| "] without [".to_owned())
}

fn token(word: &str) -> Result<Token, String> {
    Ok(match word {
        "ADDRESS" => Token::Address,
        "PREFIX" => Token::Prefix,
        "NETWORK" => Token::Network,
        "PHYSICAL" => Token::Physical,
        "NAME" => Token::Name,
        "LINE" => Token::Line,
        _ if word.starts_with('(') => range(word)?,
        _ if word.contains('|') => Token::OneOf(word.split('|').map(str::to_owned).collect()),
        _ => Token::Word(word.to_owned()),
    })
}

fn range(word: &str) -> Result<Token, String> {
    let bad = || format!("{word:?} is no range");
    let (low, high) = word
        .strip_prefix('(')
        .and_then(|word| word.strip_suffix(')'))
        .and_then(|word| word.split_once('-'))
        .ok_or_else(bad)?;
    Ok(Token::Range(
        low.parse().map_err(|_| bad())?,
        high.parse().map_err(|_| bad())?,
    ))
}

fn follow(tokens: &[Token], words: &[&str], at: usize) -> Match {
    let Some((first, rest)) = tokens.split_first() else {
        return match words.len() {
            0 => Match::Whole(Vec::new()),
            _ => Match::Departs(at),
        };
    };
    match first {
        Token::Optional(inner) => either(inner, rest, words, at),
        _ if words.is_empty() => Match::Incomplete,
        Token::Prefix if words.len() == 1 && is_address(words[0]) => Match::Incomplete,
        Token::Line => Match::Whole(vec![words.join(" ")]),
        _ => match spelled(first, words[0]) {
            None => Match::Departs(at),
            Some(word) => prepend(word, follow(rest, &words[1..], at + 1)),
        },
    }
}

fn either(inner: &[Token], rest: &[Token], words: &[&str], at: usize) -> Match {
    let with: Vec<Token> = inner.iter().chain(rest).cloned().collect();
    let (with, without) = (follow(&with, words, at), follow(rest, words, at));
    match (with, without) {
        (whole @ Match::Whole(_), _) | (_, whole @ Match::Whole(_)) => whole,
        (Match::Departs(one), Match::Departs(other)) => Match::Departs(one.max(other)),
        _ => Match::Incomplete,
    }
}

fn prepend(word: String, rest: Match) -> Match {
    match rest {
        Match::Whole(mut words) => {
            words.insert(0, word);
            Match::Whole(words)
        }
        other => other,
    }
}

/// Returns the word as the device spells it; none when it does not fit.
fn spelled(token: &Token, word: &str) -> Option<String> {
    let fits = match token {
        Token::Word(expected) => expected == word,
        Token::OneOf(words) => words.iter().any(|expected| expected == word),
        Token::Range(low, high) => {
            word.bytes().all(|byte| byte.is_ascii_digit())
                && word
                    .parse()
                    .is_ok_and(|number: u64| (*low..=*high).contains(&number))
        }
        Token::Address => is_address(word),
        Token::Prefix => Prefix::parse(word).is_some(),
        Token::Network => return Prefix::parse(word).map(|prefix| prefix.masked().to_string()),
        Token::Physical => is_physical(word),
        Token::Name | Token::Line | Token::Optional(_) => true,
    };
    fits.then(|| word.to_owned())
}

/// Ports of the chassis, by the names that Cisco gives them.
fn is_physical(name: &str) -> bool {
    const KINDS: &[&str] = &[
        "Ethernet",
        "FastEthernet",
        "GigabitEthernet",
        "TwoGigabitEthernet",
        "FiveGigabitEthernet",
        "TenGigabitEthernet",
        "TwentyFiveGigE",
        "FortyGigabitEthernet",
        "HundredGigE",
        "Serial",
    ];
    let kind = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '/');
    KINDS.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(words: &[&str]) -> Match {
        Match::Whole(words.iter().map(|word| (*word).to_owned()).collect())
    }

    fn typed(pattern: &str, line: &str) -> Match {
        let words: Vec<&str> = line.split_whitespace().collect();
        Pattern::parse(pattern).unwrap().follow(&words)
    }

    #[test]
    fn a_value_out_of_range_departs_where_it_stands() {
        let cost = "ip ospf cost = (1-65535)";
        assert_eq!(
            typed(cost, "ip ospf cost 50"),
            whole(&["ip", "ospf", "cost", "50"])
        );
        assert_eq!(typed(cost, "ip ospf cost 70000"), Match::Departs(3));
        assert_eq!(typed(cost, "ip ospf cost +5"), Match::Departs(3));
        assert_eq!(typed(cost, "ip ospf cost"), Match::Incomplete);
    }

    #[test]
    fn a_network_loses_its_host_bits_and_options_may_be_left_out() {
        let list = "ip prefix-list NAME [seq (1-99)] permit|deny NETWORK [ge (1-32)] [le (1-32)]";
        assert_eq!(
            typed(list, "ip prefix-list A permit 10.0.0.5/8 le 24"),
            whole(&["ip", "prefix-list", "A", "permit", "10.0.0.0/8", "le", "24"])
        );
        assert_eq!(typed(list, "ip prefix-list A"), Match::Incomplete);
        assert_eq!(
            typed(list, "ip prefix-list A seq 0 permit 10.0.0.0/8"),
            Match::Departs(4)
        );
    }

    #[test]
    fn a_removal_may_name_the_value_or_leave_it_out() {
        let cost = Pattern::parse("ip ospf cost = (1-65535)").unwrap();
        for line in [&["ip", "ospf", "cost"][..], &["ip", "ospf", "cost", "99"]] {
            assert!(matches!(
                cost.follow_removal(line, Value::May),
                Match::Whole(_)
            ));
        }
        assert_eq!(
            cost.follow_removal(&["ip", "ospf", "cost", "99"], Value::MustNot),
            Match::Departs(3)
        );
    }

    #[test]
    fn a_pattern_with_unbalanced_brackets_or_a_bad_range_is_refused() {
        for text in ["a [b", "a b]", "a (1)", "a (x-2)"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
