//! What is an id as a number? Two numbers take a third of the memory of its text, and sort the same.

use serde::{Deserialize, Serialize};

use crate::id::ExecutionId;

/// Stands in the place of the random part of a run that was made of files: behind all others of its second, as in their text.
const MIGRATED: u64 = 1 << 32;

/// An id: its digits up to the second, then the random part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(in crate::store::fs) struct Key {
    second: u64,
    random: u64,
}

impl Key {
    /// Reads an id.
    pub(in crate::store::fs) fn of(id: &ExecutionId) -> Self {
        let random = id.as_str().rsplit('_').next().unwrap_or_default();
        let second = id
            .second()
            .bytes()
            .filter(u8::is_ascii_digit)
            .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
        Self {
            second,
            // Whatever is no number is the one word that is none.
            random: u64::from_str_radix(random, 16).unwrap_or(MIGRATED),
        }
    }

    /// Writes the id.
    pub(in crate::store::fs) fn id(self) -> ExecutionId {
        let digits = format!("{:014}", self.second);
        let second = format!(
            "{}-{}-{}_{}",
            &digits[..4],
            &digits[4..6],
            &digits[6..8],
            &digits[8..]
        );
        let text = match self.random {
            MIGRATED => format!("exec_legacy_{second}_migrated"),
            random => format!("exec_{second}_{random:08x}"),
        };
        text.parse().expect("14 digits and 32 bits make an id")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_comes_back_and_sorts_the_same(
            ids in proptest::array::uniform2(
                "exec_[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{6}_[0-9a-f]{8}|exec_legacy_[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{6}_migrated"
            )
        ) {
            let [a, b] = ids.map(|id| id.parse::<ExecutionId>().unwrap());
            prop_assert_eq!(Key::of(&a).id(), a.clone());
            prop_assert_eq!(Key::of(&a).cmp(&Key::of(&b)), a.cmp(&b));
        }
    }
}
