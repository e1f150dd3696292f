//! Does a device with rules of its own say the same of a plan, and does a plan keep its secrets?

use super::super::*;
use super::judge::Verdict;
use crate::config::simulate::Simulation;
use crate::platform::Platform;
use crate::redact;

/// Parts of reasons why a plan is openly not proven, which need not be a mistake.
const OPEN: &[&str] = &[
    "does not know",
    "no simulator rules",
    "begins a text of several lines",
    "each of these lines waits for the next",
    "nobody knows what holds",
    "there is no way back",
    // Addresses have to go in a commit of their own, which one list of lines does not say.
    "vrf cannot change in interface",
    // So the planner says where a plan is two changes, and the device cannot be told of both.
    "plan what comes before",
    // A block says less of a thing than a device wants.
    "is missing in ",
    "is missing for ",
    // Blocks speak of one port, one address and one name, and know nothing of each other.
    " stands beside ",
    " stands in ",
    " has no part ",
    " is not ready for it",
    " is not of its own",
    " is not of instance ",
    " is in no network of ",
    " is of no network of ",
    " is on the other side than its group",
    " stands twice",
    "the port does not carry",
    "is of a group",
    "is a member of a group",
    " makes no port ",
    "no card has the port ",
    " has another one",
    " is bound more than once",
    "is an address of the device itself",
    "referenced but not defined",
    "physical interface ",
    // A policy whose lines are indented otherwise.
    "another configuration by its own rules",
    "takes for the same command",
    "some releases drop",
    "is asked in its turn",
    // What a device prints with a section that a block leaves it out of.
    "`bgp log-neighbor-changes` in `router bgp",
    "`max-lsa 12000` in `router ospf",
    "`vxlan udp-port 4789` in `interface Vxlan1`",
    // What some models print and others do not.
    "`port link-type access` in `interface ",
    // The device knows only the longer form.
    "refuses `no instance",
];

/// What may be needed on some releases and not on others.
const SENT_AGAIN: &str = "some releases drop";

/// What newer releases write by themselves with a section that comes, and older ones have to be told.
const BROUGHT: &[&str] = &[
    "bgp log-neighbor-changes",
    "max-lsa 12000",
    "vxlan udp-port 4789",
];

/// What stands in each secret of the blocks.
const SECRET: &str = "Zecret";

/// A pair with its plan.
pub(super) struct Planned<'p> {
    platform: &'p Platform,
    texts: (&'p str, &'p str),
    device: DevicePlan,
}

impl<'p> Planned<'p> {
    pub(super) fn new(
        platform: &'p Platform,
        texts: (&'p str, &'p str),
    ) -> std::result::Result<Self, String> {
        let plan = plan(&platform.name, texts.0, texts.1).map_err(|error| error.to_string())?;
        keeps_secrets(&plan)?;
        let device = plan.devices[0].clone();
        Ok(Self {
            platform,
            texts,
            device,
        })
    }

    fn wrong(&self, what: &str) -> Verdict {
        let typed = lines(&self.device.steps, self.platform).join("\n");
        let (running, intended) = self.texts;
        Err(format!(
            "{what}\n--- running\n{running}--- intended\n{intended}--- steps\n{typed}\n"
        ))
    }

    /// Looks at what the simulated device says.
    pub(super) fn judge(&self) -> Verdict {
        self.is_minimal()?;
        if let DeviceProof::Unproven { reasons } = &self.device.proof {
            return match self.is_open(reasons) {
                true => Ok(()),
                false => self.wrong(&format!("the simulated device disagrees: {reasons:#?}")),
            };
        }
        self.leads_back()
    }

    /// Without any one of its steps a plan leads elsewhere, or nobody can prove that it does not.
    fn is_minimal(&self) -> Verdict {
        for place in 0..self.device.steps.len() {
            let (less, [step]) = self.without(place) else {
                continue;
            };
            let is_brought = BROUGHT.contains(&step.line.as_str());
            if !is_brought && self.arrives(&less) && self.is_proven_by(&less) {
                return self.wrong(&format!("not needed: {step:?}"));
            }
        }
        Ok(())
    }

    /// Returns the steps without one of them; the header of a section that others are typed in comes with those.
    fn without(&self, place: usize) -> (Vec<Step>, &[Step]) {
        let (before, rest) = self.device.steps.split_at(place);
        let (step, behind) = rest.split_at(1);
        let mut inside = step[0].section.clone();
        inside.push(step[0].line.clone());
        let is_entered = behind
            .iter()
            .chain(before)
            .any(|other| other.section.starts_with(&inside));
        let less: Vec<Step> = before.iter().chain(behind).cloned().collect();
        (less, if is_entered { &[] } else { step })
    }

