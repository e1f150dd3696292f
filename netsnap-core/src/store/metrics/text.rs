//! How is a metric written? As lines of the Prometheus text format.
//!
//! The format: <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>.

use std::fmt::Display;

/// What every name begins with.
const PREFIX: &str = "netsnap_";

/// Labels of a sample.
pub(super) type Labels<'a> = [(&'a str, &'a str)];

/// Lines that are written one family after the other.
#[derive(Debug, Default)]
pub(super) struct Text {
    lines: String,
    family: String,
}

impl Text {
    /// Begins a family; its samples follow.
    pub(super) fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.family = format!("{PREFIX}{name}");
        let family = &self.family;
        let help = help.replace('\\', r"\\").replace('\n', r"\n");
        self.lines += &format!("# HELP {family} {help}\n# TYPE {family} {kind}\n");
    }

    /// Writes a sample.
    pub(super) fn number(&mut self, labels: &Labels<'_>, value: u64) {
        self.sample("", labels, value);
    }

    /// Writes a sample of microseconds as seconds, exactly.
    pub(super) fn seconds(&mut self, labels: &Labels<'_>, microseconds: u128) {
        self.sample("", labels, in_seconds(microseconds));
    }

    /// Writes the samples of a histogram; the last count is that of what exceeds every bound.
    pub(super) fn histogram(
        &mut self,
        labels: &Labels<'_>,
        bounds_us: &[u64],
        (counts, sum_us): (&[u64], u128),
    ) {
        let bounds = bounds_us.iter().map(|bound| in_seconds((*bound).into()));
        let mut total = 0;
        for (bound, count) in bounds.chain(["+Inf".to_owned()]).zip(counts) {
            total += count;
            let labels = [labels, &[("le", bound.as_str())]].concat();
            self.sample("_bucket", &labels, total);
        }
        self.sample("_sum", labels, in_seconds(sum_us));
        self.sample("_count", labels, total);
    }

    fn sample(&mut self, suffix: &str, labels: &Labels<'_>, value: impl Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        let labels = match labels.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", labels.join(",")),
        };
        self.lines += &format!("{}{suffix}{labels} {value}\n", self.family);
    }

    pub(super) fn finish(self) -> String {
        self.lines
    }
}

fn escaped(value: &str) -> String {
    let value = value.replace('\\', r"\\").replace('"', "\\\"");
    value.replace('\n', r"\n")
}

/// Microseconds as a decimal number of seconds, without zeros at its end.
fn in_seconds(microseconds: u128) -> String {
    let (whole, rest) = (microseconds / 1_000_000, microseconds % 1_000_000);
    let text = format!("{whole}.{rest:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_exact() {
        for (microseconds, text) in [
            (0, "0"),
            (1, "0.000001"),
            (100_000, "0.1"),
            (10_000_000, "10"),
            (3_600_000_000, "3600"),
        ] {
            assert_eq!(in_seconds(microseconds), text);
        }
    }

    #[test]
    fn a_label_keeps_any_text() {
        let mut text = Text::default();
        text.family("x", "gauge", "a\\b\nc");
        text.number(&[("name", "a\\\"b\nc")], 1);
        let expected = "# HELP netsnap_x a\\\\b\\nc\n# TYPE netsnap_x gauge\nnetsnap_x{name=\"a\\\\\\\"b\\nc\"} 1\n";
        assert_eq!(text.finish(), expected);
    }
}
