//! Which tables did the program bring along, beside those that come with netsnap or in the place of one?

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::Platform;
use crate::error::{Error, ErrorKind, Result};

static LOADED: RwLock<BTreeMap<String, Arc<Platform>>> = RwLock::new(BTreeMap::new());

/// How long a name may be.
const LONGEST: usize = 64;

/// Returns the table of a name that was loaded.
pub(super) fn named(name: &str) -> Option<Arc<Platform>> {
    let loaded = LOADED.read().unwrap_or_else(PoisonError::into_inner);
    loaded.get(name).cloned()
}

/// Puts a table in the place of the one with its name.
pub(super) fn put(platform: Platform) -> Result<Arc<Platform>> {
    check(&platform.name)?;
    let platform = Arc::new(platform);
    let mut loaded = LOADED.write().unwrap_or_else(PoisonError::into_inner);
    loaded.insert(platform.name.clone(), Arc::clone(&platform));
    Ok(platform)
}

fn check(name: &str) -> Result<()> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.is_empty() && name.len() <= LONGEST && name.chars().all(is_plain) {
        return Ok(());
    }
    Err(
        Error::new(ErrorKind::InvalidInput, "no name for a platform")
            .during("platform.load")
            .with("name", name.escape_debug())
            .hint("write it in small letters, digits and `_`, as `cisco_ios`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Configuration;

    const TABLE: &str = r##"
name = "loaded_here"
title = "A network OS of a test"
[cli]
terminal = true
prompt = '{host}[>#]'
"##;

    #[test]
    fn a_table_is_found_once_it_is_loaded_and_a_later_one_takes_its_place() {
        let named = || Platform::named("loaded_here");
        assert_eq!(named().unwrap_err().kind(), ErrorKind::Unsupported);
        Platform::load(TABLE).unwrap();
        assert_eq!(named().unwrap().title, "A network OS of a test");
        Platform::load(&TABLE.replace("of a test", "of another")).unwrap();
        let platform = named().unwrap();
        assert_eq!(platform.title, "A network OS of another");
        assert!(Configuration::parse("hostname r1\n", &platform).is_ok());
    }

    #[test]
    fn what_is_no_table_is_refused_with_the_way_out() {
        let kind = |text: &str| Platform::load(text).unwrap_err().kind();
        assert_eq!(kind("name = "), ErrorKind::InvalidInput);
        assert_eq!(
            kind(&format!("{TABLE}colour = 1\n")),
            ErrorKind::InvalidInput
        );
        let said = |text: &str| Platform::load(text).unwrap_err().to_string();
        for (added, reason) in [
            ("colour = 1\n", "unknown field `colour`"),
            ("[grammar]\nfoo = 1\n", "unknown field `foo`"),
            (
                "[configuration]\nshow = '('\npreamble = ['(']\n",
                "unclosed group",
            ),
        ] {
            let error = said(&format!("{TABLE}{added}"));
            assert!(error.contains(reason) && error.contains("line="), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
        for name in ["", "Cisco IOS", "../frr"] {
            let text = TABLE.replace("loaded_here", name);
            assert_eq!(kind(&text), ErrorKind::InvalidInput, "{name}");
        }
    }
}
