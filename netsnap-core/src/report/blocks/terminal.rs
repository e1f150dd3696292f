//! Blocks on a terminal: every text is made visible first, and cut to the width.

use super::{ShowOptions, Sign, Told};
use crate::report::terminal::{Layout, paint, strong};
use crate::report::text::{fit, one_line};

pub(super) fn write(told: &Told, options: &ShowOptions) -> String {
    let layout = Layout {
        width: options.width.max(20),
        color: options.color,
    };
    let mut text = format!("{}\n", strong(&told.title, &layout));
    text.push_str(&format!("{}\n", one_line(&told.lead)));
    for block in &told.blocks {
        let title = one_line(&block.title).into_owned();
        text.push_str(&format!(
            "\n{}\n",
            strong(&fit(&title, layout.width), &layout)
        ));
        for (sign, line) in &block.lines {
            text.push_str(&signed(*sign, line, &layout));
        }
    }
    text
}

fn signed(sign: Sign, line: &str, layout: &Layout) -> String {
    let line = format!("  {} {}", sign.text(), one_line(line));
    let line = fit(line.trim_end(), layout.width).into_owned();
    format!("{}\n", paint(&line, sign.tone(), layout))
}
