//! Which words of a line name a command, and which are its value?
//!
//! A pattern is written as the line itself: `ip ospf cost <value>`, `neighbor {peer} route-map <name> {way:in|out}`.
//! Braces are part of the command's identity, angle brackets are its value: two lines with the same identity are the
//! same command, and the later one overwrites. `...` takes the rest of the line, `...?` also nothing; after a colon
//! stand the allowed words, with `*` for anything and `#` for a number; of a rest the first word has to be allowed.

use super::captures::Captures;
use crate::error::{Error, ErrorKind, Result};

/// A line as a pattern.
#[derive(Clone, Debug)]
pub(crate) struct LinePattern(Vec<Token>);

/// So many words tell most patterns apart.
const FIRST: usize = 4;

/// The first words of a line, split once for many patterns.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FirstWords<'t> {
    words: [&'t str; FIRST],
    count: usize,
}

impl<'t> FirstWords<'t> {
    /// Splits a line.
    pub(crate) fn of(line: &'t str) -> Self {
        let mut first = Self::default();
        let mut rest = line.trim();
        while first.count < FIRST && !rest.is_empty() {
            let (word, behind) = split_word(rest);
            first.words[first.count] = word;
            first.count += 1;
            rest = behind;
        }
        first
    }

    fn words(&self) -> &[&'t str] {
        &self.words[..self.count]
    }
}

#[derive(Clone, Debug)]
enum Token {
    Literal(String),
    Capture(Capture),
}

#[derive(Clone, Debug)]
struct Capture {
    name: String,
    is_key: bool,
    extent: Extent,
    allowed: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Word,
    Rest,
    RestOrNothing,
}

impl LinePattern {
    /// Reads the notation.
    pub(crate) fn parse(notation: &str) -> Result<Self> {
        let tokens = notation
            .split_whitespace()
            .map(token)
            .collect::<Option<Vec<_>>>()
            .filter(|tokens| !tokens.is_empty() && rest_is_last(tokens));
        tokens.map(Self).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, "not a line pattern")
                .during("grammar.parse")
                .with("pattern", notation)
                .hint("captures are {key} or <value>, and only the last may take the rest")
        })
    }

    /// Returns the first word where it is fixed.
    pub(crate) fn first_word(&self) -> Option<&str> {
        match self.0.first() {
            Some(Token::Literal(word)) => Some(word),
            _ => None,
        }
    }

    /// Returns the second word where it is fixed.
    pub(super) fn second_word(&self) -> Option<&str> {
        match self.0.get(1) {
            Some(Token::Literal(word)) => Some(word),
            _ => None,
        }
    }

    /// Says whether a part of the line is a value, so that lines with different texts can be the same command.
    pub(crate) fn has_value(&self) -> bool {
        self.0
            .iter()
            .any(|token| matches!(token, Token::Capture(capture) if !capture.is_key))
    }

    /// Returns the name of the first value.
    pub(super) fn first_value(&self) -> Option<&str> {
        self.0.iter().find_map(|token| match token {
            Token::Capture(capture) if !capture.is_key => Some(capture.name.as_str()),
            _ => None,
        })
    }

    /// Returns the form as a text to fill in.
    pub(super) fn as_template(&self) -> Template {
        let word = |token: &Token| match token {
            Token::Literal(word) => word.clone(),
            Token::Capture(capture) => format!("{{{}}}", capture.name),
        };
        let words: Vec<String> = self.0.iter().map(word).collect();
        Template::new(words.join(" "))
    }

    /// Says whether a line has this form.
    pub(crate) fn matches(&self, line: &str) -> bool {
        self.walk(line, |_, _| ()).is_some()
    }

    /// Says whether a line with these first words can have this form: cheaper than to look at all of it.
    pub(crate) fn may_match(&self, first: &FirstWords<'_>) -> bool {
        for (token, word) in self.0.iter().zip(first.words()) {
            match token {
                Token::Literal(literal) if literal != word => return false,
                Token::Capture(capture) if capture.extent != Extent::Word => return true,
                Token::Literal(_) | Token::Capture(_) => {}
            }
        }
        true
    }

    /// Shows the words that name the command, one after the other; none when the line has another form.
    pub(crate) fn identity<'t>(&self, line: &'t str, mut visit: impl FnMut(&'t str)) -> Option<()> {
        self.walk(line, |capture, text| {
            if capture.is_key {
                visit(text);
            }
        })
    }

    /// Returns how many words of a path this form takes from its beginning; none where it does not fit.
    pub(super) fn begins(&self, path: &[&str]) -> Option<usize> {
        let words = path.get(..self.0.len())?;
        let mut pairs = self.0.iter().zip(words);
        pairs
            .all(|(token, word)| token.is_word(word))
            .then_some(words.len())
    }

    /// Says whether words are those before the first value of this form.
    pub(super) fn is_named_by(&self, words: &[&str]) -> bool {
        let is_value = |token: &Token| matches!(token, Token::Capture(capture) if !capture.is_key);
        let names = self.0.iter().position(is_value).unwrap_or(self.0.len());
        let mut pairs = self.0.iter().zip(words);
        names == words.len() && pairs.all(|(token, word)| token.is_word(word))
    }

    /// Returns a line up to its first value.
    pub(super) fn named<'t>(&self, line: &'t str) -> &'t str {
        let mut rest = line;
        for token in &self.0 {
            if let Token::Capture(capture) = token
                && (!capture.is_key || capture.extent != Extent::Word)
            {
                let taken = if capture.is_key {
                    line
                } else {
                    &line[..line.len() - rest.len()]
                };
                return taken.trim_end();
            }
            (_, rest) = split_word(rest);
        }
        line
    }

    /// Returns what each capture took; empty when the line has another form.
    pub(crate) fn captures<'t>(&'t self, line: &'t str) -> Captures<'t> {
        let mut found = Captures::default();
        self.walk(line, |capture, text| {
            found.add(capture.name.as_str(), text);
        });
        found
    }

    /// Says whether a capture has this name.
    pub(super) fn has_capture(&self, name: &str) -> bool {
        self.0
            .iter()
            .any(|token| matches!(token, Token::Capture(capture) if capture.name == name))
    }

    /// Writes lines of this form: one for each allowed word, and one for each length of a rest.
    pub(super) fn samples(&self) -> impl Iterator<Item = String> {
        let choices = self.0.iter().map(|token| match token {
            Token::Literal(_) => 1,
            Token::Capture(capture) => capture.allowed.len().max(RESTS.len()),
        });
        (0..choices.max().unwrap_or(1)).map(|place| {
            let words = self.0.iter().map(|token| token.sample(place));
            let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
            words.join(" ")
        })
    }

    fn walk<'p, 't>(
        &'p self,
        line: &'t str,
        mut visit: impl FnMut(&'p Capture, &'t str),
    ) -> Option<()> {
        let mut rest = line.trim();
        for token in &self.0 {
            let (word, after) = split_word(rest);
            rest = match token {
                Token::Literal(literal) => (literal == word).then_some(after)?,
                Token::Capture(capture) => {
                    let (text, after) = capture.take(rest, word, after)?;
                    visit(capture, text);
                    after
                }
            };
        }
        rest.is_empty().then_some(())
    }
}

