//! How are the tables read that come with the program? Each when it is first asked for: their patterns take much memory, and most
//! programs know one platform or two.

use std::sync::{Arc, OnceLock};

/// Tables, each at a place of its own.
#[derive(Debug)]
pub(crate) struct Shelf<T, const COUNT: usize>([OnceLock<Arc<T>>; COUNT]);

impl<T, const COUNT: usize> Shelf<T, COUNT> {
    /// Returns a shelf for tables of which none is read yet.
    pub(crate) const fn new() -> Self {
        Self([const { OnceLock::new() }; COUNT])
    }

    /// Returns the table at a place, and reads it when it is the first time.
    pub(crate) fn get(&self, place: usize, read: impl FnOnce() -> T) -> Arc<T> {
        Arc::clone(self.0[place].get_or_init(|| Arc::new(read())))
    }
}
