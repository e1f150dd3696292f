//! A run with a secret in every place that takes a text, and beside each secret a mark that anybody may see.

use std::sync::Arc;

use netsnap_core::event::{EventKind, NewEvent};
use netsnap_core::model::{
    Answer, DeviceResult, DeviceStatus, Execution, ExecutionStatus, Output, Proof, Rejection,
};
use netsnap_core::store::remarks::{self, Author, LabelChange};
use netsnap_core::store::{Backend, Durability, NewExecution, Recorder};
use netsnap_core::{Error, ErrorKind};
use serde_json::{Value, json};
use tokio::sync::broadcast;

/// Lines with secrets between « and », the same that the rules are tested with: as devices print them, and as guides write them.
const LINES: [&str; 2] = [
    include_str!("../../../netsnap-core/src/redact/planted.txt"),
    include_str!("../../../netsnap-core/src/redact/guides.txt"),
];
/// Where the text of an event is cut, in bytes.
const PART: usize = 64 * 1024;

/// No secrets, one for each kind of place: where one is not found, nothing was looked through.
pub(crate) const MARKS: &[&str] = &[
    "shown-actor",
    "shown-name",
    "shown-parameter",
    "shown-label",
    "shown-event",
    "shown-data",
    "shown-part",
    "shown-output",
    "shown-parsed",
    "shown-error",
    "shown-note",
    "shown-author",
    "shown-cause",
];

pub(crate) struct Planted {
    pub(crate) lines: Vec<String>,
    pub(crate) secrets: Vec<String>,
}

/// Secrets that stand in no line: an argument, a job, a hint, an author, the lines of a key, and one where a long line is cut.
const OTHERS: [&str; 7] = [
    "argument-hunter2",
    "job-hunter2",
    "hint-hunter2",
    "author-hunter2",
    "MIIkey0hunter2",
    "key1hunter2==",
    "long-hunter2",
];

pub(crate) fn planted() -> Planted {
    let lines = LINES.iter().flat_map(|lines| lines.lines());
    let marked = lines.filter(|line| !line.starts_with("# "));
    let marked: Vec<&str> = marked.filter(|line| line.contains('«')).collect();
    let clear = |line: &&str| line.replace(['«', '»'], "");
    let secret = |part: &str| part.split('»').next().map(str::to_owned);
    let secrets = marked
        .iter()
        .flat_map(|line| line.split('«').skip(1).filter_map(secret));
    Planted {
        lines: marked.iter().map(clear).collect(),
        secrets: secrets.chain(OTHERS.map(str::to_owned)).collect(),
    }
}

fn new(planted: &Planted) -> NewExecution {
    let line = &planted.lines[0];
    let [argument, job, ..] = OTHERS;
    NewExecution {
        name: format!("shown-name `{line}`"),
        actor: "shown-actor".into(),
        job_id: Some(format!("token={job}")),
        why: Some(line.clone()),
        ticket: Some(line.clone()),
        parameters: json!({
            "lines": planted.lines, "password": planted.secrets[1], "environment": { "API_TOKEN": planted.secrets[2] },
            "arguments": ["shown-parameter", "--password", argument], "nested": [{ "enable_secret": planted.secrets[3] }],
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

/// An output with all that is planted, and with what only shows when its parts are looked at together.
fn whole(planted: &Planted) -> Vec<u8> {
    let [.., first, last, long] = OTHERS;
    let key = format!(
        "-----BEGIN RSA PRIVATE KEY-----\n{first}\n{last}\n-----END RSA PRIVATE KEY-----\n"
    );
    let word = " password ";
    let long = format!("{}{word}{long} x\n", "x".repeat(PART - word.len() - 4));
    let lines = planted.lines.join("\r\n");
    let text = format!("shown-part shown-output\n{lines}\n{key}{long}\u{0}");
    [text.as_bytes(), b"\xff\n"].concat()
}

/// Records the run, and returns every answer that a reader of the store gets.
pub(crate) async fn record(store: &Arc<dyn Backend>, planted: &Planted) -> Vec<String> {
    let (bus, mut live) = broadcast::channel(4096);
    let recorder = Recorder::begin(Arc::clone(store), new(planted), bus);
    let recorder = recorder.await.unwrap();
    say(&recorder, planted).await;
    fail(&recorder, planted).await;
    let reason = Some(planted.lines[6].clone());
    let ended = recorder.finish(ExecutionStatus::Failed, reason);
    let ended = ended.await.unwrap();
    let mut seen = answers(
        store.as_ref(),
        &remark(store.as_ref(), &ended, planted).await,
    )
    .await;
    while let Ok(event) = live.try_recv() {
        seen.push(serde_json::to_string(&event).unwrap());
    }
    seen
}

async fn say(recorder: &Recorder, planted: &Planted) {
    for line in &planted.lines {
        let event = NewEvent::new(EventKind::LineAnswered, format!("shown-event\n{line}"))
            .data(json!({ "is": "shown-data", "line": line, "token": line }));
        recorder.event(event, Durability::Durable).await.unwrap();
        let parsed = json!({ "is": "shown-parsed", "stdout": line, "community": line });
        let said = output(line, line.clone().into_bytes()).with_parsed(parsed);
        recorder.output(said).await.unwrap();
    }
    let whole = whole(planted);
    let command = "show running-config";
    for part in whole.chunks(997) {
        let shown = recorder.output_part("r1", command, part).await;
        shown.unwrap();
    }
    recorder.output(output(command, whole)).await.unwrap();
}

async fn fail(recorder: &Recorder, planted: &Planted) {
    let message = format!("shown-error {}", planted.lines[4]);
    let error = Error::new(ErrorKind::CommandRejected, message)
        .with("line", &planted.lines[5])
        .hint(format!("try `token={}`", OTHERS[2]));
    let result = DeviceResult {
        error: Some(error.report()),
        ..DeviceResult::new("r1", DeviceStatus::Failed)
    };
    recorder.device_result(result).await.unwrap();
}

async fn remark(store: &dyn Backend, run: &Execution, planted: &Planted) -> Execution {
    let author = Author::new(format!("shown-author token={}", OTHERS[3]))
        .because(format!("shown-cause {}", planted.lines[7]));
    let note = format!("shown-note {}", planted.lines[7]);
    let noted = remarks::annotate(store, &run.id, &note, &author).await;
    noted.unwrap();
    let label = LabelChange {
        key: "shown".into(),
        value: Some(format!("shown-label {}", planted.lines[8])),
    };
    let labelled = remarks::label(store, &run.id, &label, &author).await;
    labelled.unwrap()
}

async fn answers(store: &dyn Backend, run: &Execution) -> Vec<String> {
    let mut seen = vec![serde_json::to_string(run).unwrap()];
    for event in store.events(&run.id, 1, 10_000).await.unwrap() {
        seen.push(serde_json::to_string(&event).unwrap());
    }
    for summary in store.outputs(&run.id).await.unwrap() {
        let output = store.output(&run.id, "r1", &summary.command).await;
        let output = output.unwrap();
        seen.push(String::from_utf8_lossy(&output.bytes).into_owned());
        seen.push(json!([summary, output.parsed.unwrap_or(Value::Null)]).to_string());
    }
    seen.push(serde_json::to_string(&store.device_results(&run.id).await.unwrap()).unwrap());
    for (_, entry) in store.log("audit", 1, 100).await.unwrap() {
        seen.push(String::from_utf8_lossy(&entry).into_owned());
    }
    seen
}
