//! How is a pair of configurations made of blocks: one, and the same with a few edits?

use std::collections::HashSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::blocks::{Blocks, Choice};
use super::node::Node;
use crate::config::Configuration;
use crate::platform::{Form, Grammar, Platform, Rule};

/// What a pair is made of. Numbers are taken modulo what there is, so that each recipe makes a pair.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    parts: Vec<Part>,
    edits: Vec<Edit>,
    /// Whether a line may use what nobody defines.
    dangles: bool,
}

#[derive(Clone, Debug)]
struct Part {
    is_triple: bool,
    block: u16,
    choice: Choice,
}

/// What makes the second configuration of the first.
#[derive(Clone, Debug)]
enum Edit {
    Add(Part),
    Remove(u16),
    /// Another choice for one slot of a block.
    Change(u16, u8, u8),
    /// A line goes to another place in its ordered list.
    Move(u16, u8),
    /// A name changes, wherever it stands.
    Rename(u16),
    /// A number in a line grows by one.
    Bump(u16),
}

fn part() -> impl Strategy<Value = Part> {
    let choice = vec(any::<u8>(), 16);
    (any::<bool>(), any::<u16>(), choice).prop_map(|(is_triple, block, choice)| Part {
        is_triple,
        block,
        choice,
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        2 => any::<u16>().prop_map(Edit::Bump),
        4 => (any::<u16>(), 0u8..16, any::<u8>()).prop_map(|(part, slot, value)| Edit::Change(part, slot, value)),
        2 => any::<u16>().prop_map(Edit::Remove),
        2 => part().prop_map(Edit::Add),
        2 => (any::<u16>(), any::<u8>()).prop_map(|(line, to)| Edit::Move(line, to)),
        1 => any::<u16>().prop_map(Edit::Rename),
    ]
}

/// Any recipe.
pub(super) fn recipe() -> impl Strategy<Value = Recipe> {
    let dangles = prop::bool::weighted(0.2);
    (vec(part(), 1..10), vec(edit(), 1..7), dangles).prop_map(|(parts, edits, dangles)| Recipe {
        parts,
        edits,
        dangles,
    })
}

/// Makes the pairs of a platform.
pub(super) struct Kitchen<'p> {
    pub(super) platform: &'p Platform,
    pub(super) blocks: Blocks,
}

impl Kitchen<'_> {
    /// Makes a pair; none where an edit makes something that is no configuration.
    pub(super) fn pair(&self, recipe: &Recipe) -> Option<(String, String)> {
        let running = self.tree(&recipe.parts)?;
        let mut parts = recipe.parts.clone();
        for edit in &recipe.edits {
            change_parts(&mut parts, edit);
        }
        let mut intended = self.tree(&parts)?;
        for edit in &recipe.edits {
            self.change_lines(&mut intended, edit);
        }
        let text = |tree: Node| self.consistent(&tree, recipe.dangles);
        Some((text(running)?, text(intended)?))
    }

    fn tree(&self, parts: &[Part]) -> Option<Node> {
        let mut text = self.blocks.head.clone();
        for part in parts {
            text += &self.blocks.text(self.block(part), &part.choice);
        }
        let read = Configuration::parse(&text, self.platform).ok()?;
        Some(Node::of(&read))
    }

    fn block(&self, part: &Part) -> usize {
        let (written, all) = (self.blocks.written, self.blocks.all.len());
        match part.is_triple && all > written {
            true => written + usize::from(part.block) % (all - written),
            false => usize::from(part.block) % written,
        }
    }

    fn change_lines(&self, tree: &mut Node, edit: &Edit) {
        let grammar = &self.platform.grammar;
        match edit {
            Edit::Move(line, to) => move_line(tree, *line, *to),
            Edit::Rename(name) => rename(tree, grammar, *name),
            Edit::Bump(line) => bump(tree, *line),
            Edit::Add(_) | Edit::Remove(_) | Edit::Change(..) => {}
        }
    }

    /// Leaves out what no device would have beside the rest.
    fn consistent(&self, tree: &Node, dangles: bool) -> Option<String> {
        let grammar = &self.platform.grammar;
        let read = |tree: &Node| Configuration::parse(&tree.text_of(grammar), self.platform).ok();
        let mut tree = Node::of(&read(tree)?);
        loop {
            let before = tree.text_of(grammar);
            tidy(&mut tree, dangles);
            one_of_each(grammar, &mut tree);
            let text = tree.text_of(grammar);
            if text == before {
                return Some(text);
            }
            tree = Node::of(&read(&tree)?);
        }
    }
}

fn tidy(tree: &mut Node, dangles: bool) {
    let mut defined: HashSet<String> = HashSet::new();
    tree.walk(&mut |_, node| defined.extend(node.says.defines.iter().cloned()));
    tree.prune(&mut |node| {
        let is_there = |name: &String| defined.contains(name);
        let has_needs = node.says.needs.iter().all(is_there);
        !has_needs || !(dangles || node.says.uses.iter().all(is_there))
    });
    let (mut owned, mut sorts) = (HashSet::new(), HashSet::new());
    tree.prune(&mut |node| {
        let says = &node.says;
        let is_second = says.claims.iter().any(|thing| !owned.insert(thing.clone()));
        sorts.extend(says.sort.iter().cloned());
        is_second || says.never_beside.iter().any(|sort| sorts.contains(sort))
    });
}

