//! Where does a path of words lead?

use super::numbers;
use super::schema::{Body, Found, Head, Order, Schema, SectionId, StatementId};
use super::value::{Fit, fit_all};

/// One piece of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Into a section.
    Enter(StatementId, String),
    /// A statement that holds no others, with its one value.
    Put(StatementId, String, Option<String>),
    /// Words that no rule knows.
    Literal(String),
}

/// Why a path leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Astray {
    /// Words are missing.
    Missing,
    /// A value does not fit.
    Invalid,
}

/// What a path sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) steps: Vec<Step>,
    /// Whether the device may do otherwise.
    pub(super) is_doubtful: bool,
}

impl Path {
    /// Follows words that set something in a section; several statements of one section may follow each other.
    pub(super) fn follow(
        schema: &Schema,
        section: SectionId,
        words: &[String],
    ) -> Result<Self, Astray> {
        let mut path = Self::default();
        let (mut section, mut at) = (section, 0);
        while at < words.len() {
            let rest = &words[at..];
            match schema.find(section, rest) {
                Found::Head(head) => {
                    at += head.words.len();
                    (section, at) = path.take(schema, &head, (section, words, at))?;
                }
                Found::Short => return Err(Astray::Missing),
                Found::Wrong => return Err(Astray::Invalid),
                Found::Nothing => {
                    path.steps.push(Step::Literal(rest.join(" ")));
                    path.is_doubtful = true;
                    return Ok(path);
                }
            }
        }
        Ok(path)
    }

    /// Takes what stands behind a head.
    fn take(
        &mut self,
        schema: &Schema,
        head: &Head,
        (section, words, at): (SectionId, &[String], usize),
    ) -> Result<(SectionId, usize), Astray> {
        let key = head.words.join(" ");
        self.is_doubtful |= head.doubtful;
        match &schema.statement(head.statement).body {
            Body::Section { section, .. } => {
                self.steps.push(Step::Enter(head.statement, key));
                Ok((*section, at))
            }
            Body::Flag => {
                self.steps.push(Step::Put(head.statement, key, None));
                Ok((section, at))
            }
            Body::Leaf(kinds) => {
                let (fit, length) = fit_all(kinds, &words[at..]).ok_or(Astray::Missing)?;
                let value = self.value(fit)?;
                self.steps.push(Step::Put(head.statement, key, Some(value)));
                Ok((section, at + length))
            }
            Body::Text(_) => {
                self.steps.push(Step::Put(head.statement, key, None));
                Ok((section, at))
            }
            Body::Numbers => {
                let value = self.value(numbers::spelled(&words[at..]))?;
                self.steps.push(Step::Put(head.statement, key, Some(value)));
                Ok((section, words.len()))
            }
            Body::Many(kind) => {
                let (values, behind) = values(words, at)?;
                for word in values {
                    let value = self.value(kind.fit(word))?;
                    let key = format!("{key} {value}");
                    self.steps.push(Step::Put(head.statement, key, None));
                }
                Ok((section, behind))
            }
        }
    }

    fn value(&mut self, fit: Fit) -> Result<String, Astray> {
        match fit {
            Fit::Yes(value) => Ok(value),
            Fit::Doubtful(value) => {
                self.is_doubtful = true;
                Ok(value)
            }
            Fit::No => Err(Astray::Invalid),
        }
    }
}

/// One value, or those in brackets; and where the words behind them begin.
fn values(words: &[String], at: usize) -> Result<(&[String], usize), Astray> {
    match words.get(at).map(String::as_str) {
        None => Err(Astray::Missing),
        Some("[") => {
            let length = words[at + 1..].iter().position(|word| word == "]");
            let end = at + 1 + length.ok_or(Astray::Missing)?;
            Ok((&words[at + 1..end], end + 1))
        }
        Some(_) => Ok((&words[at..=at], at + 1)),
    }
}

