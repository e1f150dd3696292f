//! Does a typed line have the shape that a device accepts, and how does the device spell it?

mod token;

use std::borrow::Cow;
use std::net::IpAddr;

use serde::Deserialize;

use super::address::{Prefix, is_address};
use super::{lifetime, shape};
use token::{Capital, Family, Token, tokens};

/// How far a line follows a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// It departs from the pattern at this word, where the pattern has another word or ends.
    Departs(usize),
    /// This word stands where a value is expected, and is none.
    Wrong(usize),
    /// It stops before the pattern is complete.
    Incomplete,
    /// It follows it; the words as the device spells them.
    Whole(Vec<String>),
}

/// The shape of a line: literal words, `a|b`, `(1-9)`, `ADDRESS`, `PREFIX`, `NETWORK` (host bits cleared; `4` or `6`
/// behind them asks for one family), `PHYSICAL` (a port of the chassis), `SUBINTERFACE` (a part of one), `Vlan#` (that name with a number), `NAME:32` (of so many characters at most), `COMMUNITY`, `LARGE` (a large one), `SIGNED` (`+5`),
/// `UNICAST` (of one host), `UNICAST4`, `GROUP4` (a multicast group), `TARGET` (of routes, or a distinguisher), `TITLE` (of IS-IS), `TYPE7`, `HASH` (secrets), `IDENTIFIER` (of a router), `AREA` (of OSPF), `VLANS` (`1,5-9`), `PERCENT` (`5.00`), `LIFETIME` (of a key), `CAPITAL6`, `CAPITALPREFIX6`, `CAPITALNETWORK6` (IPv6 in capitals), `NAME` (one word), `NAME8` (cut after so
/// many characters), `LINE` (all that follows), `[optional words]`; `=` ends the words that identify the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The words that identify a line, then its value.
    all: Vec<Token>,
    identity: usize,
    single: bool,
    /// The words that identify it, then its value if one likes.
    removal: Vec<Token>,
}

impl Pattern {
    /// Reads the notation.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (identity, value) = text.split_once('=').unwrap_or((text, ""));
        let mut all = tokens(identity)?;
        let identity = all.len();
        let mut removal = all.clone();
        all.extend(tokens(value)?);
        if all.len() > identity {
            removal.push(Token::Optional(all[identity..].to_vec()));
        }
        Ok(Self {
            all,
            identity,
            single: text.contains('='),
            removal,
        })
    }

    /// Says whether its value is words that may be left out.
    pub(super) fn has_options(&self) -> bool {
        matches!(self.all.get(self.identity), Some(Token::Optional(_)))
    }

    /// Returns the first word of the identity where it is fixed: any other word departs there.
    pub(super) fn first_word(&self) -> Option<&str> {
        match self.all[..self.identity].first() {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Says whether the words depart from the fixed ones before the first words that may be left out.
    pub(super) fn departs_early(&self, words: &[&str]) -> bool {
        let is_single =
            |token: &&Token| !matches!(token, Token::Line | Token::Lifetime | Token::Optional(_));
        let mut pairs = self.all.iter().take_while(is_single).zip(words);
        pairs.any(|(token, word)| matches!(token, Token::Word(fixed) if fixed != word))
    }

    /// Says how far the words follow the whole pattern.
    pub(super) fn follow(&self, words: &[&str]) -> Match {
        follow(&self.all, words)
    }

    /// Says how far the words follow what may be typed after `no`: the identity, then the value if one likes.
    pub(super) fn follow_removal(&self, words: &[&str], value: Value) -> Match {
        let found = match value {
            Value::May => follow(&self.removal, words),
            Value::Must => follow(&self.all, words),
            _ => follow(&self.all[..self.identity], words),
        };
        match found {
            Match::Departs(at) if value == Value::MustNot && at == self.identity => {
                Match::Wrong(at)
            }
            other => other,
        }
    }

    /// Returns how many words identify a line; none when all of them do.
    pub(super) fn identity_words(&self) -> Option<usize> {
        self.single.then_some(self.identity)
    }
}

/// Whether the value may stand behind `no`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Value {
    /// It may.
    #[default]
    May,
    /// The line is incomplete without it.
    Must,
    /// The device refuses it.
    MustNot,
    /// What the device does with it is not modelled.
    Unknown,
}

