//! How much of an output is kept while it comes, and who sees it meanwhile?

use std::ops::Range;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::model::Gap;

/// What is kept of head and tail beyond what is wanted: a secret is told by what stands around it, so a cut that is to hide none is made
/// where more is known than is shown. No key is longer.
const MARGIN: usize = 64 << 10;

/// A command that is answered sooner shows nothing before its end; of one that goes on, there is a part so often.
pub(super) const PACE: Duration = Duration::from_millis(500);
/// Bytes of a part, about.
const PART: usize = 60 << 10;

/// How a command is read.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Reading {
    /// About so many bytes of the output are wanted, half of them from its beginning and half from its end. What is between need not
    /// be kept, and is no overflow; all of it is wanted when absent.
    pub most: Option<usize>,
    /// Takes what has come of the output while more is to come: whole lines, without holes, from its beginning on, a part each half
    /// second at most. What is not taken in time is not waited for, so that the end, at least, comes with the answer alone. A command
    /// that is answered in half a second sends nothing.
    pub parts: Option<mpsc::Sender<Vec<u8>>>,
}

impl Reading {
    /// Wants about so many bytes.
    #[must_use]
    pub fn most(bytes: usize) -> Self {
        Self {
            most: Some(bytes),
            ..Self::default()
        }
    }

    /// Shows what has come to somebody.
    #[must_use]
    pub fn shown_to(self, parts: mpsc::Sender<Vec<u8>>) -> Self {
        Self {
            parts: Some(parts),
            ..self
        }
    }

    /// Begins to show what comes.
    pub(super) fn pace(&self) -> Option<Pace<'_>> {
        let due = Instant::now() + PACE;
        self.parts.as_ref().map(|parts| Pace { parts, due })
    }

    /// Returns what is kept, when that is not all.
    pub(super) fn ends(&self) -> Option<Ends> {
        self.most.map(|most| Ends {
            head: most.div_ceil(2).saturating_add(MARGIN),
            tail: (most / 2).saturating_add(MARGIN),
        })
    }
}

/// When somebody is shown what has come.
#[derive(Debug)]
pub(super) struct Pace<'a> {
    parts: &'a mpsc::Sender<Vec<u8>>,
    due: Instant,
}

impl Pace<'_> {
    /// Returns when to look next.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Shows the next part, when it is time and somebody takes it.
    pub(super) fn look(&mut self, part: impl FnOnce() -> Option<Vec<u8>>) {
        let now = Instant::now();
        if now < self.due {
            return;
        }
        self.due = now + PACE;
        if let Ok(place) = self.parts.try_reserve()
            && let Some(part) = part()
        {
            place.send(part);
        }
    }
}

/// How far a text was shown that grows at its end and is forgotten in its middle. What is behind something that was forgotten unseen is
/// never shown: where a secret begins would be unknown.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shown {
    end: usize,
    is_lost: bool,
}

impl Shown {
    /// Moves with a text of which a part is forgotten.
    pub(super) fn forget(&mut self, part: &Range<usize>) {
        if self.end >= part.end {
            self.end -= part.len();
        } else if self.end > part.start {
            self.is_lost = true;
        }
    }

    /// Returns how far it was shown.
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// Passes over what is not to be shown.
    pub(super) fn pass(&mut self, end: usize) {
        self.end = self.end.max(end);
    }

    /// Returns what is shown next of whole lines, if there is something.
    pub(super) fn next(&mut self, lines: &[u8], gap: Option<Gap>) -> Option<Vec<u8>> {
        let most = gap.filter(|gap| self.end <= gap.at);
        let end = most.map_or(lines.len(), |gap| gap.at.min(lines.len()));
        if self.is_lost || self.end >= end {
            return None;
        }
        let lines = &lines[self.end..end];
        let part = &lines[..lines.len().min(PART)];
        let part = match part.iter().rposition(|byte| *byte == b'\n') {
            Some(newline) => &part[..=newline],
            // The rest of a long line follows, and who masks it waits for that.
            None => part,
        };
        self.end += part.len();
        Some(part.to_vec())
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

    #[tokio::test(start_paused = true)]
    async fn somebody_who_looks_on_is_shown_two_parts_a_second_and_waited_for_by_nobody() {
        let (parts, mut coming) = mpsc::channel(1);
        let reading = Reading::default().shown_to(parts);
        let mut pace = reading.pace().unwrap();
        for number in 0..100 {
            pace.look(|| Some(vec![number]));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(
            coming.recv().await,
            Some(vec![10]),
            "the others were not taken"
        );
        tokio::time::sleep(PACE).await;
        pace.look(|| Some(vec![200]));
        assert_eq!(coming.recv().await, Some(vec![200]));
        assert!(Reading::default().pace().is_none());
    }
}
