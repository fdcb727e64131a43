//! What answers below a key: pictures, their explanations, IMDb's rating.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{RawPathParams, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::cache_headers::{CachePolicy, EntityTag, Validators, body_of_unknown_length};
use super::client::ClientAddress;
use super::context::ServedArtwork;
use super::error::{ApiError, ErrorCode};
use super::hit_cache::RepeatableHit;
use super::key::ImageKey;
use super::limiter::ColdLimiter;
use super::path::segment_of;
use super::recent::RecentRender;
use super::state::{AppState, RequestDefaults};
use crate::keys::{Access, Scope};
use crate::model::ImdbId;
use crate::request::{ArtworkPath, ArtworkRequest, KeyLook, Output, RequestError, StyleError};
use crate::service::{
    Artworks, CacheStatus, HeadOutcome, PictureRequest, ServeError, ServedPicture,
};

const CACHE_STATUS: HeaderName = HeaderName::from_static("x-cache-status");
const ELEMENTS_HASH: HeaderName = HeaderName::from_static("x-elements-hash");
const IGNORED: HeaderName = HeaderName::from_static("x-ignored-parameters");

/// Clients of the rating endpoint wait 1.5 s.
const RATING_TIMEOUT: Duration = Duration::from_millis(1300);

/// The routes below a key.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/{key}/imdb/rating/{tt}", get(imdb_rating))
        .route("/{key}/{id_type}/{style}/{id}", get(artwork))
}

/// A request for a picture, parsed, with what its answer has to say about it.
struct ParsedRequest {
    request: ArtworkRequest,
    picture: Arc<PictureRequest>,
    id_type: &'static str,
}

impl ParsedRequest {
    /// For the log line and the numbers.
    fn served(&self, outcome: &'static str) -> ServedArtwork {
        ServedArtwork { family: self.request.kind.family(), id_type: self.id_type, outcome }
    }
}

/// Who asks, and how.
struct Caller {
    access: Access,
    address: ClientAddress,
    method: Method,
    headers: HeaderMap,
}

async fn artwork(
    State(state): State<AppState>,
    ImageKey(access): ImageKey,
    address: ClientAddress,
    params: RawPathParams,
    (method, RawQuery(query), headers): (Method, RawQuery, HeaderMap),
) -> Response {
    let started = Instant::now();
    let query = query.as_deref().unwrap_or_default();
    let parsed = match parse(&params, query, &state.defaults, access.look()) {
        Ok(parsed) => parsed,
        Err(error) => return error.into_response(),
    };
    let caller = Caller { access, address, method, headers };
    let (mut response, outcome) = match answer(&state, &parsed, caller).await {
        Ok(answered) => answered,
        Err(error) => {
            let word = error.code().word();
            (error.into_response(), word)
        }
    };
    let artwork = parsed.served(outcome);
    note(&state, artwork, address_of(&params, query), started, &response);
    response.extensions_mut().insert(artwork);
    response
}

/// Notes what was not simply there, for the owner to look at.
fn note(
    state: &AppState,
    ServedArtwork { family, outcome, .. }: ServedArtwork,
    address: String,
    started: Instant,
    response: &Response,
) {
    if matches!(outcome, "hit" | "explained") {
        return;
    }
    let elements = response.headers().get(ELEMENTS_HASH).and_then(|hash| hash.to_str().ok());
    state.recent.add(RecentRender {
        at: state.artworks.gatherer().now(),
        address,
        family,
        outcome,
        status: response.status().as_u16(),
        duration_ms: RecentRender::millis(started.elapsed()),
        elements: elements.map(str::to_owned),
    });
}

/// The part of the address below the key.
fn address_of(params: &RawPathParams, query: &str) -> String {
    let segment = |name| segment_of(params, name);
    RecentRender::address_of([segment("id_type"), segment("style"), segment("id")], query)
}

