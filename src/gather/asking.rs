//! Ratings and awards of one title: each provider is asked for what the others do not have.
//!
//! What costs no call comes first: TMDB's own rating comes with the details, IMDb's data set and the
//! award lists are on disk. Providers of [`Rank::First`] are asked as soon as the title is resolved.
//! Those of [`Rank::Fallback`] are asked for what is missing then: at once where the first are known
//! to fail or cannot have it (an award), when they have answered, or when they are late.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared, join_all};
use tokio::sync::OnceCell;

use super::awards::{self, ListedAwards, MergedAwards};
use super::need::{ListedBodies, Need, NotAsked};
use super::ratings::{self, MergeContext, Merged};
use super::report::{Basis, ProviderReport, ReportState};
use super::season::EpisodesMean;
use super::title::Resolved;
use super::{Completeness, DataRequest, GatherError, Gatherer, TitleRecord};
use crate::cache::{CachedAnswer, SwrError, freshness};
use crate::model::{
    AwardBody, Date, ImdbId, MediaType, PictureOf, Provider, ProviderRatings, RatingSource,
    RawRating,
};
use crate::store::Labels;
use crate::upstream::tmdb::{Details, EpisodeDetails, SeasonDetails};
use crate::upstream::{
    LATE_AFTER, ProviderAnswer, Rank, RatedId, RatingProvider, Subject, UpstreamError,
};

/// How long an answer is waited for that is used only if it is cached: it may lie on disk.
const CACHED_TIMEOUT: Duration = Duration::from_millis(50);

const DAY_SECS: u64 = 86_400;

/// What TMDB has of a title, for all who need it while it is asked for.
pub(super) type SharedRecord<'a> = Shared<BoxFuture<'a, Result<TitleRecord, GatherError>>>;

/// All that is known of a title's ratings and awards.
#[derive(Clone, Debug, Default)]
pub(super) struct TitleRatings {
    pub(super) merged: Merged,
    pub(super) awards: MergedAwards,
    pub(super) reports: Vec<ProviderReport>,
}

/// What the asking for one title's ratings is about.
pub(super) struct Asking<'a> {
    gatherer: &'a Gatherer,
    request: &'a DataRequest,
    completeness: Completeness,
    media: MediaType,
    labels: Labels,
    /// As it is known before TMDB has given the details.
    subject: Subject,
    record: SharedRecord<'a>,
    /// The season that is pictured.
    season: Option<u16>,
    /// What the data set says of that season's episodes, once it was asked.
    episodes_mean: OnceCell<Option<EpisodesMean>>,
}

type Provided = Arc<dyn RatingProvider>;

impl<'a> Asking<'a> {
    pub(super) async fn new(
        gatherer: &'a Gatherer,
        (request, completeness): (&'a DataRequest, Completeness),
        resolved: &Resolved,
        record: SharedRecord<'a>,
    ) -> Self {
        let subject = gatherer.with_episode_id(subject(resolved, request)).await;
        let (media, labels) = (resolved.media, super::labels_of(resolved));
        let season = resolved.season.filter(|_| request.kind.is_of_season());
        let episodes_mean = OnceCell::new();
        Self {
            gatherer,
            request,
            completeness,
            media,
            labels,
            subject,
            record,
            season,
            episodes_mean,
        }
    }

    /// Asks for all that the picture may show.
    pub(super) async fn ratings(&self) -> TitleRatings {
        let first = self.ask_first().boxed().shared();
        let (record, first, fallbacks) = futures::future::join3(
            self.record.clone(),
            first.clone(),
            join_all(self.of_rank(Rank::Fallback).map(|p| self.ask_fallback(p, first.clone()))),
        )
        .await;
        let subject = self.completed(record.as_ref().ok()).await;
        let tmdb = record.as_ref().ok().map(|record| report_tmdb(record, subject));
        let datasets = self.report_datasets(subject).await;
        let reports: Vec<ProviderReport> =
            tmdb.into_iter().chain(first).chain(fallbacks).chain(datasets).collect();
        let merged = merge(self.media, &reports);
        let awards = self.awards(subject, &reports).await;
        TitleRatings { merged, awards, reports }
    }

    fn of_rank(&self, rank: Rank) -> impl Iterator<Item = &'a Provided> {
        let providers = &self.gatherer.providers.ratings;
        providers.iter().filter(move |provider| provider.row().rank == rank)
    }

