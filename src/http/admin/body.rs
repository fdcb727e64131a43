//! Bodies of the admin API.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Path, Request};
use axum::http::StatusCode;
use serde_json::Value;

use crate::http::error::{ApiError, ErrorCode};

/// A JSON document; an empty body is an empty object.
pub(in crate::http) struct JsonBody(pub(in crate::http) Value);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(|error| refused(&error))?;
        if bytes.is_empty() {
            return Ok(Self(Value::Object(serde_json::Map::new())));
        }
        // Stops at a depth of 128; what was read is held to far less.
        let value = serde_json::from_slice(&bytes).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let text = format!("the body is no JSON: line {line}, column {column}");
            ApiError::from(ErrorCode::BadRequest).with_message(text)
        })?;
        Ok(Self(value))
    }
}

fn refused(error: &BytesRejection) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::BodyTooLarge.into(),
        _ => ErrorCode::BadRequest.into(),
    }
}

/// The id of a key in the path.
pub(super) fn key_id(
    path: Result<Path<i64>, axum::extract::rejection::PathRejection>,
) -> Result<i64, ApiError> {
    path.map(|Path(id)| id).map_err(|_| {
        ApiError::from(ErrorCode::NotFound).with_message("there is no such key in use")
    })
}

/// A text in the path, decoded.
pub(super) fn segment(
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<String, ApiError> {
    path.map(|Path(text)| text).map_err(|_| ErrorCode::BadRequest.into())
}
