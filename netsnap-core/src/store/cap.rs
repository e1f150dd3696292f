//! What is kept of an output that is too large? Its head and its tail, with a line between them that says what is missing.

use crate::model::{Cut, Output};

/// What is kept of one output unless somebody asks for more, in bytes.
pub const LIMIT: usize = 16 * 1024 * 1024;

/// How far a cut moves to the end of a line, and of what is to be kept at most this part.
const LINE: usize = 4096;
const PART: usize = 4;

/// Cuts an output whose bytes are more than a limit, and says so in its summary.
///
/// Head and tail together are at most `limit` bytes, half of it each; the line between them comes on top. They end and begin
/// at a line where one ends nearby (within 4096 bytes and a quarter of what is kept), and never within a character of UTF-8. The digest is left to the store.
#[must_use]
pub fn output(mut output: Output, limit: usize) -> Output {
    if let Some((bytes, cut)) = bytes(&output.bytes, limit) {
        output.summary.bytes = bytes.len() as u64;
        output.summary.cut = Some(cut);
        output.bytes = bytes;
    }
    output
}

/// Cuts bytes that are more than a limit; `None` when they are not.
#[must_use]
pub fn bytes(whole: &[u8], limit: usize) -> Option<(Vec<u8>, Cut)> {
    if whole.len() <= limit {
        return None;
    }
    let head = &whole[..head_end(whole, limit.div_ceil(2))];
    let tail = &whole[tail_start(whole, whole.len() - limit / 2)..];
    Some(joined(head, tail, whole.len() as u64))
}

/// Cuts an output whose middle, of so many bytes, nobody kept: `output` is its beginning, `tail` its end.
#[must_use]
pub(super) fn ends(mut output: Output, tail: &[u8], missing: u64, limit: usize) -> Output {
    let whole = (output.bytes.len() + tail.len()) as u64 + missing;
    let head = match output.bytes.len() > limit.div_ceil(2) {
        true => &output.bytes[..head_end(&output.bytes, limit.div_ceil(2))],
        false => &output.bytes[..],
    };
    let tail = match tail.len() > limit / 2 {
        true => &tail[tail_start(tail, tail.len() - limit / 2)..],
        false => tail,
    };
    let (bytes, cut) = joined(head, tail, whole);
    output.summary.bytes = bytes.len() as u64;
    output.summary.cut = Some(cut);
    output.bytes = bytes;
    output
}

/// Joins what is kept of so many bytes, with the line between that says what is missing.
fn joined(head: &[u8], tail: &[u8], whole: u64) -> (Vec<u8>, Cut) {
    let mut kept = head.to_vec();
    if !head.is_empty() && !head.ends_with(b"\n") {
        kept.push(b'\n');
    }
    let cut = Cut {
        bytes: whole,
        head: head.len() as u64,
        tail: tail.len() as u64,
    };
    kept.extend_from_slice(notice(whole - cut.head - cut.tail).as_bytes());
    kept.extend_from_slice(tail);
    (kept, cut)
}

/// The line that stands for what is missing, such as `... 12,345,678 bytes left out ...`.
fn notice(missing: u64) -> String {
    let digits = missing.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("... {grouped} bytes left out ...\n")
}

/// Where a head of at most `most` bytes ends.
fn head_end(whole: &[u8], most: usize) -> usize {
    let from = most - LINE.min(most / PART);
    match whole[from..most].iter().rposition(|byte| *byte == b'\n') {
        Some(newline) => from + newline + 1,
        None => back_to_character(whole, most),
    }
}

/// Where a tail that begins at `least` or later begins.
fn tail_start(whole: &[u8], least: usize) -> usize {
    let until = least + LINE.min((whole.len() - least) / PART);
    if whole[least - 1] == b'\n' {
        return least;
    }
    match whole[least..until].iter().position(|byte| *byte == b'\n') {
        Some(newline) => least + newline + 1,
        None => on_to_character(whole, least),
    }
}