    async fn ask_first(&self) -> Vec<ProviderReport> {
        let asking = self.of_rank(Rank::First).map(async |provider| {
            match self.not_asked(provider, self.subject, &[]).await {
                Some(report) => report,
                None => self.ask(provider).await,
            }
        });
        join_all(asking).await
    }

    /// Asks a provider for what those of the first rank do not have.
    async fn ask_fallback(
        &self,
        provider: &Provided,
        first: Shared<impl Future<Output = Vec<ProviderReport>>>,
    ) -> ProviderReport {
        if let Some(report) = self.not_asked(provider, self.subject, &[]).await {
            return report;
        }
        // The lists and the data set are asked by an IMDb id.
        let subject = match self.subject.rated_imdb() {
            Some(_) => self.subject,
            None => self.completed(self.record.clone().await.as_ref().ok()).await,
        };
        let answered = if self.must_be_asked(provider, subject).await {
            Vec::new()
        } else {
            tokio::select! {
                biased;
                answered = first => answered,
                () = self.trouble_at_first(subject) => Vec::new(),
                // It may wait for its turn.
                () = tokio::time::sleep(LATE_AFTER) => Vec::new(),
            }
        };
        match self.not_asked(provider, subject, &answered).await {
            Some(report) => report,
            None => self.ask(provider).await,
        }
    }

    /// Whether a fallback is needed whatever the first providers will answer, or they will not.
    async fn must_be_asked(&self, provider: &Provided, subject: Subject) -> bool {
        let need = self.need();
        let lists = self.gatherer.listed(subject.imdb).await;
        let mut first = self.of_rank(Rank::First).filter(|first| first.rates(&subject));
        need.needs_award_of(provider.row(), &lists) || first.any(|first| !first.is_healthy())
    }

    /// Waits until an answer of the first is late or an attempt has failed, be it of another title:
    /// then the fallbacks are asked beside the next attempt, not after it.
    async fn trouble_at_first(&self, subject: Subject) {
        let first = self.of_rank(Rank::First).filter(|first| first.rates(&subject));
        let troubles: Vec<_> = first.map(|first| first.trouble().begins().boxed()).collect();
        match troubles.is_empty() {
            true => std::future::pending().await,
            false => drop(futures::future::select_all(troubles).await),
        }
    }

    /// The report of a provider that need not be asked, after what `answered` say.
    async fn not_asked(
        &self,
        provider: &Provided,
        subject: Subject,
        answered: &[ProviderReport],
    ) -> Option<ProviderReport> {
        let row = provider.row();
        let reason = if self.season.is_some() && self.is_preceded(provider) {
            Some(NotAsked::SeasonLimit)
        } else if provider.rates(&self.subject) {
            let local = self.report_datasets(subject).await;
            let reports: Vec<ProviderReport> = answered.iter().cloned().chain(local).collect();
            let known = merge(self.media, &reports).ratings;
            // TMDB's own rating comes with the details, and IMDb's as soon as its id is known.
            let datasets_to_come = subject.rated_imdb().is_none()
                && self.gatherer.datasets.ratings_built_at().is_some();
            let has = |source: RatingSource| {
                let first_hand = source.row().first_hand;
                first_hand == Some(Provider::TMDB)
                    || (datasets_to_come && first_hand == Some(Provider::IMDB_DATASETS))
                    || known.iter().any(|rating| rating.source == source)
            };
            self.need().not_asked(row, has, &self.gatherer.listed(subject.imdb).await)
        } else {
            Some(NotAsked::NotRated)
        };
        let state = ReportState::NotAsked { reason: reason? };
        Some(ProviderReport::without_answer(row.provider, state))
    }

