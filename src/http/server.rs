//! The listening socket: accepts, bounds and ends connections.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::site::Site;
use super::stall::StallGuard;
use crate::budgets::{Budget, Budgets};

/// How much one server lets its clients take.
#[derive(Clone, Copy, Debug)]
pub struct ServerLimits {
    /// Further ones wait in the system's backlog.
    pub connections: usize,
    /// For a request's head, and between two requests on one connection.
    pub head_timeout: Duration,
    /// For a response to make any progress.
    pub write_timeout: Duration,
    /// For running requests to end when the server stops.
    pub grace: Duration,
}

impl From<&Budgets> for ServerLimits {
    fn from(budgets: &Budgets) -> Self {
        Self {
            connections: budgets[Budget::Connections],
            head_timeout: Duration::from_secs(20),
            write_timeout: Duration::from_secs(30),
            grace: Duration::from_secs(10),
        }
    }
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self::from(&Budgets::default())
    }
}

/// Request line and headers together.
const MAX_HEAD_BYTES: usize = 16 << 10;
const MAX_HEADERS: usize = 100;
/// After an error of `accept`, which is mostly "no more file descriptors".
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}")]
pub struct BindError {
    address: SocketAddr,
    source: std::io::Error,
}

/// A socket that listens.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    limits: ServerLimits,
}

impl Server {
    pub async fn bind(address: SocketAddr, limits: ServerLimits) -> Result<Self, BindError> {
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|source| BindError { address, source })?;
        Ok(Self { listener, limits })
    }

    /// The address, with the port the system chose where 0 was asked for.
    pub fn local_address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop`, then finishes what it is serving, for as long as the grace lasts.
    pub async fn run(self, site: Site, stop: CancellationToken) {
        let room = Arc::new(Semaphore::new(self.limits.connections));
        let (running, abort) = (TaskTracker::new(), CancellationToken::new());
        while let Some((stream, peer, permit)) = self.accept(&room, &stop).await {
            let connection = Connection {
                site: site.clone(),
                peer,
                limits: self.limits,
                stop: stop.clone(),
                _permit: permit,
            };
            let abort = abort.clone();
            running.spawn(async move {
                abort.run_until_cancelled(connection.serve(stream)).await;
            });
        }
        drop(self.listener);
        running.close();
        if tokio::time::timeout(self.limits.grace, running.wait()).await.is_err() {
            tracing::warn!(connections = running.len(), "stopped before every response was sent");
            abort.cancel();
            running.wait().await;
        }
    }

    /// The next connection there is room for; `None` when the server stops.
    async fn accept(
        &self,
        room: &Arc<Semaphore>,
        stop: &CancellationToken,
    ) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
        let next = async {
            let permit = Arc::clone(room).acquire_owned().await.ok()?;
            loop {
                match self.listener.accept().await {
                    Ok((stream, peer)) => return Some((stream, peer, permit)),
                    Err(error) => {
                        tracing::warn!(reason = %error.kind(), "cannot accept a connection");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                }
            }
        };
        stop.run_until_cancelled(next).await.flatten()
    }
}

struct Connection {
    site: Site,
    peer: SocketAddr,
    limits: ServerLimits,
    stop: CancellationToken,
    _permit: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve(self, stream: TcpStream) {
        let _counted = CountedConnection::new();
        // Pictures are sent whole: waiting for more to send only delays their end.
        let _ = stream.set_nodelay(true);
        let stream = TokioIo::new(StallGuard::new(stream, self.limits.write_timeout));
        let (site, peer) = (self.site, self.peer);
        let service = service_fn(move |request| answer(site.clone(), peer, request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.head_timeout)
            .max_buf_size(MAX_HEAD_BYTES)
            .max_headers(MAX_HEADERS)
            .serve_connection(stream, service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            // Hyper's own words: what was wrong, never what was sent.
            tracing::debug!(reason = %error, "a connection ended early");
        }
    }
}

/// Counts a connection for as long as it lives, however it ends.
struct CountedConnection;

impl CountedConnection {
    fn new() -> Self {
        Budget::Connections.used().increment(1);
        Self
    }
}

impl Drop for CountedConnection {
    fn drop(&mut self) {
        Budget::Connections.used().decrement(1);
    }
}

async fn answer(
    mut site: Site,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    if let Some(response) = site.repeated(&request) {
        return Ok(response);
    }
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    site.route(request).await
}
