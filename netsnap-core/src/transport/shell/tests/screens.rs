//! The terminal normaliser: what is taken off, and what survives.

use proptest::prelude::*;

use super::super::screen::Screen;

/// Feeds bytes behind a first line, where the echo stands, in pieces of a size.
fn shown(bytes: &[u8], size: usize) -> (Vec<u8>, Vec<u8>) {
    let mut screen = Screen::default();
    screen.feed(b"\n", &mut |_, _| {});
    for piece in bytes.chunks(size) {
        screen.feed(piece, &mut |_, _| {});
    }
    let tail = screen.tail().to_vec();
    (screen.into_text().split_off(1), tail)
}

#[test]
fn terminal_control_is_taken_off() {
    for (sent, text) in [
        ("a\r\nb\r\r\nc\n", "a\nb\nc\n"),
        ("\x1b[1;31mred\x1b[0m\r\n", "red\n"),
        ("\x1b]0;title\x07a\x1b]2;t\x1b\\b\r\n", "ab\n"),
        ("\x1b(B\x1b[?1h\x1b=\rfrr\r\n", "frr\n"),
        (":\x1b[K\r\x1b[K ip ospf\r\n", " ip ospf\n"),
        (
            " --More-- \x08\x08\x08\x08\x08\x08\x08\x08\x08\x08          \x08\x08\x08\x08\x08\x08\x08\x08\x08\x08ip\r\n",
            "ip\n",
        ),
        (" --More-- \r          \rip\r\n", "ip\n"),
        (
            "---- More ----\x1b[16D                \x1b[16Dip\r\n",
            "ip\n",
        ),
        ("10%\r20%\r100%\r\n", "100%\n"),
        ("bell\x07\r\n", "bell\n"),
        ("abc\x1b[2Kd\r\n", "d\n"),
        ("\rr1# \x1b[K\0\0\0\0x\r\n", "r1# x\n"),
        ("trailing   \r\n   \r\n", "trailing   \n   \n"),
    ] {
        for size in 1..=sent.len() {
            let (shown, _) = shown(sent.as_bytes(), size);
            assert_eq!(String::from_utf8_lossy(&shown), text, "{sent:?} by {size}");
        }
    }
}

#[test]
fn what_is_no_control_survives_byte_for_byte() {
    let data = b"nul \0 in text\n\0\xff\xfe\x80 caf\xc3\xa9\ttab \x7f\n";
    for size in 1..=data.len() {
        assert_eq!(shown(data, size).0, data);
    }
}

#[test]
fn the_unfinished_line_shows_without_its_erased_end() {
    assert_eq!(shown(b" --More-- \r          \rr1# ", 100).1, b"r1# ");
    assert_eq!(shown(b"x\r\nr1# \x1b[0m\x07", 100).1, b"r1# ");
}

#[test]
fn a_control_string_that_never_ends_is_text_again() {
    let endless = [b"\x1b]".as_slice(), &[b'x'; 5000], b"\r\n"].concat();
    let (text, _) = shown(&endless, 4096);
    assert!(text.len() > 3000 && text.ends_with(b"x\n"));
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_show_the_same(bytes: Vec<u8>, size in 1_usize..64) {
        prop_assert_eq!(shown(&bytes, usize::MAX), shown(&bytes, size));
    }

    #[test]
    fn plain_bytes_come_back(bytes in "[ -~\n\t\u{a1}-\u{ff}]*") {
        prop_assert_eq!(shown(bytes.as_bytes(), 7).0, bytes.as_bytes());
    }
}
