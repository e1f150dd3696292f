//! The small pieces that every section is made of.

use maud::{Markup, html};

use crate::error::{Effect, ErrorReport};
use crate::report::text::{count, one_line, visible};
use crate::report::words::Word;

/// A state as a coloured word with a sign.
pub(super) fn badge(word: Word) -> Markup {
    html! {
        span.badge.(word.tone.class()) {
            span.sign aria-hidden="true" { (word.tone.sign()) } (word.text)
        }
    }
}

/// A name with its value, for a list of facts.
pub(super) fn fact(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (one_line(value)) } } }
}

/// An error with everything that helps: message, facts, hint, and what it did to the device.
pub(super) fn error(error: &ErrorReport) -> Markup {
    html! {
        div.error {
            p { strong { (one_line(&error.message)) } " " code.kind { (error.kind.as_str()) } }
            @if !error.context.is_empty() {
                p.context {
                    @for (key, value) in &error.context { span { (one_line(key)) "=" (one_line(value)) " " } }
                }
            }
            @if error.effect == Effect::Indeterminate {
                p.effect { "It is not known whether the device carried it out." }
            }
            @if let Some(hint) = &error.hint { p.hint { "→ " (visible(hint)) } }
        }
    }
}

/// A notice that something was left out.
pub(super) fn cut(what: &str) -> Markup {
    html! { p.cut { span.sign aria-hidden="true" { "✂" } (what) } }
}

/// A table that scrolls by itself when the page is narrow, also by keyboard.
pub(super) fn scrolling(label: &str, table: &Markup) -> Markup {
    html! { div.scroll role="region" tabindex="0" aria-label=(label) { (table) } }
}

/// Shows a short list as it is; folds a long one away behind a line that says how long it is.
pub(super) fn folded(number: usize, noun: &str, content: &Markup) -> Markup {
    const LONG: usize = 40;
    html! {
        @if number > LONG {
            details.panel.folded { summary { span { (count(number, noun)) } } div { (content) } }
        } @else { (content) }
    }
}
