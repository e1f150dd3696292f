//! Do the classes of a policy ask for more than there is?
//!
//! Cisco IOS refuses a bandwidth with which the classes of a policy have more than all of it (IOS QoS command reference, bandwidth
//! (policy-map class): the total of all classes).

use super::tree::Node;

/// Says so after a line was carried out in a section at the top.
pub(super) fn is_exceeded(root: &Node, section: Option<&str>, words: &[&str]) -> bool {
    const ALL: u64 = 100;
    let is_share = matches!(words, ["bandwidth" | "priority", "percent", _]);
    let policy = section.filter(|key| is_share && key.starts_with("policy-map "));
    let policy = policy.and_then(|key| root.child(key));
    policy.is_some_and(|policy| policy.children.iter().map(share).sum::<u64>() > ALL)
}

fn share(class: &Node) -> u64 {
    let percent = |line: &Node| {
        let rest = line.text.strip_prefix("bandwidth percent ");
        let rest = rest.or_else(|| line.text.strip_prefix("priority percent "))?;
        rest.parse::<u64>().ok()
    };
    class.children.iter().filter_map(percent).sum()
}
