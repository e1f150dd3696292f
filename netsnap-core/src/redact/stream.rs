//! How is an output masked that comes in parts? Line by line, with what a part has to know of those before it.

use std::sync::LazyLock;

use regex::Regex;

use super::MASK;

/// Bytes of one text that is shown, at most.
const PART: usize = 64 * 1024;
/// A line of more bytes is hidden, all of it: no rule can look at it as a whole.
const LINE: usize = 1024 * 1024;
/// Bytes of which the beginning of a marker can be at the end of what is thrown away.
const MARKER: usize = 128;

/// Where a private key begins and ends (RFC 7468), as the rules for lines have it.
static MARKERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)-----(?:(?P<begin>BEGIN)|END) [A-Z0-9 ]{0,64}PRIVATE KEY-----")
        .expect("a test looks with it")
});

/// What opens a private key and what closes it, for the rules to see around what is in between.
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
/// What a key holds at least, so that it is masked even where nothing else of it is there.
const BODY: &str = "0";

/// Masks one output while it comes in.
///
/// However it is split into parts, what is shown of it together is what the rules make of it as a whole, up to its last newline, but
/// for two cases in which less is shown: a line of more than 1 MiB is hidden, and what follows the beginning of a private key is
/// hidden until the key ends, whether it does or not.
#[derive(Debug, Default)]
pub struct Stream {
    /// What came behind the last newline.
    waiting: Vec<u8>,
    /// Set while a line goes on that is too long.
    hides_line: bool,
    /// Set while a private key goes on.
    in_key: bool,
}

impl Stream {
    /// Takes the next part, and returns the whole lines that can be shown now, in texts of at most 64 KiB.
    ///
    /// `mask` is what masks a text, such as that of a [`Redactor`](super::Redactor).
    pub fn push(&mut self, bytes: &[u8], mask: impl Fn(&str) -> String) -> Vec<String> {
        let mut shown = String::new();
        let waited = self.waiting.len();
        self.waiting.extend_from_slice(bytes);
        if let Some(newline) = bytes.iter().rposition(|byte| *byte == b'\n') {
            let rest = self.waiting.split_off(waited + newline + 1);
            let lines = std::mem::replace(&mut self.waiting, rest);
            shown = self.lines(&lines, &mask);
        }
        if self.hides_line || self.waiting.len() > LINE {
            shown.push_str(&self.throw_away());
        }
        pieces(&shown)
    }

    /// Masks whole lines; the first may be the end of one that is hidden.
    fn lines(&mut self, lines: &[u8], mask: &impl Fn(&str) -> String) -> String {
        let hidden = match self.hides_line {
            true => lines.iter().position(|byte| *byte == b'\n').unwrap_or(0),
            false => 0,
        };
        self.hides_line = false;
        let (hidden, lines) = lines.split_at(hidden);
        self.in_key = ends_in_key(&String::from_utf8_lossy(hidden), self.in_key);
        self.masked(lines, mask)
    }

    fn masked(&mut self, lines: &[u8], mask: &impl Fn(&str) -> String) -> String {
        let lines = String::from_utf8_lossy(lines);
        let began_in_key = self.in_key;
        self.in_key = ends_in_key(&lines, began_in_key);
        match (began_in_key, self.in_key) {
            (false, false) => mask(&lines),
            (false, true) => before_end(&mask(&format!("{lines}{BODY}{END}"))).to_owned(),
            (true, false) => behind_begin(&mask(&format!("{BEGIN}{BODY}{lines}"))).to_owned(),
            (true, true) => {
                let masked = mask(&format!("{BEGIN}{BODY}{lines}{BODY}{END}"));
                behind_begin(before_end(&masked)).to_owned()
            }
        }
    }

    /// Forgets what waits of a line that is too long, but for what a marker of a key may begin with.
    fn throw_away(&mut self) -> String {
        let shown = if self.hides_line { "" } else { MASK };
        self.hides_line = true;
        let text = String::from_utf8_lossy(&self.waiting);
        let last = MARKERS.find_iter(&text).last();
        let seen = last.map_or(0, |marker| marker.end());
        self.in_key = ends_in_key(&text, self.in_key);
        let tail = text[seen..].as_bytes();
        self.waiting = tail[tail.len().saturating_sub(MARKER)..].to_vec();
        shown.to_owned()
    }
}

