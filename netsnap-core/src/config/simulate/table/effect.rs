//! What does a line do besides standing in the configuration?

use serde::Deserialize;

/// What a device prints for `no X`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Negative {
    /// `X` and `no X` take each other away; `no X` is printed when neither stood.
    Toggles,
    /// `X` and `no X` replace each other.
    Replaces,
    /// The same, and `default X` takes either away.
    Either,
}

/// What a line does besides standing in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Effect {
    /// It is an entry of a numbered list, five apart, `seq N` after the name (word 2).
    Sequence,
    /// It is an entry of a numbered list, ten apart, the number first.
    Numbered,
    /// It numbers the entries of a list anew.
    Resequence,
    /// It is a static route.
    Route,
    /// It is an IPv4 address of an interface.
    Address,
    /// It makes a BGP peer, and its removal takes all lines of the peer along.
    Peer,
    /// It makes a BGP peer of an interface, and its removal takes all lines of the peer along.
    InterfacePeer,
    /// It needs its BGP peer (word 1).
    NeedsPeer,
    /// It makes a group of BGP peers.
    Group,
    /// It puts a BGP peer into a group.
    Member,
    /// It says whether a BGP peer is active.
    Activate,
    /// It says who is active by default.
    FamilyDefault,
    /// It is BFD for a BGP peer, or its profile.
    PeerBfd,
    /// It takes the line of its profile along.
    WithProfile,
    /// It is a profile, and needs the line that it is for.
    Profile,
    /// It is a property of an OSPF area.
    Area,
    /// It puts a network into an OSPF area.
    NetworkOfArea,
    /// It puts an interface into an OSPF area.
    AreaOfInterface,
    /// It is kept on the interface that it names: word 1.
    Passive,
    /// It belongs to the IPv4 unicast address family.
    IntoUnicast,
    /// It clears the addresses of the interface.
    ClearsAddresses,
    /// It clears all that is said about IP on the interface.
    ClearsLayer3,
    /// It is a set of VLANs (from word 4), told whole or by what comes and goes.
    Vlans,
    /// It switches a feature on (word 1).
    Feature,
    /// It makes a port switch, and its negation makes it route.
    Layer,
    /// It puts a port into a bundle.
    Bundle,
    /// It names VLANs (its last word) that are added to those that stand, and taken from them behind `no`.
    MoreVlans,
    /// It names things that are added to those that stand, and taken from them behind `no`.
    MoreNames,
    /// It is said of all interfaces, and lines of `Exception` then only of those for which it does not hold.
    Everywhere,
    /// It is said of an interface (word 1), or `no X` of one for which it does not hold.
    Exception,
}
