//! Compressing, removing, documents: what a crash leaves of them, and what damage does.

use std::fs;

use super::super::{FsStore, layout};
use super::{copy, fixture, output};
use crate::error::ErrorKind;
use crate::store::ExecutionStore as _;

#[tokio::test]
async fn archived_outputs_read_as_before_and_make_room_for_new_ones() {
    let fixture = fixture().await;
    let run = fixture.going_on().await;
    let store = &fixture.store;
    let parsed = serde_json::json!({ "version": 8 });
    let with_data = output(b"text 2").with_parsed(parsed.clone());
    store.put_output(&run.id, with_data).await.unwrap();
    let read = fixture.path(&run.id, "JSON/r1_show_version.json");
    assert!(fs::read_to_string(read).unwrap().contains("8"));
    for round in 0..3 {
        let before = store.outputs(&run.id).await.unwrap();
        store.archive(&run.id).await.unwrap();
        assert!(!fixture.path(&run.id, layout::TEXT).exists());
        assert!(!fixture.path(&run.id, layout::JSON).exists());
        assert_eq!(store.outputs(&run.id).await.unwrap(), before);
        let newest = store.output(&run.id, "r1", "show version").await.unwrap();
        assert_eq!(
            newest.bytes,
            if round == 0 { &b"text 2"[..] } else { b"late" }
        );
        assert_eq!(newest.parsed.is_some(), round == 0);
        // A new output takes no name that the pack holds.
        let late = store.put_output(&run.id, output(b"late")).await.unwrap();
        assert_eq!(late.file, format!("TEXT/r1_show_version~{}.txt", round + 3));
    }
}

#[tokio::test]
async fn an_archive_that_was_stopped_anywhere_goes_on() {
    let fixture = fixture().await;
    let run = fixture.going_on().await;
    let store = &fixture.store;
    for number in 0..5 {
        store
            .put_output(&run.id, output(format!("text {number}").as_bytes()))
            .await
            .unwrap();
    }
    let copies = tempfile::tempdir().unwrap();
    copy(
        &fixture.path(&run.id, layout::TEXT),
        &copies.path().join("TEXT"),
    );
    store.archive(&run.id).await.unwrap();
    // What a crash leaves between the pack and the last file that goes.
    copy(
        &copies.path().join("TEXT"),
        &fixture.path(&run.id, layout::TEXT),
    );
    fs::remove_file(fixture.path(&run.id, "TEXT/r1_show_version.txt")).unwrap();
    fs::remove_file(fixture.path(&run.id, "TEXT/r1_show_version~6.txt")).unwrap();
    let read = store.output(&run.id, "r1", "show version").await.unwrap();
    assert_eq!(read.bytes, b"text 4");
    store.archive(&run.id).await.unwrap();
    assert!(!fixture.path(&run.id, layout::TEXT).exists());
    let read = store.output(&run.id, "r1", "show version").await.unwrap();
    assert_eq!(read.bytes, b"text 4");
    let pack = fixture.path(&run.id, layout::PACK);
    let whole = fs::read(&pack).unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::remove_file(&pack).unwrap();
        fs::write(&pack, damaged).unwrap();
        let read = store.output(&run.id, "r1", "show version").await;
        assert_eq!(read.unwrap_err().kind(), ErrorKind::Corrupt, "byte {at}");
    }
}

#[tokio::test]
async fn a_damaged_output_is_not_packed_and_nothing_goes() {
    let fixture = fixture().await;
    let run = fixture.run().await;
    fs::write(fixture.path(&run.id, "TEXT/r1_show_version.txt"), "tExt").unwrap();
    let error = fixture.store.archive(&run.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(fixture.path(&run.id, "TEXT/r1_show_version.txt").exists());
}

#[tokio::test]
async fn a_deleted_run_leaves_nothing_and_what_a_crash_left_goes_at_the_next_open() {
    let fixture = fixture().await;
    let run = fixture.run().await;
    let gone = fixture
        .store
        .delete(&[run.id.clone(), run.id.clone()])
        .await
        .unwrap();
    assert_eq!(gone, std::slice::from_ref(&run.id));
    let trash = layout::trash(fixture.folder.path());
    assert_eq!(fs::read_dir(&trash).unwrap().count(), 0);
    assert!(fs::symlink_metadata(layout::current(fixture.folder.path())).is_err());
    fs::create_dir_all(trash.join("exec_x/TEXT")).unwrap();
    FsStore::open(fixture.folder.path()).await.unwrap();
    assert_eq!(fs::read_dir(&trash).unwrap().count(), 0);
}

#[tokio::test]
async fn a_document_takes_no_name_of_the_store() {
    let fixture = fixture().await;
    let run = fixture.run().await;
    for name in [
        "metadata.json",
        "Metadata.JSON",
        "events.ndjson",
        "TEXT",
        "text",
        "outputs.pack",
    ] {
        let put = fixture.store.put_document(&run.id, name, b"x").await;
        assert_eq!(put.unwrap_err().kind(), ErrorKind::InvalidInput, "{name}");
        let read = fixture.store.document(&run.id, name).await;
        assert_eq!(read.unwrap_err().kind(), ErrorKind::InvalidInput, "{name}");
    }
    assert_eq!(fixture.store.load(&run.id).await.unwrap(), run);
}
