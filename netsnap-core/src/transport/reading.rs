//! How much of an output is kept while it comes? All of it, or its beginning and its end.

use std::ops::Range;

use crate::model::Gap;

/// What is kept of head and tail beyond what is wanted: a secret is told by what stands around it, so a cut that is to hide none is made
/// where more is known than is shown. No key is longer.
const MARGIN: usize = 64 << 10;

/// How a command is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reading {
    /// About so many bytes of the output are wanted, half of them from its beginning and half from its end. What is between need not
    /// be kept, and is no overflow; all of it is wanted when absent.
    pub most: Option<usize>,
}

impl Reading {
    /// Wants about so many bytes.
    #[must_use]
    pub fn most(bytes: usize) -> Self {
        Self { most: Some(bytes) }
    }

    /// Returns what is kept, when that is not all.
    pub(super) fn ends(&self) -> Option<Ends> {
        self.most.map(|most| Ends {
            head: most.div_ceil(2).saturating_add(MARGIN),
            tail: (most / 2).saturating_add(MARGIN),
        })
    }
}

/// The beginning and the end that are kept of a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) head: usize,
    pub(super) tail: usize,
}

impl Ends {
    /// Keeps more of the end.
    pub(super) fn with_tail(self, more: usize) -> Self {
        let tail = self.tail.saturating_add(more);
        Self { tail, ..self }
    }

    /// Returns how much is held at one time, as long as the text has lines.
    pub(super) fn held(self) -> usize {
        self.head.saturating_add(self.tail.saturating_mul(2))
    }

    /// Returns what of a text is to be forgotten now: whole lines, where there are some, and nothing from `until` on. That is much
    /// or nothing, so that not every line moves what stands behind it.
    pub(super) fn excess(
        self,
        text: &[u8],
        gap: Option<Gap>,
        until: usize,
    ) -> Option<Range<usize>> {
        if text.len() <= self.held() {
            return None;
        }
        let start = gap.map_or_else(|| last_line_end(&text[..self.head]), |gap| gap.at);
        let least = text.len() - self.tail;
        let newline = text[least..].iter().position(|byte| *byte == b'\n');
        let end = newline.map_or(least, |at| least + at + 1).min(until);
        (start < end).then_some(start..end)
    }
}

fn last_line_end(head: &[u8]) -> usize {
    let newline = head.iter().rposition(|byte| *byte == b'\n');
    newline.map_or(head.len(), |at| at + 1)
}

/// A gap that has become wider, or is new.
pub(super) fn widened(gap: Option<Gap>, forgotten: &Range<usize>) -> Gap {
    Gap {
        at: forgotten.start,
        bytes: gap.map_or(0, |gap| gap.bytes) + forgotten.len() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds bytes to what is kept of a text.
    fn add(kept: &mut Vec<u8>, gap: &mut Option<Gap>, ends: Ends, bytes: &[u8]) {
        kept.extend_from_slice(bytes);
        if let Some(forgotten) = ends.excess(kept, *gap, kept.len()) {
            kept.drain(forgotten.clone());
            *gap = Some(widened(*gap, &forgotten));
        }
    }

    #[test]
    fn head_and_tail_are_whole_lines_and_the_gap_counts_the_rest() {
        let ends = Ends { head: 30, tail: 50 };
        let (mut kept, mut gap, mut whole) = (Vec::new(), None, Vec::new());
        for number in 0..1000 {
            let line = format!("line {number}\n");
            whole.extend_from_slice(line.as_bytes());
            add(&mut kept, &mut gap, ends, line.as_bytes());
            assert!(kept.len() <= ends.held());
        }
        let gap = gap.unwrap();
        assert_eq!(kept[..gap.at], whole[..gap.at]);
        assert_eq!(&kept[..gap.at], b"line 0\nline 1\nline 2\nline 3\n");
        let tail = &kept[gap.at..];
        assert!(tail.len() >= ends.tail - 10 && tail.starts_with(b"line "));
        assert!(whole.ends_with(tail));
        assert_eq!(kept.len() as u64 + gap.bytes, whole.len() as u64);
    }

    #[test]
    fn a_text_without_lines_is_cut_anywhere() {
        let ends = Ends { head: 30, tail: 50 };
        let (mut kept, mut gap) = (Vec::new(), None);
        for _ in 0..1000 {
            add(&mut kept, &mut gap, ends, b"0123456789");
            assert!(kept.len() <= ends.held() + 10);
        }
        let gap = gap.unwrap();
        assert_eq!(gap.at, 30);
        assert_eq!(kept.len() as u64 + gap.bytes, 10_000);
    }
}
