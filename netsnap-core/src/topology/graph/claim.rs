//! What does each device claim about another?

use std::collections::BTreeMap;

use super::super::fact::{Adjacent, Fact, LsaKind, LsaLink, Neighbor, NetworkLsa, RouterLsa};
use super::super::model::{LinkKind, Protocol, Source};
use super::Observation;
use super::name::Names;

/// From what kind of fact a claim comes. One fact of a kind is one cable: two of a kind are never joined unless they agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    Neighbor,
    Database,
    Cable(Protocol),
}

/// What one device says about its way to another.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) origin: Origin,
    pub(super) source: Source,
    pub(super) from_interface: Option<String>,
    pub(super) from_address: Option<String>,
    pub(super) to_interface: Option<String>,
    pub(super) to_address: Option<String>,
    pub(super) cost: Option<u32>,
    pub(super) state: Option<String>,
    pub(super) area: Option<String>,
    pub(super) kind: LinkKind,
    pub(super) network: Option<String>,
}

impl Claim {
    fn new((from, to): (String, String), origin: Origin, source: &Source) -> Self {
        Self {
            from,
            to,
            origin,
            source: source.clone(),
            from_interface: None,
            from_address: None,
            to_interface: None,
            to_address: None,
            cost: None,
            state: None,
            area: None,
            kind: LinkKind::Unknown,
            network: None,
        }
    }
}

/// The newest advertisement of each router or network in each area, with the output that showed it.
type Newest<'a, T> = BTreeMap<(&'a str, &'a str), (&'a T, &'a Source)>;

/// Returns the claims of all outputs: those of neighbour tables first, then those of the database, then those of cables.
pub(super) fn claims(observations: &[Observation], names: &mut Names) -> Vec<Claim> {
    let (mut claims, mut adjacents) = (Vec::new(), Vec::new());
    for observation in observations {
        let (source, device) = (&observation.source, &observation.source.device);
        for fact in &observation.facts {
            match fact {
                Fact::Neighbor(neighbor) => {
                    let to = names.of_router(&neighbor.router_id);
                    claims.push(of_neighbor(neighbor, (device, to), source));
                }
                Fact::Adjacent(adjacent) => adjacents.push((source, adjacent)),
                _ => {}
            }
        }
    }
    // Tables shorten names: whoever writes them out says first what things are called.
    adjacents.sort_by_key(|(_, adjacent)| (adjacent.is_short, adjacent.is_cut));
    for (source, adjacent) in adjacents {
        let to = names.of_adjacent(adjacent);
        claims.push(of_cable(adjacent, (&source.device, to), source));
    }
    claims.extend(of_database(observations, names));
    // A device that hears itself has a loop; it is no link between two.
    claims.retain(|claim| claim.from != claim.to);
    claims.sort_by_key(|claim| claim.origin);
    claims
}

fn of_neighbor(neighbor: &Neighbor, (from, to): (&str, String), source: &Source) -> Claim {
    let role = neighbor
        .state
        .as_deref()
        .and_then(|state| state.split_once('/'));
    Claim {
        from_interface: neighbor.interface.clone(),
        from_address: neighbor.local_address.clone(),
        to_address: neighbor.address.clone(),
        state: neighbor.state.clone(),
        area: neighbor.area.clone(),
        kind: match role {
            Some((_, "-")) => LinkKind::PointToPoint,
            Some(_) => LinkKind::Broadcast,
            None => LinkKind::Unknown,
        },
        ..Claim::new((from.to_owned(), to), Origin::Neighbor, source)
    }
}

fn of_cable(adjacent: &Adjacent, (from, to): (&str, String), source: &Source) -> Claim {
    Claim {
        from_interface: Some(adjacent.interface.clone()),
        to_interface: adjacent.port.clone(),
        kind: LinkKind::Physical,
        ..Claim::new(
            (from.to_owned(), to),
            Origin::Cable(adjacent.protocol),
            source,
        )
    }
}

fn of_database(observations: &[Observation], names: &mut Names) -> Vec<Claim> {
    let mut routers: Newest<'_, RouterLsa> = BTreeMap::new();
    let mut networks: Newest<'_, NetworkLsa> = BTreeMap::new();
    for observation in observations {
        let source = &observation.source;
        for fact in &observation.facts {
            match fact {
                Fact::Router(lsa) => newest(
                    &mut routers,
                    (&lsa.area, &lsa.router),
                    lsa,
                    (source, |lsa| lsa.sequence),
                ),
                Fact::Network(lsa) => newest(
                    &mut networks,
                    (&lsa.area, &lsa.address),
                    lsa,
                    (source, |lsa| lsa.sequence),
                ),
                _ => {}
            }
        }
    }
    let mut claims = Vec::new();
    for (lsa, source) in routers.values() {
        let from = names.of_router(&lsa.router);
        for link in &lsa.links {
            claims.extend(of_link((lsa, link), (&from, source), &networks, names));
        }
    }
    claims
}

/// The database is flooded, so many devices show one advertisement; where they differ the newest counts.
fn newest<'a, T>(
    known: &mut Newest<'a, T>,
    (area, id): (&'a str, &'a str),
    lsa: &'a T,
    (source, sequence): (&'a Source, fn(&T) -> i32),
) {
    let entry = known.entry((area, id)).or_insert((lsa, source));
    if sequence(lsa) > sequence(entry.0) {
        *entry = (lsa, source);
    }
}

fn of_link(
    (lsa, link): (&RouterLsa, &LsaLink),
    (from, source): (&str, &Source),
    networks: &Newest<'_, NetworkLsa>,
    names: &mut Names,
) -> Vec<Claim> {
    let mut claim = |router: &str, kind| Claim {
        // An unnumbered interface is shown by its index, 0.0.0.3 (RFC 2328, 12.4.1.1).
        from_address: Some(link.data.clone()).filter(|data| !data.starts_with("0.")),
        cost: Some(link.metric),
        area: Some(lsa.area.clone()),
        kind,
        ..Claim::new(
            (from.to_owned(), names.of_router(router)),
            Origin::Database,
            source,
        )
    };
    match link.kind {
        LsaKind::Stub => Vec::new(),
        LsaKind::PointToPoint => vec![claim(&link.id, LinkKind::PointToPoint)],
        LsaKind::Virtual => vec![claim(&link.id, LinkKind::Virtual)],
        LsaKind::Transit => {
            let Some((network, _)) = networks.get(&(lsa.area.as_str(), link.id.as_str())) else {
                return Vec::new();
            };
            // A router that the network does not name is not on it (RFC 2328, 16.1, step 2b).
            let attached = network.attached.iter();
            if !attached.clone().any(|router| *router == lsa.router) {
                return Vec::new();
            }
            let prefix = network.prefix.map(|prefix| format!("/{prefix}"));
            let name = format!("{}{}", network.address, prefix.unwrap_or_default());
            let others = attached.filter(|router| **router != lsa.router);
            others
                .map(|router| Claim {
                    network: Some(name.clone()),
                    ..claim(router, LinkKind::Broadcast)
                })
                .collect()
        }
    }
}
