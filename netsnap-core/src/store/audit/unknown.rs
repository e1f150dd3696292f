//! Which word may stand for an action that this netsnap does not know?

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// Bytes of the longest word.
const MOST: usize = 32;

/// The word for what only a newer netsnap does: up to 32 small letters, digits and `_`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnknownAction {
    /// Filled up with NUL, which no word has.
    text: [u8; MOST],
}

impl UnknownAction {
    /// Returns the word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let end = self.text.iter().position(|byte| *byte == 0);
        let word = &self.text[..end.unwrap_or(MOST)];
        str::from_utf8(word).unwrap_or_default()
    }
}

impl TryFrom<String> for UnknownAction {
    type Error = Error;

    fn try_from(word: String) -> Result<Self, Error> {
        let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        if word.is_empty() || word.len() > MOST || !word.bytes().all(fits) {
            let what = "not a word for an action";
            return Err(Error::new(ErrorKind::InvalidInput, what));
        }
        let mut text = [0; MOST];
        text[..word.len()].copy_from_slice(word.as_bytes());
        Ok(Self { text })
    }
}

impl From<UnknownAction> for String {
    fn from(action: UnknownAction) -> Self {
        action.as_str().to_owned()
    }
}

impl fmt::Debug for UnknownAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
