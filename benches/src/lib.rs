//! How do we measure ourselves against others, and what counts as a result?
//!
//! A benchmark runs *contenders*, each a child process of its own, in rounds: every contender once, then all again, so that a
//! busy minute hits all alike. It takes medians, or the least where nothing but the work itself is meant, turns them into
//! [`figure::Figure`]s and hands those to [`report`].

pub mod child;
pub mod configs;
pub mod cost;
pub mod figure;
pub mod machine;
pub mod report;
pub mod rounds;
