//! Prints the difference of two files, as `diff -u` does, and can nothing else: what a program of that kind costs from its start to its end.

use std::error::Error;
use std::fs::read_to_string;
use std::io::Write as _;

use netsnap_core::diff::render::unified;

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let [before, after] = files.as_slice() else {
        return Err("give two files".into());
    };
    let (old, new) = (read_to_string(before)?, read_to_string(after)?);
    let text = unified(&old, &new, before, after, 3);
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