/// What a rest can be; the last one only where it can be nothing.
const RESTS: &[&str] = &["x", "x x x", ""];

impl Token {
    /// Writes what it takes.
    fn sample(&self, place: usize) -> String {
        let capture = match self {
            Self::Literal(word) => return word.clone(),
            Self::Capture(capture) => capture,
        };
        let allowed = capture.allowed.len().max(1);
        match capture.allowed.get(place % allowed).map(String::as_str) {
            Some("#") => "7".to_owned(),
            Some(glob) => glob.replace('*', "7"),
            None => capture.extent.sample(place).to_owned(),
        }
    }

    /// Says whether it takes exactly this word.
    fn is_word(&self, word: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == word,
            Self::Capture(capture) => capture.extent == Extent::Word && capture.allows(word),
        }
    }
}

impl Extent {
    fn sample(self, place: usize) -> &'static str {
        match self {
            Self::Word => RESTS[0],
            Self::Rest => RESTS[place % 2],
            Self::RestOrNothing => RESTS[place % RESTS.len()],
        }
    }
}

impl Capture {
    fn take<'t>(&self, rest: &'t str, word: &'t str, after: &'t str) -> Option<(&'t str, &'t str)> {
        match self.extent {
            Extent::RestOrNothing if word.is_empty() => Some((rest, "")),
            _ if word.is_empty() || !self.allows(word) => None,
            Extent::Rest | Extent::RestOrNothing => Some((rest, "")),
            Extent::Word => Some((word, after)),
        }
    }

    fn allows(&self, word: &str) -> bool {
        self.allowed.is_empty() || self.allowed.iter().any(|glob| fits(glob, word))
    }
}

pub(super) fn split_word(text: &str) -> (&str, &str) {
    let end = match text.starts_with('"') {
        true => quoted(text).or_else(|| blank(text)),
        false => blank(text),
    };
    match end {
        Some(end) => (&text[..end], behind(&text[end..])),
        None => (text, ""),
    }
}

/// Returns what stands behind a word and the blanks after it; as a rule that is one.
fn behind(rest: &str) -> &str {
    match rest.as_bytes() {
        [b' ', b'!'..=b'~', ..] => &rest[1..],
        _ => rest.trim_start(),
    }
}

/// The first line of a text of several lines ends a word too.
fn blank(text: &str) -> Option<usize> {
    text.bytes().position(|byte| byte == b' ' || byte == b'\n')
}

/// Where a quoted word ends, where it does.
fn quoted(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })? + 2;
    let is_whole = text[end..].is_empty() || text[end..].starts_with([' ', '\n']);
    is_whole.then_some(end)
}

fn fits(glob: &str, word: &str) -> bool {
    if glob == "#" {
        return word.bytes().all(|byte| byte.is_ascii_digit());
    }
    match glob.split_once('*') {
        Some((start, end)) => {
            word.len() >= start.len() + end.len()
                && word.starts_with(start)
                && (end.is_empty() || contains_glob(&word[start.len()..], end))
        }
        None => glob == word,
    }
}

