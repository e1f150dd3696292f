//! How is each text kept once? As a number, with the text behind it.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher as _;
use std::iter;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::row::{self, Words};

/// The number of a text.
pub(super) type Symbol = u32;
/// The number of no text.
pub(super) const NONE: Symbol = Symbol::MAX;

/// Texts by number, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pieces: Pieces,
    numbers: HashTable<Symbol>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Pieces {
    text: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Pieces {
    fn get(&self, number: Symbol) -> Option<&str> {
        let number = number as usize;
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[start..end])
    }

    fn push(&mut self, text: &str) -> Symbol {
        self.text.push_str(text);
        self.ends.push(self.text.len());
        Symbol::try_from(self.ends.len() - 1).expect("memory holds fewer texts")
    }
}

impl Texts {
    /// Returns the number of a text, and whether it is a new one.
    fn number(&mut self, text: &str) -> (Symbol, bool) {
        let hash = self.hasher.hash_one(text);
        let is_it = |number: &Symbol| self.pieces.get(*number) == Some(text);
        if let Some(number) = self.numbers.find(hash, is_it) {
            return (*number, false);
        }
        let number = self.pieces.push(text);
        let (pieces, hasher) = (&self.pieces, &self.hasher);
        let hash_of = |number: &Symbol| hasher.hash_one(pieces.get(*number).unwrap_or_default());
        self.numbers.insert_unique(hash, number, hash_of);
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
        self.pieces.get(number)
    }

    /// Returns how many there are.
    fn len(&self) -> usize {
        self.pieces.ends.len()
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

/// Labels by the number of their text, and read where they stand: nearly every run has others.
#[derive(Debug, Default)]
pub(super) struct Labels {
    texts: Texts,
    /// Those whose text is not what it stands for.
    escaped: HashMap<Symbol, BTreeMap<String, String>, RandomState>,
}

impl Labels {
    /// Returns the number of labels.
    pub(super) fn intern(&mut self, text: &str) -> Symbol {
        let (number, new) = self.texts.number(text);
        if new && text.contains('\\') {
            self.escaped.insert(number, row::labels(text));
        }
        number
    }

    /// Returns the value of a label.
    pub(super) fn value(&self, number: Symbol, key: &str) -> Option<&str> {
        if let Some(labels) = self.escaped.get(&number) {
            return labels.get(key).map(String::as_str);
        }
        let mut labels = plain(self.texts.get(number));
        labels
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// Returns the text of labels.
    pub(super) fn text(&self, number: Symbol) -> &str {
        self.texts.get(number)
    }
}

/// Reads a JSON object of texts in which nothing is escaped: each quote in it begins or ends a text.
fn plain(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut pieces = text.split('"').skip(1);
    iter::from_fn(move || {
        let (name, _colon) = (pieces.next()?, pieces.next()?);
        let (value, _comma) = (pieces.next()?, pieces.next()?);
        Some((name, value))
    })
}

/// Names, and the order in which they stand.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) texts: Texts,
    /// Known since somebody asked for the order of these names.
    ranks: Mutex<Arc<Ranks>>,
}

impl Names {
    /// Returns the order of all names.
    pub(super) fn ranks(&self) -> Arc<Ranks> {
        // They are replaced in one step: what a panic left is whole.
        let mut known = self.ranks.lock().unwrap_or_else(PoisonError::into_inner);
        if known.order.len() < self.texts.len() {
            *known = Arc::new(known.with_new(&self.texts));
        }
        Arc::clone(&known)
    }

    /// Returns the rank of a name, or the one that it would have: it lies between those of its neighbours.
    pub(super) fn rank_of(&self, ranks: &Ranks, name: &str) -> i64 {
        let before = ranks
            .order
            .partition_point(|one| self.texts.get(*one) < name);
        match ranks.order.get(before) {
            Some(one) if self.texts.get(*one) == name => taken(before),
            _ => taken(before) - 1,
        }
    }
}

/// Which place texts have among all of them.
#[derive(Debug, Default)]
pub(super) struct Ranks {
    order: Vec<Symbol>,
    ranks: Vec<i64>,
}

impl Ranks {
    fn with_new(&self, texts: &Texts) -> Self {
        let known = self.order.len();
        let new = (known..texts.len()).filter_map(|number| Symbol::try_from(number).ok());
        let mut order: Vec<Symbol> = self.order.iter().copied().chain(new).collect();
        order.sort_by_key(|number| texts.get(*number));
        let mut ranks = vec![0; order.len()];
        for (place, number) in order.iter().enumerate() {
            ranks[*number as usize] = taken(place);
        }
        Self { order, ranks }
    }

    /// Returns the rank of a text.
    pub(super) fn get(&self, number: Symbol) -> i64 {
        self.ranks.get(number as usize).copied().unwrap_or_default()
    }
}

/// The rank of a text in a place; the one before it is free for texts that are not there.
fn taken(place: usize) -> i64 {
    2 * i64::try_from(place).expect("memory holds fewer texts") + 1
}

/// Everything that rows name by number.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    pub(super) texts: Texts,
    pub(super) names: Names,
    pub(super) words: Lists<Option<Words>>,
    pub(super) devices: Lists<Box<[Symbol]>>,
    pub(super) labels: Labels,
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_label_is_read_where_it_stands(
            labels in proptest::collection::btree_map(r#"[a-c":,{}\\ü\n]{0,3}"#, r#"[a-c":,{}\\ü\n]{0,3}"#, 0..4),
            unknown in "[a-c]{0,3}"
        ) {
            let text = serde_json::to_string(&labels).unwrap();
            let mut known = Labels::default();
            let number = known.intern(&text);
            for key in labels.keys().chain([&unknown]) {
                prop_assert_eq!(known.value(number, key), labels.get(key).map(String::as_str));
            }
        }

        #[test]
        fn ranks_are_ordered_as_their_names(
            names in proptest::collection::vec("[a-c]{0,3}", 0..20),
            later in proptest::collection::vec("[a-c]{0,3}", 0..5),
            asked in "[a-c]{0,3}"
        ) {
            let mut known = Names::default();
            for name in names.iter().chain(&later) {
                known.texts.intern(name);
                if Some(name) == names.last() {
                    known.ranks();
                }
            }
            let ranks = known.ranks();
            let rank = |name: &str| known.rank_of(&ranks, name);
            for name in names.iter().chain(&later) {
                prop_assert_eq!(rank(name).cmp(&rank(&asked)), name.cmp(&asked));
                let number = (0..).find(|number| known.texts.get(*number) == name).unwrap();
                prop_assert_eq!(ranks.get(number), rank(name));
            }
        }
    }
}
