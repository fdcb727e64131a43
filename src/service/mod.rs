//! Serves the artwork a request asks for: from memory, else from the pipeline, within the budget
//! and the deadline.
//!
//! gather → choose → spec → find → base → paint: see [`pipeline`]. Every step shares its work with
//! whoever else needs it at the moment.

mod attempts;
mod base_store;
mod behind;
mod cached_picture;
mod clean;
mod error;
mod explain;
mod painting;
mod picture_cache;
mod picture_store;
mod pipeline;
mod recent_artwork;
mod renderer;
mod source;
mod spec;
mod version_token;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

pub use cached_picture::{CacheStatus, CachedPicture, PictureRequest, ServedPicture};
pub use error::ServeError;

use crate::budgets::{Budget, Budgets};
use crate::cache::{CacheContext, Flight, Flights};
use crate::gather::{Completeness, Gatherer};
use crate::model::{ArtworkKind, ExternalId, ImdbId, NamedArtwork, Score, TitleId, TmdbTitle};
use crate::render::{Pool, PoolError};
use crate::store::BlobStore;
use crate::telemetry::metrics::{CACHE_BYTES, CACHE_ENTRIES, CACHE_LOOKUPS};
use base_store::BaseStore;
use behind::Behind;
use picture_cache::PictureCache;
use picture_store::PictureStore;
use pipeline::{Pipeline, Rendered};
use renderer::Renderer;
use source::Sources;

/// How long a caller waits for a picture to be looked at again before it gets the one that is
/// there.
const RECHECK_TIMEOUT: Duration = Duration::from_millis(150);

/// How long a picture of what has arrived is held back for the whole one, which may be nearly done.
const WHOLE_TIMEOUT: Duration = Duration::from_millis(60);

/// What a server of artwork is made of.
#[derive(Debug)]
pub struct ServiceParts {
    pub gather: Gatherer,
    pub blobs: BlobStore,
    pub upkeep: CacheContext,
    pub pool: Pool,
    pub budgets: Budgets,
    pub render_budget: Duration,
    pub deadline: Duration,
    /// libjpeg's quality, 1-100.
    pub jpeg_quality: u8,
}

type Flown = Result<Rendered, ServeError>;

/// The product: artwork by request.
#[derive(Debug)]
pub struct Artworks {
    pipeline: Arc<Pipeline>,
    /// By the overrides in force, too: who asks after a change waits for no picture from before it.
    flights: Flights<(Arc<PictureRequest>, Completeness, u64), Flown>,
    behind: Behind,
    budgets: Budgets,
    render_budget: Duration,
    deadline: Duration,
}

/// What a request that waits for no picture is answered.
#[derive(Clone, Debug)]
pub enum HeadOutcome {
    /// The picture is there.
    Ready(ServedPicture),
    /// The title is known, its picture is being made.
    Rendering,
}

impl Artworks {
    pub fn new(parts: ServiceParts) -> Arc<Self> {
        let ServiceParts { gather, blobs, upkeep, pool, budgets, .. } = parts;
        let files = Sources::new(&budgets, blobs.clone());
        let bases = BaseStore::new(budgets[Budget::BaseCache] as u64, blobs.clone());
        let clock = upkeep.clock.clone();
        let overrides = Arc::clone(gather.overrides());
        let pipeline = Pipeline {
            gatherer: gather,
            cache: PictureCache::new(&budgets, upkeep, overrides),
            store: PictureStore::new(blobs),
            renderer: Renderer::new(pool, files, bases),
            jpeg_quality: parts.jpeg_quality,
            clock,
        };
        Arc::new(Self {
            pipeline: Arc::new(pipeline),
            flights: Flights::default(),
            behind: Behind::default(),
            budgets,
            render_budget: parts.render_budget,
            deadline: parts.deadline,
        })
    }

    pub fn gatherer(&self) -> &Gatherer {
        self.pipeline.gatherer()
    }

    /// How long a whole answer is waited for.
    pub fn render_budget(&self) -> Duration {
        self.render_budget
    }

    pub fn pool(&self) -> &Pool {
        self.pipeline.renderer.pool()
    }

    /// The picture, if it is in memory and nothing speaks against it: no lock, no allocation, no
    /// upstream.
    pub fn cached(&self, request: &Arc<PictureRequest>) -> Option<ServedPicture> {
        let picture = self.pipeline.cache.current(request)?;
        Some(ServedPicture { picture, status: CacheStatus::Hit })
    }

