use std::process::Command;

use unicode_width::UnicodeWidthStr;

use super::*;

fn numbered(count: usize, changed: usize) -> String {
    (1..=count)
        .map(|line| {
            if line == changed {
                "changed\n".to_owned()
            } else {
                format!("line {line}\n")
            }
        })
        .collect()
}

#[test]
fn equal_texts_show_nothing() {
    let text = numbered(5, 0);
    let view = View::default();
    assert!(rows(&text, &text, 3).is_empty());
    assert_eq!(unified(&text, &text, "a", "b", 3), "");
    assert_eq!(side_by_side(&text, &text, 80, Color::Always), "");
    assert_eq!(inline(&text, &text, &view), "");
    assert_eq!(by_words(&text, &text, &view), "");
    assert_eq!(as_data(&text, &text, &view), TextDifference::default());
}

#[test]
fn rows_carry_numbers_and_gaps() {
    let found = rows(&numbered(9, 0), &numbered(9, 5), 1);
    let kinds: Vec<_> = found.iter().map(|row| row.kind).collect();
    assert_eq!(
        kinds,
        [
            RowKind::Gap,
            RowKind::Same,
            RowKind::Changed,
            RowKind::Same,
            RowKind::Gap
        ]
    );
    assert_eq!(found[2].left, Some((5, "line 5".to_owned())));
    assert_eq!(found[2].right, Some((5, "changed".to_owned())));
}

#[test]
fn another_end_of_a_line_is_seen() {
    let found = rows("a\nb", "a\nb\n", 0);
    assert_eq!(
        found[1].left,
        Some((2, "b (no newline at the end)".to_owned()))
    );
    let found = rows("a\r\n", "a\n", 0);
    assert_eq!(found[0].left, Some((1, "a\r".to_owned())));
}

#[test]
fn sides_fit_the_width_whatever_the_characters() {
    let shown = side_by_side(
        "a\n界界界界界界界界界界\n",
        "a\nx\u{1b}[31m\n",
        30,
        Color::Never,
    );
    assert_eq!(shown, "1 a             1 a\n2 界界界界界… | 2 x␛[31m\n");
    for width in 0..60 {
        let view = View {
            width,
            color: Color::Always,
            ..View::default()
        };
        let _ = side_by_side("界é\tx\n", "", width, Color::Always);
        let _ = inline("界é\tx\n", "界é\ty\n", &view);
    }
}

/// Where only the end of a long line is another, both ends are seen.
#[test]
fn a_cut_leaves_the_difference_to_see() {
    let line = |end: &str| {
        format!(
            "username bob secret 5 {}{end} privilege 15\n",
            "a".repeat(60)
        )
    };
    let (before, after) = (line("X"), line("Y"));
    for (before, after) in [
        (&*before, &*after),
        ("mtu 1\n", &after),
        (&line(""), &after),
    ] {
        for width in [40, 60, 81, 160] {
            let shown = side_by_side(before, after, width, Color::Never);
            let (left, right) = shown.trim_end().split_once(" | ").unwrap_or_default();
            assert!(left != right.trim_end(), "{shown}");
            assert!(shown.trim_end().width() <= width, "{shown}");
        }
    }
    let shown = side_by_side(&before, &after, 60, Color::Never);
    let (left, right) = shown.trim_end().split_once(" | ").unwrap();
    assert!(left.contains("…aaa") && left.contains("aX pri"), "{shown}");
    assert!(
        right.contains("…aaa") && right.contains("aY pri"),
        "{shown}"
    );
    let view = View {
        width: 40,
        ..View::default()
    };
    let shown = inline(&before, &after, &view);
    assert!(
        shown.contains("aX pri") && shown.contains("aY pri"),
        "{shown}"
    );
}

#[test]
fn no_terminal_is_as_wide_as_memory() {
    let shown = side_by_side("a\n", "b\n", usize::MAX, Color::Never);
    assert!(shown.len() < 2000, "{}", shown.len());
}

