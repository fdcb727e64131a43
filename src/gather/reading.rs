//! Ratings and awards of one title: every provider asked at once.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::awards::{self, ListedAwards, MergedAwards};
use super::ratings::{self, MergeContext, Merged};
use super::{Gathered, Gatherer, value};
use crate::cache::{CachedAnswer, SwrError, freshness};
use crate::model::{
    AwardBody, Date, EpisodeNumber, ImdbId, MediaType, Provider, ProviderRatings, RatingSource,
    RawRating, TmdbId,
};
use crate::store::Labels;
use crate::upstream::tmdb::{Details, EpisodeDetails};
use crate::upstream::{Priority, TraktTitle, UpstreamError};

/// What is rated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    pub media: MediaType,
    pub tmdb: TmdbId,
    /// The film's or series' own id, where it is known from the start.
    pub imdb: Option<ImdbId>,
    /// A single episode is rated, not its series.
    pub episode: Option<EpisodeNumber>,
    /// The episode's own id, where it is known from the start.
    pub episode_imdb: Option<ImdbId>,
}

/// What OMDb says, as far as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct OmdbReading {
    pub(super) ratings: Vec<RawRating>,
    pub(super) awards: Option<String>,
}

/// What Trakt is asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TraktKey {
    pub(super) imdb: ImdbId,
    pub(super) media: MediaType,
    pub(super) episode: Option<EpisodeNumber>,
}

/// How asking one provider ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ReadingState {
    /// It answered; `refresh_at` and `read_at` in seconds since 1970.
    Read { read_at: u64, refresh_at: u64, stale: bool },
    /// It knows no such title.
    Absent { refresh_at: u64 },
    /// No answer; the word says why.
    Failed { reason: &'static str },
    /// There is no id to ask it by.
    NoId,
}

/// One provider's part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reading {
    pub provider: Provider,
    #[serde(flatten)]
    pub state: ReadingState,
    #[serde(skip)]
    pub ratings: Vec<RawRating>,
    #[serde(skip)]
    pub awards: Option<String>,
}

/// All that is known of a title's ratings and awards.
#[derive(Clone, Debug, Default)]
pub struct Readings {
    pub merged: Merged,
    pub awards: MergedAwards,
    pub providers: Vec<Reading>,
}

impl Readings {
    /// A provider failed that may have had something to say.
    pub fn is_provisional(&self) -> bool {
        self.providers.iter().any(|reading| matches!(reading.state, ReadingState::Failed { .. }))
    }

    /// Something is being refreshed behind.
    pub fn is_stale(&self) -> bool {
        self.providers.iter().any(|r| matches!(r.state, ReadingState::Read { stale: true, .. }))
    }

    /// When the first of them is to be asked again, in seconds since 1970.
    pub fn refresh_at(&self) -> Option<u64> {
        let times = self.providers.iter().filter_map(|reading| match reading.state {
            ReadingState::Read { refresh_at, .. } | ReadingState::Absent { refresh_at } => {
                Some(refresh_at)
            }
            ReadingState::Failed { .. } | ReadingState::NoId => None,
        });
        times.min()
    }
}

impl Reading {
    fn of<V>(
        provider: Provider,
        known: Result<CachedAnswer<V>, SwrError>,
        take: impl Fn(&V) -> (Vec<RawRating>, Option<String>),
    ) -> Self {
        let known = match known {
            Ok(known) => known,
            Err(error) => {
                let state = ReadingState::Failed { reason: error.outcome() };
                return Self { provider, state, ratings: Vec::new(), awards: None };
            }
        };
        let (refresh_at, stale, read_at) = (known.refresh_at, known.stale, known.entry.read_at);
        let Some(read) = value(&known) else {
            let state = ReadingState::Absent { refresh_at };
            return Self { provider, state, ratings: Vec::new(), awards: None };
        };
        let (ratings, awards) = take(read);
        let state = ReadingState::Read { read_at, refresh_at, stale };
        Self { provider, state, ratings, awards }
    }

