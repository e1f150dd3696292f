//! How is each text kept once? As a number, with the text behind it.

use std::collections::HashMap;
use std::sync::Arc;

use super::row::{self, Words};

/// The number of a text.
pub(super) type Symbol = u32;
/// The number of no text.
pub(super) const NONE: Symbol = Symbol::MAX;

/// Texts by number.
#[derive(Debug, Default)]
pub(super) struct Texts {
    texts: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, Symbol>,
}

impl Texts {
    /// Returns the number of a text, and whether it is a new one.
    fn number(&mut self, text: &str) -> (Symbol, bool) {
        if let Some(number) = self.numbers.get(text) {
            return (*number, false);
        }
        let number = Symbol::try_from(self.texts.len()).unwrap_or(NONE);
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        (number, true)
    }

    /// Returns the number of a text.
    pub(super) fn intern(&mut self, text: &str) -> Symbol {
        self.number(text).0
    }

    /// Returns the number of a text that may be absent.
    pub(super) fn intern_some(&mut self, text: Option<&str>) -> Symbol {
        text.map_or(NONE, |text| self.intern(text))
    }

    /// Returns a text.
    pub(super) fn get(&self, number: Symbol) -> &str {
        self.some(number).unwrap_or_default()
    }

    /// Returns a text that may be absent.
    pub(super) fn some(&self, number: Symbol) -> Option<&str> {
        Some(self.texts.get(number as usize)?)
    }
}

/// Lists that many runs share, each read once and known by the number of its text.
#[derive(Debug)]
pub(super) struct Lists<T> {
    texts: Texts,
    lists: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            texts: Texts::default(),
            lists: Vec::new(),
        }
    }
}

impl<T> Lists<T> {
    /// Returns the number of a list.
    pub(super) fn intern(&mut self, text: &str, read: impl FnOnce() -> T) -> Symbol {
        let (number, new) = self.texts.number(text);
        if new {
            self.lists.push(read());
        }
        number
    }

    /// Returns a list.
    pub(super) fn get(&self, number: Symbol) -> Option<&T> {
        self.lists.get(number as usize)
    }

    /// Returns the text of a list.
    pub(super) fn text(&self, number: Symbol) -> &str {
        self.texts.get(number)
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.lists.len()
    }
}

/// Everything that rows name by number.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    pub(super) texts: Texts,
    pub(super) words: Lists<Option<Words>>,
    pub(super) devices: Lists<Box<[Symbol]>>,
    pub(super) labels: Lists<Box<[(Symbol, Symbol)]>>,
}

impl Vocabulary {
    pub(super) fn words(&mut self, text: &str) -> Symbol {
        self.words.intern(text, || row::words(text))
    }

    pub(super) fn devices(&mut self, text: &str) -> Symbol {
        let texts = &mut self.texts;
        self.devices.intern(text, || {
            let names = row::devices(text);
            names.iter().map(|name| texts.intern(name)).collect()
        })
    }

    pub(super) fn labels(&mut self, text: &str) -> Symbol {
        let texts = &mut self.texts;
        self.labels.intern(text, || {
            let labels = row::labels(text).into_iter();
            labels
                .map(|(key, value)| (texts.intern(&key), texts.intern(&value)))
                .collect()
        })
    }
}
