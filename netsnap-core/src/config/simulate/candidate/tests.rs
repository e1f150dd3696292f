//! What the documents say, as tables: what stands, what is typed, what then stands.

use super::super::Simulation;

/// What a line is expected to be: taken as documented, taken without knowing, refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Surely,
    Perhaps,
    Not,
}

use Taken::{Not, Perhaps, Surely};

/// Types lines (joined by `; `) on a device; says how the last one was taken, and what stands.
fn typed(platform: &str, before: &str, lines: &str) -> (Taken, Simulation) {
    let mut device = Simulation::new(platform, before).unwrap();
    let last = lines.split("; ").map(|line| device.line(line)).last();
    let response = last.unwrap();
    let taken = match (response.accepted, response.modelled) {
        (true, true) => Surely,
        (true, false) => Perhaps,
        (false, _) => Not,
    };
    (taken, device)
}

/// Each row: what stands, what is typed, how the last line is taken, what then stands; all in the form of the platform.
fn all(platform: &str, rows: &[(&str, &str, Taken, &str)]) {
    let mut wrong = Vec::new();
    for (before, lines, expected, after) in rows {
        let (taken, device) = typed(platform, before, lines);
        let same = device.is_as(after).unwrap();
        if taken != *expected || !same {
            wrong.push(format!(
                "{before}--\n{lines}\n{taken:?}, expected {expected:?}\n{}-- expected\n{after}",
                device.running()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
}

mod beside;
mod junos;
mod lines;
mod parts;
mod refused;
mod sros;