    /// Says whether steps end at the intended configuration, as far as the device prints it.
    fn arrives(&self, steps: &[Step]) -> bool {
        let intended = Configuration::parse(self.texts.1, self.platform);
        let end = self.after(steps).map(|device| device.running());
        let end = end.and_then(|end| Configuration::parse(&end, self.platform).ok());
        intended.is_ok_and(|intended| end.is_some_and(|end| end.means_what(&intended)))
    }

    /// Says whether a plan of other steps is proven, with the same way back.
    fn is_proven_by(&self, steps: &[Step]) -> bool {
        let input = input(&self.platform.name, self.texts.0, self.texts.1);
        let known = match &self.device.proof {
            DeviceProof::Unproven { reasons } => reasons.clone(),
            DeviceProof::Proven { .. } => Vec::new(),
        };
        let doubts = known
            .into_iter()
            .filter(|reason| reason.contains(SENT_AGAIN));
        let proof = super::super::super::proof::prove(
            &input,
            (steps, &self.device.inverse),
            doubts.collect(),
        );
        proof.is_proven()
    }

    /// Says whether one of the reasons explains the others: a gap that is known, or a line that was asked for and that no device takes.
    fn is_open(&self, reasons: &[String]) -> bool {
        let (running, intended) = self.texts;
        let lines = running.lines().chain(intended.lines());
        let asked: Vec<String> = lines
            .map(|line| format!("refuses `{}`", redact::secrets(line.trim())))
            .collect();
        let is_asked = |reason: &str| asked.iter().any(|line| reason.contains(line.as_str()));
        reasons
            .iter()
            .any(|reason| OPEN.iter().any(|part| reason.contains(part)) || is_asked(reason))
    }

    /// Carries steps out; none where the device refuses one, or the change.
    fn after(&self, steps: &[Step]) -> Option<Simulation> {
        let mut device = Simulation::new(&self.platform.name, self.texts.0).ok()?;
        let typed = lines(steps, self.platform);
        let is_taken = typed.iter().all(|line| device.line(line).accepted);
        (is_taken && device.commit().accepted).then_some(device)
    }

    /// From a few places on the way; what the device does not know on a way of its own proves nothing.
    fn leads_back(&self) -> Verdict {
        let count = self.device.steps.len();
        for number in [count / 4, count / 2, count * 4 / 5] {
            let Some(device) = self.after(&self.device.steps[..number]) else {
                continue;
            };
            let there = device.running();
            let back = match Planned::new(self.platform, (&there, self.texts.0)) {
                Ok(back) => back,
                Err(error) => return self.wrong(&format!("no plan back: {error}\n{there}")),
            };
            if let DeviceProof::Unproven { reasons } = &back.device.proof
                && !back.is_open(reasons)
            {
                return self.wrong(&format!("from {number} steps: {reasons:#?}\n{there}"));
            }
        }
        Ok(())
    }
}

/// Looks for a secret in all that is said about the commands; they themselves have to hold theirs.
fn keeps_secrets(plan: &Plan) -> Verdict {
    let mut said = plan.clone();
    for device in &mut said.devices {
        device.steps.clear();
        device.inverse.clear();
    }
    let said = serde_json::to_string_pretty(&said).expect("a plan is written");
    match said.lines().find(|line| line.contains(SECRET)) {
        Some(line) => Err(format!("a secret is told: {line}")),
        None => Ok(()),
    }
}

#[test]
fn a_needless_step_and_a_disagreement_are_seen() {
    let platform = Platform::named("frr").unwrap();
    let cost = |cost: u32| format!("interface eth1\n ip ospf cost {cost}\n");
    let texts = (cost(1), cost(2));
    let mut planned = Planned::new(&platform, (&texts.0, &texts.1)).unwrap();
    assert_eq!(planned.judge(), Ok(()));
    let needless = Step::new(vec!["interface eth1".into()], "no ip ospf cost".into());
    planned.device.steps.insert(0, needless);
    assert!(planned.judge().unwrap_err().contains("not needed"));
    let reason = "`ip ospf cost 2` in `interface eth1` is missing";
    planned.device.steps.clear();
    planned.device.proof = DeviceProof::Unproven {
        reasons: vec![reason.into()],
    };
    assert!(planned.judge().unwrap_err().contains(reason));
    planned.device.proof = DeviceProof::Unproven {
        reasons: vec!["the grammar does not know `frobnicate`".into()],
    };
    assert_eq!(planned.judge(), Ok(()));
}
