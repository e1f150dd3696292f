//! The picture, on small and large networks.

use super::*;
use crate::id::ExecutionId;
use crate::topology::Node;

fn topology_of(names: &[String], links: Vec<Link>) -> Topology {
    let node = |name: &String| Node {
        id: name.clone(),
        collected: true,
        ..Node::default()
    };
    Topology {
        execution: ExecutionId::new(jiff::Timestamp::UNIX_EPOCH, 7),
        nodes: names.iter().map(node).collect(),
        links,
        remarks: Vec::new(),
    }
}

fn link(a: &str, b: &str, number: usize) -> Link {
    let end = |node: &str, side: usize| End {
        node: node.to_owned(),
        interface: Some(format!("eth{}", side + 1)),
        address: Some(format!("10.0.{number}.{side}")),
        cost: Some(10),
        state: None,
    };
    Link {
        a: end(a, 0),
        b: end(b, 1),
        kind: LinkKind::PointToPoint,
        area: Some("0.0.0.0".into()),
        network: None,
        one_sided: false,
        protocols: vec![Protocol::Ospf],
        sources: Vec::new(),
    }
}

fn names(word: &str, count: usize) -> Vec<String> {
    (1..=count)
        .map(|number| format!("{word}{number}"))
        .collect()
}

/// A ring with a chord between the first and the third.
fn square() -> Topology {
    let names = names("r", 4);
    let mut links: Vec<Link> = (0..4)
        .map(|n| link(&names[n], &names[(n + 1) % 4], n))
        .collect();
    links.push(Link {
        kind: LinkKind::Broadcast,
        network: Some("10.0.200.2/30".into()),
        ..link("r1", "r3", 200)
    });
    topology_of(&names, links)
}

fn ring() -> Topology {
    let names = names("router-", 30);
    let mut links: Vec<Link> = (0..30)
        .map(|n| link(&names[n], &names[(n + 1) % 30], n))
        .collect();
    links.extend([(0, 15), (5, 20), (10, 25)].map(|(a, b)| link(&names[a], &names[b], 100 + a)));
    topology_of(&names, links)
}

fn two_tiers() -> Topology {
    let (spines, leaves) = (names("spine-", 4), names("leaf-", 96));
    let pairs = leaves
        .iter()
        .flat_map(|leaf| spines.iter().map(move |spine| (leaf, spine)));
    let links = pairs
        .enumerate()
        .map(|(n, (leaf, spine))| link(leaf, spine, n))
        .collect();
    topology_of(&[spines, leaves.clone()].concat(), links)
}

/// Two hundred routers: twenty sites of ten on a ring of cores.
fn sites() -> Topology {
    let names = names("router-", 200);
    let core = |site: usize| &names[site * 10];
    let mut links: Vec<Link> = (0..20)
        .map(|site| link(core(site), core((site + 1) % 20), site))
        .collect();
    for (number, name) in names
        .iter()
        .enumerate()
        .filter(|(number, _)| number % 10 != 0)
    {
        let up = if number % 10 < 4 {
            number / 10 * 10
        } else {
            number / 10 * 10 + number % 3 + 1
        };
        links.push(link(name, &names[up], 100 + number));
    }
    topology_of(&names, links)
}

/// Two rings and a stub, one-sided and shared links, a hostile name.
fn mixed() -> Topology {
    let mut names = names("r", 9);
    names.push("<b>&\"x\u{1b}[31m</b>".into());
    let shared = |a: &str, b: &str| Link {
        kind: LinkKind::Broadcast,
        network: Some("10.9.9.1/24".into()),
        ..link(a, b, 9)
    };
    let mut links = vec![
        shared("r1", "r2"),
        shared("r1", "r3"),
        shared("r2", "r3"),
        link("r3", "r4", 1),
        link("r3", "r4", 2),
        link("r4", "r5", 3),
        link("r6", "r7", 4),
        link("r5", &names[9], 5),
    ];
    links[5].one_sided = true;
    links[6].kind = LinkKind::Physical;
    let mut topology = topology_of(&names, links);
    topology.nodes[9].collected = false;
    topology
}

#[test]
fn the_same_topology_gives_the_same_bytes() {
    for drawn in [square(), ring(), mixed()] {
        assert_eq!(topology(&drawn), topology(&drawn.clone()));
    }
}

#[test]
fn boxes_never_overlap_and_stand_on_the_paper() {
    let lone = topology_of(&names("r", 1), Vec::new());
    let pair = topology_of(&names("r", 2), vec![link("r1", "r2", 1)]);
    for drawn in [lone, pair, square(), ring(), mixed(), two_tiers(), sites()] {
        let scene = Scene::new(&drawn);
        for (place, first) in scene.marks.iter().enumerate() {
            for axis in 0..2 {
                assert!(first.at[axis] - first.half[axis] >= 0.0);
                assert!(first.at[axis] + first.half[axis] <= scene.size[axis]);
            }
            for second in &scene.marks[place + 1..] {
                let apart = [0, 1].map(|axis| {
                    (first.at[axis] - second.at[axis]).abs() - first.half[axis] - second.half[axis]
                });
                assert!(
                    apart[0] > 0.0 || apart[1] > 0.0,
                    "{} {}",
                    first.label,
                    second.label
                );
            }
        }
    }
}

#[test]
fn small_networks_tell_each_end() {
    let drawn = square();
    let labels = label::labels(&Scene::new(&drawn));
    assert_eq!(labels.len(), 2 * drawn.links.len());
    assert_eq!(labels[0].text, "eth1 · 10");
    assert!(label::labels(&Scene::new(&ring())).is_empty());
}

#[test]
fn nothing_that_a_device_says_is_markup_and_nothing_is_loaded() {
    let svg = topology(&mixed());
    assert!(!svg.contains("<b>") && !svg.contains('\u{1b}'));
    assert!(!svg.contains("script") && !svg.contains("href") && !svg.contains("url("));
    assert!(svg.contains("only spoken of by others") && svg.contains("only one end says so"));
    // The network of three is one mark with three lines.
    assert_eq!(svg.matches("Network 10.9.9.1/24").count(), 1);
}

#[test]
fn an_empty_topology_is_a_picture_too() {
    let svg = topology(&topology_of(&[], Vec::new()));
    assert!(svg.starts_with("<svg") && svg.contains("0 devices, 0 links"));
}

/// Pictures for people: set the environment variable to a folder to get them.
#[test]
fn pictures_are_written_where_somebody_wants_to_look_at_them() {
    let folder = std::env::var_os("NETSNAP_PICTURES");
    for (name, drawn) in [
        ("square", square()),
        ("ring", ring()),
        ("tiers", two_tiers()),
        ("mixed", mixed()),
        ("sites", sites()),
    ] {
        let svg = topology(&drawn);
        assert!(svg.ends_with("</svg>"));
        if let Some(folder) = &folder {
            let path = std::path::Path::new(folder).join(format!("{name}.svg"));
            std::fs::write(path, svg).unwrap();
        }
    }
}