/// The answer and its outcome's word.
async fn answer(
    state: &AppState,
    parsed: &ParsedRequest,
    caller: Caller,
) -> Result<(Response, &'static str), ApiError> {
    let (artworks, picture) = (&state.artworks, &parsed.picture);
    if parsed.request.output == Output::Explain {
        cold(&state.limiter, &caller)?;
        let mut explained = artworks.explain(picture, &parsed.request.ignored).await?;
        if caller.access.scope() == Scope::Share {
            without_providers(&mut explained);
        }
        return Ok((Json(explained).into_response(), "explained"));
    }
    if let Some(served) = artworks.cached(picture) {
        return Ok(picture_answer(&served, parsed, &caller));
    }
    cold(&state.limiter, &caller)?;
    let charge = match caller.access.charge_picture() {
        Ok(charge) => charge,
        // What is cached goes out all the same.
        Err(error) => {
            let stored = artworks.stored(picture).await?;
            let served = stored.ok_or_else(|| ApiError::from(error))?;
            return Ok(picture_answer(&served, parsed, &caller));
        }
    };
    if caller.method == Method::HEAD {
        return Ok(match artworks.head(picture).await? {
            HeadOutcome::Ready(served) => picture_answer(&served, parsed, &caller),
            HeadOutcome::Rendering => {
                charge.confirm();
                (head_without_picture(parsed), "head")
            }
        });
    }
    let served = artworks.serve(picture).await?;
    if matches!(served.status, CacheStatus::Miss | CacheStatus::MissFallback) {
        charge.confirm();
    }
    Ok(picture_answer(&served, parsed, &caller))
}

/// The share form of a key stands where others see it: they need not know how the server's
/// accounts with its providers stand.
fn without_providers(explained: &mut serde_json::Value) {
    if let Some(members) = explained.as_object_mut() {
        members.retain(|name, _| !matches!(name.as_str(), "providers" | "upstream" | "datasets"));
    }
}

/// Only work that is not done yet counts against the rates.
fn cold(limiter: &ColdLimiter, caller: &Caller) -> Result<(), ApiError> {
    caller.access.check_rate()?;
    limiter.check(caller.access.key_id(), caller.address.0).map_err(ApiError::from)
}

fn parse(
    params: &RawPathParams,
    query: &str,
    defaults: &RequestDefaults,
    look: &KeyLook,
) -> Result<ParsedRequest, ApiError> {
    let segment = |name| segment_of(params, name);
    let path =
        ArtworkPath { id_type: segment("id_type"), style: segment("style"), id: segment("id") };
    let request = ArtworkRequest::parse(path, query, &defaults.options, defaults.language, look)?;
    let picture = Arc::new(PictureRequest::from(&request));
    Ok(ParsedRequest { picture, id_type: id_type_word(path.id_type), request })
}

/// A word from a closed list, for logs and metrics.
fn id_type_word(segment: &str) -> &'static str {
    const WORDS: [&str; 8] = ["imdb", "tmdb", "tvdb", "mal", "kitsu", "anilist", "anidb", "auto"];
    WORDS.into_iter().find(|word| word.eq_ignore_ascii_case(segment)).unwrap_or("other")
}

/// The picture with its headers; cache headers and 304 are the middleware's.
fn picture_answer(
    served: &ServedPicture,
    parsed: &ParsedRequest,
    caller: &Caller,
) -> (Response, &'static str) {
    let picture = &served.picture;
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    let mime = HeaderValue::from_static(picture.image.format.mime());
    headers.insert(header::CONTENT_TYPE, mime);
    headers.insert(header::CONTENT_LENGTH, picture.image.bytes.len().into());
    headers.insert(CACHE_STATUS, HeaderValue::from_static(served.status.header()));
    if let Ok(hash) = HeaderValue::try_from(&picture.digest.to_string()[..16]) {
        headers.insert(ELEMENTS_HASH, hash);
    }
    add_ignored(headers, parsed);
    let validators =
        Validators { tag: EntityTag::from_hash(&picture.tag), modified: picture.made_at };
    let current = validators.is_current(&caller.headers);
    if !current && caller.method != Method::HEAD {
        *response.body_mut() = Body::from(picture.image.bytes.clone());
    }
    let policy = match picture.provisional {
        true => CachePolicy::Provisional(picture.max_age),
        false => CachePolicy::Public(picture.max_age),
    };
    response.extensions_mut().insert(policy);
    let outcome = served.status.word();
    if served.status == CacheStatus::Hit {
        let (look, artwork) = (caller.access.look_id(), parsed.served(outcome));
        let hit = RepeatableHit::new(&parsed.picture, look, served, &validators, artwork);
        response.extensions_mut().insert(hit);
    }
    response.extensions_mut().insert(validators);
    (response, outcome)
}

