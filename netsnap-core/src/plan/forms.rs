//! What holds where a line stands in neither form?
//!
//! A device that prints one form of a line alone leaves out what holds by default: the form that it prints tells what that is.

use crate::config::Configuration;
use crate::config::canonical::Item;

/// Says whether two configurations of one device tell what holds where neither a line nor its negation stands in a section.
pub(super) fn are_told(positive: &str, texts: [&Configuration; 2]) -> bool {
    let sections = texts.iter().flat_map(|text| text.level().items());
    let lines = sections.flat_map(|section| section.children().items());
    let mut forms = lines.filter(|line| line.positive() == positive);
    let is_negated = forms.next().map(Item::is_negated);
    is_negated.is_some_and(|is_negated| forms.all(|line| line.is_negated() == is_negated))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    #[test]
    fn one_form_tells_the_default_and_two_tell_nothing() {
        let platform = Platform::named("cisco_ios").unwrap();
        let port =
            |number: u32, line: &str| format!("interface GigabitEthernet1/0/{number}\n {line}\n");
        let read = |text: &str| Configuration::parse(text, &platform).unwrap();
        let asked = |one: &str, other: &str| {
            let (one, other) = (read(&port(1, one)), read(&port(2, other)));
            are_told("switchport", [&one, &other])
        };
        assert!(asked("no switchport", "switchport mode access"));
        assert!(asked("switchport", "description x"));
        assert!(!asked("switchport", "no switchport"));
        assert!(!asked("description x", "switchport mode access"));
    }
}
