//! Titles and pictures for commands that go through a whole library: behind everybody who looks at
//! a screen, and without the rates of clients.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawPathParams, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::http::cache_headers::{EntityTag, Validators};
use crate::http::error::{ApiError, ErrorCode};
use crate::http::path::segment_of;
use crate::http::state::{AppState, RequestDefaults};
use crate::keys::AdminError;
use crate::model::{
    ArtworkKind, ArtworkRef, ArtworkSource, Candidate, Date, ImageList, MediaType, TmdbId, Words,
};
use crate::request::{ArtworkPath, ArtworkRequest, KeyLook};
use crate::service::{Artworks, PictureRequest, ServeError};
use crate::upstream::tmdb::{Details, DiscoverQuery, MAX_DISCOVER_PAGES};
use crate::upstream::{Priority, UpstreamError};

/// `true` where something is missing that may be there in a moment.
const PROVISIONAL: HeaderName = HeaderName::from_static("x-provisional");

/// A request for a picture whose path and query are those of the public address.
fn parse(
    state: &AppState,
    params: &RawPathParams,
    query: Option<&str>,
) -> Result<(Arc<PictureRequest>, Vec<String>), ApiError> {
    let segment = |name| segment_of(params, name);
    let style = if segment("style").is_empty() { "poster-default" } else { segment("style") };
    let path = ArtworkPath { id_type: segment("id_type"), style, id: segment("id") };
    let look = KeyLook::of_profile(None, &state.keys.profiles());
    let RequestDefaults { options, language } = &state.defaults;
    let query = query.unwrap_or_default();
    let request = ArtworkRequest::parse(path, query, options, *language, &look)?;
    Ok((Arc::new(PictureRequest::from(&request)), request.ignored))
}

/// The picture of an address, whole.
pub(super) async fn artwork(
    State(state): State<AppState>,
    params: RawPathParams,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (request, ignored) = parse(&state, &params, query.as_deref())?;
    let picture = state.artworks.serve_behind(&request).await?.picture;
    let tag = EntityTag::from_hash(&picture.tag);
    let validators = Validators { tag, modified: picture.made_at };
    let mut response = match validators.is_current(&headers) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => file(picture.image.bytes.clone(), picture.image.format.mime()),
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", picture.tag)) {
        headers.insert(header::ETAG, tag);
    }
    if picture.provisional {
        headers.insert(PROVISIONAL, HeaderValue::from_static("true"));
    }
    if let Ok(ignored) = HeaderValue::try_from(ignored.join(", "))
        && !ignored.is_empty()
    {
        headers.insert("x-ignored-parameters", ignored);
    }
    Ok(response)
}

/// The artwork of an address as its host has it, without anything drawn on it.
pub(super) async fn plain(
    State(state): State<AppState>,
    params: RawPathParams,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    // Nothing is drawn: no provider of ratings need be asked.
    let query = format!("{}&ratings_limit=0&awards=false", query.as_deref().unwrap_or_default());
    let (request, _) = parse(&state, &params, Some(&query))?;
    Ok(file(state.artworks.plain_behind(&request).await?, "application/octet-stream"))
}

/// A file of TMDB's image host in its largest size; `file` as in `/images`, without the slash.
pub(super) async fn image(
    State(artworks): State<Arc<Artworks>>,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let artwork = ArtworkRef { source: ArtworkSource::Tmdb, path: format!("/{name}") };
    Ok(file(artworks.original_behind(artwork).await?, "application/octet-stream"))
}

fn file(bytes: Bytes, mime: &'static str) -> Response {
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    response
}

/// What an id means: the title's other ids, its name and year, its seasons.
pub(super) async fn title(
    State(state): State<AppState>,
    params: RawPathParams,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let (request, _) = parse(&state, &params, query.as_deref())?;
    let language = request.options.language;
    let details = state.artworks.details_behind(&request.title, language).await?;
    let Details { title, seasons, vote_count, .. } = &details;
    let id = title.ids.tmdb.map(|id| format!("{}-{id}", title.media.tmdb_path()));
    let seasons: Vec<Value> = seasons
        .iter()
        .map(|season| json!({"number": season.number, "episodes": season.episodes}))
        .collect();
    Ok(Json(json!({
        "type": title.media,
        "id": id,
        "imdb_id": title.ids.imdb,
        "tvdb_id": title.ids.tvdb,
        "name": title.name,
        "year": title.released.map(|date| date.year),
        "votes": vote_count,
        "seasons": seasons,
    })))
}

