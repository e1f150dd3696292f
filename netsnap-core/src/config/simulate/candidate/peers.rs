//! Is a peer of the own autonomous system, and may a line be said of it?

use std::collections::HashMap;

use serde::Deserialize;

use super::schema::Schema;
use super::tree::Node;

/// Where a peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    /// In the own autonomous system.
    Internal,
    /// In another one.
    External,
}

/// Through how many groups that use each other a peer is followed.
const GROUPS_DEEP: usize = 4;

/// What is known around a line.
#[derive(Clone, Debug, Default)]
struct Around<'t> {
    /// The number of the own system.
    own: Option<&'t str>,
    /// The numbers of the peers that have names here.
    named: HashMap<&'t str, &'t str>,
    /// The sections of the groups that peers use, by how they are used.
    groups: Option<&'t Node>,
    /// The number of the peer that the section is about.
    peer: Option<&'t str>,
}

/// Collects the lines that are said of a peer of the other side.
pub(super) fn complaints(schema: &Schema, root: &Node) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, (root, &Around::default()), &mut found);
    found
}

fn check(schema: &Schema, (section, around): (&Node, &Around<'_>), found: &mut Vec<String>) {
    for child in section.children.iter().filter(|child| !child.inactive) {
        let side = child.rule(schema).and_then(|rule| rule.of_peer);
        if side.is_some_and(|side| around.side(child).is_some_and(|other| other != side)) {
            found.push(format!(
                "{} is said of a peer of the other side",
                child.text()
            ));
        }
        if child.rule(schema).is_some_and(|rule| rule.side_of_group) {
            found.extend(around.strange(child).or_else(|| around.misplaced(child)));
        }
        match system(child).or(around.own) {
            Some(_) => check(schema, (child, &around.inside(child)), found),
            None => check(schema, (child, around), found),
        }
    }
}

/// The number of the system that a section is the process of.
fn system(section: &Node) -> Option<&str> {
    let key = section.key.strip_prefix("router ").unwrap_or(&section.key);
    key.strip_prefix("bgp ")
}

impl<'t> Around<'t> {
    /// What is known inside a section.
    fn inside(&self, section: &'t Node) -> Self {
        let mut inside = self.clone();
        inside.own = system(section).or(self.own);
        let value = |key: &str| section.children.get(key)?.value.as_deref();
        if system(section).is_some() {
            inside.groups = Some(section);
        }
        let said = value("remote-as").or_else(|| inside.used(section, GROUPS_DEEP));
        inside.peer = said.or(self.peer);
        let numbers = section.children.iter().filter_map(|line| {
            let name = line.key.strip_prefix("peer ")?.strip_suffix(" as-number")?;
            Some((name, line.value.as_deref()?))
        });
        let groups = section.children.iter().filter_map(|line| {
            let own = match line.value.as_deref()? {
                "internal" => inside.own?,
                _ => "",
            };
            Some((line.key.strip_prefix("group ")?, own))
        });
        let named: Vec<_> = numbers.chain(groups).collect();
        inside.named.extend(named);
        inside
    }

    /// The number that a peer has from a group that it uses, or that uses another one.
    fn used(&self, section: &'t Node, deep: usize) -> Option<&'t str> {
        let mut kinds = ["session-group", "neighbor-group"].into_iter();
        kinds.find_map(|kind| {
            let name = section
                .children
                .get(&format!("use {kind}"))?
                .value
                .as_deref()?;
            let group = self.groups?.children.get(&format!("{kind} {name}"))?;
            let said = group.children.get("remote-as");
            match said.and_then(|said| said.value.as_deref()) {
                None if deep > 0 => self.used(group, deep - 1),
                said => said,
            }
        })
    }

    /// Says so of a peer that says of itself to be on the other side than its group.
    fn strange(&self, peer: &Node) -> Option<String> {
        let (own, group) = (self.own?, self.peer?);
        let said = peer.children.get("remote-as")?.value.as_deref()?;
        let is_strange = (said == own) != (group == own);
        is_strange.then(|| format!("{} is on the other side than its group", peer.key))
    }

    /// Says so of a line that puts a peer into a group on the other side.
    fn misplaced(&self, line: &Node) -> Option<String> {
        let peer = line.key.strip_prefix("peer ")?.strip_suffix(" group")?;
        let is_inside = |name| Some(self.named.get(name).copied()? == self.own?);
        let is_strange = is_inside(peer)? != is_inside(line.value.as_deref()?)?;
        is_strange.then(|| format!("{peer} is on the other side than its group"))
    }

    /// Where the peer is that a line is about; none where nobody says so.
    fn side(&self, line: &Node) -> Option<Side> {
        let name = line.key.strip_prefix("peer ");
        let name = name.and_then(|rest| rest.split(' ').next());
        let number = match name {
            Some(name) => self.named.get(name).copied(),
            None => self.peer,
        };
        Some(match number? == self.own? {
            true => Side::Internal,
            false => Side::External,
        })
    }
}
