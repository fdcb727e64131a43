//! The Movie Database: which title an id means, its pictures, its votes.
//!
//! API reference: <https://developer.themoviedb.org/reference>. A title costs one call:
//! images and external ids come appended to its details.

mod collection;
mod configuration;
mod description;
mod discover;
mod facts;
mod images;
mod languages;
mod refusals;
mod search;
mod trending;
mod wire;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

use self::configuration::ImageConfiguration;
use self::images::Images;
use super::{
    Call, Client, Complaint, KeyPlace, KeyPool, ProviderSettings, ProviderStatus, Transport,
    UpstreamError, Urgency,
};
use crate::budgets::FileReservation;
use crate::model::{
    ArtworkKind, ArtworkRef, Candidate, Date, EpisodeNumber, ImageList, ImdbId, Language,
    MediaType, Title, TitleFacts, TitleIds, TmdbId, TvdbId,
};

pub use self::configuration::TmdbSize;
pub use self::discover::{DiscoverPage, DiscoverQuery, ListedTitle, MAX_DISCOVER_PAGES};
pub use self::images::SizeChoice;
pub use self::languages::ImageLanguages;

/// How TMDB is to be asked.
#[derive(Debug)]
pub struct TmdbSettings {
    pub api: ProviderSettings,
    /// `LAUREL_TMDB_IMAGE_URL`; without it `/configuration` says where pictures are.
    pub image_base: Option<Url>,
}

/// A client of TMDB. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Tmdb {
    api: Client,
    images: Arc<Images>,
    urgency: Urgency,
}

/// An id of another service that TMDB can look up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FindId {
    Imdb(ImdbId),
    Tvdb(TvdbId),
}

/// What `/find` knows under one id; a TVDB number may be several things at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub movie: Option<FoundTitle>,
    pub series: Option<FoundTitle>,
    pub episode: Option<FoundEpisode>,
    pub season: Option<FoundSeason>,
}

/// What TMDB numbers on its own: 10 is a film, a series and a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TmdbSection {
    Movie,
    Series,
    Collection,
}

impl TmdbSection {
    /// TMDB's word in paths.
    pub fn path(self) -> &'static str {
        match self {
            Self::Movie => MediaType::Movie.tmdb_path(),
            Self::Series => MediaType::Series.tmdb_path(),
            Self::Collection => "collection",
        }
    }
}

impl From<MediaType> for TmdbSection {
    fn from(media: MediaType) -> Self {
        match media {
            MediaType::Movie => Self::Movie,
            MediaType::Series => Self::Series,
        }
    }
}

/// A film or a series as `/find` names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundTitle {
    pub media: MediaType,
    pub id: TmdbId,
    pub name: String,
    /// As it was released, where that is another.
    #[serde(default)]
    pub original_name: Option<String>,
    pub original_language: Option<Language>,
    pub released: Option<Date>,
    /// 0 to 10.
    #[serde(default)]
    pub vote_average: f32,
    pub votes: u32,
    /// TMDB's own choice for the language that was asked for.
    pub poster: Option<ArtworkRef>,
    pub backdrop: Option<ArtworkRef>,
}

/// An episode as `/find` names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundEpisode {
    pub series: TmdbId,
    pub number: EpisodeNumber,
    pub name: String,
    pub aired: Option<Date>,
    /// 0 to 10.
    pub vote_average: f32,
    pub votes: u32,
    pub still: Option<ArtworkRef>,
}

/// A season as `/find` names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundSeason {
    pub series: TmdbId,
    pub number: u16,
    pub poster: Option<ArtworkRef>,
}

/// All that one call tells of a film or a series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Details {
    pub title: Title,
    /// TMDB's word: `Released`, `Ended`, `Returning Series`, …
    pub status: Option<String>,
    /// Last air date of a series.
    pub last_aired: Option<Date>,
    /// What else is known of the title.
    #[serde(default)]
    pub facts: TitleFacts,
    /// 0 to 10.
    pub vote_average: f32,
    pub vote_count: u32,
    /// TMDB's own choices for the language that was asked for.
    pub poster: Option<ArtworkRef>,
    pub backdrop: Option<ArtworkRef>,
    /// In the languages that were asked for, best first by TMDB's own order.
    pub posters: Vec<Candidate>,
    pub backdrops: Vec<Candidate>,
    pub logos: Vec<Candidate>,
    /// Of a series; season 0 holds the specials.
    pub seasons: Vec<Season>,
    /// Of a collection.
    #[serde(default)]
    pub films: Vec<FoundTitle>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Season {
    pub number: u16,
    pub poster: Option<ArtworkRef>,
    pub aired: Option<Date>,
    pub episodes: u16,
}

