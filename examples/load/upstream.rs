//! The load's other end, in a process of its own, where every answer is at hand before it is asked
//! for: TMDB, MDBList, OMDb and the award lists.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

use crate::artwork::Artworks;
use crate::titles::Titles;

struct Upstream {
    artworks: Artworks,
    titles: Titles,
    state: Mutex<Conditions>,
}

/// What the rounds set and read.
#[derive(Default)]
struct Conditions {
    delay: Duration,
    /// Calls a second by service, told by the first segment of its paths.
    limits: BTreeMap<String, u32>,
    windows: BTreeMap<String, Window>,
    /// By service.
    calls: BTreeMap<String, u32>,
    started: Option<Instant>,
    refused: u32,
    refused_late: u32,
}

/// Calls within one second, as providers count them.
#[derive(Clone, Copy)]
struct Window {
    since: Instant,
    calls: u32,
}

/// After so long a client has to know the limits.
const SETTLED: Duration = Duration::from_secs(3);

/// Serves on a free port, which is printed, until its process is ended.
pub(crate) async fn run(photographs: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let artworks = Artworks::prepare(photographs).map_err(crate::plainly)?;
    let titles = Titles::new();
    let upstream = Arc::new(Upstream { artworks, titles, state: Mutex::default() });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    crate::announce(listener.local_addr()?)?;
    let router = Router::new().fallback(answer).with_state(upstream);
    axum::serve(listener, router).await?;
    Ok(())
}

/// A route that answers with `body` and nothing else: what the framework alone costs.
pub(crate) async fn run_bare(body: Vec<u8>) -> Result<(), Box<dyn Error>> {
    let body = bytes::Bytes::from(body);
    let answer = move || {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "image/jpeg")], body) }
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    crate::announce(listener.local_addr()?)?;
    let router = Router::new().route("/poster.jpg", axum::routing::get(answer));
    axum::serve(listener, router).await?;
    std::io::stdout().flush()?;
    Ok(())
}

async fn answer(State(upstream): State<Arc<Upstream>>, uri: Uri, body: Bytes) -> Response {
    let (path, query) = (uri.path(), uri.query().unwrap_or(""));
    if let Some(order) = path.strip_prefix("/control/") {
        return upstream.obey(order).into_response();
    }
    let service = service_of(path);
    if !upstream.count(service, path) {
        let later = [(header::RETRY_AFTER, "1")];
        return (StatusCode::TOO_MANY_REQUESTS, later, "{}").into_response();
    }
    let delay = upstream.state().delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if let Some(picture) = path.strip_prefix("/t/p/") {
        let found =
            picture.split_once('/').and_then(|(s, name)| upstream.artworks.by_path(s, name));
        return match found {
            Some(bytes) => ([(header::CONTENT_TYPE, "image/jpeg")], bytes).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        };
    }
    if path.starts_with("/awards/") {
        return AWARDS.into_response();
    }
    match upstream.titles.json(path, query, &body) {
        Some(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Of a title that nobody asks for: a list without any award would count as not loaded.
const AWARDS: &str = "'2026':
  oscar:
    best picture:
      winner: [tt9000001]
  primetime emmy:
    best series:
      winner: [tt9000002]
";

fn service_of(path: &str) -> &'static str {
    match path.split('/').nth(1) {
        Some("3") => "tmdb",
        Some("t") => "images",
        Some("mdblist") => "mdblist",
        Some("omdb") => "omdb",
        _ => "other",
    }
}

impl Upstream {
    fn state(&self) -> MutexGuard<'_, Conditions> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call; false where its service has had enough for this second.
    fn count(&self, service: &str, path: &str) -> bool {
        let mut state = self.state();
        if service == "other" || path == "/3/configuration" {
            return true;
        }
        let now = Instant::now();
        let started = *state.started.get_or_insert(now);
        *state.calls.entry(service.to_owned()).or_default() += 1;
        let Some(limit) = state.limits.get(service).copied() else { return true };
        let fresh = Window { since: now, calls: 0 };
        let window = state.windows.entry(service.to_owned()).or_insert(fresh);
        if now.duration_since(window.since) >= Duration::from_secs(1) {
            *window = fresh;
        }
        window.calls += 1;
        let fits = window.calls <= limit;
        if !fits {
            state.refused += 1;
            state.refused_late += u32::from(now.duration_since(started) > SETTLED);
        }
        fits
    }

    /// `delay/150`, `limit/tmdb/40`, `forget`, or `calls` and `calls/tmdb`, `refused`, `refused-late`.
    fn obey(&self, order: &str) -> String {
        let mut state = self.state();
        let parts: Vec<&str> = order.split('/').collect();
        let number = |text: &str| text.parse().unwrap_or(0);
        match parts.as_slice() {
            ["delay", time] => state.delay = Duration::from_millis(number(time).into()),
            ["limit", service, calls] => {
                state.limits.insert((*service).to_owned(), number(calls));
            }
            ["forget"] => *state = Conditions::default(),
            ["calls"] => return state.calls.values().sum::<u32>().to_string(),
            ["calls", service] => {
                return state.calls.get(*service).copied().unwrap_or(0).to_string();
            }
            ["refused"] => return state.refused.to_string(),
            ["refused-late"] => return state.refused_late.to_string(),
            _ => {}
        }
        "ok".to_owned()
    }
}
