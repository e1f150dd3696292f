//! Did the device refuse the line?
//!
//! A configuration line prints nothing when it is taken, so any line of its answer counts. The answer to a command is data: a
//! refusal counts only where devices print refusals, in the first or last lines of a short answer. A longer answer is what was
//! asked for, whatever stands in it: a description, a banner or a log that quotes an error.

use crate::model::Rejection;
use crate::platform::{Cli, Pattern};

/// An answer with more lines that are not blank is data.
const SHORT: usize = 8;

/// Lines at either end of a short answer in which a refusal can stand.
const EDGE: usize = 3;

/// What was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// A command, answered with data.
    Command,
    /// A configuration line, answered with silence.
    ConfigurationLine,
}

/// What an answer says about the line it answers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The first refusal.
    pub(crate) rejection: Option<Rejection>,
    /// Warnings, in order.
    pub(crate) warnings: Vec<String>,
}

/// Judges an answer, of the shell or of an exec channel, by the rows of a platform table.
pub(crate) fn judge(cli: &Cli, sent: Sent, answer: &[u8]) -> Verdict {
    let mut verdict = Verdict::default();
    for line in lines_that_count(sent, answer) {
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end();
        if let Some(rule) = refusal(cli, sent, text) {
            verdict.rejection.get_or_insert_with(|| Rejection {
                line: text.trim_start().to_owned(),
                rule: rule.to_owned(),
            });
        } else if is_warning(cli, sent, text) {
            verdict.warnings.push(text.to_owned());
        }
    }
    verdict
}

/// Returns the rule by which a line refuses.
fn refusal<'a>(cli: &'a Cli, sent: Sent, line: &str) -> Option<&'a str> {
    if sent == Sent::Command {
        return first_match(&cli.errors, line);
    }
    match first_match(&cli.line_warnings, line) {
        Some(_) => None,
        None => first_match(&cli.errors, line).or_else(|| first_match(&cli.line_errors, line)),
    }
}

fn is_warning(cli: &Cli, sent: Sent, line: &str) -> bool {
    let is_line = sent == Sent::ConfigurationLine;
    first_match(&cli.warnings, line).is_some()
        || is_line && first_match(&cli.line_warnings, line).is_some()
}

fn lines_that_count(sent: Sent, answer: &[u8]) -> Vec<&[u8]> {
    let lines = answer
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty());
    if sent == Sent::ConfigurationLine {
        return lines.collect();
    }
    let short: Vec<_> = lines.take(SHORT + 1).collect();
    let count = short.len();
    let counts = |at: usize| count <= SHORT && (at < EDGE || at + EDGE >= count);
    let numbered = short.into_iter().enumerate();
    numbered
        .filter_map(|(at, line)| counts(at).then_some(line))
        .collect()
}

fn first_match<'a>(patterns: &'a [Pattern], line: &str) -> Option<&'a str> {
    let found = patterns.iter().find(|pattern| pattern.0.is_match(line))?;
    Some(found.0.as_str())
}
