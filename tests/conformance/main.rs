//! What every room and every language promises, in one binary.

#![allow(clippy::unwrap_used)]

mod cases;
mod kinds;
