//! The key in the path, and what it tells its owner.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRef, FromRequestParts, Path, RawPathParams, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::error::{ApiError, ErrorCode};
use crate::keys::{Access, Keys};

/// What `requests` names as the limit of a key without one: clients divide by it.
const NOMINAL_LIMIT: u64 = 1_000_000;

/// A key in any of its forms, for pictures; the request is counted.
#[derive(Clone, Debug)]
pub struct ImageKey(pub Access);

/// A whole key, not its share form; the request is not counted.
#[derive(Clone, Debug)]
pub struct FullKey(pub Access);

impl<S> FromRequestParts<S> for ImageKey
where
    S: Send + Sync,
    Arc<Keys>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let access = access(parts, state).await?;
        access.count_request();
        Ok(Self(access))
    }
}

impl<S> FromRequestParts<S> for FullKey
where
    S: Send + Sync,
    Arc<Keys>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Ok(Self(access(parts, state).await?.require_full()?))
    }
}

async fn access<S>(parts: &mut Parts, state: &S) -> Result<Access, ApiError>
where
    S: Send + Sync,
    Arc<Keys>: FromRef<S>,
{
    let params = RawPathParams::from_request_parts(parts, state).await;
    // A segment that is not UTF-8 once decoded; axum's own text would quote it.
    let params = params.map_err(|_| ApiError::from(ErrorCode::BadRequest))?;
    let key = params.iter().find(|(name, _)| *name == "key").map_or("", |(_, value)| value);
    Ok(Arc::<Keys>::from_ref(state).check(key)?)
}

pub(super) async fn is_valid(State(keys): State<Arc<Keys>>, key: Option<Path<String>>) -> Response {
    let access = key.and_then(|Path(key)| keys.check(&key).ok());
    let Some(access) = access else {
        let body = json!({"valid": false, "validity": false});
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    };
    Json(json!({
        "valid": true,
        "validity": true,
        "tier": access.tier(),
        "limit": 0,
        "requestCount": access.requests(),
    }))
    .into_response()
}

pub(super) async fn requests(FullKey(access): FullKey) -> Response {
    Json(json!({"req": access.requests(), "limit": NOMINAL_LIMIT})).into_response()
}
