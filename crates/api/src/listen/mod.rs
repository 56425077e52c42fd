//! The accept loop: HTTP/1.1 and HTTP/2 on one port, within limits, to an end that finishes what has begun.
//!
//! What is answered is the router's matter; this only carries it.

mod progress;
mod punctual;

use std::{future::Future, io::ErrorKind, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::Request};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tower::ServiceExt;

use crate::{
    http::{PeerAddress, end_of_service},
    server::{Api, router},
    settings::ApiSettings,
};
use progress::Progress;
use punctual::{Limits, Punctual};

/// The most bytes that the head of a request may have.
const LARGEST_HEAD: u32 = 64 * 1024;
/// How many requests one HTTP/2 connection may have open.
const MOST_STREAMS: u32 = 100;
/// How much of bodies that nobody has read yet one HTTP/2 connection may hold.
const LARGEST_WINDOW: u32 = 1024 * 1024;
/// How often an HTTP/2 client is asked for a sign of life, and how long it may take to give it.
const SIGN_OF_LIFE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(20));
/// How many connections are turned away at once, and how long each waits for that.
const MOST_TURNED_AWAY: usize = 64;
const BEFORE_TURNED_AWAY: Duration = Duration::from_millis(250);
/// How long the accept loop rests when the system has no room for another connection.
const REST: Duration = Duration::from_millis(100);

/// Serves the API until `stop` completes, then lets what has begun finish within the limit.
pub async fn serve(
    listener: TcpListener,
    api: Api,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let doorkeeper = Arc::new(Doorkeeper::new(api.clone()));
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = doorkeeper.admit_next(&listener) => {}
            () = &mut stop => break,
        }
    }
    drop(listener);
    api.stopping.send_replace(true);
    let limit = api.settings.shutdown_time_limit;
    if tokio::time::timeout(limit, api.stopping.closed()).await.is_err() {
        tracing::warn!(?limit, "some requests did not finish in time");
    }
    Ok(())
}

/// Waits for the next connection, whatever becomes of those that fail.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // The client went before it was let in.
            Err(error)
                if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

/// Gives connections their places, and turns away those for which there is none.
struct Doorkeeper {
    api: Api,
    router: Router,
    builder: Builder<TokioExecutor>,
    places: Arc<Semaphore>,
    turned_away: Arc<Semaphore>,
}

impl Doorkeeper {
    fn new(api: Api) -> Self {
        let builder = builder(&api.settings);
        let places = Arc::new(Semaphore::new(api.settings.connections));
        let turned_away = Arc::new(Semaphore::new(MOST_TURNED_AWAY));
        Self { router: router(api.clone()), api, builder, places, turned_away }
    }

    /// Waits for a connection, and gives it a place or tells it that there is none.
    ///
    /// Where as many are being told already, the next one waits, and those behind it with the system: who is turned away
    /// comes again at once, and to do nothing but turn away would help nobody.
    async fn admit_next(&self, listener: &TcpListener) {
        let (stream, address) = accept(listener).await;
        tokio::select! {
            biased;
            Ok(place) = Arc::clone(&self.places).acquire_owned() => self.admit(stream, address, place),
            Ok(turn) = Arc::clone(&self.turned_away).acquire_owned() => {
                tokio::spawn(async move {
                    turn_away(stream).await;
                    drop(turn);
                });
            }
            else => {}
        }
    }

    fn admit(&self, stream: TcpStream, address: SocketAddr, place: OwnedSemaphorePermit) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection could not be told to send at once");
        }
        let settings = &self.api.settings;
        let limits = Limits { arrival: settings.header_time_limit, write: settings.write_time_limit };
        let progress = Arc::new(Progress::default());
        let stream = Punctual::new(stream, Arc::clone(&progress), limits, place);
        self.carry(stream, address, progress);
    }

    /// Carries requests and answers over a connection until it ends or the server does.
    fn carry(&self, stream: Punctual, address: SocketAddr, progress: Arc<Progress>) {
        let router = self.router.clone();
        let trusts_proxy = self.api.settings.behind_proxy;
        let service = service_fn(move |mut request: Request<Incoming>| {
            let (router, progress) = (router.clone(), Arc::clone(&progress));
            let peer = PeerAddress::of(request.headers(), address, trusts_proxy);
            request.extensions_mut().insert(peer);
            progress.begin_service(request.version());
            async move {
                let answer = router.oneshot(request).await;
                progress.end_service(answer.as_ref().ok().map(axum::response::Response::status));
                answer
            }
        });
        let builder = self.builder.clone();
        let mut stopping = self.api.stopping.subscribe();
        tokio::spawn(async move {
            let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = end_of_service(&mut stopping) => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(error, "a connection broke");
            }
        });
    }
}

fn builder(settings: &ApiSettings) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // From the last answer to the end of the next head; the head itself is held to less by `Punctual`.
        .header_read_timeout(settings.idle_time_limit)
        .max_buf_size(LARGEST_HEAD as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MOST_STREAMS)
        .max_header_list_size(LARGEST_HEAD)
        .initial_stream_window_size(LARGEST_WINDOW)
        .initial_connection_window_size(LARGEST_WINDOW)
        .keep_alive_interval(SIGN_OF_LIFE.0)
        .keep_alive_timeout(SIGN_OF_LIFE.1);
    builder
}

/// Tells a client over HTTP/1.1 that there is no place for it, and closes.
async fn turn_away(mut stream: TcpStream) {
    const BODY: &str = r#"{"errors":[{"message":"the server has as many connections as it takes: try again","extensions":{"code":"RATE_LIMITED"}}]}"#;
    const PATIENCE: Duration = Duration::from_secs(1);
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n\
         content-type: application/json; charset=utf-8\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    tokio::time::sleep(BEFORE_TURNED_AWAY).await;
    let telling = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // What the client has sent is read: to close before that would take the answer back.
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    if !matches!(tokio::time::timeout(PATIENCE, telling).await, Ok(Ok(()))) {
        tracing::debug!("a connection that was turned away did not wait for the answer");
    }
}