/// All that one call tells of an episode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpisodeDetails {
    pub series: TmdbId,
    pub number: EpisodeNumber,
    pub name: String,
    pub aired: Option<Date>,
    pub imdb: Option<ImdbId>,
    pub tvdb: Option<TvdbId>,
    /// 0 to 10.
    pub vote_average: f32,
    pub vote_count: u32,
    pub still: Option<ArtworkRef>,
    pub stills: Vec<Candidate>,
}

/// All that one call tells of a season.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeasonDetails {
    pub series: TmdbId,
    pub number: u16,
    pub name: String,
    pub aired: Option<Date>,
    pub tvdb: Option<TvdbId>,
    /// 0 to 10, the mean of its episodes'; 0 where nobody has voted.
    pub vote_average: f32,
    pub poster: Option<ArtworkRef>,
    /// In all languages.
    pub posters: Vec<Candidate>,
}

impl Details {
    /// The pictures of a kind that belong to the title itself; stills belong to episodes, other posters to seasons.
    pub fn candidates(&self, kind: ArtworkKind) -> &[Candidate] {
        match kind.row().images {
            ImageList::Posters => &self.posters,
            ImageList::Backdrops => &self.backdrops,
            ImageList::Logos => &self.logos,
            ImageList::Stills | ImageList::SeasonPosters => &[],
        }
    }

    /// TMDB's own choice of a kind.
    pub fn primary(&self, kind: ArtworkKind) -> Option<&ArtworkRef> {
        match kind.row().images {
            ImageList::Posters => self.poster.as_ref(),
            ImageList::Backdrops => self.backdrop.as_ref(),
            ImageList::Logos | ImageList::Stills | ImageList::SeasonPosters => None,
        }
    }
}

impl Tmdb {
    pub fn new(transport: &Transport, settings: TmdbSettings) -> Self {
        let api = ProviderSettings {
            key_place: KeyPlace::Tmdb,
            inspect: Some(complaint),
            ..settings.api
        };
        let secure = api.base_url.scheme() == "https";
        let api = Client::new(transport, api);
        let images = Images::new(transport, api.clone(), settings.image_base, secure);
        Self { api, images: Arc::new(images), urgency: Urgency::default() }
    }

    /// The same client for calls of this urgency.
    #[must_use]
    pub fn with(&self, urgency: Urgency) -> Self {
        Self { api: self.api.with(urgency), images: Arc::clone(&self.images), urgency }
    }

    /// Looks up an id of another service. `language` decides which poster is named.
    ///
    /// # Errors
    /// `NotFound` when TMDB knows nothing under the id.
    pub async fn find(
        &self,
        id: FindId,
        language: Option<Language>,
    ) -> Result<Found, UpstreamError> {
        Images::prepare(&self.images);
        let (id, source) = match id {
            FindId::Imdb(id) => (id.to_string(), "imdb_id"),
            FindId::Tvdb(id) => (id.to_string(), "tvdb_id"),
        };
        let call = Call::get(["find", id.as_str()]).query("external_source", source);
        let call = match language {
            Some(language) => call.query("language", language.to_string()),
            None => call,
        };
        let found = Found::from(&self.api.get_json::<wire::Find>(call).await?);
        if found == Found::default() {
            return Err(UpstreamError::NotFound { provider: self.api.label() });
        }
        Ok(found)
    }

    /// A film or a series with its pictures and its other ids: one call. Written in the preferred one
    /// of `languages`, with pictures of these and those without lettering; without `languages`
    /// pictures of all languages.
    pub async fn details(
        &self,
        media: MediaType,
        id: TmdbId,
        languages: Option<ImageLanguages>,
    ) -> Result<Details, UpstreamError> {
        Images::prepare(&self.images);
        let call = Call::get([media.tmdb_path(), &id.to_string()])
            .query("append_to_response", appended(media));
        let call = ImageLanguages::ask(languages, call);
        let wire: wire::DetailsAnswer = self.api.get_json(call).await?;
        Details::from_wire(media, id, &wire).ok_or_else(|| self.api.unusable("details of no title"))
    }

    /// What a section has under a number: one call.
    pub async fn described(
        &self,
        section: TmdbSection,
        id: TmdbId,
        languages: Option<ImageLanguages>,
    ) -> Result<Details, UpstreamError> {
        match section {
            TmdbSection::Movie => self.details(MediaType::Movie, id, languages).await,
            TmdbSection::Series => self.details(MediaType::Series, id, languages).await,
            TmdbSection::Collection => self.collection(id, languages).await,
        }
    }

