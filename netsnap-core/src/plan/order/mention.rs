//! Which of the names that a line speaks of come and go with the change?

use std::collections::{BTreeMap, BTreeSet};

use super::super::unit::Unit;
use crate::platform::Mention;

/// The names that units make and take away, and the numbers of those that are asked for by number.
struct Moving<'u> {
    names: BTreeSet<&'u str>,
    numbers: BTreeMap<String, BTreeSet<u32>>,
}

/// Turns what units speak of into names that they use and no longer use, as far as the change makes or takes these.
pub(super) fn settle(units: &mut [Unit]) {
    let is_silent = |unit: &Unit| unit.mentions.iter().all(Vec::is_empty);
    if units.iter().all(is_silent) {
        return;
    }
    let moving = units
        .iter()
        .flat_map(|unit| unit.defines.iter().chain(&unit.undefines));
    let moving: Vec<String> = moving.cloned().collect();
    let mut moving = Moving {
        names: moving.iter().map(String::as_str).collect(),
        numbers: BTreeMap::new(),
    };
    for unit in units {
        let [after, before] = std::mem::take(&mut unit.mentions);
        for mention in after {
            moving.add(mention, &mut unit.uses);
        }
        for mention in before {
            moving.add(mention, &mut unit.unuses);
        }
    }
}

impl Moving<'_> {
    fn add(&mut self, mention: Mention, names: &mut Vec<String>) {
        match mention {
            Mention::Name(name) if self.names.contains(name.as_str()) => names.push(name),
            Mention::Name(_) => {}
            Mention::Each(start, asked) => {
                let numbers = self.numbers_behind(&start);
                let found = asked.ranges().flat_map(|range| numbers.range(range));
                names.extend(found.map(|number| format!("{start}{number}")));
            }
        }
    }

    fn numbers_behind(&mut self, start: &str) -> &BTreeSet<u32> {
        let names = &self.names;
        self.numbers.entry(start.to_owned()).or_insert_with(|| {
            let same = names
                .range(start..)
                .take_while(|name| name.starts_with(start));
            same.filter_map(|name| name[start.len()..].parse().ok())
                .collect()
        })
    }
}
