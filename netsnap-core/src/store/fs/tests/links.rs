//! Links that somebody planted.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::super::layout;
use super::{events, fixture, output};
use crate::error::ErrorKind;
use crate::store::{Durability, ExecutionStore as _, LogStore as _, RecordStore as _, Selection};

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
