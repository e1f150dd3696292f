//! What do configuration lines mean?
//!
//! The grammar of a platform is data: which lines open a section, which words of a line are its identity and which its
//! value, what takes a line back, what it needs and what it does to its neighbours. Lines without a rule stay as they
//! are and are taken back with `no`; a plan that touches one is never proven.

mod index;
mod pattern;
mod rule;
mod table;

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;

use super::Pattern;
use crate::error::{Error, Result};
use index::{Forms, RuleIndex};
pub(crate) use pattern::{LinePattern, Template};
pub(crate) use rule::{Removal, Rule, RuleId};
use table::{BlobTable, GrammarTable, LineTable, SectionTable};
pub(crate) use table::{Form, Indentation, Terminator};

/// What the lines of one platform mean. Cheap to clone.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "GrammarTable")]
pub struct Grammar(Arc<Tables>);

#[derive(Debug)]
struct Tables {
    form: Form,
    terminator: Terminator,
    quotes: Vec<char>,
    inactive: Option<String>,
    indentation: Indentation,
    comments: Vec<char>,
    closers: Forms,
    ignored: Forms,
    masked: Vec<Pattern>,
    blobs: Vec<BlobTable>,
    rules: Vec<Rule>,
    sections: Vec<Section>,
}

/// The number of a section's rules in a grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SectionId(u16);

impl SectionId {
    /// The outermost section.
    pub(crate) const GLOBAL: Self = Self(0);
    /// A section without rules.
    pub(crate) const UNKNOWN: Self = Self(1);

    fn of(number: usize) -> Result<Self> {
        u16::try_from(number)
            .map(Self)
            .map_err(|_| too_many("sections"))
    }
}

fn too_many(what: &str) -> Error {
    Error::new(
        crate::error::ErrorKind::InvalidInput,
        "a grammar is too long",
    )
    .during("grammar.parse")
    .with("of", what)
}

#[derive(Debug, Default)]
struct Section {
    leave: String,
    rules: RuleIndex,
}

/// How a text of several lines ends.
#[derive(Clone, Debug)]
pub(crate) enum BlobEnd {
    /// In its first line.
    Here,
    /// With the next line that holds these characters.
    Delimiter(String),
    /// With the next line of this form.
    Line(Pattern),
}

impl Default for Grammar {
    fn default() -> Self {
        Self::try_from(GrammarTable::default()).expect("an empty table has no bad pattern")
    }
}

impl TryFrom<GrammarTable> for Grammar {
    type Error = Error;

    fn try_from(table: GrammarTable) -> Result<Self> {
        let mut tables = Tables {
            form: table.form,
            terminator: table.terminator,
            quotes: table.quotes.unwrap_or_else(|| vec!['"']),
            inactive: table.inactive,
            indentation: table.indentation,
            comments: table.comments,
            closers: Forms::parse(&table.closers)?,
            ignored: Forms::parse(&table.ignored)?,
            masked: table.masked,
            blobs: table.blobs,
            rules: Vec::new(),
            sections: Vec::new(),
        };
        tables.add_sections(table.section)?;
        tables.add_mark()?;
        Ok(Self(Arc::new(tables)))
    }
}

impl Tables {
    fn add_sections(
        &mut self,
        mut sections: std::collections::BTreeMap<String, SectionTable>,
    ) -> Result<()> {
        let global = sections.remove("global").unwrap_or_default();
        let ids: HashMap<String, usize> = std::iter::once("global".to_owned())
            .chain(std::iter::once(String::new()))
            .chain(sections.keys().cloned())
            .enumerate()
            .map(|(id, name)| (name, id))
            .collect();
        self.sections.resize_with(ids.len(), Section::default);
        // Lines before headers: where both fit, the more special line is written as a line.
        let all = std::iter::once(("global".to_owned(), global)).chain(sections);
        for (name, table) in all {
            self.add_section(&ids, &name, table)?;
        }
        Ok(())
    }

