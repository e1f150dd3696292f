//! What Ansible and ansible-runner really printed and left, read; and everything else, refused.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::error::ErrorKind;
use crate::model::{CommandStatus, DeviceResult, DeviceStatus, ExecutionStatus, TaskCounters};
use crate::store::exchange::draft::Draft;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/ansible")
        .join(name)
}

fn text_of(name: &str) -> String {
    fs::read_to_string(data(name)).unwrap()
}

fn at() -> Timestamp {
    "2026-03-01T10:00:00Z".parse().unwrap()
}

fn options() -> ImportOptions {
    ImportOptions {
        at: Some(at()),
        actor: "importer".into(),
        ..ImportOptions::default()
    }
}

fn recaps(text: &str) -> Vec<Draft> {
    let found = recap_text(text.as_bytes(), at(), "a text", &options());
    found.unwrap().drafts
}

fn one(found: Result<Found>) -> Draft {
    let mut drafts = found.unwrap().drafts;
    assert_eq!(drafts.len(), 1);
    drafts.remove(0)
}

fn result<'d>(draft: &'d Draft, host: &str) -> &'d DeviceResult {
    let mut results = draft.results.iter();
    results.find(|result| result.device == host).unwrap()
}

fn status(draft: &Draft, host: &str, command: &str) -> CommandStatus {
    let mut outputs = draft.outputs.iter().map(|one| &one.output.summary);
    let found = outputs.find(|one| one.device == host && one.command == command);
    found.unwrap().status
}

/// What all four recordings of the playbook tell.
fn tells_of_the_site(draft: &Draft) {
    assert_eq!(draft.execution.status, ExecutionStatus::Partial);
    let r2 = TaskCounters {
        ok: 8,
        changed: 3,
        skipped: 2,
        rescued: 1,
        ignored: 1,
        ..TaskCounters::default()
    };
    assert_eq!(result(draft, "r2").tasks, r2);
    for (host, status) in [
        ("2001:db8::1", DeviceStatus::Failed),
        ("away", DeviceStatus::Unreachable),
        ("r1", DeviceStatus::Changed),
        ("r2", DeviceStatus::Changed),
    ] {
        assert_eq!(result(draft, host).status, status, "{host}");
    }
    assert_eq!(draft.execution.results.failed_devices, 2);
    assert_eq!(draft.execution.results.tasks.ok, 20);
}

/// What those tell that hold results.
fn tells_of_each_task(draft: &Draft) {
    for (host, command, expected) in [
        ("r1", "Show version", CommandStatus::Ok),
        ("r1", "Show version (2)", CommandStatus::Ok),
        ("r1", "Write a file", CommandStatus::Changed),
        ("r2", "Not everywhere", CommandStatus::Skipped),
        ("2001:db8::1", "Last word", CommandStatus::Failed),
        ("away", "Show version", CommandStatus::Unreachable),
    ] {
        assert_eq!(status(draft, host, command), expected, "{host} {command}");
    }
    let output = |command: &str| {
        let mut outputs = draft.outputs.iter().map(|one| &one.output);
        let found =
            outputs.find(|one| one.summary.device == "r1" && one.summary.command == command);
        found.unwrap()
    };
    assert_eq!(
        output("Show version").text(),
        "version 8.4.4\nuptime 3 days\n"
    );
    assert_eq!(output("Set the login").bytes, b"");
    assert_eq!(output("Set the login").parsed, None);
    let error = result(draft, "2001:db8::1").error.as_ref().unwrap();
    assert_eq!(error.context["answer"], "this one is meant to fail");
    assert!(draft.execution.started_at < draft.execution.ended_at);
    let whole = format!("{draft:?}");
    assert!(!whole.contains("canary"), "a secret was kept");
}

#[test]
fn a_recap_reads_the_same_with_and_without_colours() {
    let plain = recaps(&text_of("recap.txt"));
    let coloured = recaps(&text_of("recap_color.txt"));
    assert_eq!((plain.len(), coloured.len()), (1, 1));
    tells_of_the_site(&plain[0]);
    assert_eq!(plain[0].results, coloured[0].results);
    assert_eq!(plain[0].execution.name, "Look at routers");
    assert_eq!(plain[0].execution.created_at, at());
}

#[test]
fn an_artefact_folder_tells_of_each_task() {
    let draft = one(runner(&data("artifacts/site"), &options()));
    tells_of_the_site(&draft);
    tells_of_each_task(&draft);
    assert_eq!(status(&draft, "r2", "May fail"), CommandStatus::Ignored);
    assert_eq!(status(&draft, "r2", "Break"), CommandStatus::Rescued);
    let run = &draft.execution;
    assert_eq!(
        (run.name.as_str(), run.actor.as_str()),
        ("site.yml", "operator")
    );
    assert_eq!(run.parameters["environment"]["LANG"], "C.UTF-8");
    assert!(run.parameters["environment"].get("PATH").is_none());
    let command = run.parameters["command"].as_str().unwrap();
    assert!(command.contains("ansible_password=********"), "{command}");
    let again = one(runner(&data("artifacts/site"), &options()));
    assert_eq!(again.digest().unwrap(), draft.digest().unwrap());
}

