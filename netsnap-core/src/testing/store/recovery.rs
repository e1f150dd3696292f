//! Recovering what nobody can judge.

use jiff::{SignedDuration, Timestamp};

use super::recording::owner;
use super::{Store, fails_with, output, run};
use crate::error::ErrorKind;
use crate::event::{EventKind, NewEvent};
use crate::model::{Execution, ExecutionStatus, Owner};
use crate::store::{Durability, RecoverOptions, recover, recover_with};

fn older_than(age: &str) -> RecoverOptions {
    RecoverOptions {
        older_than: Some(age.to_owned()),
    }
}

/// Makes a run that began two days ago, and returns it.
async fn old(store: &Store, random: u32, owner: Option<Owner>) -> Execution {
    let second = Timestamp::from_second(store.now().as_second()).unwrap();
    let begun = Execution {
        owner,
        ..run(second - SignedDuration::from_hours(48), random)
    };
    store.create(&begun).await.unwrap();
    begun
}

/// A run whose owner nobody can judge goes on, unless somebody says how long a silence is too long. Owners that live, and runs of which
/// something was heard since, go on all the same.
pub async fn a_run_of_an_unknown_owner_ends_where_that_is_asked_for(store: Store) {
    let living = owner(&store).await;
    let distant = Owner {
        host: "another".into(),
        boot: "another".into(),
        machine: "another".into(),
        session: 0,
        ..living.clone()
    };
    let silent = old(&store, 1, Some(distant.clone())).await;
    let unknown = old(&store, 2, None).await;
    let heard = old(&store, 3, Some(distant.clone())).await;
    let event = NewEvent::new(EventKind::Note, "still here").at(1, store.now());
    let said = [event];
    let appended = store.append(&heard.id, &said, Durability::Batched);
    appended.await.unwrap();
    let answered = old(&store, 4, Some(distant)).await;
    let mut said = output("r1", "show clock", b"x");
    said.summary.started_at = store.now();
    store.put_output(&answered.id, said).await.unwrap();
    let mut open = vec![heard.id.clone(), answered.id.clone()];
    if !living.boot.is_empty() {
        open.push(old(&store, 5, Some(living)).await.id);
    }
    assert!(recover(store.as_ref()).await.unwrap().ended.is_empty());
    let without = recover_with(store.as_ref(), &RecoverOptions::default()).await;
    assert!(without.unwrap().ended.is_empty());
    for age in ["soon", "-1d", ""] {
        let refused = recover_with(store.as_ref(), &older_than(age)).await;
        fails_with(refused, ErrorKind::InvalidInput);
    }
    let patient = recover_with(store.as_ref(), &older_than("3d")).await;
    assert!(patient.unwrap().ended.is_empty());
    let mut ended = recover_with(store.as_ref(), &older_than("1d"))
        .await
        .unwrap();
    ended.ended.sort();
    assert_eq!(ended.ended, [silent.id.clone(), unknown.id]);
    assert!(ended.failed.is_empty());
    let left = store.load(&silent.id).await.unwrap();
    assert_eq!(left.status, ExecutionStatus::Interrupted);
    assert!(left.reason.unwrap().contains("nothing was recorded"));
    let unfinished = store.unfinished().await.unwrap();
    let mut unfinished: Vec<_> = unfinished.into_iter().map(|run| run.id).collect();
    unfinished.sort();
    open.sort();
    assert_eq!(unfinished, open);
}
