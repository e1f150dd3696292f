//! What does a device become, step by step, if the table of its platform is right?
//!
//! The device does what the table says and nothing else: a line overwrites its own command, is refused where the table says so, and
//! takes along what the table says. It is no judge of the table. It judges whether the planner keeps what it promises: nothing is
//! used before it is there, nothing goes that is still used, nothing is taken back that is not there.

use std::collections::HashSet;

use super::committed::made_at_once;
use super::node::{Node, begins};
use super::{paths, sets};
use crate::config::Configuration;
use crate::model::Step;
use crate::plan::barrier::is_commit;
use crate::platform::{Grammar, Platform, Rule, RuleId, SectionId};

/// A device that is on its way to a configuration.
#[derive(Clone, Debug)]
pub(super) struct Device<'p> {
    pub(super) platform: &'p Platform,
    pub(super) root: Node,
    /// What is in force, where that is another question.
    in_force: Node,
    wanted: &'p Wanted,
    /// What it could not do, or not at its time.
    pub(super) faults: Vec<String>,
}

/// What a device shall come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    lines: HashSet<String>,
    defines: HashSet<String>,
}

impl Wanted {
    pub(super) fn of(configuration: &Configuration) -> Self {
        let mut wanted = Self::default();
        Node::of(configuration).walk(&mut |path, node| {
            wanted.lines.insert(line(path, &node.text));
            wanted.defines.extend(node.says.defines.iter().cloned());
        });
        wanted
    }
}

fn line(path: &[&str], text: &str) -> String {
    let words: Vec<&str> = path.iter().copied().chain([text]).collect();
    words.join(" / ")
}

/// The way to a line: its place among its siblings, outermost section first.
type Place = Vec<usize>;

impl<'p> Device<'p> {
    pub(super) fn new(platform: &'p Platform, running: &Configuration, wanted: &'p Wanted) -> Self {
        let root = Node::of(running);
        Self {
            in_force: root.clone(),
            platform,
            root,
            wanted,
            faults: Vec::new(),
        }
    }

    /// Carries steps out.
    pub(super) fn apply(&mut self, steps: &[Step]) {
        for step in steps {
            if is_commit(step, self.platform) {
                self.commit();
                continue;
            }
            let names = self.defined();
            if crate::platform::Form::Indented == self.grammar().form() {
                self.typed(step);
            } else {
                self.path(&step.line);
            }
            self.settle(&names);
        }
    }

    /// Puts into force what was typed and returns it.
    pub(super) fn text(&mut self) -> String {
        self.commit();
        self.root.text_of(self.grammar())
    }

    fn commit(&mut self) {
        let found = made_at_once(self.grammar(), (&self.in_force, &self.root));
        self.faults.extend(found);
        self.in_force = self.root.clone();
    }

