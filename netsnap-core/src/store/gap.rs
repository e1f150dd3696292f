//! How is an output kept whose middle was too long for anybody to keep? Head and tail are masked each by itself, then cut as any other.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::{ExecutionStore, cap};
use crate::model::{Gap, Output};

/// Where a private key begins and ends (RFC 7468): the one secret of more than a line.
static MARKER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i-u)-----(?P<word>BEGIN|END) [A-Z0-9 ]{0,64}PRIVATE KEY-----")
        .expect("a test looks with it")
});

/// What opens a private key, and a first line of it.
const BEGIN: &[u8] = b"-----BEGIN PRIVATE KEY-----";
const BODY: &[u8] = b"\n0\n";

/// Returns an output with a gap as it is kept: masked, cut to a limit, and with a line in the place of what is missing.
pub(super) fn closed<S>(store: &S, mut output: Output, gap: Gap, limit: usize) -> Output
where
    S: ExecutionStore + ?Sized,
{
    let bytes = output.bytes.split_off(gap.at.min(output.bytes.len()));
    let mut head = store.output_as_kept(output);
    // Masked already; here it is the tail that is counted.
    let mut summary = head.summary.clone();
    summary.redactions = 0;
    let tail = Output {
        summary,
        bytes,
        parsed: None,
    };
    let tail = masked(store, tail);
    let redactions = head.summary.redactions;
    head.summary.redactions = redactions.saturating_add(tail.summary.redactions);
    cap::ends(head, &tail.bytes, gap.bytes, limit)
}

/// Masks a tail. One that begins in the middle of a private key is shown to the masks as a whole key.
fn masked<S>(store: &S, mut tail: Output) -> Output
where
    S: ExecutionStore + ?Sized,
{
    if !begins_in_key(&tail.bytes) {
        return store.output_as_kept(tail);
    }
    tail.bytes = [BEGIN, BODY, &tail.bytes].concat();
    let mut masked = store.output_as_kept(tail);
    if masked.bytes.starts_with(BEGIN) {
        masked.bytes.drain(..BEGIN.len());
    }
    masked
}

fn begins_in_key(tail: &[u8]) -> bool {
    let first = MARKER.captures(tail);
    first.is_some_and(|marker| marker["word"].eq_ignore_ascii_case(b"END"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Answer, Proof};
    use crate::redact::{MASK, Redactor};
    use crate::store::{Gate, MemoryStore};

    fn closed_at(at: usize, text: &str, limit: usize) -> Output {
        let answer = Answer {
            bytes: text.as_bytes().to_vec(),
            proof: Proof::Fence,
            exit_status: None,
            rejection: None,
            warnings: Vec::new(),
            duration_us: 1,
        };
        let output = Output::new("r1", "show", jiff::Timestamp::UNIX_EPOCH, answer);
        let gate = Gate::new(
            Arc::new(MemoryStore::default()),
            Arc::new(Redactor::default()),
        );
        closed(&gate, output, Gap { at, bytes: 1000 }, limit)
    }

    #[test]
    fn head_and_tail_are_joined_by_a_line_that_counts_the_rest() {
        let output = closed_at(10, "one\ntwo\nn\nx\ny\nz\n", 1000);
        assert_eq!(
            output.bytes,
            b"one\ntwo\nn\n... 1,000 bytes left out ...\nx\ny\nz\n"
        );
        let cut = output.summary.cut.unwrap();
        assert_eq!((cut.bytes, cut.head, cut.tail), (1016, 10, 6));
        assert_eq!(output.summary.bytes, output.bytes.len() as u64);
        let output = closed_at(10, "one\ntwo\nn\nx\ny\nz\n", 8);
        assert_eq!(output.bytes, b"one\n... 1,008 bytes left out ...\ny\nz\n");
        assert_eq!(output.summary.cut.unwrap().bytes, 1016);
    }

    #[test]
    fn a_secret_is_masked_on_either_side_of_the_gap() {
        let head = "enable secret hunter2\n-----BEGIN RSA PRIVATE KEY-----\nAAAAhead\n";
        let tail = "BBBBtail\n-----END RSA PRIVATE KEY-----\nkey-string hunter3\nend\n";
        let output = closed_at(head.len(), &format!("{head}{tail}"), 1 << 20);
        let text = output.text();
        for secret in ["hunter2", "AAAAhead", "BBBBtail", "hunter3"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert_eq!(text.matches(MASK).count(), 4, "{text}");
        assert_eq!(output.summary.redactions, 4);
        assert!(text.ends_with("\nend\n"), "{text}");
    }
}
