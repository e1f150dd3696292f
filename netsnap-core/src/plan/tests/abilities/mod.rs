//! What a table can say, each ability with a table of a few lines.

mod apart;
mod circles;
mod effects;
mod negation;
mod range;
mod reset;
mod texts;

use super::*;

/// A platform of nothing but a grammar.
fn platform(grammar: &str) -> Platform {
    let head = "name = \"x\"\ntitle = \"x\"\n[cli]\nterminal = true\nprompt = '.*#'\n[grammar]\n";
    Platform::parse(&format!("{head}{grammar}")).unwrap_or_else(|error| panic!("{error:?}"))
}

/// Reads a configuration that a first line keeps from being empty.
fn tiny(text: &str, platform: &Platform) -> Configuration {
    let text = format!("hostname r1\n{text}");
    Configuration::parse(&text, platform).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

fn remedy(platform: &Platform, running: &str, intended: &str) -> Remedy {
    let (running, intended) = (tiny(running, platform), tiny(intended, platform));
    Remedy::of(&running, &intended, platform).unwrap()
}

/// What is typed, joined by `; `, and behind it what is doubtful.
fn typed(platform: &Platform, running: &str, intended: &str) -> String {
    let remedy = remedy(platform, running, intended);
    let known = |doubt: &&String| !doubt.contains("`hostname r1`");
    let doubts = remedy.doubts.iter().filter(known);
    let doubts: String = doubts.map(|doubt| format!(" ?? {doubt}")).collect();
    lines(&remedy.steps, platform).join("; ") + &doubts
}

/// Plans each pair there and back: running, intended, what is typed there, what is typed back.
fn all_go_there_and_back(grammar: &str, cases: &[(&str, &str, &str, &str)]) {
    let platform = platform(grammar);
    let mut wrong = String::new();
    for (running, intended, there, back) in cases {
        for (from, to, expected) in [(running, intended, there), (intended, running, back)] {
            let found = typed(&platform, from, to);
            if found != *expected {
                wrong += &format!("{from}--\n{to}typed    {found}\nexpected {expected}\n\n");
            }
        }
        for text in [running, intended] {
            assert_eq!(typed(&platform, text, text), "", "{text}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
