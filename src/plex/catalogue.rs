//! Answers Plex's requests from what the gatherer knows.

use std::time::Duration;

use futures::FutureExt;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::Pictures;
use super::describe::{Describer, KnownEpisode, KnownTitle};
use super::document::{Metadata, PlexImage};
use super::matching::{self, GivenId, SearchedTitle};
use super::rating_key::{RatingKey, Section};
use super::request::{MatchRequest, Wanted};
use crate::cache::CachedAnswer;
use crate::gather::title::Resolved;
use crate::gather::{Chosen, Completeness, DataRequest, GatherError, Gatherer, value};
use crate::identify::SURE;
use crate::model::{
    ArtworkKind, AwardSet, Country, Date, EpisodeDescription, EpisodeNumber, ExternalId, Language,
    LanguagePreference, MediaType, Rating, RatingSource, SeasonDescription, SeasonOutline,
    TitleDescription, TitleId, TmdbId,
};
use crate::request::OptionsPatch;
use crate::upstream::tmdb::Details;

/// Candidates of a manual look-up.
const MAX_CANDIDATES: usize = 10;
/// Candidates whose season or episode is looked at in a manual look-up.
const MAX_SERIES: usize = 4;
/// Seasons of one series that are asked for at once.
const SEASONS_AT_ONCE: usize = 6;
/// Seasons that an episode's day is looked for in.
const MAX_SEASONS_BY_DAY: usize = 4;

/// The ratings that Plex's clients have badges for.
const SOURCES: [RatingSource; 4] = [
    RatingSource::Imdb,
    RatingSource::Tmdb,
    RatingSource::RottenTomatoes,
    RatingSource::RottenTomatoesAudience,
];

/// What Plex says of whoever reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale {
    pub language: Language,
    /// Whose certificates count.
    pub country: Country,
}

/// One of the two providers, for one reader.
pub struct Catalogue<'a> {
    gatherer: &'a Gatherer,
    section: Section,
    describer: Describer<'a>,
    /// How long ratings are waited for.
    ratings_timeout: Duration,
}

impl std::fmt::Debug for Catalogue<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalogue").field("section", &self.section).finish_non_exhaustive()
    }
}

/// A title with what TMDB says of it.
struct Titled {
    resolved: Resolved,
    details: CachedAnswer<Details>,
    description: CachedAnswer<TitleDescription>,
}

impl Titled {
    fn known(&self) -> Result<KnownTitle<'_>, GatherError> {
        let (Some(details), Some(description)) = (value(&self.details), value(&self.description))
        else {
            return Err(GatherError::UnknownTitle);
        };
        let Resolved { media, tmdb, .. } = self.resolved;
        Ok(KnownTitle { media, tmdb, details, description })
    }
}

