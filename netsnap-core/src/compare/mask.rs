//! What changes by itself is no difference: it is masked on both sides before they are compared.

use std::collections::HashMap;
use std::sync::Arc;

use regex::{NoExpand, Regex, RegexBuilder};
use serde_json::Value;

use super::CompareOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::model::DeviceSummary;
use crate::platform::Platform;

/// What stands in the place of what was masked.
pub(super) const MASKED: &str = "<masked>";
/// Memory that a compiled rule may take, in bytes.
const COMPILED: usize = 1 << 20;

/// The rules of the caller and of the platforms.
#[derive(Debug)]
pub(super) struct Rules {
    own: Vec<Regex>,
    default: Option<Arc<Platform>>,
    platforms: HashMap<String, Arc<Platform>>,
    recorded: HashMap<String, Arc<Platform>>,
}

impl Rules {
    pub(super) fn new(options: &CompareOptions) -> Result<Self> {
        let own = options.mask.iter().map(|rule| compile(rule));
        let named =
            |(device, name): (&String, &String)| Ok((device.clone(), Platform::named(name)?));
        let default = options.platform.as_deref().map(Platform::named);
        Ok(Self {
            own: own.collect::<Result<_>>()?,
            default: default.transpose()?,
            platforms: options.platforms.iter().map(named).collect::<Result<_>>()?,
            recorded: HashMap::new(),
        })
    }

    /// Takes the platforms that a run recorded, in the place of those of runs before. One that nobody knows here is left out.
    pub(super) fn remember(&mut self, devices: &[DeviceSummary]) {
        for device in devices {
            let platform = device.platform.as_deref().map(Platform::named);
            if let Some(Ok(platform)) = platform {
                self.recorded.insert(device.id.clone(), platform);
            }
        }
    }

    /// Returns the masks for an output.
    pub(super) fn of(&self, device: &str, command: &str) -> Masks<'_> {
        let told = self.platforms.get(device);
        let recorded = || self.recorded.get(device);
        let platform = told.or_else(recorded).or(self.default.as_ref());
        let rules = platform.into_iter().flat_map(|platform| &platform.volatile);
        let rules = rules.filter(|rule| rule.is_about(command));
        Masks(rules.map(|rule| &rule.part.0).chain(&self.own).collect())
    }
}

fn compile(rule: &str) -> Result<Regex> {
    let built = RegexBuilder::new(rule).size_limit(COMPILED).build();
    built.map_err(|error| {
        Error::new(ErrorKind::InvalidInput, "a mask is no regular expression")
            .during("store.compare_executions")
            .with("mask", rule.escape_debug())
            .because(error)
    })
}

/// The masks for one output.
#[derive(Debug)]
pub(super) struct Masks<'a>(Vec<&'a Regex>);

impl Masks<'_> {
    /// Masks a text, and says how many lines are concerned.
    pub(super) fn text(&self, text: &str) -> (String, u64) {
        if self.0.is_empty() {
            return (text.to_owned(), 0);
        }
        let (mut masked, mut lines) = (String::with_capacity(text.len()), 0);
        for line in text.split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            let (shown, is_masked) = self.line(content);
            masked.push_str(&shown);
            masked.push_str(&line[content.len()..]);
            lines += u64::from(is_masked);
        }
        (masked, lines)
    }

    fn line(&self, line: &str) -> (String, bool) {
        let mut shown = line.to_owned();
        let mut is_masked = false;
        for part in &self.0 {
            if part.is_match(&shown) {
                shown = part.replace_all(&shown, NoExpand(MASKED)).into_owned();
                is_masked = true;
            }
        }
        if is_masked {
            shown = unaligned(shown);
        }
        (shown, is_masked)
    }

    /// Masks the values of a JSON document in their place, each as the line `"key": value`, and says how many there were.
    pub(super) fn json(&self, value: &mut Value) -> u64 {
        match value {
            Value::Object(fields) => {
                let fields = fields.iter_mut();
                fields
                    .map(|(key, value)| self.field(&format!("{key:?}: "), value))
                    .sum()
            }
            Value::Array(items) => items.iter_mut().map(|item| self.field("", item)).sum(),
            leaf => self.field("", leaf),
        }
    }

    fn field(&self, key: &str, value: &mut Value) -> u64 {
        if value.is_object() || value.is_array() {
            return self.json(value);
        }
        if !self.line(&format!("{key}{value}")).1 {
            return 0;
        }
        *value = Value::String(MASKED.to_owned());
        1
    }
}

/// Leaves one of the blanks around each mask: how many there are depends on how long was what is masked.
fn unaligned(mut line: String) -> String {
    for (many, one) in [("  <masked>", " <masked>"), ("<masked>  ", "<masked> ")] {
        while line.contains(many) {
            line = line.replace(many, one);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(platform: Option<&str>, mask: &[&str]) -> Rules {
        let options = CompareOptions {
            platform: platform.map(str::to_owned),
            mask: mask.iter().map(|rule| (*rule).to_owned()).collect(),
            ..CompareOptions::default()
        };
        Rules::new(&options).unwrap()
    }

    #[test]
    fn a_mask_leaves_the_rest_of_the_line_and_its_end() {
        let rules = rules(None, &[r"\d+ days", "^never"]);
        let (text, lines) = rules
            .of("r1", "show")
            .text("up 3 days, 4 days\r\nnever\nup\n");
        assert_eq!(text, "up <masked>, <masked>\r\n<masked>\nup\n");
        assert_eq!(lines, 2);
    }

    #[test]
    fn values_of_a_document_are_masked_by_their_key() {
        let rules = rules(None, &[r#"^"age": "#]);
        let mut document = serde_json::json!({"age": 3, "list": [{"age": "x", "id": 1}, 5]});
        assert_eq!(rules.of("r1", "show").json(&mut document), 2);
        assert_eq!(
            document.to_string(),
            r#"{"age":"<masked>","list":[{"age":"<masked>","id":1},5]}"#
        );
    }

    #[test]
    fn a_platform_masks_what_changes_by_itself_in_its_own_commands() {
        let rules = rules(Some("frr"), &[]);
        // Recorded, FRR 8.4.4.
        let line = "10.255.0.2        1 Full/-          34.891s            7.543s 10.0.1.1        eth1:10.0.1.0                        0     0     0\n";
        let (text, lines) = rules.of("r1", "show ip ospf neighbor").text(line);
        assert!(
            text.contains("Full/-") && text.contains("eth1:10.0.1.0"),
            "{text}"
        );
        assert!(
            !text.contains("34.891s") && !text.contains("7.543s"),
            "{text}"
        );
        assert_eq!(lines, 1);
        assert_eq!(rules.of("r1", "show running-config").text(line).0, line);
    }
}
