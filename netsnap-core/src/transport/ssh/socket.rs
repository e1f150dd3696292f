//! How is the TCP connection opened, and how is it closed at once, whatever still holds it?
//!
//! The protocol library keeps the socket in a task of its own, which outlives a caller that gives up. So the socket stays
//! with us, in [`Shared`]: the library reads and writes through a [`Wire`], and dropping the [`KillSwitch`] closes it there
//! and then.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use crate::error::{Error, ErrorKind, Result};

/// How often an idle connection is probed, and how many probes may stay unanswered, here and in the SSH protocol.
pub(super) const KEEPALIVE: Duration = Duration::from_secs(15);
pub(super) const KEEPALIVE_PROBES: u32 = 3;

/// Resolves a host and connects to the first of its addresses that answers. Each gets its share of the time.
///
/// # Errors
/// `NameResolution`, `ConnectionRefused`, `Unreachable`, `ConnectTimeout`.
pub(super) async fn connect(host: &str, port: u16, limit: Duration) -> Result<TcpStream> {
    let deadline = Instant::now() + limit;
    let addresses = resolve(host, port, deadline).await?;
    let mut failure = None;
    for (index, address) in addresses.iter().enumerate() {
        let left = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        let share = deadline.saturating_duration_since(Instant::now()) / left;
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return prepared(stream, *address),
            Ok(Err(error)) => failure = Some(refused(error, *address)),
            Err(_) => failure = Some(unanswered(*address, limit)),
        }
    }
    Err(failure.unwrap_or_else(|| unresolved(host)))
}

async fn resolve(host: &str, port: u16, deadline: Instant) -> Result<Vec<SocketAddr>> {
    match timeout_at(deadline, tokio::net::lookup_host((host, port))).await {
        Ok(Ok(addresses)) => Ok(addresses.collect()),
        Ok(Err(error)) => Err(unresolved(host).because(error)),
        Err(_) => Err(unresolved(host).with("reason", "the name service did not answer in time")),
    }
}

fn prepared(stream: TcpStream, address: SocketAddr) -> Result<TcpStream> {
    let probes = TcpKeepalive::new()
        .with_time(KEEPALIVE)
        .with_interval(KEEPALIVE)
        .with_retries(KEEPALIVE_PROBES);
    stream
        .set_nodelay(true)
        .and_then(|()| SockRef::from(&stream).set_tcp_keepalive(&probes))
        .map_err(|error| refused(error, address))?;
    Ok(stream)
}

fn unresolved(host: &str) -> Error {
    Error::new(ErrorKind::NameResolution, "the host name does not resolve")
        .during("ssh.resolve")
        .with("host", host.escape_debug())
        .hint("check the name, or give an address")
}

fn unanswered(address: SocketAddr, limit: Duration) -> Error {
    Error::new(ErrorKind::ConnectTimeout, "the host did not answer in time")
        .during("ssh.connect")
        .with("address", address)
        .with("limit", format_args!("{limit:?}"))
        .hint("check the address and the firewalls on the way, or raise limits.connect")
}

fn refused(error: io::Error, address: SocketAddr) -> Error {
    use io::ErrorKind as Io;
    let (kind, message, hint) = match error.kind() {
        Io::ConnectionRefused => (
            ErrorKind::ConnectionRefused,
            "the port refuses connections",
            "check the port, and that the SSH server of the device runs",
        ),
        Io::TimedOut => (
            ErrorKind::ConnectTimeout,
            "the host did not answer in time",
            "check the address and the firewalls on the way",
        ),
        Io::ConnectionReset | Io::ConnectionAborted | Io::NotConnected => (
            ErrorKind::ConnectionLost,
            "the connection ended as it was made",
            "the device may be out of sessions: try again later",
        ),
        _ => (
            ErrorKind::Unreachable,
            "the host cannot be reached",
            "check the address, the routes and the limits of this machine; the cause says more",
        ),
    };
    Error::new(kind, message)
        .during("ssh.connect")
        .with("address", address)
        .hint(hint)
        .because(error)
}

/// Splits a connection into what the library uses and what closes it.
pub(super) fn guard(stream: TcpStream) -> (Wire, KillSwitch) {
    let shared = Arc::new(Shared {
        line: Mutex::new(Line {
            stream: Some(stream),
            reader: None,
            writer: None,
        }),
        received: AtomicU64::new(0),
        sent: AtomicU64::new(0),
    });
    (Wire(Arc::clone(&shared)), KillSwitch(shared))
}

