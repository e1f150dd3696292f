//! How are lines read that are whole paths?

use super::super::Configuration;
use super::lexer::{Lexer, Mark, Token};
use super::path::{Paths, Place};
use crate::error::Result;
use crate::platform::{Platform, Verbs};

/// Says whether a text is written so: whether its first word is a verb.
pub(super) fn is_flat(text: &str, platform: &Platform) -> bool {
    let grammar = &platform.grammar;
    let first = Lexer::of_paths(text, grammar).next();
    first.is_ok_and(|token| {
        token.is_some_and(|token| {
            let verbs = grammar.verbs();
            verbs.set == token.text
                || verbs.deactivate == token.text
                || is_of_changes(token.text, verbs)
        })
    })
}

/// Says whether a word is the verb of a change.
fn is_of_changes(word: &str, verbs: &Verbs) -> bool {
    let known = [&verbs.delete, &verbs.activate, &verbs.insert];
    word == "protect" || known.iter().any(|verb| verb.as_str() == word)
}

/// Reads one path a line.
pub(super) fn parse(text: &str, platform: &Platform) -> Result<Configuration> {
    let grammar = &platform.grammar;
    let mut lexer = Lexer::of_paths(text, grammar);
    let mut paths = Paths::of(text, grammar);
    let mut words = Vec::new();
    while let Some(token) = lexer.next()? {
        if token.mark != Mark::End {
            words.push(token);
            continue;
        }
        line(&mut paths, platform, &words)?;
        words.clear();
    }
    line(&mut paths, platform, &words)?;
    Ok(paths.finish(lexer.comments, None))
}

fn line(paths: &mut Paths, platform: &Platform, words: &[Token<'_>]) -> Result<()> {
    let Some((verb, path)) = words.split_first() else {
        return Ok(());
    };
    let path = match platform.grammar.root() {
        Some(_) => without_braces(path),
        None => path,
    };
    if path.is_empty() {
        return Err(verb.error("a line without a path", "give the path behind the verb"));
    }
    let verbs = platform.grammar.verbs();
    match platform.grammar.inactive() {
        _ if verb.text == verbs.set => set(paths, path),
        Some(mark) if verb.text == verbs.deactivate => {
            let around = paths.around(&Place::outermost(), path)?;
            paths.mark(&around.0, mark, &path[around.1..]);
            Ok(())
        }
        _ if is_of_changes(verb.text, verbs) => Err(verb.error(
            "a line changes a configuration instead of being a part of it",
            "pass the whole configuration: what has to be deleted is found out",
        )),
        _ => Err(verb.error(
            "a line does not begin as the first one does",
            "pass one configuration, without what the device printed around it",
        )),
    }
}

/// Where the configuration has a root, an entry with nothing in it is printed with empty braces.
fn without_braces<'w, 't>(path: &'w [Token<'t>]) -> &'w [Token<'t>] {
    match path {
        [path @ .., open, close] if open.text == "{" && close.text == "}" => path,
        _ => path,
    }
}

/// A list at the end sets each of its words.
fn set(paths: &mut Paths, path: &[Token<'_>]) -> Result<()> {
    let outermost = Place::outermost();
    let Some(open) = path.iter().position(|word| word.mark == Mark::ListOpen) else {
        return match path.iter().find(|word| word.mark != Mark::Word) {
            Some(bracket) => Err(bracket.error(
                "a bracket closes nothing",
                "give the [ before it, or quote it",
            )),
            None => paths.add(&outermost, path),
        };
    };
    let Some((close, list)) = path[open + 1..].split_last() else {
        return Err(path[open].error("a list has no end", "close it in the same line"));
    };
    if close.mark != Mark::ListClose || list.iter().any(|word| word.mark != Mark::Word) {
        return Err(path[open].error("a list has no end", "close it at the end of the line"));
    }
    let mut words = path[..open].to_vec();
    for word in list {
        words.push(*word);
        paths.add(&outermost, &words)?;
        words.pop();
    }
    Ok(())
}
