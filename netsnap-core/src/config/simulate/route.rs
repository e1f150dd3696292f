//! How does FRR identify, spell and order static routes? (Recorded, FRR 8.4.4.)

use super::address::{Prefix, is_address};
use super::execute::Attempt;
use super::known::Known;
use super::place::{Part, Place, natural};
use super::tree::{Node, Separator};

/// `ip route PREFIX TARGET [INTERFACE] [tag N] [DISTANCE] [nexthop-vrf VRF]`, read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Route {
    family: String,
    prefix: String,
    target: String,
    interface: Option<String>,
    tag: Option<String>,
    distance: Option<String>,
    /// Where the next hop is, when it is not beside the route.
    vrf: Option<String>,
}

const DISCARDS: &[&str] = &["Null0", "null0", "blackhole", "reject"];

/// Words of routes that no rule knows.
const OPTIONS: &[&str] = &["label", "table", "vrf", "onlink", "color", "bfd"];

impl Route {
    fn read(words: &[String]) -> Option<Self> {
        let mut rest = words.get(2..)?.iter();
        let mut prefix = rest.next()?.clone();
        if is_address(&prefix) {
            prefix = format!("{prefix}/{}", mask_length(rest.next()?)?);
        }
        let target = rest.next()?.clone();
        let mut route = Self {
            family: words[0].clone(),
            prefix: Prefix::parse(&prefix)?.masked().to_string(),
            target: if target == "null0" {
                "Null0".to_owned()
            } else {
                target
            },
            interface: None,
            tag: None,
            distance: None,
            vrf: None,
        };
        while let Some(word) = rest.next() {
            match word.as_str() {
                "tag" => route.tag = Some(rest.next()?.clone()),
                "nexthop-vrf" => route.vrf = Some(rest.next()?.clone()),
                _ if is_distance(word) => route.distance = Some(word.clone()),
                _ if OPTIONS.contains(&word.as_str()) => return None,
                _ => route.interface = Some(word.clone()),
            }
        }
        route.distance.take_if(|distance| distance == "1");
        route.has_sense().then_some(route)
    }

    /// An interface may follow an address alone.
    fn has_sense(&self) -> bool {
        self.interface.is_none() || is_address(&self.target)
    }

    /// Distance and tag identify nothing; nor does the way of discarding.
    fn key(&self) -> String {
        let target = if self.discards() {
            "discard"
        } else {
            &self.target
        };
        let interface = self.interface.as_deref().unwrap_or_default();
        let vrf = self.vrf.as_ref().map(|vrf| format!(" in {vrf}"));
        let vrf = vrf.unwrap_or_default();
        format!(
            "{} route {} {target} {interface}{vrf}",
            self.family, self.prefix
        )
    }

    fn discards(&self) -> bool {
        DISCARDS.contains(&self.target.as_str())
    }

    fn text(&self) -> String {
        let mut text = format!("{} route {} {}", self.family, self.prefix, self.target);
        let tag = self.tag.as_ref().map(|tag| format!("tag {tag}"));
        let vrf = self.vrf.as_ref().map(|vrf| format!("nexthop-vrf {vrf}"));
        for word in [&self.interface, &tag, &self.distance, &vrf]
            .into_iter()
            .flatten()
        {
            text.push(' ');
            text.push_str(word);
        }
        text
    }

    /// By prefix length, by prefix, then by distance; interfaces, addresses, addresses on an interface, and what discards.
    fn place(&self, rank: Part) -> Place {
        let distance = self
            .distance
            .as_ref()
            .and_then(|word| word.parse().ok())
            .unwrap_or(1);
        let mut place = vec![rank];
        place.extend(by_length(&self.prefix));
        place.extend([Part::Number(distance), Part::Number(self.kind())]);
        place.extend(natural(&self.target));
        place.push(Part::Text(self.interface.clone().unwrap_or_default()));
        place
    }

    fn kind(&self) -> u128 {
        match (&self.interface, is_address(&self.target)) {
            _ if self.discards() => 3,
            (None, false) => 0,
            (None, true) => 1,
            (Some(_), _) => 2,
        }
    }
}

