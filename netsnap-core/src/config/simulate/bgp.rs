//! What must a line about a BGP peer know of the rest of the device?

use std::collections::BTreeSet;

use super::address::is_address;
use super::known::key;
use super::table::{Effect, Rule};
use super::tree::Node;
use super::unnumbered::{Unnumbered, group_of};

/// Recorded, FRR 8.4.4; Cisco IOS prints the same.
pub(super) const NO_PEER: &str = "% Specify remote-as or peer-group commands first";

/// Recorded, FRR 8.4.4.
const OWN_ADDRESS: &str = "% Can not configure the local system as neighbor";
const NO_OVERRIDE: &str = "% Peer-group member cannot override remote-as of peer-group.";
/// Recorded, FRR 8.4.4.
pub(super) const NO_GROUP: &str = "% Configure the peer-group first";
/// Recorded, FRR 8.4.4.
const NOT_INTERNAL: &str = "% Invalid command. Not an internal neighbor";
/// Recorded, FRR 8.4.4: of a peer that is named by an interface.
const DIRECT: &str = "% Operation not allowed on a directly connected neighbor";
/// Recorded, FRR 8.4.4: both ways.
const NOT_EXTERNAL: &str = "% as-override cannot be configured for IBGP peers";
const OTHER_GROUP: &str = "% Cannot change the peer-group. Deconfigure first";

/// Why an AS of our own towards one peer is refused (recorded, FRR 8.4.4).
const LOCAL_OF_INTERNAL: &str = "% Local-AS allowed only for EBGP peers";
const LOCAL_IS_OURS: &str = "% Cannot have local-as same as BGP AS number";
const LOCAL_IS_THEIRS: &str =
    "% AS specified for local as is the same as the remote as and this is not allowed.";

/// Pairs of settings of one peer that refuse each other, with the refusal (recorded, FRR 8.4.4).
const APART: &[(&str, &str, &str)] = &[
    ("ebgp-multihop", "ttl-security", HOPS),
    ("ttl-security", "ebgp-multihop", HOPS),
    ("prefix-list", "distribute-list", LISTS),
    ("distribute-list", "prefix-list", LISTS),
    ("override-capability", "strict-capability-match", MATCHES),
    ("strict-capability-match", "override-capability", MATCHES),
];
/// What names an AS of a peer, or of ours towards it, or may.
const OF_SYSTEMS: &[&str] = &["local-as", "peer-group", "inherit", "remote-as"];

const HOPS: &str = "% ebgp-multihop and ttl-security cannot be configured together";
const MATCHES: &str =
    "% Can't set override-capability and strict-capability-match at the same time";
const LISTS: &str = "% Prefix/distribute list can not co-exist";

/// What else on a device decides about a line on a BGP peer.
#[derive(Clone, Debug, Default)]
pub(super) struct Bgp {
    /// The peer as it was typed and as the device spells it.
    names: Vec<String>,
    /// Whether it is a peer or a peer group.
    is_peer: bool,
    is_group: bool,
    /// Whether a line of it stands that no rule knows.
    is_doubtful: bool,
    /// Whether its AS is not a number, but whatever the other side says.
    has_open_as: bool,
    /// Whether one of these says what AS it has, or we have towards it.
    is_bound: bool,
    /// Whether it is an address of the device itself.
    is_own: bool,
    /// Whether it is named by an interface.
    is_of_interface: bool,
    /// The AS of the process.
    local: String,
    /// The AS that it has itself.
    own_as: Option<String>,
    /// The group that it is in, and the AS of that.
    group: Option<String>,
    group_as: Option<String>,
    /// The peers that are in it.
    members: Vec<String>,
    /// The group that the line names.
    target: Target,
    /// Whether nobody is active in IPv4 by default.
    pub(super) is_default_off: bool,
    /// The route maps that the line may name, where they exist.
    route_maps: BTreeSet<String>,
}

/// A group that a line names.
#[derive(Clone, Debug, Default)]
struct Target {
    name: String,
    is_group: bool,
    own_as: Option<String>,
    /// What it remembers of members that left.
    memory: Option<String>,
    members: Vec<String>,
    /// Whether one of them has no AS.
    has_untyped: bool,
}

