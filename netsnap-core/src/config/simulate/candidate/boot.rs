//! How does a text become the tree of a device that has booted with it?

use super::edit::{Done, mark, set};
use super::schema::Schema;
use super::tree::Node;
use super::words::{Ends, Mark, marks};
use crate::error::{Error, ErrorKind, Result};

/// Reads statements in braces.
///
/// # Errors
/// `ConfigurationInvalid` for braces that do not close.
pub(super) fn braces(schema: &Schema, text: &str, ends: Ends) -> Result<Node> {
    let mut reader = Reader {
        schema,
        root: Node::default(),
        open: Vec::new(),
        words: Vec::new(),
        is_marked: false,
        is_used: true,
    };
    for found in marks(text, ends)? {
        reader.take(found)?;
    }
    match (reader.open.is_empty(), reader.words.is_empty()) {
        (true, true) => Ok(reader.root),
        _ => Err(invalid("the text ends inside a statement")),
    }
}

struct Reader<'s> {
    schema: &'s Schema,
    root: Node,
    /// The words of the sections that are open, and how many each has.
    open: Vec<Vec<String>>,
    /// The statement so far.
    words: Vec<String>,
    is_marked: bool,
    /// Whether something stands in the innermost section.
    is_used: bool,
}

impl Reader<'_> {
    fn take(&mut self, mark: Mark) -> Result<()> {
        match mark {
            Mark::Word(word) if self.words.is_empty() && word == "inactive:" => {
                self.is_marked = true;
            }
            // What they protect or replace stands as it is.
            Mark::Word(word) if self.words.is_empty() && is_tag(&word) => {}
            Mark::Word(word) => self.words.push(word),
            Mark::ListOpen => self.words.push("[".to_owned()),
            Mark::ListClose => self.words.push("]".to_owned()),
            Mark::End => self.statement()?,
            Mark::Open => self.enter()?,
            Mark::Close => self.leave()?,
        }
        Ok(())
    }

    fn statement(&mut self) -> Result<()> {
        if self.words.is_empty() {
            return Ok(());
        }
        let words = std::mem::take(&mut self.words);
        self.is_used = true;
        self.set(&words)?;
        self.marked(&words)
    }

    fn enter(&mut self) -> Result<()> {
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            return Err(invalid("a brace opens nothing"));
        }
        if self.is_marked {
            self.set(&words)?;
            self.marked(&words)?;
        }
        self.open.push(words);
        self.is_used = false;
        Ok(())
    }

    fn leave(&mut self) -> Result<()> {
        self.statement()?;
        if self.open.is_empty() {
            return Err(invalid("a brace closes nothing"));
        }
        if !self.is_used {
            self.set(&[])?;
        }
        self.open.pop();
        self.is_used = true;
        Ok(())
    }

    /// The root that some print around all is no part of a path.
    fn path(&self, words: &[String]) -> Vec<String> {
        let words = self.open.iter().flatten().chain(words);
        let mut words = words.peekable();
        words.next_if(|word| *word == "configure" || *word == "/configure");
        words.cloned().collect()
    }

    fn set(&mut self, words: &[String]) -> Result<()> {
        let path = self.path(words);
        // The device runs with it, so it is the rules that do not know it.
        if let Done::Refused(_) = set(self.schema, &mut self.root, &path) {
            literally(&mut self.root, &path);
        }
        Ok(())
    }

    fn marked(&mut self, words: &[String]) -> Result<()> {
        if !std::mem::take(&mut self.is_marked) {
            return Ok(());
        }
        for path in self.named(words) {
            mark(self.schema, &mut self.root, (&path, true));
        }
        Ok(())
    }

    /// The statement without its values; each value of a list by itself.
    fn named(&self, words: &[String]) -> Vec<Vec<String>> {
        let list = words.iter().position(|word| word == "[");
        let Some(open) = list else {
            return vec![self.path(words)];
        };
        let values = words[open + 1..].iter().filter(|word| *word != "]");
        values
            .map(|value| self.path(&[&words[..open], std::slice::from_ref(value)].concat()))
            .collect()
    }
}

/// Notes a statement whose words no rule follows, outside of all sections.
pub(super) fn literally(root: &mut Node, words: &[String]) {
    root.children.entry(Node::new(None, words.join(" "), None));
}

fn is_tag(word: &str) -> bool {
    matches!(word, "protect:" | "replace:" | "active:")
}

/// Makes the error of a text that no device prints.
pub(super) fn invalid(message: &'static str) -> Error {
    Error::new(ErrorKind::ConfigurationInvalid, message).during("config.simulate")
}
