//! Does a value fit a statement, and how does the device spell it?

mod kind;

use std::net::IpAddr;

use super::super::address::Prefix;
use super::super::shape;
use super::services;
pub(super) use kind::{Family, Kind};

/// Whether a word fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It fits, and the device spells it so.
    Yes(String),
    /// It fits, and the device may spell it otherwise.
    Doubtful(String),
    /// The device refuses it.
    No,
}

impl Kind {
    /// Says whether a typed word fits.
    pub(super) fn fit(&self, word: &str) -> Fit {
        if self.is_rest() {
            return self.fit_rest(&[word]);
        }
        if *self == Self::Hashed {
            return hashed(word);
        }
        if word.starts_with(['<', '$', '[', '(']) {
            return Fit::Doubtful(word.to_owned());
        }
        match self {
            Self::Named => named(word),
            // All of a kind has no name of letters: `user *`, `sap 1/1/1:10.*`.
            Self::Name if word.ends_with('*') => match text(&word[..word.len() - 1]) {
                Fit::Yes(_) => Fit::Yes(word.to_owned()),
                _ => Fit::Doubtful(word.to_owned()),
            },
            Self::Name | Self::Text => text(word),
            Self::Short(longest) if word.chars().count() > *longest => {
                Fit::Doubtful(word.to_owned())
            }
            Self::Short(_) => text(word),
            Self::Community => match shape::is_written_community(unquoted(word)) {
                true => text(word),
                false => Fit::Doubtful(word.to_owned()),
            },
            Self::Systems | Self::PathPattern if self.is_spelled(word) => text(word),
            Self::Systems | Self::PathPattern => Fit::Doubtful(word.to_owned()),
            Self::ForwardingClass => match shape::is_forwarding_class(unquoted(word)) {
                true => in_quotes(word, None),
                false => Fit::No,
            },
            Self::Hop(family) => match word.parse::<IpAddr>() {
                // What goes to one of them alone may need an interface, or is no next hop.
                Ok(hop) if !shape::is_host(hop) || is_group_or_local(hop) => {
                    Fit::Doubtful(word.to_owned())
                }
                Ok(_) => address(word, *family),
                Err(_) => text(word),
            },
            Self::Quoted(longest) => in_quotes(word, *longest),
            Self::Line | Self::Sentence(_) | Self::Words | Self::Hashed => {
                Fit::Yes(word.to_owned())
            }
            Self::QuotedTarget | Self::WordedTarget | Self::QuotedDistinguisher | Self::Unit => {
                of_shape(word, self.is_spelled(word))
            }
            Self::Port if word.contains('/') && !word.contains('.') => Fit::Yes(word.to_owned()),
            Self::Part if is_numbered(word.split_once('.').map(|(_, part)| part)) => {
                Fit::Yes(word.to_owned())
            }
            Self::Target => of_shape(word, word == "auto" || shape::is_target(word)),
            Self::Title => of_shape(word, shape::is_title(word)),
            Self::Type7 => of_shape(word, shape::is_type_7(word)),
            Self::Service => services::fit(word),
            Self::Rate(fewest) => of_shape(word, shape::is_rate(word, *fewest)),
            Self::Physical => match shape::is_physical(word) {
                true => text(word),
                false => Fit::Doubtful(word.to_owned()),
            },
            Self::Global if shape::is_of_link(word) => Fit::Doubtful(word.to_owned()),
            Self::Global => address(word, Some(Family::V6)),
            Self::Account => of_shape(word, shape::is_account(word)),
            // No name of a VLAN begins with a digit.
            Self::VlanOrName if word.starts_with(|c: char| c.is_ascii_digit()) => {
                of_shape(word, shape::are_vlans(word))
            }
            Self::VlanOrName => text(word),
            Self::Lettered(longest) => match unquoted(word).starts_with(char::is_alphabetic) {
                true => in_quotes(word, Some(*longest)),
                false => Fit::Doubtful(word.to_owned()),
            },
            Self::Member => match shape::is_member(unquoted(word)) {
                true => in_quotes(word, None),
                false => Fit::Doubtful(word.to_owned()),
            },
            Self::Vlans => of_shape(word, shape::are_vlans(word)),
            Self::Circuit => of_shape(word, shape::is_circuit(word)),
            Self::AccessPoint => of_shape(word, shape::is_access_point(word)),
            Self::QuotedAddress(family) => match address(unquoted(word), *family) {
                Fit::Yes(_) if !shape::is_of_link(unquoted(word)) => in_quotes(word, None),
                _ => Fit::Doubtful(word.to_owned()),
            },
            Self::Area => of_shape(word, shape::is_area(word)),
            Self::Interface => of_shape(word, shape::is_interface(word)),
            Self::Server => match address(word, None) {
                Fit::Yes(_) => of_shape(word, shape::is_server(word)),
                other => other,
            },
            Self::Own(Family::V4) => match address(word, Some(Family::V4)) {
                Fit::Yes(_) => of_shape(word, word.parse().is_ok_and(shape::is_host)),
                other => other,
            },
            Self::Own(Family::V6) => match prefix(word, Some(Family::V6), Host::Stays) {
                Fit::Yes(_) => of_shape(word, is_global(word)),
                other => other,
            },
            Self::Segment => of_shape(word, shape::is_segment(word)),
            Self::Mask => of_shape(word, shape::is_mask(word)),
            Self::Wildcard => of_shape(word, shape::is_wildcard(word)),
            Self::Host => of_shape(word, shape::is_host_name(word)),
            Self::Identifier => match address(word, Some(Family::V4)) {
                Fit::Yes(_) => of_shape(word, shape::is_identifier(word)),
                other => other,
            },
            Self::Unicast => match address(word, Some(Family::V4)) {
                Fit::Yes(_) => of_shape(word, word.parse().is_ok_and(shape::is_host)),
                other => other,
            },
            Self::Loopback if is_numbered(word.strip_prefix("lo")) => Fit::Yes(word.to_owned()),
            Self::Port | Self::Part | Self::Loopback => Fit::No,
            Self::Number(low, high) => number(word, *low, *high),
            Self::OneOf(words) => match words.iter().any(|known| is_one(known, word)) {
                true => Fit::Yes(word.to_owned()),
                false => Fit::No,
            },
            Self::Address(family) => address(word, *family),
            Self::Prefix(family) => prefix(word, *family, Host::Stays),
            Self::Network(family) => prefix(word, *family, Host::Goes),
        }
    }
}

