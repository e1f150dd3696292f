//! What does a change of a path do to the tree?

use super::beside;
use super::effects;
use super::numbers;
use super::path::{Astray, Path, Place, Step, Target, is_users};
use super::schema::{Body, Schema, SectionId, StatementId};
use super::tree::{Node, Side};

/// How a change ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// As the rules say.
    Surely,
    /// It was carried out, and the device may do otherwise.
    Perhaps,
    /// There was nothing to change.
    Nothing,
    /// The device refuses it.
    Refused(&'static str),
}

/// Whether the device printed a line when it booted: then it prints it, though what it says may hold by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Before,
    Never,
}

impl From<Astray> for Done {
    fn from(astray: Astray) -> Self {
        Self::Refused(match astray {
            Astray::Missing => "missing argument.",
            Astray::Invalid => "invalid value",
        })
    }
}

impl Done {
    pub(super) fn sure(is_sure: bool) -> Self {
        match is_sure {
            true => Self::Surely,
            false => Self::Perhaps,
        }
    }
}

/// Sets what a path says. What would not stand by itself is doubtful: the device may refuse it.
pub(super) fn set(schema: &Schema, root: &mut Node, words: &[String]) -> Done {
    match apply(schema, (Schema::ROOT, root), (words, Shown::Never)) {
        Ok((is_sure, last)) => {
            Done::sure(is_sure && (last.statement.is_none() || last.stands(schema)))
        }
        Err(astray) => astray.into(),
    }
}

/// Sets what a line in a section says; it may only enter another one.
pub(super) fn set_in(
    schema: &Schema,
    place: (SectionId, &mut Node),
    line: (&[String], Shown),
) -> Done {
    match apply(schema, place, line) {
        Ok((is_sure, _)) => Done::sure(is_sure),
        Err(astray) => astray.into(),
    }
}

/// Carries a path out; says whether that is sure, and where it ended.
fn apply<'n>(
    schema: &Schema,
    (within, root): (SectionId, &'n mut Node),
    (words, shown): (&[String], Shown),
) -> Result<(bool, &'n mut Node), Astray> {
    let path = Path::follow(schema, within, words)?;
    let mut is_doubtful = path.is_doubtful;
    let mut node = root;
    for step in path.steps {
        match step {
            Step::Enter(id, key) => {
                is_doubtful |= clear_choice(schema, node, (id, &key));
                is_doubtful |= has_rival(node, &key);
                node = node.children.entry(Node::new(Some(id), key, None));
            }
            Step::Put(id, key, value) => {
                is_doubtful |= clear_choice(schema, node, (id, &key));
                is_doubtful |= put(schema, node, (Node::new(Some(id), key, value), shown));
            }
            Step::Literal(text) => {
                node.children.entry(Node::new(None, text, None));
            }
        }
    }
    Ok((!is_doubtful, node))
}

/// Puts a statement without others in it; says whether that is doubtful.
fn put(schema: &Schema, section: &mut Node, (node, shown): (Node, Shown)) -> bool {
    let has_rival = has_rival(section, &node.key);
    let mut value = node.value.clone();
    let rule = node.rule(schema);
    let old = section.children.get(&node.key);
    if rule.is_some_and(|rule| rule.body == Body::Numbers) {
        let old = old.and_then(|old| old.value.as_deref());
        value = value.map(|more| numbers::with(old, &more));
    }
    let stands = section.children.entry(node);
    let rule = stands.rule(schema);
    let is_long = stands
        .value
        .as_ref()
        .is_some_and(|value| value.contains(' '));
    let resists = rule.is_some_and(|rule| {
        let is_doubtful = || {
            value
                .as_ref()
                .is_some_and(|new| rule.doubtful.contains(new))
        };
        rule.immutable
            || rule.change_unproven
            || (is_long && rule.body.has_words())
            || (shown == Shown::Never && is_doubtful())
    });
    let changes = stands.value != value;
    stands.value = value;
    has_rival || (changes && (stands.inactive || resists))
}

