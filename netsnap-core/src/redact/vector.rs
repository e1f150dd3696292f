//! Which items of an argument vector are secret? What follows an option that names a secret, and what a line of the same words
//! would lose.

use serde_json::Value;

use super::{Redactor, json, lines};

/// A value that no rule takes for anything but a value: an option that hides it hides whatever follows.
const PROBE: &str = "Xq7probe9";

/// First words of options that ask for a secret, or speak of one, and take none (`--ask-pass`, `--no-password`).
const FLAGS: &[&str] = &[
    "ask", "no", "prompt", "show", "hide", "require", "reset", "generate", "without", "use",
];

/// What the items before one say of it.
#[derive(Default)]
struct Before {
    /// The last program of which the rules know what its short options mean.
    program: String,
    /// The item directly before, where it is an option.
    option: Option<String>,
}

/// Masks what is secret in the items of an array, and counts it.
pub(super) fn mask(redactor: &Redactor, items: &mut [Value]) -> u32 {
    let mut before = Before::default();
    let mut count = 0;
    for item in items {
        count += before.mask(redactor, item);
    }
    count
}

impl Before {
    fn mask(&mut self, redactor: &Redactor, item: &mut Value) -> u32 {
        let option = self.option.take();
        let was = item.as_str().map(str::to_owned);
        let count = match (&was, option) {
            (Some(text), _) if is_option(text) => self.in_line(redactor, None, item),
            (_, Some(option)) if self.is_secret(&option) => json::hide(item),
            (Some(_), option) => self.in_line(redactor, option.as_deref(), item),
            _ => json::mask(redactor, item),
        };
        self.learn(was);
        count
    }

    /// Masks a text as the rules do where it stands behind its program and its option in one line.
    fn in_line(&self, redactor: &Redactor, option: Option<&str>, item: &mut Value) -> u32 {
        let Value::String(text) = item else {
            return 0;
        };
        let words = [self.program.as_str(), option.unwrap_or_default()];
        let mut before = words.join(" ");
        before.push(' ');
        let line = format!("{before}{text}");
        let (masked, count) = redactor.text(&line);
        match masked.strip_prefix(&before) {
            Some(masked) if count > 0 => {
                *text = masked.to_owned();
                count
            }
            Some(_) => 0,
            // What stands before lost something that it had kept by itself.
            None => json::hide(item),
        }
    }

    fn is_secret(&self, option: &str) -> bool {
        json::is_secret(option) || hides_next(&self.program, option)
    }

    fn learn(&mut self, text: Option<String>) {
        let Some(text) = text else {
            return;
        };
        let program = text.rsplit(['/', '\\']).next().unwrap_or_default();
        if lines::is_program(program) {
            program.clone_into(&mut self.program);
        }
        self.option = (is_option(&text) && !is_flag(&text)).then_some(text);
    }
}

/// Says whether an option takes no value.
fn is_flag(option: &str) -> bool {
    let name = option.trim_start_matches('-');
    let first = name.split(['-', '_']).next().unwrap_or_default();
    FLAGS.iter().any(|flag| first.eq_ignore_ascii_case(flag))
}

/// Says whether a line with this option hides the word behind it.
fn hides_next(program: &str, option: &str) -> bool {
    let before = format!("{program} {option} ");
    let line = format!("{before}{PROBE}");
    let found = lines::find(line.as_bytes());
    found.contains(&(before.len(), line.len()))
}

/// Says whether an item is the name of an option and nothing more: `-p`, `--password`, not `--password=x`, `-5` or a list's `- x`.
fn is_option(text: &str) -> bool {
    let name = text
        .strip_prefix("--")
        .or_else(|| text.strip_prefix('-'))
        .unwrap_or_default();
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.chars().all(plain)
        && (text.starts_with("--") || name.len() == 1 || json::is_secret(name))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::redact::{MASK, Redactor};

    fn masked(mut value: Value) -> (Value, u32) {
        let count = Redactor::default().json(&mut value);
        (value, count)
    }

    #[test]
    fn what_follows_an_option_that_names_a_secret_is_masked() {
        for option in [
            "--password",
            "-password",
            "--db_password",
            "--api-key",
            "--token",
            "--client-secret",
            "--conn-pass",
            "--become-password",
            "--auth-token",
        ] {
            for value in ["hunter2", "two words", "-hunter2", "local", "a\nb"] {
                let shown = masked(json!(["tool", option, value, "r1"]));
                assert_eq!(shown, (json!(["tool", option, MASK, "r1"]), 1), "{option}");
            }
        }
        let number = masked(json!(["--password", 123_456]));
        assert_eq!(number, (json!(["--password", MASK]), 1));
    }

    #[test]
    fn an_item_that_holds_its_secret_loses_it_alone() {
        for (item, shown) in [
            ("--password=hunter2", "--password=********"),
            ("PASSWORD=hunter2", "PASSWORD=********"),
            ("ansible_ssh_pass=hunter2", "ansible_ssh_pass=********"),
        ] {
            assert_eq!(masked(json!(["-e", item])), (json!(["-e", shown]), 1));
        }
    }

    #[test]
    fn short_options_mean_what_their_program_says() {
        for (given, shown) in [
            (
                json!(["mysql", "-phunter2"]),
                json!(["mysql", "-p********"]),
            ),
            (
                json!(["/usr/bin/mysqldump", "-u", "root", "-phunter2", "db"]),
                json!(["/usr/bin/mysqldump", "-u", "root", "-p********", "db"]),
            ),
            (
                json!(["sshpass", "-p", "hunter2", "ssh", "r1"]),
                json!(["sshpass", "-p", MASK, "ssh", "r1"]),
            ),
            (
                json!(["sudo", "snmpwalk", "-v2c", "-c", "hunter2", "r1"]),
                json!(["sudo", "snmpwalk", "-v2c", "-c", MASK, "r1"]),
            ),
            (
                json!(["curl", "-u", "ana:hunter2", "https://r1/"]),
                json!(["curl", "-u", "ana:********", "https://r1/"]),
            ),
        ] {
            assert_eq!(masked(json!({ "cmd": given })).0, json!({ "cmd": shown }));
        }
    }

    #[test]
    fn a_vector_without_a_secret_stays() {
        for harmless in [
            json!(["ssh", "-p", "22", "r1"]),
            json!(["mysql", "-p", "db"]),
            json!(["mkdir", "-p", "/tmp/x"]),
            json!([
                "ansible-playbook",
                "--ask-pass",
                "site.yml",
                "--ask-become-pass",
                "-v"
            ]),
            json!(["--password-file", "/etc/x"]),
            json!(["--password", "--user", "ana"]),
            json!(["--no-password", "db"]),
            json!(["--token-count", 3]),
            json!(["password", "user"]),
            json!(["- secret", "x"]),
            json!(["--password", null, true, ""]),
            json!(["-1", "-c", "show version"]),
        ] {
            assert_eq!(masked(harmless.clone()), (harmless, 0));
        }
    }

    #[test]
    fn masking_a_vector_twice_changes_nothing_more() {
        for vector in [
            json!(["--password", "hunter2"]),
            json!(["mysql", "-phunter2"]),
            json!(["curl", "-u", "ana:hunter2"]),
        ] {
            let once = masked(vector).0;
            assert_eq!(masked(once.clone()), (once, 0));
        }
    }
}
