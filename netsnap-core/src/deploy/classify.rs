//! Where does a device stand between the two ends of its plan?

use crate::config::Configuration;
use crate::config::simulate::Simulation;
use crate::error::Result;
use crate::id::Digest;
use crate::model::DevicePlan;
use crate::plan;
use crate::platform::Platform;

/// Where a device stands between the two ends of its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// As the plan found it: nothing of the plan is there.
    Before,
    /// As the plan wants it.
    After,
    /// As the plan leaves it when it is broken off behind this many lines.
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

/// Looks also at each place where the plan could have been broken off.
///
/// # Errors
/// Those of [`Simulation::new`] and [`Configuration::parse`].
pub(crate) fn classify(
    plan: &DevicePlan,
    running: &str,
    observed: Digest,
    platform: &Platform,
) -> Result<State> {
    let state = compare(plan, observed);
    if state != State::Foreign {
        return Ok(state);
    }
    let mut device = Simulation::new(&platform.name, running)?;
    for (position, line) in plan::lines(&plan.steps, platform).iter().enumerate() {
        device.line(line);
        if Configuration::parse(&device.running(), platform)?.meaning() == observed {
            return Ok(State::Partial(position + 1));
        }
    }
    Ok(State::Foreign)
}
