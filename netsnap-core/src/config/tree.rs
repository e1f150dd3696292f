//! How are the commands of a configuration kept, each one once?
//!
//! Each line is looked at once: its rule, its key and the section that it opens stay with it, for every comparison. Of two
//! lines that give the same command the later one counts, as on a device; two sections with one header are one; a line that
//! only says a default, and a section that is absent when it is empty, are marked as absent.

mod settle;

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::LazyLock;

use foldhash::quality::RandomState;
use hashbrown::HashTable;

use super::{LeftOut, WhyLeftOut};
use crate::platform::{Form, Grammar, Rule, RuleId, SectionId, TextForm};

/// The number of no entry.
pub(super) const NONE: u32 = u32::MAX;

/// The number of the whole configuration, which is the entry around all others.
pub(super) const ROOT: u32 = 0;

/// All commands of a configuration, from the outside to the inside.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    /// The text, and behind it what commands say that do not stand in it as one piece.
    pub(super) texts: String,
    /// How long the text itself is.
    pub(super) length: usize,
    pub(super) entries: Vec<Entry>,
    pub(super) groups: Vec<String>,
    by_group: HashMap<String, u32>,
    pub(super) grammar: Grammar,
    overwritten: Vec<LeftOut>,
    /// Entries by the section they stand in and their key.
    index: HashTable<u32>,
}

/// One command.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    hash: u64,
    start: u32,
    end: u32,
    /// Where it stands in the text.
    pub(super) position: u32,
    parent: u32,
    first: u32,
    last: u32,
    pub(super) next: u32,
    pub(super) group: u32,
    pub(super) rule: Option<RuleId>,
    /// The section that what stands inside belongs to.
    pub(super) opens: SectionId,
    /// Whether it means the same as its absence.
    pub(super) is_absent: bool,
    /// Whether something stands inside that is not absent.
    pub(super) has_inside: bool,
}

/// What names a command among its siblings.
#[derive(Clone, Copy, Debug)]
struct Key<'t> {
    rule: Option<RuleId>,
    /// The rule again, where only its key words count.
    identity: Option<&'t Rule>,
    text: &'t str,
}

impl Key<'_> {
    fn hash(&self) -> u64 {
        static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::default);
        let mut hasher = STATE.build_hasher();
        self.rule.hash(&mut hasher);
        match self.identity {
            Some(rule) => rule.identity(self.text, |word| word.hash(&mut hasher)),
            None => self.text.hash(&mut hasher),
        }
        hasher.finish()
    }

    fn is(&self, other: &Key<'_>) -> bool {
        self.rule == other.rule
            && match self.identity {
                Some(rule) => rule.is_same_command(self.text, other.text),
                None => self.text == other.text,
            }
    }
}

/// A place or number in the four bytes that it takes.
fn number(count: usize) -> u32 {
    u32::try_from(count).expect("a text that long was refused")
}

