//! How is a compare-and-set repeated that others won? With growing, random pauses, and not for ever.

use std::time::Duration;

use crate::error::{Error, Result};

/// How often a change is repeated: with eight who all win equally often, the chance to lose this often is below 10^-15.
const ATTEMPTS: u32 = 300;
/// The longest pause between two attempts.
const LONGEST: u32 = 20_000;

/// Counts the attempts of one change.
#[derive(Debug, Default)]
pub(super) struct Contention {
    lost: u32,
}

impl Contention {
    /// Pauses before the next attempt.
    ///
    /// # Errors
    /// The given one, when there were enough attempts.
    pub(super) async fn wait_after(&mut self, error: Error) -> Result<()> {
        self.lost += 1;
        if self.lost >= ATTEMPTS {
            return Err(error);
        }
        // The first repetitions come at once: mostly the other is done by then.
        let longest = (50_u32 << self.lost.min(10)).min(LONGEST);
        let random = getrandom::u32().unwrap_or(longest);
        tokio::time::sleep(Duration::from_micros(u64::from(random % longest))).await;
        Ok(())
    }
}
