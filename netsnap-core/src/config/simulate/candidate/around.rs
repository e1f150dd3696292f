//! What must stand around a statement when a change is taken over, and what must not?

use std::net::IpAddr;

use serde::Deserialize;

use super::super::address::Prefix;
use super::effects::{begins, first};
use super::schema::{Schema, Statement};
use super::tree::Node;

/// The statement elsewhere with whose value another one is compared.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compared {
    /// The keys of the path to it, from the nearest section around where they lead anywhere.
    with: Vec<String>,
    /// What stands around where the two are the same.
    same_where: String,
    /// What stands around where they are not.
    other_where: String,
    /// What stands around where nothing is known.
    unless: String,
}

/// A statement with the sections that it stands in, the outermost first.
#[derive(Clone, Copy)]
pub(super) struct Placed<'p, 't> {
    pub(super) schema: &'p Schema,
    pub(super) path: &'p [&'t Node],
    pub(super) node: &'t Node,
    pub(super) rule: &'p Statement,
}

impl Placed<'_, '_> {
    /// Returns what a device complains of.
    pub(super) fn complaints(&self) -> Vec<String> {
        if !self.is_meant() {
            return Vec::new();
        }
        let found = [
            self.lacks(),
            self.barred(),
            self.too_many(),
            self.past_limit(),
            self.misplaced(),
            self.lacks_by_value(),
            self.more_inside(),
            self.of_other_value(),
            self.of_another_end(),
            self.outside_networks(),
            self.over_beside(),
            self.of_other_family(),
            self.of_its_own(),
            self.of_address_owner(),
        ];
        found.into_iter().flatten().collect()
    }

    /// Says whether the rule speaks of this one: by what stands around it, and by the name of a section there.
    fn is_meant(&self) -> bool {
        let when = &self.rule.when_around;
        let names = &self.rule.where_named;
        let is_named = |node: &&Node| names.iter().any(|start| node.key.starts_with(start));
        let any = &self.rule.when_any_around;
        when.iter().all(|start| self.has_around(start))
            && (any.is_empty() || any.iter().any(|start| self.has_around(start)))
            && (names.is_empty() || self.path.iter().any(is_named))
    }

    /// Says whether a statement that begins so stands in it or in a section around.
    fn has_around(&self, start: &str) -> bool {
        let mut sections = std::iter::once(&self.node).chain(self.path);
        sections.any(|section| self.says(section, start))
    }

    fn says(&self, section: &Node, start: &str) -> bool {
        let mut inside = section.children.iter();
        inside.any(|child| {
            let is_so = begins(&child.key, start) || child.text() == start;
            is_so && !child.inactive && child.stands(self.schema)
        })
    }

    /// The same, where a section around may name another one as its own, as a peer its group.
    fn has_around_or_named(&self, start: &str) -> bool {
        let is_name = |line: &&Node| {
            let rule = line.rule(self.schema);
            rule.is_some_and(|rule| rule.needs_or_named.is_some())
        };
        let mut pairs = self.path.windows(2).flat_map(|pair| {
            let names = pair[1].children.iter().filter(is_name);
            names.filter_map(|line| pair[0].children.get(&line.text()))
        });
        self.has_around(start) || pairs.any(|section| self.says(section, start))
    }

    fn place(&self) -> String {
        let keys: Vec<&str> = self.path.iter().map(|node| node.key.as_str()).collect();
        [keys.join(" ").trim(), &self.node.text()].join(" ")
    }

    fn lacks(&self) -> Option<String> {
        let starts = &self.rule.inherits;
        let is_lacking = !starts.is_empty() && !starts.iter().any(|start| self.has_around(start));
        is_lacking.then(|| format!("{} is missing for {}", starts.join(" or "), self.place()))
    }

    /// Some values need something outside of their section.
    fn lacks_by_value(&self) -> Option<String> {
        let starts = self.rule.inherits_where.get(self.node.value.as_ref()?)?;
        let (_, outside) = self.path.split_last()?;
        let mut sections = outside.iter();
        let is_lacking = !sections.any(|node| starts.iter().any(|start| self.says(node, start)));
        is_lacking.then(|| format!("{} is missing for {}", starts.join(" or "), self.place()))
    }

