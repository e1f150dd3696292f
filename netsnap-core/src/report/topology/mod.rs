//! Who is connected with whom, as a picture.
//!
//! One SVG without script, font or anything from elsewhere; light or dark as the reader has it. The same topology gives the
//! same bytes. Every line and box carries its words in a `<title>`; dashes and colour mark what only one end says.

mod difference;
mod label;
mod layout;
mod scene;
mod wheel;

use maud::{Markup, PreEscaped, html};

use self::difference::Look;
pub use self::difference::topology_difference;
use self::label::LETTERS;
use self::layout::{Point, real};
use self::scene::{Line, MARGIN, Mark, Scene};
use crate::report::text::{count, one_line};
use crate::topology::{End, Link, LinkKind, Protocol, Topology};

/// The style of the picture: a constant of this crate, never data.
pub(super) const STYLE: &str = include_str!("topology.css");
/// Height of the legend.
const LEGEND: f64 = 30.0;
/// From so many links on, lines are drawn thin.
const MANY: usize = 120;

/// Returns the picture of a topology: one SVG document that stands alone.
#[must_use]
pub fn topology(topology: &Topology) -> String {
    picture(topology, &html! { style { (PreEscaped(STYLE)) } }).into_string()
}

/// The picture, with its style or to be set into a page that has it.
pub(super) fn picture(topology: &Topology, style: &Markup) -> Markup {
    let title = format!("Topology of {}", topology.execution);
    drawing(topology, style, &Look::plain(title))
}

/// The picture of a topology, or of what is different between two, as it shall look.
fn drawing(topology: &Topology, style: &Markup, look: &Look<'_>) -> Markup {
    let scene = Scene::new(topology);
    let mut keys = keys(topology);
    keys.extend(look.keys());
    let wanted: f64 = keys.iter().map(|(_, words)| key_width(words)).sum();
    let width = scene.size[0].max(2.0 * MARGIN + wanted).ceil();
    let height = (scene.size[1].max(2.0 * MARGIN) + LEGEND).ceil();
    let summary = format!(
        "{}, {}",
        count(topology.nodes.len(), "device"),
        count(topology.links.len(), "link")
    );
    html! {
        svg.topology xmlns="http://www.w3.org/2000/svg" width=(width) height=(height)
            viewBox={ "0 0 " (width) " " (height) } role="img" aria-label={ (look.title) ": " (summary) } {
            title { (look.title) ": " (summary) }
            (style)
            @for line in &scene.lines { (line_shape(&scene, line, look)) }
            @for mark in &scene.marks { (mark_shape(mark, scene.letters, look)) }
            @for label in label::labels(&scene) {
                text.end x=(short(label.at[0])) y=(short(label.at[1])) font-size=(LETTERS) { (label.text) }
            }
            (legend(&keys, height - LEGEND / 2.0 - 4.0))
        }
    }
}

fn line_shape(scene: &Scene<'_>, line: &Line<'_>, look: &Look<'_>) -> Markup {
    let [from, to] = scene.route(line);
    let many = if scene.lines.len() > MANY {
        " many"
    } else {
        ""
    };
    html! {
        line class={ "link " (class(line.link)) (look.link(line.link).class()) (many) } x1=(short(from[0])) y1=(short(from[1]))
            x2=(short(to[0])) y2=(short(to[1])) { title { (link_words(line.link)) (look.link(line.link).words()) } }
    }
}

/// The class of a line: what only one end says stands out from whatever kind it is.
fn class(link: &Link) -> &'static str {
    match link.kind {
        _ if link.one_sided => "one",
        LinkKind::PointToPoint | LinkKind::Unknown => "point",
        LinkKind::Broadcast => "broadcast",
        LinkKind::Virtual => "virtual",
        LinkKind::Physical => "physical",
    }
}

fn mark_shape(mark: &Mark<'_>, letters: f64, look: &Look<'_>) -> Markup {
    let [x, y] = mark.at;
    let Some(node) = mark.node else {
        return html! {
            g.network { title { "Network " (one_line(&mark.label)) } circle cx=(short(x)) cy=(short(y)) r="5" {} }
        };
    };
    let class = if node.collected {
        "device"
    } else {
        "device guest"
    };
    let [width, height] = mark.half;
    html! {
        g class={ (class) (look.node(&node.id).class()) } {
            title { (node_words(node)) (look.node(&node.id).words()) }
            rect x=(short(x - width)) y=(short(y - height)) width=(short(2.0 * width)) height=(short(2.0 * height)) rx="6" {}
            text x=(short(x)) y=(short(y)) font-size=(letters) { (mark.label) }
        }
    }
}

fn node_words(node: &crate::topology::Node) -> String {
    let mut words = vec![node.id.clone()];
    words.extend(
        node.router_ids
            .iter()
            .filter(|id| **id != node.id)
            .map(|id| format!("router id {id}")),
    );
    words.extend(
        node.hostnames
            .iter()
            .filter(|name| **name != node.id)
            .map(|name| format!("host name {name}")),
    );
    words.extend(node.platform.clone());
    if !node.collected {
        words.push("only spoken of by others".to_owned());
    }
    one_line(&words.join(" · ")).into_owned()
}

fn link_words(link: &Link) -> String {
    let mut words = vec![format!("{} – {}", end_words(&link.a), end_words(&link.b))];
    words.extend(
        link.network
            .as_ref()
            .map(|network| format!("network {network}")),
    );
    words.extend(link.area.as_ref().map(|area| format!("area {area}")));
    let names = link.protocols.iter().map(|protocol| match protocol {
        Protocol::Ospf => "OSPF",
        Protocol::Lldp => "LLDP",
        Protocol::Cdp => "CDP",
    });
    words.push(names.collect::<Vec<_>>().join(", "));
    if link.one_sided {
        words.push("only one end says so".to_owned());
    }
    one_line(&words.join(" · ")).into_owned()
}

fn end_words(end: &End) -> String {
    let cost = end.cost.map(|cost| format!("cost {cost}"));
    let parts = [
        Some(end.node.clone()),
        end.interface.clone(),
        end.address.clone(),
        cost,
        end.state.clone(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Which kinds of lines the picture has, in words.
fn keys(topology: &Topology) -> Vec<(&'static str, &'static str)> {
    let all = [
        ("point", "OSPF, point to point"),
        ("broadcast", "OSPF, shared network"),
        ("virtual", "OSPF, virtual link"),
        ("physical", "cable without OSPF"),
        ("one", "only one end says so"),
    ];
    let is_used = |name: &str| topology.links.iter().any(|link| class(link) == name);
    all.into_iter().filter(|(name, _)| is_used(name)).collect()
}

fn key_width(words: &str) -> f64 {
    real(words.len()) * 6.6 + 52.0
}

fn legend(keys: &[(&'static str, &'static str)], y: f64) -> Markup {
    let mut x = MARGIN;
    let mut placed: Vec<(Point, &(&str, &str))> = Vec::new();
    for key in keys {
        placed.push(([x, y], key));
        x += key_width(key.1);
    }
    html! {
        @for ([x, y], (name, words)) in placed {
            line class={ "link " (name) } x1=(short(x)) y1=(short(y)) x2=(short(x + 24.0)) y2=(short(y)) {}
            text.key x=(short(x + 31.0)) y=(short(y)) { (words) }
        }
    }
}

/// A coordinate with one digit behind the point.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests;
