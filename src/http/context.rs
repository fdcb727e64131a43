//! Around every request: limits, one span, one log line, numbers. The path is never written
//! anywhere, because it holds the key; the route's pattern is.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::error::{ApiError, ErrorCode};
use super::state::AppState;
use crate::telemetry::metrics::{HTTP_RESPONSES, HTTP_SECONDS, REQUESTS};

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer addresses are refused: no client needs more.
const MAX_URI_BYTES: usize = 2048;

/// What a handler tells about the picture it served, for the log line and the numbers. Attach it
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
pub(super) struct Refusal(pub(super) &'static str);

/// One span and one line per request, and the headers that every response has.
pub(super) async fn record(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let id = format!("{:016x}", rand::random::<u64>());
    let method = method_word(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!("request", request.id = %id, method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    // The address of a picture holds a key: pages it leads to must not learn it.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let answer = Answer::of(&response);
    count(&answer, route, start);
    span.in_scope(|| answer.log(start));
    response
}

/// What the log line and the numbers say of a response.
struct Answer {
    status: StatusCode,
    artwork: Option<ServedArtwork>,
    refusal: Option<&'static str>,
}

impl Answer {
    fn of(response: &Response) -> Self {
        let refusal = response.extensions().get::<Refusal>();
        Self {
            status: response.status(),
            artwork: response.extensions().get::<ServedArtwork>().copied(),
            refusal: refusal.map(|Refusal(word)| *word),
        }
    }

    fn log(&self, start: Instant) {
        let status = self.status.as_u16();
        let duration_ms = start.elapsed().as_millis() as u64;
        let artwork = self.artwork.as_ref();
        let family = artwork.map(|served| served.family);
        let id_type = artwork.map(|served| served.id_type);
        let outcome = artwork.map(|served| served.outcome).or(self.refusal);
        if self.status.is_server_error() {
            tracing::warn!(status, duration_ms, family, id_type, outcome, "answered");
        } else if self.is_routine() {
            tracing::debug!(status, duration_ms, family, id_type, outcome, "answered");
        } else {
            tracing::info!(status, duration_ms, family, id_type, outcome, "answered");
        }
    }

    /// Cached pictures and probes would drown the rest.
    fn is_routine(&self) -> bool {
        let cached = self.artwork.is_some_and(|served| matches!(served.outcome, "hit" | "stale"));
        let plain = self.artwork.is_none() && self.refusal.is_none();
        cached || plain || self.status == StatusCode::NOT_MODIFIED
    }
}

fn count(answer: &Answer, route: &str, start: Instant) {
    let (route, status) = (route.to_owned(), answer.status.as_u16().to_string());
    metrics::histogram!(HTTP_SECONDS.name, "route" => route.clone()).record(start.elapsed());
    metrics::counter!(HTTP_RESPONSES.name, "route" => route, "status" => status).increment(1);
    if let Some(served) = answer.artwork {
        let not_modified = answer.status == StatusCode::NOT_MODIFIED;
        let outcome = if not_modified { "not_modified" } else { served.outcome };
        metrics::counter!(REQUESTS.name, "family" => served.family, "outcome" => outcome)
            .increment(1);
    }
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
