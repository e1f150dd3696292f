//! `show ip ospf database router|network` of FRR and IOS, and the router id in `show ip ospf`.

use std::sync::LazyLock;

use regex::Regex;

use super::super::address::area;
use super::super::fact::{Fact, LsaKind, LsaLink, NetworkLsa, RouterLsa, sequence};
use super::{behind, first_word};

/// An advertisement of this age is being withdrawn (RFC 2328, appendix B: MaxAge).
const MAX_AGE: u32 = 3600;

static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"OSPF Router with ID \((?P<id>[\d.]+)|Link States \(Area (?P<area>[\d.]+)\)")
        .expect("a test uses it")
});

static PROCESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"Routing Process.*? (?:Router ID:|with ID) ?(?P<id>[\d.]+)")
        .expect("a test uses it")
});

/// What stands in front of each kind of link, and of what it says.
const KINDS: &[(&str, LsaKind)] = &[
    ("Link connected to: another Router", LsaKind::PointToPoint),
    ("Link connected to: a Transit", LsaKind::Transit),
    ("Link connected to: a Virtual", LsaKind::Virtual),
    ("Link connected to: a Stub", LsaKind::Stub),
    ("Link connected to: Stub", LsaKind::Stub),
];

pub(super) fn process(text: &str) -> Vec<Fact> {
    let found = text
        .lines()
        .find_map(|line| PROCESS.captures(line)?.name("id"));
    let id = found.map(|id| Fact::RouterId(id.as_str().to_owned()));
    id.into_iter().collect()
}

pub(super) fn database(text: &str) -> Vec<Fact> {
    let mut reader = Reader::default();
    text.lines().for_each(|line| reader.line(line));
    reader.flush();
    reader.facts
}

#[derive(Default)]
struct Reader {
    facts: Vec<Fact>,
    area: String,
    lsa: Option<Lsa>,
}

#[derive(Default)]
struct Lsa {
    age: u32,
    id: String,
    sequence: i32,
    prefix: Option<u8>,
    attached: Vec<String>,
    links: Vec<LsaLink>,
    is_network: bool,
}

impl Reader {
    fn line(&mut self, line: &str) {
        if let Some(found) = HEADER.captures(line) {
            self.flush();
            if let Some(id) = found.name("id") {
                self.facts.push(Fact::RouterId(id.as_str().to_owned()));
            }
            if let Some(name) = found.name("area") {
                self.area = area(name.as_str());
            }
            return;
        }
        if let Some(age) = behind(line, "LS age:") {
            self.flush();
            // IOS says `MAXAGE(3600)` or `1336`.
            let digits: String = age.chars().filter(char::is_ascii_digit).collect();
            self.lsa = Some(Lsa {
                age: digits.parse().unwrap_or_default(),
                ..Lsa::default()
            });
        }
        if let Some(lsa) = &mut self.lsa {
            lsa.line(line);
        }
    }

    fn flush(&mut self) {
        let Some(lsa) = self.lsa.take().filter(|lsa| lsa.age < MAX_AGE) else {
            return;
        };
        self.facts.push(lsa.fact(self.area.clone()));
    }
}

impl Lsa {
    fn line(&mut self, line: &str) {
        let text = line.trim_start();
        if let Some(kind) = KINDS.iter().find(|(words, _)| text.starts_with(words)) {
            self.links.push(LsaLink {
                kind: kind.1,
                ..LsaLink::default()
            });
        } else if let Some((_, value)) = text
            .split_once(": ")
            .filter(|_| text.starts_with("(Link ID)"))
        {
            self.link(|link| value.trim().clone_into(&mut link.id));
        } else if let Some((_, value)) = text
            .split_once(": ")
            .filter(|_| text.starts_with("(Link Data)"))
        {
            self.link(|link| value.trim().clone_into(&mut link.data));
        } else if let Some(metric) =
            behind(line, "TOS 0 Metric").and_then(|rest| rest.split(':').nth(1))
        {
            let metric = metric.trim().parse().unwrap_or_default();
            self.link(|link| link.metric = metric);
        } else {
            self.header(line);
        }
    }

    fn header(&mut self, line: &str) {
        if let Some(id) = behind(line, "Link State ID:").and_then(first_word) {
            id.clone_into(&mut self.id);
        } else if let Some(kind) = behind(line, "LS Type:") {
            self.is_network = kind.to_lowercase().contains("network");
        } else if let Some(number) = behind(line, "LS Seq Number:") {
            self.sequence = sequence(number);
        } else if let Some(mask) = behind(line, "Network Mask: /") {
            self.prefix = mask.parse().ok();
        } else if let Some(router) = behind(line, "Attached Router:") {
            self.attached.push(router.to_owned());
        }
    }

    fn link(&mut self, change: impl FnOnce(&mut LsaLink)) {
        if let Some(link) = self.links.last_mut() {
            change(link);
        }
    }

    fn fact(self, area: String) -> Fact {
        if self.is_network {
            return Fact::Network(NetworkLsa {
                address: self.id,
                area,
                sequence: self.sequence,
                prefix: self.prefix,
                attached: self.attached,
            });
        }
        Fact::Router(RouterLsa {
            router: self.id,
            area,
            sequence: self.sequence,
            links: self.links,
        })
    }
}