    fn without_id(provider: Provider) -> Self {
        Self { provider, state: ReadingState::NoId, ratings: Vec::new(), awards: None }
    }

    fn as_ratings(&self) -> ProviderRatings {
        let read_at = match self.state {
            ReadingState::Read { read_at, .. } => read_at,
            _ => freshness::now(),
        };
        ProviderRatings { provider: self.provider, read_at, ratings: self.ratings.clone() }
    }
}

impl Gatherer {
    /// Asks every provider that rates `subject`, at once. `gathered` gives the
    /// ids and TMDB's own rating as soon as TMDB has answered; a provider that
    /// can be asked without them is not kept waiting.
    pub async fn readings(
        &self,
        subject: Subject,
        gathered: impl Future<Output = Option<Gathered>>,
    ) -> Readings {
        let (known, known_here) = tokio::sync::watch::channel(None);
        let told = async {
            let gathered = gathered.await;
            // Nobody waiting any more is fine.
            let _ = known.send(Some(gathered.clone()));
            gathered
        };
        let ids = Ids { subject, gathered: known_here };
        let (gathered, mdblist, (omdb, trakt, datasets)) =
            tokio::join!(told, self.read_mdblist(&ids), self.read_by_imdb(&ids));
        let tmdb = gathered.as_ref().map(|gathered| read_tmdb(gathered, subject.episode.is_some()));
        let providers: Vec<Reading> =
            [tmdb, mdblist, omdb, trakt, datasets].into_iter().flatten().collect();
        let imdb = subject.imdb.or_else(|| gathered.as_ref().and_then(imdb_of));
        self.merge(subject, imdb, providers).await
    }

    async fn merge(
        &self,
        subject: Subject,
        imdb: Option<ImdbId>,
        providers: Vec<Reading>,
    ) -> Readings {
        let all: Vec<ProviderRatings> = providers.iter().map(Reading::as_ratings).collect();
        let merged = ratings::merge(&all, &MergeContext { media: subject.media });
        // An episode's picture shows no statuette of its series.
        let awards = if subject.episode.is_some() {
            MergedAwards::default()
        } else {
            self.awards(imdb, &providers).await
        };
        Readings { merged, awards, providers }
    }

    async fn awards(&self, imdb: Option<ImdbId>, providers: &[Reading]) -> MergedAwards {
        let listed = match imdb {
            Some(imdb) => self.datasets.awards(imdb).await,
            None => Vec::new(),
        };
        let mut covered: Vec<AwardBody> = listed.iter().map(|award| award.body).collect();
        // These two lists are complete wherever there are lists at all.
        if self.datasets.has_awards() && imdb.is_some() {
            covered.extend([AwardBody::Oscar, AwardBody::Emmy]);
        }
        let text =
            providers.iter().find_map(|reading| reading.awards.as_deref()).map(awards::parse);
        awards::merge(&ListedAwards { covered: &covered, awards: &listed }, text.as_deref())
    }

    async fn read_mdblist(&self, ids: &Ids) -> Option<Reading> {
        // It has no episodes.
        if ids.subject.episode.is_some() {
            return None;
        }
        let known = self.ask_mdblist(ids.subject, ids.labels(), Self::fresh(ids)).await?;
        Some(Reading::of(Provider::Mdblist, known, |ratings| (ratings.clone(), None)))
    }

    /// One call at most for a title, whoever needs it; `None` where MDBList is off.
    pub(super) async fn ask_mdblist(
        &self,
        subject: Subject,
        labels: Labels,
        fresh: Duration,
    ) -> Option<Result<CachedAnswer<Vec<RawRating>>, SwrError>> {
        let mdblist = self.providers.mdblist.clone()?;
        let Subject { media, tmdb, imdb, .. } = subject;
        let ask = |priority: Priority| {
            let mdblist = mdblist.with(priority.into());
            async move {
                let title = match imdb {
                    Some(imdb) => mdblist.by_imdb(media, imdb).await,
                    None => mdblist.by_tmdb(media, tmdb).await,
                };
                Ok(title?.ratings)
            }
        };
        Some(self.remembered.mdblist.get((media, tmdb), labels, |_| fresh, ask).await)
    }

