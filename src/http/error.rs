//! The only map from what went wrong to a status and a sentence for strangers.

use std::any::Any;
use std::borrow::Cow;
use std::fmt::Write;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::context::ErrorWord;
use crate::keys::{AdminError, DatabaseUnavailable, KeyError};
use crate::request::InvalidField;
use crate::telemetry::metrics::{KEYS_REFUSED, PANICS};

/// Every error a client can get. The word in the JSON follows from the name, the status from
/// contract section 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    BadRequest,
    UnknownIdType,
    InvalidKey,
    InvalidAdminToken,
    /// The key's form or plan does not allow this.
    Forbidden,
    NoSuchEndpoint,
    UnknownTitle,
    NoArtwork,
    NoRating,
    MethodNotAllowed,
    BodyTooLarge,
    UriTooLong,
    UnknownProfile,
    /// A document of the admin API with mistakes.
    Invalid,
    /// A key or a profile that the admin API is asked for.
    NotFound,
    Conflict,
    /// Too many wrong keys or wrong tokens.
    TooManyAttempts,
    RateLimited,
    QuotaExceeded,
    Internal,
    BadUpstream,
    Busy,
    /// A provider is left alone after failures, or for its limits.
    UpstreamUnavailable,
    DatabaseUnavailable,
    /// Ratings are not there in time and the plain picture was not wanted.
    RatingsLate,
    UpstreamLate,
}

impl ErrorCode {
    /// All of them, for the documentation.
    pub const ALL: [Self; 26] = [
        Self::BadRequest,
        Self::UnknownIdType,
        Self::InvalidKey,
        Self::InvalidAdminToken,
        Self::Forbidden,
        Self::NoSuchEndpoint,
        Self::UnknownTitle,
        Self::NoArtwork,
        Self::NoRating,
        Self::MethodNotAllowed,
        Self::BodyTooLarge,
        Self::UriTooLong,
        Self::UnknownProfile,
        Self::Invalid,
        Self::NotFound,
        Self::Conflict,
        Self::TooManyAttempts,
        Self::RateLimited,
        Self::QuotaExceeded,
        Self::Internal,
        Self::BadUpstream,
        Self::Busy,
        Self::UpstreamUnavailable,
        Self::DatabaseUnavailable,
        Self::RatingsLate,
        Self::UpstreamLate,
    ];

    pub fn status(self) -> StatusCode {
        match self {
            Self::BadRequest | Self::UnknownIdType => StatusCode::BAD_REQUEST,
            Self::InvalidKey | Self::InvalidAdminToken => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NoSuchEndpoint
            | Self::UnknownTitle
            | Self::NoArtwork
            | Self::NoRating
            | Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::UnknownProfile | Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict => StatusCode::CONFLICT,
            Self::RateLimited | Self::QuotaExceeded | Self::TooManyAttempts => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::BadUpstream => StatusCode::BAD_GATEWAY,
            Self::Busy
            | Self::UpstreamUnavailable
            | Self::DatabaseUnavailable
            | Self::RatingsLate => StatusCode::SERVICE_UNAVAILABLE,
            Self::UpstreamLate => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// The word in the JSON and in metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::UnknownIdType => "unknown_id_type",
            Self::InvalidKey => "invalid_key",
            Self::InvalidAdminToken => "invalid_admin_token",
            Self::Forbidden => "forbidden",
            Self::NoSuchEndpoint => "no_such_endpoint",
            Self::UnknownTitle => "unknown_title",
            Self::NoArtwork => "no_artwork",
            Self::NoRating => "no_rating",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::BodyTooLarge => "body_too_large",
            Self::UriTooLong => "uri_too_long",
            Self::UnknownProfile => "unknown_profile",
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::TooManyAttempts => "too_many_attempts",
            Self::RateLimited => "rate_limited",
            Self::QuotaExceeded => "quota_exceeded",
            Self::Internal => "internal",
            Self::BadUpstream => "bad_upstream",
            Self::Busy => "busy",
            Self::UpstreamUnavailable => "upstream_unavailable",
            Self::DatabaseUnavailable => "database_unavailable",
            Self::RatingsLate => "ratings_late",
            Self::UpstreamLate => "upstream_late",
        }
    }

