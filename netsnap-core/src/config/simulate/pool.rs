//! Do the networks of two pools meet?
//!
//! Releases differ in what they do with the second one (IOS DHCP command reference, network (DHCP): a network belongs to one pool).

use super::interface::{meet, network};
use super::tree::Node;

const POOL: &str = "ip dhcp pool ";

/// Says so after a line was carried out in a section at the top.
pub(super) fn overlaps(root: &Node, section: Option<&str>, words: &[&str]) -> bool {
    let Some(own) = section.filter(|key| key.starts_with(POOL) && words[0] == "network") else {
        return false;
    };
    let of = |line: &str| network(&line.replacen("network", "ip address", 1));
    let mut pools = root.children.iter();
    of(&words.join(" ")).is_some_and(|network| {
        pools.any(|pool| {
            let is_other = pool.text.starts_with(POOL) && pool.key != own;
            let mut lines = pool.children.iter();
            is_other && lines.any(|line| of(&line.text).is_some_and(|other| meet(network, other)))
        })
    })
}
