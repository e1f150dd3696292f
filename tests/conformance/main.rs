//! What every room and every language promises, in one binary.

mod cases;
mod kinds;