/// Says whether what no rule knows may be about the same thing.
fn has_rival(section: &Node, key: &str) -> bool {
    let first = |text: &str| text.split(' ').next().map(str::to_owned);
    let word = first(key);
    let mut children = section.children.iter();
    children.any(|child| child.statement.is_none() && first(&child.key) == word)
}

/// Takes out what cannot stand beside a statement; says whether that is doubtful: what no rule knows may be of the choice.
fn clear_choice(schema: &Schema, section: &mut Node, (id, key): (StatementId, &str)) -> bool {
    if schema.statement(id).single {
        let like = |child: &Node| child.statement == Some(id) && child.key != key;
        section.children.take_out(like);
    }
    let replaced = replace_same(schema, section, (id, key));
    let Some((choice, case)) = &schema.statement(id).choice else {
        return replaced;
    };
    section.children.take_out(|child| {
        let other = child.rule(schema).and_then(|rule| rule.choice.as_ref());
        child.key != key && other.is_some_and(|(name, other)| name == choice && other != case)
    });
    let mut children = section.children.iter();
    replaced || children.any(|child| child.statement.is_none())
}

/// Takes out what has the same identity under another key; says whether there was any. What the device does is then not known.
fn replace_same(schema: &Schema, section: &mut Node, (id, key): (StatementId, &str)) -> bool {
    let places = &schema.statement(id).identity;
    if places.is_empty() {
        return false;
    }
    let identity = |key: &str| -> Vec<String> {
        let words: Vec<&str> = key.split(' ').collect();
        let picked = places.iter().filter_map(|place| words.get(*place));
        picked.map(|word| (*word).to_owned()).collect()
    };
    let own = identity(key);
    let gone = section.children.take_out(|child| {
        child.statement == Some(id) && child.key != key && identity(&child.key) == own
    });
    gone > 0 && !schema.statement(id).overwrites
}

/// Takes out what a path names. A section that does not stand empty goes with the last of its statements (RFC 7950, section
/// 7.5.1).
pub(super) fn delete(schema: &Schema, root: &mut Node, words: &[String]) -> Done {
    let done = delete_in(schema, (Schema::ROOT, root), words);
    if let Ok(place) = Place::follow(schema, Schema::ROOT, words) {
        prune(schema, root, &place.around);
    }
    done
}

/// The same in a section; sections stay while they are open.
pub(super) fn delete_in(
    schema: &Schema,
    (within, root): (SectionId, &mut Node),
    words: &[String],
) -> Done {
    let place = match Place::follow(schema, within, words) {
        Ok(place) => place,
        Err(astray) => return astray.into(),
    };
    let Some(section) = section(root, &place.around) else {
        return Done::Nothing;
    };
    let mut is_sure = !place.is_doubtful;
    let is_outermost = within == Schema::ROOT && place.around.is_empty();
    is_sure &= beside::goes_surely(schema, section, &place.target)
        && !(is_outermost && beside::is_needed(schema, section, &place.target));
    effects::follow(schema, section, &place.target);
    let gone = match &place.target {
        Target::One {
            key,
            like,
            statement,
        } => {
            is_sure &= !has_rival(section, key);
            let begins = beginning(key);
            let spares = schema.statement(*statement).spares_like;
            let goes = |child: &Node| !spares && begins(child) && is_of(child, like);
            let picked = |child: &Node| child.key == *key || goes(child);
            section.children.take_out(picked)
        }
        Target::All(statements, key) => {
            let begins = beginning(key);
            let picked = |child: &Node| begins(child) && is_of(child, statements);
            section.children.take_out(picked)
        }
        Target::Value { key, value } if effects::shrinks(schema, section, (key, value)) => 1,
        Target::Value { key, value } => {
            let is_it = |child: &Node| child.key == *key && child.value.as_ref() == Some(value);
            let other = section.children.get(key).is_some_and(|child| !is_it(child));
            is_sure &= !other;
            section.children.take_out(is_it)
        }
        Target::Literal(text) => {
            let begins = beginning(text);
            let picked = |child: &Node| child.statement.is_none() && begins(child);
            section.children.take_out(picked)
        }
    };
    match gone {
        0 if is_sure => Done::Nothing,
        _ => Done::sure(is_sure),
    }
}