    /// Whether a provider that is asked earlier is likely to answer.
    fn is_preceded(&self, provider: &Provided) -> bool {
        let own = provider.row().provider;
        let before = self.gatherer.providers.ratings.iter();
        let mut before = before.take_while(|other| other.row().provider != own);
        before.any(|other| other.rates(&self.subject) && other.is_healthy())
    }

    fn need(&self) -> Need<'a> {
        let of_episode = self.subject.episode.is_some();
        Need { request: self.request, media: self.media, of_episode }
    }

    /// Asks one provider, as soon as there is an id to ask it by.
    async fn ask(&self, provider: &Provided) -> ProviderReport {
        let name = provider.row().provider;
        let mut subject = self.subject;
        if provider.id(&subject).is_none() {
            subject = self.completed(self.record.clone().await.as_ref().ok()).await;
        }
        let Some(id) = provider.id(&subject) else {
            return ProviderReport::without_answer(name, ReportState::NoId);
        };
        let fresh = freshness::of_title(self.released(), self.gatherer.now()).data;
        let asked = self.gatherer.ask(provider, (id, subject), self.labels.clone(), fresh);
        let cached = match self.completeness {
            Completeness::Full => asked.await.map(Some),
            Completeness::Arrived => {
                tokio::time::timeout(CACHED_TIMEOUT, asked).await.ok().transpose()
            }
        };
        ProviderReport::of(name, cached, Clone::clone)
    }

    /// The subject with the ids that TMDB has told.
    async fn completed(&self, record: Option<&TitleRecord>) -> Subject {
        let of_title = || record?.details()?.title.ids.imdb;
        let of_episode = || record?.episode()?.imdb;
        let subject = self.subject;
        self.gatherer
            .with_episode_id(Subject {
                imdb: subject.imdb.or_else(of_title),
                episode_imdb: subject.episode_imdb.or_else(of_episode),
                ..subject
            })
            .await
    }

    /// Tells how old the title is, as far as that is known by now.
    fn released(&self) -> Option<Date> {
        self.record.peek()?.as_ref().ok()?.released()
    }

    /// `None` where the data set is off.
    async fn report_datasets(&self, subject: Subject) -> Option<ProviderReport> {
        let (datasets, provider) = (&self.gatherer.datasets, Provider::IMDB_DATASETS);
        let read_at = datasets.ratings_built_at()?;
        let without = |state| Some(ProviderReport::without_answer(provider, state));
        let Some(imdb) = subject.rated_imdb() else {
            return without(ReportState::NoId);
        };
        // The sets themselves tell when others came into use; until then there is nothing to see.
        let refresh_at = (read_at + DAY_SECS).max(self.gatherer.now() + DAY_SECS / 24);
        let (value, votes, basis) = match self.episodes_mean(subject).await {
            Some(EpisodesMean { value, votes, episodes }) => {
                (value, votes, Some(Basis::Episodes { episodes }))
            }
            None => match datasets.rating(imdb).await {
                Some((score, votes)) => (score.value(), votes, None),
                None => return without(ReportState::Absent { refresh_at }),
            },
        };
        let ratings = vec![RawRating::new(RatingSource::Imdb, value, Some(votes))];
        let state = ReportState::Read { read_at, refresh_at, stale: false };
        let answer = ProviderAnswer { ratings, ..ProviderAnswer::default() };
        Some(ProviderReport { provider, state, basis, answer })
    }

    /// The mean of the pictured season's episodes in the data set.
    async fn episodes_mean(&self, subject: Subject) -> Option<EpisodesMean> {
        let (season, series) = (self.season?, subject.imdb?);
        let asked = || self.gatherer.episodes_mean(series, season);
        *self.episodes_mean.get_or_init(asked).await
    }

    async fn awards(&self, subject: Subject, reports: &[ProviderReport]) -> MergedAwards {
        // An episode's picture shows no statuette of its series.
        if subject.episode.is_some() {
            return MergedAwards::default();
        }
        let text = reports.iter().find_map(|report| {
            let text = report.answer.awards.as_deref()?;
            Some(awards::parse(text, report.provider))
        });
        let ListedBodies { covered, known } = self.gatherer.listed(subject.imdb).await;
        awards::merge(&ListedAwards { covered: &covered, awards: &known.awards }, text.as_deref())
    }
}

