//! Outputs: whole, or an error. Never a part that looks like the whole.

use std::time::Duration;

use netsnap_core::ErrorKind;
use netsnap_core::collect::CollectOptions;
use netsnap_core::event::EventKind;
use netsnap_core::id::{Digest, ExecutionId};
use netsnap_core::model::{DeviceStatus, Output, Proof};
use netsnap_core::sim::Fault;
use netsnap_tests::{Bed, short};

async fn collected(bed: &Bed, command: &str) -> Output {
    let run = bed
        .engine
        .collect(
            &bed.devices(),
            &[command.to_owned()],
            &CollectOptions::default(),
        )
        .await
        .unwrap();
    assert_eq!(run.devices[0].status, DeviceStatus::Ok, "{run:?}");
    let output = bed.engine.output(&run.execution.id, "r1", command).await;
    output.unwrap()
}

#[tokio::test]
async fn a_line_that_equals_the_prompt_with_a_pause_behind_it_ends_no_output() {
    let bed = Bed::ring(1).await;
    let command = "show running-config";
    let whole = collected(&bed, command).await.text().into_owned();
    let pause = Duration::from_millis(700);
    let line = command.to_owned();
    bed.fault("r1", Fault::PromptLike { line, pause });
    let output = collected(&bed, command).await;
    assert!(output.summary.proof >= Proof::Fence);
    assert_eq!(output.text(), format!("r1# \n{whole}"));
    bed.assert_clean().await;
}

/// Returns the parts of outputs that a run showed, and the kinds of its events.
async fn shown(bed: &Bed, run: &ExecutionId) -> (String, Vec<EventKind>) {
    let events = bed.engine.events(run, 1, 1000).await.unwrap();
    let parts = events
        .iter()
        .filter(|event| event.kind == EventKind::OutputPart);
    let text = parts.map(|event| event.text.as_str()).collect();
    (text, events.iter().map(|event| event.kind).collect())
}

