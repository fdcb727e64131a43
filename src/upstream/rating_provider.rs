//! What providers of ratings have in common, and the list of them.

use std::fmt::Debug;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{
    BreakerState, KeyPlace, KeyPool, Priority, ProviderSettings, ProviderStatus, RATING_PROVIDERS,
    Transport, Trouble, UpstreamError,
};
use crate::env::setting::Setting;
use crate::model::{
    AwardBody, EpisodeNumber, ImdbId, MediaType, Provider, RatingSource, RawRating, TmdbId,
};

/// What is rated, as far as its ids are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The film or the series at TMDB.
    pub title: Option<(MediaType, TmdbId)>,
    /// The film's or the series' own id at IMDb.
    pub imdb: Option<ImdbId>,
    /// A single episode is rated, not its series.
    pub episode: Option<EpisodeNumber>,
    /// The episode's own id at IMDb.
    pub episode_imdb: Option<ImdbId>,
}

impl Subject {
    /// The IMDb id of what is rated: the episode's own where one is.
    pub fn rated_imdb(&self) -> Option<ImdbId> {
        match self.episode {
            Some(_) => self.episode_imdb,
            None => self.imdb,
        }
    }
}

/// What one provider is asked by; together with its name the key of the cached answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum RatedId {
    /// TMDB's number.
    Tmdb(MediaType, TmdbId),
    /// The own IMDb id of a film, a series or an episode.
    Imdb(ImdbId),
    /// A title by its IMDb id, or one of its episodes.
    Part(MediaType, ImdbId, Option<EpisodeNumber>),
}

/// What a provider says of one title. Fields that an older version did not store are empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderAnswer {
    /// At most one per source.
    pub ratings: Vec<RawRating>,
    /// Awards in a sentence: `Won 7 Oscars. 21 wins & 41 nominations total`.
    pub awards: Option<String>,
    /// The age that Common Sense Media advises, in years.
    pub common_sense_age: Option<u8>,
}

/// When a provider is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// For whatever a picture may show: its answer holds most sources.
    First,
    /// For what the answers of the first do not hold.
    Fallback,
}

/// Everything the program knows of a provider of ratings.
#[derive(Debug)]
pub struct RatingProviderRow {
    pub provider: Provider,
    pub rank: Rank,
    /// What it may have a rating of.
    pub sources: &'static [RatingSource],
    /// The awards its answers may name.
    pub awards: &'static [AwardBody],
    pub key_place: KeyPlace,
    /// Calls a day of the free plan, where plans are counted by the day.
    pub free_calls: Option<u32>,
    /// Its answers say in headers how many calls a key has left.
    pub says_quota: bool,
    /// Its answers hold the age that Common Sense Media advises.
    pub gives_age: bool,
    pub client: fn(&Transport, ProviderSettings) -> Arc<dyn RatingProvider>,
}

/// The settings of a provider of ratings.
#[derive(Debug)]
pub(crate) struct RatingProviderSettings {
    /// Its keys; without one it is off.
    pub(crate) keys: Setting,
    pub(crate) url: Setting,
    /// Calls per second, and those that may go out at once.
    pub(crate) rate: Setting,
    pub(crate) burst: Setting,
}

/// A client of a provider of ratings.
pub trait RatingProvider: Debug + Send + Sync {
    fn row(&self) -> &'static RatingProviderRow;

    /// Whether it rates such things at all.
    fn rates(&self, _subject: &Subject) -> bool {
        true
    }

    /// What it is asked by; `None` where an id is missing.
    fn id(&self, subject: &Subject) -> Option<RatedId>;

    /// Asks for everything it has of a subject that it has an [`id`](Self::id) of.
    ///
    /// # Errors
    /// `NotFound` where it knows no such title.
    fn ask(
        &self,
        subject: Subject,
        priority: Priority,
    ) -> BoxFuture<'static, Result<ProviderAnswer, UpstreamError>>;

    fn keys(&self) -> &KeyPool;

    fn status(&self) -> ProviderStatus;

    fn trouble(&self) -> &Trouble;

    /// Whether an answer is likely to come soon.
    fn is_healthy(&self) -> bool {
        let status = self.status();
        let can_be_asked =
            status.breaker == BreakerState::Closed && status.keys_resting < status.keys.max(1);
        can_be_asked && !self.trouble().is_there()
    }
}

impl RatingProviderRow {
    pub fn of(provider: Provider) -> Option<&'static Self> {
        RATING_PROVIDERS.into_iter().map(|(row, _)| row).find(|row| row.provider == provider)
    }
}