    fn barred(&self) -> Option<String> {
        let mut barred = self.rule.bars_around.iter();
        let start = barred.find(|start| self.has_around(start))?;
        Some(format!("{start} stands beside {}", self.place()))
    }

    /// Some statements of a section do not stand where that is in another one.
    fn misplaced(&self) -> Option<String> {
        let places = &self.rule.barred_in;
        let is_there = |node: &&Node| places.iter().any(|start| node.key.starts_with(start));
        let around = self.path.iter().copied().find(|node| is_there(node))?;
        Some(format!("{} does not stand in {}", self.place(), around.key))
    }

    /// Of some statements only so many stand beside each other.
    fn past_limit(&self) -> Option<String> {
        let most = self.rule.at_most?;
        let beside = self.path.last()?.children.iter();
        let like = beside.filter(|other| other.statement == self.node.statement);
        (like.count() > most).then(|| format!("more than {most} stand: {}", self.place()))
    }

    /// Some numbers are not over another one, beside them or in the nearest section around; what is no number is none, too.
    fn over_beside(&self) -> Option<String> {
        let key = self.rule.not_over.as_ref()?;
        let number = |node: &Node| node.value.as_ref()?.parse::<u64>().ok();
        let others = self.path.iter().rev();
        let mut others = others.filter_map(|section| section.children.get(key));
        let other = others.find(|other| !std::ptr::eq(*other, self.node))?;
        let is_over = number(self.node)? > number(other)?;
        is_over.then(|| format!("{} is over {}", self.place(), other.text()))
    }

    /// An address is of the family of another line, in it or the nearest one around.
    fn of_other_family(&self) -> Option<String> {
        let key = self.rule.family_as.as_ref()?;
        let address = |text: &str| text.parse::<IpAddr>().ok();
        let own = address(self.node.name())?;
        let mut sections = std::iter::once(&self.node).chain(self.path.iter().rev());
        let line = sections.find_map(|section| section.children.get(key))?;
        let other = address(line.value.as_deref()?)?;
        let is_other = own.is_ipv4() != other.is_ipv4();
        is_other.then(|| format!("{} is of another family than {}", self.place(), line.text()))
    }

    /// Some lines name something else than the section around, as a process whose routes another one takes.
    fn of_its_own(&self) -> Option<String> {
        let before = self.rule.not_around_behind?;
        let around = self.path.last()?;
        let (_, named) = self.node.key.split_at(first(&self.node.key, before).len());
        begins(&around.key, named.trim_start()).then(|| format!("{} names its own", self.place()))
    }

    /// Some things are not said where an address that is shared is that of the interface itself.
    fn of_address_owner(&self) -> Option<String> {
        let line = self.rule.not_of_owner.as_ref()?;
        let owner = first(&self.node.key, self.rule.owned);
        let start = format!("{owner} {line}");
        let beside = self.path.last()?;
        let shared = beside.children.iter();
        let shared = shared.filter(|child| begins(&child.key, &start) && !child.inactive);
        let mut shared = shared.filter_map(|child| last_address(&child.text()));
        let is_own = |address: &IpAddr| own_addresses(beside, self.schema).contains(address);
        let address = shared.find(is_own)?;
        Some(format!(
            "{address} is that of the interface of {}",
            self.place()
        ))
    }

    /// Of some lists only one value stands, unless something around allows more.
    fn too_many(&self) -> Option<String> {
        let unless = &self.rule.single_unless;
        let beside = self.path.last()?.children.iter();
        let like = beside.filter(|other| other.statement == self.node.statement);
        let is_wrong = !unless.is_empty()
            && like.count() > 1
            && !unless.iter().any(|start| self.has_around(start));
        is_wrong.then(|| format!("more than one stands: {}", self.place()))
    }

