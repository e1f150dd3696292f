//! A planted secret is in no stored byte: not in parameters, command lines, labels, events, outputs, errors or remarks, not in a
//! database or beside it, not in what is exported, and not in what is shown live.
//!
//! Each search is proven to find something: the marks beside the secrets are found wherever it looks, and every secret is where the
//! same run was recorded into a store that masks nothing.

mod planted;
mod rows;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use netsnap_core::store::exchange::{ExportFormat, ExportOptions, export};
use netsnap_core::store::{self, Backend, FsStore, MemoryStore, SqlStore};
use netsnap_tests::{Alone, alone, files};
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};

use self::planted::{MARKS, Planted, planted, record};

/// What was found somewhere, with the place.
type Found = Vec<(String, Vec<u8>)>;

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|part| part == word.as_bytes())
}

fn assert_no_secret(planted: &Planted, found: &Found) {
    let secrets = AhoCorasick::new(&planted.secrets).unwrap();
    for (place, bytes) in found {
        let secret = secrets.find(bytes);
        let secret = secret.map(|secret| &planted.secrets[secret.pattern().as_usize()]);
        assert_eq!(
            secret,
            None,
            "in {place}: {:.300}",
            String::from_utf8_lossy(bytes)
        );
    }
}

fn assert_all_marks(found: &Found) {
    let missing = missing(MARKS, found);
    assert!(missing.is_empty(), "not looked through: {missing:?}");
}

fn assert_all_secrets(planted: &Planted, found: &Found) {
    let missing = missing(&planted.secrets, found);
    assert!(
        missing.is_empty(),
        "not found where nothing is masked: {missing:?}"
    );
}

/// The words that are found nowhere.
fn missing<'a, W: AsRef<[u8]>>(words: &'a [W], found: &Found) -> Vec<&'a W> {
    let search = AhoCorasick::new(words).unwrap();
    let places = found
        .iter()
        .flat_map(|(_, bytes)| search.find_overlapping_iter(bytes));
    let seen: BTreeSet<usize> = places.map(|place| place.pattern().as_usize()).collect();
    let words = words.iter().enumerate();
    words
        .filter(|(position, _)| !seen.contains(position))
        .map(|(_, word)| word)
        .collect()
}

fn in_answers(answers: Vec<String>) -> Found {
    let answers = answers.into_iter();
    answers
        .map(|answer| ("an answer".to_owned(), answer.into_bytes()))
        .collect()
}

fn in_rows(rows: Vec<Vec<u8>>) -> Found {
    let rows = rows.into_iter();
    rows.map(|row| ("a row".to_owned(), row)).collect()
}

/// What stands in files, and what they are called.
fn in_files(folder: &Path) -> Found {
    let mut found = Found::new();
    for file in files(folder) {
        let name = file.display().to_string();
        found.push((format!("the name of {name}"), name.clone().into_bytes()));
        found.push((name, std::fs::read(&file).unwrap_or_default()));
    }
    found
}

/// Records into a store behind its gate, and returns it, still open.
async fn masked(url: &str, planted: &Planted) -> Arc<dyn Backend> {
    let store = store::open(url).await.unwrap();
    let answers = in_answers(record(&store, planted).await);
    assert_no_secret(planted, &answers);
    assert_all_marks(&answers);
    let exports = in_exports(store.as_ref()).await;
    assert_no_secret(planted, &exports);
    for (form, bytes) in &exports {
        assert!(holds(bytes, "shown-name"), "nothing was found in {form}");
    }
    store
}

/// What leaves the store, in each form.
async fn in_exports(store: &dyn Backend) -> Found {
    let mut found = Found::new();
    for format in [
        ExportFormat::Bundle,
        ExportFormat::Json,
        ExportFormat::Ndjson,
        ExportFormat::Csv,
    ] {
        let options = ExportOptions {
            format,
            events: true,
            ..ExportOptions::default()
        };
        let mut bytes = Vec::new();
        let report = export(store, &options, &mut bytes, &mut |_| ()).await;
        assert!(report.unwrap().executions > 0);
        found.push((format!("an export as {format:?}"), bytes));
    }
    found
}

