//! What is different inside two outputs?

use std::fmt::Write as _;

use serde_json::Value;

use super::devices::Pair;
use super::mask::Masks;
use super::result::{DurationChange, OutputChange, OutputComparison, OutputFacts, Truncation};
use super::{CompareOptions, json};
use crate::diff::render;
use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::{Output, OutputSummary};
use crate::store::Backend;

/// Bytes that one difference of JSON documents counts for.
const JSON_CHANGE: usize = 100;

/// How many bytes of differences may still come.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    /// Returns how many bytes one output may take, of `asked`.
    fn part(&self, asked: usize) -> usize {
        asked.min(self.0)
    }

    fn spend(&mut self, bytes: usize) {
        self.0 = self.0.saturating_sub(bytes);
    }
}

impl Pair<'_> {
    /// Reads and compares two outputs that are not byte for byte the same.
    pub(super) async fn compare(
        &self,
        store: &dyn Backend,
        (first, second): (&ExecutionId, &ExecutionId),
        masks: &Masks<'_>,
        (options, budget): (&CompareOptions, &mut Budget),
    ) -> Result<OutputComparison> {
        let mut compared = self.unknown();
        let largest = self.before.summary.bytes.max(self.after.summary.bytes);
        if largest > options.max_output_bytes {
            compared.truncated = Some(Truncation::Output);
            return Ok(compared);
        }
        if budget.0 == 0 {
            compared.truncated = Some(Truncation::Total);
            return Ok(compared);
        }
        let before = store.output_at(first, self.before.place).await;
        let after = store.output_at(second, self.after.place).await;
        match (before, after) {
            (Ok(before), Ok(after)) => {
                compare(&mut compared, (&before, &after), masks, (options, budget));
            }
            (Err(error), _) | (_, Err(error)) => {
                compared.error = Some(passed_over(error)?.report());
            }
        }
        Ok(compared)
    }

    fn unknown(&self) -> OutputComparison {
        let [before, after] = [self.before.summary, self.after.summary];
        OutputComparison {
            command: self.command().to_owned(),
            occurrence: self.occurrence,
            change: OutputChange::Unknown,
            before: facts(before),
            after: facts(after),
            duration: DurationChange::new(Some(before.duration_us), Some(after.duration_us)),
            diff: None,
            json: None,
            masked_before: 0,
            masked_after: 0,
            truncated: None,
            error: None,
        }
    }
}

fn facts(summary: &OutputSummary) -> OutputFacts {
    OutputFacts {
        bytes: summary.bytes,
        digest: summary.digest,
        status: summary.status,
    }
}

/// An output that is damaged is told; a store that fails ends the comparison.
fn passed_over(error: Error) -> Result<Error> {
    match error.kind() {
        ErrorKind::Storage | ErrorKind::Internal => Err(error),
        _ => Ok(error),
    }
}

fn compare(
    compared: &mut OutputComparison,
    (before, after): (&Output, &Output),
    masks: &Masks<'_>,
    (options, budget): (&CompareOptions, &mut Budget),
) {
    match data(before).zip(data(after)) {
        Some(documents) => compare_json(compared, documents, masks, (options, budget)),
        None => compare_texts(compared, (before, after), masks, (options, budget)),
    }
}

/// The output as data: as somebody parsed it, or as the JSON document that it is.
fn data(output: &Output) -> Option<Value> {
    match &output.parsed {
        Some(parsed) => Some(parsed.clone()),
        None if output.summary.json => serde_json::from_slice(&output.bytes).ok(),
        None => None,
    }
}

fn compare_json(
    compared: &mut OutputComparison,
    (mut before, mut after): (Value, Value),
    masks: &Masks<'_>,
    (options, budget): (&CompareOptions, &mut Budget),
) {
    compared.masked_before = masks.json(&mut before);
    compared.masked_after = masks.json(&mut after);
    let most = budget.part(options.max_diff_bytes).div_ceil(JSON_CHANGE);
    let (changes, more) = json::changes(&before, &after, most);
    budget.spend(changes.len() * JSON_CHANGE);
    if changes.is_empty() {
        compared.change = OutputChange::Masked;
        return;
    }
    compared.change = OutputChange::Changed;
    compared.json = Some(changes);
    compared.truncated = more.then_some(Truncation::Difference);
}

fn compare_texts(
    compared: &mut OutputComparison,
    (before, after): (&Output, &Output),
    masks: &Masks<'_>,
    (options, budget): (&CompareOptions, &mut Budget),
) {
    let (left, lines) = masks.text(&readable(&before.bytes));
    compared.masked_before = lines;
    let (right, lines) = masks.text(&readable(&after.bytes));
    compared.masked_after = lines;
    if left == right {
        compared.change = OutputChange::Masked;
        return;
    }
    let mut diff = render::unified(&left, &right, "before", "after", options.context);
    let part = budget.part(options.max_diff_bytes);
    if diff.len() > part {
        diff.truncate(line_start(&diff, part));
        compared.truncated = Some(Truncation::Difference);
    }
    budget.spend(diff.len());
    compared.change = OutputChange::Changed;
    compared.diff = Some(diff);
}

/// Returns the last beginning of a line within a number of bytes.
fn line_start(text: &str, most: usize) -> usize {
    let newline = text.as_bytes()[..most]
        .iter()
        .rposition(|byte| *byte == b'\n');
    newline.map_or(0, |newline| newline + 1)
}

/// The bytes as text in which different bytes stay different.
fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_utf8_stay_different() {
        assert_eq!(readable(b"caf\xe9 \xc3\xa9\xff"), "caf\\xe9 é\\xff");
    }

    #[test]
    fn a_difference_is_cut_between_lines() {
        assert_eq!(line_start("ab\ncd\nef", 7), 6);
        assert_eq!(line_start("abcdef", 4), 0);
    }
}