impl Gatherer {
    /// One call at most for what is rated, whoever needs it.
    pub(super) async fn ask(
        &self,
        provider: &Provided,
        (id, subject): (RatedId, Subject),
        labels: Labels,
        fresh: Duration,
    ) -> Result<CachedAnswer<ProviderAnswer>, SwrError> {
        let key = (provider.row().provider, id);
        let ask = |priority| {
            let asked: BoxFuture<'static, Result<ProviderAnswer, UpstreamError>> =
                provider.ask(subject, priority);
            asked
        };
        self.answers.ratings.get(key, labels, |_| fresh, ask).await
    }

    /// What the public lists say of a title, and of which awards they have the last word.
    async fn listed(&self, imdb: Option<ImdbId>) -> ListedBodies {
        let Some(imdb) = imdb else {
            return ListedBodies::default();
        };
        let listed = self.datasets.awards(imdb).await;
        let mut covered: Vec<AwardBody> = listed.iter().map(|award| award.body).collect();
        // These two lists are complete wherever there are lists at all.
        if self.datasets.has_awards() {
            covered.extend([AwardBody::Oscar, AwardBody::Emmy]);
        }
        let known = MergedAwards { awards: listed, ..MergedAwards::default() };
        ListedBodies { covered, known }
    }

    /// An episode's own id by IMDb's data set, where nobody has told it.
    async fn with_episode_id(&self, subject: Subject) -> Subject {
        let (None, Some(series), Some(number)) =
            (subject.episode_imdb, subject.imdb, subject.episode)
        else {
            return subject;
        };
        Subject { episode_imdb: self.datasets.episode(series, number).await, ..subject }
    }
}

/// What a title's ratings are asked by.
fn subject(resolved: &Resolved, request: &DataRequest) -> Subject {
    let of_episode = request.kind.row().of == PictureOf::Episode;
    Subject {
        // Nobody rates collections.
        title: (!resolved.is_collection).then_some((resolved.media, resolved.tmdb)),
        imdb: resolved.imdb,
        episode: resolved.episode.filter(|_| of_episode),
        episode_imdb: resolved.episode_imdb,
    }
}

fn merge(media: MediaType, reports: &[ProviderReport]) -> Merged {
    let answered: Vec<ProviderRatings> =
        reports.iter().filter_map(ProviderReport::ratings).collect();
    ratings::merge(&answered, &MergeContext { media })
}

/// TMDB's own rating comes with its details.
fn report_tmdb(record: &TitleRecord, subject: Subject) -> ProviderReport {
    let provider = Provider::TMDB;
    if subject.episode.is_some() {
        return match record.episode.clone() {
            None => ProviderReport::without_answer(provider, ReportState::NoId),
            Some(cached) => ProviderReport::of(provider, Ok(Some(cached)), |e: &EpisodeDetails| {
                own_rating(e.vote_average, Some(e.vote_count))
            }),
        };
    }
    if let Some(cached) = record.season.clone()
        && record.season().is_some_and(|season| season.vote_average > 0.0)
    {
        let report = ProviderReport::of(provider, Ok(Some(cached)), |season: &SeasonDetails| {
            own_rating(season.vote_average, None)
        });
        return ProviderReport { basis: Some(Basis::Season), ..report };
    }
    match record.details.clone() {
        None => {
            let answer = record
                .resolved
                .found
                .map(|found| own_rating(found.vote_average, Some(found.votes)));
            let state = ReportState::Failed { reason: "no_details" };
            ProviderReport { provider, state, basis: None, answer: answer.unwrap_or_default() }
        }
        Some(cached) => ProviderReport::of(provider, Ok(Some(cached)), |details: &Details| {
            own_rating(details.vote_average, Some(details.vote_count))
        }),
    }
}

/// Of a season TMDB tells no votes.
fn own_rating(average: f32, votes: Option<u32>) -> ProviderAnswer {
    let rating = RawRating::out_of_ten(RatingSource::Tmdb, f64::from(average), votes);
    ProviderAnswer { ratings: vec![rating], ..ProviderAnswer::default() }
}
