//! What became of VLANs and bridge domains?

use super::{Block, Sign};
use crate::domain::{Domain, DomainChange, DomainDiff, DomainMove, Member};
use crate::report::text::count;

/// Counts in one line.
pub(super) fn lead(diff: &DomainDiff) -> String {
    format!(
        "{} added, {} removed, {} changed, {} moved",
        count(diff.added.len(), "domain"),
        diff.removed.len(),
        diff.changed.len(),
        diff.moved.len()
    )
}

pub(super) fn block(diff: &DomainDiff) -> Block {
    let mut block = Block::new("VLANs and bridge domains");
    for moved in &diff.moved {
        block.line(Sign::Moved, moved_line(moved));
    }
    for at in &diff.added {
        block.line(
            Sign::Added,
            format!("{} {}", at.device, domain_line(&at.domain)),
        );
    }
    for at in &diff.removed {
        block.line(
            Sign::Removed,
            format!("{} {}", at.device, domain_line(&at.domain)),
        );
    }
    for change in &diff.changed {
        changed(&mut block, change);
    }
    block
}

fn moved_line(moved: &DomainMove) -> String {
    let name = named(&moved.after);
    format!(
        "{name} moved from {} to {}",
        moved.from_device, moved.to_device
    )
}

fn domain_line(domain: &Domain) -> String {
    let members: Vec<String> = domain.members.iter().map(member).collect();
    match members.is_empty() {
        true => named(domain),
        false => format!("{} with {}", named(domain), members.join(", ")),
    }
}

/// The id, and the name where the id does not say it already.
fn named(domain: &Domain) -> String {
    match &domain.name {
        Some(name) if !domain.id.ends_with(name.as_str()) => format!("{} ({name})", domain.id),
        _ => domain.id.clone(),
    }
}

fn member(member: &Member) -> String {
    let tags = [&member.outer, &member.inner].into_iter().flatten();
    let tags: Vec<&str> = tags.map(String::as_str).collect();
    match tags.is_empty() {
        true => format!("{} untagged", member.interface),
        false => format!("{} tag {}", member.interface, tags.join(".")),
    }
}

fn changed(block: &mut Block, change: &DomainChange) {
    let parts = change.changed.join(", ");
    let head = format!("{} {}: {parts}", change.device, named(&change.after));
    block.line(Sign::Changed, head);
    let indented = |text: String| format!("  {text}");
    let lines = |members: &[Member]| members.iter().map(member).map(indented).collect::<Vec<_>>();
    block.lines(Sign::Removed, lines(&change.members_removed));
    block.lines(Sign::Added, lines(&change.members_added));
}
