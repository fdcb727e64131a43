//! `/api/admin/stremio`: add-ons that are served with our pictures.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::body::{JsonBody, segment};
use crate::http::error::ApiError;
use crate::http::public_url::PublicUrl;
use crate::http::state::AppState;
use crate::keys::{AdminError, KeyKeeper, SettingsService};
use crate::stremio::Wrapper;

type IdPath = Result<Path<String>, PathRejection>;

pub(super) async fn list(State(keeper): State<Arc<KeyKeeper>>) -> Result<Json<Value>, ApiError> {
    let list = async |service: SettingsService<'_>| service.wrappers().await;
    let wrappers = keeper.read(list).await??;
    Ok(Json(json!({"wrappers": wrappers})))
}

pub(super) async fn show(
    State(keeper): State<Arc<KeyKeeper>>,
    path: IdPath,
) -> Result<Json<Value>, ApiError> {
    let id = segment(path)?;
    let show = async |service: SettingsService<'_>| service.wrapper(&id).await;
    Ok(Json(keeper.read(show).await??))
}

/// Saves an add-on that stands where it may; `{key}` in the answer's address is for a key with the scope.
pub(super) async fn create(
    State(state): State<AppState>,
    base: PublicUrl,
    JsonBody(document): JsonBody,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let wrapper = Wrapper::read(&document, state.addons.allowed()).map_err(AdminError::from)?;
    let checked = state.addons.check(&wrapper.address).await;
    checked.map_err(|error| AdminError::field("url", error.to_string()))?;
    let add = async |service: SettingsService<'_>| service.add_wrapper(&wrapper).await;
    let id = state.keeper.change(add).await??;
    let manifest_url = format!("{}/stremio/{{key}}/{}/manifest.json", base.0, id.as_str());
    let made = json!({"id": id.as_str(), "manifest_url": manifest_url});
    Ok((StatusCode::CREATED, Json(made)))
}

pub(super) async fn delete(
    State(state): State<AppState>,
    path: IdPath,
) -> Result<StatusCode, ApiError> {
    let id = segment(path)?;
    let delete = async |service: SettingsService<'_>| service.delete_wrapper(&id).await;
    state.keeper.change(delete).await??;
    if let Ok(id) = id.parse() {
        state.addons.forget(&id);
    }
    Ok(StatusCode::NO_CONTENT)
}
