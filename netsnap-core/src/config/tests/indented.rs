//! Whole configurations, as large as real ones and as odd: nothing gets lost, nothing is taken for something else.

use std::collections::HashSet;

use super::*;
use crate::config::canonical::{Item, Level};
use crate::model::Step;
use crate::plan::remediate;
use crate::platform::SectionId;

const WHOLE: &[(&str, &str)] = &[
    ("arista_eos", include_str!("../testdata/arista_eos.txt")),
    ("cisco_ios", include_str!("../testdata/cisco_ios.txt")),
    ("cisco_iosxr", include_str!("../testdata/cisco_iosxr.txt")),
    ("cisco_nxos", include_str!("../testdata/cisco_nxos.txt")),
];

/// Lines that the tables do not know yet, and what is inside them: they are kept and compared, and doubted in a plan.
const UNKNOWN: [(&str, &str); 4] = [
    ("arista_eos", "software-forwarding kernel; ssl profile EAPI"),
    (
        "cisco_ios",
        "platform qfp utilization monitor load 80; no platform punt-keepalive disable-kernel-core; multilink bundle-name authenticated; license boot level securityk9; memory free low-watermark processor 69096; redundancy; ip sla 1; ip sla schedule 1 life forever start-time now; control-plane; event manager applet SAVE",
    ),
    ("cisco_iosxr", "logging"),
    ("cisco_nxos", "icam monitor scale; xml server validate all"),
];

fn walk<'c>(level: Level<'c>, visit: &mut impl FnMut(Item<'c>)) {
    for item in level.printed() {
        visit(item);
        walk(item.children(), visit);
    }
}

/// Returns the outermost lines without a row.
fn unknown(level: Level<'_>, found: &mut Vec<String>) {
    for item in level.printed() {
        match item.rule() {
            Some(_) => unknown(item.children(), found),
            None => found.push(item.text().to_owned()),
        }
    }
}

#[test]
fn a_whole_configuration_is_kept_byte_for_byte() {
    for (platform, text) in WHOLE {
        for text in [(*text).to_owned(), text.replace('\n', "\r\n")] {
            let configuration = read(platform, &text);
            assert_eq!(configuration.text(), text, "{platform}");
            assert!(text.lines().count() > 200, "{platform}");
            assert!(diff_config(&configuration, &configuration).is_empty());
        }
    }
}

#[test]
fn what_a_table_does_not_know_in_a_whole_configuration_is_listed() {
    let of = |(platform, text): &(&'static str, &'static str)| {
        let configuration = read(platform, text);
        let mut found = Vec::new();
        unknown(configuration.level(), &mut found);
        (*platform, found.join("; "))
    };
    let found: Vec<_> = WHOLE.iter().map(of).collect();
    assert_eq!(found, UNKNOWN.map(|(name, lines)| (name, lines.to_owned())));
}

#[test]
fn each_line_is_a_command_or_left_out_with_a_reason_or_means_something() {
    for (platform, text) in WHOLE {
        let configuration = read(platform, text);
        let mut known: Vec<&str> = Vec::new();
        for piece in configuration.unread() {
            known.extend(piece.text.lines().map(str::trim));
        }
        walk(configuration.level(), &mut |item| {
            known.extend(item.text().lines().map(str::trim));
        });
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        for line in lines.filter(|line| !known.contains(line)) {
            // A list of numbers, which is kept as one command for each, or joined to the line before.
            let platform_of = Platform::named(platform).unwrap();
            let without = Configuration::parse(&text.replacen(line, "!", 1), &platform_of);
            // The ends of a text of several lines: without one, the rest is none.
            let Ok(without) = without else {
                continue;
            };
            assert_ne!(
                without.meaning(),
                configuration.meaning(),
                "{platform}: {line}"
            );
        }
    }
}

