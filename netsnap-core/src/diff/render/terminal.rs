//! How does a difference look on a terminal: side by side, below each other, or in one line?

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::rows::{Row, RowKind, rows};
use super::{Color, View};
use crate::diff::words::{Piece, PieceKind, pieces};

/// The sign between the sides, with a blank around it.
const GUTTER: usize = 3;

/// More columns than any terminal has: each row is filled up to its width.
const WIDEST: usize = 1000;

/// Shows two texts beside each other on a terminal of a width. Equal texts give an empty one.
///
/// Long lines are cut with `…`, around the first difference where that would not be seen otherwise; wide characters count as two
/// columns, and control characters are shown, never sent. No terminal has more than a thousand columns.
#[must_use]
pub fn side_by_side(before: &str, after: &str, width: usize, color: Color) -> String {
    let view = View {
        width,
        color,
        ..View::default()
    };
    beside(before, after, &view)
}

/// Shows two texts beside each other. More rows than the view has are counted in the last line.
#[must_use]
pub fn beside(before: &str, after: &str, view: &View) -> String {
    let rows = rows(before, after, view.context);
    let numbers = digits(&rows);
    let width = view.width.min(WIDEST);
    let column = (width.saturating_sub(GUTTER) / 2).max(numbers + 2);
    let show = |row: &Row| {
        let (left, right) = both(row);
        let cell = |line: Option<&(usize, String)>, spans: &[Span<'_>]| match line {
            Some((number, _)) => {
                let room = column - numbers - 1;
                let (text, used) = fitted(spans, (room, alike(row)), view.color);
                let blank = " ".repeat(room.saturating_sub(used));
                format!("{number:>numbers$} {text}{blank}")
            }
            None => " ".repeat(column),
        };
        let left = cell(row.left.as_ref(), &left);
        let right = cell(row.right.as_ref(), &right);
        let sign = paint(sign(row.kind), code(row.kind), view.color);
        format!("{left} {sign} {right}").trim_end().to_owned()
    };
    limited(&rows, view, |row| vec![show(row)])
}

/// Shows what was removed and added below each other, the words that differ marked.
#[must_use]
pub fn inline(before: &str, after: &str, view: &View) -> String {
    let rows = rows(before, after, view.context);
    let numbers = digits(&rows);
    let room = view.width.saturating_sub(2 * numbers + 4).max(8);
    let line = |row: &Row, sign: &str, kind: RowKind, spans: &[Span<'_>]| {
        let number = |side: Option<&(usize, String)>| match side {
            Some((number, _)) => format!("{number:>numbers$}"),
            None => " ".repeat(numbers),
        };
        let (left, right) = match kind {
            RowKind::Removed => (row.left.as_ref(), None),
            RowKind::Added => (None, row.right.as_ref()),
            _ => (row.left.as_ref(), row.right.as_ref()),
        };
        let (text, _) = fitted(spans, (room, alike(row)), view.color);
        let sign = paint(sign, code(kind), view.color);
        format!("{} {} {sign} {text}", number(left), number(right))
            .trim_end()
            .to_owned()
    };
    limited(&rows, view, |row| {
        let (left, right) = both(row);
        match row.kind {
            RowKind::Gap => vec![format!("{} ⋮", " ".repeat(2 * numbers))],
            RowKind::Same => vec![line(row, " ", RowKind::Same, &left)],
            RowKind::Removed => vec![line(row, "-", RowKind::Removed, &left)],
            RowKind::Added => vec![line(row, "+", RowKind::Added, &right)],
            RowKind::Changed => vec![
                line(row, "-", RowKind::Removed, &left),
                line(row, "+", RowKind::Added, &right),
            ],
        }
    })
}

/// Shows changed lines once, what went in `[-…-]` and what came in `{+…+}`, as `git diff --word-diff` does.
#[must_use]
pub fn by_words(before: &str, after: &str, view: &View) -> String {
    let rows = rows(before, after, view.context);
    let gone = |text: &str| paint(&format!("[-{}-]", shown(text)), "31", view.color);
    let come = |text: &str| paint(&format!("{{+{}+}}", shown(text)), "32", view.color);
    let text =
        |side: &Option<(usize, String)>| side.as_ref().map_or("", |(_, text)| text).to_owned();
    limited(&rows, view, |row| {
        let (left, right) = (text(&row.left), text(&row.right));
        match row.kind {
            RowKind::Gap => vec!["⋮".to_owned()],
            RowKind::Same => vec![shown(&left)],
            RowKind::Removed => vec![gone(&left)],
            RowKind::Added => vec![come(&right)],
            RowKind::Changed => match pieces(&left, &right) {
                None => vec![gone(&left), come(&right)],
                Some(pieces) => {
                    let word = |run: &(PieceKind, String)| match run.0 {
                        PieceKind::Same => shown(&run.1),
                        PieceKind::Removed => gone(&run.1),
                        PieceKind::Added => come(&run.1),
                    };
                    vec![runs(&pieces).iter().map(word).collect()]
                }
            },
        }
    })
}