    /// The sentence in the JSON, unless the answer knows better.
    pub fn message(self) -> &'static str {
        match self {
            Self::BadRequest => "this request cannot be understood",
            Self::UnknownIdType => {
                "the id type must be imdb, tmdb, tvdb, mal, kitsu, anilist, anidb or auto"
            }
            Self::InvalidKey => "this API key is not known here",
            Self::InvalidAdminToken => "this needs the admin token",
            Self::Forbidden => "this key is not good for this",
            Self::NoSuchEndpoint => "there is nothing here",
            Self::UnknownTitle => "no such title",
            Self::NoArtwork => "this title has no such artwork",
            Self::NoRating => "this title has no rating",
            Self::MethodNotAllowed => "this method is not allowed here",
            Self::BodyTooLarge => "the request is too large",
            Self::UriTooLong => "the address is too long",
            Self::UnknownProfile => "no such profile",
            Self::Invalid => "the document has mistakes",
            Self::NotFound => "there is no such thing",
            Self::Conflict => "this cannot be done as things are",
            Self::TooManyAttempts => "too many wrong keys or tokens, try again shortly",
            Self::RateLimited => "too many new pictures at once, try again shortly",
            Self::QuotaExceeded => "the quota is used up",
            Self::Internal => "something went wrong here",
            Self::BadUpstream => "a provider gave no usable answer",
            Self::Busy => "too busy, try again shortly",
            Self::UpstreamUnavailable => "a provider is not available, try again shortly",
            Self::DatabaseUnavailable => "the database cannot be used, try again shortly",
            Self::RatingsLate => "the ratings are not there yet, try again shortly",
            Self::UpstreamLate => "the providers did not answer in time, try again shortly",
        }
    }

    /// For answers that ask to come again and do not say when.
    fn usual_retry(self) -> Option<Duration> {
        match self {
            Self::RateLimited
            | Self::Busy
            | Self::UpstreamUnavailable
            | Self::RatingsLate
            | Self::TooManyAttempts => Some(Duration::from_secs(2)),
            Self::DatabaseUnavailable => Some(Duration::from_secs(10)),
            Self::UpstreamLate => Some(Duration::from_secs(5)),
            Self::QuotaExceeded => Some(Duration::from_hours(1)),
            _ => None,
        }
    }
}

/// The table of errors for the API's documentation, by status.
pub fn errors_markdown() -> String {
    let mut codes = ErrorCode::ALL;
    codes.sort_by_key(|code| code.status().as_u16());
    let mut text = String::from("| status | code | message |\n|---|---|---|\n");
    for code in codes {
        let (status, word, message) = (code.status().as_u16(), code.word(), code.message());
        // Writing to a String does not fail.
        let _ = writeln!(text, "| {status} | `{word}` | {message} |");
    }
    text
}

/// An error on its way to a client: `{"error":{"code":"…","message":"…"}}`.
///
/// It is not logged here: whoever builds a 5xx knows the cause and logs it.
#[derive(Clone, Debug)]
pub struct ApiError {
    code: ErrorCode,
    message: Cow<'static, str>,
    retry_after: Option<Duration>,
    /// Every mistake of a document, with its place.
    fields: Vec<InvalidField>,
}

