//! What does the way by which a device is reached lead over?
//!
//! It begins at the interface that holds the address, and at the lines that say who may log in. From there it goes along references: down to
//! what those lines name (a filter, a VRF, a VLAN), and up to what the interface stands on (the port of a sub-interface, the members of a
//! channel, the ports of the VLAN of a routed interface). Of several ports nobody knows by which one we come, so that all of them count.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use regex::Regex;

use super::model::{Domains, Member};
use super::table::DomainTable;
use crate::config::Configuration;
use crate::config::canonical::{Item, Level};
use crate::platform::Rule;

/// Why the interface with the address counts.
const REACHED: &str = "the interface that it is reached by";

/// What a change must not cut off while somebody is connected.
#[derive(Clone, Debug, Default)]
pub(crate) struct Way {
    table: Option<Arc<DomainTable>>,
    /// What the way leads over, by the path of the line that makes it.
    places: BTreeMap<String, String>,
    /// Interfaces by their names in small letters.
    interfaces: BTreeMap<String, Port>,
}

/// An interface on the way.
#[derive(Clone, Debug)]
struct Port {
    why: String,
    /// Whether it is in the VLAN before the change and after it: what it says of its VLANs cuts nothing off.
    keeps_vlan: bool,
}

/// What a device is before a change and after it; one of both where it comes or goes.
pub(crate) type Both<'c> = [Option<&'c Configuration>; 2];

impl Way {
    /// Finds the way to the interface of an address, where one is known, and to those who may log in.
    pub(crate) fn of(platform: &str, both: Both<'_>, interface: Option<&str>) -> Self {
        let Ok(table) = DomainTable::named(platform) else {
            return Self::default();
        };
        let mut way = Self::default();
        if let Some(interface) = interface {
            way.stand_on(interface, &table, both);
        }
        for configuration in both.into_iter().flatten() {
            way.follow(&Graph::of(configuration), &table);
        }
        way.table = Some(table);
        way
    }

    /// Returns why a command touches the way, the headers of its sections before it.
    pub(crate) fn touched_by(&self, path: &str) -> Option<&str> {
        let table = self.table.as_deref()?;
        let interface = || self.interface(path, table).map(|port| port.why.as_str());
        self.place(path).or_else(interface)
    }

    fn interface(&self, path: &str, table: &DomainTable) -> Option<&Port> {
        let port = self.port_of(path, table)?;
        let is_cut = !port.keeps_vlan || table.read(path).is_empty();
        is_cut.then_some(port)
    }

    fn port_of(&self, path: &str, table: &DomainTable) -> Option<&Port> {
        if self.interfaces.is_empty() {
            return None;
        }
        let touched = table.touched(path).into_iter();
        let mut names = touched.filter_map(|touched| touched.interface);
        names.find_map(|name| self.interfaces.get(&name.to_lowercase()))
    }

    /// Returns why a line counts that makes the path, stands in it, or that it takes along.
    fn place(&self, path: &str) -> Option<&str> {
        let around = path.match_indices(' ').map(|(end, _)| &path[..end]);
        let mut around = around.chain([path]);
        if let Some(why) = around.find_map(|path| self.places.get(path)) {
            return Some(why);
        }
        let inside = format!("{path} ");
        let (first, why) = self.places.range(inside.clone()..).next()?;
        first.starts_with(&inside).then_some(why)
    }

    /// Puts the interface and what it stands on on the way.
    fn stand_on(&mut self, interface: &str, table: &DomainTable, both: Both<'_>) {
        let ground = Ground::of(both, table, interface);
        self.add(interface, REACHED.to_owned(), false);
        self.ports_under(interface, &ground, false);
        if ground.is_gateway {
            self.ports_of_the_domain(interface, table, both, &ground);
        }
    }

    /// Adds the ports of the VLAN or the bridge domain that the interface routes.
    fn ports_of_the_domain(
        &mut self,
        interface: &str,
        table: &DomainTable,
        both: Both<'_>,
        ground: &Ground,
    ) {
        let [before, after] = both.map(|one| one.map(|one| super::read(one, table)));
        let Some(before) = before else {
            return;
        };
        let kept = after.as_ref().map(|after| members(after, interface));
        for member in members(&before, interface) {
            let keeps = kept.as_ref().is_some_and(|kept| kept.contains(member));
            let port = first_word(&member.interface);
            self.add(
                port,
                format!("a port of the VLAN of `{interface}`, {REACHED}"),
                keeps,
            );
            self.ports_under(port, ground, keeps);
        }
    }

    /// Adds the port that a sub-interface is part of, and the ports that are bundled.
    fn ports_under(&mut self, interface: &str, ground: &Ground, keeps_vlan: bool) {
        let port = interface.split('.').next().unwrap_or(interface);
        let why = format!("a port under `{interface}`");
        if port != interface {
            self.add(port, why.clone(), keeps_vlan);
        }
        for (member, bundle) in &ground.bundled {
            if bundle.eq_ignore_ascii_case(port) {
                self.add(member, why.clone(), keeps_vlan);
            }
        }
    }

    fn add(&mut self, interface: &str, why: String, keeps_vlan: bool) {
        let port = Port { why, keeps_vlan };
        self.interfaces
            .entry(interface.to_lowercase())
            .or_insert(port);
    }

