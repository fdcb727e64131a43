//! Ratings and awards of one title: every provider asked at once.

use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use serde::{Deserialize, Serialize};

use super::awards::{self, ListedAwards, MergedAwards};
use super::ratings::{self, MergeContext, Merged};
use super::{Completeness, GatherError, Gatherer, TitleRecord, value};
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
    /// Its answer was not waited for.
    Late,
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
pub(super) struct Readings {
    pub(super) merged: Merged,
    pub(super) awards: MergedAwards,
    pub(super) providers: Vec<Reading>,
    /// An answer was not waited for.
    pub(super) late: bool,
}

impl Reading {
    fn of<V>(
        provider: Provider,
        known: Result<Option<CachedAnswer<V>>, SwrError>,
        take: impl Fn(&V) -> (Vec<RawRating>, Option<String>),
    ) -> Self {
        let known = match known {
            Ok(Some(known)) => known,
            Ok(None) => return Self { state: ReadingState::Late, ..Self::without_id(provider) },
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

    fn is_late(&self) -> bool {
        self.state == ReadingState::Late
    }

    fn as_ratings(&self) -> ProviderRatings {
        let read_at = match self.state {
            ReadingState::Read { read_at, .. } => read_at,
            // Nothing of it is shown.
            _ => 0,
        };
        ProviderRatings { provider: self.provider, read_at, ratings: self.ratings.clone() }
    }
}

impl Gatherer {
    /// Asks every provider that rates `subject`, at once. `record` gives the ids and TMDB's own
    /// rating as soon as TMDB has answered; a provider that can be asked without them is not
    /// kept waiting.
    pub(super) async fn readings(
        &self,
        subject: Subject,
        completeness: Completeness,
        record: SharedRecord<'_>,
    ) -> Readings {
        let ids = Ids { subject, completeness, record };
        let (record, mdblist, (omdb, trakt, datasets)) =
            tokio::join!(ids.record(), self.read_mdblist(&ids), self.read_by_imdb(&ids));
        let tmdb = record.as_ref().map(|record| read_tmdb(record, subject.episode.is_some()));
        let late = [&mdblist, &omdb, &trakt].into_iter().flatten().any(Reading::is_late);
        let providers: Vec<Reading> =
            [tmdb, mdblist, omdb, trakt, datasets].into_iter().flatten().collect();
        let imdb = subject.imdb.or_else(|| record.as_ref().and_then(imdb_of));
        Readings { late, ..self.merge(subject, imdb, providers).await }
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
        Readings { merged, awards, providers, late: false }
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

    async fn read_mdblist(&self, ids: &Ids<'_>) -> Option<Reading> {
        // It has no episodes.
        if ids.subject.episode.is_some() {
            return None;
        }
        self.providers.mdblist.as_ref()?;
        let asked = self.ask_mdblist(ids.subject, ids.labels(), self.fresh(ids));
        let known = ids.wait_for(asked.map(Option::transpose)).await.map(Option::flatten);
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
    async fn read_by_imdb(
        &self,
        ids: &Ids<'_>,
    ) -> (Option<Reading>, Option<Reading>, Option<Reading>) {
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
        let refresh_at = (read_at + DAY_SECS).max(self.clock.unix_secs() + DAY_SECS / 24);
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

    async fn read_omdb(&self, ids: &Ids<'_>, imdb: Option<ImdbId>) -> Option<Reading> {
        self.providers.omdb.as_ref()?;
        let Some(imdb) = imdb else {
            return Some(Reading::without_id(Provider::Omdb));
        };
        let known = ids.wait_for(self.ask_omdb(imdb, ids.labels(), self.fresh(ids))).await;
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

    async fn read_trakt(&self, ids: &Ids<'_>) -> Option<Reading> {
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
        let fresh = self.fresh(ids);
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
        Some(Reading::of(Provider::Trakt, ids.wait_for(known).await, |ratings| {
            (ratings.clone(), None)
        }))
    }

    /// How long ratings stay fresh, as far as the title's age is known by now.
    fn fresh(&self, ids: &Ids<'_>) -> Duration {
        freshness::of_title(ids.released(), self.clock.unix_secs()).data
    }
}

/// How long an answer is waited for that is used only if it is cached: it may lie on disk.
const CACHED_TIMEOUT: Duration = Duration::from_millis(50);

const DAY_SECS: u64 = 86_400;

/// Asked ahead, a title's age is not known: an answer of up to this age will
/// do, the rule by age is applied right after.
pub(super) const AHEAD: Duration = Duration::from_hours(24 * 30);

/// What TMDB has of a title, for all who need it while it is asked for.
pub(super) type SharedRecord<'a> = Shared<BoxFuture<'a, Result<TitleRecord, GatherError>>>;

/// Ids as they become known.
struct Ids<'a> {
    subject: Subject,
    completeness: Completeness,
    record: SharedRecord<'a>,
}

impl Ids<'_> {
    /// The id of the film, or of the series also where an episode is rated.
    async fn title(&self) -> Option<ImdbId> {
        match self.subject.imdb {
            Some(imdb) => Some(imdb),
            None => self.record().await.as_ref().and_then(imdb_of),
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
        let record = self.record().await?;
        let named = record.episode().and_then(|episode| episode.imdb);
        match (named, imdb_of(&record)) {
            (None, Some(series)) => gatherer.datasets.episode(series, number).await,
            (named, _) => named,
        }
    }

    /// An answer; `None` where it is late and need not be waited for.
    async fn wait_for<T>(
        &self,
        answer: impl Future<Output = Result<T, SwrError>>,
    ) -> Result<Option<T>, SwrError> {
        match self.completeness {
            Completeness::Full => answer.await.map(Some),
            Completeness::Arrived => {
                tokio::time::timeout(CACHED_TIMEOUT, answer).await.ok().transpose()
            }
        }
    }

    /// What TMDB has of the title, once it has answered.
    async fn record(&self) -> Option<TitleRecord> {
        self.record.clone().await.ok()
    }

    fn released(&self) -> Option<Date> {
        self.record.peek()?.as_ref().ok()?.released()
    }

    fn labels(&self) -> Labels {
        super::title_labels(self.subject.media, self.subject.tmdb, self.subject.imdb)
    }
}

fn imdb_of(record: &TitleRecord) -> Option<ImdbId> {
    record.details().and_then(|details| details.title.ids.imdb)
}

pub(super) fn labels_of_imdb(imdb: ImdbId) -> Labels {
    Labels { titles: vec![imdb.to_string()], family: None }
}

/// TMDB's own rating comes with its details.
fn read_tmdb(record: &TitleRecord, of_episode: bool) -> Reading {
    let provider = Provider::Tmdb;
    if of_episode {
        let known = record.episode.clone();
        let Some(known) = known else {
            return Reading::without_id(provider);
        };
        return Reading::of(provider, Ok(Some(known)), |episode: &EpisodeDetails| {
            (own(episode.vote_average, episode.vote_count), None)
        });
    }
    let Some(known) = record.details.clone() else {
        let state = ReadingState::Failed { reason: "no_details" };
        return Reading { state, ..Reading::without_id(provider) };
    };
    Reading::of(provider, Ok(Some(known)), |details: &Details| {
        (own(details.vote_average, details.vote_count), None)
    })
}

fn own(average: f32, votes: u32) -> Vec<RawRating> {
    vec![RawRating::out_of_ten(RatingSource::Tmdb, f64::from(average), Some(votes))]
}
