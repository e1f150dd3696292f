//! What is different between two topologies, as one picture: both laid over each other.

use std::collections::{BTreeMap, HashMap};

use maud::{PreEscaped, html};

use super::{STYLE, drawing};
use crate::topology::{End, Link, Node, Topology, TopologyDiff};

/// What became of a device or a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// The picture shows no difference.
    #[default]
    Plain,
    /// It is as it was.
    Same,
    /// It came.
    Added,
    /// It went.
    Removed,
    /// It is there and not the same.
    Changed,
}

impl Standing {
    /// Returns the class behind another.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Same => " same",
            Self::Added => " added",
            Self::Removed => " removed",
            Self::Changed => " changed",
        }
    }

    /// Returns what a reader without colours is told.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Same => " · the same",
            Self::Added => " · added",
            Self::Removed => " · removed",
            Self::Changed => " · changed",
        }
    }
}

/// How a picture marks its parts.
#[derive(Debug)]
pub(super) struct Look<'a> {
    pub(super) title: String,
    links: HashMap<*const Link, Standing>,
    nodes: BTreeMap<&'a str, Standing>,
}

impl Look<'_> {
    /// Nothing is marked.
    pub(super) fn plain(title: String) -> Self {
        Self {
            title,
            links: HashMap::new(),
            nodes: BTreeMap::new(),
        }
    }

    /// A link is known by its place in memory: two between the same ends can be alike.
    pub(super) fn link(&self, link: &Link) -> Standing {
        let known = self.links.get(&std::ptr::from_ref(link));
        known.copied().unwrap_or_default()
    }

    pub(super) fn node(&self, id: &str) -> Standing {
        self.nodes.get(id).copied().unwrap_or_default()
    }

    /// Returns what the legend says about the marks that are used.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let all = [
            (Standing::Added, "added"),
            (Standing::Removed, "removed"),
            (Standing::Changed, "changed"),
        ];
        let is_used = |standing: &Standing| self.links.values().any(|other| other == standing);
        all.into_iter()
            .filter(move |(standing, _)| is_used(standing))
            .map(|(_, name)| (name, name))
    }
}

/// Draws what is different between two topologies as one SVG document that stands alone: what came, went and changed stands out by
/// colour and by dashes, with a legend. The same topologies give the same bytes.
#[must_use]
pub fn topology_difference(before: &Topology, after: &Topology, diff: &TopologyDiff) -> String {
    let union = united(before, after, diff);
    let kept = after.links.len();
    let standing = |(place, link): (usize, &Link)| match place {
        _ if place >= kept => Standing::Removed,
        _ if diff.links_added.contains(link) => Standing::Added,
        _ if diff
            .links_changed
            .iter()
            .any(|change| change.after == *link) =>
        {
            Standing::Changed
        }
        _ => Standing::Same,
    };
    let links = union.links.iter().enumerate();
    let links = links.map(|(place, link)| (std::ptr::from_ref(link), standing((place, link))));
    let contains = |nodes: &[Node], id: &str| nodes.iter().any(|node| node.id == id);
    let node = |node: &'_ Node| match () {
        () if contains(&diff.nodes_added, &node.id) => Standing::Added,
        () if !contains(&after.nodes, &node.id) => Standing::Removed,
        () => Standing::Same,
    };
    let look = Look {
        title: format!("Difference of {} and {}", before.execution, after.execution),
        links: links.collect(),
        nodes: union
            .nodes
            .iter()
            .map(|one| (one.id.as_str(), node(one)))
            .collect(),
    };
    drawing(&union, &html! { style { (PreEscaped(STYLE)) } }, &look).into_string()
}

/// The second topology with what went laid over it, what went last.
fn united(before: &Topology, after: &Topology, diff: &TopologyDiff) -> Topology {
    let mut union = after.clone();
    union.nodes.extend(diff.nodes_removed.iter().cloned());
    for link in &diff.links_removed {
        let mut link = link.clone();
        for end in [&mut link.a, &mut link.b] {
            settle(end, before, &mut union);
        }
        union.links.push(link);
    }
    union
}

/// Gives an end the id that its device has now; one that nobody knows any more is drawn all the same.
fn settle(end: &mut End, before: &Topology, union: &mut Topology) {
    if union.node(&end.node).is_some() {
        return;
    }
    let old = before.node(&end.node);
    let ids = old.map(|node| node.router_ids.clone()).unwrap_or_default();
    let same = |node: &&Node| node.router_ids.iter().any(|id| ids.contains(id));
    match union.nodes.iter().find(same) {
        Some(now) => end.node = now.id.clone(),
        None => union.nodes.push(Node {
            id: end.node.clone(),
            ..Node::default()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::compare;

    fn topology(links: &[(&str, &str, u32)]) -> Topology {
        let mut names: Vec<&str> = links.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
        names.sort_unstable();
        names.dedup();
        let end = |node: &str, cost: u32| serde_json::json!({ "node": node, "interface": "eth0", "cost": cost });
        let links: Vec<_> = links
            .iter()
            .map(|(a, b, cost)| {
                serde_json::json!({ "a": end(a, *cost), "b": end(b, *cost), "kind": "point_to_point", "one_sided": false,
                    "protocols": ["ospf"], "sources": [] })
            })
            .collect();
        let nodes: Vec<_> = names
            .iter()
            .map(|name| serde_json::json!({ "id": name, "collected": true }))
            .collect();
        serde_json::from_value(serde_json::json!({ "execution": "exec_2026-03-01_100000_00000001", "nodes": nodes, "links": links }))
            .unwrap()
    }

    #[test]
    fn what_came_went_and_changed_is_marked_with_a_legend() {
        let before = topology(&[("r1", "r2", 10), ("r2", "r3", 10), ("r3", "r9", 10)]);
        let after = topology(&[("r1", "r2", 10), ("r2", "r3", 20), ("r1", "r4", 10)]);
        let picture = topology_difference(&before, &after, &compare(&before, &after));
        for part in [
            "class=\"link point added\"",
            "class=\"link point removed\"",
            "class=\"link point changed\"",
            "class=\"link point same\"",
            "class=\"device added\"",
            "class=\"device removed\"",
            ">added</text>",
            ">removed</text>",
            ">changed</text>",
            "r3 eth0",
        ] {
            assert!(picture.contains(part), "{part}\n{picture}");
        }
        assert_eq!(
            picture,
            topology_difference(&before, &after, &compare(&before, &after))
        );
    }

    #[test]
    fn a_picture_of_one_topology_marks_nothing() {
        let picture = super::super::topology(&topology(&[("r1", "r2", 10)]));
        assert!(!picture.contains(" same\"") && !picture.contains(" added\""));
    }
}