impl Bgp {
    /// Looks through a device for what a line on a peer of a process needs; nothing for other lines.
    pub(super) fn of(root: &Node, process: Option<&str>, words: &[&str]) -> Self {
        let mut bgp = Self::default();
        let Some(place) = words.iter().position(|word| *word == "neighbor") else {
            return bgp;
        };
        bgp.names = spellings(words.get(place + 1));
        let rest = words.get(place + 2..).unwrap_or_default().join(" ");
        bgp.target.name = group_of(&rest).unwrap_or_default();
        // An own address is refused as that of a peer alone.
        let gives_system = words.contains(&"remote-as");
        for section in &root.children {
            let (kind, rest) = section.text.split_once(' ').unwrap_or_default();
            match kind {
                "router" if Some(section.key.as_str()) == process => bgp.read_process(section),
                "interface" if gives_system => bgp.read_addresses(section),
                "route-map" => bgp.read_route_map(rest, words),
                _ => {}
            }
        }
        bgp
    }

    /// The same within a process, for a line that begins with these words.
    pub(super) fn of_process(process: &Node, words: &[&str]) -> Self {
        let mut bgp = Self {
            names: spellings(words.get(1)),
            ..Self::default()
        };
        bgp.read_process(process);
        bgp
    }

    /// What a line on a peer needs while it turns around who is active by default.
    pub(super) fn with_default(peer: &str, is_default_off: bool) -> Self {
        Self {
            names: vec![peer.to_owned()],
            is_peer: true,
            is_group: !is_address(peer),
            is_default_off,
            ..Self::default()
        }
    }

    /// Returns the group that the peer of the line is in.
    pub(super) fn group_name(&self) -> Option<&str> {
        self.group.as_deref()
    }

    fn read_process(&mut self, process: &Node) {
        let number = process.text.split(' ').nth(2);
        self.local = number.unwrap_or_default().to_owned();
        self.is_default_off = process.child("bgp default ipv4-unicast").is_some();
        self.read(process);
        let own_as = |name: &String| match process.child(&format!("neighbor {name} remote-as")) {
            Some(line) => line.text.rsplit(' ').next().map(str::to_owned),
            None => Unnumbered::of(process, name)?.system,
        };
        self.own_as = self.names.iter().find_map(own_as);
        self.target.own_as = own_as(&self.target.name);
        self.group_as = self.group.as_ref().and_then(own_as);
        let members = self.target.members.iter().map(own_as);
        let sorts: BTreeSet<_> = members
            .map(|own| own.map(|own| self.sort_of(&own)))
            .collect();
        self.target.has_untyped = sorts.contains(&None);
        if let (None, Some(Some(sort)), 1) = (&self.target.memory, sorts.first(), sorts.len()) {
            self.target.memory = Some((*sort).to_owned());
        }
    }

    fn read(&mut self, section: &Node) {
        for line in &section.children {
            self.read(line);
            let positive = line.text.strip_prefix("no ");
            let rest = positive.unwrap_or(&line.text).strip_prefix("neighbor ");
            let Some((name, rest)) = rest.and_then(|rest| rest.split_once(' ')) else {
                continue;
            };
            self.read_target(name, rest, line);
            let group = group_of(rest);
            if group.as_ref().is_some_and(|group| self.is_named(group)) {
                self.members.push(name.to_owned());
            }
            if !self.is_named(name) {
                continue;
            }
            let is_of_interface = !line.literal && Unnumbered::read(rest).is_some();
            self.is_of_interface |= is_of_interface;
            let makes = matches!(rest.split(' ').next(), Some("remote-as" | "peer-group"));
            let changes_later = matches!(rest, "remote-as external" | "remote-as internal");
            self.is_peer |= positive.is_none() && (makes || is_of_interface);
            self.is_group |= rest == "peer-group";
            let first = rest.split(' ').next().unwrap_or_default();
            self.is_bound |= line.literal && OF_SYSTEMS.contains(&first);
            self.is_doubtful |= line.literal;
            self.has_open_as |= positive.is_none() && changes_later;
            self.group = group.or(self.group.take());
        }
    }

