//! The difference of two texts in whatever form is asked for.

use serde::{Deserialize, Serialize};

use super::DeviceDiff;
use super::html::{Sides, text_page};
use crate::diff::render::{Color, View, as_data, beside, by_words, inline, patch, unified};

/// The form of a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextFormat {
    /// As `diff -u` writes it. Exact, and never cut.
    #[default]
    Unified,
    /// The same with the names that `patch -p1` and `git apply` expect. Exact, and never cut.
    Patch,
    /// Beside each other, for a terminal.
    SideBySide,
    /// Below each other, for a terminal.
    Inline,
    /// Changed lines once, with the words that went and came.
    Words,
    /// A self-contained page, beside each other.
    Html,
    /// A self-contained page, below each other.
    HtmlInline,
    /// Data.
    Json,
}

/// How the difference of two texts is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextOptions {
    /// The form.
    pub format: TextFormat,
    /// What the first text is called.
    pub before_name: String,
    /// What the second text is called; the file that a patch is for.
    pub after_name: String,
    /// Equal lines around a difference.
    pub context: usize,
    /// Columns of the terminal; at most a thousand are used.
    pub width: usize,
    /// Whether to use its colours.
    pub color: Color,
    /// Rows that are shown at most; the rest is counted. A unified difference and a patch are never cut.
    pub limit: usize,
}

impl Default for TextOptions {
    fn default() -> Self {
        let view = View::default();
        Self {
            format: TextFormat::default(),
            before_name: "before".to_owned(),
            after_name: "after".to_owned(),
            context: view.context,
            width: view.width,
            color: view.color,
            limit: view.limit,
        }
    }
}

impl TextOptions {
    fn view(&self) -> View {
        View {
            width: self.width,
            color: self.color,
            context: self.context,
            limit: self.limit,
        }
    }
}

/// Shows the difference of two texts. Equal texts give an empty one, but for a page and for data, which say so.
#[must_use]
pub fn text_difference(before: &str, after: &str, options: &TextOptions) -> String {
    let view = options.view();
    let page = |sides| {
        let title = format!("{} → {}", options.before_name, options.after_name);
        let diff = DeviceDiff {
            device: options.after_name.clone(),
            before: before.to_owned(),
            after: after.to_owned(),
        };
        text_page(&title, &[diff], sides, options.context)
    };
    let (old, new) = (&options.before_name, &options.after_name);
    match options.format {
        TextFormat::Unified => unified(before, after, old, new, options.context),
        TextFormat::Patch => patch(new, Some(before), Some(after), options.context),
        TextFormat::SideBySide => beside(before, after, &view),
        TextFormat::Inline => inline(before, after, &view),
        TextFormat::Words => by_words(before, after, &view),
        TextFormat::Html => page(Sides::Beside),
        TextFormat::HtmlInline => page(Sides::Inline),
        TextFormat::Json => serde_json::to_string(&as_data(before, after, &view))
            .expect("strings and numbers are written"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(format: TextFormat) -> String {
        let options = TextOptions {
            format,
            ..TextOptions::default()
        };
        text_difference(
            "a\nmtu 1400 x\n",
            "a\nmtu 1500 x\n<script>alert(1)</script>\n",
            &options,
        )
    }

    #[test]
    fn a_page_is_self_contained_and_escaped() {
        for format in [TextFormat::Html, TextFormat::HtmlInline] {
            let page = shown(format);
            assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
            assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
            assert!(page.contains("<mark>1500</mark>"), "{page}");
            for outside in ["http://", "https://", "src=", "@import", "url("] {
                assert!(!page.contains(outside), "{outside}");
            }
        }
    }

    #[test]
    fn each_form_has_its_look() {
        assert!(shown(TextFormat::Unified).starts_with("--- before\n+++ after\n"));
        assert!(shown(TextFormat::Patch).starts_with("--- a/after\n+++ b/after\n"));
        assert!(shown(TextFormat::Words).contains("mtu [-1400-]{+1500+} x"));
        assert!(shown(TextFormat::SideBySide).contains(" | "));
        assert!(shown(TextFormat::Inline).contains("- mtu 1400 x"));
        let data: serde_json::Value = serde_json::from_str(&shown(TextFormat::Json)).unwrap();
        assert_eq!(data["added"], 2);
    }

    #[test]
    fn options_are_read_by_their_names() {
        let read = |text: &str| serde_json::from_str::<TextOptions>(text);
        let options = read(r#"{"format": "side_by_side", "color": "always"}"#).unwrap();
        assert_eq!(options.format, TextFormat::SideBySide);
        assert_eq!(options.context, 3);
        assert!(read(r#"{"colour": "always"}"#).is_err());
    }
}
