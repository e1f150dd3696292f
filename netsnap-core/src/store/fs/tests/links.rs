//! Links that somebody planted.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::super::layout;
use super::{events, fixture, output};
use crate::error::ErrorKind;
use crate::id::Digest;
use crate::store::fs::FsStore;
use crate::store::{
    BlobStore as _, Durability, ExecutionStore as _, LogStore as _, RecordStore as _, Selection,
};

#[tokio::test]
async fn planted_links_lead_nowhere() {
    let fixture = fixture().await;
    let id = fixture.open_run().await;
    let root = fixture.folder.path();
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    let plant = |path: PathBuf, target: &Path| {
        let _ = fs::remove_file(&path);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
    };
    let store = &fixture.store;
    plant(layout::log(root, "audit"), &secret);
    assert!(
        store
            .append_log("audit", 1, &[b"x".to_vec()])
            .await
            .is_err()
    );
    assert!(store.log("audit", 1, 9).await.is_err());
    plant(layout::collection(root, "kept").join("key"), &secret);
    assert!(store.record("kept", "key").await.is_err());
    assert!(store.records("kept", "", None, 9).await.unwrap().is_empty());
    plant(fixture.path(&id, "topology.json"), &secret);
    assert_eq!(
        store
            .document(&id, "topology.json")
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
    store
        .put_document(&id, "topology.json", b"ours")
        .await
        .unwrap();
    plant(fixture.path(&id, layout::PACK), &secret);
    assert_eq!(
        store.archive(&id).await.unwrap_err().kind(),
        ErrorKind::Corrupt
    );
    fs::remove_file(fixture.path(&id, layout::PACK)).unwrap();
    plant(fixture.path(&id, layout::TEXT), outside.path());
    assert!(store.put_output(&id, output(b"x")).await.is_err());
    fs::remove_file(fixture.path(&id, layout::TEXT)).unwrap();
    plant(layout::index(root), &secret);
    assert_eq!(store.select(&Selection::newest(9)).await.unwrap().len(), 2);
    plant(fixture.path(&id, layout::EVENTS), &secret);
    assert!(
        store
            .append(&id, &events(4..=4), Durability::Batched)
            .await
            .is_err()
    );
    assert!(store.events(&id, 1, 9).await.is_err());
    plant(fixture.path(&id, layout::METADATA), &secret);
    assert_eq!(
        store.load(&id).await.unwrap_err().kind(),
        ErrorKind::Corrupt
    );
    store.delete(std::slice::from_ref(&id)).await.unwrap();
    assert_eq!(fs::read_to_string(&secret).unwrap(), "secret");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

/// Puts a link in the place of a folder of a store; what stood there lies elsewhere then.
fn lead_away(folder: &Path, outside: &Path) {
    let _ = fs::rename(folder, outside);
    fs::create_dir_all(outside).unwrap();
    fs::write(outside.join("precious"), "precious").unwrap();
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    symlink(outside, folder).unwrap();
}

/// Every file and folder below a folder, by its path.
fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        found.push(entry.path());
        if entry.file_type().unwrap().is_dir() {
            found.extend(tree(&entry.path()));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_link_in_the_place_of_a_folder_is_told_at_the_open() {
    for name in [
        "executions",
        ".trash",
        ".staging",
        "logs",
        "records",
        "blobs",
    ] {
        let fixture = fixture().await;
        fixture.run().await;
        let root = fixture.folder.path();
        let outside = tempfile::tempdir().unwrap();
        let outside = outside.path().join("there");
        lead_away(&root.join(name), &outside);
        let before = tree(&outside);
        let opened = FsStore::open(root).await;
        assert_eq!(opened.unwrap_err().kind(), ErrorKind::Corrupt, "{name}");
        assert_eq!(tree(&outside), before, "{name}");
    }
}

#[tokio::test]
async fn the_root_of_a_store_may_be_a_link() {
    let fixture = fixture().await;
    let run = fixture.run().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("data");
    symlink(fixture.folder.path(), &link).unwrap();
    let store = FsStore::open(&link).await.unwrap();
    assert_eq!(store.load(&run.id).await.unwrap(), run);
    store.put_record("kept", "key", b"x").await.unwrap();
    let digest = store.put_blob(b"content").await.unwrap();
    assert_eq!(fixture.store.blob(&digest).await.unwrap(), b"content");
    assert_eq!(fixture.store.record("kept", "key").await.unwrap(), b"x");
}

#[tokio::test]
async fn links_that_are_planted_behind_the_open_are_not_followed() {
    let fixture = fixture().await;
    let run = fixture.run().await;
    let store = &fixture.store;
    let root = fixture.folder.path();
    let digest = store.put_blob(b"content").await.unwrap();
    store.put_record("kept", "key", b"x").await.unwrap();
    store.append_log("kept", 1, &[b"x".to_vec()]).await.unwrap();
    let away = tempfile::tempdir().unwrap();
    let bucket = layout::blob(root, &digest);
    for (number, folder) in [
        bucket.parent().unwrap().to_owned(),
        layout::collection(root, "kept"),
        root.join("logs"),
        root.join(".trash"),
        root.join(".staging"),
        layout::execution(root, &run.id),
    ]
    .into_iter()
    .enumerate()
    {
        lead_away(&folder, &away.path().join(number.to_string()));
    }
    let before = tree(away.path());
    let corrupt = |error: crate::error::Error| assert_eq!(error.kind(), ErrorKind::Corrupt);
    corrupt(store.blob(&digest).await.unwrap_err());
    corrupt(store.put_blob(b"content").await.unwrap_err());
    corrupt(store.record("kept", "key").await.unwrap_err());
    corrupt(store.put_record("kept", "new", b"x").await.unwrap_err());
    corrupt(
        store
            .append_log("kept", 2, &[b"y".to_vec()])
            .await
            .unwrap_err(),
    );
    corrupt(store.log("kept", 1, 9).await.unwrap_err());
    corrupt(store.log_end("kept").await.unwrap_err());
    corrupt(store.create(&run).await.unwrap_err());
    corrupt(
        store
            .delete(std::slice::from_ref(&run.id))
            .await
            .unwrap_err(),
    );
    let gone = store.load(&run.id).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    let damage = store.damage().await.unwrap();
    let places: Vec<&str> = damage.iter().map(|one| &*one.place).collect();
    let bucket = format!("blobs/{}", &digest.to_string()[..2]);
    assert_eq!(places, [&*bucket, run.id.as_str(), "logs", "records/kept"]);
    // Last the folder of all runs.
    let executions = layout::executions(root);
    lead_away(&executions, &away.path().join("executions"));
    let all = tree(away.path());
    corrupt(store.load(&run.id).await.unwrap_err());
    corrupt(store.damage().await.unwrap_err());
    let other = Digest::of(b"other");
    assert_eq!(
        store.blob(&other).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(tree(away.path()), all);
    assert!(before.iter().all(|path| all.contains(path)));
}
