//! Which words does a notation stand for?

/// What a word of a statement may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    /// Any word.
    Name,
    /// Any word of so many characters at most.
    Short(usize),
    /// A name, with values in round brackets behind it or without.
    Named,
    /// The name of a port of the chassis: with a slash and without a dot.
    Port,
    /// The name of a part of a port or of a group of ports: with a dot before its number.
    Part,
    /// The name of a loopback: `lo` and a number.
    Loopback,
    /// The name of an interface, of a kind that the device has.
    Interface,
    /// An address of another host.
    Server,
    /// An address that an interface may have, of IPv4; of IPv6 with the length of its network.
    Own(Family),
    /// What identifies an Ethernet segment.
    Segment,
    /// Any text, in quotes where it needs them.
    Text,
    /// A community, or a pattern of some, in quotes where it needs them.
    Community,
    /// Any text, always in quotes, of so many characters at most; none: it is the name of something else.
    Quoted(Option<usize>),
    /// A secret, as the device keeps it; it prints no other one.
    Hashed,
    /// A route target behind its word, in quotes: `"target:65000:1"`.
    QuotedTarget,
    /// The same without quotes.
    WordedTarget,
    /// A distinguisher of routes, in quotes.
    QuotedDistinguisher,
    /// The name of a logical interface, `ge-0/0/0.0`, or `all` of them; without a number behind the dot it gets one.
    Unit,
    /// All that follows in the line.
    Line,
    /// The same, of so many characters at most.
    Sentence(usize),
    /// The same; how several words of it change is not known.
    Words,
    /// A whole number in these bounds.
    Number(u64, u64),
    /// A secret of type 7.
    Type7,
    /// A target of routes or a distinguisher, or `auto`.
    Target,
    /// The title of a system of IS-IS.
    Title,
    /// What identifies a router, written as an address: a host's, though none that a host needs to have.
    Identifier,
    /// An address of IPv4 that a host has.
    Unicast,
    /// The name of a host.
    Host,
    /// Bits or bytes, with a letter for thousands of them; no fewer than these.
    Rate(u64),
    /// A community or a pattern of some, in quotes.
    Member,
    /// An area of IS-IS.
    Area,
    /// What an address keeps of a network: ones, then zeros.
    Mask,
    /// What it leaves out: zeros, then ones.
    Wildcard,
    /// The number of a VLAN, or a range of them.
    Vlans,
    /// A circuit of a tunnel: the numbers of both.
    Circuit,
    /// An access point of a service: a port or a group of ports, with tags or without.
    AccessPoint,
    /// An address of a family in quotes; none: of any.
    QuotedAddress(Option<Family>),
    /// An address of IPv6 that is not of one link alone.
    Global,
    /// The name of a physical interface; that of a medium has its place: `ge-0/0/0`.
    Physical,
    /// The name of a user.
    Account,
    /// The names of VLANs, their numbers or ranges of these.
    VlanOrName,
    /// The name of something, in quotes, of so many characters at most: a letter is first.
    Lettered(usize),
    /// A next hop: an address of a family, or the name of an interface.
    Hop(Option<Family>),
    /// Numbers of autonomous systems, in quotes where there are some.
    Systems,
    /// A pattern of paths of systems, in quotes where it needs them.
    PathPattern,
    /// A class of forwarding, or a part of one, in quotes.
    ForwardingClass,
    /// A port of TCP or UDP, or a range of them.
    Service,
    /// An IP address of a family; none: of any.
    Address(Option<Family>),
    /// An address with a mask length; the host bits stay.
    Prefix(Option<Family>),
    /// The same without host bits.
    Network(Option<Family>),
    /// One of some words.
    OneOf(Vec<String>),
}