    /// Of some statements a section holds so many and no more; those that belong to a group of their own are not counted.
    fn more_inside(&self) -> Option<String> {
        let (most, starts) = self.rule.holds.as_ref()?;
        let is_one = |child: &&Node| {
            let is_so = starts.iter().any(|start| begins(&child.key, start));
            is_so && !child.inactive && child.children.get("endpoint").is_none()
        };
        let count = self.node.children.iter().filter(is_one).count();
        (count > *most).then(|| {
            let starts = starts.join(" and ");
            format!("more than {most} of {starts} stand in {}", self.place())
        })
    }

    /// The last parts of some values are the same for all beside each other.
    fn of_another_end(&self) -> Option<String> {
        let count = self.rule.same_end?;
        let end = |node: &Node| {
            let parts: Vec<&str> = node.name().rsplit('.').take(count).collect();
            parts.join(".")
        };
        let beside = self.path.last()?.children.iter();
        let mut like = beside.filter(|other| other.statement == self.node.statement);
        let other = like.find(|other| end(other) != end(self.node))?;
        Some(format!("{} stands beside {}", self.place(), other.text()))
    }

    /// Some addresses are of the network that a section around names.
    fn outside_networks(&self) -> Option<String> {
        let text = self.node.text();
        let address = last_address(&text).filter(|_| self.rule.in_network_around)?;
        let mut networks = self.path.iter().flat_map(|node| networks(node)).peekable();
        let is_in = |network: Prefix| {
            let whole = Prefix::of(address, network.length());
            whole.is_some_and(|whole| whole.masked() == network.masked())
        };
        let is_outside = networks.peek().is_some() && !networks.any(is_in);
        is_outside.then(|| format!("{address} is in no network of {}", self.place()))
    }

    /// Some values are those of a statement in the nearest section around, or are not, by what stands around.
    fn of_other_value(&self) -> Option<String> {
        let compared = self.rule.compared.as_ref()?;
        let mut sections = self.path.iter().rev().copied();
        let other = sections.find_map(|section| at(section, &compared.with))?;
        let is_same = other.value == self.node.value;
        let is_wrong = match is_same {
            true => self.has_around_or_named(&compared.other_where),
            false => self.has_around_or_named(&compared.same_where),
        };
        let is_wrong = is_wrong && !self.has_around_or_named(&compared.unless);
        is_wrong.then(|| format!("{} stands beside {}", self.place(), other.text()))
    }
}

/// What stands there, one key behind the other.
fn at<'t>(section: &'t Node, keys: &[String]) -> Option<&'t Node> {
    let mut keys = keys.iter();
    keys.try_fold(section, |node, key| node.children.get(key))
}

/// The networks that a section names: in its own line, or with a length in what stands in it.
fn networks(section: &Node) -> Vec<Prefix> {
    let own = section.key.strip_prefix("address ").and_then(Prefix::parse);
    let of_child = |child: &Node| {
        let address = child.key.strip_prefix("secondary ");
        let primary = child
            .children
            .get("address")
            .filter(|_| child.key == "primary");
        let address = address.or(primary.and_then(|line| line.value.as_deref()))?;
        let length = child.children.get("prefix-length")?.value.as_deref()?;
        Prefix::parse(&format!("{address}/{length}"))
    };
    let inside = section.children.iter().filter(|child| !child.inactive);
    own.into_iter().chain(inside.filter_map(of_child)).collect()
}

/// The addresses that an interface has itself.
fn own_addresses(section: &Node, schema: &Schema) -> Vec<IpAddr> {
    let is_own = |line: &&Node| {
        let rule = line.rule(schema);
        !line.inactive && rule.is_some_and(|rule| rule.own_address)
    };
    let lines = section.children.iter().filter(is_own);
    let first = |line: &Node| line.text().split(' ').find_map(|word| word.parse().ok());
    lines.filter_map(first).collect()
}

/// The last address that a line names.
fn last_address(text: &str) -> Option<IpAddr> {
    text.split(' ').rev().find_map(|word| word.parse().ok())
}
