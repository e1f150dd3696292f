//! Which secrets are known by their value? Those that were handed in to log in with; they are masked wherever they turn up.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A shorter value is too common a word to be masked wherever it stands.
const LEAST: usize = 6;

/// Values that are secret, in every form in which they are looked for.
#[derive(Debug, Default)]
pub(super) struct Values {
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    values: BTreeSet<String>,
    forms: BTreeSet<String>,
    search: Option<AhoCorasick>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} forms", self.forms.len())
    }
}

impl Values {
    /// Adds a value, as it is, percent-encoded and in base64. One of several lines is looked for line by line, as outputs come and
    /// whatever stands between the lines there. A value or line of less than six bytes is not looked for.
    pub(super) fn add(&self, value: &str) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let is_new = value.len() >= LEAST && !known.values.contains(value);
        drop(known);
        if !is_new {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.values.insert(value.to_owned());
        known.forms.extend(forms(value));
        known.search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&known.forms)
            .ok();
    }

    /// The places of values that stand by themselves: `netsnap` is not found in `netsnap2`.
    pub(super) fn find(&self, text: &[u8]) -> Vec<(usize, usize)> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let Some(search) = &known.search else {
            return Vec::new();
        };
        let places = search
            .find_iter(text)
            .map(|found| (found.start(), found.end()));
        places.filter(|place| stands_alone(text, *place)).collect()
    }
}

fn forms(value: &str) -> Vec<String> {
    let mut forms: Vec<String> = value
        .lines()
        .filter(|line| line.len() >= LEAST)
        .map(str::to_owned)
        .collect();
    forms.extend([
        utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
        STANDARD.encode(value),
        STANDARD_NO_PAD.encode(value),
        URL_SAFE_NO_PAD.encode(value),
    ]);
    if let Ok(json) = serde_json::to_string(value) {
        forms.push(json.trim_matches('"').to_owned());
    }
    forms
}

fn stands_alone(text: &[u8], (start, end): (usize, usize)) -> bool {
    let word =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let inside = |edge: Option<&u8>, beside: Option<&u8>| word(edge) && word(beside);
    !inside(
        text.get(start),
        start.checked_sub(1).and_then(|at| text.get(at)),
    ) && !inside(text.get(end - 1), text.get(end))
}
