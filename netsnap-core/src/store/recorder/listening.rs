//! How does whoever holds a run hear that somebody asks it to end? Its summary is read once a second: requests are rare, and a second is
//! soon enough.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::{Recorder, Shared, lock};
use crate::model::{CancelRequest, Execution};

/// So long after a look nobody looks again …
pub(super) const REST: Duration = Duration::from_secs(1);
/// … nor for so many times as long as it took: a summary that is slow to read holds up nobody.
const SHARE: u32 = 50;

/// What is known of requests that a run end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Nothing,
    Request(CancelRequest),
    /// It has ended, and nobody asked for that.
    Over,
}

/// Hears when somebody asks a run to end. It keeps nobody from ending the run, or from leaving it.
#[derive(Clone, Debug)]
pub struct CancelRequests(watch::Receiver<Heard>);

impl CancelRequests {
    /// Returns the request as soon as it was heard of, a second or two after it was made.
    #[must_use]
    pub fn heard(&self) -> Option<CancelRequest> {
        known(&self.0.borrow())
    }

    /// Waits for a request; `None` when the run has ended without one.
    pub async fn next(&mut self) -> Option<CancelRequest> {
        let heard = self.0.wait_for(|heard| *heard != Heard::Nothing).await;
        known(&*heard.ok()?)
    }
}

fn known(heard: &Heard) -> Option<CancelRequest> {
    match heard {
        Heard::Request(request) => Some(request.clone()),
        Heard::Nothing | Heard::Over => None,
    }
}

/// Stops work on wish of its caller, and of whoever asks its run to end.
#[derive(Debug)]
pub(crate) struct Stop {
    token: CancellationToken,
    requests: CancelRequests,
    _listening: AbortOnDropHandle<()>,
}

impl Stop {
    /// What fires when the work is to stop.
    pub(crate) fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Returns why it was stopped, when somebody asked for that from outside.
    pub(crate) fn reason(&self) -> Option<String> {
        let request = self.requests.heard()?;
        self.token.is_cancelled().then(|| request.told())
    }
}

impl Recorder {
    /// Returns the request that the run end, when somebody made one: see [`cancel`](crate::store::cancel()). It is heard of a second or
    /// two later. What to do about it is for the caller to decide.
    #[must_use]
    pub fn cancel_requested(&self) -> Option<CancelRequest> {
        self.cancel_requests().heard()
    }

    /// Waits until somebody asks the run to end; `None` when it has ended without that.
    pub async fn until_cancel_requested(&self) -> Option<CancelRequest> {
        self.cancel_requests().next().await
    }

    /// Returns what hears of requests that the run end, apart from the recorder.
    #[must_use]
    pub fn cancel_requests(&self) -> CancelRequests {
        CancelRequests(self.shared.heard.subscribe())
    }

    /// Returns what stops the work of the run: its caller, and whoever asks the run to end.
    pub(crate) fn stop(&self, caller: &CancellationToken) -> Stop {
        let token = caller.child_token();
        let (fired, mut heard) = (token.clone(), self.cancel_requests());
        let listening = tokio::spawn(async move {
            if heard.next().await.is_some() {
                fired.cancel();
            }
        });
        Stop {
            token,
            requests: self.cancel_requests(),
            _listening: AbortOnDropHandle::new(listening),
        }
    }
}

impl Shared {
    /// Reads the summary, and sees to it that it is read again while there is something to hear. What cannot be read now is read
    /// the next time.
    pub(super) async fn listen(&self) {
        let begun = Instant::now();
        if let Ok(run) = self.store.load(&self.created.id).await {
            self.hear(&run);
        }
        let rest = REST.max(begun.elapsed() * SHARE);
        let mut line = lock(&self.line);
        // Asked under the lock that the end of the run takes as well.
        if *self.heard.borrow() == Heard::Nothing {
            line.listening = Some(Instant::now() + rest);
            self.news.notify_one();
        }
    }

    fn hear(&self, run: &Execution) {
        let news = match &run.cancel_request {
            Some(request) => Heard::Request(request.clone()),
            None if run.status.is_terminal() => Heard::Over,
            None => return,
        };
        self.know(news);
    }

    /// Notes what is new. The first request stays, and so does the end.
    fn know(&self, news: Heard) {
        self.heard.send_if_modified(|heard| {
            let is_first = *heard == Heard::Nothing;
            if is_first {
                *heard = news;
            }
            is_first
        });
    }

    /// Nobody is heard any more: the run has ended.
    pub(super) fn stop_listening(&self) {
        self.know(Heard::Over);
        lock(&self.line).listening = None;
    }
}