    /// An episode with its stills and its other ids: one call.
    pub async fn episode(
        &self,
        series: TmdbId,
        number: EpisodeNumber,
    ) -> Result<EpisodeDetails, UpstreamError> {
        let (season, episode) = (number.season.to_string(), number.episode.to_string());
        let wire = self.part_of(series, &["season", &season, "episode", &episode]).await?;
        let ids = wire.external_ids.0.unwrap_or_default();
        let images = wire.images.0.unwrap_or_default();
        let still = wire::artwork(&wire.still_path);
        Ok(EpisodeDetails {
            series,
            number,
            name: wire.name.text().unwrap_or_default().to_owned(),
            aired: wire.air_date.date(),
            imdb: ids.imdb(),
            tvdb: ids.tvdb(),
            vote_average: wire::vote_average(&wire.vote_average),
            vote_count: wire.vote_count.whole().unwrap_or(0),
            stills: or_own(wire::candidates(&images.stills), still.as_ref(), None),
            still,
        })
    }

    /// A season with its posters of all languages: one call.
    pub async fn season(
        &self,
        series: TmdbId,
        number: u16,
    ) -> Result<SeasonDetails, UpstreamError> {
        let wire = self.part_of(series, &["season", &number.to_string()]).await?;
        let images = wire.images.0.unwrap_or_default();
        let poster = wire::artwork(&wire.poster_path);
        Ok(SeasonDetails {
            series,
            number,
            name: wire.name.text().unwrap_or_default().to_owned(),
            aired: wire.air_date.date(),
            tvdb: wire.external_ids.0.unwrap_or_default().tvdb(),
            vote_average: wire::vote_average(&wire.vote_average),
            posters: or_own(wire::candidates(&images.posters), poster.as_ref(), None),
            poster,
        })
    }

    async fn part_of(
        &self,
        series: TmdbId,
        path: &[&str],
    ) -> Result<wire::PartOfSeries, UpstreamError> {
        Images::prepare(&self.images);
        let series = series.to_string();
        let segments = ["tv", series.as_str()].into_iter().chain(path.iter().copied());
        let call = Call::get(segments).query("append_to_response", "images,external_ids");
        let wire: wire::PartOfSeries = self.api.get_json(call).await?;
        match wire.id.whole() {
            Some(_) => Ok(wire),
            None => Err(self.api.unusable("details of no season or episode")),
        }
    }

    /// A picture's bytes, for which there is memory, from the configured image host only. Vectors
    /// come as they are, whatever the size.
    pub async fn image(
        &self,
        artwork: &ArtworkRef,
        size: TmdbSize,
        reservation: &FileReservation,
    ) -> Result<bytes::Bytes, UpstreamError> {
        self.images.fetch(artwork, size, (self.urgency, reservation)).await
    }

    /// In which size to fetch a file of `list` that is to be at least `needed` pixels wide. Waits briefly
    /// when TMDB has not said yet which there are.
    pub async fn choose_size(
        &self,
        artwork: &ArtworkRef,
        list: ImageList,
        needed: u32,
    ) -> SizeChoice {
        self.images.choose_size(artwork, list, needed).await
    }

    /// Tells that a file came narrower than [`SizeChoice::min_width`] and than its original.
    pub fn refuse(&self, artwork: &ArtworkRef, size: TmdbSize) {
        self.images.refuse(artwork, size);
    }

    /// Reads `/configuration` ahead of the first request.
    pub async fn prepare(&self) {
        Images::current(&self.images).await;
    }

    pub fn keys(&self) -> &KeyPool {
        self.api.keys()
    }

    /// Whether somebody waits for a call to the API because of its rate.
    pub fn is_busy(&self) -> bool {
        self.api.is_busy()
    }

    /// The API and the image host.
    pub fn status(&self) -> Vec<ProviderStatus> {
        vec![self.api.status(), self.images.status()]
    }
}

impl From<&wire::Find> for Found {
    fn from(wire: &wire::Find) -> Self {
        let title = |rows: &[wire::TmdbRow], media| rows.iter().find_map(|row| row.title(media));
        Self {
            movie: title(&wire.movies.0, MediaType::Movie),
            series: title(&wire.series.0, MediaType::Series),
            episode: wire.episodes.0.iter().find_map(wire::TmdbRow::episode),
            season: wire.seasons.0.iter().find_map(wire::TmdbRow::season),
        }
    }
}

