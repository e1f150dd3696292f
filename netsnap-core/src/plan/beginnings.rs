//! Is there a way back from wherever a change may stop?
//!
//! A deployment that stops half-way plans its way back from what it then finds on the device. That is done here beforehand,
//! from each state that a plan leads through, and carried out on the simulated device: behind each line, or behind each commit
//! but the last where a device takes a change over as a whole.

use std::cell::RefCell;
use std::rc::Rc;

use super::barrier::changes;
use super::{PlanInput, Remedy};
use crate::config::Configuration;
use crate::config::simulate::Simulation;
use crate::error::Error;
use crate::platform::Platform;

/// From so many states the way back is found to the start at once, as a deployment does it. From later ones it may lead to the
/// state before, from where there is one: the work for all of them grows with the square of their number otherwise.
const AT_ONCE: usize = 12;

/// How many states without a way back are named.
const NAMED: usize = 5;

/// The states that a plan leads through, one after the other, and what was found about them.
pub(super) struct Beginnings<'i> {
    input: &'i PlanInput,
    start: Simulation,
    before: Simulation,
    known: Known,
    /// From how many of them there is a way back.
    pub(super) led_back: usize,
    /// Where there is none.
    pub(super) reasons: Vec<String>,
}

impl<'i> Beginnings<'i> {
    /// Begins where a device stands.
    pub(super) fn of(input: &'i PlanInput, start: &Simulation) -> Self {
        Self {
            input,
            start: start.clone(),
            before: start.clone(),
            known: Known::default(),
            led_back: 0,
            reasons: Vec::new(),
        }
    }

    /// Looks for a way back from where the device stands behind a line, which it took and which put something into force.
    pub(super) fn stops_behind(&mut self, line: &str, device: &Simulation) {
        if self.reasons.len() == NAMED || device.is_like(&self.before) {
            return;
        }
        let state = State {
            input: self.input,
            device,
            known: &self.known,
        };
        let way = match self.led_back < AT_ONCE {
            true => state.leads_to(&self.start),
            false => (state.leads_beside(&self.before)).or_else(|_| state.leads_to(&self.start)),
        };
        match way {
            Ok(()) => self.led_back += 1,
            Err(why) => self.reasons.push(format!(
                "where it stops behind `{line}`, the way back fails: {why}"
            )),
        }
        self.before.clone_from(device);
    }
}

/// Why there is no way.
type Way = Result<(), String>;

/// A state that the device may be left in.
struct State<'s> {
    input: &'s PlanInput,
    device: &'s Simulation,
    known: &'s Known,
}

/// What was read last: a state is where one step leads to and where the next one comes from, and a long section would be read twice.
#[derive(Default)]
struct Known(RefCell<Option<(String, Rc<Configuration>)>>);

impl Known {
    fn read(&self, text: String, platform: &Platform) -> Result<Rc<Configuration>, Error> {
        if let Some((known, read)) = &*self.0.borrow()
            && *known == text
        {
            return Ok(Rc::clone(read));
        }
        let read = Rc::new(Configuration::of_state(&text, platform)?);
        self.0.replace(Some((text, Rc::clone(&read))));
        Ok(read)
    }
}