/// The answer to a HEAD for a picture that is not there yet: its type, and nothing that is not
/// known.
fn head_without_picture(parsed: &ParsedRequest) -> Response {
    let mut response = Response::new(body_of_unknown_length());
    let headers = response.headers_mut();
    let mime = HeaderValue::from_static(parsed.picture.format.mime());
    headers.insert(header::CONTENT_TYPE, mime);
    headers.insert(CACHE_STATUS, HeaderValue::from_static(CacheStatus::Miss.header()));
    add_ignored(headers, parsed);
    response
}

fn add_ignored(headers: &mut HeaderMap, parsed: &ParsedRequest) {
    if parsed.request.ignored.is_empty() {
        return;
    }
    // Names of the table, and profile names of plain characters: always a header value.
    if let Ok(names) = HeaderValue::try_from(parsed.request.ignored.join(", ")) {
        headers.insert(IGNORED, names);
    }
}

async fn imdb_rating(
    State(artworks): State<Arc<Artworks>>,
    ImageKey(access): ImageKey,
    params: RawPathParams,
) -> Result<Response, ApiError> {
    access.require_full()?;
    let text = params.iter().find(|(name, _)| *name == "tt").map_or("", |(_, value)| value);
    let imdb: ImdbId = text.parse().map_err(|_| ApiError::from(ErrorCode::UnknownTitle))?;
    let score = artworks.imdb_rating(imdb, RATING_TIMEOUT).await.map_err(|error| match error {
        ServeError::UnknownTitle => ApiError::from(ErrorCode::NoRating),
        // "Unknown for now" in any shape is 503 here: 404 means that there is none.
        _ => ApiError::from(ErrorCode::Busy),
    })?;
    match score {
        Some(score) => {
            let mut response = format!("{:.1}", score.value()).into_response();
            response.extensions_mut().insert(CachePolicy::Public(Duration::from_hours(1)));
            Ok(response)
        }
        None => Err(ErrorCode::NoRating.into()),
    }
}

impl From<RequestError> for ApiError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::IdType => ErrorCode::UnknownIdType.into(),
            RequestError::Style(StyleError::UnknownProfile | StyleError::Malformed) => {
                ErrorCode::UnknownProfile.into()
            }
            RequestError::Family | RequestError::Size => {
                Self::from(ErrorCode::Forbidden).with_message(error.to_string())
            }
            RequestError::Id(refusal) => {
                Self::from(ErrorCode::UnknownTitle).with_message(refusal.to_string())
            }
        }
    }
}

impl From<ServeError> for ApiError {
    fn from(error: ServeError) -> Self {
        let code = match &error {
            ServeError::UnknownTitle => ErrorCode::UnknownTitle,
            ServeError::NoArtwork => ErrorCode::NoArtwork,
            ServeError::NoCandidate => {
                let text =
                    "the title has no artwork of that path; its explanation lists those it has";
                return Self::from(ErrorCode::NoArtwork).with_message(text);
            }
            ServeError::NoRatings => ErrorCode::NoRating,
            ServeError::RatingsLate => ErrorCode::RatingsLate,
            ServeError::Late => ErrorCode::UpstreamLate,
            ServeError::Busy { retry_after } => {
                return Self::from(ErrorCode::Busy).with_retry_after(*retry_after);
            }
            ServeError::Upstream(cause) => return upstream(cause),
            ServeError::Render(_) => ErrorCode::BadUpstream,
            ServeError::Internal => ErrorCode::Internal,
        };
        if code.status().is_server_error() {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, code = code.word(), "no picture");
        }
        code.into()
    }
}

/// Waiting helps, or it does not.
fn upstream(cause: &crate::upstream::UpstreamError) -> ApiError {
    use crate::upstream::UpstreamError as E;
    tracing::warn!(error = cause as &dyn std::error::Error, "no picture");
    let code = match cause {
        E::NotFound { .. } => ErrorCode::NoArtwork,
        E::Timeout { .. } => ErrorCode::UpstreamLate,
        E::RateLimited { provider, .. }
        | E::QuotaSpent { provider, .. }
        | E::CircuitOpen { provider, .. } => {
            let error = ApiError::from(ErrorCode::UpstreamUnavailable)
                .with_message(format!("{provider} is not available, try again shortly"));
            return match cause.retry_after() {
                Some(retry_after) => error.with_retry_after(retry_after),
                None => error,
            };
        }
        E::Unauthorized { .. }
        | E::Transport { .. }
        | E::Server { .. }
        | E::Rejected { .. }
        | E::Redirected { .. }
        | E::BadBody { .. }
        | E::TooLarge { .. } => ErrorCode::BadUpstream,
    };
    code.into()
}
