//! `/plex/{key}/movie` and `/plex/{key}/tv`: the metadata provider for Plex.
//!
//! What follows a `~` is the design of its pictures: a look's or a profile's name, or parameters as a query writes them.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use url::form_urlencoded;

use super::admin::body::JsonBody;
use super::client::ClientAddress;
use super::error::{ApiError, ErrorCode};
use super::key::FullKey;
use super::path::{read_path, segment_of};
use super::picture_address::{AddressDesign, PictureAddresses};
use super::public_url::PublicUrl;
use super::state::AppState;
use crate::gather::GatherError;
use crate::keys::{Access, KeyScope};
use crate::model::{ArtworkKind, ArtworkRef, Country, Language};
use crate::plex::{
    Catalogue, Container, Locale, MatchRequest, Metadata, Page, Pictures, RatingKey, Section,
    provider_document,
};
use crate::request::{ArtworkPath, ArtworkRequest};
use crate::service::ServeError;
use crate::upstream::tmdb::TmdbSize;

/// Of the time for a whole picture, what ratings may take: Plex waits longer for nothing, and a title is asked
/// for again when it is refreshed.
const RATINGS_SHARE: (u32, u32) = (4, 5);

/// Wide enough for the largest circle that Plex draws a person in.
const PORTRAIT: TmdbSize = TmdbSize::Height(632);

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/plex/{key}/{root}", get(provider))
        .route("/plex/{key}/{root}/library/metadata/matches", post(matches))
        .route("/plex/{key}/{root}/library/metadata/{rating_key}", get(metadata))
        .route("/plex/{key}/{root}/library/metadata/{rating_key}/children", get(children))
        .route("/plex/{key}/{root}/library/metadata/{rating_key}/grandchildren", get(grandchildren))
        .route("/plex/{key}/{root}/library/metadata/{rating_key}/images", get(images))
        .method_not_allowed_fallback(super::error::method_not_allowed)
}

/// A request below a provider's root, its key checked.
struct PlexCall {
    state: AppState,
    access: Access,
    address: ClientAddress,
    key: String,
    section: Section,
    design: AddressDesign,
    locale: Locale,
    base: PublicUrl,
    page: Page,
    include_children: bool,
    /// As it came; empty where the path has none.
    rating_key: String,
}

impl FromRequestParts<AppState> for PlexCall {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let FullKey(access) = FullKey::from_request_parts(parts, state).await?;
        let access = access.require_scope(KeyScope::Plex)?;
        let params = read_path(parts, state).await?;
        let segment = |name| segment_of(&params, name);
        let root = segment("root");
        let (word, design) = root.split_once('~').unwrap_or((root, ""));
        let section = Section::from_word(word).ok_or(ErrorCode::NoSuchEndpoint)?;
        let design = read_design(design, state, &access)?;
        let Ok(address) = ClientAddress::from_request_parts(parts, state).await;
        let base = PublicUrl::from_request_parts(parts, state).await?;
        let said = Said::new(parts);
        let language = said.language().unwrap_or(state.defaults.language);
        Ok(Self {
            locale: Locale {
                country: said.country().unwrap_or_else(|| country(state, language)),
                language: without_usual_region(language),
            },
            page: said.page(),
            include_children: said.text("includeChildren").as_deref() == Some("1"),
            base,
            key: segment("key").to_owned(),
            rating_key: segment("rating_key").to_owned(),
            state: state.clone(),
            access,
            address,
            section,
            design,
        })
    }
}

/// A look's or a profile's name, or parameters.
fn read_design(text: &str, state: &AppState, access: &Access) -> Result<AddressDesign, ApiError> {
    if text.is_empty() {
        return Ok(AddressDesign::default());
    }
    if text.contains('=') {
        return Ok(AddressDesign::of_query(text));
    }
    // What no picture would understand is said here, where somebody sees it.
    let style = format!("poster-{text}");
    let path = ArtworkPath { id_type: "tmdb", style: &style, id: "movie-1" };
    let defaults = &state.defaults;
    let request =
        ArtworkRequest::parse(path, "", &defaults.options, defaults.language, access.look());
    let is_profile = access.look().profiles().find(text).is_some();
    match request {
        Ok(request) if is_profile || request.ignored.is_empty() => {
            Ok(AddressDesign { variant: text.to_owned(), ..AddressDesign::default() })
        }
        _ => Err(ErrorCode::UnknownProfile.into()),
    }
}

fn country(state: &AppState, language: Language) -> Country {
    let of_server = state.defaults.options.beyond.server_country;
    let region = language.region().map(|_| Country::of_language(language));
    region.or(of_server).unwrap_or_else(|| Country::of_language(language))
}

/// `de-DE` is what everybody else calls `de`; `pt-BR` stays.
fn without_usual_region(language: Language) -> Language {
    let plain = language.without_region();
    match Country::of_language(language) == Country::of_language(plain) {
        true => plain,
        false => language,
    }
}

/// What Plex says in headers, or under the same names in the query.
struct Said<'a> {
    parts: &'a Parts,
}

impl<'a> Said<'a> {
    fn new(parts: &'a Parts) -> Self {
        Self { parts }
    }

    fn text(&self, name: &str) -> Option<String> {
        let header = self.parts.headers.get(name).and_then(|value| value.to_str().ok());
        let query = self.parts.uri.query().unwrap_or_default();
        let queried = || {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| v.into_owned())
        };
        header.map(str::to_owned).or_else(queried).filter(|text| !text.is_empty())
    }

    fn language(&self) -> Option<Language> {
        self.text("X-Plex-Language")?.trim().parse().ok()
    }

    fn country(&self) -> Option<Country> {
        self.text("X-Plex-Country")?.trim().parse().ok()
    }

    fn page(&self) -> Page {
        let number = |name| self.text(name)?.trim().parse::<usize>().ok();
        Page {
            start: number("X-Plex-Container-Start").unwrap_or(0),
            size: number("X-Plex-Container-Size").unwrap_or(Page::DEFAULT_SIZE).min(Page::MAX_SIZE),
        }
    }
}