/// Leaves out lines that are taken back together with one before them: they are one command for the device.
fn one_of_each(grammar: &Grammar, tree: &mut Node) {
    if grammar.form() != Form::Indented {
        return;
    }
    sections(tree, &mut |lines| {
        let mut seen = HashSet::new();
        lines.retain(|line| {
            let rule = line.rule.map(|rule| grammar.rule(rule));
            let is_list =
                |rule: &Rule| rule.is_range() || rule.negation_of_all(&line.text).is_some();
            let rule = rule.filter(|rule| !is_list(rule));
            rule.is_none_or(|rule| seen.insert(rule.negation(&line.text)))
        });
    });
}

fn change_parts(parts: &mut Vec<Part>, edit: &Edit) {
    let count = parts.len().max(1);
    match edit {
        Edit::Add(part) => parts.push(part.clone()),
        Edit::Remove(number) if parts.len() > 1 => {
            parts.remove(usize::from(*number) % count);
        }
        Edit::Change(number, slot, value) => {
            let part = &mut parts[usize::from(*number) % count];
            part.choice[usize::from(*slot)] = *value;
        }
        _ => {}
    }
}

/// Shows each section.
fn sections(node: &mut Node, visit: &mut impl FnMut(&mut Vec<Node>)) {
    visit(&mut node.children);
    for child in &mut node.children {
        sections(child, visit);
    }
}

/// Puts an ordered line behind so many others of its list.
fn move_line(tree: &mut Node, line: u16, to: u8) {
    let mut lists: Vec<Vec<usize>> = Vec::new();
    sections(tree, &mut |lines| lists.extend(ordered(lines)));
    if lists.is_empty() {
        return;
    }
    let wanted = usize::from(line) % lists.len();
    let mut seen = 0;
    sections(tree, &mut |lines| {
        for list in ordered(lines) {
            if seen == wanted {
                let from = usize::from(line) / lists.len() % list.len();
                let moved = lines[list[from]].clone();
                let to = list[usize::from(to) % list.len()];
                lines.remove(list[from]);
                lines.insert(to, moved);
            }
            seen += 1;
        }
    });
}

/// Returns the places of the lines of each list of a section that has an order to change.
pub(super) fn ordered(lines: &[Node]) -> Vec<Vec<usize>> {
    let mut groups: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.group.as_deref())
        .collect();
    groups.sort_unstable();
    groups.dedup();
    let of_group = |group: &str| {
        let places = 0..lines.len();
        let places = places.filter(|place| lines[*place].group.as_deref() == Some(group));
        places.collect::<Vec<usize>>()
    };
    let lists = groups.into_iter().map(of_group);
    lists.filter(|list| list.len() > 1).collect()
}

fn rename(tree: &mut Node, grammar: &Grammar, number: u16) {
    let mut names: Vec<String> = Vec::new();
    tree.walk(&mut |_, node| {
        let names_of = node.says.defines.iter();
        names.extend(names_of.filter(|name| !name.contains('/')).cloned());
    });
    names.retain(|name| !name.starts_with("interface ") && !name.starts_with("feature "));
    names.sort();
    names.dedup();
    if names.is_empty() {
        return;
    }
    let name = &names[usize::from(number) % names.len()];
    let old = name
        .rsplit(' ')
        .next()
        .unwrap_or_default()
        .trim_matches('"')
        .to_owned();
    let new = match old.parse::<u32>() {
        Ok(number) => (number + 100).to_string(),
        Err(_) => format!("{old}9"),
    };
    let is_fixed = grammar.positive(&old) != old || old.is_empty();
    if !is_fixed {
        sections(tree, &mut |lines| {
            for line in lines {
                line.text = replaced(&line.text, &old, &new);
            }
        });
    }
}

fn replaced(text: &str, old: &str, new: &str) -> String {
    let is_inside = |letter: char| letter.is_alphanumeric() || "_-.:/".contains(letter);
    let mut out = String::new();
    let mut rest = text;
    while let Some(place) = rest.find(old) {
        let (before, behind) = rest.split_at(place);
        let after = &behind[old.len()..];
        let is_word = !before.ends_with(is_inside) && !after.starts_with(is_inside);
        out += before;
        out += if is_word { new } else { old };
        rest = after;
    }
    out + rest
}

fn bump(tree: &mut Node, number: u16) {
    let mut count = 0;
    sections(tree, &mut |lines| count += lines.len());
    let wanted = usize::from(number) % count.max(1);
    let mut seen = 0;
    sections(tree, &mut |lines| {
        for line in lines {
            if seen == wanted {
                line.text = bumped(&line.text);
            }
            seen += 1;
        }
    });
}

fn bumped(text: &str) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let number = words
        .iter_mut()
        .rev()
        .find_map(|word| Some((word.parse::<u32>().ok()?, word)));
    if let Some((number, word)) = number {
        *word = (number + 1).to_string();
    }
    words.join(" ")
}

/// What one block says with each of its first choices.
pub(super) fn samples(kitchen: &Kitchen<'_>, block: usize) -> Vec<String> {
    let texts = (0u8..6).map(|number| kitchen.blocks.text(block, &vec![number; 16]));
    texts
        .map(|text| kitchen.blocks.head.clone() + &text)
        .collect()
}
