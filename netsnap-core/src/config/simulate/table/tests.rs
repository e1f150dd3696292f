use super::*;

#[test]
fn every_table_parses_and_enters_only_modes_that_it_has() {
    for (name, text) in FILES {
        let table = Table::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(table.modes.contains_key("global"), "{name}");
        for rule in table.modes.values().flat_map(|mode| &mode.lines) {
            if let Some(mode) = &rule.enter {
                assert!(table.modes.contains_key(mode), "{name}: {mode}");
                assert!(rule.set.0.first_word().is_some(), "{name}: {mode}");
            }
        }
    }
}

#[test]
fn the_lists_of_a_group_are_named_by_the_same_word() {
    for (name, text) in FILES {
        let table = Table::parse(text).unwrap();
        for mode in table.modes.values() {
            for rule in &mode.lines {
                let first = &mode.lines[rule.rank];
                assert_eq!(rule.listed, first.listed, "{name}: {:?}", rule.set);
            }
        }
    }
}

#[test]
fn a_platform_without_rules_is_unsupported() {
    assert_eq!(
        Table::named("linux").unwrap_err().kind(),
        ErrorKind::Unsupported
    );
}
