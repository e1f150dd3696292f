//! Names of files where upper and lower case are one name.

use std::collections::BTreeSet;

use super::*;

fn named(device: &str, command: &str) -> Output {
    let bytes = format!("{device} {command}").into_bytes();
    let answer = Answer {
        bytes,
        proof: Proof::Exec,
        exit_status: None,
        rejection: None,
        warnings: Vec::new(),
        duration_us: 0,
    };
    let output = Output::new(device, command, jiff::Timestamp::UNIX_EPOCH, answer);
    output.with_parsed(serde_json::json!({ "device": device }))
}

const PAIRS: [(&str, &str); 4] = [
    ("r1", "show version"),
    ("R1", "show version"),
    ("r1", "Show Version"),
    ("r1", "show version"),
];

#[tokio::test]
async fn a_run_can_be_copied_to_where_upper_and_lower_case_are_one() {
    let fixture = fixture().await;
    let outputs = PAIRS.map(|(device, command)| named(device, command));
    let run = fixture.run_with(outputs.to_vec()).await;
    let listed = fixture.store.outputs(&run.id).await.unwrap();
    for folder in [layout::TEXT, layout::JSON] {
        let path = layout::execution(fixture.folder.path(), &run.id).join(folder);
        let names = fs::read_dir(path).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let folded: BTreeSet<_> = names.map(|name| name.to_lowercase()).collect();
        assert_eq!(folded.len(), PAIRS.len(), "{folded:?}");
    }
    for (place, (device, command)) in PAIRS.iter().enumerate() {
        let read = fixture.store.output_at(&run.id, place).await.unwrap();
        assert_eq!(read.text(), format!("{device} {command}"));
        assert_eq!(read.parsed.unwrap()["device"], *device);
    }
    assert_eq!(listed[0].file, "TEXT/r1_show_version.txt");
    assert_eq!(listed[1].file, "TEXT/R1_show_version~2.txt");
}

#[tokio::test]
async fn who_opens_a_run_again_knows_the_names_that_are_taken() {
    let fixture = fixture().await;
    let run = fixture.going_on().await;
    fixture
        .store
        .put_output(&run.id, named("core", "x"))
        .await
        .unwrap();
    let again = FsStore::open(fixture.folder.path()).await.unwrap();
    let kept = again.put_output(&run.id, named("Core", "x")).await.unwrap();
    assert_eq!(kept.file, "TEXT/Core_x~2.txt");
}
