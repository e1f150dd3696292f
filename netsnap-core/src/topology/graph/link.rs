//! Which claims are about one cable?

use super::super::address::{distance, same_interface};
use super::super::model::{End, Link, LinkKind, Protocol};
use super::claim::{Claim, Origin};

/// All that one end says about one cable.
#[derive(Clone, Debug)]
pub(super) struct Half {
    claim: Claim,
    origins: Vec<Origin>,
    sources: Vec<super::Source>,
}

/// How well two things fit: facts that agree, then addresses that are near.
type Fit = (usize, std::cmp::Reverse<u32>);

/// Counts what agrees; `None` when something does not.
fn agreement(
    pairs: [(&Option<String>, &Option<String>); 2],
    same: fn(&str, &str) -> bool,
) -> Option<usize> {
    let mut agreeing = 0;
    for (left, right) in pairs {
        if let (Some(left), Some(right)) = (left, right) {
            if !same(left, right) {
                return None;
            }
            agreeing += 1;
        }
    }
    Some(agreeing)
}

fn equal(a: &str, b: &str) -> bool {
    a == b
}

/// Shared networks have names; what is on two of them is not one cable.
fn network_fits(a: &Claim, b: &Claim) -> bool {
    let names = a.network.as_ref().zip(b.network.as_ref());
    names.is_none_or(|(a, b)| a == b)
}

impl Half {
    fn new(claim: Claim) -> Self {
        Self {
            origins: vec![claim.origin],
            sources: vec![claim.source.clone()],
            claim,
        }
    }

    /// Joins a claim to the half that it is about, or begins another.
    pub(super) fn add(halves: &mut Vec<Self>, claim: Claim) {
        let fits = halves.iter().enumerate();
        let best = fits
            .filter_map(|(place, half)| Some((half.fit(&claim)?, place)))
            .max_by_key(|(fit, place)| (*fit, std::cmp::Reverse(*place)));
        match best {
            Some((_, place)) => halves[place].join(claim),
            None => halves.push(Self::new(claim)),
        }
    }

    fn fit(&self, other: &Claim) -> Option<Fit> {
        let own = &self.claim;
        let interfaces = [
            (&own.from_interface, &other.from_interface),
            (&own.to_interface, &other.to_interface),
        ];
        let addresses = [
            (&own.from_address, &other.from_address),
            (&own.to_address, &other.to_address),
        ];
        let agreeing = agreement(interfaces, same_interface)? + agreement(addresses, equal)?;
        let is_new = !self.origins.contains(&other.origin);
        // A cable and a neighbour with nothing in common can be two cables.
        let is_cable = |origin: &Origin| matches!(origin, Origin::Cable(_));
        let alike = self.origins.iter().any(is_cable) == is_cable(&other.origin);
        if agreeing == 0 && !(is_new && alike) || !network_fits(own, other) {
            return None;
        }
        let from = distance(own.from_address.as_deref(), other.to_address.as_deref());
        let to = distance(own.to_address.as_deref(), other.from_address.as_deref());
        Some((agreeing, std::cmp::Reverse(from.min(to))))
    }

    fn join(&mut self, other: Claim) {
        let own = &mut self.claim;
        let fill = |own: &mut Option<String>, other: Option<String>| {
            *own = own.take().or(other);
        };
        fill(&mut own.from_interface, other.from_interface);
        fill(&mut own.from_address, other.from_address);
        fill(&mut own.to_interface, other.to_interface);
        fill(&mut own.to_address, other.to_address);
        fill(&mut own.state, other.state);
        fill(&mut own.area, other.area);
        fill(&mut own.network, other.network);
        own.cost = own.cost.or(other.cost);
        own.kind = surer(own.kind, other.kind);
        self.origins.push(other.origin);
        self.sources.push(other.source);
    }

