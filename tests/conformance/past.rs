//! What was captured is captured again from the past as it was, and a plan is checked against it. No device is asked. A program asks
//! devices, and the past in their place, by the same words.

use netsnap_core::Netsnap;
use netsnap_core::capture::{Capture, CaptureOptions};
use netsnap_core::engine::CheckPlanOptions;
use netsnap_core::event::EventKind;
use netsnap_core::id::ExecutionId;
use netsnap_core::model::{Device, ExecutionStatus, LiveCheckKind, LiveStatus, Validation};
use netsnap_core::store::NewExecution;
use netsnap_core::transport::Limits;
use netsnap_tests::Bed;
use netsnap_tests::change::with_route;

const FOREIGN: &str = "ip route 203.0.113.128/25 Null0";
const SECRET: &str = "hunter2-of-then";

fn contents(capture: &Capture) -> Vec<String> {
    let snapshots = capture.snapshots.iter();
    snapshots
        .map(|snapshot| snapshot.content.to_string())
        .collect()
}

fn drifts(checked: &Validation) -> Vec<LiveStatus> {
    let rows = checked.live.iter();
    rows.filter(|row| row.check == LiveCheckKind::Drift)
        .map(|row| row.status)
        .collect()
}

#[tokio::test]
async fn a_capture_is_captured_again_from_the_past_as_it_was() {
    let bed = Bed::ring(2).await;
    bed.somebody_else("r1", &format!("password {SECRET}"));
    let (devices, options) = (bed.devices(), CaptureOptions::default());
    let then = bed.engine.capture(&devices, &options).await.unwrap();
    let plan = bed.plan(&devices, with_route).await;
    for name in ["r1", "r2"] {
        bed.somebody_else(name, FOREIGN);
    }
    let asked = || ["r1", "r2"].map(|name| bed.network.commands(name).unwrap().len());
    let before = asked();
    let past = bed.engine.replaying(&then.execution.id).await.unwrap();
    let again = past.capture(&devices, &options).await.unwrap();
    assert_eq!(contents(&again), contents(&then), "{:?}", again.devices);
    let text = past.snapshot_text(&again.snapshots[0].id).await.unwrap();
    assert!(text.contains(SECRET));
    let options = CheckPlanOptions::default();
    let checked = past.check_plan(&plan.id, &devices, &options).await.unwrap();
    assert_eq!(drifts(&checked), [LiveStatus::Passed; 2], "{checked:?}");
    assert_eq!(asked(), before);
    let now = bed.engine.check_plan(&plan.id, &devices, &options);
    assert_eq!(drifts(&now.await.unwrap()), [LiveStatus::Failed; 2]);
    // In the record of it the secret is masked, as in any other.
    let output = past.output(&again.execution.id, "r1", "show running-config");
    assert!(!output.await.unwrap().text().contains(SECRET));
    bed.assert_clean().await;
}

/// What a program does that is of no concern to netsnap: it asks the same twice, and how often it had to log in for that.
async fn automation(engine: &Netsnap, device: &Device) -> (Vec<String>, ExecutionId, usize) {
    let recorder = engine.begin(NewExecution::default()).await.unwrap();
    let (logins, limits) = (engine.logins(), Limits::default());
    let mut answers = Vec::new();
    for command in ["show version", "show bogus", "show version"] {
        let output = logins.ask(&recorder, device, command, &limits).await;
        answers.push(output.unwrap().text().into_owned());
    }
    logins.close().await;
    let run = recorder.finish(ExecutionStatus::Succeeded, None).await;
    let id = run.unwrap().id;
    let events = engine.events(&id, 1, 100).await.unwrap();
    let connected = events
        .iter()
        .filter(|event| event.kind == EventKind::Connected);
    (answers, id, connected.count())
}

#[tokio::test]
async fn a_program_asks_the_past_as_it_asked_the_device() {
    let bed = Bed::ring(2).await;
    let device = bed.device("r1");
    let (answers, run, logins) = automation(&bed.engine, &device).await;
    assert_eq!(logins, 1);
    assert!(answers[0].contains("FRRouting") && answers[1] != answers[0]);
    let outputs = bed.engine.outputs(&run).await.unwrap();
    assert!(outputs[1].rejection.is_some());
    let before = bed.network.commands("r1").unwrap().len();
    let past = bed.engine.replaying(&run).await.unwrap();
    let (again, _, logins) = automation(&past, &device).await;
    assert_eq!((again, logins), (answers, 1));
    assert_eq!(bed.network.commands("r1").unwrap().len(), before);
    bed.assert_clean().await;
}