    fn grammar(&self) -> &'p Grammar {
        &self.platform.grammar
    }

    fn rule(&self, number: RuleId) -> &'p Rule {
        self.grammar().rule(number)
    }

    pub(super) fn fault(&mut self, what: String) {
        self.faults.push(what);
    }

    pub(super) fn at(&mut self, place: &[usize]) -> &mut Node {
        place
            .iter()
            .fold(&mut self.root, |node, child| &mut node.children[*child])
    }

    fn typed(&mut self, step: &Step) {
        let mut place = Place::new();
        for header in &step.section {
            place = self.enter(place, header);
        }
        let is_done = self.count_anew(&place, &step.line)
            || self.put_between(&place, &step.line)
            || self.undo(&place, &step.line);
        if !is_done {
            self.set(&place, &step.line);
        }
    }

    /// Goes into a section, which is made where it is not there.
    fn enter(&mut self, place: Place, header: &str) -> Place {
        let mut children = self.at(&place).children.iter();
        let known = children.position(|child| child.text == header);
        let number = match known {
            Some(number) => number,
            None => self.set(&place, header),
        };
        [place, vec![number]].concat()
    }

    /// Sets a line and returns its number among its siblings.
    fn set(&mut self, place: &[usize], text: &str) -> usize {
        let section = self.at(place).opens;
        let new = self.in_full(place, Node::new(self.grammar(), section, text));
        let platform = self.platform;
        let known = self
            .at(place)
            .children
            .iter()
            .position(|child| is_same(platform, section, child, &new));
        self.welcome(&new, (place, known));
        let number = match known {
            Some(number) => {
                self.overwrite(place, (number, new));
                number
            }
            None => {
                self.at(place).children.push(new);
                self.at(place).children.len() - 1
            }
        };
        self.after_set(place, number)
    }

    /// Writes a line with a set of numbers as all that are in the set then.
    fn in_full(&mut self, place: &[usize], new: Node) -> Node {
        let Some(rule) = new.rule.map(|rule| self.rule(rule)) else {
            return new;
        };
        let section = self.at(place).opens;
        if !rule.is_range() && !rule.adds_names() {
            return new;
        }
        let alone = rule.settled(&new.text, None).unwrap_or(new.text.clone());
        // What adds is written as the line that it adds to.
        let alone = Node::new(self.grammar(), section, &alone);
        let platform = self.platform;
        let siblings = &self.at(place).children;
        let before = siblings
            .iter()
            .find(|child| is_same(platform, section, child, &alone));
        let adds = rule.adds() || rule.adds_names();
        let joined = before.filter(|_| adds).and_then(|before| {
            let whole = platform.grammar.rule(before.rule?);
            sets::with(whole, &before.text, &alone.text)
        });
        match joined {
            Some(text) => Node::new(self.grammar(), section, &text),
            None => alone,
        }
    }

    /// Says what stands in the way of a line that comes.
    fn welcome(&mut self, new: &Node, (place, known): (&[usize], Option<usize>)) {
        let defined = self.defined();
        let names = new.says.uses.iter().chain(&new.says.needs);
        let missing =
            names.filter(|name| !defined.contains(*name) && !new.says.defines.contains(*name));
        for name in missing {
            if self.wanted.defines.contains(name) {
                self.fault(format!("`{}` comes before `{name}` is there", new.text));
            }
        }
        let old = known.map(|known| self.at(place).children[known].text.clone());
        for thing in new.says.claims.iter().chain(&new.says.never_beside) {
            let mut owner = None;
            self.root.walk(&mut |_, node| {
                let has = node.says.claims.contains(thing) || node.says.sort.contains(thing);
                if has && Some(&node.text) != old.as_ref() {
                    owner = Some(node.text.clone());
                }
            });
            if let Some(owner) = owner {
                self.fault(format!("`{}` comes while `{owner}` has {thing}", new.text));
            }
        }
    }

    fn overwrite(&mut self, place: &[usize], (number, new): (usize, Node)) {
        let negation = self.grammar().negation();
        let old = self.at(place).children[number].clone();
        if old.text == new.text {
            return;
        }
        let rule = new.rule.map(|rule| self.rule(rule));
        let is_negation = negation.is_on(&old.text) || negation.is_on(&new.text);
        if rule.is_some_and(|rule| rule.collides(&old.text, &new.text) && !rule.adds_names())
            && !is_negation
        {
            self.fault(format!(
                "`{}` comes while `{}` is there",
                new.text, old.text
            ));
        }
        let stays = rule.is_some_and(|rule| rule.in_place);
        if rule.is_some_and(|rule| rule.opens().is_some()) && !stays {
            self.fault(format!("`{}` is entered as `{}`", old.text, new.text));
        }
        let children = match stays {
            true => old.children,
            false => Vec::new(),
        };
        self.at(place).children[number] = Node { children, ..new };
    }

    /// What a line takes along when it comes; returns its number then.
    fn after_set(&mut self, place: &[usize], number: usize) -> usize {
        let text = self.at(place).children[number].text.clone();
        let rule = self.at(place).children[number].rule;
        let gone = rule.map(|rule| self.rule(rule).comes_into_force(&text));
        self.drop_beside(place, (&gone.unwrap_or_default(), &text), false);
        let siblings = &self.at(place).children;
        siblings
            .iter()
            .position(|child| child.text == text)
            .expect("it does not drop itself")
    }

    /// Takes lines back, where that is what a text says.
    fn undo(&mut self, place: &[usize], text: &str) -> bool {
        let platform = self.platform;
        let path = self.headers(place);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let is_wanted = self.wanted.lines.contains(&line(&path, text));
        if self.undo_whole(place, text) {
            return true;
        }
        let negation = platform.grammar.negation();
        let siblings = &self.at(place).children;
        let mut gone: Vec<String> = siblings
            .iter()
            // What says the opposite of a line and is wanted takes its place, and is then printed itself.
            .filter(|child| !is_wanted && undone_by(platform, child, text))
            .map(|child| child.text.clone())
            .collect();
        if gone.is_empty() {
            let all = siblings
                .iter()
                .filter(|child| all_undone_by(platform, child, text));
            gone = all.map(|child| child.text.clone()).collect();
        }
        for gone in &gone {
            self.remove(place, gone);
        }
        if !gone.is_empty() || self.shrink(place, text) {
            return true;
        }
        // Of a port that left its bundle it is said in any case.
        let bundle = platform.grammar.bundle();
        let is_said = bundle.is_some_and(|bundle| bundle.left.as_deref() == Some(text));
        if negation.is_on(text) && !is_wanted && !is_said {
            self.fault(format!("`{text}` takes back what is not there"));
            return true;
        }
        false
    }

    /// Takes a line back with all that it destroys beside it, where that is what a text says.
    fn undo_whole(&mut self, place: &[usize], text: &str) -> bool {
        let platform = self.platform;
        let destroyed = |child: &Node| {
            let rule = platform.grammar.rule(child.rule?);
            let whole = rule.negation_of_whole(&child.text)?;
            (whole == text).then(|| rule.destroys(&child.text))
        };
        let found = self.at(place).children.iter().find_map(destroyed);
        if let Some(starts) = &found {
            self.drop_beside(place, (starts, ""), false);
        }
        found.is_some()
    }

    fn headers(&mut self, place: &[usize]) -> Vec<String> {
        let depths = 1..=place.len();
        depths
            .map(|depth| self.at(&place[..depth]).text.clone())
            .collect()
    }

    /// Takes numbers out of a set.
    fn shrink(&mut self, place: &[usize], text: &str) -> bool {
        let section = self.at(place).opens;
        let platform = self.platform;
        let siblings = self.at(place).children.iter().enumerate();
        let mut less = siblings.filter_map(|(number, child)| {
            let rule = platform.grammar.rule(child.rule?);
            let rest = match rule.merges {
                true => sets::without_names(rule, &child.text, &platform.grammar, text)?,
                false => sets::without(rule, &child.text, text)?,
            };
            Some((number, rest, child.text.clone()))
        });
        let Some((number, rest, old)) = less.next() else {
            return false;
        };
        drop(less);
        match rest.as_str() {
            "" => self.remove(place, &old),
            rest => self.at(place).children[number] = Node::new(&platform.grammar, section, rest),
        }
        true
    }

    /// Takes a line out, with what goes along.
    fn remove(&mut self, place: &[usize], text: &str) {
        let siblings = &mut self.at(place).children;
        let Some(number) = siblings.iter().position(|child| child.text == text) else {
            return;
        };
        let old = siblings.remove(number);
        let Some(rule) = old.rule.map(|rule| self.rule(rule)) else {
            return;
        };
        if rule.is_emptied() {
            self.fault(format!("`{text}` cannot be deleted"));
        }
        // What has a line of its own for the whole takes nothing along without it.
        if rule.negation_of_whole(text).is_none() {
            self.drop_beside(place, (&rule.destroys(text), ""), true);
        }
        self.drop_beside(place, (&rule.goes_out_of_force(text), ""), false);
        self.followers(place, text);
    }

    /// What goes because another line of the section went.
    fn followers(&mut self, place: &[usize], gone: &str) {
        let platform = self.platform;
        let follows = |child: &Node| {
            let rule = platform.grammar.rule(child.rule?);
            let starts = rule.goes_with(&child.text);
            let follows = starts.iter().any(|start| begins(gone, start));
            follows.then(|| child.text.clone())
        };
        let found: Vec<String> = self.at(place).children.iter().filter_map(follows).collect();
        for text in found {
            self.remove(place, &text);
        }
    }

    /// Drops lines by their beginnings.
    fn drop_beside(&mut self, place: &[usize], (starts, but): (&[String], &str), deep: bool) {
        if starts.is_empty() {
            return;
        }
        let grammar = self.grammar();
        let goes = |node: &Node| {
            let text = grammar.positive(&node.text);
            node.text != but && starts.iter().any(|start| begins(text, start))
        };
        let section = self.at(place);
        match deep {
            true => section.prune(&mut { goes }),
            false => section.children.retain(|node| !goes(node)),
        }
    }

    fn defined(&self) -> HashSet<String> {
        let mut names = HashSet::new();
        self.root
            .walk(&mut |_, node| names.extend(node.says.defines.iter().cloned()));
        names
    }

    /// Lets go what needs a name that is gone, and looks for what only uses one.
    fn settle(&mut self, before: &HashSet<String>) {
        loop {
            let now = self.defined();
            let gone: HashSet<&String> = before.difference(&now).collect();
            if gone.is_empty() {
                return;
            }
            let needs_it = |node: &Node| node.says.needs.iter().any(|name| gone.contains(name));
            let mut count = 0;
            self.root.prune(&mut |node| {
                count += usize::from(needs_it(node));
                needs_it(node)
            });
            if count == 0 {
                let gone: Vec<String> = gone.into_iter().cloned().collect();
                return self.left_without(&gone);
            }
        }
    }

    fn left_without(&mut self, gone: &[String]) {
        let mut found = Vec::new();
        let wanted = self.wanted;
        for name in gone.iter().filter(|name| !wanted.defines.contains(*name)) {
            self.root.walk(&mut |path, node| {
                let stays = wanted.lines.contains(&line(path, &node.text));
                if node.says.uses.contains(name) && !stays {
                    found.push(format!("{name} goes while `{}` uses it", node.text));
                }
            });
        }
        self.faults.extend(found);
    }

    fn path(&mut self, typed: &str) {
        let verbs = self.grammar().verbs().clone();
        let after = |verb: &str| {
            let path = typed.strip_prefix(verb)?.strip_prefix(' ')?;
            (!verb.is_empty()).then(|| path.to_owned())
        };
        if let Some(path) = after(&verbs.delete) {
            return self.delete(&path);
        }
        if let Some(path) = after(&verbs.insert) {
            return self.insert(&path);
        }
        match (after(&verbs.deactivate), after(&verbs.activate)) {
            (Some(path), _) => self.mark(&path, true),
            (_, Some(path)) => self.mark(&path, false),
            _ => self.merge(typed),
        }
    }

    fn merge(&mut self, typed: &str) {
        let read = Configuration::parse(&format!("{typed}\n"), self.platform);
        let read = Node::of(&read.unwrap_or_else(|error| panic!("{error}: {typed}")));
        let (mut place, mut level) = (Place::new(), &read.children);
        while let Some(node) = level.first() {
            if node.children.is_empty() {
                self.set(&place, &node.text);
                return;
            }
            place = self.enter(place, &node.text);
            level = &node.children;
        }
    }

    fn delete(&mut self, path: &str) {
        let count = paths::cut(&mut self.root, "", path);
        if count == 0 {
            self.fault(format!("`delete {path}` finds nothing"));
        }
    }

    fn mark(&mut self, path: &str, is_off: bool) {
        let word = self.grammar().inactive().unwrap_or_default().to_owned();
        let grammar = self.grammar();
        if !paths::marked(grammar, &mut self.root, ("", path), (&word, is_off)) {
            self.fault(format!("nothing to mark at `{path}`"));
        }
    }

    fn insert(&mut self, path: &str) {
        let found = [" before ", " after "].into_iter().find_map(|side| {
            let (moved, other) = path.rsplit_once(side)?;
            Some((moved, side.trim(), other))
        });
        let is_done = found.is_some_and(|found| paths::moved(&mut self.root, "", found));
        if !is_done {
            self.fault(format!("`insert {path}` finds nothing"));
        }
    }
}