/// IPv4 or IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Kind {
    /// Reads the notation of a kind: `NAME`, `NAMED`, `PORT`, `PART`, `LOOPBACK`, `INTERFACE`, `SERVER`, `SEGMENT`, `OWN4`, `OWN6`, `TEXT`, `COMMUNITY`, `STRING`, `STRING:64`, `IDENTIFIER`, `UNICAST`, `MASK`, `WILDCARD`, `HOST`, `SERVICE`, `RATE`, `MEMBER`, `AREA`, `VLANS`, `CIRCUIT`, `SAP`, `PEER`, `GLOBAL6`, `PHYSICAL`, `ACCOUNT`, `VLAN`, `HOP4`, `SYSTEMS`, `PATTERN`, `CLASS`, `HASHED`, `QUOTED`, `WORDED`, `DISTINGUISHER`, `UNIT`, `LINE`,
    /// `WORDS`, `TARGET`, `TITLE`, `TYPE7`, `(1-99)`, `ADDRESS`, `PREFIX4`, `NETWORK6`,
    /// `a|b`, `a|(1-9)`; none for a plain word.
    pub(in super::super) fn parse(word: &str) -> Option<Self> {
        let (stem, family) = match word.as_bytes().last() {
            Some(b'4') => (&word[..word.len() - 1], Some(Family::V4)),
            Some(b'6') => (&word[..word.len() - 1], Some(Family::V6)),
            _ => (word, None),
        };
        match stem {
            "ADDRESS" => Some(Self::Address(family)),
            "PREFIX" => Some(Self::Prefix(family)),
            "NETWORK" => Some(Self::Network(family)),
            "HOP" => Some(Self::Hop(family)),
            "GLOBAL" => Some(Self::Global),
            "PEER" => Some(Self::QuotedAddress(family)),
            _ => Self::plain(word),
        }
    }

    pub(super) fn plain(word: &str) -> Option<Self> {
        match word {
            "NAME" => Some(Self::Name),
            "NAMED" => Some(Self::Named),
            "PORT" => Some(Self::Port),
            "PART" => Some(Self::Part),
            "LOOPBACK" => Some(Self::Loopback),
            "INTERFACE" => Some(Self::Interface),
            "SERVER" => Some(Self::Server),
            "OWN4" => Some(Self::Own(Family::V4)),
            "OWN6" => Some(Self::Own(Family::V6)),
            "SEGMENT" => Some(Self::Segment),
            "TEXT" => Some(Self::Text),
            "COMMUNITY" => Some(Self::Community),
            "STRING" => Some(Self::Quoted(None)),
            "IDENTIFIER" => Some(Self::Identifier),
            "UNICAST" => Some(Self::Unicast),
            "MASK" => Some(Self::Mask),
            "WILDCARD" => Some(Self::Wildcard),
            "HOST" => Some(Self::Host),
            "RATE" => Some(Self::Rate(0)),
            "MEMBER" => Some(Self::Member),
            "AREA" => Some(Self::Area),
            "VLANS" => Some(Self::Vlans),
            "CIRCUIT" => Some(Self::Circuit),
            "SAP" => Some(Self::AccessPoint),
            "PHYSICAL" => Some(Self::Physical),
            "ACCOUNT" => Some(Self::Account),
            "VLAN" => Some(Self::VlanOrName),
            "SERVICE" => Some(Self::Service),
            "SYSTEMS" => Some(Self::Systems),
            "PATTERN" => Some(Self::PathPattern),
            "CLASS" => Some(Self::ForwardingClass),
            "HASHED" => Some(Self::Hashed),
            "QUOTED" => Some(Self::QuotedTarget),
            "WORDED" => Some(Self::WordedTarget),
            "DISTINGUISHER" => Some(Self::QuotedDistinguisher),
            "UNIT" => Some(Self::Unit),
            "LINE" => Some(Self::Line),
            "WORDS" => Some(Self::Words),
            "TARGET" => Some(Self::Target),
            "TYPE7" => Some(Self::Type7),
            "TITLE" => Some(Self::Title),
            _ if word.contains('|') => {
                Some(Self::OneOf(word.split('|').map(str::to_owned).collect()))
            }
            _ if word.contains(':') => Self::limited(word),
            _ => {
                let bounds = word.strip_prefix('(')?.strip_suffix(')')?;
                let (low, high) = bounds.split_once('-')?;
                Some(Self::Number(low.parse().ok()?, high.parse().ok()?))
            }
        }
    }

    /// Reads a kind with the number of its characters: `STRING:64`, `LETTERED:32`, `NAME:31`, `LINE:80`; or with the fewest bits or bytes: `RATE:1500`.
    fn limited(word: &str) -> Option<Self> {
        let (kind, longest) = word.split_once(':')?;
        if kind == "RATE" {
            return longest.parse().ok().map(Self::Rate);
        }
        let longest = longest.parse().ok()?;
        match kind {
            "LETTERED" => Some(Self::Lettered(longest)),
            "STRING" => Some(Self::Quoted(Some(longest))),
            "NAME" => Some(Self::Short(longest)),
            "LINE" => Some(Self::Sentence(longest)),
            _ => None,
        }
    }
}