impl PlexCall {
    /// Counts this request as cold work; Plex does not come again when it is refused, so a short wait is waited.
    async fn count(&self) -> Result<(), ApiError> {
        const LONGEST: Duration = Duration::from_millis(800);
        self.access.check_rate()?;
        let check = || self.state.limiter.check(self.access.key_id(), self.address.0);
        match check() {
            Ok(()) => Ok(()),
            Err(early) if early.0 <= LONGEST => {
                tokio::time::sleep(early.0).await;
                check().map_err(ApiError::from)
            }
            Err(early) => Err(early.into()),
        }
    }

    fn rating_key(&self) -> Result<RatingKey, ApiError> {
        self.rating_key.parse().map_err(|_| unknown())
    }

    fn addresses(&self) -> PlexPictures<'_> {
        PlexPictures {
            state: &self.state,
            locale: self.locale,
            addresses: PictureAddresses {
                base: &self.base,
                key: &self.key,
                look: self.access.look(),
                defaults: &self.state.defaults,
                artworks: &self.state.artworks,
                design: &self.design,
            },
        }
    }

    fn catalogue<'a>(&'a self, pictures: &'a PlexPictures<'a>) -> Catalogue<'a> {
        let artworks = &self.state.artworks;
        let (part, whole) = RATINGS_SHARE;
        let ratings_timeout = artworks.render_budget() * part / whole;
        Catalogue::new(artworks.gatherer(), self.section, (self.locale, pictures), ratings_timeout)
    }

    fn titles(&self, titles: Vec<Metadata>, page: Page) -> Response {
        Json(Container::of_titles(self.section, titles, page)).into_response()
    }
}

/// Addresses of the pictures of titles, in the design of the provider's address.
struct PlexPictures<'a> {
    state: &'a AppState,
    locale: Locale,
    addresses: PictureAddresses<'a>,
}

impl Pictures for PlexPictures<'_> {
    fn address(&self, family: &str, id: &str, language: Option<Language>) -> Option<String> {
        let design = self.addresses.design;
        let server = self.state.defaults.language;
        let language = language.filter(|language| *language != server && !design.says("lang"));
        let language = language.map(|language| language.to_string());
        let usual = Country::of_language(self.locale.language);
        let elsewhere = self.locale.country != usual && !design.says("country");
        let more: Vec<(&str, &str)> = [
            language.as_deref().map(|language| ("lang", language)),
            elsewhere.then(|| ("country", self.locale.country.code())),
        ]
        .into_iter()
        .flatten()
        .collect();
        self.addresses.of(family, ("tmdb", id), &more)
    }

    fn portrait(&self, artwork: &ArtworkRef) -> Option<String> {
        self.state.artworks.gatherer().providers().tmdb.image_address(artwork, PORTRAIT)
    }

    fn may_have(&self, kind: ArtworkKind) -> bool {
        let fanart = self.state.artworks.gatherer().providers().fanart.is_some();
        fanart && matches!(kind, ArtworkKind::Poster | ArtworkKind::Backdrop)
    }
}

async fn provider(call: PlexCall) -> Response {
    Json(provider_document(call.section)).into_response()
}

async fn metadata(call: PlexCall) -> Result<Response, ApiError> {
    let key = call.rating_key()?;
    call.count().await?;
    let pictures = call.addresses();
    let found = call.catalogue(&pictures).metadata(key, call.include_children).await;
    let metadata = found.map_err(failed)?.ok_or_else(unknown)?;
    Ok(call.titles(vec![metadata], Page::WHOLE))
}

async fn children(call: PlexCall) -> Result<Response, ApiError> {
    let key = call.rating_key()?;
    call.count().await?;
    let pictures = call.addresses();
    let found = call.catalogue(&pictures).children(key).await;
    Ok(call.titles(found.map_err(failed)?.ok_or_else(unknown)?, call.page))
}

async fn grandchildren(call: PlexCall) -> Result<Response, ApiError> {
    let key = call.rating_key()?;
    call.count().await?;
    let pictures = call.addresses();
    let found = call.catalogue(&pictures).grandchildren(key).await;
    Ok(call.titles(found.map_err(failed)?.ok_or_else(unknown)?, call.page))
}

async fn images(call: PlexCall) -> Result<Response, ApiError> {
    let key = call.rating_key()?;
    call.count().await?;
    let pictures = call.addresses();
    let found = call.catalogue(&pictures).images(key).await;
    let images = found.map_err(failed)?.ok_or_else(unknown)?;
    Ok(Json(Container::of_images(call.section, images)).into_response())
}

async fn matches(call: PlexCall, JsonBody(body): JsonBody) -> Result<Response, ApiError> {
    let request = MatchRequest::read(call.section, &body)
        .map_err(|error| ApiError::from(ErrorCode::BadRequest).with_message(error.to_string()))?;
    call.count().await?;
    let pictures = call.addresses();
    let found = call.catalogue(&pictures).matches(&request).await.map_err(failed)?;
    Ok(call.titles(found, Page::WHOLE))
}

fn failed(error: GatherError) -> ApiError {
    ServeError::from(error).into()
}

fn unknown() -> ApiError {
    ErrorCode::UnknownTitle.into()
}
