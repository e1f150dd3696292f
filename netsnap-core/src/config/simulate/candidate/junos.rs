//! How does Juniper Junos take a line? (Junos OS CLI User Guide; not measured.)

use super::super::Response;
use super::boot;
use super::edit::{self, Done};
use super::schema::Schema;
use super::tree::{Node, Side};
use super::words::{Ends, words};
use crate::error::Result;

/// Reads a configuration in braces, or one `set` path a line (`show configuration | display set`).
pub(super) fn boot(schema: &Schema, text: &str) -> Result<Node> {
    let is_path = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let first = text.lines().find(is_path).map(words).unwrap_or_default();
    let has_paths = first
        .first()
        .is_some_and(|word| matches!(word.as_str(), "set" | "deactivate"));
    if !has_paths {
        return boot::braces(schema, text, Ends::WithSemicolon);
    }
    let mut root = Node::default();
    for path in text.lines().filter(is_path) {
        if !line(schema, &mut root, path).accepted {
            boot::literally(&mut root, &words(path));
        }
    }
    Ok(root)
}

/// Carries out one line of configuration mode.
pub(super) fn line(schema: &Schema, root: &mut Node, line: &str) -> Response {
    let words = words(line);
    let Some((verb, path)) = words.split_first() else {
        return Response::taken(String::new());
    };
    let done = match verb.as_str() {
        comment if comment.starts_with('#') => Done::Surely,
        "set" => edit::set(schema, root, path),
        "delete" => edit::delete(schema, root, path),
        "activate" => edit::mark(schema, root, (path, false)),
        "deactivate" => edit::mark(schema, root, (path, true)),
        "insert" => insert(schema, root, path),
        _ => Done::Refused("unknown command."),
    };
    response(&done)
}

fn insert(schema: &Schema, root: &mut Node, words: &[String]) -> Done {
    let side = |word: &String| match word.as_str() {
        "before" => Some(Side::Before),
        "after" => Some(Side::After),
        _ => None,
    };
    let Some((at, side)) = words
        .iter()
        .enumerate()
        .rev()
        .find_map(|(at, word)| Some((at, side(word)?)))
    else {
        return Done::Refused("missing argument.");
    };
    edit::insert(schema, root, (&words[..at], side, &words[at + 1..]))
}

/// What is not there is not deleted, moved or switched: `warning: statement not found`. The line is taken.
pub(super) fn response(done: &Done) -> Response {
    match done {
        Done::Surely => Response::taken(String::new()),
        Done::Perhaps => Response {
            modelled: false,
            ..Response::taken(String::new())
        },
        Done::Nothing => Response::taken("warning: statement not found".to_owned()),
        Done::Refused(why) => Response::refused(format!("error: {why}")),
    }
}
