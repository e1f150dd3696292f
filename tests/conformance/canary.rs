//! A planted secret is in no stored byte: not in parameters, command lines, labels, events, outputs, errors or remarks, not in a
//! database or beside it, and not in what is shown live.

use std::path::Path;

use aho_corasick::AhoCorasick;
use netsnap_core::event::{EventKind, NewEvent};
use netsnap_core::model::{
    Annotation, Answer, DeviceResult, DeviceStatus, ExecutionStatus, Output, Proof, Rejection,
};
use netsnap_core::store::{self, Durability, NewExecution, Recorder};
use netsnap_core::{Error, ErrorKind};
use netsnap_tests::{Alone, alone, files};
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};
use tokio::sync::broadcast;

/// Lines with secrets between « and », the same that the rules are tested with.
const PLANTED: &str = include_str!("../../netsnap-core/src/redact/planted.txt");

struct Planted {
    lines: Vec<String>,
    secrets: Vec<String>,
}

fn planted() -> Planted {
    let marked = PLANTED.lines().filter(|line| !line.starts_with("# "));
    let marked: Vec<&str> = marked.filter(|line| line.contains('«')).collect();
    let clear = |line: &&str| line.replace(['«', '»'], "");
    let secret = |part: &str| part.split('»').next().map(str::to_owned);
    let secrets = marked
        .iter()
        .flat_map(|line| line.split('«').skip(1).filter_map(secret));
    Planted {
        lines: marked.iter().map(clear).collect(),
        secrets: secrets.collect(),
    }
}

fn new(planted: &Planted) -> NewExecution {
    let line = &planted.lines[0];
    NewExecution {
        name: format!("run `{line}`"),
        actor: SHOWN.into(),
        why: Some(line.clone()),
        ticket: Some(line.clone()),
        parameters: json!({
            "lines": planted.lines, "password": planted.secrets[1], "environment": { "API_TOKEN": planted.secrets[2] },
            "arguments": ["--password", "x"], "nested": [{ "enable_secret": planted.secrets[3] }],
        }),
        labels: [("note".to_owned(), line.clone())].into(),
        commands: planted.lines.clone(),
        ..NewExecution::default()
    }
}

fn output(command: &str, bytes: Vec<u8>) -> Output {
    let answer = Answer {
        rejection: Some(Rejection {
            line: command.to_owned(),
            rule: "invalid".into(),
        }),
        bytes,
        proof: Proof::Fence,
        exit_status: None,
        warnings: Vec::new(),
        duration_us: 1,
    };
    Output::new("r1", command, jiff::Timestamp::now(), answer)
}

async fn record(url: &str, planted: &Planted) -> Vec<String> {
    let store = store::open(url).await.unwrap();
    let (bus, mut live) = broadcast::channel(4096);
    let recorder = Recorder::begin(store.clone(), new(planted), bus)
        .await
        .unwrap();
    for line in &planted.lines {
        let event = NewEvent::new(EventKind::LineAnswered, line.clone())
            .data(json!({ "line": line, "token": line }));
        recorder.event(event, Durability::Durable).await.unwrap();
        let parsed = json!({ "stdout": line, "community": line });
        recorder
            .output(output(line, line.clone().into_bytes()).with_parsed(parsed))
            .await
            .unwrap();
    }
    let whole = planted.lines.join("\r\n") + "\n\u{0}";
    let whole = [whole.as_bytes(), b"\xff\n"].concat();
    let middle = whole.len() / 2;
    for part in [&whole[..middle], &whole[middle..]] {
        recorder
            .output_part("r1", "show running-config", part)
            .await
            .unwrap();
    }
    recorder
        .output(output("show running-config", whole))
        .await
        .unwrap();
    let error = Error::new(ErrorKind::CommandRejected, planted.lines[4].clone())
        .with("line", &planted.lines[5]);
    let result = DeviceResult {
        error: Some(error.report()),
        ..DeviceResult::new("r1", DeviceStatus::Failed)
    };
    recorder.device_result(result).await.unwrap();
    let reason = Some(planted.lines[6].clone());
    let ended = recorder
        .finish(ExecutionStatus::Failed, reason)
        .await
        .unwrap();
    let mut noted = ended.clone();
    noted.annotations.push(Annotation {
        at: jiff::Timestamp::now(),
        actor: "a".into(),
        text: planted.lines[7].clone(),
    });
    let noted = store.update(&noted).await.unwrap();
    let mut seen = vec![serde_json::to_string(&noted).unwrap()];
    while let Ok(event) = live.try_recv() {
        seen.push(serde_json::to_string(&event).unwrap());
    }
    for event in store.events(&ended.id, 1, 10_000).await.unwrap() {
        seen.push(serde_json::to_string(&event).unwrap());
    }
    for summary in store.outputs(&ended.id).await.unwrap() {
        let output = store
            .output(&ended.id, "r1", &summary.command)
            .await
            .unwrap();
        seen.push(String::from_utf8_lossy(&output.bytes).into_owned());
        seen.push(json!([summary, output.parsed.unwrap_or(Value::Null)]).to_string());
    }
    seen.push(serde_json::to_string(&store.device_results(&ended.id).await.unwrap()).unwrap());
    seen
}

fn assert_none(planted: &Planted, text: &str, place: &str) {
    for secret in &planted.secrets {
        assert!(
            !text.contains(secret.as_str()),
            "{secret} is in {place}: {text:.300}"
        );
    }
}

async fn nowhere(url: impl Fn(&str) -> String) {
    let planted = planted();
    let folder = tempfile::tempdir().unwrap();
    let url = url(folder.path().to_str().unwrap());
    for answer in record(&url, &planted).await {
        assert_none(&planted, &answer, "an answer");
    }
    for file in files(folder.path()) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        assert_none(
            &planted,
            &String::from_utf8_lossy(&bytes),
            &file.display().to_string(),
        );
        assert_none(&planted, &file.to_string_lossy(), "a name");
    }
}

#[tokio::test]
async fn no_planted_secret_is_in_a_folder_of_files() {
    nowhere(|folder| format!("{folder}/data")).await;
}

#[tokio::test]
async fn no_planted_secret_is_in_a_database_or_its_log() {
    nowhere(|folder| format!("sqlite:{folder}/runs.db")).await;
}

#[tokio::test]
async fn no_planted_secret_is_shown_by_memory() {
    nowhere(|_| "memory:".to_owned()).await;
}

/// No secret: where it is not found, nothing was looked through.
const SHOWN: &str = "a-name-that-anybody-may-see";

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
    for answer in record(&server, &planted).await {
        assert_none(&planted, &answer, "an answer");
    }
    let folder = checkpoint(&server).await;
    let secrets = AhoCorasick::new(&planted.secrets).unwrap();
    let mut shown_in = Vec::new();
    for file in files(Path::new(&folder)) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let place = file.display().to_string();
        let found = secrets.find(&bytes).map(|found| found.pattern().as_usize());
        let found = found.map(|secret| &planted.secrets[secret]);
        assert_eq!(found, None, "a secret is in {place}");
        if AhoCorasick::new([SHOWN]).unwrap().is_match(&bytes) {
            shown_in.push(place);
        }
    }
    for part in ["/data/base/", "/data/pg_wal/"] {
        let looked_through = shown_in.iter().any(|place| place.contains(part));
        assert!(looked_through, "nothing was found in {part}: {shown_in:?}");
    }
}
