//! Which addresses does a device have itself, and who may not have them, or has to have one beside them?

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};

use super::super::address::{Prefix, is_address};
use super::super::interface;
use super::effects::begins;
use super::schema::{Schema, Statement};
use super::tree::Node;

/// Lines that bind the interface they stand in to a VPN.
const BINDINGS: [&str; 2] = ["vrf", "ip binding vpn-instance"];

/// Where VPNs name their interfaces.
const INSTANCES: [&str; 2] = ["network-services", "vrf"];

/// An address of an interface.
struct Own<'t> {
    vpn: &'t str,
    interface: &'t str,
    prefix: Prefix,
    /// Whether no other interface of the VPN is in its network.
    is_apart: bool,
}

/// Collects the complaints about the addresses of a tree.
pub(super) fn complaints(schema: &Schema, root: &Node) -> Vec<String> {
    let mut own = Vec::new();
    collect(schema, (root, &members(root)), &mut own);
    let addresses: HashSet<IpAddr> = own.iter().map(|own| own.prefix.address()).collect();
    let mut strange = Vec::new();
    check_gateways(schema, (root, ""), &own, &mut strange);
    let mut found = meetings(own);
    found.append(&mut strange);
    check(schema, (root, &addresses), &mut found);
    found
}

/// The VPNs of interfaces that are named there.
fn members(root: &Node) -> HashMap<&str, &str> {
    let mut path = INSTANCES.iter();
    let vpns = path.try_fold(root, |node, key| node.children.get(key));
    let instances = vpns.into_iter().flat_map(|vpns| vpns.children.iter());
    let named = instances.flat_map(|instance| {
        let interfaces = instance.children.iter();
        let interfaces = interfaces.filter_map(|line| line.key.strip_prefix("interface "));
        interfaces.map(|interface| (interface, instance.name()))
    });
    named.collect()
}

fn collect<'t>(
    schema: &Schema,
    (section, members): (&'t Node, &HashMap<&str, &'t str>),
    own: &mut Vec<Own<'t>>,
) {
    for child in section.children.iter().filter(|child| !child.inactive) {
        let rule = child.rule(schema);
        if let Some(rule) = rule.filter(|rule| rule.own_address)
            && let Some(prefix) = network(&child.text())
        {
            let interface = section.key.split(' ').nth(1).unwrap_or(&section.key);
            own.push(Own {
                vpn: bound(section)
                    .or_else(|| members.get(interface).copied())
                    .unwrap_or_default(),
                interface,
                prefix,
                is_apart: rule.networks_apart,
            });
        }
        collect(schema, (child, members), own);
    }
}

/// The VPN that an interface says it is bound to.
fn bound(interface: &Node) -> Option<&str> {
    let mut bindings = BINDINGS.iter();
    bindings.find_map(|key| interface.children.get(key)?.value.as_deref())
}

/// Reads the first address of a line with its mask.
fn network(line: &str) -> Option<Prefix> {
    let is_other = |word: &&str| !is_address(word) && Prefix::parse(word).is_none();
    let words: Vec<&str> = line.split(' ').skip_while(is_other).collect();
    interface::network(&format!("ip address {}", words.join(" ")))
}

/// Names the interfaces of one VPN whose networks meet.
fn meetings(mut own: Vec<Own<'_>>) -> Vec<String> {
    own.retain(|own| own.is_apart);
    let start = |own: &Own<'_>| {
        let network = own.prefix.masked();
        (
            network.address().is_ipv6(),
            network.number(),
            network.length(),
        )
    };
    own.sort_by_key(|own| (own.vpn, start(own)));
    let mut found = Vec::new();
    let mut widest: Option<&Own<'_>> = None;
    for own in &own {
        let meets =
            |other: &&Own<'_>| other.vpn == own.vpn && interface::meet(other.prefix, own.prefix);
        match widest.filter(meets) {
            None => widest = Some(own),
            Some(other) if other.interface == own.interface => {}
            Some(other) => found.push(format!(
                "{} has an address of the network of {}",
                own.interface, other.interface
            )),
        }
    }
    found
}

fn check(schema: &Schema, (section, own): (&Node, &HashSet<IpAddr>), found: &mut Vec<String>) {
    for child in section.children.iter().filter(|child| !child.inactive) {
        if let Some(rule) = child.rule(schema) {
            found.extend(taken(rule, child, own));
            found.extend(outside(rule, child, section));
            found.extend(twice((rule, child), section, schema));
            found.extend(doubled((rule, child), section, schema));
            found.extend(no_host(rule, child, section));
        }
        check(schema, (child, own), found);
    }
}

