//! How does a caller hear how far long work is, before it has ended?

use std::fmt;

use futures_util::future::{BoxFuture, FutureExt as _};
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;

use super::Reply;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Progress;

/// Who hears how far work is; nobody by default.
#[derive(Clone, Debug, Default)]
pub struct Told(Option<watch::Sender<Progress>>);

impl Told {
    pub(super) fn channel() -> (Self, watch::Receiver<Progress>) {
        let (sender, receiver) = watch::channel(Progress { done: 0, total: 0 });
        (Self(Some(sender)), receiver)
    }

    /// Says how far it is. Nobody is waited for.
    pub(super) fn tell(&self, progress: Progress) {
        if let Some(sender) = &self.0 {
            sender.send_replace(progress);
        }
    }
}

/// What is heard of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// How far it is. Who listens slowly hears the newest alone.
    Progress(Progress),
    /// It has ended, and nothing follows.
    Done(Reply),
}

/// A call that is under way. Dropped, it is cancelled.
pub struct Work {
    cancel: CancellationToken,
    state: Mutex<State>,
}

struct State {
    progress: watch::Receiver<Progress>,
    reply: Option<BoxFuture<'static, Result<Reply>>>,
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").finish_non_exhaustive()
    }
}

impl Work {
    pub(super) fn new(
        cancel: CancellationToken,
        progress: watch::Receiver<Progress>,
        reply: impl Future<Output = Result<Reply>> + Send + 'static,
    ) -> Self {
        let reply: BoxFuture<'static, Result<Reply>> = Box::pin(reply);
        let reply = Some(reply);
        Self {
            cancel,
            state: Mutex::new(State { progress, reply }),
        }
    }

    /// Waits until there is something to hear. The last progress comes before the end.
    ///
    /// # Errors
    /// Those of the call; `InvalidInput` behind its end.
    pub async fn next(&self) -> Result<Step> {
        let mut state = self.state.lock().await;
        let State { progress, reply } = &mut *state;
        let Some(work) = reply else {
            return Err(Error::new(ErrorKind::InvalidInput, "the call has ended"));
        };
        let ended = tokio::select! {
            biased;
            Ok(()) = progress.changed() => {
                return Ok(Step::Progress(*progress.borrow_and_update()));
            }
            ended = work => ended,
        };
        // What was said between the last look and the end comes first.
        if let Some(Ok(())) = progress.changed().now_or_never() {
            let last = *progress.borrow_and_update();
            *reply = Some(Box::pin(async { ended }));
            return Ok(Step::Progress(last));
        }
        *reply = None;
        ended.map(Step::Done)
    }

    /// Cancels it. Its end comes when it has ended in order.
    pub fn stop(&self) {
        self.cancel.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(done: u64) -> Progress {
        Progress { done, total: 3 }
    }

    #[tokio::test]
    async fn the_newest_progress_is_heard_and_the_end_comes_last() {
        let (told, heard) = Told::channel();
        let (go, gone) = tokio::sync::oneshot::channel::<()>();
        let work = Work::new(CancellationToken::new(), heard, async move {
            told.tell(progress(1));
            told.tell(progress(2));
            gone.await.unwrap();
            told.tell(progress(3));
            Ok(Reply::from("null".to_owned()))
        });
        assert_eq!(work.next().await.unwrap(), Step::Progress(progress(2)));
        go.send(()).unwrap();
        assert_eq!(work.next().await.unwrap(), Step::Progress(progress(3)));
        let done = Step::Done(Reply::from("null".to_owned()));
        assert_eq!(work.next().await.unwrap(), done);
        let error = work.next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        Told::default().tell(progress(1));
    }
}
