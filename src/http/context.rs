//! Around every request: limits, one span, one log line, numbers. The path is never written
//! anywhere, because it holds the key; the route's pattern is.

use std::cell::OnceCell;
use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics::{Counter, Histogram, SharedString};
use tracing::level_filters::LevelFilter;
use tracing::{Instrument, Span};

use super::MAX_BODY_BYTES;
use super::error::{ApiError, ErrorCode};
use super::state::AppState;
use crate::telemetry::metrics::{HTTP_RESPONSES, HTTP_SECONDS, REQUESTS};

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer addresses are refused: no client needs more.
const MAX_URI_BYTES: usize = 2048;

/// What a handler says about the picture it served, for the log line and the numbers. Attach it
/// to the response as an extension.
#[derive(Clone, Copy, Debug)]
pub struct ServedArtwork {
    pub family: &'static str,
    pub id_type: &'static str,
    /// `hit`, `stale`, `miss`, `fallback`, or an error's word.
    pub outcome: &'static str,
}

/// The word of the error that a response carries.
#[derive(Clone, Copy, Debug)]
pub(super) struct ErrorWord(pub(super) &'static str);

/// One request from its arrival to its answer: its id, span, numbers and log line, and the headers
/// that every response has.
#[derive(Debug)]
pub(super) struct RequestRecord {
    started: Instant,
    id: HeaderValue,
    method: &'static str,
    route: SharedString,
    span: OnceCell<Span>,
}

impl RequestRecord {
    pub(super) fn begin(method: &Method, route: impl Into<SharedString>) -> Self {
        Self {
            started: Instant::now(),
            id: next_id(),
            method: method_word(method),
            route: route.into(),
            span: OnceCell::new(),
        }
    }

    /// Made when it is first needed: a hit whose line is not logged does without.
    fn span(&self) -> &Span {
        self.span.get_or_init(|| {
            let (id, method, route) =
                (self.id.to_str().unwrap_or_default(), self.method, &*self.route);
            tracing::info_span!("request", request.id = id, method, route)
        })
    }

    /// Writes the headers, counts the answer and logs its line.
    pub(super) fn finish(
        self,
        response: &mut Response,
        answer: ResponseRecord,
        metrics: &AnswerMetrics,
    ) {
        let headers = response.headers_mut();
        // The address of a picture holds a key: pages it leads to must not learn it.
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        metrics.record(self.started);
        if answer.level() <= LevelFilter::current() {
            self.span().in_scope(|| answer.log(self.started));
        }
        response.headers_mut().insert(REQUEST_ID, self.id);
    }
}

/// The outermost layer: every answer, also that of a panic or a time-out, goes through it.
pub(super) async fn record(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "none".into(), |path| path.as_str().to_owned().into());
    let route: SharedString = route;
    let record = RequestRecord::begin(request.method(), route.clone());
    let span = record.span().clone();
    let mut response = next.run(request).instrument(span).await;
    let answer = ResponseRecord::of(&response);
    let metrics = AnswerMetrics::of(route, &answer);
    record.finish(&mut response, answer, &metrics);
    response
}

/// What the log line and the numbers say of a response.
#[derive(Clone, Copy, Debug)]
pub(super) struct ResponseRecord {
    status: StatusCode,
    artwork: Option<ServedArtwork>,
    refusal: Option<&'static str>,
}

impl ResponseRecord {
    fn of(response: &Response) -> Self {
        let refusal = response.extensions().get::<ErrorWord>();
        Self {
            status: response.status(),
            artwork: response.extensions().get::<ServedArtwork>().copied(),
            refusal: refusal.map(|ErrorWord(word)| *word),
        }
    }

    pub(super) fn of_artwork(status: StatusCode, artwork: ServedArtwork) -> Self {
        Self { status, artwork: Some(artwork), refusal: None }
    }