/// Says so of an address of the device that stands for its network or for all hosts in it, or that is not alone where it must be.
fn no_host(rule: &Statement, line: &Node, section: &Node) -> Option<String> {
    let prefix = network(&line.text()).filter(|_| rule.own_address)?;
    if !prefix.address().is_ipv4() {
        return None;
    }
    let hosts = 32 - u32::from(prefix.length());
    let (own, ones) = (prefix.number(), (1_u128 << hosts) - 1);
    let is_host = hosts < 2 || (own & ones != 0 && own & ones != ones);
    let is_alone = |start: &str| {
        let number = section.key.strip_prefix(start);
        hosts == 0 || !number.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let is_one = is_host && !is_refused(prefix, &line.text());
    let own_name = section.key.rsplit(' ').next().unwrap_or_default();
    let is_lone = |kinds: &Vec<String>| kinds.iter().any(|kind| own_name.starts_with(kind));
    let may_be_alone = hosts > 0 || rule.alone_only_on.as_ref().is_none_or(is_lone);
    let is_fine = is_one && may_be_alone && rule.alone_on.as_deref().is_none_or(is_alone);
    (!is_fine).then(|| format!("{prefix} is no address of {}", section.key))
}

/// Says whether an address is of no host at all, or stands with a mask that has holes or keeps nothing: all are refused as they are typed.
fn is_refused(prefix: Prefix, line: &str) -> bool {
    const MULTICAST: u128 = 224 << 24;
    let masks = line
        .split(' ')
        .filter_map(|word| word.parse::<Ipv4Addr>().ok());
    let mask = masks.skip(1).map(Ipv4Addr::to_bits).next();
    let has_holes = |mask: u32| mask.leading_ones() + mask.trailing_zeros() != u32::BITS;
    prefix.length() == 0 || prefix.number() >= MULTICAST || mask.is_some_and(has_holes)
}

/// Says so of gateways that are no address of the networks of their interface, or its own (IOS XR IP addresses and services command
/// reference, HSRP: the virtual address is of the network of the interface). An interface without addresses is not looked at.
fn check_gateways(
    schema: &Schema,
    (section, interface): (&Node, &str),
    own: &[Own<'_>],
    found: &mut Vec<String>,
) {
    for child in section.children.iter().filter(|child| !child.inactive) {
        let name = child.key.strip_prefix("interface ").unwrap_or(interface);
        let address = child.value.as_deref().and_then(|value| value.parse().ok());
        let address = address.filter(|_| child.rule(schema).is_some_and(|rule| rule.gateway));
        let mut all = own.iter().filter(|own| own.interface == name).peekable();
        let is_gateway = |own: &Own<'_>, address: IpAddr| {
            let near = Prefix::of(address, own.prefix.length());
            near.is_some_and(|near| near.masked() == own.prefix.masked())
        };
        if let Some(address) = address
            && all.peek().is_some()
        {
            let all: Vec<&Own<'_>> = all.collect();
            let is_own = all.iter().any(|own| own.prefix.address() == address);
            if is_own || !all.iter().any(|own| is_gateway(own, address)) {
                found.push(format!("{address} is no gateway of {name}"));
            }
        }
        check_gateways(schema, (child, name), own, found);
    }
}

/// The last address that a line names.
fn named(line: &Node) -> Option<IpAddr> {
    line.key.split(' ').rev().find_map(|word| word.parse().ok())
}

/// Says so of a line that names an address of the device itself and may not.
fn taken(rule: &Statement, line: &Node, own: &HashSet<IpAddr>) -> Option<String> {
    let address = named(line).filter(|_| rule.not_own)?;
    own.contains(&address).then(|| {
        format!(
            "{address} is an address of the device itself in {}",
            line.key
        )
    })
}

/// Says so of a line whose address is in none of the networks beside it.
fn outside(rule: &Statement, line: &Node, section: &Node) -> Option<String> {
    let start = rule.in_network.as_ref()?;
    let address = named(line)?;
    let mut beside = section
        .children
        .iter()
        .filter(|child| begins(&child.key, start));
    let holds = |child: &Node| {
        let own = network(&child.text());
        let near = own.and_then(|own| Some((own, Prefix::of(address, own.length())?)));
        near.is_some_and(|(own, near)| near.masked() == own.masked() && near.is_of_host())
    };
    (!beside.any(holds)).then(|| format!("{address} is in no network of {}", section.key))
}

/// Says so of an address that the interface has already, as its first one or as another one.
fn doubled((rule, line): (&Statement, &Node), section: &Node, schema: &Schema) -> Option<String> {
    let address = |line: &Node| network(&line.text()).map(Prefix::address);
    let own = address(line).filter(|_| rule.own_address)?;
    let is_own = |other: &Node| other.rule(schema).is_some_and(|rule| rule.own_address);
    let mut others = section
        .children
        .iter()
        .filter(|other| other.key != line.key && is_own(other));
    others
        .any(|other| address(other) == Some(own))
        .then(|| format!("{own} stands twice in {}", section.key))
}

/// Says so of a line that names the address of another one beside it, where each is of a network.
fn twice((rule, line): (&Statement, &Node), section: &Node, schema: &Schema) -> Option<String> {
    rule.in_network.as_ref()?;
    let address = named(line)?;
    let is_of_network = |other: &Node| {
        other
            .rule(schema)
            .is_some_and(|rule| rule.in_network.is_some())
    };
    let mut others = section
        .children
        .iter()
        .filter(|other| other.key != line.key);
    others
        .any(|other| is_of_network(other) && named(other) == Some(address))
        .then(|| format!("{address} stands twice in {}", section.key))
}