/// What a path names that stands already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The sections around it.
    pub(super) around: Vec<String>,
    /// What it names in the innermost one.
    pub(super) target: Target,
    /// Whether the device may do otherwise.
    pub(super) is_doubtful: bool,
    /// Whether it is a part of a statement that stands on one line.
    pub(super) in_one_line: bool,
}

/// What the last words of a path name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// One statement, by its key, and what else begins with its words.
    One {
        statement: StatementId,
        key: String,
        like: Vec<StatementId>,
    },
    /// A statement and its value.
    Value { key: String, value: String },
    /// All statements of these rules whose keys begin with these words.
    All(Vec<StatementId>, String),
    /// What no rule knows.
    Literal(String),
}

impl Place {
    /// Follows words that name something in a section.
    pub(super) fn follow(
        schema: &Schema,
        section: SectionId,
        words: &[String],
    ) -> Result<Self, Astray> {
        let mut place = Self {
            around: Vec::new(),
            target: Target::Literal(String::new()),
            is_doubtful: false,
            in_one_line: false,
        };
        let (mut section, mut rest) = (section, words);
        loop {
            let found = schema.find(section, rest);
            let like = schema.beginning_with(section, rest);
            let Found::Head(head) = found else {
                place.target = place.partly(schema, (&found, like), rest)?;
                return Ok(place);
            };
            rest = &rest[head.words.len()..];
            let key = head.words.join(" ");
            place.is_doubtful |= head.doubtful;
            let statement = schema.statement(head.statement);
            match &statement.body {
                Body::Section { section: inner, .. } if !rest.is_empty() => {
                    place.around.push(key);
                    place.in_one_line |= statement.one_line;
                    section = *inner;
                }
                body => {
                    let one = (head.statement, key, like);
                    place.target = target(body, one, rest)?;
                    return Ok(place);
                }
            }
        }
    }

    fn partly(
        &mut self,
        schema: &Schema,
        (found, like): (&Found, Vec<StatementId>),
        rest: &[String],
    ) -> Result<Target, Astray> {
        match found {
            // All entries of a list at once: some devices ask for a name.
            Found::Short if !like.is_empty() => {
                let rules: Vec<_> = like.iter().map(|id| schema.statement(*id)).collect();
                let is_enough = |words: usize| words == rest.len();
                self.is_doubtful |= !rules.iter().any(|rule| is_enough(rule.owns))
                    && rules
                        .iter()
                        .any(|rule| rule.names_values() && !is_enough(rule.removed_by));
                Ok(Target::All(like, rest.join(" ")))
            }
            Found::Short | Found::Head(_) => Err(Astray::Missing),
            Found::Wrong => Err(Astray::Invalid),
            Found::Nothing => {
                self.is_doubtful = true;
                Ok(Target::Literal(rest.join(" ")))
            }
        }
    }
}

fn target(
    body: &Body,
    (statement, key, like): (StatementId, String, Vec<StatementId>),
    rest: &[String],
) -> Result<Target, Astray> {
    let spelled = |fit: Fit| match fit {
        Fit::Yes(value) | Fit::Doubtful(value) => Ok(value),
        Fit::No => Err(Astray::Invalid),
    };
    match (body, rest) {
        (Body::Many(_), []) => Ok(Target::All(vec![statement], key)),
        (_, []) => Ok(Target::One {
            statement,
            key,
            like,
        }),
        (Body::Numbers, values) => Ok(Target::Value {
            key,
            value: spelled(numbers::spelled(values))?,
        }),
        (Body::Many(kind), [value]) => Ok(Target::One {
            statement,
            key: format!("{key} {}", spelled(kind.fit(value))?),
            like: Vec::new(),
        }),
        (Body::Leaf(kinds), values) => match fit_all(kinds, values) {
            Some((fit, length)) if length == values.len() => Ok(Target::Value {
                key,
                value: spelled(fit)?,
            }),
            _ => Err(Astray::Invalid),
        },
        _ => Err(Astray::Invalid),
    }
}

/// Says whether the user may change the order among statements of a rule.
pub(super) fn is_users(schema: &Schema, statement: StatementId) -> bool {
    schema.statement(statement).order != Order::System
}
