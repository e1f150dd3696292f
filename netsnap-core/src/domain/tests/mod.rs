//! One configuration for each platform, and what crosses devices.

mod braced;
mod moves;
mod routers;
mod switches;

use std::sync::Arc;

use super::*;
use crate::platform::Platform;

/// The table of a platform; where there is none yet, one that only knows the form of its configurations.
fn platform(name: &str) -> Arc<Platform> {
    let form = match name {
        "juniper_junos" => "form = \"braced\"\ncomments = [\"#\"]\ninactive = \"inactive:\"",
        "nokia_sros" => "form = \"braced\"\nterminator = \"\"\ncomments = [\"#\"]",
        "huawei_vrp" => "comments = [\"#\"]\nclosers = [\"return\"]",
        _ => "comments = [\"!\"]\nclosers = [\"exit\", \"end\"]",
    };
    let minimal = || {
        Platform::parse(&format!(
            "name = \"{name}\"\ntitle = \"{name}\"\n[cli]\nterminal = true\nprompt = '{{host}}#'\n[grammar]\n{form}\n"
        ))
    };
    Platform::named(name).unwrap_or_else(|_| Arc::new(minimal().unwrap()))
}

fn of(name: &str, text: &str) -> Domains {
    let configuration = Configuration::parse(text, &platform(name)).unwrap();
    domains(&configuration, name).unwrap()
}

/// A domain in one line: who is in it, where it is routed, where it ends.
fn told(domains: &Domains, id: &str) -> String {
    let Some(domain) = domains.domain(id) else {
        return format!("no {id}");
    };
    let member = |member: &Member| {
        let sign = match member.tagging {
            Tagging::Tagged => "t",
            Tagging::Untagged => "u",
        };
        let tags = [&member.outer, &member.inner].into_iter().flatten();
        let tags: Vec<&str> = tags.map(String::as_str).collect();
        format!("{}:{sign}{}", member.interface, tags.join("."))
    };
    let end = |end: &End| {
        let kind = format!("{:?}", end.kind).to_lowercase();
        let words = [&end.peer, &end.id].into_iter().flatten();
        let words: Vec<&str> = words.map(String::as_str).collect();
        format!("{kind} {}", words.join("/")).trim().to_owned()
    };
    let parts = [
        domain.name.clone().unwrap_or_default(),
        domain
            .members
            .iter()
            .map(member)
            .collect::<Vec<_>>()
            .join(" "),
        domain.gateways.join(" "),
        domain.ends.iter().map(end).collect::<Vec<_>>().join(" "),
    ];
    parts.join(" | ").trim_end_matches([' ', '|']).to_owned()
}

fn orphans(domains: &Domains) -> Vec<String> {
    let word = |orphan: &Orphan| {
        let parts = [&orphan.domain, &orphan.interface, &orphan.vlans];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        format!("{:?}: {}", orphan.kind, parts.join(" "))
    };
    domains.orphans.iter().map(word).collect()
}

#[test]
fn a_platform_without_a_table_is_unsupported() {
    let configuration = Configuration::parse("hostname a\n", &platform("cisco_ios")).unwrap();
    let error = domains(&configuration, "linux").unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Unsupported);
}

#[test]
fn every_platform_with_a_configuration_has_a_table_of_domains() {
    for name in Platform::names().filter(|name| *name != "linux") {
        assert!(DomainTable::named(name).is_ok(), "{name}");
    }
}