#[derive(Debug)]
struct Shared {
    line: Mutex<Line>,
    received: AtomicU64,
    sent: AtomicU64,
}

/// The socket while it is open, and who waits for it.
#[derive(Debug)]
struct Line {
    stream: Option<TcpStream>,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Shared {
    fn line(&self) -> MutexGuard<'_, Line> {
        // Nothing that can panic runs under the lock.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Number of bytes on the wire of one login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// From the device.
    pub received: u64,
    /// To the device.
    pub sent: u64,
}

/// Closes the socket when dropped, before `drop` returns.
#[derive(Debug)]
pub(super) struct KillSwitch(Arc<Shared>);

impl KillSwitch {
    /// Closes the socket now. Whoever reads or writes gets an error at once.
    pub(super) fn kill(&self) {
        let (stream, waiting) = {
            let mut line = self.0.line();
            let waiting = [line.reader.take(), line.writer.take()];
            (line.stream.take(), waiting)
        };
        drop(stream);
        waiting.into_iter().flatten().for_each(Waker::wake);
    }

    /// Says whether this side has closed the socket.
    pub(super) fn is_dead(&self) -> bool {
        self.0.line().stream.is_none()
    }

    /// Returns the number of bytes so far.
    pub(super) fn traffic(&self) -> Traffic {
        Traffic {
            received: self.0.received.load(Ordering::Relaxed),
            sent: self.0.sent.load(Ordering::Relaxed),
        }
    }
}

impl Drop for KillSwitch {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The socket as the protocol library sees it.
#[derive(Debug)]
pub(super) struct Wire(Arc<Shared>);

fn remember(slot: &mut Option<Waker>, context: &Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(context.waker()),
        None => *slot = Some(context.waker().clone()),
    }
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "closed by this side")
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut line = self.0.line();
        remember(&mut line.reader, context);
        let Some(stream) = &mut line.stream else {
            return Poll::Ready(Err(closed()));
        };
        let before = buffer.filled().len();
        let polled = Pin::new(stream).poll_read(context, buffer);
        let count = (buffer.filled().len() - before) as u64;
        self.0.received.fetch_add(count, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut line = self.0.line();
        remember(&mut line.writer, context);
        let Some(stream) = &mut line.stream else {
            return Poll::Ready(Err(closed()));
        };
        let polled = Pin::new(stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(count)) = &polled {
            self.0.sent.fetch_add(*count as u64, Ordering::Relaxed);
        }
        polled
    }

    /// A TCP socket holds nothing back.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.0.line().stream {
            Some(stream) => Pin::new(stream).poll_shutdown(context),
            None => Poll::Ready(Ok(())),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (Wire, KillSwitch, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let limit = Duration::from_secs(5);
        let (near, far) = tokio::join!(
            connect("127.0.0.1", address.port(), limit),
            listener.accept()
        );
        let (wire, switch) = guard(near.unwrap());
        (wire, switch, far.unwrap().0)
    }

    #[tokio::test]
    async fn a_killed_wire_wakes_its_reader_and_tells_the_other_side() {
        let (mut wire, switch, mut far) = pair().await;
        let reader = tokio::spawn(async move { wire.read_u8().await.map_err(|e| e.kind()) });
        tokio::task::yield_now().await;
        drop(switch);
        assert_eq!(reader.await.unwrap(), Err(io::ErrorKind::ConnectionAborted));
        assert_eq!(far.read(&mut [0; 8]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_killed_wire_refuses_writes() {
        let (mut wire, switch, _far) = pair().await;
        switch.kill();
        assert!(switch.is_dead());
        assert!(wire.write_all(b"x").await.is_err());
        wire.shutdown().await.unwrap();
    }

    #[tokio::test]
    async fn bytes_are_counted_both_ways() {
        let (mut wire, switch, mut far) = pair().await;
        wire.write_all(b"hello").await.unwrap();
        far.write_all(b"you").await.unwrap();
        wire.read_exact(&mut [0; 3]).await.unwrap();
        assert_eq!(
            switch.traffic(),
            Traffic {
                received: 3,
                sent: 5
            }
        );
    }

    #[tokio::test]
    async fn a_name_that_does_not_resolve_is_told_from_a_port_that_refuses() {
        let limit = Duration::from_secs(5);
        let error = connect("no such host", 22, limit).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NameResolution);
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            listener.local_addr().unwrap().port()
        };
        let error = connect("127.0.0.1", port, limit).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    }
}