    fn add_section(
        &mut self,
        ids: &HashMap<String, usize>,
        name: &str,
        table: SectionTable,
    ) -> Result<()> {
        let id = ids[name];
        self.sections[id].leave = table.leave.unwrap_or_else(|| "exit".to_owned());
        for line in table.lines {
            let rule = Rule::new(line.properties(), None)?;
            self.add_rule(&[id], rule)?;
        }
        let parents = parents(ids, &table.parents)?;
        for header in table.header {
            let rule = Rule::new(header.properties(), Some(SectionId::of(id)?))?;
            self.add_rule(&parents, rule)?;
        }
        Ok(())
    }

    /// A statement is marked in any section.
    fn add_mark(&mut self) -> Result<()> {
        let Some(mark) = &self.inactive else {
            return Ok(());
        };
        let line = LineTable::Plain(format!("{mark} {{statement...}}"));
        let rule = Rule::new(line.properties(), None)?;
        let sections: Vec<usize> = (0..self.sections.len()).collect();
        self.add_rule(&sections, rule)
    }

    fn add_rule(&mut self, sections: &[usize], rule: Rule) -> Result<()> {
        let number = RuleId::of(self.rules.len())?;
        for section in sections {
            self.sections[*section].rules.add(number, &rule.pattern);
        }
        self.rules.push(rule);
        Ok(())
    }
}

fn parents(ids: &HashMap<String, usize>, names: &[String]) -> Result<Vec<usize>> {
    if names.is_empty() {
        return Ok(vec![usize::from(SectionId::GLOBAL.0)]);
    }
    names
        .iter()
        .map(|name| {
            ids.get(name).copied().ok_or_else(|| {
                Error::new(crate::error::ErrorKind::InvalidInput, "no such section")
                    .during("grammar.parse")
                    .with("section", name)
            })
        })
        .collect()
}

impl Grammar {
    /// Returns how a configuration is written.
    pub(crate) fn form(&self) -> Form {
        self.0.form
    }

    /// Returns what ends a statement in braces.
    pub(crate) fn terminator(&self) -> Terminator {
        self.0.terminator
    }

    /// Says whether a character begins and ends a word with blanks in it.
    pub(crate) fn is_quote(&self, quote: char) -> bool {
        self.0.quotes.contains(&quote)
    }

    /// Returns what stands before a statement that does nothing.
    pub(crate) fn inactive(&self) -> Option<&str> {
        self.0.inactive.as_deref()
    }

    /// Returns how the lines of one section are indented.
    pub(crate) fn indentation(&self) -> Indentation {
        self.0.indentation
    }

    /// Says whether words name a command of a section, its value left out.
    pub(crate) fn is_name(&self, section: SectionId, words: &[&str]) -> bool {
        let rules = words
            .first()
            .map(|word| self.section(section).rules.of_word(word));
        let mut rules = rules.into_iter().flatten();
        rules.any(|number| self.rule(*number).pattern.is_named_by(words))
    }

    /// Returns the rule of the header that a path begins with in a section, and how many words it takes.
    pub(crate) fn header(&self, section: SectionId, path: &[&str]) -> Option<(RuleId, usize)> {
        let candidates = self.section(section).rules.of_word(path.first()?);
        candidates.iter().find_map(|number| {
            let rule = self.rule(*number);
            let length = rule.opens().and_then(|_| rule.begins(path))?;
            Some((*number, length))
        })
    }

    /// Says whether a line without indentation is a comment.
    pub(crate) fn is_comment(&self, line: &str) -> bool {
        line.starts_with(self.0.comments.as_slice())
    }

    /// Says whether a line only leaves a section or ends the text.
    pub(crate) fn is_closer(&self, line: &str) -> bool {
        self.0.closers.matches(line)
    }

    /// Says whether a global line has no meaning for a change.
    pub(crate) fn is_ignored(&self, line: &str) -> bool {
        self.0.ignored.matches(line)
    }

    /// Says whether a line holds a mask where a secret was.
    pub(crate) fn is_masked(&self, line: &str) -> bool {
        self.0
            .masked
            .iter()
            .any(|Pattern(mask)| mask.is_match(line))
    }

