//! Who is connected with whom, in one run.

use super::super::Store;
use super::recorded;
use crate::topology::{DOCUMENT, stored_topology, topology};

const R1: &[u8] = b"Neighbor ID     Pri State           Up Time         Dead Time Address         Interface                        RXmtL RqstL DBsmL
2.2.2.2           1 Full/-          34.891s            7.543s 10.0.1.1        eth1:10.0.1.0                        0     0     0
";
const R2: &[u8] = b"Neighbor ID     Pri State           Up Time         Dead Time Address         Interface                        RXmtL RqstL DBsmL
1.1.1.1           1 Full/-          34.891s            7.543s 10.0.1.0        eth2:10.0.1.1                        0     0     0
";
const COMMAND: &str = "show ip ospf neighbor";

/// The topology comes from the newest outputs of one run alone, and stays with the run as a document.
pub async fn the_topology_of_a_run_is_kept_with_it(store: Store) {
    let both = [
        ("r1", COMMAND, &b""[..]),
        ("r1", COMMAND, R1),
        ("r2", COMMAND, R2),
        ("r2", "show version", b"x"),
    ];
    let whole = recorded(&store, 1, &both).await;
    let half = recorded(&store, 2, &[("r1", COMMAND, R1)]).await;
    let found = topology(store.as_ref(), &whole.id).await.unwrap();
    let [link] = found.links.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (link.a.interface.as_deref(), link.b.interface.as_deref()),
        (Some("eth1"), Some("eth2"))
    );
    assert_eq!((link.one_sided, link.sources.len()), (false, 2));
    assert_eq!(found.execution, whole.id);
    let alone = topology(store.as_ref(), &half.id).await.unwrap();
    assert!(alone.links[0].one_sided);
    assert_eq!(
        stored_topology(store.as_ref(), &whole.id).await.unwrap(),
        found
    );
    let document = store.document(&whole.id, DOCUMENT).await.unwrap();
    topology(store.as_ref(), &whole.id).await.unwrap();
    assert_eq!(store.document(&whole.id, DOCUMENT).await.unwrap(), document);
}