/// Joins neighbouring pieces of one kind.
fn runs(pieces: &[Piece<'_>]) -> Vec<(PieceKind, String)> {
    let runs = pieces.chunk_by(|one, next| one.kind == next.kind);
    runs.map(|run| (run[0].kind, run.iter().map(|piece| piece.text).collect()))
        .collect()
}

/// Writes rows up to the limit of the view, and says how many are left.
fn limited(rows: &[Row], view: &View, write: impl Fn(&Row) -> Vec<String>) -> String {
    let mut text = String::new();
    for line in rows.iter().take(view.limit).flat_map(write) {
        text.push_str(&line);
        text.push('\n');
    }
    let left = rows.len().saturating_sub(view.limit);
    if left > 0 {
        text.push_str(&format!("… truncated: {left} more rows are not shown\n"));
    }
    text
}

/// A piece of a line and whether it is marked.
type Span<'t> = (&'t str, Option<&'static str>);

/// Returns both sides of a row, the words that differ marked.
fn both(row: &Row) -> (Vec<Span<'_>>, Vec<Span<'_>>) {
    let left = row.left.as_ref().map_or("", |(_, text)| text.as_str());
    let right = row.right.as_ref().map_or("", |(_, text)| text.as_str());
    if row.kind == RowKind::Changed
        && let Some(pieces) = pieces(left, right)
    {
        let side = |own: PieceKind, mark: &'static str| -> Vec<Span<'_>> {
            let on_side = pieces
                .iter()
                .filter(move |piece| piece.kind == own || piece.kind == PieceKind::Same);
            on_side
                .map(|piece| (piece.text, (piece.kind == own).then_some(mark)))
                .collect()
        };
        return (
            side(PieceKind::Removed, "1;31"),
            side(PieceKind::Added, "1;32"),
        );
    }
    let mark =
        |mark: &'static str| (!matches!(row.kind, RowKind::Same | RowKind::Gap)).then_some(mark);
    (vec![(left, mark("31"))], vec![(right, mark("32"))])
}

fn digits(rows: &[Row]) -> usize {
    let numbers = rows
        .iter()
        .flat_map(|row| row.left.iter().chain(&row.right));
    numbers
        .map(|(number, _)| number.to_string().len())
        .max()
        .unwrap_or(1)
}

fn sign(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Same => " ",
        RowKind::Changed => "|",
        RowKind::Removed => "<",
        RowKind::Added => ">",
        RowKind::Gap => "⋮",
    }
}

/// The colour of a kind, as an SGR parameter (ECMA-48, 8.3.117).
fn code(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Same => "",
        RowKind::Changed => "33",
        RowKind::Removed => "31",
        RowKind::Added => "32",
        RowKind::Gap => "2",
    }
}

/// Returns how many columns two lines have in common before they differ.
fn alike(row: &Row) -> usize {
    let (RowKind::Changed, Some((_, left)), Some((_, right))) = (row.kind, &row.left, &row.right)
    else {
        return 0;
    };
    let pairs = left.chars().zip(right.chars());
    let same = pairs.take_while(|(one, other)| one == other);
    same.map(|(one, _)| columns(one)).sum()
}

/// The columns of a line that are shown of it.
struct Window {
    from: usize,
    to: usize,
    at: usize,
}

impl Window {
    /// Cuts a line to a width: at its end, and before it where what is alike in both lines would leave nothing else to see.
    fn of(whole: usize, width: usize, alike: usize) -> Self {
        let room = width.saturating_sub(1);
        let (from, to) = match () {
            () if whole <= width => (0, whole),
            () if alike < room - room / 4 => (0, room),
            () => match alike.saturating_sub(room / 2) {
                0 => (0, room),
                from if from >= whole - room => (whole - room, whole),
                from => (from, from + room.saturating_sub(1)),
            },
        };
        Self { from, to, at: 0 }
    }

    /// Says whether the next character is shown.
    fn takes(&mut self, columns: usize) -> bool {
        let start = self.at;
        self.at += columns;
        start >= self.from && self.at <= self.to
    }
}

/// Cuts pieces to a width, and returns them with the columns that they take.
fn fitted(spans: &[Span<'_>], (width, alike): (usize, usize), color: Color) -> (String, usize) {
    let whole: usize = spans.iter().map(|(text, _)| shown(text).width()).sum();
    let mut window = Window::of(whole, width, alike);
    let (mut text, mut used) = (String::new(), 0);
    if window.from > 0 {
        text.push('…');
        used += 1;
    }
    for (piece, mark) in spans {
        let characters = piece.chars().map(visible);
        let taken: String = characters
            .filter(|one| window.takes(columns(*one)))
            .collect();
        used += taken.width();
        text.push_str(&paint(&taken, mark.unwrap_or_default(), color));
    }
    if window.to < whole {
        text.push('…');
        used += 1;
    }
    (text, used)
}

fn columns(character: char) -> usize {
    visible(character).width().unwrap_or(0)
}

fn paint(text: &str, code: &str, color: Color) -> String {
    match color {
        Color::Always if !code.is_empty() && !text.is_empty() => {
            format!("\x1b[{code}m{text}\x1b[0m")
        }
        _ => text.to_owned(),
    }
}

/// Makes what a terminal would act on visible.
fn shown(text: &str) -> String {
    text.chars().map(visible).collect()
}

fn visible(character: char) -> char {
    match u32::from(character) {
        // The control pictures of Unicode stand in the order of the characters.
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
        0x7f..0xa0 => '\u{fffd}',
        // Characters that turn the direction of writing (Unicode UAX #9).
        0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069 => '\u{fffd}',
        _ => character,
    }
}
