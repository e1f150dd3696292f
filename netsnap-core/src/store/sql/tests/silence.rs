//! What becomes of a store whose server falls silent: the machine is gone, or something between takes every byte and says nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinSet;

use crate::error::{Error, ErrorKind};
use crate::event::{EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::{Execution, ExecutionStatus, Owner};
use crate::store::sql::SqlStore;
use crate::store::sql::postgres::Patience;
use crate::store::sql::testing::Schema;
use crate::store::{Durability, ExecutionStore as _, recover};

const SHORT: Patience = Patience {
    connection: Duration::from_millis(700),
    answer: Duration::from_millis(700),
    lease: Duration::from_secs(2),
};
/// Far more than any of the waits, and far less than for ever.
const BOUND: Duration = Duration::from_secs(30);

/// Stands between a store and the server of the tests, until it falls silent or goes away.
struct Between {
    url: String,
    silent: Arc<AtomicBool>,
    carried: Option<tokio::task::JoinHandle<()>>,
}

impl Between {
    /// Returns `None` where the server is not reached through a socket in a folder.
    async fn of(schema: &Schema) -> Option<Self> {
        let (_, options) = schema.url.split_once('?')?;
        let folder = options.strip_prefix("host=")?.split('&').next()?;
        let socket = format!("{folder}/.s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let options = options.split_once('&').map_or("", |(_, rest)| rest);
        let silent = Arc::new(AtomicBool::new(false));
        let carried = tokio::spawn(carry(listener, socket, Arc::clone(&silent)));
        Some(Self {
            url: format!("postgres://netsnap@127.0.0.1:{port}/postgres?sslmode=disable&{options}"),
            silent,
            carried: Some(carried),
        })
    }

    /// From now on every byte is taken, and none is passed on.
    fn fall_silent(&self) {
        self.silent.store(true, Ordering::SeqCst);
    }

    /// The machine of the store is gone, and with it its connections.
    async fn go_away(&mut self) {
        if let Some(carried) = self.carried.take() {
            carried.abort();
            let _ = carried.await;
        }
    }
}

async fn carry(listener: TcpListener, socket: String, silent: Arc<AtomicBool>) {
    let mut connections = JoinSet::new();
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let server = UnixStream::connect(&socket).await.unwrap();
        connections.spawn(join(client, server, Arc::clone(&silent)));
    }
}

async fn join(client: TcpStream, server: UnixStream, silent: Arc<AtomicBool>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let asked = pass(from_client, to_server, &silent);
    let answered = pass(from_server, to_client, &silent);
    // When one side ends, the other does.
    tokio::select! { () = asked => {}, () = answered => {} }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    silent: &AtomicBool,
) {
    let mut buffer = vec![0; 8192];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if !silent.load(Ordering::SeqCst) && to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

#[track_caller]
fn assert_silent(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Storage, "{error:?}");
    assert!(error.to_string().contains("does not answer"), "{error}");
    assert!(error.report().hint.is_some());
}

fn run(random: u32) -> Execution {
    let at = "2026-03-01T10:00:00Z".parse().unwrap();
    Execution::new(ExecutionId::new(at, random), at)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_accepts_and_says_nothing_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("postgres://user:secret@127.0.0.1:{port}/x");
    let opened = tokio::time::timeout(BOUND, SqlStore::patient(&url, SHORT)).await;
    let error = opened.expect("it waits for ever").unwrap_err();
    assert_silent(&error);
    assert!(!format!("{error:?}").contains("secret"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_falls_silent_fails_every_call_in_time_and_serves_again_later() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let Some(between) = Between::of(&schema).await else {
        return;
    };
    let store = SqlStore::patient(&between.url, SHORT).await.unwrap();
    let known = run(1);
    store.create(&known).await.unwrap();
    between.fall_silent();
    let at = known.created_at;
    let event = NewEvent::new(EventKind::Note, "x").at(1, at);
    let calls = async {
        // More at once than there are connections: none of them keeps a place for ever.
        let loads = (0..12).map(|_| store.load(&known.id));
        for loaded in futures_util::future::join_all(loads).await {
            assert_silent(&loaded.unwrap_err());
        }
        assert_silent(&store.create(&run(2)).await.unwrap_err());
        let events = [event];
        let appended = store.append(&known.id, &events, Durability::Durable);
        assert_silent(&appended.await.unwrap_err());
        assert_silent(&store.unfinished().await.unwrap_err());
    };
    tokio::time::timeout(BOUND, calls)
        .await
        .expect("a call waits for ever");
    between.silent.store(false, Ordering::SeqCst);
    let end = Instant::now() + BOUND;
    while store.load(&known.id).await.is_err() {
        assert!(Instant::now() < end, "it does not come back");
    }
    assert_eq!(store.load(&known.id).await.unwrap(), known);
    assert_eq!(store.events(&known.id, 1, 10).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lease_of_a_machine_that_went_away_is_given_free() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let Some(mut between) = Between::of(&schema).await else {
        return;
    };
    let writer = SqlStore::patient(&between.url, SHORT).await.unwrap();
    let owner = Owner {
        host: "elsewhere".into(),
        space: 0,
        ..writer.owner()
    };
    let reader = SqlStore::postgres(&schema.url).await.unwrap();
    assert_eq!(reader.gone(&owner).await.unwrap(), None);
    // Its connection may only have been cut; a process of this machine is known by more.
    assert_eq!(reader.doubt(&owner), Duration::from_secs(30));
    let dead = Owner {
        process: u32::MAX - 1,
        ..writer.owner()
    };
    let is_known = !dead.boot.is_empty();
    assert_eq!(reader.doubt(&dead).is_zero(), is_known);
    between.go_away().await;
    let end = Instant::now() + BOUND;
    while reader.gone(&owner).await.unwrap().is_none() {
        assert!(Instant::now() < end, "its lease is still held");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_run_of_a_machine_that_died_without_a_word_is_interrupted_after_its_lease() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let Some(between) = Between::of(&schema).await else {
        return;
    };
    let url = format!("{}&netsnap_lease=2s", between.url);
    let writer = SqlStore::postgres(&url).await.unwrap();
    let owner = Owner {
        host: "elsewhere".into(),
        space: 0,
        ..writer.owner()
    };
    let begun = Execution {
        owner: Some(owner),
        ..run(1)
    };
    writer.create(&begun).await.unwrap();
    let reader = SqlStore::postgres(&schema.url).await.unwrap();
    // It lives, and says so: two leases do not end it.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(recover(&reader).await.unwrap().ended, []);
    // The machine dies. Nothing closes its connections, and what stands between answers every probe.
    between.fall_silent();
    let died = Instant::now();
    while recover(&reader).await.unwrap().ended.is_empty() {
        assert!(died.elapsed() < BOUND, "its run goes on for ever");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    eprintln!("with a lease of 2 s found after {:?}", died.elapsed());
    let ended = reader.load(&begun.id).await.unwrap();
    assert_eq!(ended.status, ExecutionStatus::Interrupted);
    let reason = ended.reason.unwrap();
    assert!(reason.contains("the connection of its process"), "{reason}");
}
