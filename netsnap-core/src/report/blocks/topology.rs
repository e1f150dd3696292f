//! What is different between two topologies?

use super::{Block, Sign, Told, domains};
use crate::report::text::count;
use crate::topology::{End, Link, LinkChange, TopologyDiff};

pub(super) fn told(diff: &TopologyDiff) -> Told {
    let mut devices = Block::new("Devices");
    devices.lines(
        Sign::Added,
        diff.nodes_added.iter().map(|node| node.id.clone()),
    );
    devices.lines(
        Sign::Removed,
        diff.nodes_removed.iter().map(|node| node.id.clone()),
    );
    let mut links = Block::new("Links");
    links.lines(Sign::Added, diff.links_added.iter().map(link));
    links.lines(Sign::Removed, diff.links_removed.iter().map(link));
    links.lines(Sign::Changed, diff.links_changed.iter().map(changed));
    let lead = match diff.is_empty() {
        true => "No difference.".to_owned(),
        false => format!(
            "{} added, {} removed; {} added, {} removed, {} changed; {}",
            count(diff.nodes_added.len(), "device"),
            diff.nodes_removed.len(),
            count(diff.links_added.len(), "link"),
            diff.links_removed.len(),
            diff.links_changed.len(),
            domains::lead(&diff.domains)
        ),
    };
    Told {
        title: "Difference of topologies".to_owned(),
        lead,
        blocks: vec![devices, links, domains::block(&diff.domains)],
    }
}

fn link(link: &Link) -> String {
    format!("{} – {}", end(&link.a), end(&link.b))
}

fn end(end: &End) -> String {
    let words = [Some(&end.node), end.interface.as_ref()];
    let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
    words.join(" ")
}

fn changed(change: &LinkChange) -> String {
    let cost = |link: &Link| {
        let cost = |end: &End| {
            end.cost
                .map_or_else(|| "–".to_owned(), |cost| cost.to_string())
        };
        format!("{}/{}", cost(&link.a), cost(&link.b))
    };
    let mut text = format!("{}: {}", link(&change.after), change.changed.join(", "));
    if change.changed.iter().any(|part| part == "cost") {
        text.push_str(&format!(
            " {} → {}",
            cost(&change.before),
            cost(&change.after)
        ));
    }
    text
}