/// Records into a store without a gate, and returns it, still open.
async fn bare(store: impl Backend + 'static, planted: &Planted) -> Arc<dyn Backend> {
    let store: Arc<dyn Backend> = Arc::new(store);
    let answers = in_answers(record(&store, planted).await);
    assert_all_secrets(planted, &answers);
    // An export masks nothing by itself: what is not in it was not in the store.
    let exports = in_exports(store.as_ref()).await;
    let hidden = missing(&planted.secrets, &exports);
    assert!(2 * hidden.len() < planted.secrets.len(), "{hidden:?}");
    store
}

#[tokio::test]
async fn no_planted_secret_is_in_a_folder_of_files() {
    let (planted, folder) = (planted(), tempfile::tempdir().unwrap());
    let store = masked(folder.path().to_str().unwrap(), &planted).await;
    let found = in_files(folder.path());
    assert_no_secret(&planted, &found);
    assert_all_marks(&found);
    drop(store);
    let folder = tempfile::tempdir().unwrap();
    let store = FsStore::open(folder.path()).await.unwrap();
    let _store = bare(store, &planted).await;
    assert_all_secrets(&planted, &in_files(folder.path()));
}

#[tokio::test]
async fn no_planted_secret_is_in_a_database_or_its_log() {
    let (planted, folder) = (planted(), tempfile::tempdir().unwrap());
    let path = folder.path().join("runs.db").display().to_string();
    let store = masked(&format!("sqlite:{path}"), &planted).await;
    let found = in_rows(rows::sqlite(&path).await);
    assert_no_secret(&planted, &found);
    assert_all_marks(&found);
    // The store is still open: its log is there.
    let found = in_files(folder.path());
    assert_no_secret(&planted, &found);
    let in_log =
        |(place, bytes): &(String, Vec<u8>)| place.ends_with("-wal") && holds(bytes, MARKS[0]);
    assert!(found.iter().any(in_log), "nothing was found in the log");
    drop(store);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db").display().to_string();
    let store = SqlStore::sqlite(&path).await.unwrap();
    let _store = bare(store, &planted).await;
    assert_all_secrets(&planted, &in_rows(rows::sqlite(&path).await));
}

#[tokio::test]
async fn no_planted_secret_is_shown_by_memory() {
    let planted = planted();
    masked("memory:", &planted).await;
    bare(MemoryStore::new(), &planted).await;
}

/// Brings everything that the server holds to its files, and returns the folder around them.
async fn checkpoint(server: &str) -> String {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute("checkpoint").await.unwrap();
    let shown = "select current_setting('data_directory')";
    let folder: String = connection.fetch_one(shown).await.unwrap().get(0);
    let around = Path::new(&folder).parent().unwrap();
    around.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn no_planted_secret_is_in_the_files_of_a_server_or_its_log() {
    // The servers of other tests also hold what they wrote on purpose.
    let test = "canary::no_planted_secret_is_in_the_files_of_a_server_or_its_log";
    if alone(test, &[]) == Alone::Done {
        return;
    }
    let server = std::env::var("NETSNAP_TEST_POSTGRES").unwrap();
    let planted = planted();
    let _store = masked(&server, &planted).await;
    let found = in_rows(rows::postgres(&server).await);
    assert_no_secret(&planted, &found);
    assert_all_marks(&found);
    let found = in_files(Path::new(&checkpoint(&server).await));
    assert_no_secret(&planted, &found);
    for part in ["/data/base/", "/data/pg_wal/"] {
        let looked_through =
            |(place, bytes): &(String, Vec<u8>)| place.contains(part) && holds(bytes, MARKS[0]);
        assert!(
            found.iter().any(looked_through),
            "nothing was found in {part}"
        );
    }
    let store = SqlStore::postgres(&server).await.unwrap();
    let _bare = bare(store, &planted).await;
    assert_all_secrets(&planted, &in_rows(rows::postgres(&server).await));
}
