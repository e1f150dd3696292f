//! Which device is connected to which, as the outputs of one run tell it?
//!
//! Parsers turn outputs into facts, the graph joins the facts of all devices, and every link says which outputs it is known
//! from. Pure but for [`topology`], the edge that reads the outputs of a run.

mod address;
mod compare;
mod fact;
mod graph;
mod model;
mod parse;
mod read;

pub use self::compare::{LinkChange, TopologyDiff, compare};
pub use self::graph::{Observation, build};
pub use self::model::{End, Link, LinkKind, Node, Protocol, Remark, Source, Topology};
pub use self::read::{DOCUMENT, stored_topology, topology};

#[cfg(test)]
mod tests;
