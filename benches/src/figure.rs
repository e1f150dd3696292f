//! What is one figure, and is it good enough?

use serde::Serialize;

/// What our figure has to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// Ours is at most this much.
    AtMost(f64),
    /// Ours is at least this much.
    AtLeast(f64),
    /// Theirs is at least so many times ours.
    TimesLess(f64),
    /// Ours is at most so many times theirs.
    Within(f64),
    /// Shown for comparison alone.
    None,
}

/// One measured thing: ours, and theirs where there is a peer.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The benchmark, as it is called on the command line.
    pub bench: &'static str,
    /// What was done.
    pub case: String,
    /// What was measured.
    pub figure: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Our figure, over all rounds; absent when ours did not run.
    pub ours: Option<f64>,
    /// Whom it is compared with.
    pub peer: Option<String>,
    /// Theirs; absent without a peer, or when theirs failed.
    pub theirs: Option<f64>,
    /// What ours has to reach.
    pub target: Target,
}

#[derive(Serialize)]
struct Line<'a> {
    bench: &'a str,
    case: &'a str,
    figure: &'a str,
    unit: &'a str,
    ours: Option<f64>,
    peer: Option<&'a str>,
    theirs: Option<f64>,
    ratio: Option<f64>,
    target: Option<String>,
    met: Option<bool>,
}

impl Figure {
    /// Returns how many times ours theirs is; above 1, ours is the smaller one.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        match (self.ours, self.theirs) {
            (Some(ours), Some(theirs)) if ours > 0.0 => Some(theirs / ours),
            _ => None,
        }
    }

    /// Returns whether the target is met; `None` without a target. What was not measured has met nothing.
    #[must_use]
    pub fn met(&self) -> Option<bool> {
        match self.target {
            Target::None => None,
            Target::AtMost(limit) => Some(self.ours.is_some_and(|ours| ours <= limit)),
            Target::AtLeast(limit) => Some(self.ours.is_some_and(|ours| ours >= limit)),
            Target::TimesLess(limit) => Some(self.ratio().is_some_and(|ratio| ratio >= limit)),
            Target::Within(limit) => Some(self.ratio().is_some_and(|ratio| ratio * limit >= 1.0)),
        }
    }

    /// Returns the target in words.
    #[must_use]
    pub fn target_text(&self) -> Option<String> {
        match self.target {
            Target::None => None,
            Target::AtMost(limit) => Some(format!("<= {limit}")),
            Target::AtLeast(limit) => Some(format!(">= {limit}")),
            Target::TimesLess(limit) => Some(format!(">= {limit} x less")),
            Target::Within(limit) => Some(format!("<= {limit} x theirs")),
        }
    }

    /// Returns the figure as one line of JSON, for other programs.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(&Line {
            bench: self.bench,
            case: &self.case,
            figure: self.figure,
            unit: self.unit,
            ours: self.ours.map(rounded),
            peer: self.peer.as_deref(),
            theirs: self.theirs.map(rounded),
            ratio: self.ratio().map(rounded),
            target: self.target_text(),
            met: self.met(),
        })
        .expect("text and finite numbers serialise")
    }
}

/// Three decimals: more would be noise.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(ours: Option<f64>, theirs: Option<f64>, target: Target) -> Figure {
        Figure {
            bench: "collect",
            case: "100 devices".into(),
            figure: "cpu",
            unit: "ms",
            ours,
            peer: Some("netmiko".into()),
            theirs,
            target,
        }
    }

    #[test]
    fn what_was_not_measured_has_met_nothing() {
        assert_eq!(figure(None, None, Target::AtMost(1.0)).met(), Some(false));
        assert_eq!(
            figure(Some(1.0), None, Target::TimesLess(5.0)).met(),
            Some(false)
        );
        assert_eq!(figure(None, None, Target::None).met(), None);
    }

    #[test]
    fn a_limit_itself_is_met() {
        assert_eq!(
            figure(Some(1.5), None, Target::AtMost(1.5)).met(),
            Some(true)
        );
        assert_eq!(
            figure(Some(6.0), None, Target::AtLeast(6.0)).met(),
            Some(true)
        );
        assert_eq!(
            figure(Some(2.0), Some(10.0), Target::TimesLess(5.0)).met(),
            Some(true)
        );
        assert_eq!(
            figure(Some(2.0), Some(9.9), Target::TimesLess(5.0)).met(),
            Some(false)
        );
        assert_eq!(
            figure(Some(2.0), Some(1.0), Target::Within(2.0)).met(),
            Some(true)
        );
        assert_eq!(
            figure(Some(2.1), Some(1.0), Target::Within(2.0)).met(),
            Some(false)
        );
    }

    #[test]
    fn a_line_has_its_keys_in_order() {
        assert_eq!(
            figure(Some(2.0), Some(9.0), Target::TimesLess(5.0)).json(),
            r#"{"bench":"collect","case":"100 devices","figure":"cpu","unit":"ms","ours":2.0,"peer":"netmiko","theirs":9.0,"ratio":4.5,"target":">= 5 x less","met":false}"#
        );
    }
}