    fn read_target(&mut self, name: &str, rest: &str, line: &Node) {
        let target = &mut self.target;
        if name == target.name && rest == "peer-group" {
            target.is_group = true;
            target.memory.clone_from(&line.memory);
        }
        if group_of(rest).as_ref() == Some(&target.name) {
            target.members.push(name.to_owned());
        }
    }

    fn read_addresses(&mut self, interface: &Node) {
        for line in &interface.children {
            let words = line.text.strip_prefix("ip");
            let words = words.map(|words| words.strip_prefix("v6").unwrap_or(words));
            let address = words.and_then(|words| words.strip_prefix(" address "));
            let address = address.and_then(|address| address.split([' ', '/']).next());
            self.is_own |= address.is_some_and(|address| self.is_named(address));
        }
    }

    fn read_route_map(&mut self, header: &str, words: &[&str]) {
        let name = header.split_whitespace().next();
        let name = name.filter(|name| words.contains(name));
        self.route_maps.extend(name.map(str::to_owned));
    }

    fn is_named(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Says whether there is such a peer.
    pub(super) fn has(&self, peer: &str) -> bool {
        self.is_peer && self.is_named(peer)
    }

    /// Says whether the peer of the line is named by an interface.
    pub(super) fn is_of_interface(&self) -> bool {
        self.is_of_interface
    }

    /// Returns the AS of the group that the line names, or of that in which its peer is.
    pub(super) fn target_as(&self) -> Option<&str> {
        self.target.own_as.as_deref().or(self.group_as.as_deref())
    }

    /// Says whether the peer of the line is a group.
    pub(super) fn is_group(&self) -> bool {
        self.is_group
    }

    /// Says whether the peer of the line is in a group.
    pub(super) fn is_member(&self) -> bool {
        self.group.is_some()
    }

    /// Says whether the group that the line names is there.
    pub(super) fn has_target(&self) -> bool {
        self.target.is_group
    }

    /// Says whether the group that the line names has an AS, which then counts for its members.
    pub(super) fn has_target_as(&self) -> bool {
        self.target.own_as.is_some()
    }

    /// Says why a line on a peer is refused.
    pub(super) fn refusal(&self, rule: &Rule, section: &Node, words: &[String]) -> Option<String> {
        let peer = words.get(1)?;
        let reason = match rule.effect? {
            Effect::Peer if self.is_own && self.is_named(peer) => OWN_ADDRESS,
            Effect::Peer if self.group_as.is_some() => NO_OVERRIDE,
            Effect::InterfacePeer => self.refusal_of_interface(words)?,
            Effect::Member if !self.target.is_group => NO_GROUP,
            Effect::Member if self.group.as_ref().is_some_and(|own| *own != words[3]) => {
                OTHER_GROUP
            }
            Effect::NeedsPeer | Effect::Activate | Effect::PeerBfd if !self.has(peer) => NO_PEER,
            Effect::NeedsPeer if self.is_of_interface && words[2] == "ebgp-multihop" => {
                (!self.is_internal()).then_some(DIRECT)?
            }
            Effect::NeedsPeer if words[2] == "local-as" => self.local_refusal(&words[3])?,
            Effect::NeedsPeer => self
                .of_other_sort(words)
                .or_else(|| apart(section, words))?,
            _ => return None,
        };
        Some(reason.to_owned())
    }

    /// Says why a line on the peer of an interface is refused.
    fn refusal_of_interface(&self, words: &[String]) -> Option<&'static str> {
        let typed = Unnumbered::read(&words[2..].join(" "))?;
        match (typed.group, typed.system) {
            (Some(_), _) if !self.target.is_group => Some(NO_GROUP),
            (Some(group), _) if self.group.as_ref().is_some_and(|own| *own != group) => {
                Some(OTHER_GROUP)
            }
            (None, Some(_)) if self.group_as.is_some() => Some(NO_OVERRIDE),
            _ => None,
        }
    }

    /// Says whether what a line on the peer of an interface does was not measured: such a peer has next hops of IPv6 by itself.
    fn is_open_of_interface(&self, rule: &Rule, words: &[String]) -> bool {
        let is_inborn = words.get(3).is_some_and(|word| word == "extended-nexthop");
        self.is_of_interface && (is_inborn || rule.effect == Some(Effect::Member))
    }

