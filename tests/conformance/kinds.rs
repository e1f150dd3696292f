//! The table of error kinds that the languages share is the one of the engine.

use std::path::PathBuf;

use netsnap_core::ErrorKind;
use serde_json::{Value, json};

fn table() -> Value {
    let row = |kind: &ErrorKind| {
        let class: String = kind.as_str().split('_').map(capitalised).collect();
        json!({ "kind": kind.as_str(), "python": format!("{class}Error"), "retryable": kind.is_retryable() })
    };
    ErrorKind::ALL.iter().map(row).collect()
}

fn capitalised(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

#[test]
fn the_shared_table_of_error_kinds_is_the_engines() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases/errors/kinds.json");
    if std::env::var_os("UPDATE_CASES").is_some() {
        let text = serde_json::to_string_pretty(&table()).unwrap();
        std::fs::write(&path, text + "\n").unwrap();
    }
    let shared: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(
        shared,
        table(),
        "run it with UPDATE_CASES=1 and commit the file"
    );
}
