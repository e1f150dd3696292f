//! Blocks for a ticket or a merge request.
//!
//! Lines stand in a fenced block, where Markdown changes nothing (CommonMark, "Fenced code blocks"): the fence is longer than any run
//! of backticks inside it. Headings hold names of devices, in which what Markdown would act on is escaped.

use super::Told;
use crate::report::text::one_line;

pub(super) fn write(told: &Told) -> String {
    let mut text = format!("# {}\n\n{}\n", escaped(&told.title), escaped(&told.lead));
    for block in &told.blocks {
        let lines = block.lines.iter();
        let lines: Vec<String> = lines
            .map(|(sign, line)| format!("{} {}", sign.text(), one_line(line)))
            .collect();
        let fence = fence(&lines);
        text.push_str(&format!("\n## {}\n\n{fence}diff\n", escaped(&block.title)));
        for line in lines {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.push_str(&format!("{fence}\n"));
    }
    text
}

fn fence(lines: &[String]) -> String {
    let run = |line: &String| {
        let runs = line.split(|c| c != '`').map(str::len);
        runs.max().unwrap_or(0)
    };
    let longest = lines.iter().map(run).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// Every character of ASCII punctuation may be escaped (CommonMark, "Backslash escapes").
fn escaped(text: &str) -> String {
    let special = |c: char| "\\`*_{}[]<>#|!~&".contains(c);
    let mut escaped = String::new();
    for c in one_line(text).chars() {
        if special(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
