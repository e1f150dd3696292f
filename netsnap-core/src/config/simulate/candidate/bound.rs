//! Does a port carry what is bound to it?

use super::schema::Statement;
use super::tree::Node;

/// What is bound to a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bound {
    /// An access point of a service: `1/1/1:100`.
    Access,
    /// An interface of a router.
    Network,
    /// A port in a group: what speaks of the port speaks of the group.
    Member,
    /// A group of which the chassis makes so many, `ae0` first.
    Counted,
    /// The port itself.
    Connector,
    /// An interface that speaks for itself: what is a member of a group does not.
    Single,
    /// A part of a port, `ge1.100`: what is a member of a group has none, and a group has none before it is there.
    Part,
    /// A part of something that prints itself even where it says nothing: what is not printed is not there.
    PartOfPrinted,
}

/// Where the chassis says how many groups it makes.
const COUNT: [&str; 4] = ["chassis", "aggregated-devices", "ethernet", "device-count"];

impl Bound {
    /// Says whether it is bound to a port that the hardware has.
    pub(super) fn is_by_hardware(self) -> bool {
        matches!(
            self,
            Self::Access | Self::Network | Self::Member | Self::Connector
        )
    }

    /// Returns what a device complains of where a port that stands does not carry this; of one that does not stand nothing is known.
    pub(super) fn complaint(
        self,
        rule: &Statement,
        (root, around): (&Node, &Node),
        name: &str,
    ) -> Option<String> {
        match self {
            Self::Counted => return uncounted(root, name),
            Self::Part => return of_no_port(around, name),
            Self::PartOfPrinted => return of_nothing(rule, around, name),
            Self::Single => return grouped(root, name),
            Self::Connector => return None,
            Self::Access | Self::Network | Self::Member => {}
        }
        let (port, tag) = match name.split_once(':') {
            Some((port, tag)) => (port, Some(tag)),
            None => (name, None),
        };
        if tag.is_some_and(is_out_of_bounds) {
            return Some(format!("{name} has no such tag"));
        }
        let port = Port::of(root, port)?;
        let is_wrong = match self {
            Self::Access => port.mode == Some("network") || port.refuses(tag),
            Self::Network => port.mode == Some("access") || port.refuses(tag),
            Self::Member => port.is_unlike(around),
            Self::Counted | Self::Connector | Self::Single | Self::Part | Self::PartOfPrinted => {
                false
            }
        };
        is_wrong.then(|| format!("the port does not carry {name}"))
    }
}

/// What a port says of itself.
struct Port<'t> {
    mode: Option<&'t str>,
    tagging: Option<&'t str>,
}

fn value<'t>(section: &'t Node, key: &str) -> Option<&'t str> {
    section.children.get(key)?.value.as_deref()
}

impl<'t> Port<'t> {
    /// A port is of a network and has no tags unless it says otherwise (nokia-conf-port, `mode` and `encap-type`); one that does
    /// not stand may be left out of the text.
    fn of(root: &'t Node, name: &str) -> Option<Self> {
        if let Some(port) = root.children.get(&format!("port {name}")) {
            let said = |key| value(port.children.get("ethernet")?, key);
            return Some(Self {
                mode: said("mode").or(Some("network")),
                tagging: said("encap-type").or(Some("null")),
            });
        }
        let quoted = root.children.get(&format!("lag \"{name}\""))?;
        Some(Self {
            mode: value(quoted, "mode"),
            tagging: value(quoted, "encap-type"),
        })
    }

    /// Says whether its tags are not those of a name: none, one, or two with a dot between.
    fn refuses(&self, tag: Option<&str>) -> bool {
        match (self.tagging, tag) {
            (None, _) => false,
            (Some("null"), tag) => tag.is_some_and(|tag| tag != "0"),
            (Some("dot1q"), tag) => tag.is_none_or(|tag| tag.contains('.')),
            (Some(_), tag) => tag.is_none_or(|tag| !tag.contains('.') && tag != "*" && tag != "0"),
        }
    }

    fn is_unlike(&self, group: &Node) -> bool {
        let is_other =
            |own: Option<&str>, key| value(group, key).is_some_and(|said| own != Some(said));
        is_other(self.mode, "mode") || is_other(self.tagging, "encap-type")
    }
}

/// Complains of a group that the chassis does not make; where it does not say how many, nothing is known.
fn uncounted(root: &Node, name: &str) -> Option<String> {
    let number: u64 = name.strip_prefix("ae")?.parse().ok()?;
    let count = COUNT
        .iter()
        .try_fold(root, |node, key| node.children.get(key))?;
    let count: u64 = count.value.as_ref()?.parse().ok()?;
    (number >= count).then(|| format!("the chassis does not make {name}"))
}

/// Complains of a part of something that has no parts. A port of the chassis that says nothing of itself may be left out of the text.
fn of_no_port(around: &Node, name: &str) -> Option<String> {
    let (port, _) = name.split_once('.')?;
    let is_wrong = match around.children.get(port) {
        Some(port) => port.children.get("bundle-id").is_some(),
        None => port.starts_with("bundle-"),
    };
    is_wrong.then(|| format!("{port} has no part {name}"))
}

/// Complains of a part of what is not printed.
fn of_nothing(rule: &Statement, around: &Node, name: &str) -> Option<String> {
    let (whole, _) = name.split_once('.')?;
    let Some(port) = around.children.get(&format!("interface {whole}")) else {
        return Some(format!("{whole} of {name} is not there"));
    };
    let mut lines = rule.no_parts_with.iter();
    let has_none = lines.any(|line| port.children.get(line).is_some());
    has_none.then(|| format!("{whole} has no parts"))
}

/// Complains of a port that is a member of a group.
fn grouped(root: &Node, name: &str) -> Option<String> {
    let port = root.children.get("interfaces")?.children.get(name)?;
    let is_member = port.children.get("bundle-id").is_some();
    is_member.then(|| format!("{name} is a member of a group"))
}

/// Says whether a tag is a number that no VLAN has.
fn is_out_of_bounds(tag: &str) -> bool {
    let mut numbers = tag.split('.').filter_map(|part| part.parse::<u64>().ok());
    numbers.any(|number| number > 4094)
}