    /// Says whether the device may do otherwise: for what is no address, because of a line that no rule knows, or because the AS of a peer
    /// changes that was not a number: such a change left a second peer behind (recorded, FRR 8.4.4).
    pub(super) fn is_doubtful(&self, rule: &Rule, section: &Node, words: &[String]) -> bool {
        let about_peer = matches!(
            rule.effect,
            Some(
                Effect::Peer
                    | Effect::InterfacePeer
                    | Effect::NeedsPeer
                    | Effect::PeerBfd
                    | Effect::Activate
                    | Effect::Member
                    | Effect::Group
                    | Effect::IntoUnicast
            )
        ) && words[0] == "neighbor";
        let Some(peer) = words.get(1).filter(|_| about_peer) else {
            return false;
        };
        let is_of_group = self.is_group || rule.effect == Some(Effect::Group);
        let is_of_systems = words
            .get(2)
            .is_none_or(|word| OF_SYSTEMS.contains(&word.as_str()));
        let is_doubtful = self.is_doubtful || (self.has_open_as && is_of_systems);
        let is_name = self.is_of_interface || rule.effect == Some(Effect::InterfacePeer);
        (is_name || is_address(peer)) == is_of_group
            || self.is_open_of_interface(rule, words)
            || (is_doubtful && self.is_named(peer) && !self.keeps_its_sort(rule, words))
            || self.is_shared(rule, section, words)
            || (rule.effect == Some(Effect::Member) && self.is_mixed())
            || (self.loses_hops(rule, section, words) && !self.stays_external(words))
            || (rule.effect == Some(Effect::IntoUnicast) && (self.is_group || self.is_member()))
            || self.is_of_open_sort(words)
    }

    /// Says whether a peer gets another AS and stays of its sort: of what no rule knows about it only what names an AS may care.
    fn keeps_its_sort(&self, rule: &Rule, words: &[String]) -> bool {
        let is_change = rule.is_documented() && rule.effect == Some(Effect::Peer);
        let new = words.get(3).map(|number| self.sort_of(number));
        is_change && new.is_some() && self.own_sort() == new && !self.is_bound
    }

    /// Says whether a peer and its group have the same setting: what is printed of it then was not measured, but for three.
    fn is_shared(&self, rule: &Rule, section: &Node, words: &[String]) -> bool {
        let own = key(rule, words);
        let is_known = ["description", "timers", "shutdown"];
        if words
            .get(2)
            .is_none_or(|word| is_known.contains(&word.as_str()))
        {
            return false;
        }
        let names = self.group.iter().chain(&self.members);
        let [start, end] = [format!("neighbor {}", words[1]), String::from("neighbor ")];
        names
            .filter(|_| {
                !matches!(
                    rule.effect,
                    Some(Effect::Member | Effect::Group | Effect::Peer)
                )
            })
            .any(|name| {
                section
                    .child(&own.replacen(&start, &(end.clone() + name), 1))
                    .is_some()
            })
    }

    /// Says whether a peer gets an AS while it is in a group without one: its sort then decides, and that of the others.
    pub(super) fn is_retyped(&self, rule: &Rule) -> bool {
        rule.effect == Some(Effect::Peer) && self.is_member() && self.group_as.is_none()
    }

    /// Says whether a peer joins a group without an AS, whose members are of another sort, or of none, or one whose AS makes
    /// another sort of it: an internal one then gets hops (recorded, FRR 8.4.4).
    fn is_mixed(&self) -> bool {
        let target = &self.target;
        let Some(own) = self.own_sort().filter(|_| !self.is_member()) else {
            return false;
        };
        if let Some(number) = &target.own_as {
            return self.sort_of(number) != own;
        }
        target.has_untyped || target.memory.as_ref().is_some_and(|memory| memory != own)
    }

