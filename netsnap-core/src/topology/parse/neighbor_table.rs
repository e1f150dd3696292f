//! The tables of `show cdp neighbors` and `show lldp neighbors` of IOS, NX-OS, IOS XR and EOS (their command references; not
//! recorded).
//!
//! The columns of a header are trusted where a row keeps to them: rows are shifted by long names, and Cisco's headers do not
//! stand above their columns everywhere. The rest goes by what a row looks like.

use std::sync::LazyLock;

use regex::Regex;

use super::super::fact::{Adjacent, Fact, Unread};
use super::super::model::Protocol;

/// Where the columns of a table begin.
#[derive(Clone, Copy)]
enum Header {
    /// Name, own interface, seconds, capabilities, the port of the neighbour.
    NameFirst { local: usize, port: usize },
    /// Own interface, name, the port of the neighbour, seconds.
    PortFirst { name: usize, port: usize },
}

/// A row that begins with a name, or goes on behind one that was too long for its line.
static NAME_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        ^(?:(?P<name>\S.*?)\s+ | \s*)
        (?P<local>[A-Za-z][A-Za-z-]*\s?\d+(?:[/.:][A-Za-z]*\d+)*)\s+
        (?P<seconds>\d+)\s+
        (?P<rest>\S.*)$",
    )
    .expect("a test uses it")
});

/// The last word of a row, with the kind of the interface that Cisco writes apart: `Gig 0/2`, `Port 1`.
static PORT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:\b[A-Za-z]+ )?\d\S*$|\S+$").expect("a test uses it"));

/// Cells of a row that keeps to no columns.
static GAP: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\s{2,}").expect("a test uses it"));

pub(super) fn cdp(text: &str) -> Vec<Fact> {
    read(Protocol::Cdp, text)
}

pub(super) fn lldp(text: &str) -> Vec<Fact> {
    read(Protocol::Lldp, text)
}

fn read(protocol: Protocol, text: &str) -> Vec<Fact> {
    let mut reader = Reader {
        protocol,
        header: None,
        name: None,
        facts: Vec::new(),
        unread: Vec::new(),
    };
    text.lines().for_each(|line| reader.line(line.trim_end()));
    reader.finish()
}

struct Reader<'a> {
    protocol: Protocol,
    header: Option<Header>,
    /// A name that stands on a line of its own.
    name: Option<&'a str>,
    facts: Vec<Fact>,
    unread: Vec<&'a str>,
}

/// What a row says, as far as it is known.
struct Cells<'a> {
    name: Option<&'a str>,
    local: &'a str,
    port: &'a str,
    /// The name fills its column, so that its end may be cut off.
    is_full: bool,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a str) {
        if let Some(header) = Header::read(line) {
            self.header = Some(header);
        } else if let Some(cells) = self.cells(line) {
            self.row(&cells);
        } else if self.is_in_table() && !is_furniture(line) {
            self.unread.extend(self.name.replace(line.trim()));
        }
    }

    fn is_in_table(&self) -> bool {
        self.header.is_some() || !self.facts.is_empty()
    }

    fn cells(&self, line: &'a str) -> Option<Cells<'a>> {
        match self.header {
            Some(Header::PortFirst { name, port }) => port_first(line, [name, port]),
            Some(Header::NameFirst { local, port }) => name_first(line, Some([local, port])),
            None => name_first(line, None),
        }
    }

    fn row(&mut self, cells: &Cells<'a>) {
        let above = self.name.take();
        let Some(name) = cells.name.or(above) else {
            return self.unread.push(cells.local);
        };
        if cells.name.is_some() {
            self.unread.extend(above);
        }
        self.facts.push(Fact::Adjacent(Adjacent {
            protocol: self.protocol,
            interface: cells.local.to_owned(),
            // NX-OS puts the serial number behind: `n9k-2(FDO12345ABC)`.
            name: name.split('(').next().unwrap_or(name).trim().to_owned(),
            port: Some(cells.port.to_owned()).filter(|port| !is_cut(port)),
            addresses: Vec::new(),
            platform: None,
            is_short: true,
            // Of a name with points the first part is whole, and that is what counts.
            is_cut: cells.is_full && cells.name.is_some() && !name.contains('.'),
        }));
    }

    fn finish(mut self) -> Vec<Fact> {
        self.unread.extend(self.name);
        if let Some(first) = self.unread.first() {
            self.facts.push(Fact::Unread(Unread {
                lines: self.unread.len(),
                first: (*first).to_owned(),
            }));
        }
        self.facts
    }
}

