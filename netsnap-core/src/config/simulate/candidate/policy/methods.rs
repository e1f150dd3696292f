//! Are those known who are asked who somebody is, or what somebody may do?
//!
//! A list names four of them at most, and nobody behind `none` (IOS XR system security command reference, aaa authentication, aaa
//! authorization, aaa accounting, by name). Whether one that is named twice is taken is not certain.

use std::collections::HashSet;

use super::Language;

/// How many stand in a list.
const MOST: usize = 4;

/// Says whether a list is one of those that a device takes.
pub(super) fn are_known(line: &str, language: Language) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let words = match (language, &words[..]) {
        (Language::Accounting, ["start-stop" | "stop-only", rest @ ..]) => rest,
        (Language::Accounting, _) => return false,
        (_, words) => words,
    };
    let Some(methods) = methods(words, language) else {
        return false;
    };
    let (mut once, mut before) = (HashSet::new(), methods.iter().rev().skip(1));
    (1..=MOST).contains(&methods.len())
        && methods.iter().all(|method| once.insert(method))
        && !before.any(|method| method == "none")
}

/// Parts a list into those it names; none where one is unknown.
fn methods(words: &[&str], language: Language) -> Option<Vec<String>> {
    let alone: &[&str] = match language {
        Language::Authentication => &["local", "line", "none"],
        Language::Authorization => &["local", "none"],
        _ => &["none"],
    };
    let mut methods = Vec::new();
    let mut rest = words;
    while let Some((first, behind)) = rest.split_first() {
        rest = match (*first, behind) {
            ("group", [name, behind @ ..]) => {
                methods.push(format!("group {name}"));
                behind
            }
            (method, behind) if alone.contains(&method) => {
                methods.push(method.to_owned());
                behind
            }
            _ => return None,
        };
    }
    Some(methods)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_four_at_most_and_nobody_behind_none() {
        for (line, language) in [
            ("group tacacs+ local", Language::Authentication),
            ("group TAC group RAD local line", Language::Authentication),
            ("group tacacs+ none", Language::Authorization),
            ("start-stop group tacacs+", Language::Accounting),
        ] {
            assert!(are_known(line, language), "{line}");
        }
        for (line, language) in [
            ("none local", Language::Authentication),
            ("local local", Language::Authentication),
            (
                "group A group B group C local line",
                Language::Authentication,
            ),
            ("group", Language::Authentication),
            ("", Language::Authentication),
            ("group A line", Language::Authorization),
            ("group tacacs+", Language::Accounting),
            ("start-stop local", Language::Accounting),
        ] {
            assert!(!are_known(line, language), "{line}");
        }
    }
}