    /// The picture within the deadline, counted from now.
    pub async fn serve(&self, request: &Arc<PictureRequest>) -> Result<ServedPicture, ServeError> {
        if let Some(served) = self.cached(request) {
            return Ok(served);
        }
        let started = Instant::now();
        let whole = self.render(request, Completeness::Full);
        if let Some(old) = self.pipeline.cache.get(request) {
            count_lookup("stale");
            return recheck(old, whole).await;
        }
        count_lookup("miss");
        let budget = tokio::time::timeout_at(started + self.render_budget, whole.clone()).await;
        if let Ok(rendered) = budget {
            return landed(rendered).map(Rendered::whole);
        }
        let last = started + self.deadline;
        if !request.options.fallback {
            let rendered = tokio::time::timeout_at(last, whole).await;
            return rendered
                .map_or(Err(ServeError::RatingsLate), |whole| landed(whole).map(Rendered::whole));
        }
        tokio::select! {
            rendered = whole.clone() => landed(rendered).map(Rendered::whole),
            arrived = self.render(request, Completeness::Arrived) => {
                whole_or_arrived(whole, landed(arrived)).await
            }
            () = tokio::time::sleep_until(last) => Err(self.late()),
        }
    }

    /// Answers without waiting for a picture: finds out whether the title exists, and starts making
    /// it.
    pub async fn head(&self, request: &Arc<PictureRequest>) -> Result<HeadOutcome, ServeError> {
        if let Some(served) = self.cached(request) {
            return Ok(HeadOutcome::Ready(served));
        }
        if let Some(picture) = self.pipeline.cache.get(request) {
            return Ok(HeadOutcome::Ready(ServedPicture { picture, status: CacheStatus::Stale }));
        }
        let resolving = self.gatherer().resolve(&request.title, request.kind);
        let resolved = tokio::time::timeout(self.render_budget, resolving).await;
        resolved.map_err(|_| ServeError::Late)??;
        drop(self.render(request, Completeness::Full));
        Ok(HeadOutcome::Rendering)
    }

    /// Explains the picture of a request as JSON; `ignored` are parameters that were not
    /// understood. Gathers what is needed, renders nothing.
    pub async fn explain(
        &self,
        request: &Arc<PictureRequest>,
        ignored: &[String],
    ) -> Result<Value, ServeError> {
        let started = Instant::now();
        let whole = self.pipeline.draft(request, Completeness::Full);
        let draft = if let Ok(draft) = tokio::time::timeout(self.render_budget, whole).await {
            draft?
        } else {
            // What is late is left out, as in the picture of this moment.
            let rest = self.deadline.saturating_sub(started.elapsed());
            let arrived = self.pipeline.draft(request, Completeness::Arrived);
            tokio::time::timeout(rest, arrived).await.map_err(|_| ServeError::Late)??
        };
        let plan = self.pipeline.renderer.known_plan(&draft.spec).await;
        let told = explain::Told { draft: &draft, plan, ignored, started };
        Ok(explain::document(&self.pipeline, request, &told))
    }

    /// The film or the series that an id means.
    pub async fn title(&self, id: &TitleId) -> Result<TmdbTitle, ServeError> {
        let resolving = self.gatherer().resolve(id, ArtworkKind::Poster);
        let resolved = tokio::time::timeout(self.deadline, resolving).await;
        let resolved = resolved.map_err(|_| ServeError::Late)??;
        Ok(TmdbTitle { media: resolved.media, id: resolved.tmdb })
    }

    /// Whether a title has a picture of that path.
    pub async fn has_candidate(
        &self,
        title: TmdbTitle,
        named: &NamedArtwork,
    ) -> Result<bool, ServeError> {
        let external = ExternalId::Tmdb(title.id);
        let id = TitleId { external, media: Some(title.media), episode: None, season: None };
        let looked_for = async {
            let resolved = self.gatherer().resolve(&id, named.kind).await?;
            self.gatherer().has_candidate(&resolved, named).await
        };
        let found = tokio::time::timeout(self.deadline, looked_for).await;
        Ok(found.map_err(|_| ServeError::Late)??)
    }

    /// IMDb's rating of a title; `None` when it is known to have none.
    pub async fn imdb_rating(
        &self,
        imdb: ImdbId,
        timeout: Duration,
    ) -> Result<Option<Score>, ServeError> {
        let asked = tokio::time::timeout(timeout, self.gatherer().imdb_rating(imdb)).await;
        let score = asked.map_err(|_| ServeError::Late)?;
        Ok(score?)
    }

    /// Forgets everything in memory.
    pub fn clear(&self) {
        self.gatherer().clear();
        self.pipeline.renderer.bases().clear();
        self.pipeline.cache.clear();
    }

