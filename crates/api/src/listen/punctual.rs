//! A connection that breaks when the head of a request takes too long to come, or an answer too long to go.
//!
//! The server's own time limit on heads cannot tell a client that is idle from one that dawdles.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Sleep, sleep},
};

use super::progress::Progress;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The head of a request, from its first byte; of the first one, from the beginning of the connection.
    pub(super) arrival: Duration,
    /// The client, to take the next bytes of an answer.
    pub(super) write: Duration,
}

/// A connection in its place.
#[derive(Debug)]
pub(super) struct Punctual {
    stream: TcpStream,
    progress: Arc<Progress>,
    limits: Limits,
    arrival: Pin<Box<Sleep>>,
    stall: Option<Pin<Box<Sleep>>>,
    /// Its place among those that there are; free again when the connection ends, whatever it has become.
    _place: OwnedSemaphorePermit,
}

impl Punctual {
    pub(super) fn new(
        stream: TcpStream,
        progress: Arc<Progress>,
        limits: Limits,
        place: OwnedSemaphorePermit,
    ) -> Self {
        let arrival = Box::pin(sleep(limits.arrival));
        Self { stream, progress, limits, arrival, stall: None, _place: place }
    }

    /// Holds the client to the time in which it must take bytes.
    fn hold<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stall = None;
            return written;
        }
        let limit = self.limits.write;
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(limit)));
        ready!(stall.as_mut().poll(context));
        Poll::Ready(Err(too_late("the client does not read")))
    }
}

fn too_late(message: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, message)
}

impl AsyncRead for Punctual {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            if buffer.filled().len() > before && self.progress.begin_arrival() {
                self.arrival = Box::pin(sleep(self.limits.arrival));
            }
            return read;
        }
        if self.progress.is_arriving() {
            ready!(self.arrival.as_mut().poll(context));
            return Poll::Ready(Err(too_late("the head of a request did not come in time")));
        }
        Poll::Pending
    }
}

impl AsyncWrite for Punctual {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.hold(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.hold(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.hold(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
