//! How does a table become a grammar?

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::index::Forms;
use super::table::{GrammarTable, LineTable, SectionTable};
use super::{Grammar, Negation, Rule, RuleId, Section, SectionId, Tables};
use crate::error::{Error, ErrorKind, Result};

impl TryFrom<GrammarTable> for Grammar {
    type Error = Error;

    fn try_from(table: GrammarTable) -> Result<Self> {
        let mut tables = Tables {
            form: table.form,
            negation: Negation::parse(table.negation.as_deref().unwrap_or("no"))?,
            leave: table.leave.unwrap_or_else(|| "exit".to_owned()),
            commit: table.commit,
            verbs: table.verbs,
            terminator: table.terminator,
            needless_quotes: table.needless_quotes,
            quotes: table.quotes.unwrap_or_else(|| vec!['"']),
            root: table.root,
            inactive: table.inactive,
            indentation: table.indentation,
            comments: table.comments,
            annotations: table.annotations,
            closers: Forms::parse(&table.closers)?,
            written: Forms::parse(&table.written)?,
            ignored: Forms::parse(&table.ignored)?,
            masked: table.masked,
            barred: table.barred,
            bundle: table.bundle,
            blobs: table.blobs,
            rules: Vec::new(),
            sections: Vec::new(),
        };
        tables.add_sections(table.section)?;
        tables.add_mark()?;
        let grammar = Self(Arc::new(tables));
        grammar.check()?;
        Ok(grammar)
    }
}

impl Tables {
    fn add_sections(&mut self, mut sections: BTreeMap<String, SectionTable>) -> Result<()> {
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
        name.clone_into(&mut self.sections[id].name);
        self.sections[id].leave = table.leave;
        let inside = |error: Error| error.with("section", name);
        for line in table.lines {
            let rule = Rule::new(line.properties(), None, &self.negation).map_err(inside)?;
            // The more special form first; the rule that it continues stands right behind it.
            if let Some(continuation) = rule.continuation()? {
                self.add_rule(&[id], continuation)?;
            }
            self.add_rule(&[id], rule)?;
        }
        let parents = parents(ids, &table.parents)?;
        for header in table.header {
            let opens = Some(SectionId::of(id)?);
            let rule = Rule::new(header.properties(), opens, &self.negation).map_err(inside)?;
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
        let rule = Rule::new(line.properties(), None, &self.negation)?;
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
                Error::new(ErrorKind::InvalidInput, "no such section")
                    .during("grammar.parse")
                    .with("section", name)
            })
        })
        .collect()
}
