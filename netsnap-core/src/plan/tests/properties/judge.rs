//! Does a plan between two configurations keep what every plan promises?

use super::super::super::Remedy;
use super::super::*;
use super::device::{Device, Wanted};
use super::node::Node;
use super::recipe::ordered;
use crate::platform::Platform;

/// What the circles that stay are named with: their order is openly doubtful.
const CIRCLE: &str = "each of these lines waits for the next";

/// Texts of several lines are openly left out where they cannot be typed.
const LEFT_OUT: &str = "begins a text of several lines";

/// Two configurations, and what is known about the way from one to the other.
pub(super) struct Pair<'p> {
    platform: &'p Platform,
    pub(super) running: Configuration,
    pub(super) intended: Configuration,
}

/// What is wrong, with all that one needs to see it.
pub(super) type Verdict = std::result::Result<(), String>;

impl<'p> Pair<'p> {
    pub(super) fn new(platform: &'p Platform, (running, intended): (&str, &str)) -> Self {
        let read = |text: &str| Configuration::parse(text, platform).unwrap();
        Self {
            platform,
            running: read(running),
            intended: read(intended),
        }
    }

    fn wrong(&self, what: &str, steps: &[Step]) -> Verdict {
        let typed = lines(steps, self.platform).join("\n");
        Err(format!(
            "{what}\n--- running\n{}--- intended\n{}--- steps\n{typed}\n",
            self.running.text(),
            self.intended.text()
        ))
    }

    /// Looks at everything.
    pub(super) fn judge(&self) -> Verdict {
        self.nothing_to_do()?;
        let remedy = self.remedy(&self.running, &self.intended);
        let says = |part: &str| remedy.doubts.iter().any(|doubt| doubt.contains(part));
        if says(LEFT_OUT) {
            return Ok(());
        }
        self.arrives(&remedy, says(CIRCLE))?;
        self.is_minimal(&remedy, says(CIRCLE))?;
        self.leads_back(&remedy)
    }

    fn remedy(&self, from: &Configuration, to: &Configuration) -> Remedy {
        Remedy::of(from, to, self.platform).unwrap()
    }

    fn nothing_to_do(&self) -> Verdict {
        let here = &self.running;
        if !self.remedy(here, here).steps.is_empty() {
            return self.wrong("a plan to itself is not empty", &[]);
        }
        let mut tree = Node::of(here);
        turn(&mut tree);
        let text = tree.text_of(&self.platform.grammar);
        let turned = Configuration::parse(&text, self.platform).unwrap();
        if here.meaning() != turned.meaning() || !self.remedy(here, &turned).steps.is_empty() {
            return self.wrong(&format!("turned around it is not the same\n{text}"), &[]);
        }
        self.order_counts()
    }

    fn order_counts(&self) -> Verdict {
        let mut tree = Node::of(&self.running);
        if !turn_a_list(&mut tree) {
            return Ok(());
        }
        let text = tree.text_of(&self.platform.grammar);
        let turned = Configuration::parse(&text, self.platform).unwrap();
        let remedy = self.remedy(&self.running, &turned);
        if remedy.steps.is_empty() {
            return self.wrong(&format!("an ordered list can be turned\n{text}"), &[]);
        }
        Ok(())
    }

    fn arrives(&self, remedy: &Remedy, is_doubtful: bool) -> Verdict {
        let (end, faults) = self.after(&remedy.steps, &self.running, &self.intended);
        let read = Configuration::parse(&end, self.platform);
        let Ok(read) = read else {
            return self.wrong(
                &format!("the end is no configuration\n{end}"),
                &remedy.steps,
            );
        };
        if read.meaning() != self.intended.meaning() {
            let what = format!("ends elsewhere {faults:?}\n--- end\n{end}");
            return self.wrong(&what, &remedy.steps);
        }
        if !faults.is_empty() && !is_doubtful {
            return self.wrong(&format!("on the way: {faults:?}"), &remedy.steps);
        }
        match self.remedy(&read, &self.intended).steps.is_empty() {
            true => Ok(()),
            false => self.wrong("after the plan something remains", &remedy.steps),
        }
    }

    /// Returns where steps lead, and what is wrong with them.
    fn after(
        &self,
        steps: &[Step],
        from: &Configuration,
        to: &Configuration,
    ) -> (String, Vec<String>) {
        let wanted = Wanted::of(to);
        let mut device = Device::new(self.platform, from, &wanted);
        device.apply(steps);
        (device.text(), device.faults)
    }

    fn is_minimal(&self, remedy: &Remedy, is_doubtful: bool) -> Verdict {
        let wanted = Wanted::of(&self.intended);
        let mut device = Device::new(self.platform, &self.running, &wanted);
        for (number, step) in remedy.steps.iter().enumerate() {
            let mut without = device.clone();
            without.apply(&remedy.steps[number + 1..]);
            let end = Configuration::parse(&without.text(), self.platform);
            // A header that has another value is typed with the lines inside it anyway.
            let is_entered = |other: &Step| {
                let (above, rest) = other
                    .section
                    .split_at(step.section.len().min(other.section.len()));
                above == step.section && rest.first() == Some(&step.line)
            };
            // Of a port that left its bundle it is said in any case.
            let bundle = self.platform.grammar.bundle();
            let is_said =
                bundle.is_some_and(|bundle| bundle.left.as_deref() == Some(step.line.as_str()));
            if is_said || remedy.steps.iter().any(is_entered) {
                device.apply(std::slice::from_ref(step));
                continue;
            }
            let is_there = end.is_ok_and(|end| end.meaning() == self.intended.meaning());
            if is_there && without.faults.is_empty() && !is_doubtful {
                return self.wrong(&format!("not needed: {step:?}"), &remedy.steps);
            }
            device.apply(std::slice::from_ref(step));
        }
        Ok(())
    }

    /// From a few places on the way, the last one among them.
    fn leads_back(&self, remedy: &Remedy) -> Verdict {
        let count = remedy.steps.len();
        for number in [1.min(count), count / 3, count / 2, count * 4 / 5, count] {
            let (text, _) = self.after(&remedy.steps[..number], &self.running, &self.intended);
            let Ok(partial) = Configuration::parse(&text, self.platform) else {
                return self.wrong(
                    &format!("behind {number} steps no configuration\n{text}"),
                    &remedy.steps,
                );
            };
            let back = self.remedy(&partial, &self.running);
            if back.doubts.iter().any(|doubt| doubt.contains(LEFT_OUT)) {
                continue;
            }
            let (end, faults) = self.after(&back.steps, &partial, &self.running);
            let end = Configuration::parse(&end, self.platform);
            if end.is_ok_and(|end| end.meaning() == self.running.meaning()) {
                continue;
            }
            let typed = lines(&back.steps, self.platform).join("\n");
            let what = format!(
                "no way back from {number} steps {faults:?}\n--- there\n{text}--- back\n{typed}"
            );
            return self.wrong(&what, &remedy.steps);
        }
        Ok(())
    }
}

/// Turns each section around, the lists inside it not.
fn turn(node: &mut Node) {
    let (lists, mut rest): (Vec<Node>, Vec<Node>) = std::mem::take(&mut node.children)
        .into_iter()
        .partition(|child| child.group.is_some());
    rest.reverse();
    rest.extend(lists);
    rest.iter_mut().for_each(turn);
    node.children = rest;
}

/// Turns the first list around whose order counts; says whether there is one.
fn turn_a_list(node: &mut Node) -> bool {
    if let Some(list) = ordered(&node.children).first() {
        node.children.swap(list[0], list[list.len() - 1]);
        return true;
    }
    node.children.iter_mut().any(turn_a_list)
}