/// `end` stands behind a `*`, and may hold another one at its end: `*.*`.
fn contains_glob(word: &str, end: &str) -> bool {
    match end.strip_suffix('*') {
        Some(middle) => word.contains(middle),
        None => word.ends_with(end),
    }
}

fn token(word: &str) -> Option<Token> {
    let (is_key, body) = match (word.as_bytes().first()?, word.as_bytes().last()?) {
        (b'{', b'}') => (true, &word[1..word.len() - 1]),
        (b'<', b'>') => (false, &word[1..word.len() - 1]),
        (b'{' | b'<', _) | (_, b'}' | b'>') => return None,
        _ => return Some(Token::Literal(word.to_owned())),
    };
    let (body, extent) = match body {
        body if body.ends_with("...?") => (&body[..body.len() - 4], Extent::RestOrNothing),
        body if body.ends_with("...") => (&body[..body.len() - 3], Extent::Rest),
        body => (body, Extent::Word),
    };
    let (name, allowed) = body.split_once(':').unwrap_or((body, ""));
    Some(Token::Capture(Capture {
        name: name.to_owned(),
        is_key,
        extent,
        allowed: allowed
            .split('|')
            .filter(|glob| !glob.is_empty())
            .map(str::to_owned)
            .collect(),
    }))
}

fn rest_is_last(tokens: &[Token]) -> bool {
    let (_, before) = tokens.split_last().expect("checked to be non-empty");
    before.iter().all(|token| match token {
        Token::Capture(capture) => capture.extent == Extent::Word,
        Token::Literal(_) => true,
    })
}

/// A text with captures to fill in: `no ip ospf cost`, `prefix-list {name}`.
#[derive(Clone, Debug)]
pub(crate) struct Template(String);

impl Template {
    /// Takes the text as it stands in a table.
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns the text as it stands in a table.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Returns the names of the captures that it takes.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let pieces = self.0.split('{').skip(1);
        pieces.filter_map(|piece| {
            let inside = piece.split_once('}')?.0;
            let end = inside.find(['#', '.', '*']).unwrap_or(inside.len());
            Some(&inside[..end])
        })
    }

    /// Fills in what a pattern captured; an unknown name stays as it is. `{name#}` takes the number at the end: 10 of `Vlan10`.
    pub(crate) fn fill(&self, captures: &Captures<'_>) -> String {
        let mut text = String::with_capacity(2 * self.0.len());
        let mut rest = self.0.as_str();
        while let Some((before, behind)) = rest.split_once('{') {
            text.push_str(before);
            match captured(behind, captures) {
                Some((value, after)) => {
                    text.push_str(value);
                    rest = after;
                }
                None => {
                    text.push('{');
                    rest = behind;
                }
            }
        }
        text.push_str(rest);
        text.truncate(text.trim_end().len());
        text
    }

    /// The same, where `{options.route-map}` stands for the word behind `route-map` in what `options` took; none without one.
    pub(super) fn fill_behind(&self, captures: &Captures<'_>) -> Option<String> {
        let Some((name, word)) = self.behind() else {
            return Some(self.fill(captures));
        };
        let mut words = captures.get(name)?.split(' ');
        words.by_ref().find(|other| *other == word)?;
        let filled = Self(self.0.replace(&format!("{{{name}.{word}}}"), words.next()?));
        Some(filled.fill(captures))
    }

    /// The same, where `{lists*}` stands for each word of what `lists` took, but for one that only says how they are compared.
    pub(super) fn fill_each(&self, captures: &Captures<'_>) -> Vec<String> {
        let each = self
            .0
            .split_once("*}")
            .and_then(|(before, _)| before.rsplit_once('{'));
        let Some((_, name)) = each else {
            return self.fill_behind(captures).into_iter().collect();
        };
        let words = captures
            .get(name)
            .into_iter()
            .flat_map(|words| words.split(' '));
        let words = words.filter(|word| *word != "exact-match");
        let one = |word| Self(self.0.replace(&format!("{{{name}*}}"), word)).fill(captures);
        words.map(one).collect()
    }

    fn behind(&self) -> Option<(&str, &str)> {
        let (_, inside) = self.0.split_once('{')?;
        inside.split_once('}')?.0.split_once('.')
    }
}

/// Returns what stands for a name in braces, and what stands behind them.
fn captured<'t>(behind: &'t str, captures: &Captures<'t>) -> Option<(&'t str, &'t str)> {
    let (name, after) = behind.split_once('}')?;
    let value = match (captures.get(name), name.strip_suffix('#')) {
        (Some(value), _) => value,
        (None, Some(name)) => number_of(captures.get(name)?),
        (None, None) => return None,
    };
    Some((value, after))
}

/// Returns the digits at the end of a word.
fn number_of(word: &str) -> &str {
    let before = word.trim_end_matches(|digit: char| digit.is_ascii_digit());
    &word[before.len()..]
}

#[cfg(test)]
mod tests;
