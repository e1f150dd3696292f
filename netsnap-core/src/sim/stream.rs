//! How does a connection end after so many bytes?

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// A connection that breaks when its budget of sent bytes is used up, or when its cut is dropped.
#[derive(Debug)]
pub(super) struct Limited {
    stream: TcpStream,
    budget: u64,
    cut: oneshot::Receiver<()>,
}

/// Dropping it breaks the connection.
#[derive(Debug)]
pub(super) struct Cut(#[expect(dead_code, reason = "held for its drop")] oneshot::Sender<()>);

impl Limited {
    pub(super) fn new(stream: TcpStream, budget: u64) -> (Self, Cut) {
        let (sender, cut) = oneshot::channel();
        (
            Self {
                stream,
                budget,
                cut,
            },
            Cut(sender),
        )
    }

    fn is_cut(&mut self, cx: &mut Context<'_>) -> bool {
        self.cut.is_terminated() || Pin::new(&mut self.cut).poll(cx).is_ready()
    }
}

impl AsyncRead for Limited {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_cut(cx) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Limited {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let most = usize::try_from(self.budget)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        if most == 0 && !bytes.is_empty() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, &bytes[..most]);
        if let Poll::Ready(Ok(count)) = &written {
            self.budget -= *count as u64;
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
