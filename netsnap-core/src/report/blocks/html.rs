//! Blocks on a self-contained page.

use maud::{Markup, html};

use super::{Block, Sign, Told};
use crate::report::html::page;
use crate::report::text::one_line;

pub(super) fn write(told: &Told) -> String {
    write_before(told, &html! {})
}

/// The same with something behind the blocks.
pub(super) fn write_before(told: &Told, rest: &Markup) -> String {
    let body = html! {
        p.lead { (one_line(&told.lead)) }
        @for each in &told.blocks { (block(each)) }
        (rest)
    };
    page(&told.title, &body).into_string()
}

fn block(block: &Block) -> Markup {
    html! {
        section.comparison {
            h2 { (one_line(&block.title)) }
            pre tabindex="0" { @for (sign, text) in &block.lines { (line(*sign, text)) } }
        }
    }
}

fn line(sign: Sign, text: &str) -> Markup {
    let shown = format!("{} {}", sign.text(), one_line(text));
    html! {
        @match sign {
            Sign::Added => ins { (shown) },
            Sign::Removed => del { (shown) },
            Sign::Note => (shown),
            _ => span.(sign.tone().class()) { (shown) },
        }
        "\n"
    }
}
