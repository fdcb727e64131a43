//! From a request to what is known of a title: one tree of calls.
//!
//! The id is resolved; details, the episode and the ratings are asked for at once, as far as one
//! does not need another; then the ratings are merged and what the picture shows is chosen.

use std::time::Duration;

use futures::FutureExt;
use tokio::time::Instant;
use tracing::Instrument;

use super::asking::{Asking, TitleRatings};
use super::showing::{Findings, showing};
use super::title::Resolved;
use super::title_data::{Timing, TitleData, TitleRecord};
use super::{
    ArtworkPreference, Chosen, Completeness, DataRequest, GatherError, Gatherer, labels_of,
};
use crate::cache::Watch;
use crate::model::{ArtworkKind, ArtworkSource, Date, LanguagePreference, TitleFacts};
use crate::telemetry::metrics::STEP_SECONDS;

/// How long details are waited for where the rest is not, and TMDB has named an artwork already.
const ARRIVED_TIMEOUT: Duration = Duration::from_millis(400);

impl Gatherer {
    /// Collects what is known of a title. `likely` is handed artwork as soon as it is probable
    /// that it will be chosen, so that it can be fetched while the rest is asked for.
    ///
    /// # Errors
    /// There is no such title, or nothing to choose its artwork from.
    pub async fn gather<F, P>(
        &self,
        request: &DataRequest,
        completeness: Completeness,
        likely: F,
    ) -> Result<TitleData, GatherError>
    where
        F: Fn(Chosen) -> P + Send + Sync,
        P: Future<Output = ()> + Send,
    {
        let started = Instant::now();
        let data = self.collect(request, completeness, likely).await;
        if completeness == Completeness::Full {
            record_step("gather", request.kind, started);
        }
        data
    }

    async fn collect<F, P>(
        &self,
        request: &DataRequest,
        completeness: Completeness,
        likely: F,
    ) -> Result<TitleData, GatherError>
    where
        F: Fn(Chosen) -> P + Send + Sync,
        P: Future<Output = ()> + Send,
    {
        let started = Instant::now();
        let resolved = self
            .resolve_in(&request.title, request.kind, request.artwork.language)
            .instrument(tracing::debug_span!("resolve"))
            .await?;
        let resolve = started.elapsed();
        record_step("resolve", request.kind, started);
        let gone = resolved.clone();
        let collected = self.of_title(request, completeness, resolved, &likely).await;
        let (record, ratings, watch) = match collected {
            // The number may have been merged into another since its id was looked up.
            Err(GatherError::UnknownTitle) => {
                let again = self.resolve_again(request, &gone).await?;
                let resolved = again.ok_or(GatherError::UnknownTitle)?;
                self.of_title(request, completeness, resolved, &likely).await?
            }
            collected => collected?,
        };
        let TitleRatings { merged, awards, reports } = ratings;
        let collected_at = self.now();
        let rank = self.rank(&record).await;
        let none = TitleFacts::default();
        let details = record.details();
        let name_of_title = || details.map(|details| details.title.name.as_str());
        let name = record.episode().map(|episode| episode.name.as_str()).or_else(name_of_title);
        let age = reports.iter().find_map(|report| report.answer.common_sense_age);
        let showing = showing(
            request,
            &Findings {
                media: record.resolved.media,
                name,
                facts: details.map_or(&none, |details| &details.facts),
                seasons: details.map_or(&[], |details| &details.seasons),
                films: details.map_or(&[], |details| &details.films),
                released: record.released(),
                ratings: &merged.ratings,
                awards: &awards.awards,
                age,
                trending: self.trending_place(request, &record.resolved).await,
                rank,
                today: Date::of_unix_secs(collected_at),
            },
        );
        let timing = Timing::of(resolve, started.elapsed().saturating_sub(resolve));
        Ok(TitleData {
            record,
            ratings: merged,
            awards,
            providers: reports,
            rank,
            showing,
            timing,
            collected_at,
            watch,
        })
    }

