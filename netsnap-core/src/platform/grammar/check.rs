//! Is a table right in itself?

use std::collections::BTreeSet;

use super::{Grammar, LONGEST_BEGINNING, Rule, RuleId, SectionId, Template};
use crate::error::{Error, ErrorKind, Result};

const NOT_CAPTURED: &str = "a row does not capture what a text takes";

/// What is wrong with a row.
type Trouble = (&'static str, String);

impl Grammar {
    /// Checks what no single row tells.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] with the section and the row: it is hidden by another one, a text takes a word that the row
    /// does not capture, it uses a name that no row makes, or a beginning is longer than any that is looked for.
    pub(super) fn check(&self) -> Result<()> {
        let defined = self.defined();
        for (number, section) in self.0.sections.iter().enumerate() {
            let id = SectionId::of(number)?;
            for rule in section.rules.all() {
                let found = self
                    .hidden(id, rule)
                    .or_else(|| self.rule(rule).trouble(&defined));
                if let Some((message, about)) = found {
                    return Err(Error::new(ErrorKind::InvalidInput, message)
                        .during("grammar.check")
                        .with("section", &section.name)
                        .with("row", &self.rule(rule).texts.row)
                        .with("about", about));
                }
            }
        }
        Ok(())
    }

    /// Returns the names that rows make, as they stand there.
    fn defined(&self) -> BTreeSet<&str> {
        let rules = self.0.rules.iter();
        rules
            .flat_map(|rule| rule.defines_templates())
            .map(Template::text)
            .collect()
    }

    /// Finds the row that takes all lines of another one.
    fn hidden(&self, section: SectionId, rule: RuleId) -> Option<Trouble> {
        let mut by = None;
        for sample in self.rule(rule).pattern.samples() {
            by = self.find(section, &sample);
            if by == Some(rule) {
                return None;
            }
        }
        let by = by.map_or("nothing", |by| self.rule(by).texts.row.as_str());
        Some(("a row is hidden by another", by.to_owned()))
    }
}

impl Rule {
    fn trouble(&self, defined: &BTreeSet<&str>) -> Option<Trouble> {
        let list = self.each_list();
        let no_list = list.filter(|name| !self.pattern.has_capture(name));
        if let Some(name) = no_list {
            return Some((NOT_CAPTURED, name.to_owned()));
        }
        let not_captured = || self.templates().find_map(|text| self.not_captured(text));
        let unmade = || {
            let written = self.names_needed().map(|text| text.text().to_owned());
            let mut names = written.chain(self.names_inside());
            let name = names.find(|name| !defined.iter().any(|made| can_be(name, made)))?;
            Some(("nothing defines what a row uses", name))
        };
        let too_long = || {
            let mut beginnings = self.beginnings().map(Template::text);
            let is_long = |text: &&str| text.split(' ').count() > LONGEST_BEGINNING;
            let beginning = beginnings.find(is_long)?;
            Some(("a beginning of a line is too long", beginning.to_owned()))
        };
        not_captured().or_else(unmade).or_else(too_long)
    }

    fn not_captured(&self, template: &Template) -> Option<Trouble> {
        if template.text().is_empty() {
            return Some(("a text of a row is empty", String::new()));
        }
        let name = template
            .names()
            .find(|name| !self.pattern.has_capture(name))?;
        Some((NOT_CAPTURED, name.to_owned()))
    }
}

/// Says whether a name that is used can be one that is made: up to the first capture of either they are equal.
fn can_be(used: &str, made: &str) -> bool {
    let fixed = |text: &str| text.find('{').unwrap_or(text.len());
    let (used_end, made_end) = (fixed(used), fixed(made));
    match (used_end == used.len(), made_end == made.len()) {
        (true, true) => used == made,
        (true, false) => used.starts_with(&made[..made_end]),
        (false, true) => made.starts_with(&used[..used_end]),
        (false, false) => {
            let shared = used_end.min(made_end);
            used.as_bytes()[..shared] == made.as_bytes()[..shared]
        }
    }
}
