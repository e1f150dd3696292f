use serde_json::json;

use super::*;
use crate::event::{EventKind, NewEvent};
use crate::model::{Annotation, Answer, DeviceStatus, DeviceSummary, ExecutionStatus, Proof};
use crate::redact::MASK;
use crate::store::{ExecutionStore, MemoryStore, Vigil};

/// A token that no rule but its own shape tells, and that stands whole in no source.
fn token() -> String {
    format!("ghp_{}", "a1B2".repeat(9))
}

fn gate() -> (Gate, Arc<MemoryStore>) {
    let behind = Arc::new(MemoryStore::new());
    (Gate::new(behind.clone(), Arc::default()), behind)
}

fn run(number: u32) -> Execution {
    let at = jiff::Timestamp::UNIX_EPOCH;
    Execution::new(ExecutionId::new(at, number), at)
}

fn output(device: &str, command: &str, bytes: &[u8]) -> Output {
    let answer = Answer {
        bytes: bytes.to_vec(),
        proof: Proof::Exec,
        exit_status: None,
        rejection: None,
        warnings: Vec::new(),
        duration_us: 0,
    };
    Output::new(device, command, jiff::Timestamp::UNIX_EPOCH, answer)
}

fn assert_refused<T: std::fmt::Debug>(result: Result<T>, place: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let shown = format!("{error} {error:?} {:?}", error.report());
    assert!(!shown.contains(&token()), "{shown}");
    assert_eq!(error.report().context["place"], place);
}

#[tokio::test]
async fn names_of_people_and_jobs_are_masked() {
    let (gate, behind) = gate();
    let mut run = run(1);
    run.actor = format!("ana token={}", token());
    run.job_id = Some(format!("https://ci:{}@host/1", token()));
    run.annotations.push(Annotation {
        at: run.created_at,
        actor: token(),
        text: token(),
    });
    ExecutionStore::create(&gate, &run).await.unwrap();
    let kept = behind.load(&run.id).await.unwrap();
    assert_eq!(kept.actor, "ana token=********");
    assert_eq!(kept.job_id.as_deref(), Some("https://ci:********@host/1"));
    assert_eq!(
        (&*kept.annotations[0].actor, &*kept.annotations[0].text),
        (MASK, MASK)
    );
}

#[tokio::test]
async fn the_name_of_somebody_whose_password_it_is_stays() {
    let redactor = Redactor::default();
    redactor.register("operator");
    let gate = Gate::new(Arc::new(MemoryStore::new()), Arc::new(redactor));
    let mut run = run(1);
    run.actor = "operator".into();
    run.name = "as operator".into();
    ExecutionStore::create(&gate, &run).await.unwrap();
    let kept = ExecutionStore::load(&gate, &run.id).await.unwrap();
    assert_eq!((&*kept.actor, &*kept.name), ("operator", "as ********"));
}

#[tokio::test]
async fn parameters_are_named_by_what_is_kept_of_them() {
    let (gate, behind) = gate();
    let mut run = run(1);
    run.parameters = json!({ "argv": ["tool", "--password", "hunter2"], "note": token() });
    run.parameters_digest = Some(Digest::of(run.parameters.to_string().as_bytes()));
    ExecutionStore::create(&gate, &run).await.unwrap();
    let kept = behind.load(&run.id).await.unwrap();
    let masked = json!({ "argv": ["tool", "--password", MASK], "note": MASK });
    assert_eq!(kept.parameters, masked);
    let digest = Digest::of(masked.to_string().as_bytes());
    assert_eq!(kept.parameters_digest, Some(digest));
}

