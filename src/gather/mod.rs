//! Choosing and merging: from what providers say to what a render needs.
//!
//! [`Gatherer`] asks, remembers and joins; the choices themselves are pure and
//! live in [`artwork`], [`ratings`] and [`awards`].

mod answers;
pub mod artwork;
mod asking;
pub mod awards;
mod candidates;
mod choose;
mod collect;
mod describe;
mod ids;
mod imdb_rating;
pub mod info;
mod need;
mod providers;
pub mod ratings;
mod report;
mod request;
pub mod sash;
pub mod score;
mod season;
mod showing;
pub mod title;
mod title_data;
mod trending;

use std::sync::Arc;
use std::time::Duration;

use answers::Answers;
use awards::MergedAwards;
pub use choose::{ArtworkPreference, Chosen, Pick};
pub use providers::{Providers, Usage};
pub use report::{Basis, ProviderReport, ReportState};
pub use request::{Completeness, DataRequest};
pub use showing::{Findings, showing};
use title::Resolved;
pub use title_data::{Timing, TitleData, TitleRecord};

use crate::cache::{Answer, CacheContext, CachedAnswer, Generations, SwrError, freshness};
use crate::clock::Clock;
use crate::datasets::Datasets;
use crate::model::{EpisodeNumber, ImdbId, Language, SharedOverrides, TitleId, TmdbId};
use crate::request::LanguagePreference;
use crate::store::Labels;
use crate::upstream::tmdb::{Details, EpisodeDetails, ImageLanguages, TmdbSection};

/// Why there is nothing to render from.
#[derive(Clone, Debug, thiserror::Error)]
pub enum GatherError {
    #[error("no such title")]
    UnknownTitle,
    #[error("the title has no such artwork")]
    NoArtwork,
    /// The address names a picture that is not among the title's.
    #[error("the title has no artwork of that path")]
    NoCandidate,
    /// The anime map is on, but has not been read yet.
    #[error("the anime map is still being read")]
    MapNotRead,
    #[error("no provider of this rating is switched on")]
    NobodyToAsk,
    #[error("a provider that is needed gave no answer")]
    Provider(#[from] SwrError),
}

/// Asks providers, remembers what they say.
#[derive(Debug)]
pub struct Gatherer {
    providers: Providers,
    datasets: Arc<Datasets>,
    answers: Answers,
    generations: Arc<Generations>,
    clock: Clock,
    /// Of the poster that is asked for on the way.
    language: Language,
    overrides: SharedOverrides,
}

impl Gatherer {
    /// `capacity` in bytes of everything remembered in memory.
    pub fn new(
        providers: Providers,
        datasets: Arc<Datasets>,
        language: Language,
        capacity: u64,
        context: &CacheContext,
    ) -> Self {
        let answers = Answers::new(capacity, context);
        let generations = Arc::clone(&context.generations);
        let clock = context.clock.clone();
        let overrides = SharedOverrides::default();
        Self { providers, datasets, answers, generations, clock, language, overrides }
    }

    /// Follows what the admin chooses for titles.
    #[must_use]
    pub fn with_overrides(self, overrides: SharedOverrides) -> Self {
        Self { overrides, ..self }
    }

    pub fn overrides(&self) -> &SharedOverrides {
        &self.overrides
    }

    pub fn providers(&self) -> &Providers {
        &self.providers
    }

    /// Says how old data are.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub fn datasets(&self) -> &Datasets {
        &self.datasets
    }

    /// Bytes and entries of what is remembered in memory.
    pub fn usage(&self) -> (u64, u64) {
        self.answers.usage()
    }

    /// Forgets everything in memory.
    pub fn clear(&self) {
        self.answers.clear();
    }

    /// Seconds since 1970.
    fn now(&self) -> u64 {
        self.clock.unix_secs()
    }

    /// All that TMDB knows of a resolved title, told in a language; its pictures of all languages where
    /// that is the one it was made in.
    pub async fn details(
        &self,
        resolved: &Resolved,
        language: LanguagePreference,
    ) -> Result<CachedAnswer<Details>, GatherError> {
        let (section, id) = (resolved.section(), resolved.tmdb);
        let languages = self.languages(language);
        let key = (section, id, language.code());
        let known = self
            .answers
            .details
            .get(
                key,
                labels_of(resolved),
                |details| self.details_fresh(details),
                |priority| {
                    let tmdb = self.providers.tmdb.with(priority.into());
                    async move { tmdb.described(section, id, languages).await }
                },
            )
            .await?;
        match known.entry.answer {
            Answer::Found(_) => Ok(known),
            Answer::Absent => Err(GatherError::UnknownTitle),
        }
    }

