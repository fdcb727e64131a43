//! `/api/admin/keys` and `/api/admin/token`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::body::{JsonBody, key_id};
use crate::http::error::ApiError;
use crate::keys::{AdminError, KeyKeeper, SettingsService};
use crate::request::{FieldReader, Place};

type KeyPath = Result<Path<i64>, PathRejection>;

pub(super) async fn list(State(keeper): State<Arc<KeyKeeper>>) -> Result<Json<Value>, ApiError> {
    let keys = keeper.read(async |service: SettingsService<'_>| service.keys().await).await??;
    Ok(Json(json!({"keys": keys})))
}

pub(super) async fn create(
    State(keeper): State<Arc<KeyKeeper>>,
    JsonBody(document): JsonBody,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let create = async |service: SettingsService<'_>| service.create_key(&document).await;
    let made = keeper.change(create).await??;
    Ok((StatusCode::CREATED, Json(made)))
}

pub(super) async fn update(
    State(keeper): State<Arc<KeyKeeper>>,
    path: KeyPath,
    JsonBody(document): JsonBody,
) -> Result<Json<Value>, ApiError> {
    let id = key_id(path)?;
    let update = async |service: SettingsService<'_>| service.update_key(id, &document).await;
    Ok(Json(keeper.change(update).await??))
}

pub(super) async fn revoke(
    State(keeper): State<Arc<KeyKeeper>>,
    path: KeyPath,
) -> Result<StatusCode, ApiError> {
    let id = key_id(path)?;
    let revoke = async |service: SettingsService<'_>| service.revoke_key(id).await;
    keeper.change(revoke).await??;
    Ok(StatusCode::NO_CONTENT)
}

/// `{"grace":"24h"}`; without one the old key ends at once.
pub(super) async fn rotate(
    State(keeper): State<Arc<KeyKeeper>>,
    path: KeyPath,
    JsonBody(document): JsonBody,
) -> Result<Json<Value>, ApiError> {
    let id = key_id(path)?;
    let grace = read_grace(&document)?;
    let rotate = async |service: SettingsService<'_>| service.rotate_key(id, grace.as_secs()).await;
    Ok(Json(keeper.change(rotate).await??))
}

fn read_grace(document: &Value) -> Result<Duration, AdminError> {
    let mut reader = FieldReader::default();
    let place = Place::ROOT.name("grace");
    let grace = reader.object(Place::ROOT, document, &["grace"]).and_then(|fields| {
        let Some(value) = fields.get("grace") else { return Some(Duration::ZERO) };
        let grace = humantime::parse_duration(reader.text(place, value, 40)?).ok();
        if grace.is_none() {
            reader.refuse(place, "expected a duration such as 24h or 7days");
        }
        grace
    });
    Ok(reader.finish(grace)?)
}

pub(super) async fn rotate_token(
    State(keeper): State<Arc<KeyKeeper>>,
) -> Result<Json<Value>, ApiError> {
    let rotate = async |service: SettingsService<'_>| service.rotate_admin_token().await;
    let token = keeper.change(rotate).await??;
    Ok(Json(json!({"admin_token": token.as_str()})))
}