impl Kind {
    /// Says whether it takes all that is left of a line.
    fn is_rest(&self) -> bool {
        matches!(self, Self::Line | Self::Sentence(_) | Self::Words)
    }

    /// Says whether the rest of a line fits.
    fn fit_rest<S: AsRef<str>>(&self, words: &[S]) -> Fit {
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        let rest = words.join(" ");
        let is_known = match self {
            Self::Sentence(longest) => rest.chars().count() <= *longest,
            Self::Words => words.len() < 2,
            _ => true,
        };
        of_shape(&rest, is_known)
    }

    /// Says whether a device is known to spell a word as it was typed.
    fn is_spelled(&self, word: &str) -> bool {
        match self {
            Self::QuotedTarget => quoted(word).is_some_and(is_worded),
            Self::WordedTarget => is_worded(word),
            Self::QuotedDistinguisher => quoted(word).is_some_and(shape::is_target),
            Self::Systems => shape::are_systems(unquoted(word)),
            Self::PathPattern => shape::is_path_pattern(unquoted(word)),
            Self::Unit => word == "all" || is_numbered(word.split_once('.').map(|(_, unit)| unit)),
            _ => true,
        }
    }
}

/// Text that is too long is refused, and so is text of blanks alone (Nokia YANG 25.10, `string-not-all-spaces`).
fn in_quotes(word: &str, longest: Option<usize>) -> Fit {
    let inside = unquoted(word);
    let spelled = format!("\"{inside}\"");
    let fits = longest
        .is_none_or(|longest| !inside.trim().is_empty() && inside.chars().count() <= longest);
    match fits {
        true => Fit::Yes(spelled),
        false => Fit::Doubtful(spelled),
    }
}

/// What stands in quotes.
fn quoted(word: &str) -> Option<&str> {
    word.strip_prefix('"')?.strip_suffix('"')
}

fn is_worded(word: &str) -> bool {
    word.strip_prefix("target:").is_some_and(shape::is_target)
}

/// A word of another shape may be refused.
fn of_shape(word: &str, is_so: bool) -> Fit {
    match is_so {
        true => Fit::Yes(word.to_owned()),
        false => Fit::Doubtful(word.to_owned()),
    }
}

/// What a secret begins with that is kept as a hash or a cipher, and what it ends with.
const HASHED: [&str; 3] = ["$", "%", "enc-"];
const HASHED_BY: [&str; 3] = [" hash", " hash2", " custom"];

/// What is typed as a plain secret is printed otherwise.
fn hashed(word: &str) -> Fit {
    let inside = unquoted(word);
    let is_kept = HASHED.iter().any(|start| inside.starts_with(start))
        || HASHED_BY.iter().any(|end| inside.ends_with(end));
    of_shape(word, is_kept)
}

