//! What does a configuration hold, as a tree that can be changed?

use std::rc::Rc;

use crate::config::Configuration;
use crate::config::canonical::Level;
use crate::platform::{Form, Grammar, Rule, RuleId, SectionId};

/// A line, with the lines of the section that it opens.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) text: String,
    pub(super) rule: Option<RuleId>,
    /// What the lines inside belong to.
    pub(super) opens: SectionId,
    pub(super) says: Rc<Says>,
    /// The lines that it kept its order with when it was read.
    pub(super) group: Option<String>,
    /// Its number in a list that counted anew and shows none.
    pub(super) number: Option<u64>,
    pub(super) children: Vec<Self>,
}

/// What a line makes, needs and takes for itself.
#[derive(Debug, Default)]
pub(super) struct Says {
    pub(super) defines: Vec<String>,
    pub(super) uses: Vec<String>,
    pub(super) needs: Vec<String>,
    pub(super) claims: Vec<String>,
    pub(super) sort: Vec<String>,
    pub(super) never_beside: Vec<String>,
    pub(super) ordered: bool,
    /// Whether blanks in its text of several lines make no difference.
    pub(super) is_loose: bool,
}

impl Node {
    /// A line of a section, nothing inside.
    pub(super) fn new(grammar: &Grammar, section: SectionId, text: &str) -> Self {
        let number = grammar.find(section, text);
        let rule = number.map(|number| grammar.rule(number));
        let opens = rule.and_then(Rule::opens);
        let says = rule.map(|rule| Says {
            defines: rule.defines(text),
            uses: rule.uses(text),
            needs: rule.needs(text),
            claims: rule.claims(text),
            sort: rule.sort(text),
            never_beside: rule.never_beside(text),
            ordered: rule.ordered,
            is_loose: rule.trimmed("a\n b\nc").is_some(),
        });
        Self {
            text: text.to_owned(),
            rule: number,
            opens: opens.unwrap_or(SectionId::UNKNOWN),
            says: Rc::new(says.unwrap_or_default()),
            group: None,
            number: None,
            children: Vec::new(),
        }
    }

    /// The whole of a configuration, under a line without text.
    pub(super) fn of(configuration: &Configuration) -> Self {
        let mut root = Self::root();
        root.children = inside(
            configuration.grammar(),
            SectionId::GLOBAL,
            configuration.level(),
        );
        root
    }

    /// What stands around everything.
    pub(super) fn root() -> Self {
        Self {
            text: String::new(),
            rule: None,
            opens: SectionId::GLOBAL,
            says: Rc::default(),
            group: None,
            number: None,
            children: Vec::new(),
        }
    }

    /// Shows each line with the headers around it, outermost first.
    pub(super) fn walk<'n>(&'n self, visit: &mut impl FnMut(&[&'n str], &'n Self)) {
        walk(&self.children, &mut Vec::new(), visit);
    }

    /// Leaves out lines, with what stands inside, until none is to go.
    pub(super) fn prune(&mut self, goes: &mut impl FnMut(&Self) -> bool) {
        self.children.retain(|child| !goes(child));
        for child in &mut self.children {
            child.prune(goes);
        }
    }

    /// Writes the whole as its platform does.
    pub(super) fn text_of(&self, grammar: &Grammar) -> String {
        let mut out = String::new();
        if grammar.form() == Form::Indented {
            indented(&self.children, 0, &mut out);
            return out;
        }
        let pen = match grammar.terminator() {
            crate::platform::Terminator::Semicolon => (";", grammar.inactive()),
            crate::platform::Terminator::EndOfLine => ("", None),
        };
        match pen.0 {
            ";" => braced(&self.children, (0, pen), &mut out),
            _ => {
                out.push_str("configure {\n");
                braced(&self.children, (1, pen), &mut out);
                out.push_str("}\n");
            }
        }
        out
    }
}

fn inside(grammar: &Grammar, section: SectionId, level: Level<'_>) -> Vec<Node> {
    let node = |item: crate::config::canonical::Item<'_>| {
        let mut node = Node::new(grammar, section, item.text());
        node.children = inside(grammar, node.opens, item.children());
        node.group = item.group().map(str::to_owned);
        node
    };
    level.items().map(node).collect()
}

fn walk<'n>(
    nodes: &'n [Node],
    path: &mut Vec<&'n str>,
    visit: &mut impl FnMut(&[&'n str], &'n Node),
) {
    for node in nodes {
        visit(path, node);
        path.push(&node.text);
        walk(&node.children, path, visit);
        path.pop();
    }
}

fn indented(nodes: &[Node], depth: usize, out: &mut String) {
    for node in nodes {
        out.push_str(&" ".repeat(depth));
        match (node.says.is_loose, node.text.rsplit_once('\n')) {
            (true, Some((text, last))) => {
                *out += &format!("{}\n{last}", text.replace('\n', "\n  "));
            }
            _ => out.push_str(&node.text),
        }
        out.push('\n');
        indented(&node.children, depth + 1, out);
    }
}

type Pen<'p> = (&'p str, Option<&'p str>);

fn braced(nodes: &[Node], (depth, pen): (usize, Pen<'_>), out: &mut String) {
    let mark = |node: &Node| Some(node.text.strip_prefix(pen.1?)?.trim().to_owned());
    let marks: Vec<String> = nodes.iter().filter_map(mark).collect();
    for node in nodes.iter().filter(|node| mark(node).is_none()) {
        let is_off = marks.iter().any(|mark| begins(&node.text, mark));
        out.push_str(&" ".repeat(4 * depth));
        out.push_str(if is_off { "inactive: " } else { "" });
        out.push_str(&node.text);
        if node.children.is_empty() && (pen.0 == ";" || node.opens == SectionId::UNKNOWN) {
            out.push_str(pen.0);
            out.push('\n');
            continue;
        }
        out.push_str(" {\n");
        braced(&node.children, (depth + 1, pen), out);
        out.push_str(&" ".repeat(4 * depth));
        out.push_str("}\n");
    }
}

/// Says whether a text has these words at its beginning.
pub(super) fn begins(text: &str, start: &str) -> bool {
    let rest = text.strip_prefix(start);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}
