//! The short way for pictures that are ready: from the address's text to the bytes, past routing,
//! parsing and every layer.
//!
//! It only repeats what the long way has said before. When the router has answered a `GET` with a
//! picture that was ready, the address without its key is remembered together with the headers of
//! that answer. They are good for as long as the picture itself is the same and current, which is
//! looked at each time; so is the key. What an address means must therefore depend on nothing but
//! the address and the server's settings: designs that hang on the key would have to be part of
//! what is remembered here.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Instant;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::Response;
use metrics::{Counter, Histogram};
use moka::sync::Cache;
use tracing::level_filters::LevelFilter;

use super::cache_headers::{Validators, body_of_unknown_length};
use super::context::{REQUEST_ID, ServedArtwork};
use super::state::AppState;
use crate::keys::Keys;
use crate::service::{Artworks, CachedPicture, PictureRequest, ServedPicture};
use crate::telemetry::metrics::{HTTP_RESPONSES, HTTP_SECONDS, REQUESTS};

/// Bytes of remembered addresses and headers, about: some four thousand.
const CAPACITY: u64 = 12 << 20;
/// What an entry takes besides its address: fourteen headers, mostly.
const ENTRY_BYTES: usize = 2800;

/// Patterns as the router knows them, for the numbers.
const ROUTES: [&str; 2] = ["/{key}/{id_type}/{style}/{id}", "/api/{key}/{id_type}/{style}/{id}"];

/// What a handler says of a picture that was ready, so that it can be given out again. Attached
/// to the response as an extension.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    wanted: Arc<PictureRequest>,
    finished: Weak<CachedPicture>,
    validators: Validators,
    told: ServedArtwork,
}

impl Ready {
    pub(super) fn new(
        wanted: &Arc<PictureRequest>,
        served: &ServedPicture,
        validators: &Validators,
        told: ServedArtwork,
    ) -> Self {
        Self {
            wanted: Arc::clone(wanted),
            finished: Arc::downgrade(&served.finished),
            validators: validators.clone(),
            told,
        }
    }
}

impl Ready {
    fn log(&self, status: StatusCode, started: Instant) {
        let ServedArtwork { family, id_type, outcome } = self.told;
        let (status, duration_ms) = (status.as_u16(), started.elapsed().as_millis() as u64);
        tracing::debug!(status, duration_ms, family, id_type, outcome, "answered");
    }
}

/// A remembered answer: everything but the picture, which is looked up.
#[derive(Debug)]
struct Memo {
    ready: Ready,
    headers: HeaderMap,
    hits: Counter,
    not_modified: Counter,
}

/// Answers that can be repeated. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Hot {
    artworks: Arc<Artworks>,
    keys: Arc<Keys>,
    memos: Cache<Box<str>, Arc<Memo>>,
    ids: Arc<RequestIds>,
    numbers: Arc<OnceLock<[Numbers; 2]>>,
}

impl Hot {
    pub(super) fn new(state: &AppState) -> Self {
        #[expect(clippy::borrowed_box, reason = "the key's type, as the cache hands it over")]
        let weigh = |rest: &Box<str>, _: &Arc<Memo>| {
            u32::try_from(rest.len() + ENTRY_BYTES).unwrap_or(u32::MAX)
        };
        let memos = Cache::builder().max_capacity(CAPACITY).weigher(weigh).build();
        Self {
            artworks: Arc::clone(&state.artworks),
            keys: Arc::clone(&state.keys),
            memos,
            ids: Arc::default(),
            numbers: Arc::default(),
        }
    }

    /// The answer, if it is a picture that is ready and was given out before.
    pub(super) fn answer<B>(&self, request: &Request<B>) -> Option<Response> {
        let started = Instant::now();
        let head = match *request.method() {
            Method::GET => false,
            Method::HEAD => true,
            _ => return None,
        };
        let address = Address::of(request.uri())?;
        let memo = self.memos.get(address.rest)?;
        let access = self.keys.check(address.key).ok()?;
        let served = self.artworks.ready(&memo.ready.wanted)?;
        if !std::ptr::eq(memo.ready.finished.as_ptr(), Arc::as_ptr(&served.finished)) {
            return None;
        }
        access.count_request();
        let current = memo.ready.validators.is_current(request.headers());
        let mut response = match (current, head) {
            (true, _) => not_modified(memo.headers.clone()),
            (false, true) => with_headers(memo.headers.clone(), Body::empty()),
            (false, false) => {
                let body = Body::from(served.finished.image.bytes.clone());
                with_headers(memo.headers.clone(), body)
            }
        };
        let id = self.ids.next();
        // A line of the level that hits have on the long way: its span costs more than the rest.
        if LevelFilter::current() >= LevelFilter::DEBUG {
            let route = ROUTES[usize::from(address.below_api)];
            let span = tracing::info_span!(
                "request",
                request.id = id.to_str().unwrap_or_default(),
                method = if head { "HEAD" } else { "GET" },
                route,
            );
            span.in_scope(|| memo.ready.log(response.status(), started));
        }
        response.headers_mut().insert(REQUEST_ID, id);
        if current { &memo.not_modified } else { &memo.hits }.increment(1);
        self.numbers()[usize::from(address.below_api)].count(response.status(), started);
        Some(response)
    }