impl Details {
    /// `None` for an answer that holds no title.
    fn from_wire(media: MediaType, id: TmdbId, wire: &wire::DetailsAnswer) -> Option<Self> {
        wire::tmdb(&wire.id)?;
        let none = wire::ImageLists::default();
        let images = wire.images.0.as_ref().unwrap_or(&none);
        let title = wire.title(media, id);
        let poster = wire::artwork(&wire.poster_path);
        let backdrop = wire::artwork(&wire.backdrop_path);
        let posters = wire::candidates(&images.posters);
        let backdrops = wire::candidates(&images.backdrops);
        Some(Self {
            status: wire.status.text().map(str::to_owned),
            last_aired: wire.last_air_date.date(),
            facts: wire.facts(),
            vote_average: wire::vote_average(&wire.vote_average),
            vote_count: wire.vote_count.whole().unwrap_or(0),
            posters: or_own(posters, poster.as_ref(), title.original_language),
            backdrops: or_own(backdrops, backdrop.as_ref(), None),
            logos: wire::candidates(&images.logos),
            seasons: wire.seasons.0.iter().filter_map(wire::SeasonRow::season).collect(),
            films: Vec::new(),
            poster,
            backdrop,
            title,
        })
    }
}

impl wire::DetailsAnswer {
    fn title(&self, media: MediaType, id: TmdbId) -> Title {
        let (names, released) = match media {
            MediaType::Movie => ([&self.title, &self.original_title], &self.release_date),
            MediaType::Series => ([&self.name, &self.original_name], &self.first_air_date),
        };
        let external = self.external_ids.0.as_ref();
        Title {
            media,
            ids: TitleIds {
                imdb: wire::imdb(&self.imdb_id)
                    .or_else(|| external.and_then(wire::ExternalIds::imdb)),
                tmdb: Some(id),
                tvdb: external.and_then(wire::ExternalIds::tvdb),
            },
            name: names.iter().find_map(|name| name.text()).unwrap_or_default().to_owned(),
            original_language: self.original_language.language(),
            released: released.date(),
            episode: None,
        }
    }
}

/// What comes with a title's details in the same call.
fn appended(media: MediaType) -> &'static str {
    match media {
        MediaType::Movie => "images,external_ids,release_dates,watch/providers",
        MediaType::Series => "images,external_ids,content_ratings,watch/providers",
    }
}

/// The list; where there is none, the one picture that the title names itself.
fn or_own(
    listed: Vec<Candidate>,
    own: Option<&ArtworkRef>,
    language: Option<Language>,
) -> Vec<Candidate> {
    let (true, Some(own)) = (listed.is_empty(), own) else {
        return listed;
    };
    let artwork = own.clone();
    vec![Candidate { artwork, language, width: 0, height: 0, vote_average: 0.0, votes: 0 }]
}

/// TMDB's numbered complaints, which proxies in front of it have sent with status 200.
/// Source: <https://developer.themoviedb.org/docs/errors>.
fn complaint(status: u16, body: &[u8]) -> Option<Complaint> {
    #[derive(Deserialize)]
    struct TmdbFailure {
        success: bool,
        status_code: u16,
    }

    // Real answers are longer; errors are two or three short fields.
    if !(200..300).contains(&status) || body.len() > 512 {
        return None;
    }
    let failure: TmdbFailure = serde_json::from_slice(body).ok()?;
    match failure.status_code {
        _ if failure.success => None,
        6 | 34 => Some(Complaint::NotFound),
        3 | 7 | 10 | 14 | 35 => Some(Complaint::InvalidKey),
        _ => None,
    }
}

/// Any bytes as every answer of TMDB.
pub(super) fn read_any(body: &[u8]) {
    if let (Ok(wire), Some(id)) =
        (serde_json::from_slice::<wire::DetailsAnswer>(body), TmdbId::new(1))
    {
        let _ = Details::from_wire(MediaType::Movie, id, &wire);
        let _ = Details::from_wire(MediaType::Series, id, &wire);
    }
    if let Ok(wire) = serde_json::from_slice::<wire::Find>(body) {
        let _ = Found::from(&wire);
    }
    if let Ok(wire) = serde_json::from_slice::<wire::Configuration>(body) {
        let _ = configuration::ImageConfiguration::from_wire(&wire);
    }
    if let (Ok(wire), Some(id)) =
        (serde_json::from_slice::<collection::CollectionAnswer>(body), TmdbId::new(1))
    {
        let _ = wire.details(id);
    }
    let _ = serde_json::from_slice::<wire::PartOfSeries>(body);
    let _ = complaint(200, body);
}

#[cfg(test)]
mod tests;