/// Says whether two lines of a section give the same command.
fn is_same(platform: &Platform, section: SectionId, one: &Node, other: &Node) -> bool {
    let grammar = &platform.grammar;
    if one.text == other.text {
        return true;
    }
    let has_paths = grammar.form() != crate::platform::Form::Indented;
    if one.rule != other.rule || one.says.ordered {
        return false;
    }
    match one.rule.map(|rule| grammar.rule(rule)) {
        Some(rule) if rule.has_value() => rule.is_same_command(&one.text, &other.text),
        None if has_paths || section == SectionId::UNKNOWN => false,
        _ => grammar.positive(&one.text) == grammar.positive(&other.text),
    }
}

fn undone_by(platform: &Platform, node: &Node, text: &str) -> bool {
    let rule = node.rule.map(|rule| platform.grammar.rule(rule));
    let all = rule.and_then(|rule| rule.negation_of_all(&node.text));
    if all.is_some() {
        return false;
    }
    let negation = match rule {
        Some(rule) => rule.negation(&node.text),
        None => platform.grammar.negation().inverse(&node.text),
    };
    negation == text
}

fn all_undone_by(platform: &Platform, node: &Node, text: &str) -> bool {
    let rule = node.rule.map(|rule| platform.grammar.rule(rule));
    rule.and_then(|rule| rule.negation_of_all(&node.text))
        .is_some_and(|all| all == text)
}