/// A character of UTF-8 has at most three bytes behind its first; what has more is none.
const REST: usize = 3;

fn is_inside(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

fn back_to_character(whole: &[u8], at: usize) -> usize {
    let inside = whole[..=at.min(whole.len() - 1)].iter().rev();
    let steps = inside.take_while(|byte| is_inside(**byte)).count();
    if steps <= REST && steps <= at {
        at - steps
    } else {
        at
    }
}

fn on_to_character(whole: &[u8], at: usize) -> usize {
    let steps = whole[at..]
        .iter()
        .take_while(|byte| is_inside(**byte))
        .count();
    if steps <= REST { at + steps } else { at }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_stays() {
        assert_eq!(bytes(b"", 0), None);
        assert_eq!(bytes(b"abc", 3), None);
    }

    #[test]
    fn head_and_tail_end_at_lines_and_the_notice_counts_the_rest() {
        let whole: String = (0..2000).map(|line| format!("line {line:04}\n")).collect();
        let (kept, cut) = bytes(whole.as_bytes(), 115).unwrap();
        let text = String::from_utf8(kept).unwrap();
        assert_eq!(
            text,
            "line 0000\nline 0001\nline 0002\nline 0003\nline 0004\n... 19,900 bytes left out ...\n\
             line 1995\nline 1996\nline 1997\nline 1998\nline 1999\n"
        );
        assert_eq!((cut.bytes, cut.head, cut.tail), (20_000, 50, 50));
    }

    #[test]
    fn a_character_is_never_cut() {
        let whole = "ü\u{1F980}".repeat(50);
        for limit in 0..200 {
            let (kept, _) = bytes(whole.as_bytes(), limit).unwrap();
            assert!(std::str::from_utf8(&kept).is_ok(), "{limit}");
        }
    }

    #[test]
    fn a_long_line_is_cut_and_not_left_out_with_its_head_and_tail() {
        let whole = format!("r1# show json\n{}\nr1#", "x".repeat(20_000));
        let (kept, cut) = bytes(whole.as_bytes(), 1000).unwrap();
        assert_eq!((cut.head, cut.tail), (500, 500));
        assert!(kept.starts_with(b"r1# show json\nxxx") && kept.ends_with(b"xxx\nr1#"));
    }

    #[test]
    fn the_summary_says_what_was_cut() {
        let answer = crate::model::Answer {
            bytes: vec![b'x'; 100],
            proof: crate::model::Proof::Exec,
            exit_status: None,
            rejection: None,
            warnings: Vec::new(),
            duration_us: 0,
        };
        let whole = Output::new("r1", "show", jiff::Timestamp::UNIX_EPOCH, answer);
        let cut = output(whole.clone(), 10);
        assert_eq!(cut.bytes, b"xxxxx\n... 90 bytes left out ...\nxxxxx");
        assert_eq!(cut.summary.bytes, cut.bytes.len() as u64);
        assert_eq!(cut.summary.cut.unwrap().bytes, 100);
        assert_eq!(output(whole.clone(), 100), whole);
    }

    proptest! {
        #[test]
        fn head_and_tail_are_what_they_say(whole in prop::collection::vec(any::<u8>(), 1..9000), limit in 0_usize..9000) {
            if let Some((kept, cut)) = bytes(&whole, limit) {
                let (head, tail) = (usize::try_from(cut.head).unwrap(), usize::try_from(cut.tail).unwrap());
                prop_assert!(head + tail <= limit);
                // A quarter of each half for the sake of a line, and a character of four bytes.
                prop_assert!(head + tail + limit / 4 + 8 >= limit);
                prop_assert!(kept.starts_with(&whole[..head]));
                prop_assert!(kept.ends_with(&whole[whole.len() - tail..]));
            } else {
                prop_assert!(whole.len() <= limit);
            }
        }
    }
}
