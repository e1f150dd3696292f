//! Does a backend keep its promises? The contract suites, for our backends and anybody else's.

pub mod store;