/// Says whether a private key goes on behind a text.
fn ends_in_key(text: &str, began_in_key: bool) -> bool {
    match MARKERS.captures_iter(text).last() {
        Some(last) => last.name("begin").is_some(),
        None => began_in_key,
    }
}

/// Takes off what was put behind a key. What is no longer there was hidden.
fn before_end(masked: &str) -> &str {
    masked.strip_suffix(END).unwrap_or(masked)
}

/// Takes off what was put before a key, and the mask, which was shown where the key began.
fn behind_begin(masked: &str) -> &str {
    let masked = masked.strip_prefix(BEGIN).unwrap_or(masked);
    masked.strip_prefix(MASK).unwrap_or(masked)
}

/// Moves a cut before a mask that it would go through: halves of one would be masked once more.
fn beside_mask(text: &str, cut: usize) -> usize {
    let before = text[..cut].trim_end_matches('*').len();
    match text[cut..].starts_with('*') && before > 0 {
        true => before,
        false => cut,
    }
}

/// Splits a text into what one event takes: behind a newline where there is one, never within a character.
fn pieces(mut text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    while text.len() > PART {
        let most = text.floor_char_boundary(PART);
        let end = text[..most]
            .rfind('\n')
            .map_or_else(|| beside_mask(text, most), |newline| newline + 1);
        let (piece, rest) = text.split_at(end);
        pieces.push(piece.to_owned());
        text = rest;
    }
    if !text.is_empty() {
        pieces.push(text.to_owned());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    #[test]
    fn no_cut_goes_through_a_mask() {
        for fill in PART - 12..PART + 4 {
            let text = format!("{} {MASK} and on", "x".repeat(fill));
            let pieces = pieces(&text);
            assert_eq!(pieces.concat(), text);
            assert_eq!(
                pieces.iter().filter(|piece| piece.contains(MASK)).count(),
                1
            );
        }
        assert_eq!(pieces(&"*".repeat(PART + 1)).len(), 2);
    }

    use super::*;
    use crate::redact::Redactor;

    /// Shows a text that comes in parts of these lengths, the last again and again.
    fn shown(redactor: &Redactor, text: &[u8], lengths: &[usize]) -> String {
        let mut stream = Stream::default();
        let mut lengths = lengths.iter().copied();
        let (mut rest, mut length, mut shown) = (text, 1, String::new());
        while !rest.is_empty() {
            length = lengths.next().unwrap_or(length).max(1);
            let (part, behind) = rest.split_at(length.min(rest.len()));
            for piece in stream.push(part, |text| redactor.text(text).0.into_owned()) {
                assert!(piece.len() <= PART);
                shown.push_str(&piece);
            }
            rest = behind;
        }
        shown
    }

    /// What the rules make of the whole lines of a text.
    fn whole(redactor: &Redactor, text: &[u8]) -> String {
        let end = text.iter().rposition(|byte| *byte == b'\n');
        let lines = &text[..end.map_or(0, |newline| newline + 1)];
        let lines = String::from_utf8_lossy(lines);
        redactor.text(&lines).0.into_owned()
    }

    fn key(newline: &str) -> String {
        let label = "RSA PRIVATE KEY";
        format!(
            "a-----BEGIN {label}-----{newline}Proc-Type: 4,ENCRYPTED{newline}{newline}MIIhunter2{newline}\
             hunter2=={newline}-----END {label}-----z{newline}"
        )
    }

    #[test]
    fn whole_lines_are_shown_as_they_come() {
        let mut stream = Stream::default();
        let mut push = |bytes: &[u8]| {
            let redactor = Redactor::default();
            stream.push(bytes, |text| redactor.text(text).0.into_owned())
        };
        assert_eq!(push(b"one\ntw"), ["one\n"]);
        assert_eq!(push(b"o\nenable sec"), ["two\n"]);
        assert_eq!(push(b"ret 5 hunter2\nlast"), ["enable secret 5 ********\n"]);
        assert_eq!(push(b""), [""; 0]);
    }

    #[test]
    fn a_key_is_hidden_over_its_parts_and_what_follows_is_shown() {
        for newline in ["\n", "\r\n"] {
            let text = format!("one\n{}two\n", key(newline));
            let redactor = Redactor::default();
            let expected = whole(&redactor, text.as_bytes());
            assert!(expected.ends_with("-----END RSA PRIVATE KEY-----z\ntwo\n") || newline != "\n");
            assert!(!expected.contains("hunter2"));
            for length in 1..text.len() {
                assert_eq!(
                    shown(&redactor, text.as_bytes(), &[length]),
                    expected,
                    "{length}"
                );
            }
        }
    }

    #[test]
    fn a_key_without_an_end_stays_hidden() {
        let text = b"a\n-----BEGIN PRIVATE KEY-----\nMIIhunter2\n% not base64: hunter2\n\n";
        for length in 1..text.len() {
            let shown = shown(&Redactor::default(), text, &[length]);
            assert_eq!(shown, "a\n-----BEGIN PRIVATE KEY-----********\n\n\n\n");
        }
    }

    #[test]
    fn a_long_line_is_masked_as_a_whole() {
        let filler = "x ".repeat(PART / 2 - 10);
        let text = format!("{filler}password hunter2hunter2hunter2 {filler}é\nend\n");
        let redactor = Redactor::default();
        for length in [5000, PART + 1] {
            let shown = shown(&redactor, text.as_bytes(), &[length]);
            assert_eq!(shown, whole(&redactor, text.as_bytes()));
            assert!(!shown.contains("hunter2"));
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_hidden_and_a_key_in_it_is_found() {
        let filler = "x".repeat(LINE);
        let begin = "-----BEGIN PRIVATE KEY-----";
        let closed = format!("a\n{filler} password hunter2 {filler}\nb\n");
        let open =
            format!("a\n{filler}{filler}{begin}hunter2\nhunter2\n-----END PRIVATE KEY-----\nb\n");
        for length in [4999, LINE + 5] {
            let redactor = Redactor::default();
            let shown = |text: &str| shown(&redactor, text.as_bytes(), &[length]);
            assert_eq!(shown(&closed), "a\n********\nb\n", "{length}");
            let expected = "a\n********\n\n-----END PRIVATE KEY-----\nb\n";
            assert_eq!(shown(&open), expected, "{length}");
        }
    }

    /// Pieces of texts; keys are whole.
    fn fragment() -> impl Strategy<Value = String> {
        let planted = include_str!("planted.txt").replace(['\u{ab}', '\u{bb}'], "");
        let lines: Vec<String> = planted.lines().map(|line| format!("{line}\n")).collect();
        prop_oneof![
            6 => prop::sample::select(lines),
            1 => Just(key("\n")),
            1 => Just(key("\r\n")),
            1 => Just("registered: correct-horse, line one\nsecond-line of it\n".to_owned()),
            1 => "[ -~é]{0,20}\n?",
        ]
    }

    /// Pieces of keys in any order.
    fn debris() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("-----BEGIN PRIVATE KEY-----".to_owned()),
            Just("-----END RSA PRIVATE KEY-----".to_owned()),
            Just("-----".to_owned()),
            Just("\n".to_owned()),
            Just("% no\n".to_owned()),
            Just("enable secret ".to_owned()),
            (100..400_u32).prop_map(|number| format!("hunter{number}\n")),
            (100..400_u32).prop_map(|number| format!("hunter{number} ")),
        ]
    }

    fn redactor() -> Redactor {
        let redactor = Redactor::default();
        redactor.register("correct-horse");
        redactor.register("line one\nsecond-line of it");
        redactor
    }

    proptest! {
        #[test]
        fn parts_show_what_the_whole_shows(
            fragments in prop::collection::vec(fragment(), 1..12),
            lengths in prop::collection::vec(1_usize..80, 1..20),
        ) {
            let (redactor, text) = (redactor(), fragments.concat());
            let expected = whole(&redactor, text.as_bytes());
            prop_assert_eq!(shown(&redactor, text.as_bytes(), &lengths), expected);
        }

        #[test]
        fn parts_show_nothing_that_the_whole_hides(
            debris in prop::collection::vec(debris(), 1..30),
            lengths in prop::collection::vec(1_usize..40, 1..20),
        ) {
            let (redactor, text) = (redactor(), debris.concat());
            let (whole, shown) = (whole(&redactor, text.as_bytes()), shown(&redactor, text.as_bytes(), &lengths));
            for number in 100..400_u32 {
                let secret = format!("hunter{number}");
                prop_assert!(whole.contains(&secret) || !shown.contains(&secret), "{secret} in {shown:?}");
            }
        }

        #[test]
        fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..300), length in 1_usize..50) {
            let shown = shown(&Redactor::default(), &bytes, &[length]);
            prop_assert_eq!(shown.matches('\n').count(), bytes.iter().filter(|byte| **byte == b'\n').count());
        }
    }
}
