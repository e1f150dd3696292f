//! Does the change leave a VLAN or a bridge domain that nobody is in, or an interface in none?

use super::Subject;
use crate::domain::{self, Domains, Orphan, OrphanKind};
use crate::model::{PlanFinding, PlanFindingKind, PlanSeverity};

/// What fits together before the change, and no longer after it. What did not fit before is none of its doing.
pub(super) fn orphans(subject: &Subject<'_>) -> Vec<PlanFinding> {
    if subject.steps.is_empty() {
        return Vec::new();
    }
    // Of a platform whose domains nobody wrote down there is nothing to say.
    let after = subject.domains.as_ref();
    let Some(after) = after.filter(|domains| !domains.orphans.is_empty()) else {
        return Vec::new();
    };
    let input = subject.input;
    let before = domain::domains(&input.running, &input.platform.name).unwrap_or_default();
    new_ones(&before, after)
        .map(|orphan| finding(subject, orphan))
        .collect()
}

fn new_ones<'o>(before: &'o Domains, after: &'o Domains) -> impl Iterator<Item = &'o Orphan> {
    let orphans = after.orphans.iter();
    orphans.filter(|orphan| before.orphans.binary_search(orphan).is_err())
}

fn finding(subject: &Subject<'_>, orphan: &Orphan) -> PlanFinding {
    let (kind, text) = words(orphan);
    PlanFinding {
        severity: PlanSeverity::Warning,
        kind,
        device: subject.input.device.clone(),
        section: Vec::new(),
        line: orphan.domain.clone().unwrap_or_default(),
        text,
    }
}

fn words(orphan: &Orphan) -> (PlanFindingKind, String) {
    let part = |name: &Option<String>| name.clone().unwrap_or_default();
    let (domain, interface) = (part(&orphan.domain), part(&orphan.interface));
    match orphan.kind {
        OrphanKind::VlanWithoutMember => (
            PlanFindingKind::VlanWithoutMember,
            format!("no interface carries `{domain}` after the change, and it goes nowhere"),
        ),
        OrphanKind::BridgeDomainWithoutInterface => (
            PlanFindingKind::BridgeDomainWithoutInterface,
            format!("no interface is in `{domain}` after the change, and it goes nowhere"),
        ),
        OrphanKind::MemberWithoutVlan => (
            PlanFindingKind::UndefinedReference,
            format!(
                "`{interface}` carries VLANs that nothing makes: {}",
                orphan.vlans.clone().unwrap_or(domain)
            ),
        ),
        OrphanKind::GatewayWithoutDomain => (
            PlanFindingKind::Orphan,
            format!(
                "the routed interface `{interface}` is on no VLAN or bridge domain after the change"
            ),
        ),
        OrphanKind::InterfaceWithoutDomain => (
            PlanFindingKind::Orphan,
            format!(
                "`{interface}` is made for a bridge domain or pseudowire, and in none after the change"
            ),
        ),
    }
}