impl State<'_> {
    /// Looks for a plan from what is found here that leads to another state; says why there is none.
    fn leads_to(&self, state: &Simulation) -> Way {
        // What both share says which way is the best, as a rule, and is most of the text.
        let whole = |_| self.leads((self.device.running(), state.running()), state);
        self.leads_beside(state).or_else(whole)
    }

    /// The same, from that alone which the two do not share.
    fn leads_beside(&self, state: &Simulation) -> Way {
        let from = self.device.running_beside(state);
        self.leads((from, state.running_beside(self.device)), state)
    }

    fn leads(&self, (from, to): (String, String), state: &Simulation) -> Way {
        let platform = &self.input.platform;
        let to = self.known.read(to, platform).map_err(said)?;
        let from = self.known.read(from, platform).map_err(said)?;
        let way = Remedy::of(&from, &to, platform).map_err(said)?;
        match way.doubts.into_iter().next() {
            Some(doubt) => Err(doubt),
            None => self.arrives(&changes(&way.steps, platform), state),
        }
    }

    /// Carries changes out, each line of which is known and taken, and looks whether they lead to another state.
    fn arrives(&self, back: &[Vec<String>], state: &Simulation) -> Way {
        let mut device = self.device.clone();
        device.read();
        for change in back {
            carry_out(&mut device, change)?;
        }
        match self.is_same(&device, state).map_err(said)? {
            true => Ok(()),
            false => Err("it ends elsewhere".to_owned()),
        }
    }

    fn is_same(&self, end: &Simulation, state: &Simulation) -> Result<bool, Error> {
        if end.is_like(state) {
            return Ok(true);
        }
        let read = |text: &str| Configuration::of_state(text, &self.input.platform);
        let beside = || -> Result<_, Error> {
            let (end, state) = (end.running_beside(state), state.running_beside(end));
            Ok((read(&end)?, read(&state)?))
        };
        // What they do not share is enough, where it stands at the same places, or where that makes no difference.
        if end.has_tops_of(state) {
            let (end, state) = beside()?;
            return Ok(end.means_what(&state));
        }
        if end.keeps_order_of(state) {
            let (end, state) = beside()?;
            if stands_anywhere(&end) && stands_anywhere(&state) && end.means_what(&state) {
                return Ok(true);
            }
        }
        let (end, state) = (read(&end.running())?, read(&state.running())?);
        Ok(end.means_what(&state))
    }
}

/// Says whether the place of none of its lines at the top makes a difference.
fn stands_anywhere(configuration: &Configuration) -> bool {
    let mut items = configuration.level().items();
    items.all(|item| item.group().is_none())
}

