//! `/api/admin/profiles`.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::body::{JsonBody, segment};
use crate::http::error::ApiError;
use crate::keys::{KeyKeeper, SettingsService};

type NamePath = Result<Path<String>, PathRejection>;

pub(super) async fn list(State(keeper): State<Arc<KeyKeeper>>) -> Result<Json<Value>, ApiError> {
    let profiles =
        keeper.read(async |service: SettingsService<'_>| service.profiles().await).await??;
    Ok(Json(json!({"profiles": profiles})))
}

pub(super) async fn show(
    State(keeper): State<Arc<KeyKeeper>>,
    path: NamePath,
) -> Result<Json<Value>, ApiError> {
    let name = segment(path)?;
    let show = async |service: SettingsService<'_>| service.profile(&name).await;
    Ok(Json(keeper.read(show).await??))
}

pub(super) async fn put(
    State(keeper): State<Arc<KeyKeeper>>,
    path: NamePath,
    JsonBody(document): JsonBody,
) -> Result<Json<Value>, ApiError> {
    let name = segment(path)?;
    let put = async |service: SettingsService<'_>| service.put_profile(&name, &document).await;
    Ok(Json(keeper.change(put).await??))
}

/// `?force=true` deletes a profile that keys name.
pub(super) async fn delete(
    State(keeper): State<Arc<KeyKeeper>>,
    path: NamePath,
    RawQuery(query): RawQuery,
) -> Result<StatusCode, ApiError> {
    let name = segment(path)?;
    let query = query.unwrap_or_default();
    let force = url::form_urlencoded::parse(query.as_bytes())
        .any(|(name, value)| name == "force" && value == "true");
    let delete = async |service: SettingsService<'_>| service.delete_profile(&name, force).await;
    keeper.change(delete).await??;
    Ok(StatusCode::NO_CONTENT)
}