    fn log(&self, started: Instant) {
        let status = self.status.as_u16();
        let duration_ms = started.elapsed().as_millis() as u64;
        let artwork = self.artwork.as_ref();
        let family = artwork.map(|served| served.family);
        let id_type = artwork.map(|served| served.id_type);
        let outcome = artwork.map(|served| served.outcome).or(self.refusal);
        // The macros want their level as a constant.
        if self.level() == LevelFilter::WARN {
            tracing::warn!(status, duration_ms, family, id_type, outcome, "answered");
        } else if self.level() == LevelFilter::DEBUG {
            tracing::debug!(status, duration_ms, family, id_type, outcome, "answered");
        } else {
            tracing::info!(status, duration_ms, family, id_type, outcome, "answered");
        }
    }

    /// Cached pictures and probes would drown the rest.
    fn level(&self) -> LevelFilter {
        let cached = self.artwork.is_some_and(|served| matches!(served.outcome, "hit" | "stale"));
        let plain = self.artwork.is_none() && self.refusal.is_none();
        let routine = cached || plain || self.status == StatusCode::NOT_MODIFIED;
        match (self.status.is_server_error(), routine) {
            (true, _) => LevelFilter::WARN,
            (false, true) => LevelFilter::DEBUG,
            (false, false) => LevelFilter::INFO,
        }
    }
}

/// The numbers that answers of one kind are counted in, found in the registry once.
pub(super) struct AnswerMetrics {
    seconds: Histogram,
    responses: Counter,
    requests: Option<Counter>,
}

impl fmt::Debug for AnswerMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnswerMetrics")
    }
}

impl AnswerMetrics {
    pub(super) fn of(route: impl Into<SharedString>, answer: &ResponseRecord) -> Self {
        let (route, status) = (route.into(), answer.status.as_str().to_owned());
        let not_modified = answer.status == StatusCode::NOT_MODIFIED;
        let requests = answer.artwork.map(|served| {
            let outcome = if not_modified { "not_modified" } else { served.outcome };
            metrics::counter!(REQUESTS.name, "family" => served.family, "outcome" => outcome)
        });
        Self {
            seconds: metrics::histogram!(HTTP_SECONDS.name, "route" => route.clone()),
            responses: metrics::counter!(HTTP_RESPONSES.name, "route" => route, "status" => status),
            requests,
        }
    }

    fn record(&self, started: Instant) {
        self.seconds.record(started.elapsed());
        self.responses.increment(1);
        if let Some(requests) = &self.requests {
            requests.increment(1);
        }
    }
}

/// An id of sixteen hexadecimal digits: no two alike in a process, hardly in two.
fn next_id() -> HeaderValue {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    static START: LazyLock<u64> = LazyLock::new(rand::random);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    // An odd factor scatters the counter over all 64 bits, each value once.
    let id = START.wrapping_add(count.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let text: [u8; 16] =
        std::array::from_fn(|place| DIGITS[(id >> (60 - 4 * place)) as usize & 15]);
    HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("0"))
}

/// Methods are any text: only known ones are worth a word.
fn method_word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

pub(super) async fn limit_uri(request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |text| text.as_str().len());
    if length > MAX_URI_BYTES {
        return ApiError::from(ErrorCode::UriTooLong).into_response();
    }
    next.run(request).await
}

/// A body that says it is too large is refused before it is read; one that does not is cut off by
/// the layer below.
pub(super) async fn limit_body(request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_BODY_BYTES) {
        return ApiError::from(ErrorCode::BodyTooLarge).into_response();
    }
    next.run(request).await
}

/// The backstop: whatever a handler does, an answer begins in time.
pub(super) async fn limit_time(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    match tokio::time::timeout(state.time_limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::from(ErrorCode::UpstreamLate).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sixteen_digits_and_differ() {
        let (one, other) = (next_id(), next_id());
        assert_ne!(one, other);
        assert!(one.len() == 16 && one.as_bytes().iter().all(u8::is_ascii_hexdigit));
    }
}
