//! `show lldp neighbors detail` of IOS, NX-OS and EOS (their command references; not recorded).

use super::super::fact::{Adjacent, Fact};
use super::super::model::Protocol;
use super::first_word;

/// What a line says, by the words in front of its colon.
#[derive(Clone, Copy)]
enum Says {
    Local,
    Chassis,
    Port,
    PortDescription,
    Name,
    Address,
    Description,
}

const LINES: &[(&str, Says)] = &[
    ("local intf", Says::Local),
    ("local port id", Says::Local),
    ("chassis id", Says::Chassis),
    ("port id", Says::Port),
    ("port description", Says::PortDescription),
    ("system name", Says::Name),
    ("ip", Says::Address),
    ("management address", Says::Address),
    ("system description", Says::Description),
];

pub(super) fn detail(text: &str) -> Vec<Fact> {
    let mut reader = Reader::default();
    text.lines().for_each(|line| reader.line(line));
    reader.flush();
    reader.facts
}

#[derive(Default)]
struct Reader {
    facts: Vec<Fact>,
    /// The interface that the next neighbours were heard on (EOS).
    heard_on: Option<String>,
    entry: Entry,
}

#[derive(Default)]
struct Entry {
    local: Option<String>,
    chassis: Option<String>,
    port: Option<String>,
    description: Option<String>,
    name: Option<String>,
    addresses: Vec<String>,
    system: Option<String>,
    /// The text of the system stands on the line behind.
    system_follows: bool,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let plain = line.trim().trim_start_matches("- ");
        let words: Vec<&str> = plain.split_whitespace().collect();
        match words.as_slice() {
            ["Interface", name, "detected", ..] => {
                self.flush();
                self.heard_on = Some((*name).to_owned());
            }
            ["Neighbor", _, ..] if self.heard_on.is_some() => {
                self.flush();
                self.entry.local.clone_from(&self.heard_on);
            }
            [rule] if rule.len() > 5 && rule.bytes().all(|byte| byte == b'-') => self.flush(),
            _ => self.says(plain),
        }
    }

    fn says(&mut self, line: &str) {
        if std::mem::take(&mut self.entry.system_follows) && !line.is_empty() {
            self.entry.system = Some(line.to_owned());
            return;
        }
        let Some((words, value)) = line.split_once(':') else {
            return;
        };
        let words = words.trim().to_lowercase();
        let Some((_, says)) = LINES.iter().find(|(known, _)| *known == words) else {
            return;
        };
        let value = value.trim().trim_matches('"');
        let ends = matches!(says, Says::Chassis) && self.entry.chassis.is_some()
            || matches!(says, Says::Local) && self.entry.local.is_some();
        if ends {
            self.flush();
        }
        self.entry.set(*says, value);
    }

    fn flush(&mut self) {
        let entry = std::mem::take(&mut self.entry);
        self.facts.extend(entry.fact());
    }
}

impl Entry {
    fn set(&mut self, says: Says, value: &str) {
        let text = Some(value.to_owned()).filter(|text| !text.is_empty() && text != "null");
        match says {
            Says::Local => self.local = text,
            Says::Chassis => self.chassis = text,
            Says::Port => self.port = text,
            Says::PortDescription => self.description = text,
            Says::Name => self.name = text,
            Says::Address => self.addresses.extend(text),
            Says::Description => {
                self.system_follows = text.is_none();
                self.system = text;
            }
        }
    }

    fn fact(self) -> Option<Fact> {
        let name = self.name.filter(|name| !name.starts_with("not advertised"));
        let port = match self.port {
            // A hardware address says less than what the other side calls its port.
            Some(port) if is_hardware(&port) => self.description.or(Some(port)),
            port => port,
        };
        Some(Fact::Adjacent(Adjacent {
            protocol: Protocol::Lldp,
            interface: self.local?,
            name: name.or(self.chassis)?,
            port: port.map(|port| port.trim_matches('"').to_owned()),
            addresses: self
                .addresses
                .iter()
                .filter_map(|text| first_word(text))
                .map(str::to_owned)
                .collect(),
            platform: self.system,
            is_short: false,
            is_cut: false,
        }))
    }
}

/// Says whether a text is a hardware address: twelve hexadecimal digits with `:`, `-` or `.` between.
pub(super) fn is_hardware(text: &str) -> bool {
    let marks = |c: char| matches!(c, ':' | '-' | '.');
    let digits = text.chars().filter(|c| !marks(*c));
    text.contains(marks)
        && digits.clone().count() == 12
        && digits.clone().all(|c| c.is_ascii_hexdigit())
}
