//! Do the lines of a tool arrive?

use netsnap_core::Result;
use netsnap_core::config::Configuration;
use netsnap_core::config::simulate::Simulation;
use netsnap_core::diff::diff_config;
use netsnap_core::model::Change;
use netsnap_core::platform::Platform;

use crate::pairs::Pair;

/// How many differences of a wrong end are named.
const NAMED: usize = 3;

/// What became of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The device ends at the intended configuration.
    Right,
    /// It does, but it refused a line on the way.
    Refused(String),
    /// It ends elsewhere.
    Wrong(String),
    /// The tool made no plan.
    NoPlan(String),
    /// It has no rules for a line.
    NotJudged(String),
}

impl Verdict {
    pub(crate) fn is_right(&self) -> bool {
        matches!(self, Self::Right | Self::Refused(_))
    }

    pub(crate) fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong(_) | Self::NoPlan(_))
    }

    pub(crate) fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    pub(crate) fn is_judged(&self) -> bool {
        !matches!(self, Self::NotJudged(_))
    }

    /// What speaks against the plan, in words.
    pub(crate) fn reason(&self) -> &str {
        match self {
            Self::Right => "",
            Self::Refused(reason)
            | Self::Wrong(reason)
            | Self::NoPlan(reason)
            | Self::NotJudged(reason) => reason,
        }
    }
}

/// Types lines on a device that runs the running configuration of a pair, and compares its end with the intended one.
pub(crate) fn judge(pair: &Pair, lines: &[String]) -> Result<Verdict> {
    let platform = Platform::named(pair.platform)?;
    let mut device = Simulation::new(pair.platform, &pair.running)?;
    let mut refused = None;
    for line in lines {
        let response = device.line(line);
        if !response.accepted {
            refused.get_or_insert_with(|| format!("`{line}` is refused"));
        } else if !response.modelled {
            return Ok(Verdict::NotJudged(format!("`{line}`")));
        }
    }
    let committed = device.commit();
    if !committed.accepted {
        let output = committed.output.lines().collect::<Vec<_>>();
        let why = format!("the change is refused: {}", output.join(" / "));
        return Ok(Verdict::Wrong(why));
    }
    let left = left(&device, pair, (&platform, lines))?;
    Ok(match (left, refused) {
        (None, None) => Verdict::Right,
        (None, Some(line)) => Verdict::Refused(line),
        (Some(left), None) => Verdict::Wrong(left),
        (Some(left), Some(line)) => Verdict::Wrong(format!("{line}; {left}")),
    })
}

/// Says whether nothing is typed where nothing is to do: where the two differ in nothing that the device has rules for.
fn is_nothing(device: &Simulation, pair: &Pair, lines: &[String]) -> bool {
    let intended = Simulation::new(pair.platform, &pair.intended);
    lines.is_empty() && intended.is_ok_and(|intended| !device.differs_from(&intended))
}

/// Says what is left to do on a device, if anything.
fn left(
    device: &Simulation,
    pair: &Pair,
    (platform, lines): (&Platform, &[String]),
) -> Result<Option<String>> {
    let Ok(end) = Configuration::parse(&device.running(), platform) else {
        return Ok(Some("the device shows what cannot be read".to_owned()));
    };
    let intended = Configuration::parse(&pair.intended, platform)?;
    if end.meaning() == intended.meaning() {
        let is_same = device.is_as(&pair.intended)? || is_nothing(device, pair, lines);
        return Ok((!is_same).then(|| "it differs by the device's own rules".to_owned()));
    }
    let changes = diff_config(&end, &intended).changes;
    let named: Vec<String> = changes.iter().take(NAMED).map(describe).collect();
    Ok(Some(match named.is_empty() {
        true => "the order differs".to_owned(),
        false => named.join("; "),
    }))
}

fn describe(change: &Change) -> String {
    let place = change.section.last();
    let place = place.map_or(String::new(), |section| format!(" in `{section}`"));
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if before == after => {
            format!("`{before}`{place} ends at another place")
        }
        (Some(before), Some(after)) => format!("`{before}`{place} ends in place of `{after}`"),
        (Some(before), None) => format!("`{before}`{place} is left over"),
        (None, Some(after)) => format!("`{after}`{place} is missing"),
        (None, None) => format!("something{place} differs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(lines: &[&str]) -> Verdict {
        let pair = Pair {
            group: "frr",
            platform: "frr",
            title: "a cost".into(),
            running: "interface eth1\n ip ospf cost 1\nexit\n".into(),
            intended: "interface eth1\n ip ospf cost 2\nexit\n".into(),
        };
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        judge(&pair, &lines).unwrap()
    }

    #[test]
    fn each_end_has_its_verdict() {
        assert_eq!(
            verdict(&["interface eth1", "ip ospf cost 2"]),
            Verdict::Right
        );
        assert!(
            verdict(&["interface eth1", "ip ospf cost", "ip ospf cost 2"]).is_refused(),
            "a refusal"
        );
        assert!(verdict(&["interface eth1", "no ip ospf cost"]).is_wrong());
        assert!(verdict(&[]).is_wrong());
    }
}