/// Asks whether the key of a statement is these words, or begins with them.
fn beginning(words: &str) -> impl Fn(&Node) -> bool {
    let longer = format!("{words} ");
    move |node| node.key.starts_with(&longer) || node.key == longer[..longer.len() - 1]
}

fn is_of(node: &Node, statements: &[StatementId]) -> bool {
    node.statement.is_some_and(|id| statements.contains(&id))
}

fn section<'n>(root: &'n mut Node, around: &[String]) -> Option<&'n mut Node> {
    around
        .iter()
        .try_fold(root, |node, key| node.children.get_mut(key))
}

fn prune(schema: &Schema, root: &mut Node, around: &[String]) {
    let Some((key, inner)) = around.split_first() else {
        return;
    };
    if let Some(node) = root.children.get_mut(key) {
        prune(schema, node, inner);
        if !node.stands(schema) {
            root.children.take_out(|child| child.key == *key);
        }
    }
}

/// Switches what a path names on or off.
pub(super) fn mark(
    schema: &Schema,
    root: &mut Node,
    (words, is_inactive): (&[String], bool),
) -> Done {
    let place = match Place::follow(schema, Schema::ROOT, words) {
        Ok(place) => place,
        Err(astray) => return astray.into(),
    };
    let Some(section) = section(root, &place.around) else {
        return Done::Nothing;
    };
    let (key, is_whole) = match &place.target {
        Target::One { key, like, .. } => (key, like.len() <= 1),
        Target::Value { key, .. } => (key, false),
        Target::Literal(text) => (text, false),
        Target::All(statements, key) => {
            let begins = beginning(key);
            let mut children = section.children.iter();
            match children.find(|child| begins(child) && is_of(child, statements)) {
                Some(first) => (&first.key.clone(), false),
                None => return Done::Nothing,
            }
        }
    };
    let Some(node) = section.children.get_mut(key) else {
        return Done::Nothing;
    };
    node.inactive = is_inactive;
    Done::sure(is_whole && !place.is_doubtful && !place.in_one_line)
}

/// Moves what a path names beside another of its like.
pub(super) fn insert(
    schema: &Schema,
    root: &mut Node,
    (words, side, other): (&[String], Side, &[String]),
) -> Done {
    let place = match Place::follow(schema, Schema::ROOT, words) {
        Ok(place) => place,
        Err(astray) => return astray.into(),
    };
    let Target::One { statement, key, .. } = &place.target else {
        return Done::Refused("there is no such order");
    };
    if !is_users(schema, *statement) {
        return Done::Refused("the device has its own order here");
    }
    let Some((beside, is_named)) = beside(schema, (*statement, key), other) else {
        return Done::Refused("invalid value");
    };
    let Some(section) = section(root, &place.around) else {
        return Done::Nothing;
    };
    let stands = |key: &str| section.children.get(key).is_some();
    if !stands(key) || !stands(&beside) {
        return Done::Nothing;
    }
    section.children.move_beside(key, (side, &beside));
    Done::sure(is_named && !place.is_doubtful)
}

/// The key of the other one: its words as they stand in the path (`term a`), of lists of values its value alone
/// (`import B before A`). Says too whether it was named so.
fn beside(
    schema: &Schema,
    (statement, key): (StatementId, &str),
    other: &[String],
) -> Option<(String, bool)> {
    let is_list = matches!(
        schema.statement(statement).body,
        super::schema::Body::Many(_)
    );
    let named = other.join(" ");
    let Some((head, _)) = key.rsplit_once(' ') else {
        return (other.len() == 1).then_some((named, true));
    };
    match other {
        [_] => Some((format!("{head} {named}"), is_list)),
        _ if named.starts_with(&format!("{head} ")) => Some((named, !is_list)),
        _ => None,
    }
}
