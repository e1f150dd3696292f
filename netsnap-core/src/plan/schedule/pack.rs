//! Which devices fit into one wave?

use std::collections::BTreeSet;

use super::{Graph, Schedule};
use crate::error::{Error, ErrorKind, Result};

/// Fills waves of at most so many devices, in the order given, as far as nobody waits and no two stand in for each other. The first
/// number is for the first wave; the last one goes on for ever. Places of devices come back.
pub(in crate::plan) fn pack(
    graph: &Graph,
    schedule: &Schedule,
    devices: &[&str],
    (changed, sizes): (&[bool], &[usize]),
) -> Vec<Vec<usize>> {
    let mut waves: Vec<Vec<usize>> = Vec::new();
    let mut done = vec![false; graph.before.len()];
    let groups = devices
        .iter()
        .map(|name| schedule.groups_of(name).collect());
    let groups: Vec<Vec<usize>> = groups.collect();
    loop {
        settle(graph, changed, &mut done);
        let size = sizes
            .get(waves.len())
            .or(sizes.last())
            .copied()
            .unwrap_or(usize::MAX);
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        let mut wave = Vec::new();
        for place in 0..graph.devices {
            let waits = graph.before[place].iter().any(|other| !done[*other]);
            if done[place] || waits || wave.len() >= size {
                continue;
            }
            if groups[place].iter().all(|group| !taken.contains(group)) {
                taken.extend(&groups[place]);
                wave.push(place);
            }
        }
        if wave.is_empty() {
            return waves;
        }
        wave.iter().for_each(|place| done[*place] = true);
        waves.push(wave);
    }
}

/// What changes nothing is done as soon as nothing stands before it.
fn settle(graph: &Graph, changed: &[bool], done: &mut [bool]) {
    for node in &graph.order {
        let is_idle = changed.get(*node).is_none_or(|changed| !changed);
        if is_idle && graph.before[*node].iter().all(|other| done[*other]) {
            done[*node] = true;
        }
    }
}

/// Checks waves that somebody listed against the schedule.
///
/// # Errors
/// [`ErrorKind::PlanConflict`] for two of one group in a wave, a device before one that it waits for, or company on the management path.
pub(in crate::plan) fn check(
    graph: &Graph,
    schedule: &Schedule,
    devices: &[&str],
    waves: &[Vec<usize>],
) -> Result<()> {
    check_groups(schedule, devices, waves)?;
    // The last wave that must be over for a node to be over; none for one that never waited.
    let mut over: Vec<Option<(usize, usize)>> = vec![None; graph.before.len()];
    for node in &graph.order {
        let latest = graph.before[*node]
            .iter()
            .filter_map(|other| over[*other])
            .max();
        let own = waves.iter().position(|wave| wave.contains(node));
        if let (Some((wave, other)), Some(own)) = (latest, own)
            && own <= wave
        {
            return Err(
                conflict("a device is to change before one that it waits for")
                    .with("device", graph.name(*node))
                    .with("wave", own + 1)
                    .with("waits_for", graph.name(other))
                    .with("which_is_in_wave", wave + 1),
            );
        }
        over[*node] = own.map(|own| (own, *node)).or(latest);
    }
    Ok(())
}

fn check_groups(schedule: &Schedule, devices: &[&str], waves: &[Vec<usize>]) -> Result<()> {
    for (number, wave) in waves.iter().enumerate() {
        for group in &schedule.redundancy {
            let is_member = |place: &&usize| group.iter().any(|name| name == devices[**place]);
            let both: Vec<&str> = wave
                .iter()
                .filter(is_member)
                .map(|place| devices[*place])
                .collect();
            if both.len() > 1 {
                return Err(
                    conflict("devices that stand in for each other are in one wave")
                        .with("wave", number + 1)
                        .with("devices", both.join(", ")),
                );
            }
        }
    }
    Ok(())
}

fn conflict(message: &'static str) -> Error {
    Error::new(ErrorKind::PlanConflict, message)
        .during("plan.waves")
        .hint("list the waves as the schedule asks for, or change the schedule")
}