    /// Remembers an answer of the router to a request for `uri`, if it can be repeated.
    pub(super) fn learn(&self, method: &Method, uri: &Uri, response: &mut Response) {
        let Some(ready) = response.extensions_mut().remove::<Ready>() else { return };
        let whole = *method == Method::GET && response.status() == StatusCode::OK;
        let (true, Some(address)) = (whole, Address::of(uri)) else { return };
        let mut headers = response.headers().clone();
        headers.remove(REQUEST_ID);
        let count = |outcome: &'static str| metrics::counter!(REQUESTS.name, "family" => ready.told.family, "outcome" => outcome);
        let (hits, not_modified) = (count(ready.told.outcome), count("not_modified"));
        let memo = Arc::new(Memo { ready, headers, hits, not_modified });
        self.memos.insert(address.rest.into(), memo);
    }

    /// Asked for late: the exporter has to be there before its counters are.
    fn numbers(&self) -> &[Numbers; 2] {
        self.numbers.get_or_init(|| ROUTES.map(Numbers::of))
    }
}

fn with_headers(headers: HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.headers_mut() = headers;
    response
}

fn not_modified(mut headers: HeaderMap) -> Response {
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::CONTENT_TYPE);
    let mut response = with_headers(headers, body_of_unknown_length());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

/// An address taken apart at its key.
struct Address<'a> {
    key: &'a str,
    /// Path and query behind the key, as they came.
    rest: &'a str,
    below_api: bool,
}

impl<'a> Address<'a> {
    fn of(uri: &'a Uri) -> Option<Self> {
        let text = uri.path_and_query()?.as_str();
        let (below_api, text) = match text.strip_prefix("/api/") {
            Some(text) => (true, text),
            None => (false, text.strip_prefix('/')?),
        };
        let (key, rest) = text.split_once('/')?;
        Some(Self { key, rest, below_api })
    }
}

/// A route's numbers, found in the registry once.
struct Numbers {
    seconds: Histogram,
    ok: Counter,
    not_modified: Counter,
}

impl std::fmt::Debug for Numbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Numbers")
    }
}

impl Numbers {
    fn of(route: &'static str) -> Self {
        let answers = |status: &'static str| metrics::counter!(HTTP_RESPONSES.name, "route" => route, "status" => status);
        Self {
            seconds: metrics::histogram!(HTTP_SECONDS.name, "route" => route),
            ok: answers("200"),
            not_modified: answers("304"),
        }
    }

    fn count(&self, status: StatusCode, started: Instant) {
        self.seconds.record(started.elapsed());
        if status == StatusCode::NOT_MODIFIED { &self.not_modified } else { &self.ok }.increment(1);
    }
}

/// Ids of requests: no two alike in a process, hardly in two.
#[derive(Debug)]
struct RequestIds {
    start: u64,
    count: AtomicU64,
}

impl Default for RequestIds {
    fn default() -> Self {
        Self { start: rand::random(), count: AtomicU64::new(0) }
    }
}

impl RequestIds {
    /// Sixteen hexadecimal digits.
    fn next(&self) -> HeaderValue {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        // An odd factor scatters the counter over all 64 bits, each value once.
        let id = self.start.wrapping_add(count.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let text: [u8; 16] =
            std::array::from_fn(|place| DIGITS[(id >> (60 - 4 * place)) as usize & 15]);
        HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("0"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_at_its_key() {
        let parts = |text: &'static str| {
            let uri: Uri = text.parse().unwrap();
            Address::of(&uri).map(|a| (a.key.to_owned(), a.rest.to_owned(), a.below_api))
        };
        let rest = "imdb/poster-default/tt1.jpg?lang=de".to_owned();
        let key = "key".to_owned();
        assert_eq!(
            parts("/key/imdb/poster-default/tt1.jpg?lang=de"),
            Some((key.clone(), rest.clone(), false))
        );
        assert_eq!(parts("/api/key/imdb/poster-default/tt1.jpg?lang=de"), Some((key, rest, true)));
        assert_eq!(parts("/healthz"), None);
        assert_eq!(parts("/"), None);
    }

    #[test]
    fn ids_are_sixteen_digits_and_differ() {
        let ids = RequestIds::default();
        let (one, other) = (ids.next(), ids.next());
        assert_ne!(one, other);
        assert!(one.len() == 16 && one.as_bytes().iter().all(u8::is_ascii_hexdigit));
    }
}