    /// Goes along what the lines on the way name.
    fn follow(&mut self, graph: &Graph, table: &DomainTable) {
        let mut open = self.begun(graph, table);
        let mut seen = BTreeSet::new();
        while let Some((name, from)) = open.pop() {
            if !seen.insert(name) {
                continue;
            }
            for line in graph.makers(name) {
                let made = &graph.lines[line];
                if from.is_own || !table.is_port_or_vlan(&made.path) {
                    let why = format!("`{name}`: {}", from.why);
                    self.places.entry(made.path.clone()).or_insert(why);
                    let inside = graph.lines[line..made.end].iter();
                    let names = inside.flat_map(|line| &line.uses);
                    open.extend(names.map(|name| (name.as_str(), from.clone())));
                }
            }
        }
    }

    /// Returns the names that the lines use where the way begins. Those of the interface itself are followed first: they lead furthest.
    fn begun<'g>(&self, graph: &'g Graph, table: &DomainTable) -> Vec<(&'g str, Root)> {
        let mut begun = Vec::new();
        for line in graph.lines.iter().filter(|line| !line.uses.is_empty()) {
            if let Some(root) = self.root(&line.path, table) {
                begun.extend(line.uses.iter().map(|name| (name.as_str(), root.clone())));
            }
        }
        begun.sort_by_key(|(_, root)| root.is_own);
        begun
    }

    fn root(&self, path: &str, table: &DomainTable) -> Option<Root> {
        if let Some(port) = self.port_of(path, table) {
            return Some(Root {
                why: port.why.clone(),
                is_own: port.why == REACHED,
            });
        }
        let why = table.management(path)?.to_owned();
        Some(Root { why, is_own: false })
    }
}

/// Where a name was met first.
#[derive(Clone, Debug)]
struct Root {
    why: String,
    /// Whether it is the interface with the address: whatever it names carries it.
    is_own: bool,
}

/// The ports of the domains that an interface routes.
fn members<'d>(domains: &'d Domains, gateway: &str) -> BTreeSet<&'d Member> {
    let is_ours = |name: &String| name.eq_ignore_ascii_case(gateway);
    let routed = domains.domains.iter();
    let routed = routed.filter(|domain| domain.gateways.iter().any(is_ours));
    routed.flat_map(|domain| &domain.members).collect()
}

/// What the lines before a change and after it say about what the interface with the address stands on.
#[derive(Debug, Default)]
struct Ground {
    /// The ports that are bundled, each with its bundle.
    bundled: Vec<(String, String)>,
    /// Whether the interface routes a VLAN or a bridge domain.
    is_gateway: bool,
}

impl Ground {
    fn of(both: Both<'_>, table: &DomainTable, interface: &str) -> Self {
        let mut ground = Self::default();
        let port = interface.split('.').next().unwrap_or(interface);
        // Whoever names an interface writes its port.
        let named = Regex::new(&format!("(?i){}", regex::escape(port)));
        let is_named = |path: &str| named.as_ref().is_ok_and(|named| named.is_match(path));
        for configuration in both.into_iter().flatten() {
            each_path(configuration.level(), &mut String::new(), &mut |path| {
                ground.bundled.extend(table.bundled(path));
                ground.is_gateway =
                    ground.is_gateway || (is_named(path) && table.routes(path, interface));
            });
        }
        ground
    }
}

/// Visits the paths of all lines.
fn each_path(level: Level<'_>, path: &mut String, visit: &mut impl FnMut(&str)) {
    for item in level.items() {
        let length = path.len();
        push(path, item);
        visit(path);
        each_path(item.children(), path, visit);
        path.truncate(length);
    }
}

/// Goes on along a path with the first line of an item.
fn push(path: &mut String, item: Item<'_>) {
    if !path.is_empty() {
        path.push(' ');
    }
    path.push_str(item.text().lines().next().unwrap_or_default());
}

/// An interface is named before its unit.
fn first_word(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}

/// The lines of a configuration that make or use names.
#[derive(Debug, Default)]
struct Graph {
    lines: Vec<Line>,
    makers: HashMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Line {
    path: String,
    /// The number behind the last line inside.
    end: usize,
    uses: Vec<String>,
}

impl Graph {
    fn of(configuration: &Configuration) -> Self {
        let mut graph = Self::default();
        graph.level(configuration.level(), &mut String::new());
        graph
    }

    fn makers(&self, name: &str) -> impl Iterator<Item = usize> + use<'_> {
        self.makers.get(name).into_iter().flatten().copied()
    }

    fn level(&mut self, level: Level<'_>, path: &mut String) {
        for item in level.items() {
            let length = path.len();
            push(path, item);
            self.item(item, path);
            path.truncate(length);
        }
    }

    /// Most lines neither make nor use a name: nothing is kept of them.
    fn item(&mut self, item: Item<'_>, path: &mut String) {
        let number = self.lines.len();
        let of_rule = |names: fn(&Rule, &str) -> Vec<String>| {
            let rule = item.rule();
            rule.map(|rule| names(rule, item.text()))
                .unwrap_or_default()
        };
        let (makes, uses) = (of_rule(Rule::defines), of_rule(Rule::uses));
        let is_told = !makes.is_empty() || !uses.is_empty();
        if is_told {
            let path = path.clone();
            let end = number + 1;
            self.lines.push(Line { path, end, uses });
        }
        for name in makes {
            self.makers.entry(name).or_default().push(number);
        }
        self.level(item.children(), path);
        if is_told {
            self.lines[number].end = self.lines.len();
        }
    }
}
