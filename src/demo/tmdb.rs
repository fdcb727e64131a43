//! TMDB's API and its image host.
//!
//! Shapes: <https://developer.themoviedb.org/reference>. Fields that the server has no use for are
//! left out, except where their absence would look odd to a person reading the answer.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::catalogue::{self, DemoDrawing, DemoEpisode, DemoTitle, Known, Rated};
use super::drawings;
use crate::model::{EpisodeNumber, MediaType};

type Parameters = Query<HashMap<String, String>>;

pub(super) fn api() -> Router {
    Router::new()
        .route("/configuration", get(async || Json(configuration())))
        .route("/find/{id}", get(find))
        .route("/search/{media}", get(search))
        .route("/{media}/{id}", get(details))
        .route("/tv/{id}/season/{season}", get(season))
        .route("/tv/{id}/season/{season}/episode/{episode}", get(episode))
        .fallback(async || or_not_found(None))
}

pub(super) fn images() -> Router {
    Router::new().route("/{size}/{name}", get(image))
}

fn or_not_found(body: Option<Value>) -> Response {
    let Some(body) = body else {
        let refusal = json!({
            "success": false, "status_code": 34,
            "status_message": "The resource you requested could not be found.",
        });
        return (StatusCode::NOT_FOUND, Json(refusal)).into_response();
    };
    Json(body).into_response()
}

fn configuration() -> Value {
    json!({"images": {
        "base_url": "http://image.tmdb.org/t/p/",
        "secure_base_url": "https://image.tmdb.org/t/p/",
        "backdrop_sizes": ["w300", "w780", "w1280", "original"],
        "logo_sizes": ["w45", "w92", "w154", "w185", "w300", "w500", "original"],
        "poster_sizes": ["w92", "w154", "w185", "w342", "w500", "w780", "original"],
        "profile_sizes": ["w45", "w185", "h632", "original"],
        "still_sizes": ["w92", "w185", "w300", "original"],
    }})
}

/// An unknown id is no error here: TMDB answers with empty lists.
async fn find(Path(id): Path<String>, Query(query): Parameters) -> Json<Value> {
    let known = match query.get("external_source").map(String::as_str) {
        Some("imdb_id") => id.parse().ok().and_then(catalogue::by_imdb),
        Some("tvdb_id") => id.parse().ok().and_then(catalogue::by_tvdb).map(Known::Title),
        _ => None,
    };
    let mut found = json!({
        "movie_results": [], "person_results": [], "tv_results": [],
        "tv_episode_results": [], "tv_season_results": [],
    });
    match known {
        Some(Known::Title(title)) => {
            let (list, word) = match title.media {
                MediaType::Movie => ("movie_results", "movie"),
                MediaType::Series => ("tv_results", "tv"),
            };
            let row = joined(about(title), json!({"media_type": word}));
            found[list] = json!([row]);
        }
        Some(Known::Episode(title, episode)) => {
            found["tv_episode_results"] = json!([about_episode(title, episode)]);
        }
        None => {}
    }
    Json(found)
}

async fn details(Path((media, id)): Path<(String, String)>, Query(query): Parameters) -> Response {
    let media = match media.as_str() {
        "movie" => MediaType::Movie,
        "tv" => MediaType::Series,
        _ => return or_not_found(None),
    };
    let title = id.parse().ok().and_then(|id| catalogue::by_tmdb(media, id));
    or_not_found(title.map(|title| {
        let external_ids = json!({"imdb_id": title.imdb, "tvdb_id": title.tvdb});
        let body = joined(about(title), of_its_kind(title));
        with_appended(body, &query, external_ids, || images_of(title))
    }))
}

async fn season(Path((id, season)): Path<(String, u16)>, Query(query): Parameters) -> Response {
    let series = id.parse().ok().and_then(|id| catalogue::by_tmdb(MediaType::Series, id));
    let known = series.filter(|series| series.seasons().contains(&season));
    or_not_found(known.map(|series| {
        let of_series = |episode| about_episode(series, episode);
        let episodes: Vec<_> = series.season(season).into_iter().map(of_series).collect();
        let body = joined(about_season(series, season), json!({"episodes": episodes}));
        let external_ids = json!({"tvdb_id": null});
        with_appended(body, &query, external_ids, || json!({"posters": []}))
    }))
}

async fn episode(
    Path((id, season, episode)): Path<(String, u16, u16)>,
    Query(query): Parameters,
) -> Response {
    let series = id.parse().ok().and_then(|id| catalogue::by_tmdb(MediaType::Series, id));
    let number = EpisodeNumber { season, episode };
    let known = series.and_then(|series| {
        let episode = series.episodes.iter().find(|episode| episode.number == number)?;
        Some((series, episode))
    });
    or_not_found(known.map(|(series, episode)| {
        let external_ids = json!({"imdb_id": episode.imdb, "tvdb_id": null});
        let stills = || json!({"stills": [listed(series, &episode.still, None)]});
        with_appended(about_episode(series, episode), &query, external_ids, stills)
    }))
}

/// Vectors have no sizes: whichever is asked for, the drawing is the answer.
async fn image(Path((_size, name)): Path<(String, String)>) -> Response {
    let Some(drawing) = drawings::drawing(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=31536000"),
    ];
    (headers, drawing).into_response()
}

