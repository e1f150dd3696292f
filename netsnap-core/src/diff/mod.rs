//! What is different between two states?

pub mod render;
