//! When is it looked who left, and whom does it hit? Against a store in which a test says who is gone.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use futures_util::StreamExt as _;
use tokio::time::sleep;

use super::*;
use crate::event::EventKind;
use crate::model::ExecutionStatus;
use crate::store::{ExecutionStore as _, MemoryStore, follow};

const DOUBT: Duration = Duration::from_secs(30);
const SECOND: Duration = Duration::from_secs(1);

/// A store whose other owners are gone when a test says so.
#[derive(Debug, Default)]
struct Place {
    store: MemoryStore,
    are_gone: AtomicBool,
    may_come_back: bool,
    looks: AtomicU64,
}

#[async_trait]
impl Front for Place {
    fn behind(&self) -> &dyn Backend {
        &self.store
    }

    async fn gone(&self, owner: &Owner) -> Result<Option<&'static str>> {
        let gone = self.are_gone.load(Ordering::Relaxed) && *owner != self.store.owner();
        Ok(gone.then_some("it went away"))
    }

    fn doubt(&self, _: &Owner) -> Duration {
        match self.may_come_back {
            true => DOUBT,
            false => Duration::ZERO,
        }
    }

    async fn unfinished(&self) -> Result<Vec<Execution>> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        self.store.unfinished().await
    }
}

/// A run of this process, or of another one.
async fn run(place: &Place, random: u32, is_ours: bool) -> ExecutionId {
    let at = "2026-03-01T10:00:00Z".parse().unwrap();
    let here = place.store.owner();
    let there = Owner {
        process: here.process + 1,
        ..here.clone()
    };
    let begun = Execution {
        owner: Some(if is_ours { here } else { there }),
        ..Execution::new(ExecutionId::new(at, random), at)
    };
    place.store.create(&begun).await.unwrap();
    begun.id
}

async fn status(store: &Vigil, id: &ExecutionId) -> ExecutionStatus {
    Front::load(store, id).await.unwrap().status
}

#[tokio::test(start_paused = true)]
async fn who_follows_or_asks_hears_of_what_was_left() {
    let place = Arc::new(Place::default());
    let (left, ours) = (run(&place, 1, false).await, run(&place, 2, true).await);
    let store = Arc::new(Vigil::new(place.clone()));
    sleep(2 * SECOND).await;
    assert_eq!(status(&store, &left).await, ExecutionStatus::Running);
    place.are_gone.store(true, Ordering::Relaxed);
    let begun = Instant::now();
    let backend: Arc<dyn Backend> = store.clone();
    let log: Vec<_> = follow(backend, left.clone(), 1).collect().await;
    assert!(begun.elapsed() <= 2 * SECOND, "{:?}", begun.elapsed());
    let last = log.last().unwrap().as_ref().unwrap();
    assert_eq!(last.kind, EventKind::ExecutionFinished);
    let ended = Front::load(store.as_ref(), &left).await.unwrap();
    assert_eq!(ended.status, ExecutionStatus::Interrupted);
    assert!(ended.reason.unwrap().contains("it went away"));
    assert_eq!(Front::current(store.as_ref()).await.unwrap(), Some(left));
    assert_eq!(status(&store, &ours).await, ExecutionStatus::Running);
}

#[tokio::test(start_paused = true)]
async fn who_may_come_back_has_time_to() {
    let place = Arc::new(Place {
        may_come_back: true,
        ..Place::default()
    });
    let id = run(&place, 1, false).await;
    let store = Vigil::new(place.clone());
    let asked = async |seconds: u32| {
        for _ in 0..seconds {
            sleep(SECOND).await;
            Front::select(&store, &Selection::newest(1)).await.unwrap();
        }
        status(&store, &id).await
    };
    // Its connection is cut twice, and stands again.
    for _ in 0..2 {
        place.are_gone.store(true, Ordering::Relaxed);
        assert_eq!(asked(28).await, ExecutionStatus::Running);
        place.are_gone.store(false, Ordering::Relaxed);
        assert_eq!(asked(3).await, ExecutionStatus::Running);
    }
    place.are_gone.store(true, Ordering::Relaxed);
    assert_eq!(asked(35).await, ExecutionStatus::Interrupted);
}

#[tokio::test(start_paused = true)]
async fn it_is_looked_seldom_and_never_while_nobody_asks() {
    let place = Arc::new(Place::default());
    let (theirs, ours) = (run(&place, 1, false).await, run(&place, 2, true).await);
    let store = Vigil::new(place.clone());
    let looks = || place.looks.swap(0, Ordering::Relaxed);
    sleep(60 * SECOND).await;
    assert_eq!(looks(), 0);
    for _ in 0..100 {
        sleep(SECOND / 10).await;
        // Who records asks for nothing but its own runs.
        status(&store, &ours).await;
    }
    assert_eq!(looks(), 0);
    for _ in 0..100 {
        sleep(SECOND / 10).await;
        status(&store, &theirs).await;
        Front::select(&store, &Selection::newest(1)).await.unwrap();
        let all = Filter::default();
        Front::count(&store, &all, 9).await.unwrap();
    }
    let looked = looks();
    assert!((9..=11).contains(&looked), "{looked}");
}
