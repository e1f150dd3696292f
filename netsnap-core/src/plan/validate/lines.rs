//! Is each line known, and is none a mask?

use super::Subject;
use crate::diff;
use crate::model::{PlanFinding, PlanFindingKind, PlanSeverity, Step, UnreadLines};
use crate::plan::survey::{Place, Survey};

/// Lines of the change that the table does not know, one by one, and how many stand elsewhere.
pub(super) fn unknown(subject: &Subject<'_>) -> Vec<PlanFinding> {
    let (before, after) = (subject.before, subject.after);
    let came = only_in(after, before).map(|place| (place, "the table does not know this line"));
    let went = only_in(before, after).map(|place| {
        (
            place,
            "the table does not know this line, so how it is taken back is a guess",
        )
    });
    let mut findings: Vec<PlanFinding> = came
        .chain(went)
        .map(|(place, text)| finding(subject, place, text.to_owned()))
        .collect();
    let stays = after
        .unknown
        .keys()
        .filter(|path| before.unknown.contains_key(*path));
    let count = stays.count();
    if count > 0 {
        findings.push(PlanFinding {
            severity: PlanSeverity::Info,
            kind: PlanFindingKind::UnknownLine,
            device: subject.input.device.clone(),
            section: Vec::new(),
            line: String::new(),
            text: format!("{count} lines that do not change are not known to the table"),
        });
    }
    findings
}

fn only_in<'s>(one: &'s Survey<'s>, other: &'s Survey<'s>) -> impl Iterator<Item = &'s Place<'s>> {
    let unknown = one.unknown.iter();
    unknown
        .filter(|(path, _)| !other.unknown.contains_key(*path))
        .map(|(_, place)| place)
}

fn finding(subject: &Subject<'_>, place: &Place<'_>, text: String) -> PlanFinding {
    PlanFinding {
        severity: PlanSeverity::Warning,
        kind: PlanFindingKind::UnknownLine,
        device: subject.input.device.clone(),
        section: place.section(),
        line: place.line.to_owned(),
        text,
    }
}

/// So many lines that are not read as configuration are named of each text.
const NAMED: usize = 5;

/// What of the two texts is not read as configuration: it is not compared, and not sent.
pub(super) fn unread(subject: &Subject<'_>) -> Vec<PlanFinding> {
    let (running, intended) = (&subject.input.running, &subject.input.intended);
    let sides = [
        ("running", running, intended),
        ("intended", intended, running),
    ];
    let told = sides.map(|(side, text, other)| (side, diff::dropped(text, other)));
    let told = told.into_iter().filter(|(_, unread)| unread.count > 0);
    told.map(|(side, unread)| PlanFinding {
        severity: PlanSeverity::Info,
        kind: PlanFindingKind::UnreadLines,
        device: subject.input.device.clone(),
        section: Vec::new(),
        line: String::new(),
        text: format!(
            "of what is {side}, {} not read as configuration: {}",
            match unread.count {
                1 => "1 line is".to_owned(),
                count => format!("{count} lines are"),
            },
            named(&unread)
        ),
    })
    .collect()
}

fn named(unread: &UnreadLines) -> String {
    let lines = unread.lines.iter().take(NAMED);
    let mut named: Vec<String> = lines
        .map(|unread| format!("line {} `{}`", unread.line, unread.text))
        .collect();
    let more = unread.count.saturating_sub(NAMED);
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named.join(", ")
}

/// Lines with a mask where a secret should be, on either way. The rest of such a line is not shown: it may hold a part of one.
pub(super) fn masked(subject: &Subject<'_>) -> Vec<PlanFinding> {
    let grammar = &subject.input.platform.grammar;
    let steps = subject.steps.iter().chain(subject.inverse);
    let masked = steps.filter(|step| grammar.is_masked(&step.line));
    let command = |step: &Step| {
        let words: Vec<&str> = step.line.split(' ').take(2).collect();
        words.join(" ")
    };
    masked
        .map(|step| PlanFinding {
            severity: PlanSeverity::Error,
            kind: PlanFindingKind::MaskedSecret,
            device: subject.input.device.clone(),
            section: step.section.clone(),
            line: command(step),
            text: "a mask stands where a secret should be".to_owned(),
        })
        .collect()
}
