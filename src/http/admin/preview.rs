//! `/api/admin/preview`: a picture of a design that is not saved.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::body::JsonBody;
use super::check_token_or_demo;
use crate::http::client::ClientAddress;
use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::keys::AdminError;
use crate::request::{ArtworkPath, ArtworkRequest, FieldReader, KeyLook, Place, Profile};
use crate::service::PictureRequest;

/// The key id under which previews are counted: no key has it.
const PREVIEWS: u64 = u64::MAX;
const MAX_TEXT: usize = 2048;

/// What is to be shown.
struct PreviewDocument {
    /// `imdb/poster-default/tt0903747`, with or without extension.
    path: String,
    query: String,
    /// In the place of a key's profile.
    profile: Option<Profile>,
}

impl PreviewDocument {
    fn read(document: &Value) -> Result<Self, AdminError> {
        let mut reader = FieldReader::default();
        let root = Place::ROOT;
        let shallow = document["profile"].is_null() || reader.is_shallow(&document["profile"]);
        let read =
            reader.object(root, document, &["path", "query", "profile"]).and_then(|fields| {
                let Some(path) = fields.get("path") else {
                    reader.refuse(root.name("path"), "missing");
                    return None;
                };
                let path = reader.text(root.name("path"), path, MAX_TEXT)?;
                let query = match fields.get("query") {
                    Some(query) => reader.text(root.name("query"), query, MAX_TEXT)?,
                    None => "",
                };
                Some((path.trim_matches('/').to_owned(), query.trim_start_matches('?').to_owned()))
            });
        let (path, query) = reader.finish(read.filter(|_| shallow))?;
        let profile = match &document["profile"] {
            Value::Null => None,
            profile => Some(Profile::read(profile).map_err(|invalid| invalid.below("profile"))?),
        };
        Ok(Self { path, query, profile })
    }
}

/// The picture, or with `Accept: application/json` its explanation. On the demo catalogue for
/// whoever asks.
pub(super) async fn preview(
    State(state): State<AppState>,
    address: ClientAddress,
    headers: HeaderMap,
    body: Result<JsonBody, ApiError>,
) -> Response {
    if let Err(refused) = check_token_or_demo(&state, address, &headers) {
        return refused.into_response();
    }
    let wants_json = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    match answer(&state, address, body, wants_json).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn answer(
    state: &AppState,
    address: ClientAddress,
    body: Result<JsonBody, ApiError>,
    wants_json: bool,
) -> Result<Response, ApiError> {
    let JsonBody(document) = body?;
    let document = PreviewDocument::read(&document)?;
    let mut segments = document.path.splitn(3, '/');
    let mut next = || segments.next().unwrap_or_default();
    let path = ArtworkPath { id_type: next(), style: next(), id: next() };
    let look = KeyLook::of_profile(document.profile, &state.keys.profiles());
    let defaults = &state.defaults;
    let request =
        ArtworkRequest::parse(path, &document.query, &defaults.options, defaults.language, &look)?;
    let picture = Arc::new(PictureRequest::from(&request));
    if state.artworks.cached(&picture).is_none() {
        state.limiter.check(PREVIEWS, address.0)?;
    }
    if wants_json {
        let explained = state.artworks.explain(&picture, &request.ignored).await?;
        return Ok(Json(explained).into_response());
    }
    let served = state.artworks.serve(&picture).await?.picture;
    let mut response = Response::new(Body::from(served.image.bytes.clone()));
    let headers = response.headers_mut();
    let mime = HeaderValue::from_static(served.image.format.mime());
    headers.insert(header::CONTENT_TYPE, mime);
    let mut insert = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    insert("x-elements-hash", &served.digest.to_string()[..16]);
    if !request.ignored.is_empty() {
        insert("x-ignored-parameters", &request.ignored.join(", "));
    }
    Ok(response)
}