/// Mixes the key of a command with the section around it.
fn place_hash(parent: u32, key: u64) -> u64 {
    (key ^ u64::from(parent).wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

impl Tree {
    /// Makes a tree of a text, without commands.
    pub(super) fn new(text: &str, grammar: &Grammar) -> Self {
        let mut tree = Self {
            texts: text.to_owned(),
            length: text.len(),
            entries: Vec::with_capacity(text.len() / 32 + 1),
            groups: Vec::new(),
            by_group: HashMap::new(),
            grammar: grammar.clone(),
            overwritten: Vec::new(),
            index: HashTable::new(),
        };
        tree.entries.push(Entry {
            hash: 0,
            start: 0,
            end: 0,
            position: 0,
            parent: NONE,
            first: NONE,
            last: NONE,
            next: NONE,
            group: NONE,
            rule: None,
            opens: SectionId::GLOBAL,
            is_absent: false,
            has_inside: false,
        });
        tree
    }

    /// Says whether nothing was added.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.len() == 1
    }

    /// Returns what a command says.
    pub(super) fn text(&self, entry: &Entry) -> &str {
        &self.texts[entry.start as usize..entry.end as usize]
    }

    /// Returns the headers that lead into a section, its own one the last.
    pub(super) fn path(&self, section: u32) -> Vec<String> {
        let mut path = Vec::new();
        let mut at = &self.entries[section as usize];
        while let Some(around) = self.entries.get(at.parent as usize) {
            path.push(self.text(at).to_owned());
            at = around;
        }
        path.reverse();
        path
    }

    /// Returns what is known about a command.
    pub(super) fn rule(&self, entry: &Entry) -> Option<&Rule> {
        entry.rule.map(|rule| self.grammar.rule(rule))
    }

    /// Returns the entries inside another, absent ones too.
    pub(super) fn inside(&self, entry: &Entry) -> impl Iterator<Item = (u32, &Entry)> {
        let mut next = entry.first;
        std::iter::from_fn(move || {
            let number = next;
            let entry = self.entries.get(number as usize)?;
            next = entry.next;
            Some((number, entry))
        })
    }

    /// Returns how many commands the longest section holds.
    pub(super) fn widest(&self) -> usize {
        let mut inside = vec![0usize; self.entries.len()];
        for entry in &self.entries {
            if let Some(count) = inside.get_mut(entry.parent as usize) {
                *count += 1;
            }
        }
        inside.into_iter().max().unwrap_or_default()
    }

    /// Finds the command of another tree inside an entry of this one.
    pub(super) fn find(&self, parent: u32, (other, wanted): (&Self, &Entry)) -> Option<u32> {
        self.place_of(parent, wanted.hash, &other.key(wanted))
    }

    fn place_of(&self, parent: u32, hash: u64, key: &Key<'_>) -> Option<u32> {
        let is_it = |number: &u32| {
            let entry = &self.entries[*number as usize];
            entry.parent == parent && entry.hash == hash && self.key(entry).is(key)
        };
        self.index.find(place_hash(parent, hash), is_it).copied()
    }

    fn key<'t>(&'t self, entry: &Entry) -> Key<'t> {
        let text = self.text(entry);
        match self.rule(entry) {
            // A line whose order matters is named by its whole text: the same text at another place has moved.
            _ if entry.group != NONE => Key {
                rule: None,
                identity: None,
                text,
            },
            Some(rule) if rule.has_value() => Key {
                rule: entry.rule,
                identity: Some(rule),
                text,
            },
            _ => Key {
                rule: entry.rule,
                identity: None,
                text: self.grammar.positive(text),
            },
        }
    }

    /// Puts what says something of its own behind the text.
    pub(super) fn write(&mut self, text: &str) -> Range<u32> {
        let start = number(self.texts.len());
        self.texts.push_str(text);
        start..number(self.texts.len())
    }

    /// Puts a command into a section, where the same one stands already or at the end, and returns its number.
    pub(super) fn add(&mut self, parent: u32, span: Range<u32>, position: u32) -> u32 {
        let rule = self.find_rule(parent, &span);
        self.add_known(parent, rule, (span, position))
    }

    /// The same for a line that can stand for one line for each number of a list; the numbers of all but the first go to
    /// `beside`.
    pub(super) fn add_each(
        &mut self,
        parent: u32,
        (span, position): (Range<u32>, u32),
        beside: &mut Vec<u32>,
    ) -> u32 {
        let rule = self.find_rule(parent, &span);
        if self.is_plain(rule) {
            return self.put(parent, rule, (span, position));
        }
        let single = rule.and_then(|rule| {
            let text = &self.texts[span.start as usize..span.end as usize];
            self.grammar.rule(rule).each(text)
        });
        let Some((first, rest)) = single.as_deref().and_then(<[String]>::split_first) else {
            return self.add_known(parent, rule, (span, position));
        };
        let span = self.write(first);
        let number = self.add(parent, span, position);
        for line in rest {
            let span = self.write(line);
            beside.push(self.add(parent, span, position));
        }
        number
    }

    fn find_rule(&self, parent: u32, span: &Range<u32>) -> Option<RuleId> {
        let section = self.entries[parent as usize].opens;
        let text = &self.texts[span.start as usize..span.end as usize];
        self.grammar.find(section, text)
    }

    /// The same where its rule is known.
    pub(super) fn add_known(
        &mut self,
        parent: u32,
        rule: Option<RuleId>,
        (span, position): (Range<u32>, u32),
    ) -> u32 {
        if self.is_plain(rule) {
            return self.put(parent, rule, (span, position));
        }
        let (rule, span) = match rule {
            Some(rule) if self.grammar.rule(rule).is_range() => self.set(parent, (rule, span)),
            Some(rule) if self.grammar.rule(rule).text.is_some() => {
                (Some(rule), self.trimmed(rule, span))
            }
            rule => (rule, span),
        };
        self.put(parent, rule, (span, position))
    }

    /// Says whether a line is kept as it stands.
    fn is_plain(&self, rule: Option<RuleId>) -> bool {
        rule.is_none_or(|rule| self.grammar.rule(rule).is_plain)
    }

    fn put(
        &mut self,
        parent: u32,
        rule: Option<RuleId>,
        (span, position): (Range<u32>, u32),
    ) -> u32 {
        let span = self.plainly_named(rule, span);
        let section = self.entries[parent as usize].opens;
        let group = self.group(section, rule, span.clone());
        let opens = rule.and_then(|rule| self.grammar.rule(rule).opens());
        let mut entry = Entry {
            hash: 0,
            start: span.start,
            end: span.end,
            position,
            parent,
            first: NONE,
            last: NONE,
            next: NONE,
            group,
            rule,
            opens: opens.unwrap_or(SectionId::UNKNOWN),
            is_absent: false,
            has_inside: false,
        };
        let key = self.key(&entry);
        let hash = key.hash();
        let stands = self.place_of(parent, hash, &key);
        entry.hash = hash;
        match stands {
            Some(number) => self.overwrite(number, &entry),
            None => self.append(entry),
        }
    }

    /// A line that is a name as a whole is written without quotes that say nothing: it is then the same name.
    fn plainly_named(&mut self, rule: Option<RuleId>, span: Range<u32>) -> Range<u32> {
        let text = &self.texts[span.start as usize..span.end as usize];
        let is_name = |rule: RuleId| !self.grammar.rule(rule).has_value();
        if !text.contains('"') || !rule.is_some_and(is_name) {
            return span;
        }
        let name = match self.grammar.unquoted(text) {
            Cow::Owned(name) => name,
            Cow::Borrowed(_) => return span,
        };
        self.write(&name)
    }

    /// Brings a line with a set of numbers into the form that all with this set share. Where the device adds, the line before
    /// it gets that form: then the two say the same.
    fn set(
        &mut self,
        parent: u32,
        (rule, span): (RuleId, Range<u32>),
    ) -> (Option<RuleId>, Range<u32>) {
        let grammar = self.grammar.clone();
        let whole = match grammar.rule(rule).continues() {
            true => rule.next(),
            false => rule,
        };
        let text = &self.texts[span.start as usize..span.end as usize];
        let Some(line) = grammar.rule(rule).settled(text, None) else {
            return (Some(rule), span);
        };
        let key = Key {
            rule: Some(whole),
            identity: Some(grammar.rule(whole)),
            text: &line,
        };
        let before = self.place_of(parent, key.hash(), &key);
        let joined = before.and_then(|before| {
            let numbers = grammar
                .rule(whole)
                .numbers(self.text(&self.entries[before as usize]))?;
            let joined = grammar.rule(rule).settled(text, Some(&numbers))?;
            Some((before, joined))
        });
        if let (Some((before, joined)), true) = (joined, grammar.rule(rule).adds()) {
            let span = self.write(&joined);
            let entry = &mut self.entries[before as usize];
            (entry.start, entry.end) = (span.start, span.end);
            return (Some(whole), span);
        }
        match line == text {
            true => (Some(whole), span),
            false => (Some(whole), self.write(&line)),
        }
    }

    /// Leaves out the blanks of a text of several lines that make no difference, and gives one that stands between delimiters
    /// those that are typed.
    fn trimmed(&mut self, rule: RuleId, span: Range<u32>) -> Range<u32> {
        let text = &self.texts[span.start as usize..span.end as usize];
        let rule = self.grammar.rule(rule);
        let settled = match rule.text {
            Some(TextForm::Whole) => self.grammar.delimited(text),
            _ => rule.trimmed(text),
        };
        match settled {
            Some(settled) => self.write(&settled),
            None => span,
        }
    }

    fn append(&mut self, entry: Entry) -> u32 {
        let number = number(self.entries.len());
        let (parent, hash) = (entry.parent, entry.hash);
        self.entries.push(entry);
        let last = std::mem::replace(&mut self.entries[parent as usize].last, number);
        match self.entries.get_mut(last as usize) {
            Some(last) => last.next = number,
            None => self.entries[parent as usize].first = number,
        }
        let entries = &self.entries;
        let hash_of = |number: &u32| {
            let entry = &entries[*number as usize];
            place_hash(entry.parent, entry.hash)
        };
        self.index
            .insert_unique(place_hash(parent, hash), number, hash_of);
        number
    }

    /// A section entered twice keeps its lines; entered as another one it begins anew.
    fn overwrite(&mut self, number: u32, entry: &Entry) -> u32 {
        let stands = &self.entries[number as usize];
        if self.text(stands) == self.text(entry) {
            return number;
        }
        let piece = LeftOut {
            start: stands.position,
            end: self.end_of(stands),
            why: WhyLeftOut::Overwritten,
        };
        self.overwritten.push(piece);
        let orphans: Vec<u32> = self.inside(stands).map(|(orphan, _)| orphan).collect();
        for orphan in orphans {
            let hash = place_hash(number, self.entries[orphan as usize].hash);
            if let Ok(found) = self.index.find_entry(hash, |other| *other == orphan) {
                found.remove();
            }
            self.entries[orphan as usize].parent = NONE;
        }
        let next = self.entries[number as usize].next;
        self.entries[number as usize] = Entry {
            next,
            ..entry.clone()
        };
        number
    }

    /// What is not one piece of the text goes to the end of its line.
    fn end_of(&self, entry: &Entry) -> u32 {
        if entry.start == entry.position {
            return entry.end;
        }
        let rest = &self.texts[entry.position as usize..self.length];
        entry.position + number(rest.find('\n').unwrap_or(rest.len()))
    }

    /// Returns the lines that a line keeps its order with.
    fn group(&mut self, section: SectionId, rule: Option<RuleId>, span: Range<u32>) -> u32 {
        let text = &self.texts[span.start as usize..span.end as usize];
        let ordered = rule
            .map(|rule| self.grammar.rule(rule))
            .filter(|rule| rule.ordered);
        let has_paths = self.grammar.form() != Form::Indented;
        let name = match ordered {
            // A list without a word before its names is the only one of its section.
            Some(rule) if has_paths && rule.begins_with_a_name() => String::new(),
            // Lists of paths are told apart by their first word, and a path that is not known may be of such a list.
            _ if has_paths && (ordered.is_some() || rule.is_none()) => {
                text.split(' ').next().unwrap_or_default().to_owned()
            }
            // Lists side by side in one section are told apart by their names, or by what takes them back as a whole.
            Some(rule) => rule.list(text).unwrap_or_default(),
            None if section == SectionId::UNKNOWN => String::new(),
            None => return NONE,
        };
        if let Some(known) = self.by_group.get(&name) {
            return *known;
        }
        let group = number(self.groups.len());
        self.groups.push(name.clone());
        self.by_group.insert(name, group);
        group
    }
}