/// What is left of a pattern: these, then what stands around them.
#[derive(Clone, Copy)]
struct Rest<'p> {
    tokens: &'p [Token],
    around: Option<&'p Self>,
}

fn follow(tokens: &[Token], words: &[&str]) -> Match {
    let rest = Rest {
        tokens,
        around: None,
    };
    let mut spelled = Vec::new();
    match follow_rest(rest, words, 0, &mut spelled) {
        Ok(()) => Match::Whole(spelled.into_iter().map(Cow::into_owned).collect()),
        Err(found) => found,
    }
}

/// Puts the words behind the others as the device spells them, or returns how far they go.
fn follow_rest<'w>(
    rest: Rest<'_>,
    words: &[&'w str],
    at: usize,
    spelled: &mut Vec<Cow<'w, str>>,
) -> Result<(), Match> {
    let Some((token, behind)) = rest.tokens.split_first() else {
        return match rest.around {
            Some(around) => follow_rest(*around, words, at, spelled),
            None if words.is_empty() => Ok(()),
            None => Err(Match::Departs(at)),
        };
    };
    let behind = Rest {
        tokens: behind,
        ..rest
    };
    if let Token::Optional(inner) = token {
        return either(inner, behind, (words, at), spelled);
    }
    let Some((word, others)) = words.split_first() else {
        return Err(Match::Incomplete);
    };
    match token {
        Token::Prefix(_) if others.is_empty() && is_address(word) => Err(Match::Incomplete),
        Token::Lifetime if !lifetime::is_lifetime(words) => Err(Match::Wrong(at)),
        Token::Line | Token::Lifetime => {
            spelled.push(words.join(" ").into());
            Ok(())
        }
        _ => {
            spelled.push(spell(token, word).ok_or_else(|| misfit(token, word, at))?);
            follow_rest(behind, others, at + 1, spelled)
        }
    }
}

fn misfit(token: &Token, word: &str, at: usize) -> Match {
    match is_meant(token, word) {
        true => Match::Wrong(at),
        false => Match::Departs(at),
    }
}

/// Says whether a word that does not fit was meant for this token: a number out of range, a bad choice, a bad prefix.
/// Another kind of word may belong to a form that the pattern does not know.
fn is_meant(token: &Token, word: &str) -> bool {
    match token {
        Token::Range(..) => word.bytes().all(|byte| byte.is_ascii_digit()),
        Token::Prefix(_) | Token::Network(_) => word.contains('/'),
        Token::OneOf(_) => true,
        _ => false,
    }
}