    /// Bytes of memory that are reserved for artwork on its way from a host to a worker.
    pub fn artwork_bytes(&self) -> usize {
        self.pipeline.renderer.files().reserved_bytes()
    }

    /// The picture where it is in memory or on disk, however old; `None` where it would have to be
    /// made.
    pub async fn stored(
        &self,
        request: &Arc<PictureRequest>,
    ) -> Result<Option<ServedPicture>, ServeError> {
        let status = CacheStatus::Stale;
        if let Some(picture) = self.pipeline.cache.get(request) {
            return Ok(Some(ServedPicture { picture, status }));
        }
        let found = tokio::time::timeout(self.render_budget, self.pipeline.find(request)).await;
        let found = found.map_err(|_| ServeError::Late)??;
        Ok(found.map(|picture| ServedPicture { picture, status: CacheStatus::Hit }))
    }

    /// Bytes and entries of every cache in memory, by tier.
    pub fn memory_usage(&self) -> [(&'static str, (u64, u64)); 3] {
        let Pipeline { cache, renderer, .. } = self.pipeline.as_ref();
        let (bases, answers) = (renderer.bases().usage(), self.gatherer().usage());
        [("finished", cache.usage()), ("base", bases), ("inputs", answers)]
    }

    /// Writes what memory holds into the metrics.
    pub fn record_gauges(&self) {
        let Pipeline { cache, renderer, .. } = self.pipeline.as_ref();
        let tiers = self.memory_usage();
        let [_, (_, (base_bytes, _)), (_, (answer_bytes, _))] = tiers;
        for (tier, (bytes, entries)) in tiers {
            metrics::gauge!(CACHE_BYTES.name, "tier" => tier).set(bytes as f64);
            metrics::gauge!(CACHE_ENTRIES.name, "tier" => tier).set(entries as f64);
        }
        self.budgets.record();
        Budget::BaseCache.used().set(base_bytes as f64);
        Budget::Answers.used().set(answer_bytes as f64);
        cache.record_gauges();
        renderer.files().record_gauges();
        renderer.pool().record_gauges();
    }

    /// Starts, or joins, the making of a picture.
    fn render(&self, request: &Arc<PictureRequest>, completeness: Completeness) -> Flight<Flown> {
        let overrides = self.gatherer().overrides().load().revision();
        self.flights.join(&(Arc::clone(request), completeness, overrides), || {
            let (pipeline, request) = (Arc::clone(&self.pipeline), Arc::clone(request));
            async move { pipeline.run(&request, completeness).await }
        })
    }

    /// Whose fault it is that nothing was there in time.
    fn late(&self) -> ServeError {
        if self.pipeline.waiting() > 0 { PoolError::Busy.into() } else { ServeError::Late }
    }
}

/// Looks again at a picture that is there; the old one goes out when that takes long or fails.
async fn recheck(
    old: Arc<CachedPicture>,
    whole: Flight<Flown>,
) -> Result<ServedPicture, ServeError> {
    match tokio::time::timeout(RECHECK_TIMEOUT, whole).await.map(landed) {
        Ok(Ok(rendered)) => Ok(rendered.whole()),
        Ok(Err(error)) if error.is_final() => Err(error),
        Ok(Err(_)) | Err(_) => Ok(ServedPicture { picture: old, status: CacheStatus::Stale }),
    }
}

/// The picture of what has arrived, unless it was only the artwork that was late: then the whole one
/// is there in a moment.
async fn whole_or_arrived(
    whole: Flight<Flown>,
    arrived: Flown,
) -> Result<ServedPicture, ServeError> {
    if let Ok(Ok(rendered)) = tokio::time::timeout(WHOLE_TIMEOUT, whole).await.map(landed) {
        return Ok(rendered.whole());
    }
    arrived.map(Rendered::arrived)
}

impl Rendered {
    fn whole(self) -> ServedPicture {
        let status = match (self.painted, self.picture.stale) {
            (true, _) => CacheStatus::Miss,
            (false, true) => CacheStatus::Stale,
            (false, false) => CacheStatus::Hit,
        };
        ServedPicture { picture: self.picture, status }
    }

    fn arrived(self) -> ServedPicture {
        let status = if self.lacks_ratings { CacheStatus::MissFallback } else { CacheStatus::Miss };
        ServedPicture { picture: self.picture, status }
    }
}

fn count_lookup(outcome: &'static str) {
    metrics::counter!(CACHE_LOOKUPS.name, "tier" => "finished", "outcome" => outcome).increment(1);
}

/// The outcome of a flight; one that panicked is an error of ours.
fn landed(rendered: Option<Flown>) -> Flown {
    rendered.unwrap_or(Err(ServeError::Internal))
}
