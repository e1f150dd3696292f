//! Where does a device stand between the two ends of its plan?

use crate::config::Configuration;
use crate::config::simulate::Simulation;
use crate::error::Result;
use crate::id::Digest;
use crate::model::DevicePlan;
use crate::platform::Platform;

/// Where a device stands between the two ends of its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// As the plan found it: nothing of the plan is there.
    Before,
    /// As the plan wants it.
    After,
    /// As the deployment left it when it was broken off behind this many lines.
    Partial(usize),
    /// Neither: somebody else changed it.
    Foreign,
}

/// Compares an observed meaning with the two ends of a plan.
pub(crate) fn compare(plan: &DevicePlan, observed: Digest) -> State {
    match observed {
        meaning if meaning == plan.intended_meaning => State::After,
        meaning if meaning == plan.running_meaning => State::Before,
        _ => State::Foreign,
    }
}

/// A line that a deployment was about to send: it may have gone out, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SentLine {
    /// The line; its secret is masked in a log.
    pub(crate) line: String,
    /// Whether it was the first behind entering configuration mode.
    pub(crate) begins: bool,
    /// Whether the device answered that it does not take it.
    pub(crate) refused: bool,
}

/// Looks also at each place where the lines that were sent could have been broken off: the way there, and the way back.
///
/// # Errors
/// Those of [`Simulation::new`] and [`Configuration::parse`].
pub(crate) fn classify(
    plan: &DevicePlan,
    running: &str,
    (observed, sent): (Digest, &[SentLine]),
    platform: &Platform,
) -> Result<State> {
    let state = compare(plan, observed);
    if state != State::Foreign {
        return Ok(state);
    }
    let mut device = Simulation::new(&platform.name, running)?;
    for (position, sent) in sent.iter().enumerate() {
        if sent.begins {
            device.reset();
        }
        if sent.refused {
            continue;
        }
        device.line(&sent.line);
        if Configuration::parse(&device.running(), platform)?.meaning() == observed {
            return Ok(State::Partial(position + 1));
        }
    }
    Ok(State::Foreign)
}

#[cfg(test)]
mod tests;