/// `255.255.255.0` is 24.
fn mask_length(mask: &str) -> Option<u32> {
    let bits = mask.parse::<std::net::Ipv4Addr>().ok()?.to_bits();
    (bits.leading_ones() == bits.count_ones()).then_some(bits.count_ones())
}

/// Shorter prefixes first, then by number.
fn by_length(prefix: &str) -> Place {
    let number = |prefix: Prefix| {
        vec![
            Part::Number(prefix.length().into()),
            Part::Number(prefix.number()),
        ]
    };
    Prefix::parse(prefix).map(number).unwrap_or_default()
}

fn is_distance(word: &str) -> bool {
    word.parse()
        .is_ok_and(|number: u16| (1..=255).contains(&number))
}

/// Returns what identifies a route.
pub(super) fn key(words: &[String]) -> String {
    Route::read(words).map_or_else(|| words.join(" "), |route| route.key())
}

/// Puts a route where the device prints it; one with the same next hop is replaced.
pub(super) fn set(section: &mut Node, known: &Known<'_>) -> Attempt {
    let Some(node) = node(known, &section.children) else {
        return unreadable(&known.words);
    };
    if mixes(section, &known.words, &node.key) {
        return Attempt::Refused(MIXED.to_owned());
    }
    let note = note(section, known);
    section.take_out(|child| child.key == node.key);
    section.insert(node, &Separator::Block);
    Attempt::Taken(note)
}

/// Says whether a route names the VRF in which it stands for that of its next hop, which is not printed then.
pub(super) fn names_its_own(section: &Node, words: &[String]) -> bool {
    let own = section.text.strip_prefix("vrf ").unwrap_or("default");
    Route::read(words).is_some_and(|route| route.vrf.as_deref() == Some(own))
}

/// What is printed about the first route to a prefix.
fn note(section: &Node, known: &Known<'_>) -> String {
    let (Some(note), Some(route)) = (&known.rule.note, Route::read(&known.words)) else {
        return String::new();
    };
    let start = format!("{} route {} ", route.family, route.prefix);
    match section
        .children
        .iter()
        .any(|child| child.text.starts_with(&start))
    {
        true => String::new(),
        false => note.replace("{prefix}", &route.prefix),
    }
}

/// Recorded, FRR 8.4.4.
const MIXED: &str = "% Configuration failed.\n\nError type: validation\nError description: Route cannot have blackhole and non-blackhole nexthops simultaneously";

/// FRR cuts a mask with holes short in its own way; an interface before an address it does not know.
fn unreadable(words: &[String]) -> Attempt {
    let has_option = words.iter().any(|word| OPTIONS.contains(&word.as_str()));
    match has_option || words.get(2).is_some_and(|word| is_address(word)) {
        true => Attempt::Unmodelled,
        false => Attempt::Wrong(3),
    }
}

/// Says whether another route of this prefix and distance discards where this one does not, or the reverse.
fn mixes(section: &Node, words: &[String], key: &str) -> bool {
    let Some(route) = Route::read(words) else {
        return false;
    };
    let read = |child: &Node| {
        let words: Vec<String> = child.text.split_whitespace().map(str::to_owned).collect();
        (words.get(1)? == "route").then(|| Route::read(&words))?
    };
    section
        .children
        .iter()
        .filter(|child| child.key != key)
        .filter_map(read)
        .any(|other| {
            (&other.family, &other.prefix, &other.distance)
                == (&route.family, &route.prefix, &route.distance)
                && other.discards() != route.discards()
        })
}

/// Returns the node of a route; none when the words are none.
pub(super) fn node(known: &Known<'_>, siblings: &[Node]) -> Option<Node> {
    let route = Route::read(&known.words)?;
    let mut node = known.plain_node(siblings);
    let rank = node.place.as_ref()?.first()?.clone();
    node.place = Some(route.place(rank));
    node.text = route.text();
    Some(node)
}