fn either<'w>(
    inner: &[Token],
    behind: Rest<'_>,
    (words, at): (&[&'w str], usize),
    spelled: &mut Vec<Cow<'w, str>>,
) -> Result<(), Match> {
    let with = Rest {
        tokens: inner,
        around: Some(&behind),
    };
    let before = spelled.len();
    let Err(with) = follow_rest(with, words, at, spelled) else {
        return Ok(());
    };
    spelled.truncate(before);
    let Err(without) = follow_rest(behind, words, at, spelled) else {
        return Ok(());
    };
    Err(match (with, without) {
        (Match::Incomplete, _) | (_, Match::Incomplete) => Match::Incomplete,
        (one, other) => farther(one, other),
    })
}

/// Of two that do not fit, the one that went farther; where they are equal, the one that found a wrong value.
pub(super) fn farther(one: Match, other: Match) -> Match {
    let far = |found: &Match| match found {
        Match::Departs(at) => (*at, false),
        Match::Wrong(at) => (*at, true),
        _ => (usize::MAX, true),
    };
    if far(&one) >= far(&other) { one } else { other }
}

/// Returns the word as the device spells it; none when it does not fit.
fn spell<'w>(token: &Token, word: &'w str) -> Option<Cow<'w, str>> {
    let fits = match token {
        Token::Word(expected) => expected == word,
        Token::OneOf(words) => words.iter().any(|expected| expected == word),
        Token::Range(low, high) => {
            word.bytes().all(|byte| byte.is_ascii_digit())
                && word
                    .parse()
                    .is_ok_and(|number: u64| (*low..=*high).contains(&number))
        }
        Token::Address(family) => return spell_address(address(*family, word)?, word),
        Token::Prefix(family) => return written(prefix(*family, word)),
        Token::Network(family) => return written(prefix(*family, word).map(Prefix::masked)),
        Token::Capitals(with) => return capitals(*with, word).map(Cow::Owned),
        Token::Physical => is_physical(word),
        Token::Subinterface => word.split_once('.').is_some_and(|(port, number)| {
            number.parse::<u16>().is_ok() && (is_physical(port) || port.starts_with("port-channel"))
        }),
        Token::Counted(kind) => word
            .strip_prefix(kind.as_str())
            .is_some_and(|number| number.parse::<u32>().is_ok()),
        Token::Short(longest) => word.chars().count() <= *longest,
        Token::Unicast(family) => {
            return spell_address(
                address(*family, word).filter(|address| shape::is_host(*address))?,
                word,
            );
        }
        Token::Group => shape::is_group(word),
        Token::Target => shape::is_target(word),
        Token::Title => shape::is_title(word),
        Token::Type7 => shape::is_type_7(word),
        Token::Identifier => shape::is_identifier(word),
        Token::Area => shape::is_area_number(word),
        Token::Vlans => shape::are_listed_vlans(word),
        Token::Percent => shape::is_percent(word),
        Token::Hash => word.starts_with('$'),
        Token::Community => is_community(word),
        Token::Large => is_large_community(word),
        Token::Signed => is_signed(word),
        Token::Cut(most) => return Some(word.chars().take(*most).collect()),
        Token::Name | Token::Line | Token::Lifetime | Token::Optional(_) => true,
    };
    fits.then_some(Cow::Borrowed(word))
}

/// An IPv4 address is written in one way alone: zeros before a number are refused.
fn spell_address(address: IpAddr, word: &str) -> Option<Cow<'_, str>> {
    match address {
        IpAddr::V4(_) => Some(Cow::Borrowed(word)),
        IpAddr::V6(_) => written(Some(address)),
    }
}

fn written<'w>(value: Option<impl ToString>) -> Option<Cow<'w, str>> {
    value.map(|value| Cow::Owned(value.to_string()))
}

fn address(family: Family, word: &str) -> Option<IpAddr> {
    word.parse().ok().filter(|address| family.has(*address))
}

fn capitals(with: Capital, word: &str) -> Option<String> {
    let text = match with {
        Capital::Address => address(Family::V6, word)?.to_string(),
        Capital::Prefix => prefix(Family::V6, word)?.to_string(),
        Capital::Network => prefix(Family::V6, word)?.masked().to_string(),
    };
    Some(text.to_uppercase())
}

fn prefix(family: Family, word: &str) -> Option<Prefix> {
    Prefix::parse(word).filter(|prefix| family.has(prefix.address()))
}

/// `65000:1` as the device spells it, or a well-known name that was recorded.
fn is_community(word: &str) -> bool {
    let half = |text: &str| shape::number::<u16>(text).is_some();
    word == "no-export"
        || word
            .split_once(':')
            .is_some_and(|(one, other)| half(one) && half(other))
}

/// `65000:1:1` as the device spells it.
fn is_large_community(word: &str) -> bool {
    let is_part = |text: &str| shape::number::<u32>(text).is_some();
    word.split(':').count() == 3 && word.split(':').all(is_part)
}

/// `+5` as the device spells it.
fn is_signed(word: &str) -> bool {
    let number = word.strip_prefix(['+', '-']);
    number
        .and_then(shape::number::<u32>)
        .is_some_and(|number| number > 0)
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
mod tests;
