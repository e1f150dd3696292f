//! What becomes of a list that counts anew, and of an entry that is typed with a number nobody sees?

use super::device::Device;
use super::node::Node;

impl Device<'_> {
    /// Gives the entries of a list new numbers, where that is what a text says.
    pub(super) fn count_anew(&mut self, place: &[usize], text: &str) -> bool {
        let platform = self.platform;
        let numbers = |list: &Node| {
            let rule = platform.grammar.rule(list.rule?);
            let numbers = text.strip_prefix(&rule.renumber(&list.text)?)?.trim();
            let (first, distance) = numbers.split_once(' ')?;
            Some((first.parse::<u64>().ok()?, distance.parse::<u64>().ok()?))
        };
        let lists = &mut self.at(place).children;
        let found = lists
            .iter_mut()
            .find_map(|list| Some((numbers(list)?, list)));
        let Some(((first, distance), list)) = found else {
            return false;
        };
        let numbers = (0..).map(|count| first + count * distance);
        for (entry, number) in list.children.iter_mut().zip(numbers) {
            entry.number = Some(number);
        }
        true
    }

    /// Puts an entry between others by the number before it, where the list does not show that.
    pub(super) fn put_between(&mut self, place: &[usize], text: &str) -> bool {
        let typed = text.split_once(' ');
        let Some((number, entry)) =
            typed.and_then(|(number, entry)| Some((number.parse().ok()?, entry)))
        else {
            return false;
        };
        let section = self.at(place).opens;
        let mut node = Node::new(&self.platform.grammar, section, entry);
        let rule = node.rule.map(|rule| self.platform.grammar.rule(rule));
        let entries = &self.at(place).children;
        let is_unseen = entries.iter().any(|other| other.number.is_some());
        if !is_unseen || !rule.is_some_and(|rule| rule.numbered) {
            return false;
        }
        if entries
            .iter()
            .any(|other| other.number == Some(number) || other.text == entry)
        {
            self.fault(format!("`{text}` comes where another one stands"));
        }
        node.number = Some(number);
        let entries = &mut self.at(place).children;
        let behind = entries
            .iter()
            .position(|other| other.number.is_none_or(|other| other > number));
        let at = behind.unwrap_or(entries.len());
        entries.insert(at, node);
        true
    }
}