    /// Details and ratings of a resolved title, at once.
    async fn of_title<F, P>(
        &self,
        request: &DataRequest,
        completeness: Completeness,
        resolved: Resolved,
        likely: &F,
    ) -> Result<(TitleRecord, TitleRatings, Watch), GatherError>
    where
        F: Fn(Chosen) -> P + Send + Sync,
        P: Future<Output = ()> + Send,
    {
        let watch = self.generations.watch(&labels_of(&resolved));
        let is_cold = !self.knows_details(&resolved, request.artwork.language);
        if let Some(chosen) = self.likely_artwork(request, &resolved) {
            likely(chosen).await;
        }
        let record = self.record(resolved.clone(), request, completeness).boxed().shared();
        let asking = Asking::new(self, (request, completeness), &resolved, record.clone()).await;
        let ahead = async {
            // The ratings may take longer than the details: the artwork is fetched meanwhile.
            if let Ok(record) = record.clone().await
                && is_cold
                && let Some(chosen) = self.choose_at_first_source(&record, &request.artwork).await
            {
                likely(chosen).await;
            }
        };
        let span = tracing::debug_span!("gather");
        let all = futures::future::join3(record.clone(), asking.ratings(), ahead);
        let (record, ratings, ()) = all.instrument(span).await;
        Ok((record?, ratings, watch))
    }

    /// What TMDB has of a title. Where the details are late, or can only be had in place of
    /// another's first picture, the artwork that the look-up has named will do.
    async fn record(
        &self,
        resolved: Resolved,
        request: &DataRequest,
        completeness: Completeness,
    ) -> Result<TitleRecord, GatherError> {
        let applied = self.applied(&resolved, request.kind);
        let by_rule = applied.path.is_none() && request.artwork.named.is_none();
        let is_guessed = by_rule && resolved.guess.of(request.kind).is_some();
        match completeness {
            Completeness::Arrived if is_guessed => {
                let describing = self.described(resolved.clone(), &request.artwork);
                let late = |_| Ok(TitleRecord::guessed(resolved, applied));
                tokio::time::timeout(ARRIVED_TIMEOUT, describing).await.unwrap_or_else(late)
            }
            Completeness::Full if self.can_wait_for_details(&resolved, request) => {
                self.details_behind(&resolved, request.artwork.language);
                Ok(TitleRecord::guessed(resolved, applied))
            }
            _ => self.described(resolved, &request.artwork).await,
        }
    }

    /// Whether a first picture can be made without the details, of which TMDB can give no more at
    /// the moment without others waiting longer for theirs.
    fn can_wait_for_details(&self, resolved: &Resolved, request: &DataRequest) -> bool {
        let is_default = request.artwork.language == LanguagePreference::Code(self.language);
        is_default
            && resolved.found.is_some()
            && self.providers.tmdb.is_busy()
            && self.likely_artwork(request, resolved).is_some()
    }

    /// The artwork that the look-up of the id has named, where it will mostly be the one that is
    /// chosen, and nothing better is cached to choose from.
    fn likely_artwork(&self, request: &DataRequest, resolved: &Resolved) -> Option<Chosen> {
        let guess = resolved.guess.of(request.kind)?;
        let ArtworkPreference { kind, source, language, textless_first, .. } = request.artwork;
        let by_rule =
            request.artwork.named.is_none() && self.applied(resolved, kind).path.is_none();
        let is_likely = by_rule
            && source == ArtworkSource::Tmdb
            // TMDB names posters with lettering, backdrops and stills without.
            && textless_first == kind.row().textless_first
            && language.code().is_some()
            && resolved.guess.language == language.code()
            && resolved.season.is_none()
            && !self.knows_details(resolved, language);
        is_likely.then(|| Chosen::named(guess.clone(), kind))
    }
}

fn record_step(step: &'static str, kind: ArtworkKind, started: Instant) {
    metrics::histogram!(STEP_SECONDS.name, "step" => step, "family" => kind.family())
        .record(started.elapsed());
}
