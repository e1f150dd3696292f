//! Which words does a notation stand for?

use std::net::IpAddr;

/// One word of a pattern, or an optional run of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    OneOf(Vec<String>),
    Range(u64, u64),
    Address(Family),
    Prefix(Family),
    Network(Family),
    /// An IPv6 address as IOS spells it, in capitals; with a length, and with its host bits or without.
    Capitals(Capital),
    Physical,
    /// A part of such a port, or of a bundle: `Ethernet1/1.100`.
    Subinterface,
    /// A name with a number behind it.
    Counted(String),
    /// A name of so many characters at most.
    Short(usize),
    Community,
    Large,
    Signed,
    Unicast(Family),
    Group,
    Target,
    Title,
    Type7,
    Identifier,
    Area,
    Vlans,
    Percent,
    Hash,
    Name,
    /// The device keeps so many characters of it.
    Cut(usize),
    Line,
    Lifetime,
    Optional(Vec<Self>),
}

/// What stands with an IPv6 address in capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Capital {
    Address,
    Prefix,
    Network,
}

/// Which addresses fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Any,
    V4,
    V6,
}

impl Family {
    pub(super) fn has(self, address: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::V4 => address.is_ipv4(),
            Self::V6 => address.is_ipv6(),
        }
    }
}

/// Reads a notation.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
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
        "ADDRESS" => Token::Address(Family::Any),
        "ADDRESS4" => Token::Address(Family::V4),
        "UNICAST" => Token::Unicast(Family::Any),
        "UNICAST4" => Token::Unicast(Family::V4),
        "PREFIX4" => Token::Prefix(Family::V4),
        "PREFIX6" => Token::Prefix(Family::V6),
        "NETWORK" => Token::Network(Family::Any),
        "NETWORK4" => Token::Network(Family::V4),
        "NETWORK6" => Token::Network(Family::V6),
        "PREFIX" => Token::Prefix(Family::Any),
        "CAPITAL6" => Token::Capitals(Capital::Address),
        "CAPITALPREFIX6" => Token::Capitals(Capital::Prefix),
        "CAPITALNETWORK6" => Token::Capitals(Capital::Network),
        "COMMUNITY" => Token::Community,
        "LARGE" => Token::Large,
        "SIGNED" => Token::Signed,
        "GROUP4" => Token::Group,
        "TARGET" => Token::Target,
        "TITLE" => Token::Title,
        "TYPE7" => Token::Type7,
        "IDENTIFIER" => Token::Identifier,
        "AREA" => Token::Area,
        "VLANS" => Token::Vlans,
        "PERCENT" => Token::Percent,
        "LIFETIME" => Token::Lifetime,
        "HASH" => Token::Hash,
        "NAME8" => Token::Cut(8),
        "NAME16" => Token::Cut(16),
        "PHYSICAL" => Token::Physical,
        "SUBINTERFACE" => Token::Subinterface,
        "NAME" => Token::Name,
        "LINE" => Token::Line,
        _ if word.starts_with("NAME:") => {
            let longest = word["NAME:".len()..].parse();
            Token::Short(longest.map_err(|_| format!("{word:?} is no length"))?)
        }
        _ if word.ends_with('#') => Token::Counted(word.trim_end_matches('#').to_owned()),
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