#[tokio::test]
async fn a_name_that_looks_like_a_secret_is_refused_where_it_is_referred_to() {
    let (gate, _) = gate();
    let mut labelled = run(1);
    labelled.labels.insert(token(), "x".into());
    let created = ExecutionStore::create(&gate, &labelled).await;
    assert_refused(created, "/labels/********");
    let mut run = run(2);
    ExecutionStore::create(&gate, &run).await.unwrap();
    let summary = DeviceSummary {
        id: token(),
        name: "r1".into(),
        ip: "192.0.2.1".into(),
        platform: None,
    };
    run.devices.push(summary);
    let updated = ExecutionStore::update(&gate, &run).await;
    assert_refused(updated, "/devices/0/id");
    let kept = ExecutionStore::put_output(&gate, &run.id, output(&token(), "show", b"x")).await;
    assert_refused(kept, "/device");
    let result = DeviceResult::new(token(), DeviceStatus::Ok);
    let kept = ExecutionStore::put_device_results(&gate, &run.id, &[result]).await;
    assert_refused(kept, "/device");
}

#[tokio::test]
async fn a_name_with_a_secret_behind_a_word_is_refused() {
    let (gate, _) = gate();
    let mut labelled = run(1);
    labelled
        .labels
        .insert("password=hunter2".into(), "x".into());
    let created = ExecutionStore::create(&gate, &labelled).await;
    assert_refused(created, "/labels/********");
    let run = run(2);
    ExecutionStore::create(&gate, &run).await.unwrap();
    let device = "password=hunter2";
    let kept = ExecutionStore::put_output(&gate, &run.id, output(device, "show", b"x")).await;
    assert_refused(kept, "/device");
    let event = NewEvent::new(EventKind::Note, "x").on(device);
    let event = ExecutionStore::as_kept(&gate, event.at(1, run.created_at));
    assert_eq!(event.device.as_deref(), Some("password=********"));
}

#[tokio::test]
async fn every_text_of_a_run_is_masked() {
    let (gate, behind) = gate();
    let mut run = run(1);
    run.tool = "curl -u a:hunter2 http://x".into();
    run.version = "password=hunter2".into();
    run.labels.insert("api_token".into(), "hunter2".into());
    run.labels.insert("site".into(), "fra".into());
    run.devices.push(DeviceSummary {
        id: "r1".into(),
        name: "r1".into(),
        ip: "http://u:hunter2@192.0.2.1/".into(),
        platform: None,
    });
    ExecutionStore::create(&gate, &run).await.unwrap();
    let kept = behind.load(&run.id).await.unwrap();
    assert_eq!(
        (&*kept.tool, &*kept.version),
        ("curl -u a:******** http://x", "password=********")
    );
    assert_eq!(
        (&*kept.labels["api_token"], &*kept.labels["site"]),
        (MASK, "fra")
    );
    assert_eq!(kept.devices[0].ip, "http://u:********@192.0.2.1/");
}

#[tokio::test]
async fn every_text_of_an_error_and_a_rejection_is_masked() {
    let (gate, behind) = gate();
    let run = run(1);
    ExecutionStore::create(&gate, &run).await.unwrap();
    let error = Error::new(ErrorKind::CommandRejected, "refused")
        .during("password=hunter2")
        .with("token", "hunter2")
        .with("line", "hostname r1");
    let result = DeviceResult {
        error: Some(error.report()),
        ..DeviceResult::new("r1", DeviceStatus::Failed)
    };
    let kept = ExecutionStore::put_device_results(&gate, &run.id, &[result]).await;
    kept.unwrap();
    let kept = behind.device_results(&run.id).await.unwrap();
    let error = kept[0].error.as_ref().unwrap();
    assert_eq!(error.operation, "password=********");
    assert_eq!(
        (&*error.context["token"], &*error.context["line"]),
        (MASK, "hostname r1")
    );
    let mut said = output("r1", "show", b"x");
    said.summary.rejection = Some(crate::model::Rejection {
        line: "x".into(),
        rule: "password=hunter2".into(),
    });
    let kept = ExecutionStore::put_output(&gate, &run.id, said)
        .await
        .unwrap();
    assert_eq!(kept.rejection.unwrap().rule, "password=********");
}

