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