#[test]
fn comments_and_closers_of_a_whole_configuration_mean_nothing() {
    for (platform, text) in WHOLE {
        let configuration = read(platform, text);
        let mut bare = (*text).to_owned();
        for piece in configuration.unread().iter().rev() {
            if piece.why == WhyLeftOut::Comment {
                let line: usize = text
                    .split_inclusive('\n')
                    .take(piece.line - 1)
                    .map(str::len)
                    .sum();
                let start = line + text[line..].find(piece.text).unwrap();
                bare.replace_range(start..start + piece.text.len(), "");
            }
        }
        assert_ne!(bare, *text, "{platform}");
        assert_eq!(
            read(platform, &bare).meaning(),
            configuration.meaning(),
            "{platform}"
        );
    }
}

#[test]
fn each_line_of_a_whole_configuration_can_be_taken_out() {
    for (platform, text) in WHOLE {
        let table = Platform::named(platform).unwrap();
        let configuration = read(platform, text);
        let mut items = Vec::new();
        walk(configuration.level(), &mut |item| items.push(item));
        for item in items
            .iter()
            .filter(|item| !item.is_section() && !item.is_blob())
        {
            let start = item.position();
            if !text[start..].starts_with(item.text()) {
                continue;
            }
            let without = format!("{}{}", &text[..start], &text[start + item.text().len()..]);
            let other = read(platform, &without);
            let there = remediate(&configuration, &other, &table).unwrap();
            let back = remediate(&other, &configuration, &table).unwrap();
            let is_same = other.meaning() == configuration.meaning();
            assert_eq!(there.is_empty(), is_same, "{platform}: {}", item.text());
            assert_eq!(back.is_empty(), is_same, "{platform}: {}", item.text());
        }
    }
}

/// The names that lines of a plan make and need, as far as they were typed.
struct Order<'p> {
    table: &'p Platform,
    defined: HashSet<String>,
}

impl Order<'_> {
    /// Types a line of a section and returns the names that it needs before anything has made them.
    fn type_line(&mut self, section: &[String], line: &str) -> Vec<String> {
        let grammar = &self.table.grammar;
        let mut place = SectionId::GLOBAL;
        for header in section {
            let rule = grammar.find(place, header).unwrap();
            self.defined.extend(grammar.rule(rule).defines(header));
            place = grammar.rule(rule).opens().unwrap();
        }
        let Some(rule) = grammar.find(place, line).map(|rule| grammar.rule(rule)) else {
            return Vec::new();
        };
        self.defined.extend(rule.defines(line));
        let mut uses = rule.uses(line);
        uses.retain(|name| !self.defined.contains(name));
        uses
    }
}

#[test]
fn a_whole_configuration_is_made_without_using_what_is_not_there_yet() {
    for (platform, text) in WHOLE {
        let table = Platform::named(platform).unwrap();
        let (nothing, whole) = (read(platform, "hostname x\n"), read(platform, text));
        let steps = remediate(&nothing, &whole, &table).unwrap();
        let mut all = HashSet::new();
        walk(whole.level(), &mut |item| {
            all.extend(
                item.rule()
                    .into_iter()
                    .flat_map(|rule| rule.defines(item.text())),
            );
        });
        let mut order = Order {
            table: &table,
            defined: HashSet::new(),
        };
        let mut count = 0;
        for step in steps.iter().filter(|step| !is_inside_unknown(step, &table)) {
            let early = order.type_line(&step.section, &step.line);
            let early: Vec<_> = early.iter().filter(|name| all.contains(*name)).collect();
            assert!(early.is_empty(), "{platform}: {step:?} needs {early:?}");
            count += 1;
        }
        assert!(count > 150, "{platform}: {count}");
    }
}

fn is_inside_unknown(step: &Step, table: &Platform) -> bool {
    let mut place = SectionId::GLOBAL;
    step.section.iter().any(|header| {
        let opened = table.grammar.opens(place, header);
        place = opened.unwrap_or(SectionId::UNKNOWN);
        opened.is_none()
    })
}
