//! From a request to what is known of a title: one tree of calls.
//!
//! The id is resolved; details, the episode and the ratings are asked for at once, as far as one
//! does not need another; then the ratings are merged and what the picture shows is chosen.

use std::time::Duration;

use futures::FutureExt;
use tokio::time::Instant;
use tracing::Instrument;

use super::reading::Readings;
use super::showing::showing;
use super::title::Resolved;
use super::title_data::{Timing, TitleData, TitleRecord};
use super::{Chosen, Completeness, DataRequest, GatherError, Gatherer, Pick, labels_of, subject};
use crate::cache::Watch;
use crate::model::{ArtworkKind, ArtworkSource, ExternalId};
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
        let collecting = self.collect(request, completeness, likely).boxed();
        if completeness == Completeness::Arrived {
            return collecting.await;
        }
        let started = Instant::now();
        let ahead = self.ask_ahead(request).boxed();
        // What is asked ahead is cached; it is not waited for here.
        let data = match futures::future::select(collecting, ahead).await {
            futures::future::Either::Left((data, _)) => data,
            futures::future::Either::Right(((), collecting)) => collecting.await,
        };
        record_step("gather", request.kind, started);
        data
    }

    /// OMDb is asked by what is known before the title is.
    async fn ask_ahead(&self, request: &DataRequest) {
        // An episode's own rating is asked by an id that is not known yet.
        if let (true, ExternalId::Imdb(imdb), None) =
            (request.shows_data(), request.title.external, request.title.episode)
        {
            self.read_ahead(imdb).await;
        }
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
            .resolve(&request.title, request.kind)
            .instrument(tracing::debug_span!("resolve"))
            .await?;
        let resolve = started.elapsed();
        record_step("resolve", request.kind, started);
        let gone = resolved.clone();
        let collected = self.of_title(request, completeness, resolved, &likely).await;
        let (record, readings, watch) = match collected {
            // The number may have been merged into another since its id was looked up.
            Err(GatherError::UnknownTitle) => {
                let again = self.resolve_again(&request.title, request.kind, &gone).await?;
                let resolved = again.ok_or(GatherError::UnknownTitle)?;
                self.of_title(request, completeness, resolved, &likely).await?
            }
            collected => collected?,
        };
        let Readings { merged, awards, providers, late } = readings;
        let showing = showing(
            (&request.ratings, request.awards),
            record.resolved.media,
            &merged.ratings,
            &awards.awards,
        );
        let timing = Timing::of(resolve, started.elapsed().saturating_sub(resolve));
        let collected_at = self.clock.unix_secs();
        Ok(TitleData {
            record,
            ratings: merged,
            awards,
            providers,
            showing,
            late,
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
    ) -> Result<(TitleRecord, Readings, Watch), GatherError>
    where
        F: Fn(Chosen) -> P + Send + Sync,
        P: Future<Output = ()> + Send,
    {
        let watch = self.generations.watch(&labels_of(&resolved));
        if let Some(chosen) = self.likely_artwork(request, &resolved) {
            likely(chosen).await;
        }
        let subject = subject(&resolved, request.kind);
        let record = self.record(resolved, request.kind, completeness).boxed().shared();
        let readings = async {
            if !request.shows_data() {
                return Readings::default();
            }
            self.readings(subject, completeness, record.clone()).await
        };
        let span = tracing::debug_span!("gather");
        let (record, readings) =
            futures::future::join(record.clone(), readings).instrument(span).await;
        Ok((record?, readings, watch))
    }

    /// What TMDB has of a title, or only the artwork it has named where the details are late.
    async fn record(
        &self,
        resolved: Resolved,
        kind: ArtworkKind,
        completeness: Completeness,
    ) -> Result<TitleRecord, GatherError> {
        let can_do_without = resolved.guess.of(kind).is_some();
        if completeness == Completeness::Full || !can_do_without {
            return self.described(resolved, kind).await;
        }
        let describing = self.described(resolved.clone(), kind);
        let late = |_| Ok(TitleRecord { resolved, details: None, episode: None });
        tokio::time::timeout(ARRIVED_TIMEOUT, describing).await.unwrap_or_else(late)
    }

    /// The artwork that the look-up of the id has named, where it will mostly be the one that is
    /// chosen, and nothing better is cached to choose from.
    fn likely_artwork(&self, request: &DataRequest, resolved: &Resolved) -> Option<Chosen> {
        let guess = resolved.guess.of(request.kind)?;
        let is_likely = request.artwork.source == ArtworkSource::Tmdb
            && !request.artwork.textless
            && resolved.season.is_none()
            && !self.knows_details(resolved);
        is_likely.then(|| Chosen { artwork: guess.clone(), width: 0, height: 0, pick: Pick::Named })
    }
}

fn record_step(step: &'static str, kind: ArtworkKind, started: Instant) {
    metrics::histogram!(STEP_SECONDS.name, "step" => step, "family" => kind.family())
        .record(started.elapsed());
}
