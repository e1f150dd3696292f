//! What one store keeps in mind of a run while another changes the folder.

use super::*;

#[tokio::test]
async fn a_run_that_another_store_removed_or_put_back_is_written_as_it_is_now() {
    let fixture = fixture().await;
    let other = FsStore::open(fixture.folder.path()).await.unwrap();
    // The first store has its files open from now on.
    let run = fixture.going_on().await;
    let ids = std::slice::from_ref(&run.id);
    let write = async || fixture.store.put_output(&run.id, output(b"text")).await;
    other.delete(ids).await.unwrap();
    other.create(&run).await.unwrap();
    write().await.unwrap();
    assert_eq!(other.outputs(&run.id).await.unwrap().len(), 1);
    other.delete(ids).await.unwrap();
    assert_eq!(write().await.unwrap_err().kind(), ErrorKind::NotFound);
}

/// So long after a folder was changed a later change of it cannot be taken for the same: what was seen in it is kept from then on.
const SETTLED: std::time::Duration = std::time::Duration::from_millis(50);

/// A run whose writer has seen all there is to see, twice.
async fn looked_at(fixture: &Fixture) -> Execution {
    let run = fixture.going_on().await;
    for _ in 0..2 {
        tokio::time::sleep(SETTLED).await;
        let put = fixture.store.put_output(&run.id, output(b"text"));
        put.await.unwrap();
    }
    run
}

#[tokio::test]
async fn a_writer_notices_that_another_store_compressed_the_outputs() {
    let fixture = fixture().await;
    let run = looked_at(&fixture).await;
    let other = FsStore::open(fixture.folder.path()).await.unwrap();
    other.archive(&run.id).await.unwrap();
    assert!(!fixture.path(&run.id, layout::TEXT).exists());
    let put = fixture.store.put_output(&run.id, output(b"new"));
    let put = put.await.unwrap();
    assert_eq!(put.file, "TEXT/r1_show_version~4.txt");
    for (place, bytes) in [&b"text"[..], b"text", b"text", b"new"].iter().enumerate() {
        let kept = other.output_at(&run.id, place).await.unwrap();
        assert_eq!(kept.bytes, *bytes, "at {place}");
    }
}

#[tokio::test]
async fn a_writer_notices_that_another_store_ended_or_removed_the_run() {
    let fixture = fixture().await;
    let mut run = looked_at(&fixture).await;
    let other = FsStore::open(fixture.folder.path()).await.unwrap();
    run.status = ExecutionStatus::Failed;
    other.update(&run).await.unwrap();
    let put = fixture.store.put_output(&run.id, output(b"late")).await;
    assert_eq!(put.unwrap_err().kind(), ErrorKind::AlreadyFinished);
    let removed = other.delete(std::slice::from_ref(&run.id)).await;
    assert_eq!(removed.unwrap(), [run.id.clone()]);
    let put = fixture.store.put_output(&run.id, output(b"late")).await;
    assert_eq!(put.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_writer_notices_a_link_in_the_place_of_the_outputs() {
    let fixture = fixture().await;
    let run = looked_at(&fixture).await;
    let texts = fixture.path(&run.id, layout::TEXT);
    let elsewhere = tempfile::tempdir().unwrap();
    fs::rename(&texts, fixture.folder.path().join("texts")).unwrap();
    symlink(elsewhere.path(), &texts).unwrap();
    let put = fixture.store.put_output(&run.id, output(b"late")).await;
    assert_eq!(put.unwrap_err().kind(), ErrorKind::Corrupt);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_durable_event_takes_the_outputs_before_it_to_the_disk() {
    let fixture = fixture().await;
    let run = fixture.going_on().await;
    let owed = || {
        let writers = &fixture.store.folder.writers;
        let unsynced = writers.with(fixture.folder.path(), &run.id, |writer| {
            Ok(writer.unsynced.clone())
        });
        unsynced.unwrap().unwrap().len()
    };
    for (sequence, durability, left) in [(4, Durability::Batched, 1), (5, Durability::Durable, 0)] {
        if durability == Durability::Batched {
            let put = fixture.store.put_output(&run.id, output(b"text"));
            put.await.unwrap();
        }
        let events = events(sequence..=sequence);
        let appended = fixture.store.append(&run.id, &events, durability);
        appended.await.unwrap();
        assert_eq!(owed(), left, "behind event {sequence}");
    }
}