fn carry_out(device: &mut Simulation, change: &[String]) -> Way {
    device.reset();
    for line in change {
        let response = device.line(line);
        if !response.accepted {
            let said = response.output.trim();
            return Err(format!("the simulated device refuses `{line}`: {said}"));
        }
        if !response.modelled {
            return Err(format!("the simulated device does not know `{line}`"));
        }
    }
    let committed = device.commit();
    match committed.accepted {
        true => Ok(()),
        false => Err(format!(
            "the simulated device refuses the change: {}",
            committed.output
        )),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` takes")]
fn said(error: Error) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::super::proof::prove;
    use super::*;
    use crate::model::{DeviceProof, Step};
    use crate::platform::Platform;

    fn input(platform: &str, (running, intended): (&str, &str)) -> PlanInput {
        let platform = Platform::named(platform).unwrap();
        PlanInput {
            device: "r1".into(),
            running: Configuration::parse(running, &platform).unwrap(),
            intended: Configuration::parse(intended, &platform).unwrap(),
            snapshot: None,
            platform,
        }
    }

    fn planned(input: &PlanInput) -> DeviceProof {
        let way = |from, to| Remedy::of(from, to, &input.platform).unwrap().steps;
        let there = way(&input.running, &input.intended);
        let back = way(&input.intended, &input.running);
        prove(input, (&there, &back), Vec::new())
    }

    fn states(proof: &DeviceProof) -> u64 {
        match proof {
            DeviceProof::Proven { beginnings, .. } => *beginnings,
            DeviceProof::Unproven { reasons } => panic!("{reasons:#?}"),
        }
    }

    fn routes(numbers: std::ops::Range<u32>) -> String {
        let route = |number| format!("ip route 10.{number}.0.0/16 192.0.2.1\n");
        format!("hostname r1\n{}", numbers.map(route).collect::<String>())
    }

    #[test]
    fn each_line_that_changes_something_may_be_the_last() {
        let input = input("frr", (&routes(0..2), &routes(1..4)));
        assert_eq!(states(&planned(&input)), 3);
    }

    #[test]
    fn long_plans_are_looked_at_to_their_end() {
        let count = u32::try_from(AT_ONCE).unwrap() + 8;
        let input = input("frr", (&routes(0..0), &routes(0..count)));
        assert_eq!(states(&planned(&input)), u64::from(count));
    }

    #[test]
    fn what_is_taken_over_as_a_whole_stops_nowhere() {
        let texts = (
            "system { host-name r1; }\n",
            "system { host-name r2; domain-name example.net; }\n",
        );
        let input = input("juniper_junos", texts);
        assert_eq!(states(&planned(&input)), 0);
    }

    /// One line in place of another, and nothing beside them: in between the device has none.
    #[test]
    fn a_state_without_lines_is_a_state() {
        let texts = (routes(0..1), routes(1..2));
        let [running, intended] = [&texts.0, &texts.1].map(|text| text.lines().nth(1).unwrap());
        let input = input("frr", (running, intended));
        let way = |old: &str, new: &str| {
            let lines = [format!("no {old}"), new.to_owned()];
            lines.map(|line| Step::new(Vec::new(), line))
        };
        let ways = (way(running, intended), way(intended, running));
        assert_eq!(states(&prove(&input, (&ways.0, &ways.1), Vec::new())), 2);
        // The last line may go, too: that is what the device then has.
        let nothing = way(running, intended)[..1].to_vec();
        let found = prove(&input, (&nothing, &ways.1), Vec::new());
        let DeviceProof::Unproven { reasons } = found else {
            panic!("it is proven");
        };
        assert!(
            !reasons.iter().any(|reason| reason.contains("no lines")),
            "{reasons:?}"
        );
        assert!(
            reasons.contains(&format!("`{intended}` is missing")),
            "{reasons:?}"
        );
    }

    /// The plan and its inverse are sure; half-way a plan for the way back would write one value over another, of which nobody
    /// knows what the device makes.
    #[test]
    fn a_plan_that_may_stop_where_no_way_back_is_sure_is_not_proven() {
        let line = |kind: &str| format!("area 1 authentication{kind}");
        let text = |kind| format!("hostname r1\n!\nrouter ospf 1\n {}\n", line(kind));
        let (plain, digest) = ("", " message-digest");
        let input = input("cisco_ios", (&text(plain), &text(digest)));
        let way = |kind| {
            let lines = ["no area 1 authentication".to_owned(), line(kind)];
            lines.map(|line| Step::new(vec!["router ospf 1".into()], line))
        };
        let found = prove(&input, (&way(digest), &way(plain)), Vec::new());
        let DeviceProof::Unproven { reasons } = found else {
            panic!("it is proven");
        };
        let (last, first) = (line(digest), line(plain));
        let expected = format!(
            "where it stops behind `{last}`, the way back fails: the simulated device does not know `{first}`"
        );
        assert_eq!(reasons, [expected]);
    }

    /// Routes come back in another order than they had, which makes no difference; entries of a list do not.
    #[test]
    fn two_states_are_the_same_where_the_order_of_what_they_do_not_share_means_nothing() {
        let entry = |host: u8| format!("access-list 10 permit 10.0.0.{host}\n");
        let route = |net: u8| format!("ip route 10.{net}.0.0 255.255.0.0 192.0.2.1\n");
        let is_same = |some: [String; 3]| {
            let input = input("cisco_ios", ("hostname r1\n", "hostname r1\n"));
            let text = format!("hostname r1\n!\n{}", some.concat());
            let before = Simulation::new("cisco_ios", &text).unwrap();
            let mut after = before.clone();
            for line in [format!("no {}", some[0]), some[0].clone()] {
                assert!(after.line(line.trim()).accepted, "{line}");
            }
            assert!(!after.is_like(&before) && after.keeps_order_of(&before));
            let state = State {
                input: &input,
                device: &after,
                known: &Known::default(),
            };
            state.is_same(&after, &before).unwrap()
        };
        assert!(is_same([1, 2, 3].map(route)));
        assert!(!is_same([1, 2, 3].map(entry)));
    }
}
