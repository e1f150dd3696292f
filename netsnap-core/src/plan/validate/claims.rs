//! Does the change give one tag or one VNI to two things?

use super::Subject;
use crate::model::{PlanFinding, PlanFindingKind, PlanSeverity};
use crate::plan::survey::Place;

/// The kinds of claims that are looked at; addresses are, over all devices, and of others a device says itself that they are taken.
const KINDS: &[&str] = &["tag", "vni", "vn-segment"];

/// Tags of one port, and VNIs, that two lines have. An error where the change brings that about.
pub(super) fn twice(subject: &Subject<'_>) -> Vec<PlanFinding> {
    let claims = subject.after.claims.iter();
    let shared = claims.filter(|(name, places)| places.len() > 1 && is_looked_at(name));
    shared
        .flat_map(|(name, places)| {
            let before = subject.before.claims.get(name);
            let severity = match before.is_some_and(|places| places.len() > 1) {
                true => PlanSeverity::Warning,
                false => PlanSeverity::Error,
            };
            let finding = move |place| finding(subject, severity, (name, place));
            places.iter().map(finding)
        })
        .collect()
}

fn is_looked_at(name: &str) -> bool {
    KINDS
        .iter()
        .any(|kind| name.split(' ').next() == Some(kind))
}

fn finding(
    subject: &Subject<'_>,
    severity: PlanSeverity,
    (name, place): (&str, &Place<'_>),
) -> PlanFinding {
    PlanFinding {
        severity,
        kind: PlanFindingKind::DuplicateVlan,
        device: subject.input.device.clone(),
        section: place.section(),
        line: place.line.to_owned(),
        text: format!("`{name}` is used twice"),
    }
}