#[test]
fn the_json_document_and_the_lines_tell_the_same() {
    for name in ["callback.json", "callback.jsonl"] {
        let draft = one(json(&data(name), &options()));
        tells_of_the_site(&draft);
        tells_of_each_task(&draft);
        let mut both = ["May fail", "Break"].map(|task| status(&draft, "r2", task));
        both.sort_by_key(|status| *status == CommandStatus::Rescued);
        // Which is which does not stand there.
        assert_eq!(both, [CommandStatus::Ignored, CommandStatus::Rescued]);
        assert_eq!(draft.execution.name, "site.yml");
        assert_eq!(draft.execution.actor, "importer");
    }
}

#[test]
fn a_killed_runner_leaves_an_interrupted_run() {
    let draft = one(runner(&data("artifacts/killed"), &options()));
    assert_eq!(draft.execution.status, ExecutionStatus::Interrupted);
    assert_eq!(status(&draft, "r1", "Quick"), CommandStatus::Ok);
    assert_eq!(result(&draft, "r1").tasks.ok, 1);
    assert_eq!(draft.outputs.len(), 2);
}

#[test]
fn a_run_that_did_not_begin_failed_and_says_why() {
    let draft = one(runner(&data("artifacts/broken"), &options()));
    assert_eq!(draft.execution.status, ExecutionStatus::Failed);
    let reason = draft.execution.reason.unwrap();
    assert!(
        reason.contains("couldn't resolve module/action"),
        "{reason}"
    );
}