impl Header {
    fn read(line: &str) -> Option<Self> {
        let line = line.to_ascii_lowercase();
        let at = |words: &str| line.find(words);
        if let (Some(name), Some(port)) = (at("neighbor device id"), at("neighbor port id")) {
            return (name < port).then_some(Self::PortFirst { name, port });
        }
        at("device").filter(|place| *place == 0)?;
        Some(Self::NameFirst {
            local: at("local int")?,
            port: at("port id")?,
        })
    }
}

fn name_first<'a>(line: &'a str, columns: Option<[usize; 2]>) -> Option<Cells<'a>> {
    let glued = columns.and_then(|[local, _]| glued(line, local));
    let (front, row) = glued.map_or((None, line), |(name, row)| (Some(name), row));
    let found = NAME_FIRST.captures(row)?;
    let part = |name: &str| found.name(name).map(|part| part.as_str());
    let rest = part("rest")?;
    let port = columns.and_then(|[_, port]| cell(line, port..line.len()));
    // A column that begins in front of the capabilities is none of this row.
    let port = port.filter(|port| port.len() <= rest.len());
    let name = front.or(part("name"));
    Some(Cells {
        name,
        local: part("local")?,
        port: port.or_else(|| Some(PORT.find(rest)?.as_str()))?,
        is_full: columns
            .zip(name)
            .is_some_and(|([local, _], name)| name.len() + 1 >= local),
    })
}

/// Splits a row whose name fills its column, so that the interface follows without a space.
fn glued(line: &str, local: usize) -> Option<(&str, &str)> {
    let (name, row) = line.split_at_checked(local)?;
    let fits =
        !name.contains(char::is_whitespace) && NAME_FIRST.captures(row)?.name("name").is_none();
    fits.then_some((name, row))
}

fn port_first(line: &str, [name, port]: [usize; 2]) -> Option<Cells<'_>> {
    let (row, seconds) = line.rsplit_once(char::is_whitespace)?;
    seconds.parse::<u32>().ok()?;
    let columns = || {
        Some([
            cell(row, 0..name)?,
            cell(row, name..port)?,
            cell(row, port..row.len())?,
        ])
    };
    let [local, name, port] = columns().or_else(|| apart(row))?;
    Some(Cells {
        name: Some(name),
        local,
        port,
        is_full: false,
    })
}

/// The three cells of a row, by the gaps between them.
fn apart(row: &str) -> Option<[&str; 3]> {
    let cells: Vec<&str> = GAP.split(row.trim()).collect();
    let words: Vec<&str> = row.split_whitespace().collect();
    cells.try_into().or_else(|_| words.try_into()).ok()
}

/// What stands in a column, if a gap stands in front of it and behind.
fn cell(line: &str, place: std::ops::Range<usize>) -> Option<&str> {
    let ends = place.end >= line.len() || line.get(..place.end)?.ends_with(char::is_whitespace);
    let begins = place.start == 0 || line.get(..place.start)?.ends_with(char::is_whitespace);
    let text = line.get(place.start..place.end.min(line.len()))?.trim();
    (begins && ends && !text.is_empty()).then_some(text)
}

/// Lines of a table that say nothing: rules and sums.
fn is_furniture(line: &str) -> bool {
    let line = line.trim();
    let is_rule = line.bytes().all(|byte| matches!(byte, b'-' | b' '));
    is_rule || line.to_ascii_lowercase().starts_with("total ")
}

/// A kind without a number is what is left of a name that was too long: `GigabitEthernet`.
fn is_cut(port: &str) -> bool {
    port.len() > 11 && port.bytes().all(|byte| byte.is_ascii_alphabetic())
}