/// Every picture that TMDB lists for a title, in all languages.
pub(super) async fn images(
    State(state): State<AppState>,
    params: RawPathParams,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let (request, _) = parse(&state, &params, query.as_deref())?;
    let resolved = state.artworks.resolve_behind(&request.title).await?;
    let tmdb = state.artworks.gatherer().providers().tmdb.with(Priority::Background.into());
    let images = tmdb.all_images(resolved.0, resolved.1).await.map_err(failed)?;
    let images: Vec<Value> = images.iter().filter_map(row).collect();
    Ok(Json(json!({"images": images})))
}

fn row((list, image): &(ImageList, Candidate)) -> Option<Value> {
    let kind = ArtworkKind::ALL.into_iter().find(|kind| kind.row().images == *list)?;
    Some(json!({
        "kind": kind.family(),
        "language": image.language,
        "width": image.width,
        "height": image.height,
        "file": image.artwork.path.trim_start_matches('/'),
    }))
}

/// `?type=&from=&to=&min_votes=&page=&order=`: titles by the day of their first release.
pub(super) async fn discover(
    State(artworks): State<Arc<Artworks>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let query = read_discover(query.as_deref().unwrap_or_default())?;
    let tmdb = artworks.gatherer().providers().tmdb.with(Priority::Background.into());
    let page = tmdb.discover(&query).await.map_err(failed)?;
    Ok(Json(json!(page)))
}

fn read_discover(query: &str) -> Result<DiscoverQuery, AdminError> {
    let first = Date { year: 1, month: 1, day: 1 };
    let mut read = DiscoverQuery {
        media: MediaType::Movie,
        from: first,
        to: first,
        min_votes: 0,
        newest_first: false,
        page: 1,
    };
    let mut has_days = (false, false);
    for (field, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let wrong = |message: &str| AdminError::field(&field, message);
        let day = || value.parse().map_err(|_| wrong("expected a day like 2008-01-20"));
        match field.as_ref() {
            "type" => {
                let media = MediaType::from_word(&value);
                read.media = media.ok_or_else(|| wrong("expected movie or series"))?;
            }
            "from" => (read.from, has_days.0) = (day()?, true),
            "to" => (read.to, has_days.1) = (day()?, true),
            "min_votes" => {
                read.min_votes = value.parse().map_err(|_| wrong("expected a number"))?;
            }
            "order" => read.newest_first = value == "desc",
            "page" => {
                let page = value.parse().ok().filter(|n| (1..=MAX_DISCOVER_PAGES).contains(n));
                read.page = page.ok_or_else(|| wrong("expected a number from 1 to 500"))?;
            }
            _ => {}
        }
    }
    match has_days {
        (true, true) => Ok(read),
        (false, _) => Err(AdminError::field("from", "missing")),
        (_, false) => Err(AdminError::field("to", "missing")),
    }
}

/// All fields of a title of TMDB's.
pub(super) async fn details(
    State(artworks): State<Arc<Artworks>>,
    Path((media, id)): Path<(String, u32)>,
) -> Result<Json<Value>, ApiError> {
    let media = MediaType::from_word(&media);
    let (Some(media), Some(id)) = (media, TmdbId::new(id)) else {
        return Err(ErrorCode::BadRequest.into());
    };
    let tmdb = artworks.gatherer().providers().tmdb.with(Priority::Background.into());
    Ok(Json(json!(tmdb.listed(media, id).await.map_err(failed)?)))
}

fn failed(cause: UpstreamError) -> ApiError {
    let error = match cause.is_not_found() {
        true => ServeError::UnknownTitle,
        false => ServeError::Upstream(Arc::new(cause)),
    };
    error.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_needs_its_days_and_has_500_pages() {
        let read = |query: &str| read_discover(query).ok();
        let asked =
            read("type=series&from=1950-01-01&to=1950-12-31&min_votes=200&page=7&order=desc");
        let asked = asked.unwrap();
        assert_eq!((asked.media, asked.from.year, asked.to.month), (MediaType::Series, 1950, 12));
        assert_eq!((asked.min_votes, asked.page, asked.newest_first), (200, 7, true));
        for wrong in [
            "from=1950-01-01",
            "to=1950-01-01",
            "from=soon&to=1950-01-01",
            "from=1950-01-01&to=1950-01-01&page=501",
            "from=1950-01-01&to=1950-01-01&page=0",
            "from=1950-01-01&to=1950-01-01&type=song",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
