//! What is an id as a number? Two numbers take a third of the memory of its text, and sort the same.

use serde::{Deserialize, Serialize};

use crate::id::ExecutionId;

/// An id: its digits up to the second, then the random part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(in crate::store::fs) struct Key {
    second: u64,
    random: u32,
}

impl Key {
    /// Reads an id.
    pub(in crate::store::fs) fn of(id: &ExecutionId) -> Self {
        let text = id.as_str();
        let (digits, random) = text.split_at(text.len() - 8);
        let second = digits
            .bytes()
            .filter(u8::is_ascii_digit)
            .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
        Self {
            second,
            random: u32::from_str_radix(random, 16).expect("an id ends in 8 hexadecimal digits"),
        }
    }

    /// Writes the id.
    pub(in crate::store::fs) fn id(self) -> ExecutionId {
        let digits = format!("{:014}", self.second);
        let text = format!(
            "exec_{}-{}-{}_{}_{:08x}",
            &digits[..4],
            &digits[4..6],
            &digits[6..8],
            &digits[8..],
            self.random
        );
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
            ids in proptest::array::uniform2("exec_[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{6}_[0-9a-f]{8}")
        ) {
            let [a, b] = ids.map(|id| id.parse::<ExecutionId>().unwrap());
            prop_assert_eq!(Key::of(&a).id(), a.clone());
            prop_assert_eq!(Key::of(&a).cmp(&Key::of(&b)), a.cmp(&b));
        }
    }
}