    /// Everything that is asked by an IMDb id: with the caller's own at once,
    /// else as soon as TMDB has told it.
    async fn read_by_imdb(&self, ids: &Ids) -> (Option<Reading>, Option<Reading>, Option<Reading>) {
        let own = async {
            let imdb = ids.rated(self).await;
            tokio::join!(self.read_omdb(ids, imdb), self.read_datasets(imdb))
        };
        let ((omdb, datasets), trakt) = tokio::join!(own, self.read_trakt(ids));
        (omdb, trakt, datasets)
    }

    async fn read_datasets(&self, imdb: Option<ImdbId>) -> Option<Reading> {
        let provider = Provider::ImdbDatasets;
        let read_at = self.datasets.ratings_built_at()?;
        let Some(imdb) = imdb else {
            return Some(Reading::without_id(provider));
        };
        // The sets themselves tell when others came into use; until then there is nothing to see.
        let refresh_at = (read_at + DAY_SECS).max(freshness::now() + DAY_SECS / 24);
        let Some((score, votes)) = self.datasets.rating(imdb).await else {
            return Some(Reading {
                state: ReadingState::Absent { refresh_at },
                ..Reading::without_id(provider)
            });
        };
        let rating = RawRating::new(RatingSource::Imdb, score.value(), Some(votes));
        let state = ReadingState::Read { read_at, refresh_at, stale: false };
        Some(Reading { provider, state, ratings: vec![rating], awards: None })
    }

    async fn read_omdb(&self, ids: &Ids, imdb: Option<ImdbId>) -> Option<Reading> {
        self.providers.omdb.as_ref()?;
        let Some(imdb) = imdb else {
            return Some(Reading::without_id(Provider::Omdb));
        };
        let known = self.ask_omdb(imdb, ids.labels(), Self::fresh(ids)).await;
        let take = |read: &OmdbReading| (read.ratings.clone(), read.awards.clone());
        Some(Reading::of(Provider::Omdb, known, take))
    }

    /// OMDb's answer for an IMDb id, ahead of everything else: what it is asked
    /// by is known before the title is.
    pub async fn read_ahead(&self, imdb: ImdbId) {
        if self.providers.omdb.is_some() {
            // Its outcome is read where it is needed.
            let _ = self.ask_omdb(imdb, labels_of_imdb(imdb), AHEAD).await;
        }
    }

    /// One call at most for an id, whoever needs it.
    pub(super) async fn ask_omdb(
        &self,
        imdb: ImdbId,
        labels: Labels,
        fresh: Duration,
    ) -> Result<CachedAnswer<OmdbReading>, SwrError> {
        let omdb = self.providers.omdb.clone();
        let ask = |priority: Priority| {
            let omdb = omdb.as_ref().map(|omdb| omdb.with(priority.into()));
            async move {
                let omdb = omdb.ok_or(UpstreamError::NotFound { provider: "omdb" })?;
                let title = omdb.by_imdb(imdb).await?;
                Ok(OmdbReading { ratings: title.ratings, awards: title.awards })
            }
        };
        self.remembered.omdb.get(imdb, labels, |_| fresh, ask).await
    }

