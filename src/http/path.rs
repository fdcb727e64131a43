//! Segments of a request's path, by their names in the route.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use super::error::{ApiError, ErrorCode};
use super::state::AppState;

/// Reads the path for an extractor.
///
/// # Errors
/// A segment is not UTF-8 once decoded; axum's own text would quote it.
pub(super) async fn read_path(
    parts: &mut Parts,
    state: &AppState,
) -> Result<RawPathParams, ApiError> {
    let params = RawPathParams::from_request_parts(parts, state).await;
    params.map_err(|_| ApiError::from(ErrorCode::BadRequest))
}

/// A segment as it came; empty where the route has none of this name.
pub(super) fn segment_of<'a>(params: &'a RawPathParams, name: &str) -> &'a str {
    params.iter().find(|(known, _)| *known == name).map(|(_, value)| value).unwrap_or_default()
}