#[tokio::test]
async fn a_run_that_holds_such_a_name_already_can_end() {
    let (gate, behind) = gate();
    let mut run = run(1);
    run.labels.insert(token(), "x".into());
    behind.create(&run).await.unwrap();
    run.status = ExecutionStatus::Interrupted;
    let ended = ExecutionStore::update(&gate, &run).await.unwrap();
    assert_eq!(ended.status, ExecutionStatus::Interrupted);
}

#[tokio::test]
async fn what_a_device_says_is_masked_and_never_refused() {
    let (gate, behind) = gate();
    let run = run(1);
    ExecutionStore::create(&gate, &run).await.unwrap();
    let said = output("r1", "show", format!("a {} b", token()).as_bytes());
    let kept = ExecutionStore::put_output(&gate, &run.id, said).await;
    assert_eq!(kept.unwrap().redactions, 1);
    let read = behind.output(&run.id, "r1", "show").await.unwrap();
    assert_eq!(read.bytes, b"a ******** b");
    let event = NewEvent::new(EventKind::Note, token())
        .on(token())
        .data(json!({ token(): 1 }))
        .at(1, run.created_at);
    let event = ExecutionStore::as_kept(&gate, event);
    assert_eq!((event.device.as_deref(), &*event.text), (Some(MASK), MASK));
    assert_eq!(event.data, json!({ MASK: 1 }));
    let error = Error::new(ErrorKind::CommandRejected, token())
        .with("line", token())
        .hint(format!("try `password hunter2` or {}", token()));
    let result = DeviceResult {
        error: Some(error.report()),
        ..DeviceResult::new("r1", DeviceStatus::Failed)
    };
    let kept = ExecutionStore::put_device_results(&gate, &run.id, &[result]).await;
    kept.unwrap();
    let kept = format!("{:?}", behind.device_results(&run.id).await.unwrap());
    assert!(
        !kept.contains(&token()) && !kept.contains("hunter2"),
        "{kept}"
    );
}

#[tokio::test]
async fn an_output_is_found_under_the_name_that_earlier_rules_left_it() {
    let (gate, behind) = gate();
    let run = run(1);
    behind.create(&run).await.unwrap();
    let command = "mysql -phunter2 db";
    behind
        .put_output(&run.id, output("r1", command, b"x"))
        .await
        .unwrap();
    let found = ExecutionStore::output(&gate, &run.id, "r1", command).await;
    assert_eq!(found.unwrap().bytes, b"x");
    let none = ExecutionStore::output(&gate, &run.id, "r1", "mysql -phunter3 db").await;
    assert_eq!(none.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_was_masked_is_not_looked_through_again() {
    let (gate, behind) = gate();
    let run = run(1);
    ExecutionStore::create(&gate, &run).await.unwrap();
    let seen = async |store: &dyn ExecutionStore, number| {
        let event = NewEvent::new(EventKind::Note, token()).at(number, run.created_at);
        let events = [event];
        let appended = store.append_kept(&run.id, &events, Durability::Batched);
        appended.await.unwrap();
        behind.last_event(&run.id).await.unwrap().unwrap().text
    };
    assert_eq!(seen(&gate, 1).await, token());
    // Nor where the one that looks for who left stands before the masks.
    let vigil = Vigil::new(Arc::new(gate.clone()));
    assert_eq!(seen(&vigil, 2).await, token());
    // Who changes what is appended, or counts it, need not know of this: it is an append like any other.
    #[derive(Debug)]
    struct Refusing(Gate);
    #[async_trait]
    impl Front for Refusing {
        fn behind(&self) -> &dyn Backend {
            &self.0
        }

        async fn append(&self, _: &ExecutionId, _: &[Event], _: Durability) -> Result<()> {
            Err(Error::new(ErrorKind::ReadOnly, "closed"))
        }
    }
    let refusing = Refusing(gate);
    let appended = ExecutionStore::append_kept(&refusing, &run.id, &[], Durability::Batched);
    assert_eq!(appended.await.unwrap_err().kind(), ErrorKind::ReadOnly);
}