/// Titles whose name has all words of the query, in any case.
async fn search(Path(media): Path<String>, Query(query): Parameters) -> Json<Value> {
    let text = query.get("query").map(|text| text.to_lowercase()).unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    let year = query.get("year").or_else(|| query.get("first_air_date_year"));
    let fits = |title: &&DemoTitle| {
        let name = title.name.to_lowercase();
        title.media.tmdb_path() == media
            && !words.is_empty()
            && words.iter().all(|word| name.contains(word))
            && year.is_none_or(|year| title.release_date.year.to_string() == *year)
    };
    let results: Vec<Value> = catalogue::titles().iter().filter(fits).map(about).collect();
    Json(json!({"page": 1, "total_pages": 1, "total_results": results.len(), "results": results}))
}

/// What `/find` and the details both say of a title.
fn about(title: &DemoTitle) -> Value {
    let art = &title.art;
    let original = title.original_name.as_ref().unwrap_or(&title.name);
    let (name, original_name, released) = match title.media {
        MediaType::Movie => ("title", "original_title", "release_date"),
        MediaType::Series => ("name", "original_name", "first_air_date"),
    };
    let Rated { value, votes } = title.rated("tmdb").unwrap_or(Rated { value: 0.0, votes: 0 });
    json!({
        "id": title.tmdb,
        (name): title.name,
        (original_name): original,
        (released): title.release_date,
        "adult": false,
        "original_language": title.original_language,
        "overview": title.overview,
        "poster_path": title.path_of(&art.poster),
        "backdrop_path": title.path_of(&art.backdrop),
        // The catalogue has per cent, as it is drawn; TMDB says 0 to 10.
        "vote_average": value / 10.0,
        "vote_count": votes,
    })
}

/// What only the details say, of a film or of a series.
fn of_its_kind(title: &DemoTitle) -> Value {
    let named = |name: &String| json!({"name": name});
    let genres: Vec<_> = title.genres.iter().map(named).collect();
    match title.media {
        MediaType::Movie => json!({
            "genres": genres, "status": "Released", "imdb_id": title.imdb,
        }),
        MediaType::Series => {
            let seasons = title.seasons();
            let rows: Vec<_> = seasons.iter().map(|season| about_season(title, *season)).collect();
            json!({
                "genres": genres, "status": "Returning Series", "seasons": rows,
                "number_of_seasons": seasons.len(),
                "number_of_episodes": title.episodes.len(),
                "last_air_date": title.episodes.iter().map(|episode| episode.air_date).max(),
            })
        }
    }
}

fn about_season(series: &DemoTitle, season: u16) -> Value {
    let episodes = series.season(season);
    json!({
        // Numbers of their own, like TMDB's; nothing looks seasons up by them.
        "id": series.tmdb.number() * 100 + u32::from(season),
        "season_number": season,
        "name": format!("Season {season}"),
        "air_date": episodes.iter().map(|episode| episode.air_date).min(),
        "episode_count": episodes.len(),
        // None has a poster of its own: pictures of seasons show their number on the series'.
        "poster_path": null,
    })
}

fn about_episode(series: &DemoTitle, episode: &DemoEpisode) -> Value {
    json!({
        // As of seasons: any number that is no other episode's.
        "id": episode.imdb.number(),
        "show_id": series.tmdb,
        "season_number": episode.number.season,
        "episode_number": episode.number.episode,
        "name": episode.name,
        "air_date": episode.air_date,
        "still_path": series.path_of(&episode.still),
        "vote_average": episode.rating,
        "vote_count": episode.votes,
    })
}

fn images_of(title: &DemoTitle) -> Value {
    let art = &title.art;
    json!({
        "posters": posters(title),
        "backdrops": [listed(title, &art.backdrop, None)],
        "logos": [listed(title, &art.logo, Some("en"))],
    })
}

/// The lettering is English, whatever a title's original language is.
fn posters(title: &DemoTitle) -> [Value; 2] {
    let art = &title.art;
    [listed(title, &art.poster, Some("en")), listed(title, &art.poster_textless, None)]
}

/// A row of an image list; no language means no text on it.
fn listed(title: &DemoTitle, drawing: &DemoDrawing, language: Option<&str>) -> Value {
    let (votes, average) = if language.is_some() { (24, 6.2) } else { (11, 5.6) };
    json!({
        "file_path": title.path_of(drawing),
        "iso_639_1": language,
        "iso_3166_1": null,
        "width": drawing.width,
        "height": drawing.height,
        "aspect_ratio": f64::from(drawing.width) / f64::from(drawing.height),
        "vote_average": average,
        "vote_count": votes,
    })
}

/// Adds what `append_to_response` names.
fn with_appended(
    body: Value,
    query: &HashMap<String, String>,
    external_ids: Value,
    images: impl FnOnce() -> Value,
) -> Value {
    let wanted = query.get("append_to_response").map_or("", String::as_str);
    let wants = |part: &str| wanted.split(',').any(|word| word == part);
    let mut body = body;
    if wants("external_ids") {
        body["external_ids"] = external_ids;
    }
    if wants("images") {
        body["images"] = images();
    }
    body
}

/// The fields of both objects.
fn joined(mut a: Value, b: Value) -> Value {
    if let (Value::Object(a), Value::Object(b)) = (&mut a, b) {
        a.extend(b);
    }
    a
}
