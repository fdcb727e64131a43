//! The provider of all sources: one title, or many in one question. Shapes: see its client.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::catalogue::{self, DemoTitle, Known};
use crate::model::MediaType;

/// Its rows, and what their values are out of. Roger Ebert's stars get no `score`.
const ROWS: [(&str, Option<f64>); 9] = [
    ("imdb", Some(10.0)),
    ("metacritic", Some(100.0)),
    ("trakt", Some(100.0)),
    ("tomatoes", Some(100.0)),
    ("popcorn", Some(100.0)),
    ("tmdb", Some(100.0)),
    ("letterboxd", Some(5.0)),
    ("rogerebert", None),
    ("myanimelist", Some(10.0)),
];

pub(super) fn api() -> Router {
    Router::new()
        .route("/{service}/{media}/{id}", get(one))
        .route("/{service}/{media}", post(many))
        .fallback(async || not_found())
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({"error": "Item not found"}))).into_response()
}

async fn one(
    Path((service, media, id)): Path<(String, String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let appended = query.get("append_to_response").map_or("", String::as_str);
    let keywords = appended.split(',').any(|word| word == "keyword");
    match title(&service, &media, &id) {
        Some(title) => Json(body(title, keywords)).into_response(),
        None => not_found(),
    }
}

#[derive(Deserialize)]
struct BatchQuestion {
    ids: Vec<Value>,
    #[serde(default)]
    append_to_response: Vec<String>,
}

/// What is not known is not in the list.
async fn many(
    Path((service, media)): Path<(String, String)>,
    Json(batch): Json<BatchQuestion>,
) -> Json<Vec<Value>> {
    let keywords = batch.append_to_response.iter().any(|word| word == "keyword");
    // TMDB's ids are numbers, IMDb's are text.
    let texts = batch.ids.iter().map(|id| id.as_str().map_or(id.to_string(), str::to_owned));
    let known = texts.filter_map(|id| title(&service, &media, &id));
    Json(known.map(|title| body(title, keywords)).collect())
}

/// A title by an id of `service`, if it is of that kind.
fn title(service: &str, media: &str, id: &str) -> Option<&'static DemoTitle> {
    let media =
        [MediaType::Movie, MediaType::Series].into_iter().find(|m| m.show_path() == media)?;
    match service {
        "imdb" => match catalogue::by_imdb(id.parse().ok()?)? {
            Known::Title(title) => Some(title).filter(|title| title.media == media),
            // It has no episodes.
            Known::Episode(..) => None,
        },
        "tmdb" => catalogue::by_tmdb(media, id.parse().ok()?),
        _ => None,
    }
}

fn body(title: &DemoTitle, keywords: bool) -> Value {
    let ratings: Vec<_> = ROWS.iter().map(|(word, top)| row(title, word, *top)).collect();
    let mut body = json!({
        "title": title.name,
        "year": title.release_date.year,
        "released": title.release_date,
        "description": title.overview,
        "type": title.media.show_path(),
        "ids": {
            "imdb": title.imdb, "tmdb": title.tmdb, "tvdb": title.tvdb, "mal": title.mal,
        },
        "score": title.rated("score").map(|rated| rated.value),
        "ratings": ratings,
    });
    if keywords {
        body["keywords"] = keywords_of(title);
    }
    body
}

/// Every source has its row; one that did not rate the title has nothing in it.
fn row(title: &DemoTitle, word: &str, top: Option<f64>) -> Value {
    let rated = title.rated(word);
    json!({
        "source": word,
        "value": rated.map(|rated| rated.value),
        "score": rated.zip(top).map(|(rated, top)| (rated.value / top * 100.0).round()),
        "votes": rated.map(|rated| rated.votes),
        "url": null,
    })
}

fn keywords_of(title: &DemoTitle) -> Value {
    let tags = [(title.certified, "certified-fresh"), (title.hot, "certified-hot")];
    tags.iter().filter(|(tagged, _)| *tagged).map(|(_, name)| json!({"name": name})).collect()
}
