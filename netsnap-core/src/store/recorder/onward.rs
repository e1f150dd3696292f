//! How does work that was begun come to its end when nobody waits for it any more?

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

/// Work that its caller carries out, and that goes on by itself when the caller stops waiting, so that a write is never left
/// half-way. A task for each write would do the same, and cost the way to another thread and back.
pub(super) struct Onward<T: Send + 'static> {
    work: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    runtime: Handle,
}

impl<T: Send + 'static> Onward<T> {
    /// Wraps work; what is left of it goes on in this runtime.
    pub(super) fn new(runtime: &Handle, work: impl Future<Output = T> + Send + 'static) -> Self {
        Self {
            work: Some(Box::pin(work)),
            runtime: runtime.clone(),
        }
    }
}

impl<T: Send + 'static> Future for Onward<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let work = self.work.as_mut().expect("it is polled until it is ready");
        let polled = work.as_mut().poll(context);
        if polled.is_ready() {
            self.work = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Onward<T> {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            drop(self.runtime.spawn(work));
        }
    }
}

impl<T: Send + 'static> fmt::Debug for Onward<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Onward").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::oneshot;
    use tokio::time::{sleep, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_goes_on_to_its_end() {
        let (sender, done) = oneshot::channel();
        let work = Onward::new(&Handle::current(), async move {
            sleep(Duration::from_millis(20)).await;
            sender.send(7).expect("somebody listens");
        });
        timeout(Duration::from_millis(1), work)
            .await
            .expect_err("it takes longer");
        assert_eq!(done.await, Ok(7));
    }

    #[tokio::test]
    async fn what_was_waited_for_is_not_done_again() {
        let (sender, mut done) = tokio::sync::mpsc::channel(4);
        let work = Onward::new(&Handle::current(), async move {
            sender.send(()).await.expect("somebody listens");
        });
        work.await;
        done.recv().await.expect("it was done");
        assert_eq!(done.recv().await, None, "and only once");
    }
}
