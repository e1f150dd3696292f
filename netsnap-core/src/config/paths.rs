//! What does a configuration look like with one whole path a line?

use super::Configuration;
use super::canonical::{Item, Level};

impl Configuration {
    /// Returns the commands as whole paths, in the order of the text: each line with the headers of its sections before it.
    ///
    /// On a platform whose commands are paths, they are the lines that make the configuration, and read again they mean the
    /// same. What means the same as its absence is left out.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        let mut walk = Walk {
            configuration: self,
            path: Vec::new(),
            lines: Vec::new(),
        };
        walk.level(self.level());
        walk.lines
    }
}

struct Walk<'c> {
    configuration: &'c Configuration,
    path: Vec<&'c str>,
    lines: Vec<String>,
}

impl<'c> Walk<'c> {
    fn level(&mut self, level: Level<'c>) {
        for item in level.items() {
            self.item(item);
        }
    }

    fn item(&mut self, item: Item<'c>) {
        let children = item.children();
        if children.is_empty() {
            return self.line(item.text());
        }
        self.path.push(item.text());
        self.level(children);
        self.path.pop();
    }

    fn line(&mut self, text: &'c str) {
        let grammar = self.configuration.grammar();
        let mark = grammar.inactive();
        let marked = mark.and_then(|mark| text.strip_prefix(mark)?.strip_prefix(' '));
        let verb = match (self.configuration.has_paths(), marked) {
            (false, _) => None,
            (true, None) => Some(grammar.verbs().set.as_str()),
            (true, Some(_)) => Some(grammar.verbs().deactivate.as_str()),
        };
        let verb = verb.filter(|verb| !verb.is_empty());
        let words = verb.into_iter().chain(self.path.iter().copied());
        let words: Vec<&str> = words.chain([marked.unwrap_or(text)]).collect();
        self.lines.push(words.join(" "));
    }
}
