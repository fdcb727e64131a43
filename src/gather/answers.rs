//! The caches of everything providers answered, by what they were asked.

use std::sync::Arc;

use super::describe::{DescriptionKey, SearchKey, SeasonTextKey};
use super::title::Resolved;
use super::{DetailsKey, EpisodeKey, IdKey, SeasonKey};
use crate::cache::{CacheContext, SwrCache};
use crate::model::{
    Candidate, EpisodeDescription, MediaType, Person, Provider, RawRating, SeasonDescription,
    TitleDescription, TmdbId,
};
use crate::upstream::fanart::{FanartId, FanartPictures};
use crate::upstream::tmdb::{Details, EpisodeDetails, FoundTitle, SeasonDetails};
use crate::upstream::{ProviderAnswer, RatedId};

/// One cache for each kind of answer.
#[derive(Debug)]
pub(super) struct Answers {
    pub(super) ids: Arc<SwrCache<IdKey, Resolved>>,
    pub(super) details: Arc<SwrCache<DetailsKey, Details>>,
    pub(super) episodes: Arc<SwrCache<EpisodeKey, EpisodeDetails>>,
    pub(super) seasons: Arc<SwrCache<SeasonKey, SeasonDetails>>,
    /// By the provider and what it was asked by.
    pub(super) ratings: Arc<SwrCache<(Provider, RatedId), ProviderAnswer>>,
    pub(super) fanart: Arc<SwrCache<FanartId, FanartPictures>>,
    /// Today's trending films and series.
    pub(super) trending: Arc<SwrCache<MediaType, Vec<TmdbId>>>,
    pub(super) descriptions: Arc<SwrCache<DescriptionKey, TitleDescription>>,
    pub(super) season_descriptions: Arc<SwrCache<SeasonTextKey, SeasonDescription>>,
    pub(super) searches: Arc<SwrCache<SearchKey, Vec<FoundTitle>>>,
}

/// Bytes of a candidate, its path included, and of a rating.
const CANDIDATE: usize = size_of::<Candidate>() + 40;
const RATING: usize = size_of::<RawRating>();
/// Bytes of a person, with name, role and the path of a portrait.
const PERSON: usize = size_of::<Person>() + 70;
/// Bytes of a summary, about.
const SUMMARY: usize = 600;

impl Answers {
    /// `capacity` bytes in all: lists of pictures take nearly all of it.
    pub(super) fn new(capacity: u64, shared: &CacheContext) -> Self {
        let tenth = capacity / 10;
        // Details and ratings leave a little each to what only some media centres ask for.
        let of_words = tenth / 2;
        let context = || shared.clone();
        Self {
            ids: SwrCache::new("id", tenth, |_| size_of::<Resolved>() + 120, context()),
            details: SwrCache::new(
                "details",
                4 * tenth - of_words,
                |d: &Details| {
                    let pictures = d.posters.len() + d.backdrops.len() + d.logos.len();
                    size_of::<Details>()
                        + pictures * CANDIDATE
                        + (d.seasons.len() + 2 * d.films.len()) * 80
                        + 100
                },
                context(),
            ),
            seasons: SwrCache::new(
                "season",
                tenth / 2,
                |s: &SeasonDetails| size_of::<SeasonDetails>() + s.posters.len() * CANDIDATE + 80,
                context(),
            ),
            episodes: SwrCache::new(
                "episode",
                tenth / 2,
                |e: &EpisodeDetails| size_of::<EpisodeDetails>() + e.stills.len() * CANDIDATE + 80,
                context(),
            ),
            ratings: SwrCache::new(
                "ratings",
                3 * tenth - of_words,
                |answer: &ProviderAnswer| answer.ratings.len() * RATING + 120,
                context(),
            ),
            descriptions: SwrCache::new(
                "description",
                of_words / 2,
                |d: &TitleDescription| {
                    SUMMARY * (1 + d.seasons.len()) + d.credits.people() * PERSON
                },
                context(),
            ),
            season_descriptions: SwrCache::new(
                "season_description",
                of_words,
                |season: &SeasonDescription| {
                    let episode = |e: &EpisodeDescription| SUMMARY + e.credits.people() * PERSON;
                    season.cast.len() * PERSON + season.episodes.iter().map(episode).sum::<usize>()
                },
                context(),
            ),
            searches: SwrCache::new(
                "search",
                of_words / 2,
                |found: &Vec<FoundTitle>| found.len() * (size_of::<FoundTitle>() + 150),
                context(),
            ),
            trending: SwrCache::new("trending", 1 << 16, |titles| titles.len() * 8, context()),
            fanart: SwrCache::new(
                "fanart",
                tenth,
                |p: &FanartPictures| {
                    let lists = [&p.posters, &p.backdrops, &p.logos].map(Vec::len);
                    (lists.iter().sum::<usize>() + p.seasons.len()) * CANDIDATE
                },
                context(),
            ),
        }
    }

    /// Bytes and entries in memory.
    pub(super) fn usage(&self) -> (u64, u64) {
        [
            self.ids.usage(),
            self.details.usage(),
            self.episodes.usage(),
            self.seasons.usage(),
            self.ratings.usage(),
            self.fanart.usage(),
            self.trending.usage(),
            self.descriptions.usage(),
            self.season_descriptions.usage(),
            self.searches.usage(),
        ]
        .into_iter()
        .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    pub(super) fn clear(&self) {
        self.ids.clear();
        self.details.clear();
        self.episodes.clear();
        self.seasons.clear();
        self.ratings.clear();
        self.fanart.clear();
        self.trending.clear();
        self.descriptions.clear();
        self.season_descriptions.clear();
        self.searches.clear();
    }
}