impl<'a> Catalogue<'a> {
    pub fn new(
        gatherer: &'a Gatherer,
        section: Section,
        (locale, pictures): (Locale, &'a dyn Pictures),
        ratings_timeout: Duration,
    ) -> Self {
        let describer = Describer { locale, pictures };
        Self { gatherer, section, describer, ratings_timeout }
    }

    /// Everything about one thing; `None` where there is none of this key.
    pub async fn metadata(
        &self,
        key: RatingKey,
        with_children: bool,
    ) -> Result<Option<Metadata>, GatherError> {
        self.of_key(key, with_children, Completeness::Full).await
    }

    /// The seasons of a series, the episodes of a season; `None` where there is no such thing.
    pub async fn children(&self, key: RatingKey) -> Result<Option<Vec<Metadata>>, GatherError> {
        known(match key {
            RatingKey::Show(id) => {
                let show = self.titled(MediaType::Series, id).await;
                show.and_then(|show| Ok(Some(self.seasons(&show.known()?))))
            }
            RatingKey::Season(id, number) => self.episodes(id, &[number]).await,
            RatingKey::Movie(_) | RatingKey::Episode(..) => Ok(Some(Vec::new())),
        })
    }

    /// All episodes of a series.
    pub async fn grandchildren(
        &self,
        key: RatingKey,
    ) -> Result<Option<Vec<Metadata>>, GatherError> {
        let RatingKey::Show(id) = key else { return Ok(Some(Vec::new())) };
        let show = match self.titled(MediaType::Series, id).await {
            Err(GatherError::UnknownTitle) => return Ok(None),
            show => show?,
        };
        let numbers: Vec<u16> =
            show.known()?.description.seasons.iter().map(|season| season.number).collect();
        known(self.episodes(id, &numbers).await)
    }

    /// The pictures of one thing.
    pub async fn images(&self, key: RatingKey) -> Result<Option<Vec<PlexImage>>, GatherError> {
        let metadata = self.of_key(key, false, Completeness::Arrived).await?;
        Ok(metadata.map(Metadata::into_images))
    }

    /// What a look-up may mean, the likeliest first; the best alone unless all are wanted.
    pub async fn matches(&self, request: &MatchRequest) -> Result<Vec<Metadata>, GatherError> {
        for id in matching::given_ids(request) {
            if let Some((title, wanted)) = self.by_id(id, request).await? {
                let children = request.include_children;
                if let Some(found) = self.of_match(title, &wanted, children).await? {
                    return Ok(vec![found.with_score(100)]);
                }
            }
        }
        let (known, ranked) = self.by_name(request).await?;
        if request.manual {
            return self.candidates(request, &known, &ranked).await;
        }
        let Some((id, confidence)) = ranked.first().filter(|(_, confidence)| *confidence >= SURE)
        else {
            return Ok(Vec::new());
        };
        let found = self.of_match(*id, &request.wanted, request.include_children).await?;
        Ok(found.map(|found| found.with_score(*confidence)).into_iter().collect())
    }

    /// The title that an id means, if it is one of this provider's.
    async fn by_id(
        &self,
        id: GivenId,
        request: &MatchRequest,
    ) -> Result<Option<(TmdbId, Wanted)>, GatherError> {
        let wanted = request.wanted.clone();
        let external = match id {
            GivenId::Own(key) if key.section() != self.section => return Ok(None),
            GivenId::Own(RatingKey::Movie(id) | RatingKey::Show(id) | RatingKey::Season(id, _)) => {
                return Ok(Some((id, wanted)));
            }
            GivenId::Own(RatingKey::Episode(id, _)) => return Ok(Some((id, wanted))),
            GivenId::External(external) => external,
        };
        let media = self.section.media();
        let title = TitleId { external, media: Some(media), season: None, episode: None };
        match self.gatherer.resolve(&title, ArtworkKind::Poster).await {
            Ok(resolved) if resolved.media == media => {
                let wanted = match (wanted, resolved.episode) {
                    (Wanted::Aired(_), Some(EpisodeNumber { season, episode })) => {
                        Wanted::Episode { season, index: episode }
                    }
                    (wanted, _) => wanted,
                };
                Ok(Some((resolved.tmdb, wanted)))
            }
            Ok(_) | Err(GatherError::UnknownTitle) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What searches find, and how sure each is.
    async fn by_name(
        &self,
        request: &MatchRequest,
    ) -> Result<(Vec<SearchedTitle>, Vec<(TmdbId, u8)>), GatherError> {
        let media = self.section.media();
        let names = matching::names(request, media);
        let (mut known, mut ranked) = (Vec::new(), Vec::new());
        for query in matching::queries(&names, self.describer.locale.language) {
            let search = self.gatherer.search(media, &query.name, query.year, query.language);
            matching::add_found(&mut known, search.await?);
            ranked = matching::ranked(&names, &known);
            let is_sure = ranked.first().is_some_and(|(_, confidence)| *confidence >= SURE);
            if is_sure && !request.manual {
                break;
            }
        }
        Ok((known, ranked))
    }

    /// The answer to a manual look-up: films and series as searches found them.
    async fn candidates(
        &self,
        request: &MatchRequest,
        known: &[SearchedTitle],
        ranked: &[(TmdbId, u8)],
    ) -> Result<Vec<Metadata>, GatherError> {
        if request.wanted == Wanted::Title {
            let of = |(id, confidence): &(TmdbId, u8)| {
                let title = known.iter().find(|title| title.found.id == *id)?;
                Some(self.describer.found(&title.found).with_score(*confidence))
            };
            return Ok(ranked.iter().filter_map(of).take(MAX_CANDIDATES).collect());
        }
        let mut candidates = Vec::new();
        for (id, confidence) in ranked.iter().take(MAX_SERIES) {
            let found = self.of_match(*id, &request.wanted, request.include_children).await?;
            candidates.extend(found.map(|found| found.with_score(*confidence)));
        }
        Ok(candidates)
    }

    async fn of_match(
        &self,
        id: TmdbId,
        wanted: &Wanted,
        with_children: bool,
    ) -> Result<Option<Metadata>, GatherError> {
        let key = match *wanted {
            Wanted::Title => RatingKey::of_title(self.section.media(), id),
            Wanted::Season { index } => RatingKey::Season(id, index),
            Wanted::Episode { season, index } => {
                RatingKey::Episode(id, EpisodeNumber { season, episode: index })
            }
            Wanted::Aired(date) => match self.aired_on(id, date).await? {
                Some(number) => RatingKey::Episode(id, number),
                None => return Ok(None),
            },
        };
        // Plex asks for everything by the key; what ratings are there by now do here.
        self.of_key(key, with_children, Completeness::Arrived).await
    }

    async fn of_key(
        &self,
        key: RatingKey,
        with_children: bool,
        completeness: Completeness,
    ) -> Result<Option<Metadata>, GatherError> {
        if key.section() != self.section {
            return Ok(None);
        }
        known(match key {
            RatingKey::Movie(id) => self.title(MediaType::Movie, id, completeness).await.map(Some),
            RatingKey::Show(id) => {
                let show = self.title(MediaType::Series, id, completeness).await;
                match (show, with_children) {
                    (Ok(show), true) => {
                        let children = self.children(key).await?.unwrap_or_default();
                        Ok(Some(show.with_children(children)))
                    }
                    (show, _) => show.map(Some),
                }
            }
            RatingKey::Season(id, number) => self.season(id, number, with_children).await,
            RatingKey::Episode(id, number) => self.episode(id, number).await,
        })
    }

    async fn title(
        &self,
        media: MediaType,
        id: TmdbId,
        completeness: Completeness,
    ) -> Result<Metadata, GatherError> {
        let (titled, ratings) =
            tokio::join!(self.titled(media, id), self.ratings(media, id, completeness));
        Ok(self.describer.title(&titled?.known()?, &ratings))
    }

    async fn season(
        &self,
        id: TmdbId,
        number: u16,
        with_children: bool,
    ) -> Result<Option<Metadata>, GatherError> {
        let language = self.describer.locale.language;
        let (show, season) = tokio::join!(
            self.titled(MediaType::Series, id),
            self.gatherer.season_description(id, number, language)
        );
        let (show, season) = (show?, season?);
        let show = show.known()?;
        let Some(season) = season.as_ref().and_then(value) else { return Ok(None) };
        let metadata = self.describer.season(&show, &season.outline, season.tvdb);
        if !with_children {
            return Ok(Some(metadata));
        }
        let episodes = self.episodes_of(&show, season).await;
        Ok(Some(metadata.with_children(episodes)))
    }

    async fn episode(
        &self,
        id: TmdbId,
        number: EpisodeNumber,
    ) -> Result<Option<Metadata>, GatherError> {
        let language = self.describer.locale.language;
        let (show, season) = tokio::join!(
            self.titled(MediaType::Series, id),
            self.gatherer.season_description(id, number.season, language)
        );
        let (show, season) = (show?, season?);
        let show = show.known()?;
        let Some(season) = season.as_ref().and_then(value) else { return Ok(None) };
        let Some(episode) = season.episodes.iter().find(|episode| episode.number == number) else {
            return Ok(None);
        };
        Ok(Some(self.one_episode(&show, season, episode).await))
    }

    fn seasons(&self, show: &KnownTitle<'_>) -> Vec<Metadata> {
        let seasons = show.description.seasons.iter();
        seasons.map(|season: &SeasonOutline| self.describer.season(show, season, None)).collect()
    }

    /// The episodes of some seasons of a series, in the order of the seasons: one call for each season.
    async fn episodes(
        &self,
        id: TmdbId,
        numbers: &[u16],
    ) -> Result<Option<Vec<Metadata>>, GatherError> {
        let language = self.describer.locale.language;
        let asked = numbers
            .iter()
            .map(|number| self.gatherer.season_description(id, *number, language))
            .collect::<Vec<_>>();
        let seasons = stream::iter(asked).buffered(SEASONS_AT_ONCE).try_collect::<Vec<_>>();
        let (show, seasons) = tokio::join!(self.titled(MediaType::Series, id), seasons);
        let (show, seasons) = (show?, seasons?);
        let show = show.known()?;
        if seasons.iter().all(Option::is_none) && !numbers.is_empty() {
            return Ok(None);
        }
        let mut episodes = Vec::new();
        for season in seasons.iter().flatten().filter_map(value) {
            episodes.extend(self.episodes_of(&show, season).await);
        }
        Ok(Some(episodes))
    }

    async fn episodes_of(
        &self,
        show: &KnownTitle<'_>,
        season: &SeasonDescription,
    ) -> Vec<Metadata> {
        let mut episodes = Vec::with_capacity(season.episodes.len());
        for episode in &season.episodes {
            episodes.push(self.one_episode(show, season, episode).await);
        }
        episodes
    }

    async fn one_episode(
        &self,
        show: &KnownTitle<'_>,
        season: &SeasonDescription,
        episode: &EpisodeDescription,
    ) -> Metadata {
        let series = (show.tmdb, show.details.title.ids.imdb);
        let (imdb, tvdb) = self.gatherer.known_episode_ids(series, episode.number).await;
        let imdb_score = match imdb {
            Some(imdb) => {
                self.gatherer.datasets().rating(imdb).await.map(|(score, _)| score.value())
            }
            None => None,
        };
        let (outline, cast) = (&season.outline, season.cast.as_slice());
        let facts = KnownEpisode { episode, season: outline, cast, imdb, tvdb, imdb_score };
        self.describer.episode(show, &facts)
    }

    /// The episode of a day.
    async fn aired_on(&self, id: TmdbId, date: Date) -> Result<Option<EpisodeNumber>, GatherError> {
        let show = match self.titled(MediaType::Series, id).await {
            Err(GatherError::UnknownTitle) => return Ok(None),
            show => show?,
        };
        let show = show.known()?;
        // The season that had begun by then, earlier ones after it, the specials last.
        let begun = |season: &&SeasonOutline| season.aired.is_none_or(|aired| aired <= date);
        let mut seasons: Vec<&SeasonOutline> =
            show.description.seasons.iter().filter(begun).collect();
        seasons.sort_by_key(|season| (season.number == 0, std::cmp::Reverse(season.number)));
        let language = self.describer.locale.language;
        for season in seasons.into_iter().take(MAX_SEASONS_BY_DAY) {
            let asked = self.gatherer.season_description(id, season.number, language).await?;
            let Some(season) = asked.as_ref().and_then(value) else { continue };
            let mut episodes = season.episodes.iter();
            if let Some(found) = episodes.find(|episode| episode.aired == Some(date)) {
                return Ok(Some(found.number));
            }
        }
        Ok(None)
    }

    async fn titled(&self, media: MediaType, id: TmdbId) -> Result<Titled, GatherError> {
        let title = TitleId {
            external: ExternalId::Tmdb(id),
            media: Some(media),
            season: None,
            episode: None,
        };
        let resolved = self.gatherer.resolve(&title, ArtworkKind::Poster).await?;
        let language = self.describer.locale.language;
        let (details, description) = tokio::join!(
            self.gatherer.details(&resolved, LanguagePreference::Code(language)),
            self.gatherer.description(&resolved, language)
        );
        Ok(Titled { details: details?, description: description?, resolved })
    }

    /// The ratings that Plex has badges for; those that are late or failed are left out.
    async fn ratings(
        &self,
        media: MediaType,
        id: TmdbId,
        completeness: Completeness,
    ) -> Vec<Rating> {
        let kind = ArtworkKind::Poster;
        let language = self.describer.locale.language;
        let patch = OptionsPatch {
            ratings_order: Some(SOURCES.to_vec()),
            ratings_only: Some(true),
            ratings_limit: Some(SOURCES.len() as u8),
            awards: Some(AwardSet::NONE),
            language: Some(LanguagePreference::Code(language)),
            ..OptionsPatch::default()
        };
        let title = TitleId {
            external: ExternalId::Tmdb(id),
            media: Some(media),
            season: None,
            episode: None,
        };
        let request = DataRequest::new(title, kind, &patch.into_options(kind, language));
        let nobody = |_: Chosen| std::future::ready(()).boxed();
        if completeness == Completeness::Full {
            let whole = self.gatherer.gather(&request, Completeness::Full, &nobody);
            if let Ok(data) = tokio::time::timeout(self.ratings_timeout, whole).await {
                return data.map(|data| data.ratings.ratings).unwrap_or_default();
            }
        }
        let arrived = self.gatherer.gather(&request, Completeness::Arrived, &nobody).await;
        arrived.map(|data| data.ratings.ratings).unwrap_or_default()
    }
}

/// A title that is not known is no failure.
fn known<T>(answer: Result<Option<T>, GatherError>) -> Result<Option<T>, GatherError> {
    match answer {
        Err(GatherError::UnknownTitle) => Ok(None),
        answer => answer,
    }
}
