//! What does a deployment change over a fleet?

use super::{Block, Sign, Told, domains};
use crate::diff::{DeploymentDiff, DeviceAction, DeviceDifference, DeviceImpact};
use crate::model::{Change, ChangeKind, DeviceProof};
use crate::report::text::count;

pub(super) fn told(diff: &DeploymentDiff) -> Told {
    let mut blocks = vec![summary(diff), domains::block(&diff.domains)];
    for device in &diff.devices {
        blocks.push(changes(device));
        blocks.push(commands(device));
        blocks.push(impact(device));
    }
    Told {
        title: "Difference of a deployment".to_owned(),
        lead: lead(diff),
        blocks,
    }
}

fn lead(diff: &DeploymentDiff) -> String {
    if diff.is_empty() {
        return "Nothing changes.".to_owned();
    }
    let of = |action| diff.with_action(action).count();
    format!(
        "{} to add, {} to modify, {} to remove, {} unchanged; touches {}, {}, {}",
        count(of(DeviceAction::Add), "device"),
        of(DeviceAction::Modify),
        of(DeviceAction::Remove),
        diff.unchanged.len(),
        count(diff.impact.interfaces, "interface"),
        count(diff.impact.neighbors, "neighbour"),
        count(diff.impact.services, "service"),
    )
}

fn summary(diff: &DeploymentDiff) -> Block {
    let mut block = Block::new("Devices");
    for device in &diff.devices {
        let sign = match device.action {
            DeviceAction::Add => Sign::Added,
            DeviceAction::Modify => Sign::Changed,
            DeviceAction::Remove => Sign::Removed,
        };
        let changes = device.diff.changes.len() + device.diff.truncated;
        let commands = device.commands.len() + device.commands_truncated;
        let proof = match &device.proof {
            Some(DeviceProof::Proven { .. }) => ", proven",
            Some(DeviceProof::Unproven { .. }) => ", not proven",
            None => "",
        };
        let numbers = format!(
            "{}, {}",
            count(changes, "change"),
            count(commands, "command")
        );
        block.line(
            sign,
            format!("{} ({}): {numbers}{proof}", device.device, device.platform),
        );
    }
    if !diff.impact.management.is_empty() {
        let names = diff.impact.management.join(", ");
        block.line(Sign::Warning, format!("the way in is touched on {names}"));
    }
    for remark in &diff.remarks {
        block.line(Sign::Warning, remark.clone());
    }
    block
}

fn changes(device: &DeviceDifference) -> Block {
    let mut block = Block::new(format!("{}: difference", device.device));
    let mut around = Around::default();
    for change in &device.diff.changes {
        around.enter(&change.section, &mut block);
        change_lines(&mut block, change);
        let line = change.after.as_ref().or(change.before.as_ref());
        around.stand_behind(&change.section, line);
    }
    if device.diff.truncated > 0 {
        let left = device.diff.truncated;
        block.line(
            Sign::Warning,
            format!("truncated: {left} more changes are not shown"),
        );
    }
    block
}

/// The headers that stand above the next line: those of the line before, and the line itself, which may open a section.
#[derive(Default)]
struct Around<'d>(Vec<&'d str>);

impl<'d> Around<'d> {
    /// Writes the headers of a section that do not stand there yet.
    fn enter(&self, section: &[String], block: &mut Block) {
        let shared = self.0.iter().zip(section);
        let shared = shared.take_while(|(one, other)| one == other).count();
        for (depth, header) in section.iter().enumerate().skip(shared) {
            block.line(Sign::Note, indented(depth, header));
        }
    }

    fn stand_behind(&mut self, section: &'d [String], line: Option<&'d String>) {
        self.0 = section.iter().chain(line).map(String::as_str).collect();
    }
}

fn change_lines(block: &mut Block, change: &Change) {
    let depth = change.section.len();
    let mut side = |sign: Sign, text: &Option<String>| {
        let lines = text.iter().flat_map(|text| text.lines());
        block.lines(
            sign,
            lines.map(|line| indented(depth, line)).collect::<Vec<_>>(),
        );
    };
    match change.kind {
        ChangeKind::Added => side(Sign::Added, &change.after),
        ChangeKind::Removed => side(Sign::Removed, &change.before),
        ChangeKind::Changed | ChangeKind::Text => {
            side(Sign::Removed, &change.before);
            side(Sign::Added, &change.after);
        }
        ChangeKind::Moved => {
            let places = change.places.map_or_else(String::new, |places| {
                format!(" (place {} → {})", places.before, places.after)
            });
            let text = change.after.as_ref().map(|text| format!("{text}{places}"));
            side(Sign::Moved, &text);
        }
        ChangeKind::Secret => {
            let text = change
                .after
                .as_ref()
                .map(|text| format!("{text} (another secret)"));
            side(Sign::Secret, &text);
        }
    }
}

fn commands(device: &DeviceDifference) -> Block {
    let mut block = Block::new(format!("{}: commands", device.device));
    let mut around = Around::default();
    for step in &device.commands {
        around.enter(&step.section, &mut block);
        block.line(Sign::Note, indented(step.section.len(), &step.line));
        around.stand_behind(&step.section, Some(&step.line));
    }
    if device.commands_truncated > 0 {
        let left = device.commands_truncated;
        block.line(
            Sign::Warning,
            format!("truncated: {left} more commands are not shown"),
        );
    }
    block
}

fn impact(device: &DeviceDifference) -> Block {
    let DeviceImpact {
        interfaces,
        neighbors,
        services,
        management,
    } = &device.impact;
    let mut block = Block::new(format!("{}: impact", device.device));
    for (name, names) in [
        ("interfaces", interfaces),
        ("neighbours", neighbors),
        ("services", services),
    ] {
        if !names.is_empty() {
            block.line(Sign::Note, format!("{name}: {}", names.join(", ")));
        }
    }
    for touch in management {
        block.line(Sign::Warning, format!("{}: {}", touch.why, touch.line));
    }
    block
}

fn indented(depth: usize, text: &str) -> String {
    format!("{}{text}", " ".repeat(depth))
}
