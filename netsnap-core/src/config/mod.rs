//! A configuration as a lossless tree.
pub mod simulate;