#[tokio::test]
async fn of_a_command_that_goes_on_is_seen_what_has_come() {
    let bed = Bed::ring(1).await;
    let pause = Duration::from_millis(1200);
    let line = "show running-config".to_owned();
    bed.fault("r1", Fault::PromptLike { line, pause });
    let commands = ["show running-config", "show version"].map(str::to_owned);
    let (devices, options) = (bed.devices(), CollectOptions::default());
    let run = bed.engine.collect(&devices, &commands, &options).await;
    let run = run.unwrap().execution.id;
    let (parts, kinds) = shown(&bed, &run).await;
    assert_eq!(parts, "r1# \n");
    use EventKind::{CommandFinished, OutputPart};
    let kinds: Vec<_> = kinds
        .into_iter()
        .filter(|kind| matches!(kind, OutputPart | CommandFinished))
        .collect();
    assert_eq!(kinds, [OutputPart, CommandFinished, CommandFinished]);
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_device_that_closes_in_the_middle_of_a_command_leaves_an_error_and_no_output() {
    let bed = Bed::ring(1).await;
    let fault = Fault::CloseDuring("show running-config".to_owned());
    bed.fault("r1", fault);
    let (status, error) = bed.failure(bed.device("r1"), "show running-config").await;
    assert_eq!(
        (status, error.kind),
        (DeviceStatus::Failed, ErrorKind::ConnectionLost)
    );
    let run = bed.engine.current().await.unwrap().expect("a run");
    assert_eq!(bed.engine.outputs(&run.id).await.unwrap(), []);
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_connection_that_breaks_behind_any_number_of_bytes_never_leaves_a_part() {
    let bed = Bed::ring(1).await;
    let (running, mut broken) = (bed.network.running("r1").unwrap(), 0);
    let command = "show running-config".to_owned();
    let mut options = CollectOptions::default();
    options.limits = short();
    loop {
        bed.fault("r1", Fault::CloseAfterBytes(broken * 157));
        let commands = std::slice::from_ref(&command);
        let run = bed.engine.collect(&bed.devices(), commands, &options).await;
        let run = run.unwrap();
        let Some(error) = run.devices[0].error.clone() else {
            let output = bed.engine.output(&run.execution.id, "r1", &command).await;
            assert_eq!(output.unwrap().text(), running);
            break;
        };
        // A server that closes upon the credentials has most likely refused them: they are not tried again.
        use ErrorKind::{AuthenticationRejected, ConnectionLost};
        let kinds = [AuthenticationRejected, ConnectionLost];
        assert!(
            kinds.contains(&error.kind) && error.hint.is_some(),
            "{error:?}"
        );
        assert_eq!(bed.engine.outputs(&run.execution.id).await.unwrap(), []);
        broken += 1;
    }
    assert!(broken > 5, "too few bytes for a login and a configuration");
    bed.assert_clean().await;
}

#[tokio::test]
async fn fifty_megabytes_are_recorded_whole() {
    let bed = Bed::ring(1).await;
    let output = collected(&bed, "show bulk 50").await;
    let line = "interface statistics: 0 packets input, 0 bytes, 0 no buffer ...\n";
    let expected = line.repeat(50 * (1 << 20) / line.len());
    assert_eq!(output.summary.bytes, expected.len() as u64);
    assert_eq!(output.summary.digest, Digest::of(expected.as_bytes()));
    assert!(output.bytes == expected.as_bytes());
    bed.assert_clean().await;
}

#[tokio::test]
async fn more_than_the_limit_is_an_overflow_and_nothing_is_kept() {
    let bed = Bed::ring(1).await;
    let mut options = CollectOptions::default();
    (options.limits, options.limits.output) = (short(), 1 << 20);
    let run = bed
        .engine
        .collect(&bed.devices(), &["show bulk 8".to_owned()], &options)
        .await
        .unwrap();
    let error = run.devices[0].error.clone().expect("too much");
    assert_eq!(error.kind, ErrorKind::OutputOverflow);
    assert!(error.hint.is_some(), "{error:?}");
    let outputs = bed.engine.outputs(&run.execution.id).await.unwrap();
    assert_eq!(outputs, []);
    bed.assert_clean().await;
}

#[tokio::test]
async fn of_more_than_what_is_wanted_head_and_tail_are_kept_and_the_session_goes_on() {
    let bed = Bed::ring(1).await;
    let mut options = CollectOptions::default();
    // More than the limit of the transport comes: what is between head and tail is never held.
    (options.limits, options.limits.output) = (short(), 1 << 20);
    options.output_limit = Some(64 << 10);
    let commands = ["show bulk 8", "show version"].map(str::to_owned);
    let run = bed
        .engine
        .collect(&bed.devices(), &commands, &options)
        .await;
    let run = run.unwrap();
    assert_eq!(run.devices[0].status, DeviceStatus::Ok, "{run:?}");
    let output = bed
        .engine
        .output(&run.execution.id, "r1", &commands[0])
        .await;
    let output = output.unwrap();
    let line = "interface statistics: 0 packets input, 0 bytes, 0 no buffer ...\n";
    let whole = 8 * (1 << 20) / line.len() * line.len();
    let cut = output.summary.cut.expect("it is cut");
    assert_eq!(cut.bytes, whole as u64);
    assert!(cut.head + cut.tail <= 64 << 10);
    assert!(cut.head + cut.tail > (64 << 10) - 2 * line.len() as u64);
    let text = output.text();
    let (head, tail) = text.split_once("... ").unwrap();
    let (missing, tail) = tail.split_once(" bytes left out ...\n").unwrap();
    assert_eq!(
        missing.replace(',', ""),
        (cut.bytes - cut.head - cut.tail).to_string()
    );
    assert_eq!(head, line.repeat(head.len() / line.len()));
    assert_eq!(tail, line.repeat(tail.len() / line.len()));
    assert_eq!((head.len() as u64, tail.len() as u64), (cut.head, cut.tail));
    assert!(output.summary.proof >= Proof::Fence);
    let version = bed
        .engine
        .output(&run.execution.id, "r1", &commands[1])
        .await;
    assert_eq!(version.unwrap().summary.cut, None);
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_refused_command_is_recorded_with_its_answer_and_the_next_one_is_run() {
    let bed = Bed::ring(1).await;
    let commands = ["show nonsense".to_owned(), "show version".to_owned()];
    let run = bed
        .engine
        .collect(&bed.devices(), &commands, &CollectOptions::default())
        .await
        .unwrap();
    let result = &run.devices[0];
    assert_eq!((result.commands_ok, result.commands_failed), (1, 1));
    let refused = bed.engine.output(&run.execution.id, "r1", &commands[0]);
    let refused = refused.await.unwrap();
    assert_eq!(refused.text(), "% Unknown command: show nonsense\n");
    assert!(refused.summary.rejection.is_some());
    bed.assert_clean().await;
}