#[test]
fn a_folder_of_artefacts_holds_several_runs() {
    for path in [data("artifacts"), data("")] {
        assert_eq!(runner(&path, &options()).unwrap().drafts.len(), 3);
    }
    // Who gives the folder of the events means the run that they are of.
    let inside = one(runner(&data("artifacts/site/job_events"), &options()));
    let whole = one(runner(&data("artifacts/site"), &options()));
    assert_eq!(inside.execution, whole.execution);
    let empty = tempfile::tempdir().unwrap();
    let error = runner(empty.path(), &options()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn lines_that_end_without_statistics_are_an_interrupted_run() {
    let whole = text_of("callback.jsonl");
    let cut = &whole[..whole.len() * 2 / 3];
    let found = json_text(cut.as_bytes(), at(), "x", &options()).unwrap();
    assert_eq!(
        found.remarks,
        ["1 lines are no events and were passed over"]
    );
    assert_eq!(
        found.drafts[0].execution.status,
        ExecutionStatus::Interrupted
    );
    let twice = format!("{whole}{whole}");
    let found = json_text(twice.as_bytes(), at(), "x", &options()).unwrap();
    assert_eq!(found.drafts.len(), 2);
}

#[test]
fn a_document_is_found_behind_other_lines() {
    let text = format!(
        "Using /etc/ansible/ansible.cfg\n{{ not json\n{}",
        text_of("callback.json")
    );
    let found = json_text(text.as_bytes(), at(), "x", &options());
    tells_of_the_site(&one(found));
    for text in [
        "",
        "{}",
        "{\"plays\": 1}",
        "{\"plays\": []}",
        "[1]",
        "nothing",
    ] {
        let error = json_text(text.as_bytes(), at(), "x", &options()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}");
    }
}

#[test]
fn a_text_without_a_recap_is_refused_with_a_hint() {
    for text in ["", "PLAY [x] ***\nTASK [y] ***\n", "PLAY RECAP ****\n\n"] {
        let error = recap_text(text.as_bytes(), at(), "x", &options()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}");
        assert!(error.report().hint.is_some());
    }
}

#[test]
fn old_recaps_lack_counters_and_new_ones_may_have_more() {
    let text = "PLAY RECAP ********************************************************************* \n\
        r1                         : ok=2    changed=1    unreachable=0    failed=0   \n\
        a host : with colons       : ok=1    changed=0    unreachable=0    failed=1    skipped=4    dreamed=3   \n\
        fe80::1%eth0               : ok=1    changed=0    unreachable=0    failed=0\n";
    let drafts = recaps(text);
    let draft = &drafts[0];
    assert_eq!(result(draft, "r1").tasks.changed, 1);
    assert_eq!(result(draft, "fe80::1%eth0").status, DeviceStatus::Ok);
    let other = result(draft, "a host : with colons");
    assert_eq!(
        (other.status, other.tasks.skipped),
        (DeviceStatus::Failed, 4)
    );
    let kept = draft
        .events
        .iter()
        .any(|event| event.data["extra_counters"]["dreamed"] == 3);
    assert!(kept);
}

#[test]
fn each_recap_of_a_text_is_a_run() {
    let recap = "PLAY RECAP ***\nr1 : ok=1 changed=0 unreachable=0 failed=0\n";
    let text = format!("PLAY [one] ***\n{recap}\nPLAY [two] ***\n{recap}PLAY RECAP ***\n\n");
    let found = recap_text(text.as_bytes(), at(), "x", &options()).unwrap();
    let names: Vec<_> = found.drafts.iter().map(|one| &one.execution.name).collect();
    assert_eq!(names, ["one", "two"]);
    assert_eq!(found.remarks.len(), 1);
}

#[test]
fn the_prefix_of_a_log_tells_when_and_who() {
    let text = "2026-11-21 02:10:33,123 p=8335 u=operator n=ansible INFO| PLAY [Look] *****\n\
        2026-11-21 02:10:40,456 p=8335 u=operator n=ansible INFO| PLAY RECAP *****\n\
        2026-11-21 02:10:40,457 p=8335 u=operator n=ansible INFO| 2001:db8::1 : ok=5    changed=2    unreachable=0    failed=0\n\
        2026-11-21 02:10:40,457 p=8335 u=operator n=ansible | r1 : ok=5    changed=2    unreachable=0    failed=0\n";
    let drafts = recaps(text);
    let run = &drafts[0].execution;
    assert_eq!(run.actor, "operator");
    assert_eq!(run.created_at.to_string(), "2026-11-21T02:10:33.123Z");
    assert_eq!(
        run.ended_at.unwrap().to_string(),
        "2026-11-21T02:10:40.457Z"
    );
    assert_eq!(result(&drafts[0], "2001:db8::1").tasks.ok, 5);
    assert_eq!(result(&drafts[0], "r1").tasks.ok, 5);
    let other =
        "[10:00:01] PLAY RECAP *****\n[10:00:02] r1 : ok=5 changed=2 unreachable=0 failed=0\n";
    assert_eq!(result(&recaps(other)[0], "r1").tasks.ok, 5);
}

#[test]
fn numbers_that_no_run_has_do_no_harm() {
    let text = "PLAY RECAP ***\nr1 : ok=18446744073709551615 changed=4294967296 failed=99999999999999999999999\n\
        r2 : ok=18446744073709551615\nr3 : ok=18446744073709551615\n";
    let _ = recap_text(text.as_bytes(), at(), "x", &options());
    let lines = r#"{"_event":"v2_playbook_on_stats","stats":{"a":{"ok":18446744073709551615},"b":{"ok":18446744073709551615}}}"#;
    let draft = one(json_text(lines.as_bytes(), at(), "x", &options()));
    assert_eq!(result(&draft, "a").tasks.ok, u64::from(u32::MAX));
}

/// Changes a text in one place.
fn mutated(text: &str, at: prop::sample::Index, with: &[u8]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let at = at.index(bytes.len());
    let end = bytes.len().min(at + with.len());
    bytes.splice(at..end, with.iter().copied());
    bytes
}

fn is_typed(result: Result<Found>) -> bool {
    match result {
        Ok(found) => found.drafts.iter().all(|draft| draft.digest().is_ok()),
        Err(error) => error.kind() == ErrorKind::InvalidInput,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(is_typed(recap_text(&bytes, at(), "x", &options())));
        prop_assert!(is_typed(json_text(&bytes, at(), "x", &options())));
    }

    #[test]
    fn a_recap_of_anything_is_read_or_refused(host in ".{0,40}", fields in ".{0,60}", before in ".{0,30}") {
        let text = format!("{before}PLAY RECAP ***\n{before}{host} : {fields}\n{host} : ok=1 {fields}\n");
        prop_assert!(is_typed(recap_text(text.as_bytes(), at(), "x", &options())));
    }

    #[test]
    fn changed_recordings_are_read_or_refused(
        place in any::<prop::sample::Index>(), with in prop::collection::vec(any::<u8>(), 1..12)
    ) {
        for name in ["callback.json", "callback.jsonl"] {
            let bytes = mutated(&text_of(name), place, &with);
            prop_assert!(is_typed(json_text(&bytes, at(), "x", &options())));
        }
        let bytes = mutated(&text_of("recap_color.txt"), place, &with);
        prop_assert!(is_typed(recap_text(&bytes, at(), "x", &options())));
    }

    #[test]
    fn a_changed_artefact_is_read_or_refused(
        file in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), with in prop::collection::vec(any::<u8>(), 1..12)
    ) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("job_events")).unwrap();
        let from = data("artifacts/killed");
        let mut files: Vec<PathBuf> = ["command", "stdout"].map(PathBuf::from).into();
        for entry in fs::read_dir(from.join("job_events")).unwrap() {
            files.push(Path::new("job_events").join(entry.unwrap().file_name()));
        }
        files.sort();
        let chosen = file.index(files.len());
        for (position, name) in files.iter().enumerate() {
            let text = fs::read_to_string(from.join(name)).unwrap();
            let bytes = if position == chosen { mutated(&text, place, &with) } else { text.into_bytes() };
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        prop_assert!(is_typed(runner(folder.path(), &options())));
    }
}
