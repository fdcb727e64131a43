//! The key in the path, and what it tells its owner.

use std::convert::Infallible;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::client::ClientAddress;
use super::error::{ApiError, ErrorCode};
use super::path::{read_path, segment_of};
use super::state::AppState;
use crate::keys::Access;

/// What `requests` names as the limit of a key without one: clients divide by it.
const NOMINAL_LIMIT: u64 = 1_000_000;

/// A key in any of its forms, for pictures; the request is counted.
#[derive(Clone, Debug)]
pub struct ImageKey(pub Access);

/// A whole key, not its share form; the request is not counted.
#[derive(Clone, Debug)]
pub struct FullKey(pub Access);

impl FromRequestParts<AppState> for ImageKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let access = access(parts, state).await?;
        access.count_request();
        Ok(Self(access))
    }
}

impl FromRequestParts<AppState> for FullKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        Ok(Self(access(parts, state).await?.require_full()?))
    }
}

/// The key in the path. Whoever sends many wrong ones has to wait before the next wrong one is
/// looked at.
async fn access(parts: &mut Parts, state: &AppState) -> Result<Access, ApiError> {
    let params = read_path(parts, state).await?;
    match state.keys.check(segment_of(&params, "key")) {
        Ok(access) => Ok(access),
        Err(error) => {
            let Ok(address) = ClientAddress::from_request_parts(parts, state).await;
            state.wrong_keys.count(address.0)?;
            Err(error.into())
        }
    }
}

/// Whether the key in the path is accepted.
pub(super) struct KeyValidity(Result<Access, ApiError>);

impl FromRequestParts<AppState> for KeyValidity {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self(access(parts, state).await))
    }
}

pub(super) async fn is_valid(KeyValidity(access): KeyValidity) -> Response {
    let access = match access {
        Ok(access) => access,
        Err(error) if error.code() == ErrorCode::InvalidKey => {
            let body = json!({"valid": false, "validity": false});
            return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
        }
        Err(error) => return error.into_response(),
    };
    // With a quota clients are told of pictures made in this month, else of requests.
    let (limit, count) = access.quota().unwrap_or((0, access.requests()));
    Json(json!({
        "valid": true,
        "validity": true,
        "tier": access.tier(),
        "limit": limit,
        "requestCount": count,
    }))
    .into_response()
}

pub(super) async fn requests(FullKey(access): FullKey) -> Response {
    let (limit, count) = access.quota().unwrap_or((NOMINAL_LIMIT, access.requests()));
    Json(json!({"req": count, "limit": limit})).into_response()
}
