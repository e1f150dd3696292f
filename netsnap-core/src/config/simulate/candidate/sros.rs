//! How does Nokia SR OS take a line of its model-driven command line? (MD-CLI user guide; not measured.)

use super::super::Response;
use super::boot;
use super::edit::{self, Done};
use super::junos::response;
use super::schema::Schema;
use super::tree::Node;
use super::words::{Ends, bracketed};
use crate::error::Result;

/// Reads a configuration in braces (`info`, `admin show configuration`), or one path a line (`info flat`).
pub(super) fn boot(schema: &Schema, text: &str) -> Result<Node> {
    let is_path = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    if text
        .lines()
        .any(|line| line.trim_end().ends_with(['{', '}']))
    {
        return boot::braces(schema, text, Ends::WithLine);
    }
    let mut root = Node::default();
    for path in text.lines().filter(is_path) {
        let words = bracketed(path)?;
        let path_words = without_root(&words).unwrap_or(&words);
        if let Done::Refused(_) = edit::set(schema, &mut root, path_words) {
            boot::literally(&mut root, path_words);
        }
    }
    Ok(root)
}

/// Carries out one line of configuration mode.
///
/// What is deleted is named behind the verb, `delete /configure PATH`; the verb behind the root is not documented.
pub(super) fn line(schema: &Schema, root: &mut Node, line: &str) -> Response {
    let Ok(words) = bracketed(line) else {
        return response(&Done::Refused("a brace in a line"));
    };
    let done = match words.first().map(String::as_str) {
        None => Done::Surely,
        Some("delete") => match without_root(&words[1..]) {
            Some(path) => edit::delete(schema, root, path),
            None => Done::Refused("give the whole path"),
        },
        Some("insert") => Done::Refused("not known here"),
        Some(_) => match without_root(&words) {
            Some([verb, path @ ..]) if verb == "delete" => unsure(edit::delete(schema, root, path)),
            Some(path) => edit::set(schema, root, path),
            None => Done::Refused("give the whole path"),
        },
    };
    response(&done)
}

fn unsure(done: Done) -> Done {
    match done {
        Done::Surely | Done::Nothing => Done::Perhaps,
        other => other,
    }
}

fn without_root(words: &[String]) -> Option<&[String]> {
    match words.split_first() {
        Some((first, path)) if first == "/configure" || first == "configure" => Some(path),
        _ => None,
    }
}