    /// How well this half and one of the other end fit.
    fn faces(&self, other: &Self) -> Option<Fit> {
        let (own, other_claim) = (&self.claim, &other.claim);
        let interfaces = [
            (&own.from_interface, &other_claim.to_interface),
            (&own.to_interface, &other_claim.from_interface),
        ];
        let addresses = [
            (&own.from_address, &other_claim.to_address),
            (&own.to_address, &other_claim.from_address),
        ];
        let agreeing = agreement(interfaces, same_interface)? + agreement(addresses, equal)?;
        let routed = |half: &Self| {
            half.origins
                .iter()
                .any(|origin| !matches!(origin, Origin::Cable(_)))
        };
        if !network_fits(own, other_claim) || agreeing == 0 && routed(self) != routed(other) {
            return None;
        }
        let near = distance(
            own.from_address.as_deref(),
            other_claim.from_address.as_deref(),
        );
        Some((agreeing, std::cmp::Reverse(near)))
    }
}

/// What OSPF says is more than that there is a cable.
fn surer(a: LinkKind, b: LinkKind) -> LinkKind {
    match (a, b) {
        (LinkKind::Unknown, LinkKind::Physical) => LinkKind::Unknown,
        (LinkKind::Unknown | LinkKind::Physical, other) => other,
        (own, _) => own,
    }
}

/// Makes the links between two devices, the best fitting halves first.
pub(super) fn pair((a, b): (&str, &str), from_a: Vec<Half>, from_b: Vec<Half>) -> Vec<Link> {
    let mut fits: Vec<(Fit, usize, usize)> = Vec::new();
    for (place_a, half) in from_a.iter().enumerate() {
        for (place_b, other) in from_b.iter().enumerate() {
            fits.extend(half.faces(other).map(|fit| (fit, place_a, place_b)));
        }
    }
    fits.sort_by(|x, y| y.0.cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let mut left: [Vec<Option<Half>>; 2] =
        [from_a, from_b].map(|halves| halves.into_iter().map(Some).collect());
    let mut links = Vec::new();
    for (_, place_a, place_b) in fits {
        if left[0][place_a].is_some() && left[1][place_b].is_some() {
            let halves = (left[0][place_a].take(), left[1][place_b].take());
            links.push(link((a, b), [halves.0.as_ref(), halves.1.as_ref()]));
        }
    }
    let [from_a, from_b] = left;
    let alone = |half: &Half| link((a, b), [Some(half), None]);
    links.extend(from_a.iter().flatten().map(alone));
    let alone = |half: &Half| link((a, b), [None, Some(half)]);
    links.extend(from_b.iter().flatten().map(alone));
    links
}

fn link((a, b): (&str, &str), halves: [Option<&Half>; 2]) -> Link {
    let mut sources: Vec<_> = halves
        .iter()
        .flatten()
        .flat_map(|half| half.sources.clone())
        .collect();
    sources.sort();
    sources.dedup();
    let origins = halves.iter().flatten().flat_map(|half| &half.origins);
    let mut protocols: Vec<_> = origins.map(protocol).collect();
    protocols.sort();
    protocols.dedup();
    let kinds = halves.iter().flatten().map(|half| half.claim.kind);
    let first = |part: fn(&Claim) -> &Option<String>| {
        halves
            .iter()
            .flatten()
            .find_map(|half| part(&half.claim).clone())
    };
    Link {
        a: end(a, halves[0], halves[1]),
        b: end(b, halves[1], halves[0]),
        kind: kinds.reduce(surer).unwrap_or_default(),
        area: first(|claim| &claim.area),
        network: first(|claim| &claim.network),
        one_sided: halves.iter().any(Option::is_none),
        protocols,
        sources,
    }
}

fn protocol(origin: &Origin) -> Protocol {
    match origin {
        Origin::Neighbor | Origin::Database => Protocol::Ospf,
        Origin::Cable(protocol) => *protocol,
    }
}

/// An end is what its device says, and where that says nothing, what the other side says about it.
fn end(node: &str, own: Option<&Half>, other: Option<&Half>) -> End {
    let own = own.map(|half| &half.claim);
    let other = other.map(|half| &half.claim);
    let says = |mine: fn(&Claim) -> &Option<String>, theirs: fn(&Claim) -> &Option<String>| {
        let mine = own.and_then(|claim| mine(claim).clone());
        mine.or_else(|| other.and_then(|claim| theirs(claim).clone()))
    };
    End {
        node: node.to_owned(),
        interface: says(|claim| &claim.from_interface, |claim| &claim.to_interface),
        address: says(|claim| &claim.from_address, |claim| &claim.to_address),
        cost: own.and_then(|claim| claim.cost),
        state: own.and_then(|claim| claim.state.clone()),
    }
}
