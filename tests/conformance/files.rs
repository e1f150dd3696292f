//! What is in a store is for its owner alone.

use std::os::unix::fs::PermissionsExt;

use netsnap_tests::change::with_route;
use netsnap_tests::{Bed, files};

#[tokio::test]
async fn every_file_of_a_store_is_for_its_owner_alone() {
    let bed = Bed::ring(1).await;
    let plan = bed.plan(&bed.devices(), with_route).await;
    bed.deploy(&plan, &bed.devices()).await;
    let store = bed.folder.path().join("store");
    let mut seen = 0;
    for file in files(&store) {
        let metadata = std::fs::symlink_metadata(&file).unwrap();
        if !metadata.is_symlink() {
            assert_eq!(metadata.permissions().mode() & 0o077, 0, "{file:?}");
            seen += 1;
        }
    }
    assert!(seen > 10);
    bed.assert_clean().await;
}