#[test]
fn colour_is_there_only_when_asked_for() {
    let view = View::default();
    let colored = View {
        color: Color::Always,
        ..view
    };
    for show in [beside, inline, by_words] {
        assert!(!show("a b c\n", "a b d\n", &view).contains('\x1b'));
        assert!(show("a b c\n", "a b d\n", &colored).contains("\x1b["));
    }
}

#[test]
fn below_each_other_the_lines_keep_their_numbers() {
    let shown = inline("a\nmtu 1400\n", "a\nmtu 1500\nb\n", &View::default());
    assert_eq!(shown, "1 1   a\n2   - mtu 1400\n  2 + mtu 1500\n  3 + b\n");
}

#[test]
fn by_words_a_changed_line_is_shown_once() {
    let shown = by_words(
        " ip address 10.0.0.1 255.0.0.0\n",
        " ip address 10.0.0.2 255.0.0.0\n",
        &View::default(),
    );
    assert_eq!(shown, " ip address [-10.0.0.1-]{+10.0.0.2+} 255.0.0.0\n");
}

#[test]
fn what_is_cut_says_so() {
    let view = View {
        limit: 10,
        ..View::default()
    };
    let text = numbered(100, 0);
    for show in [beside, inline, by_words] {
        let shown = show(&text, "", &view);
        assert_eq!(shown.lines().count(), 11);
        assert!(shown.ends_with("… truncated: 90 more rows are not shown\n"));
    }
    assert_eq!(as_data(&text, "", &view).truncated, 90);
}

#[test]
fn as_data_each_line_has_its_place() {
    let difference = as_data("a\nb\n", "a\nc\nd\n", &View::default());
    assert_eq!((difference.added, difference.removed), (2, 1));
    let kinds: Vec<_> = difference.hunks[0]
        .lines
        .iter()
        .map(|line| line.kind)
        .collect();
    assert_eq!(kinds, [RowKind::Same, RowKind::Changed, RowKind::Added]);
    assert_eq!(difference.hunks[0].lines[2].after_line, Some(3));
}

/// Texts that are hard to patch: without an end, empty, with carriage returns, with lines that look like those of a patch.
const HARD: &[(&str, &str)] = &[
    ("a\nb\nc\n", "a\nx\nc\n"),
    ("", "a\n"),
    ("a\nb", "a\nb\n"),
    ("a\nb\n", "a\nb"),
    ("a\r\nb\r\n", "a\nb\r\n"),
    ("-- a\n++ b\n", "-- a\n++ c\n\\ d\n"),
    ("\n\n\n", "\n\n"),
    ("--- a\n+++ b\n@@ -1 +1 @@\n", "@@ -1 +1 @@\n--- a\n"),
];

/// Runs a program in a folder with `r 1.cfg` in it, and returns what became of the file.
fn applied(program: &str, arguments: &[&str], (before, after): (&str, &str)) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("r 1.cfg");
    std::fs::write(&file, before).unwrap();
    std::fs::write(
        folder.path().join("p"),
        patch("r 1.cfg", Some(before), Some(after), 3),
    )
    .unwrap();
    let done = Command::new(program)
        .args(arguments)
        .current_dir(folder.path())
        .env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap())
        .output();
    // Where the program is not installed, there is nothing to hold the patch against.
    let done = done.ok()?;
    assert!(
        done.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    Some(std::fs::read_to_string(&file).unwrap())
}

#[test]
fn patch_takes_every_patch_and_gives_the_second_text() {
    for pair in HARD {
        let arguments = ["-p1", "--binary", "--posix", "-i", "p"];
        if let Some(text) = applied("patch", &arguments, *pair) {
            assert_eq!(text, pair.1, "{pair:?}");
        }
    }
}

#[test]
fn git_apply_takes_every_patch_and_gives_the_second_text() {
    for pair in HARD {
        let arguments = ["apply", "--whitespace=nowarn", "--unsafe-paths", "p"];
        if let Some(text) = applied("git", &arguments, *pair) {
            assert_eq!(text, pair.1, "{pair:?}");
        }
    }
}