    /// Asks for the details of a title when TMDB has nothing more urgent to answer.
    fn details_behind(&self, resolved: &Resolved, language: LanguagePreference) {
        let (section, id) = (resolved.section(), resolved.tmdb);
        let languages = self.languages(language);
        let key = (section, id, language.code());
        self.answers.details.warm(&key, labels_of(resolved), |priority| {
            let tmdb = self.providers.tmdb.with(priority.into());
            async move { tmdb.described(section, id, languages).await }
        });
    }

    fn details_fresh(&self, details: &Details) -> Duration {
        // A running series is as young as its last episode.
        let newest = details.title.released.max(details.last_aired);
        freshness::of_title(newest, self.now()).data
    }

    fn episode_fresh(&self, episode: &EpisodeDetails) -> Duration {
        freshness::of_title(episode.aired, self.now()).data
    }

    /// Whether the details of a title are at hand, fresh or not.
    fn knows_details(&self, resolved: &Resolved, language: LanguagePreference) -> bool {
        let key = (resolved.section(), resolved.tmdb, language.code());
        self.answers.details.is_at_hand(&key)
    }

    /// The languages that details are asked in; `None` for all.
    fn languages(&self, language: LanguagePreference) -> Option<ImageLanguages> {
        let preferred = language.code()?;
        Some(ImageLanguages { preferred, server: self.language })
    }

    /// All that TMDB knows of an episode; `None` for one it does not know.
    pub async fn episode(
        &self,
        resolved: &Resolved,
        number: EpisodeNumber,
    ) -> Result<Option<CachedAnswer<EpisodeDetails>>, GatherError> {
        let series = resolved.tmdb;
        let known = self
            .answers
            .episodes
            .get(
                (series, number),
                labels_of(resolved),
                |episode| self.episode_fresh(episode),
                |priority| {
                    let tmdb = self.providers.tmdb.with(priority.into());
                    async move { tmdb.episode(series, number).await }
                },
            )
            .await?;
        Ok(matches!(known.entry.answer, Answer::Found(_)).then_some(known))
    }

    /// What pictures of `kind` are chosen from. `UnknownTitle` where TMDB has
    /// deleted the title since its id was looked up.
    async fn described(
        &self,
        resolved: Resolved,
        preference: &ArtworkPreference,
    ) -> Result<TitleRecord, GatherError> {
        let kind = preference.kind;
        let episode = async {
            match resolved.episode.filter(|_| kind.is_of_episode()) {
                Some(number) => self.episode(&resolved, number).await,
                None => Ok(None),
            }
        };
        let season = self.season_pictured(&resolved, kind);
        let (details, episode, season) =
            tokio::join!(self.details(&resolved, preference.language), episode, season);
        let details = match details {
            Ok(details) => Some(details),
            // A picture that was named on the way can still be made.
            Err(GatherError::Provider(_)) if resolved.guess.of(kind).is_some() => None,
            Err(error) => return Err(error),
        };
        // Without the episode there is still the series' backdrop.
        let episode = match episode {
            Ok(episode) => episode,
            Err(GatherError::Provider(_)) if details.is_some() => None,
            Err(error) => return Err(error),
        };
        let applied = self.applied(&resolved, kind);
        Ok(TitleRecord { resolved, details, episode, season, applied })
    }
}

pub(crate) fn value<V>(known: &CachedAnswer<V>) -> Option<&V> {
    match &known.entry.answer {
        Answer::Found(value) => Some(value),
        Answer::Absent => None,
    }
}

/// Spellings by which a known title can be purged.
pub(crate) fn labels_of(resolved: &Resolved) -> Labels {
    title_labels(resolved.section(), resolved.tmdb, resolved.imdb)
}

/// One spelling for everybody: a picture is looked at again when an answer with
/// the same labels has changed.
fn title_labels(section: TmdbSection, id: TmdbId, imdb: Option<ImdbId>) -> Labels {
    let path = section.path();
    let mut titles = vec![format!("{path}-{id}"), format!("tmdb:{path}:{id}")];
    titles.extend(imdb.map(|imdb| imdb.to_string()));
    Labels { titles, family: None }
}

pub(super) fn labels_of_imdb(imdb: ImdbId) -> Labels {
    Labels { titles: vec![imdb.to_string()], family: None }
}

/// Key types of what is remembered.
pub(crate) type IdKey = (TitleId, bool);
/// The language that the details are told in; `None`: with pictures of all languages.
pub(crate) type DetailsKey = (TmdbSection, TmdbId, Option<Language>);
pub(crate) type EpisodeKey = (TmdbId, EpisodeNumber);
/// A series and the number of a season.
pub(crate) type SeasonKey = (TmdbId, u16);
