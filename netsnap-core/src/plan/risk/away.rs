//! Is a part of a policy in use away for a moment, because it goes before it comes again?
//!
//! A condition of an entry goes before another one comes, where the two are not told apart by their names; classes get another order only when
//! some of them go and come again; a port takes another policy only without the old one.

use super::{Subject, risk};
use crate::model::{RiskClass, RiskLevel, Step, StepRisk};
use crate::plan::survey::{Place, Survey};
use crate::platform::{Command, Rule, SectionId};

/// What an entry does with what fits it.
const PERMIT: &str = "permit";
const DENY: &str = "deny";

/// Returns, for each step, the risk of a part of a policy that is away until a later step.
pub(super) fn away(
    subject: &Subject<'_>,
    steps: &[Step],
    commands: &[Command],
) -> Vec<Option<StepRisk>> {
    let removed = steps.iter().zip(commands).enumerate();
    let removed = removed.map(|(place, (step, command))| {
        let gone = Gone::of(subject, step).filter(|_| command.is_removed)?;
        let line = gone.comes_again_with(&steps[place + 1..])?;
        let policies = gone.policies();
        let bindings = policies
            .iter()
            .filter_map(|policy| binding(subject, policy));
        let binding = bindings.max_by_key(|place| reach(subject, &place.path()));
        match binding {
            Some(binding) => Some(gone.risk_of_part(command, (line, &binding.path()))),
            None => gone.binds().then(|| gone.risk_of_binding(command, line)),
        }
    });
    removed.collect()
}

/// Returns where a policy is used before and after the change, and reaches most.
fn binding<'s>(subject: &'s Subject<'_>, policy: &str) -> Option<&'s Place<'s>> {
    let used = |survey: &'s Survey<'_>| Some(&survey.names.get(policy)?.used[..]);
    let (before, after) = (used(subject.before)?, used(subject.after)?);
    let is_left = |place: &&Place<'_>| before.iter().any(|old| old.path() == place.path());
    // One place may bind another policy now, and the same port this one.
    let stays = after.iter().filter(is_left);
    stays.max_by_key(|place| reach(subject, &place.path()))
}

/// What a place where a policy is used reaches.
fn reach(subject: &Subject<'_>, path: &str) -> (RiskLevel, RiskClass) {
    let command = Command {
        path: path.to_owned(),
        is_removed: false,
    };
    let found = subject.own_risk(&command);
    (found.level, found.kind)
}

/// A line that a step takes back, with the rules of the headers around it.
struct Gone<'s> {
    subject: &'s Subject<'s>,
    step: &'s Step,
    headers: Vec<(&'s str, &'s Rule)>,
    section: SectionId,
    line: &'s str,
    rule: Option<&'s Rule>,
}

impl<'s> Gone<'s> {
    fn of(subject: &'s Subject<'_>, step: &'s Step) -> Option<Self> {
        let grammar = &subject.platform.grammar;
        let line = grammar.negation().is_on(&step.line);
        let line = line.then(|| grammar.positive(&step.line))?;
        let (mut section, mut headers) = (SectionId::GLOBAL, Vec::new());
        for header in &step.section {
            let rule = grammar.rule(grammar.find(section, header)?);
            headers.push((header.as_str(), rule));
            section = rule.opens()?;
        }
        let rule = grammar
            .find(section, line)
            .map(|number| grammar.rule(number));
        Some(Self {
            subject,
            step,
            headers,
            section,
            line,
            rule,
        })
    }

    /// Returns the policies that the line is a part of.
    fn policies(&self) -> Vec<String> {
        let around = self.headers.iter();
        let around = around.flat_map(|(header, rule)| rule.defines(header));
        let own = self.rule.map(|rule| rule.defines(self.line));
        let names = around.chain(own.into_iter().flatten());
        names
            .filter(|name| self.subject.risks.is_policy(name))
            .collect()
    }

    /// Says whether the line uses a policy.
    fn binds(&self) -> bool {
        let used = self.rule.map(|rule| rule.uses(self.line));
        let mut used = used.into_iter().flatten();
        used.any(|name| self.subject.risks.is_policy(&name))
    }

    fn is_condition(&self) -> bool {
        !self.headers.is_empty() && self.subject.risks.is_condition(self.line)
    }

    /// Returns the line of a later step that says the same thing anew, with another value, say.
    fn comes_again_with(&self, later: &'s [Step]) -> Option<&'s str> {
        later.iter().find_map(|step| {
            let inside = step.section.strip_prefix(&self.step.section[..])?;
            let line = inside.first().unwrap_or(&step.line);
            self.is_again(line).then_some(line.as_str())
        })
    }

    fn is_again(&self, line: &str) -> bool {
        let grammar = &self.subject.platform.grammar;
        if grammar.negation().is_on(line) {
            return false;
        }
        if self.is_condition() && self.subject.risks.is_condition(line) {
            return true;
        }
        let rule = grammar.find(self.section, line);
        let Some(rule) = rule.map(|number| grammar.rule(number)) else {
            return false;
        };
        let is_same_rule = self.rule.is_some_and(|own| std::ptr::eq(own, rule));
        rule.negation(line) == self.step.line
            || (is_same_rule && rule.is_same_command(self.line, line))
    }

    fn risk_of_binding(&self, command: &Command, line: &str) -> StepRisk {
        StepRisk {
            reason: format!("it is away until `{line}` is there"),
            ..self.subject.own_risk(command)
        }
    }

    fn risk_of_part(&self, command: &Command, (line, binding): (&str, &str)) -> StepRisk {
        let until = format!("until `{line}` is there, and `{binding}` uses it");
        if !self.is_condition() {
            let reason = format!("a part of a policy is away {until}");
            return self.at_least(command, (RiskLevel::Low, reason), binding);
        }
        let entry = self.headers.first().map_or("", |(header, _)| *header);
        let does = |what| entry.split(' ').any(|word| word == what);
        let reason = format!("`{entry}` fits more than it shall {until}");
        match does(DENY) {
            _ if does(PERMIT) => risk(RiskClass::FailOpen, reason),
            true => self.at_least(command, (RiskLevel::High, reason), binding),
            false => self.at_least(command, (RiskLevel::Medium, reason), binding),
        }
    }

    /// Returns the risk of what the line and what uses its policy reach, and not less than some level.
    fn at_least(
        &self,
        command: &Command,
        (least, reason): (RiskLevel, String),
        binding: &str,
    ) -> StepRisk {
        let own = self.subject.own_risk(command);
        let (level, kind) = reach(self.subject, binding).max((own.level, own.kind));
        StepRisk {
            level: level.max(least),
            kind,
            reason,
        }
    }
}
