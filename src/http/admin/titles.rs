//! `/api/admin/search` and `/api/admin/import`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::body::JsonBody;
use super::check_token_or_demo;
use crate::http::client::ClientAddress;
use crate::http::error::ApiError;
use crate::http::state::{AppState, RequestDefaults};
use crate::keys::AdminError;
use crate::model::{MediaType, Words};
use crate::request::{FieldReader, Place, import_address};
use crate::service::{Artworks, ServeError};
use crate::upstream::Priority;

/// Longest name that is searched for, in characters.
const MAX_NAME: usize = 200;
const MAX_IMPORT: usize = 8192;
/// Asked by a command for a whole library: nobody waits at a screen.
const BEHIND: &str = "priority=background";

/// `?q=&year=&type=`: films and series by name, those with the most votes first.
pub(super) async fn search(
    State(artworks): State<Arc<Artworks>>,
    State(defaults): State<RequestDefaults>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let (name, year, media) = read_search(query.as_deref().unwrap_or_default())?;
    let behind = query.is_some_and(|query| query.contains(BEHIND));
    let priority = if behind { Priority::Background } else { Priority::Interactive };
    let tmdb = &artworks.gatherer().providers().tmdb.with(priority.into());
    let of = |kind: MediaType| {
        let name = &name;
        async move {
            match media.is_none_or(|media| media == kind) {
                true => tmdb.search(kind, name, year, defaults.language).await,
                false => Ok(Vec::new()),
            }
        }
    };
    let (films, series) = tokio::join!(of(MediaType::Movie), of(MediaType::Series));
    let failed = |cause| ApiError::from(ServeError::Upstream(Arc::new(cause)));
    let mut titles = films.map_err(failed)?;
    titles.extend(series.map_err(failed)?);
    titles.sort_by_key(|title| std::cmp::Reverse(title.votes));
    let titles: Vec<Value> = titles
        .into_iter()
        .map(|title| {
            json!({
                "type": title.media,
                "id": format!("{}-{}", title.media.tmdb_path(), title.id),
                "name": title.name,
                "original_name": title.original_name,
                "year": title.released.map(|date| date.year),
                "votes": title.votes,
            })
        })
        .collect();
    Ok(Json(json!({"titles": titles})))
}

type Search = (String, Option<u16>, Option<MediaType>);

fn read_search(query: &str) -> Result<Search, AdminError> {
    let (mut name, mut year, mut media) = (String::new(), None, None);
    for (field, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let value = value.trim();
        let wrong = |message: &str| AdminError::field(&field, message);
        match field.as_ref() {
            "q" => name = value.chars().take(MAX_NAME).collect(),
            "year" | "type" if value.is_empty() => {}
            "year" => {
                let read = value.parse().ok().filter(|year| (1850..=2200).contains(year));
                year = Some(read.ok_or_else(|| wrong("expected a year"))?);
            }
            "type" => {
                let read = MediaType::from_word(value);
                media = Some(read.ok_or_else(|| wrong("expected movie or series"))?);
            }
            _ => {}
        }
    }
    if name.is_empty() {
        return Err(AdminError::field("q", "missing"));
    }
    Ok((name, year, media))
}

/// `{"address":"https://…"}` of another service, as options of ours. On the demo catalogue for
/// whoever asks.
pub(super) async fn import(
    State(state): State<AppState>,
    address: ClientAddress,
    headers: HeaderMap,
    body: Result<JsonBody, ApiError>,
) -> Response {
    if let Err(refused) = check_token_or_demo(&state, address, &headers) {
        return refused.into_response();
    }
    match body.and_then(|JsonBody(document)| imported(&document)) {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => error.into_response(),
    }
}

fn imported(document: &Value) -> Result<Value, ApiError> {
    let mut reader = FieldReader::default();
    let place = Place::ROOT.name("address");
    let imported = reader.object(Place::ROOT, document, &["address"]).and_then(|fields| {
        let text = reader.text(place, fields.get("address").unwrap_or(&Value::Null), MAX_IMPORT)?;
        match import_address(text) {
            Ok(imported) => Some(imported),
            Err(error) => {
                reader.refuse(place, error.to_string());
                None
            }
        }
    });
    let imported = reader.finish(imported).map_err(AdminError::from)?;
    let mut answer = json!(imported);
    let design = json!({"options": imported.options});
    answer["profile"] = json!({"version": 1, "families": {imported.family.family(): design}});
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_needs_a_name_and_understands_the_rest() {
        let read = |query: &str| read_search(query).ok();
        let movie = Some(MediaType::Movie);
        assert_eq!(read("q=Dune&year=2021&type=movie"), Some(("Dune".into(), Some(2021), movie)));
        assert_eq!(read("q=a+b&year=&type="), Some(("a b".into(), None, None)));
        for wrong in ["", "q=", "q=a&year=soon", "q=a&type=song", "q=a&year=99999"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
