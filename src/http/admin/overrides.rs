//! `/api/admin/overrides`: artwork for single titles, which all addresses follow.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::body::{JsonBody, segment};
use crate::http::error::{ApiError, ErrorCode};
use crate::keys::{AdminError, KeyKeeper, SettingsService, read_override};
use crate::model::TmdbTitle;
use crate::request::parse_title;
use crate::service::Artworks;

type IdPath = Result<Path<String>, PathRejection>;

pub(super) async fn list(State(keeper): State<Arc<KeyKeeper>>) -> Result<Json<Value>, ApiError> {
    let list = async |service: SettingsService<'_>| service.overrides().await;
    Ok(Json(json!({"overrides": keeper.read(list).await??})))
}

pub(super) async fn show(
    State(keeper): State<Arc<KeyKeeper>>,
    State(artworks): State<Arc<Artworks>>,
    path: IdPath,
) -> Result<Json<Value>, ApiError> {
    let title = title_of(&artworks, path).await?;
    let show = async |service: SettingsService<'_>| service.override_of(title).await;
    Ok(Json(keeper.read(show).await??))
}

/// A path that is not among the title's pictures is a mistake.
pub(super) async fn put(
    State(keeper): State<Arc<KeyKeeper>>,
    State(artworks): State<Arc<Artworks>>,
    path: IdPath,
    JsonBody(document): JsonBody,
) -> Result<Json<Value>, ApiError> {
    let chosen = read_override(&document).map_err(AdminError::from)?;
    let title = title_of(&artworks, path).await?;
    for named in &chosen {
        if !artworks.has_candidate(title, named).await? {
            let text = "not among the title's pictures; its explanation lists them";
            return Err(AdminError::field(named.kind.family(), text).into());
        }
    }
    let put = async |service: SettingsService<'_>| service.put_override(title, &chosen).await;
    Ok(Json(keeper.change(put).await??))
}

pub(super) async fn delete(
    State(keeper): State<Arc<KeyKeeper>>,
    State(artworks): State<Arc<Artworks>>,
    path: IdPath,
) -> Result<StatusCode, ApiError> {
    let title = title_of(&artworks, path).await?;
    let delete = async |service: SettingsService<'_>| service.delete_override(title).await;
    keeper.change(delete).await??;
    Ok(StatusCode::NO_CONTENT)
}

/// The title that an id in any of its spellings means; of an episode's, its series.
async fn title_of(artworks: &Artworks, path: IdPath) -> Result<TmdbTitle, ApiError> {
    let text = segment(path)?;
    if let Ok(title) = text.parse() {
        return Ok(title);
    }
    let id = parse_title(&text).map_err(|refusal| {
        ApiError::from(ErrorCode::UnknownTitle).with_message(refusal.to_string())
    })?;
    Ok(artworks.title(&id).await?)
}
