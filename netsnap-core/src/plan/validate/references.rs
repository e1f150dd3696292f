//! Is everything there that lines refer to, and is nothing left behind that nobody refers to?

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Subject;
use crate::config::Configuration;
use crate::domain;
use crate::model::{PlanFinding, PlanFindingKind, PlanSeverity};
use crate::plan::survey::{Name, Place};
use crate::platform::{Risks, SectionId};

/// Names that the intended configuration uses and does not make. An error where the change brings that about.
pub(super) fn undefined(subject: &Subject<'_>) -> Vec<PlanFinding> {
    let names = subject.after.names.iter();
    let hanging: Vec<_> = names.filter(|(_, name)| name.made.is_empty()).collect();
    if hanging.is_empty() {
        return Vec::new();
    }
    let silent = Silent::of(subject);
    let mut findings = Vec::new();
    for (name, after) in hanging.into_iter().filter(|(name, _)| !silent.holds(name)) {
        let severity = match was_hanging(subject, name) {
            true => PlanSeverity::Warning,
            false => PlanSeverity::Error,
        };
        let text = format!("`{name}` is used and nothing makes it");
        findings.extend(after.used.iter().map(|place| {
            finding(
                subject,
                (severity, PlanFindingKind::UndefinedReference),
                place,
                &text,
            )
        }));
    }
    findings
}

/// Names that are there though no line counts that makes them.
struct Silent {
    risks: Arc<Risks>,
    /// What headers make, also those of sections that say nothing.
    headers: BTreeSet<String>,
    /// Whether the device keeps its VLANs where nobody reads them.
    has_vlans_elsewhere: bool,
}

impl Silent {
    fn of(subject: &Subject<'_>) -> Self {
        let intended = &subject.input.intended;
        let domains = domain::domains(intended, &subject.input.platform.name);
        Self {
            risks: Risks::of_platform(&subject.input.platform),
            headers: headers(intended),
            has_vlans_elsewhere: domains.is_ok_and(|domains| domains.vlans_elsewhere),
        }
    }

    fn holds(&self, name: &str) -> bool {
        let is_elsewhere = self.has_vlans_elsewhere && name.starts_with("vlan ");
        is_elsewhere || self.headers.contains(name) || self.risks.is_built_in(name)
    }
}

/// Returns what the headers of a text make. A section without a line of its own means the same as none, and is there all the same.
fn headers(configuration: &Configuration) -> BTreeSet<String> {
    let grammar = configuration.grammar();
    let text = configuration.text().lines();
    let outer = text.filter(|line| !line.is_empty() && !line.starts_with([' ', '\t']));
    let made = outer.filter_map(|line| {
        let line = line.trim_end();
        let rule = grammar.rule(grammar.find(SectionId::GLOBAL, line)?);
        rule.opens()?;
        Some(rule.defines(line))
    });
    made.flatten().collect()
}

fn was_hanging(subject: &Subject<'_>, name: &str) -> bool {
    let before = subject.before.names.get(name);
    before.is_some_and(|before| before.made.is_empty() && !before.used.is_empty())
}

/// Names that something used before the change, and nothing uses after it.
pub(super) fn orphans(subject: &Subject<'_>) -> Vec<PlanFinding> {
    left(subject, |before| {
        before.is_some_and(|before| !before.used.is_empty())
    })
    .into_iter()
    .map(|(name, place)| {
        let text = format!("`{name}` was used before the change and is not used after it");
        finding(
            subject,
            (PlanSeverity::Warning, PlanFindingKind::Orphan),
            place,
            &text,
        )
    })
    .collect()
}

/// Names that the change makes and nothing uses.
pub(super) fn unused(subject: &Subject<'_>) -> Vec<PlanFinding> {
    let kinds = used_kinds(subject);
    left(subject, |before| {
        before.is_none_or(|before| before.made.is_empty() && before.used.is_empty())
    })
    .into_iter()
    .filter(|(name, _)| kinds.contains(kind(name)))
    .map(|(name, place)| {
        let text = format!("`{name}` is new and nothing uses it");
        finding(
            subject,
            (PlanSeverity::Info, PlanFindingKind::Unused),
            place,
            &text,
        )
    })
    .collect()
}

/// Names that are made and not used afterwards, with the first line that makes each.
fn left<'s>(
    subject: &Subject<'s>,
    was: impl Fn(Option<&Name<'_>>) -> bool,
) -> Vec<(&'s String, &'s Place<'s>)> {
    let names = subject.after.names.iter();
    names
        .filter(|(name, after)| after.used.is_empty() && was(subject.before.names.get(*name)))
        .filter_map(|(name, after)| Some((name, after.made.first()?)))
        .collect()
}

/// The kinds of names that something uses here; neighbours, for one, stand for themselves.
fn used_kinds<'s>(subject: &Subject<'s>) -> BTreeSet<&'s str> {
    let surveys = [subject.before, subject.after];
    let names = surveys.into_iter().flat_map(|survey| &survey.names);
    names
        .filter(|(_, found)| !found.used.is_empty())
        .map(|(name, _)| kind(name))
        .collect()
}

fn kind(name: &str) -> &str {
    name.rsplit_once(' ').map_or(name, |(kind, _)| kind)
}

fn finding(
    subject: &Subject<'_>,
    (severity, kind): (PlanSeverity, PlanFindingKind),
    place: &Place<'_>,
    text: &str,
) -> PlanFinding {
    PlanFinding {
        severity,
        kind,
        device: subject.input.device.clone(),
        section: place.section(),
        line: place.line.to_owned(),
        text: text.to_owned(),
    }
}
