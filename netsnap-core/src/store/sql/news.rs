//! How does a reader on another machine learn at once that a run went on?
//!
//! By notifications that carry the id and the last number alone, a hundred per second and run at most. Whoever misses one looks
//! again soon anyway.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPool};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::{OnceCell, broadcast, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::driver::{News, Watch};
use super::postgres::{Patience, hold};
use crate::error::Result;

const CHANNEL: &str = "netsnap";
/// Between two notifications of a run.
const PAUSE: Duration = Duration::from_millis(10);
/// So often within a lease this store says that it lives, and looks whether the connection still stands.
const PULSES: u32 = 4;
/// How long to wait before a connection is made again.
const AGAIN: Duration = Duration::from_millis(500);

/// Tells others, over the connection whose lock says that this store lives.
#[derive(Debug)]
pub(super) struct Bell {
    runs: Arc<Mutex<HashMap<String, Rung>>>,
    /// Its other end ends with it, and so does the connection.
    sender: mpsc::UnboundedSender<String>,
}

/// What is needed to connect again under the same lock.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) options: PgConnectOptions,
    pub(super) session: i64,
    pub(super) patience: Patience,
}

/// When a run was told of, and what is still to be told.
#[derive(Debug)]
struct Rung {
    at: Instant,
    last: u64,
    waiting: bool,
}

impl Bell {
    pub(super) fn new(connection: PgConnection, caller: Caller) -> Self {
        let (sender, messages) = mpsc::unbounded_channel();
        tokio::spawn(keep(connection, caller, messages));
        Self {
            runs: Arc::default(),
            sender,
        }
    }

    /// Tells of a run now, or as soon as it may be told of again.
    pub(super) fn ring(&self, execution: &str, news: News) {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if runs.len() > 1000 {
            runs.retain(|_, rung| rung.waiting || now < rung.at + PAUSE);
        }
        let fresh = !runs.contains_key(execution);
        let rung = runs.entry(execution.to_owned()).or_insert(Rung {
            at: now,
            last: 0,
            waiting: false,
        });
        if let News::Event(last) = news {
            rung.last = last;
        }
        if fresh || now >= rung.at + PAUSE && !rung.waiting {
            rung.at = now;
            // Without the other end nobody is told, and everybody looks by himself.
            let _ = self.sender.send(format!("{execution} {}", rung.last));
        } else if !rung.waiting {
            rung.waiting = true;
            self.ring_at(rung.at + PAUSE, execution.to_owned());
        }
    }

    fn ring_at(&self, at: Instant, execution: String) {
        let (runs, sender) = (Arc::clone(&self.runs), self.sender.clone());
        tokio::spawn(async move {
            tokio::time::sleep_until(at).await;
            let mut runs = runs.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(rung) = runs.get_mut(&execution) {
                rung.waiting = false;
                rung.at = Instant::now();
                let _ = sender.send(format!("{execution} {}", rung.last));
            }
        });
    }
}

/// Keeps the connection and its lock, and sends over it.
async fn keep(
    mut connection: PgConnection,
    caller: Caller,
    mut messages: mpsc::UnboundedReceiver<String>,
) {
    loop {
        let message = match timeout(caller.patience.lease / PULSES, messages.recv()).await {
            Ok(Some(message)) => Some(message),
            Ok(None) => break,
            Err(_) => None,
        };
        // A server that fell silent is as good as one that closed the connection.
        let sent = timeout(caller.patience.answer, send(&mut connection, message)).await;
        if !matches!(sent, Ok(Ok(()))) {
            match again(&caller, &messages).await {
                Some(new) => connection = new,
                None => return,
            }
        }
    }
    // The server gives the lock free as soon as the connection ends, one way or the other.
    let _ = timeout(caller.patience.answer, connection.close()).await;
}

/// Tells of a run, or looks whether the connection stands.
async fn send(connection: &mut PgConnection, message: Option<String>) -> sqlx::Result<()> {
    match message {
        Some(message) => notify(connection, &message).await,
        None => connection.ping().await,
    }
}

async fn notify(connection: &mut PgConnection, message: &str) -> sqlx::Result<()> {
    sqlx::query("select pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(message)
        .execute(connection)
        .await
        .map(drop)
}

/// Makes the connection again, with the same lock; `None` when nobody needs it any more.
async fn again(
    caller: &Caller,
    messages: &mpsc::UnboundedReceiver<String>,
) -> Option<PgConnection> {
    while !messages.is_closed() {
        let connected = timeout(caller.patience.connection, connected(caller)).await;
        if let Ok(Ok(Some(connection))) = connected {
            return Some(connection);
        }
        tokio::time::sleep(AGAIN).await;
    }
    None
}

async fn connected(caller: &Caller) -> sqlx::Result<Option<PgConnection>> {
    let mut connection = caller.options.connect().await?;
    let held = hold(&mut connection, caller.session, caller.patience.lease).await?;
    Ok(held.then_some(connection))
}

/// Hears of others.
#[derive(Debug)]
pub(super) struct Ear {
    pool: PgPool,
    listening: OnceCell<Listening>,
}

#[derive(Debug)]
struct Listening {
    sender: broadcast::Sender<Arc<str>>,
    task: JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Ear {
    pub(super) fn new(pool: PgPool) -> Self {
        Self {
            pool,
            listening: OnceCell::new(),
        }
    }

    /// Begins to listen for a run. Where that fails, the watch looks again after a short time.
    pub(super) async fn watch(&self, execution: &str) -> Heard {
        let listening = self.listening.get_or_try_init(|| listen(&self.pool)).await;
        Heard {
            execution: execution.to_owned(),
            receiver: listening.ok().map(|listening| listening.sender.subscribe()),
        }
    }
}

async fn listen(pool: &PgPool) -> sqlx::Result<Listening> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    let (sender, _) = broadcast::channel(1024);
    let heard = sender.clone();
    let task = tokio::spawn(async move {
        loop {
            match listener.recv().await {
                Ok(message) => {
                    let id = message.payload().split(' ').next().unwrap_or_default();
                    // Nobody may be listening at the moment.
                    let _ = heard.send(Arc::from(id));
                }
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    });
    Ok(Listening { sender, task })
}

/// What is heard of a run.
pub(super) struct Heard {
    execution: String,
    receiver: Option<broadcast::Receiver<Arc<str>>>,
}

#[async_trait]
impl Watch for Heard {
    async fn changed(&mut self, patience: Duration) -> Result<()> {
        match &mut self.receiver {
            // Time that runs out is an answer, too.
            Some(receiver) => {
                let heard = until(receiver, &self.execution);
                let _ = timeout(patience, heard).await;
            }
            None => tokio::time::sleep(patience.min(Duration::from_millis(10))).await,
        }
        Ok(())
    }
}

/// Waits for word of a run, or until words were missed.
async fn until(receiver: &mut broadcast::Receiver<Arc<str>>, execution: &str) {
    while let Ok(id) = receiver.recv().await {
        if *id == *execution {
            return;
        }
    }
}