    async fn read_trakt(&self, ids: &Ids) -> Option<Reading> {
        let trakt = self.providers.trakt.clone()?;
        let Some(imdb) = ids.title().await else {
            return Some(Reading::without_id(Provider::Trakt));
        };
        let Subject { media, episode, .. } = ids.subject;
        let title = match (media, episode) {
            (MediaType::Movie, _) => TraktTitle::Movie(imdb),
            (MediaType::Series, None) => TraktTitle::Series(imdb),
            (MediaType::Series, Some(number)) => TraktTitle::Episode(imdb, number),
        };
        let fresh = Self::fresh(ids);
        let key = TraktKey { imdb, media, episode };
        let known = self.remembered.trakt.get(
            key,
            ids.labels(),
            |_| fresh,
            |priority| {
                let trakt = trakt.with(priority.into());
                async move { trakt.ratings(title).await }
            },
        );
        Some(Reading::of(Provider::Trakt, known.await, |ratings| (ratings.clone(), None)))
    }

    /// How long ratings stay fresh, as far as the title's age is known by now.
    fn fresh(ids: &Ids) -> Duration {
        freshness::of_title(ids.released(), freshness::now()).data
    }
}

const DAY_SECS: u64 = 86_400;

/// Asked ahead, a title's age is not known: an answer of up to this age will
/// do, the rule by age is applied right after.
pub(super) const AHEAD: Duration = Duration::from_hours(24 * 30);

/// Ids as they become known.
struct Ids {
    subject: Subject,
    /// The outer `None`: TMDB has not answered yet.
    #[expect(clippy::option_option, reason = "not yet, and never, are told apart")]
    gathered: tokio::sync::watch::Receiver<Option<Option<Gathered>>>,
}

impl Ids {
    /// The id of the film, or of the series also where an episode is rated.
    async fn title(&self) -> Option<ImdbId> {
        match self.subject.imdb {
            Some(imdb) => Some(imdb),
            None => self.told().await.as_ref().and_then(imdb_of),
        }
    }

    /// The id of what is rated.
    async fn rated(&self, gatherer: &Gatherer) -> Option<ImdbId> {
        let Some(number) = self.subject.episode else {
            return self.title().await;
        };
        if let Some(own) = self.subject.episode_imdb {
            return Some(own);
        }
        if let Some(series) = self.subject.imdb
            && let Some(own) = gatherer.datasets.episode(series, number).await
        {
            return Some(own);
        }
        let gathered = self.told().await?;
        let named = gathered.episode().and_then(|episode| episode.imdb);
        match (named, imdb_of(&gathered)) {
            (None, Some(series)) => gatherer.datasets.episode(series, number).await,
            (named, _) => named,
        }
    }

    async fn told(&self) -> Option<Gathered> {
        let mut gathered = self.gathered.clone();
        let told = gathered.wait_for(Option::is_some).await.ok()?;
        told.clone().flatten()
    }

    fn released(&self) -> Option<Date> {
        self.gathered.borrow().as_ref()?.as_ref()?.released()
    }

    fn labels(&self) -> Labels {
        super::title_labels(self.subject.media, self.subject.tmdb, self.subject.imdb)
    }
}

fn imdb_of(gathered: &Gathered) -> Option<ImdbId> {
    gathered.details().and_then(|details| details.title.ids.imdb)
}

pub(super) fn labels_of_imdb(imdb: ImdbId) -> Labels {
    Labels { titles: vec![imdb.to_string()], family: None }
}

/// TMDB's own rating comes with its details.
fn read_tmdb(gathered: &Gathered, of_episode: bool) -> Reading {
    let provider = Provider::Tmdb;
    if of_episode {
        let known = gathered.episode.clone();
        let Some(known) = known else {
            return Reading::without_id(provider);
        };
        return Reading::of(provider, Ok(known), |episode: &EpisodeDetails| {
            (own(episode.vote_average, episode.vote_count), None)
        });
    }
    let Some(known) = gathered.details.clone() else {
        let state = ReadingState::Failed { reason: "no_details" };
        return Reading { state, ..Reading::without_id(provider) };
    };
    Reading::of(provider, Ok(known), |details: &Details| {
        (own(details.vote_average, details.vote_count), None)
    })
}

fn own(average: f32, votes: u32) -> Vec<RawRating> {
    vec![RawRating::out_of_ten(RatingSource::Tmdb, f64::from(average), Some(votes))]
}