/// Says whether the end of a name is a number.
fn is_numbered(end: Option<&str>) -> bool {
    end.is_some_and(|end| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Says whether a word is one of a choice: that word, or a number in bounds that stand there, `none|(1-9)`.
fn is_one(known: &str, word: &str) -> bool {
    let bounds = known.starts_with('(').then(|| Kind::plain(known)).flatten();
    known == word || bounds.is_some_and(|bounds| matches!(bounds.fit(word), Fit::Yes(_)))
}

/// Says whether words fit some kinds, one each; a `LINE` or `WORDS` takes all that is left. Returns how many they took.
pub(super) fn fit_all(kinds: &[Kind], words: &[String]) -> Option<(Fit, usize)> {
    let mut spelled = Vec::new();
    let mut is_doubtful = false;
    for (place, kind) in kinds.iter().enumerate() {
        if kind.is_rest() && place < words.len() {
            is_doubtful |= matches!(kind.fit_rest(&words[place..]), Fit::Doubtful(_));
            spelled.extend_from_slice(&words[place..]);
            break;
        }
        match kind.fit(words.get(place)?) {
            Fit::Yes(word) => spelled.push(word),
            Fit::Doubtful(word) => {
                is_doubtful = true;
                spelled.push(word);
            }
            Fit::No => return Some((Fit::No, 0)),
        }
    }
    let (value, length) = (spelled.join(" "), spelled.len());
    match is_doubtful {
        true => Some((Fit::Doubtful(value), length)),
        false => Some((Fit::Yes(value), length)),
    }
}

/// What becomes of host bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host {
    Stays,
    Goes,
}

/// What stands in the brackets is spelled as it was typed.
fn named(word: &str) -> Fit {
    let name = word.split('(').next().unwrap_or_default();
    match (text(name), name.len() == word.len() || word.ends_with(')')) {
        (Fit::Yes(_), true) if !name.is_empty() => Fit::Yes(word.to_owned()),
        _ => Fit::Doubtful(word.to_owned()),
    }
}

fn number(word: &str, low: u64, high: u64) -> Fit {
    let is_plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    match word.parse::<u64>() {
        Ok(number) if is_plain && (low..=high).contains(&number) => match number.to_string() {
            spelled if spelled == word => Fit::Yes(spelled),
            spelled => Fit::Doubtful(spelled),
        },
        _ => Fit::No,
    }
}

fn address(word: &str, family: Option<Family>) -> Fit {
    match word.parse::<IpAddr>() {
        Ok(address) if is_of(address, family) => spelled(word, address.to_string()),
        _ => Fit::No,
    }
}

fn prefix(word: &str, family: Option<Family>, host: Host) -> Fit {
    let Some(prefix) = Prefix::parse(word) else {
        // A mask length that is left out is filled in by some devices.
        return match address(word, family) {
            Fit::No => Fit::No,
            _ => Fit::Doubtful(word.to_owned()),
        };
    };
    match is_of(prefix.address(), family) {
        false => Fit::No,
        true if host == Host::Goes && prefix.masked() != prefix => {
            Fit::Doubtful(prefix.masked().to_string())
        }
        true => spelled(word, prefix.to_string()),
    }
}

/// Says whether the address of a prefix is no group, not that of the host itself and not of one link alone, which is said otherwise.
fn is_global(word: &str) -> bool {
    let address = Prefix::parse(word).map(Prefix::address);
    let is_own = |address: IpAddr| address.is_unspecified() || address.is_loopback();
    address.is_some_and(|address| !is_group_or_local(address) && !is_own(address))
}

fn is_group_or_local(address: IpAddr) -> bool {
    let is_local = matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
    address.is_multicast() || is_local
}

fn is_of(address: IpAddr, family: Option<Family>) -> bool {
    match family {
        None => true,
        Some(Family::V4) => address.is_ipv4(),
        Some(Family::V6) => address.is_ipv6(),
    }
}

fn spelled(word: &str, device: String) -> Fit {
    match word == device {
        true => Fit::Yes(device),
        false => Fit::Doubtful(device),
    }
}

/// Text with spaces or special characters is enclosed in quotation marks (Junos OS CLI User Guide). Which characters are special
/// is not documented; quotes around none of them are left out.
fn text(word: &str) -> Fit {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    let inside = unquoted(word);
    match inside.len() < word.len() {
        true if !inside.is_empty() && inside.chars().all(is_plain) => Fit::Yes(inside.to_owned()),
        true => Fit::Yes(word.to_owned()),
        false if word.chars().all(is_plain) => Fit::Yes(word.to_owned()),
        false => Fit::Doubtful(word.to_owned()),
    }
}

/// Returns what stands in quotes; without them, the word itself.
pub(super) fn unquoted(word: &str) -> &str {
    let inside = word.strip_prefix('"');
    inside
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(word)
}

#[cfg(test)]
mod tests;
