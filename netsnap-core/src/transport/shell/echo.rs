//! Where does the echo of a command end?
//!
//! Compared without white space, because devices collapse it (netmiko issue 2954), and without the wraps of narrow terminals.

use crate::platform::Pattern;

/// How many lines are looked at before the echo counts as missing.
const LINES: usize = 32;

/// What the echo is to be found by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sought<'a> {
    /// The command as it was sent.
    pub(super) command: &'a str,
    /// The prompt it was typed at: redrawn in front of the echo after a message.
    pub(super) prompt: &'a [u8],
    /// Lines that the device prints on its own account.
    pub(super) messages: &'a [Pattern],
}

/// Returns where the output starts behind the echo, or nothing when the echo is not there.
pub(super) fn output_start(text: &[u8], sought: &Sought<'_>) -> Option<usize> {
    let command = squeeze(sought.command.as_bytes());
    let redrawn = [squeeze(sought.prompt), command.clone()].concat();
    let mut start = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n').take(LINES) {
        let rest = &text[start..];
        for wanted in [&command, &redrawn] {
            if let Some(length) = matching_lines(rest, wanted) {
                return Some(start + length);
            }
        }
        if !is_own_account(line, sought) {
            return None;
        }
        start += line.len();
    }
    None
}

/// Says whether a line can stand before the echo: blank, a bare prompt, a message.
fn is_own_account(line: &[u8], sought: &Sought<'_>) -> bool {
    let squeezed = squeeze(line);
    squeezed.is_empty() || squeezed == squeeze(sought.prompt) || is_message(line, sought.messages)
}

/// Says whether a line is one that the device prints on its own account.
pub(super) fn is_message(line: &[u8], messages: &[Pattern]) -> bool {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_end();
    messages.iter().any(|pattern| pattern.0.is_match(text))
}

/// Returns the length of the first lines that together are the echo.
fn matching_lines(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut seen = Vec::new();
    let mut length = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n').take(LINES) {
        length += line.len();
        let redraw = line.rsplit(|byte| *byte == b'\r').next().unwrap_or(line);
        if seen.is_empty() && (squeeze(redraw) == wanted || is_scrolled(redraw, wanted)) {
            return Some(length);
        }
        seen.extend(squeeze(line));
        if seen == wanted {
            return Some(length);
        }
        if !wanted.starts_with(&seen) {
            return None;
        }
    }
    None
}

/// Says whether a line is the end of a command that was too long for the terminal.
///
/// Without a terminal readline takes 80 columns, scrolls sideways and shows `<` and the last 50 or so characters
/// (recorded, FRR 8.4.4: the first 66 to 300 characters of a line in configuration mode all come back as 51).
fn is_scrolled(redraw: &[u8], wanted: &[u8]) -> bool {
    const SHORTEST: usize = 16;
    let Some(shown) = redraw.strip_prefix(b"<").map(squeeze) else {
        return false;
    };
    shown.len() >= SHORTEST && shown.len() < wanted.len() && wanted.ends_with(&shown)
}

/// Removes white space and wraps. At the edge readline prints the next character, a bare return, and the character again
/// (recorded, FRR 8.4.4 at 80 columns).
fn squeeze(text: &[u8]) -> Vec<u8> {
    let mut squeezed: Vec<u8> = Vec::with_capacity(text.len());
    for (at, byte) in text.iter().enumerate() {
        let wrapped = at > 1 && text[at - 1] == b'\r' && text[at - 2] == *byte;
        if !byte.is_ascii_whitespace() && !wrapped {
            squeezed.push(*byte);
        }
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(text: &str, command: &str) -> Option<usize> {
        let messages = [Pattern(regex::Regex::new("%[A-Z]+-[0-9]-").unwrap())];
        output_start(
            text.as_bytes(),
            &Sought {
                command,
                prompt: b"r1# ",
                messages: &messages,
            },
        )
    }

    #[test]
    fn an_echo_is_found_whatever_the_terminal_did_to_it() {
        for (text, command, output) in [
            ("show version\nbody", "show version", "body"),
            ("show version\n", "show  version ", ""),
            ("descr aaa\raab\nbody", "descr aaaab", "body"),
            ("descr aab\nb c\nbody", "descr aabb c", "body"),
            ("show\rr1# show version\nbody", "show version", "body"),
            (
                "\nr1# \n%SYS-5-CONFIG_I: x\nr1# show version\nbody",
                "show version",
                "body",
            ),
        ] {
            let at = start(text, command).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!(&text[at..], output, "{text:?}");
        }
    }

    #[test]
    fn a_line_too_long_for_the_terminal_is_known_by_its_end() {
        // Recorded, FRR 8.4.4 without a terminal.
        let line = "no ip prefix-list NETSNAP-EXAMPLE seq 5 permit 198.51.100.0/24 le 32";
        let echo = "\r< NETSNAP-EXAMPLE seq 5 permit 198.51.100.0/24 le 32\nbody";
        assert_eq!(start(echo, line).map(|at| &echo[at..]), Some("body"));
        let other = line.replace("le 32", "le 31");
        assert_eq!(start(echo, &other), None);
        assert_eq!(
            start("\r<100.0/24 le 32\n", line),
            None,
            "too little to know it by"
        );
    }

    #[test]
    fn another_command_is_no_echo() {
        assert_eq!(start("show versio\nbody", "show version"), None);
        assert_eq!(start("show versions\nbody", "show version"), None);
        assert_eq!(start("body\nshow version\n", "show version"), None);
        assert_eq!(start("", "show version"), None);
    }
}