impl ApiError {
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// Says more than the code alone. The text goes to strangers: no key, no address.
    #[must_use]
    pub fn with_message(self, message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), ..self }
    }

    /// When to come again; rounded up to whole seconds, at least one.
    #[must_use]
    pub fn with_retry_after(self, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..self }
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        let (message, retry_after) = (code.message().into(), code.usual_retry());
        Self { code, message, retry_after, fields: Vec::new() }
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        let (code, reason) = match error {
            KeyError::Malformed => (ErrorCode::InvalidKey, "malformed"),
            KeyError::Unknown => (ErrorCode::InvalidKey, "unknown"),
            KeyError::Scope | KeyError::NotAllowed => (ErrorCode::Forbidden, "scope"),
            KeyError::QuotaExceeded { .. } => (ErrorCode::QuotaExceeded, "quota"),
            KeyError::RateLimited { .. } => (ErrorCode::RateLimited, "rate"),
        };
        metrics::counter!(KEYS_REFUSED.name, "reason" => reason).increment(1);
        let refused = Self::from(code);
        match error {
            KeyError::Scope => {
                refused.with_message("this form of the key is good for pictures only")
            }
            KeyError::RateLimited { retry_after } | KeyError::QuotaExceeded { retry_after } => {
                refused.with_retry_after(retry_after)
            }
            _ => refused,
        }
    }
}

impl From<AdminError> for ApiError {
    fn from(error: AdminError) -> Self {
        let code = match &error {
            AdminError::Invalid(_) => ErrorCode::Invalid,
            AdminError::UnknownKey
            | AdminError::UnknownProfile
            | AdminError::NoOverride
            | AdminError::UnknownWrapper => ErrorCode::NotFound,
            AdminError::NameTaken
            | AdminError::ProfileInUse(_)
            | AdminError::TooManyProfiles
            | AdminError::TooManyOverrides(_)
            | AdminError::TooManyWrappers
            | AdminError::TokenIsSet => ErrorCode::Conflict,
            AdminError::Store(cause) => {
                let error: &dyn std::error::Error = cause;
                tracing::warn!(error, "the database did not do what the admin asked");
                return ErrorCode::DatabaseUnavailable.into();
            }
        };
        match error {
            AdminError::Invalid(invalid) => Self { fields: invalid.0, ..Self::from(code) },
            error => Self::from(code).with_message(error.to_string()),
        }
    }
}

impl From<DatabaseUnavailable> for ApiError {
    fn from(_: DatabaseUnavailable) -> Self {
        ErrorCode::DatabaseUnavailable.into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = json!({"error": {"code": self.code.word(), "message": self.message}});
        if !self.fields.is_empty() {
            body["error"]["fields"] = json!(self.fields);
        }
        let mut response = (self.code.status(), Json(body)).into_response();
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_millis().div_ceil(1000).max(1);
            let seconds = HeaderValue::from(u64::try_from(seconds).unwrap_or(u64::MAX));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(ErrorWord(self.code.word()));
        response
    }
}

pub(super) async fn no_such_endpoint() -> ApiError {
    ErrorCode::NoSuchEndpoint.into()
}

pub(super) async fn method_not_allowed() -> ApiError {
    ErrorCode::MethodNotAllowed.into()
}

/// The panic's text stays here: it may quote anything.
pub(super) fn from_panic(panic: Box<dyn Any + Send>) -> Response {
    drop(panic);
    metrics::counter!(PANICS.name).increment(1);
    tracing::error!("a request ended in a panic");
    ApiError::from(ErrorCode::Internal).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn words_are_unique_and_every_code_is_an_error() {
        let words: HashSet<_> = ErrorCode::ALL.map(ErrorCode::word).into();
        assert_eq!(words.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error());
            let retry = matches!(code.status().as_u16(), 429 | 503 | 504);
            assert_eq!(code.usual_retry().is_some(), retry, "{code:?}");
        }
    }

    #[test]
    fn a_wait_is_rounded_up_to_a_second_at_least() {
        for (wait, seconds) in [(0, "1"), (1, "1"), (1000, "1"), (1001, "2")] {
            let error = ApiError::from(ErrorCode::Busy);
            let response = error.with_retry_after(Duration::from_millis(wait)).into_response();
            assert_eq!(response.headers()[header::RETRY_AFTER], seconds);
        }
    }
}