    /// Returns what its group remembers of a peer with an AS of its own.
    pub(super) fn own_sort(&self) -> Option<&'static str> {
        self.own_as.as_deref().map(|own| self.sort_of(own))
    }

    /// Says whether a line is for external peers alone, and read over for others (recorded, FRR 8.4.4).
    pub(super) fn is_idle(&self, rule: &Rule, words: &[String]) -> bool {
        let is_hops = words.get(2).is_some_and(|word| word == "ebgp-multihop");
        rule.effect == Some(Effect::NeedsPeer) && is_hops && self.is_internal()
    }

    /// Says whether a peer with hops becomes internal: what stays of them was not measured.
    fn loses_hops(&self, rule: &Rule, section: &Node, words: &[String]) -> bool {
        let is_turn = matches!(rule.effect, Some(Effect::Peer | Effect::Member));
        let hops = |name: &String| section.child(&format!("neighbor {name} ebgp-multihop"));
        let names = self.members.iter().chain([&words[1]]);
        is_turn && names.filter_map(hops).next().is_some()
    }

    fn stays_external(&self, words: &[String]) -> bool {
        let number = match words.get(2).map(String::as_str) {
            Some("remote-as") => words.get(3),
            _ => self.target.own_as.as_ref().or(self.own_as.as_ref()),
        };
        number.is_some_and(|number| self.sort_of(number) == "external")
    }

    /// Says why a line is refused, with and without `no`, that is for peers of the other sort alone.
    pub(super) fn of_other_sort(&self, words: &[String]) -> Option<&'static str> {
        match (words[2].as_str(), self.is_internal()) {
            ("route-reflector-client", false) => Some(NOT_INTERNAL),
            ("as-override", true) => Some(NOT_EXTERNAL),
            _ => None,
        }
    }

    /// Says why a peer does not see us as another AS.
    fn local_refusal(&self, number: &String) -> Option<&'static str> {
        let theirs = self.own_as.as_ref().or(self.group_as.as_ref());
        match () {
            () if self.is_internal() => Some(LOCAL_OF_INTERNAL),
            () if *number == self.local => Some(LOCAL_IS_OURS),
            () if theirs == Some(number) => Some(LOCAL_IS_THEIRS),
            () => None,
        }
    }

    /// Says whether a line needs to know of what sort a peer is, and its group has no AS of its own: others decide then.
    fn is_of_open_sort(&self, words: &[String]) -> bool {
        let by_sort = ["route-reflector-client", "as-override", "local-as"];
        let is_asked = words
            .get(2)
            .is_some_and(|word| by_sort.contains(&word.as_str()));
        let has_own = self.own_as.is_some() || self.group_as.is_some();
        is_asked && !has_own && (self.is_member() || !self.members.is_empty())
    }

    fn is_internal(&self) -> bool {
        let own = self.own_as.as_ref().or(self.group_as.as_ref());
        own.is_some_and(|own| self.sort_of(own) == "internal")
    }

    pub(super) fn sort_of(&self, number: &str) -> &'static str {
        match number == self.local || number == "internal" {
            true => "internal",
            false => "external",
        }
    }

    /// Returns what is printed about a route map that does not exist.
    pub(super) fn note(&self, rule: &Rule, words: &[String]) -> Option<String> {
        let place = match words.get(2)?.as_str() {
            "route-map" | "unsuppress-map" => 3,
            "default-originate" => 4,
            _ => return None,
        };
        let name = words.get(place)?;
        let missing = rule.effect == Some(Effect::NeedsPeer) && !self.route_maps.contains(name);
        missing.then(|| format!("The route-map '{name}' does not exist."))
    }
}

/// Says what refuses a setting because another one of the same peer, and the same way, stands.
fn apart(section: &Node, words: &[String]) -> Option<&'static str> {
    let (_, other, refusal) = APART.iter().find(|(own, ..)| *own == words[2])?;
    let start = format!("neighbor {} {other} ", words[1]);
    let way = words
        .last()
        .filter(|way| matches!(way.as_str(), "in" | "out"));
    let stands = |child: &Node| {
        let begins = child.text.starts_with(&start) || child.text == start.trim_end();
        begins && way.is_none_or(|way| child.text.ends_with(&format!(" {way}")))
    };
    section.children.iter().any(stands).then_some(*refusal)
}

/// A peer as it was typed, and as the device spells its address.
fn spellings(typed: Option<&&str>) -> Vec<String> {
    let spelled = typed.and_then(|typed| typed.parse::<std::net::IpAddr>().ok());
    let typed = typed.map(|typed| (*typed).to_owned());
    typed
        .into_iter()
        .chain(spelled.map(|address| address.to_string()))
        .collect()
}