    /// Returns how the text of several lines ends that a line begins; none for an ordinary line.
    pub(crate) fn blob(&self, line: &str) -> Option<BlobEnd> {
        let word = first_word(line);
        self.0
            .blobs
            .iter()
            .filter(|blob| blob.word == word)
            .find_map(|blob| blob_end(blob, line))
    }

    /// Returns the number of the rule for a line of a section.
    pub(crate) fn find(&self, section: SectionId, line: &str) -> Option<RuleId> {
        let body = positive(line);
        self.section(section)
            .rules
            .candidates(body)
            .find(|number| self.rule(*number).fits(line, body))
    }

    /// Returns a rule by its number.
    pub(crate) fn rule(&self, number: RuleId) -> &Rule {
        &self.0.rules[number.index()]
    }

    /// Returns all rules, each with a line of its form.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> impl Iterator<Item = (RuleId, String)> {
        let rules = self.0.rules.iter().enumerate();
        rules.map(|(number, rule)| (RuleId::of(number).unwrap(), rule.pattern.sample()))
    }

    fn section(&self, section: SectionId) -> &Section {
        &self.0.sections[usize::from(section.0)]
    }

    /// Returns the section that a line opens; none for a line that opens none or has no rule.
    pub(crate) fn opens(&self, section: SectionId, line: &str) -> Option<SectionId> {
        self.rule(self.find(section, line)?).opens()
    }

    /// Returns what leaves a section.
    pub(crate) fn leave(&self, section: SectionId) -> &str {
        match self.section(section).leave.as_str() {
            "" => "exit",
            leave => leave,
        }
    }
}

/// Returns a line without its negation.
pub(crate) fn positive(line: &str) -> &str {
    line.strip_prefix("no ").map_or(line, str::trim_start)
}

fn first_word(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

fn blob_end(blob: &BlobTable, line: &str) -> Option<BlobEnd> {
    let captures = blob.start.0.captures(line)?;
    let Some(delimiter) = captures.name("delimiter") else {
        return blob.end.clone().map(BlobEnd::Line);
    };
    if line[delimiter.end()..].contains(delimiter.as_str()) {
        return Some(BlobEnd::Here);
    }
    Some(BlobEnd::Delimiter(delimiter.as_str().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    #[test]
    fn a_section_is_known_by_what_it_stands_in() {
        let grammar = &Platform::named("frr").unwrap().grammar;
        let bgp = grammar
            .opens(SectionId::GLOBAL, "router bgp 65001")
            .unwrap();
        let family = "address-family ipv4 unicast";
        assert_eq!(
            grammar.leave(grammar.opens(bgp, family).unwrap()),
            "exit-address-family"
        );
        assert_eq!(grammar.leave(bgp), "exit");
        assert!(grammar.opens(SectionId::GLOBAL, family).is_none());
    }

    #[test]
    fn a_negated_header_opens_nothing() {
        let grammar = &Platform::named("frr").unwrap().grammar;
        assert!(grammar.opens(SectionId::GLOBAL, "router ospf").is_some());
        assert!(grammar.opens(SectionId::GLOBAL, "no router ospf").is_none());
    }

    #[test]
    fn a_banner_ends_with_its_own_delimiter() {
        let grammar = &Platform::named("cisco_ios").unwrap().grammar;
        for (line, expected) in [
            ("banner motd ^C", Some("Delimiter(\"^C\")")),
            ("banner motd #hello#", Some("Here")),
            ("banner login zhello", Some("Delimiter(\"z\")")),
            ("hostname r1", None),
        ] {
            let found = grammar.blob(line).map(|end| format!("{end:?}"));
            assert_eq!(found.as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn no_row_of_a_table_is_hidden_by_another() {
        for name in Platform::names() {
            let grammar = &Platform::named(name).unwrap().grammar;
            for (number, section) in grammar.0.sections.iter().enumerate() {
                for rule in section.rules.all() {
                    let sample = grammar.rule(rule).pattern.sample();
                    let found = grammar.find(SectionId::of(number).unwrap(), &sample);
                    assert_eq!(found, Some(rule), "{name}: {sample}");
                }
            }
        }
    }
}
