//! Makes, or finds, the artwork a request asks for: the order of the steps.
//!
//! resolve → gather (details, ratings, awards at once) → choose → fetch → base
//! → plan → paint → remember. Every step shares its work with whoever else
//! needs it at the moment.

mod cached_picture;
mod error;
mod explain;
mod inputs;
mod kept;
mod picture;
mod recent_artwork;
mod renders;
mod source;

use std::sync::Arc;
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::time::Instant;

pub use cached_picture::{CacheStatus, CachedPicture, PictureRequest, ServedPicture};
pub use error::ServeError;

use crate::budgets::{Budget, Budgets, MemoryBudget, Reservation};
use crate::cache::{CacheContext, Flight, Flights, Generations, freshness};
use crate::gather::{Completeness, Gatherer};
use crate::model::{EncodedImage, ImdbId, Score};
use crate::render::{Painter, Pool, PoolError, weight};
use crate::store::BlobStore;
use crate::telemetry::metrics::{CACHE_BYTES, CACHE_ENTRIES, CACHE_LOOKUPS};
use inputs::Inputs;
use picture::Bases;
use renders::Renders;
use source::Sources;

/// How long a caller waits for a picture to be looked at again before it gets
/// the one that is there.
const RECHECK_TIMEOUT: Duration = Duration::from_millis(150);

/// How long a plain picture is held back for a rated one that may be nearly done.
const RATED_GRACE: Duration = Duration::from_millis(60);

/// How long the plain picture waits for its artwork before one that was there before will do.
const PLAIN_GRACE: Duration = Duration::from_millis(400);

/// Pictures that wait for room before more are turned away.
const MAX_WAITING: usize = 1024;
/// Longer than any caller waits.
const PICTURE_TIMEOUT: Duration = Duration::from_secs(10);

/// What a server of artwork is made of.
#[derive(Debug)]
pub struct Parts {
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

/// The product: artwork by request.
#[derive(Debug)]
pub struct Artworks {
    gather: Gatherer,
    painter: Arc<Painter>,
    pool: Pool,
    sources: Sources,
    bases: Bases,
    renders: Renders,
    finished: Cache<Arc<PictureRequest>, Arc<CachedPicture>>,
    /// Of all pictures that are in memory, cached or on their way to somebody.
    pictures: MemoryBudget,
    blobs: BlobStore,
    budgets: Budgets,
    making: Flights<Arc<PictureRequest>, Result<Made, ServeError>>,
    plain: Flights<Arc<PictureRequest>, Result<Made, ServeError>>,
    generations: Arc<Generations>,
    render_budget: Duration,
    deadline: Duration,
    jpeg_quality: u8,
}

/// What came of making a picture.
#[derive(Clone, Debug)]
struct Made {
    finished: Arc<CachedPicture>,
    /// Painted just now, not found unchanged.
    anew: bool,
}

/// What a request that waits for nothing is told.
#[derive(Clone, Debug)]
pub enum HeadOutcome {
    /// The picture is there.
    Ready(ServedPicture),
    /// The title is known, its picture is being made.
    Rendering,
}

impl Artworks {
    pub fn new(parts: Parts) -> Arc<Self> {
        let weigh = |_: &Arc<PictureRequest>, finished: &Arc<CachedPicture>| finished.weight();
        let budgets = parts.budgets;
        let pictures = budgets[Budget::PictureCache].saturating_add(budgets[Budget::Pictures]);
        Arc::new(Self {
            gather: parts.gather,
            painter: Arc::new(Painter::default()),
            pool: parts.pool,
            sources: Sources::new(&budgets, parts.blobs.clone()),
            renders: Renders::new(parts.blobs.clone()),
            bases: Bases::new(budgets[Budget::BaseCache] as u64, parts.blobs.clone()),
            finished: Cache::builder()
                .max_capacity(budgets[Budget::PictureCache] as u64)
                .weigher(weigh)
                // A picture made for a client that will ask again has to be there then.
                .eviction_policy(EvictionPolicy::lru())
                .build(),
            pictures: MemoryBudget::new(pictures, MAX_WAITING),
            blobs: parts.blobs,
            budgets,
            making: Flights::default(),
            plain: Flights::default(),
            generations: parts.upkeep.generations,
            render_budget: parts.render_budget,
            deadline: parts.deadline,
            jpeg_quality: parts.jpeg_quality,
        })
    }

    pub fn gatherer(&self) -> &Gatherer {
        &self.gather
    }

    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The picture, if it is there and nothing speaks against it: no lock, no
    /// allocation, no upstream.
    pub fn ready(&self, wanted: &Arc<PictureRequest>) -> Option<ServedPicture> {
        let finished = self.finished.get(wanted)?;
        let current =
            self.generations.is_current(&finished.watch) && freshness::now() < finished.recheck_at;
        current.then(|| ServedPicture::new(finished, CacheStatus::Hit))
    }

    /// The picture within the deadline, counted from now.
    pub async fn serve(
        self: &Arc<Self>,
        wanted: &Arc<PictureRequest>,
    ) -> Result<ServedPicture, ServeError> {
        if let Some(served) = self.ready(wanted) {
            return Ok(served);
        }
        let started = Instant::now();
        let flight = self.make(wanted);
        if let Some(old) = self.finished.get(wanted) {
            looked_up("finished", "stale");
            return self.recheck(old, flight).await;
        }
        looked_up("finished", "miss");
        let budget = tokio::time::timeout_at(started + self.render_budget, flight.clone()).await;
        if let Ok(made) = budget {
            return landed(made).map(Made::served);
        }
        let last = started + self.deadline;
        if !wanted.options.fallback {
            let made = tokio::time::timeout_at(last, flight).await;
            return made
                .map_or(Err(ServeError::RatingsLate), |made| landed(made).map(Made::served));
        }
        tokio::select! {
            made = flight.clone() => landed(made).map(Made::served),
            plain = self.make_plain(wanted) => self.plain_or_better(landed(plain), flight).await,
            () = tokio::time::sleep_until(last) => Err(self.late()),
        }
    }

    /// Whose fault it is that nothing was there in time.
    fn late(&self) -> ServeError {
        if self.waiting() > 0 { PoolError::Busy.into() } else { ServeError::Late }
    }

    /// Pictures that wait for room or a worker.
    fn waiting(&self) -> usize {
        self.sources.waiting() + self.pool.waiting() + self.pictures.waiting()
    }

    /// The plain picture, unless it was only the artwork that was late: then the
    /// rated one is there in a moment.
    async fn plain_or_better(
        &self,
        plain: Result<Made, ServeError>,
        flight: Flight<Result<Made, ServeError>>,
    ) -> Result<ServedPicture, ServeError> {
        if let Ok(Ok(made)) = tokio::time::timeout(RATED_GRACE, flight).await.map(landed) {
            return Ok(made.served());
        }
        plain.map(|made| ServedPicture::new(made.finished, CacheStatus::MissFallback))
    }

    /// Looks again at a picture that is there; the old one goes out when that
    /// takes long or fails.
    async fn recheck(
        &self,
        old: Arc<CachedPicture>,
        flight: Flight<Result<Made, ServeError>>,
    ) -> Result<ServedPicture, ServeError> {
        match tokio::time::timeout(RECHECK_TIMEOUT, flight).await.map(landed) {
            Ok(Ok(made)) => Ok(made.served()),
            Ok(Err(error)) if error.is_final() => Err(error),
            Ok(Err(_)) | Err(_) => Ok(ServedPicture::new(old, CacheStatus::Stale)),
        }
    }

    /// Answers without waiting for a picture: finds out whether the title
    /// exists, and starts making it.
    pub async fn glimpse(
        self: &Arc<Self>,
        wanted: &Arc<PictureRequest>,
    ) -> Result<HeadOutcome, ServeError> {
        if let Some(finished) = self.finished.get(wanted) {
            let status =
                if self.ready(wanted).is_some() { CacheStatus::Hit } else { CacheStatus::Stale };
            return Ok(HeadOutcome::Ready(ServedPicture::new(finished, status)));
        }
        let resolving = self.gather.resolve(&wanted.title, wanted.kind);
        let resolved = tokio::time::timeout(self.render_budget, resolving).await;
        resolved.map_err(|_| ServeError::Late)??;
        drop(self.make(wanted));
        Ok(HeadOutcome::Rendering)
    }

    /// IMDb's rating of a title; `None` when it is known to have none.
    pub async fn imdb_rating(
        &self,
        imdb: ImdbId,
        patience: Duration,
    ) -> Result<Option<Score>, ServeError> {
        let asked = tokio::time::timeout(patience, self.gather.imdb_rating(imdb)).await;
        let score = asked.map_err(|_| ServeError::Late)?;
        Ok(score?)
    }

    /// Forgets everything in memory.
    pub fn clear(&self) {
        self.gather.clear();
        self.bases.clear();
        self.finished.invalidate_all();
        self.generations.bump_all();
    }

    /// Bytes of memory that are reserved for artwork on its way from a host to a worker.
    pub fn artwork_bytes(&self) -> usize {
        self.sources.reserved_bytes()
    }

    /// Tells `/metrics` what memory holds.
    pub fn record_gauges(&self) {
        self.finished.run_pending_tasks();
        let cached = self.finished.weighted_size();
        gauges("finished", cached, self.finished.entry_count());
        let (bytes, entries) = self.bases.usage();
        gauges("base", bytes, entries);
        let (answers, entries) = self.gather.usage();
        gauges("inputs", answers, entries);
        self.budgets.record();
        Budget::PictureCache.used().set(cached as f64);
        Budget::BaseCache.used().set(bytes as f64);
        Budget::Answers.used().set(answers as f64);
        let pictures = self.pictures.taken_bytes() as u64;
        Budget::Pictures.used().set(pictures.saturating_sub(cached) as f64);
        Budget::DiskQueue.used().set(self.blobs.queued_bytes() as f64);
        self.sources.record_gauges();
        self.pool.record_gauges();
    }

    fn make(self: &Arc<Self>, wanted: &Arc<PictureRequest>) -> Flight<Result<Made, ServeError>> {
        self.making.join(wanted, || {
            let (artworks, wanted) = (Arc::clone(self), Arc::clone(wanted));
            async move { artworks.make_now(&wanted).await }
        })
    }

    async fn make_now(&self, wanted: &Arc<PictureRequest>) -> Result<Made, ServeError> {
        let inputs = Inputs::gather(self, wanted, Completeness::Full).await?;
        if !wanted.options.fallback && inputs.lacks_ratings(wanted) {
            return Err(ServeError::NoRatings);
        }
        let stamp = inputs.stamp();
        let digest = inputs.digest(wanted, self.jpeg_quality);
        let old = self.finished.get(wanted).filter(|old| old.digest == digest);
        let made = match old {
            Some(old) => Made { finished: Arc::new(old.stamped(stamp)), anew: false },
            None => self.find_or_paint(wanted, inputs).await?,
        };
        self.finished.insert(Arc::clone(wanted), Arc::clone(&made.finished));
        Ok(made)
    }

    /// A picture that memory does not have: from disk, else made.
    async fn find_or_paint(
        &self,
        wanted: &Arc<PictureRequest>,
        inputs: Inputs,
    ) -> Result<Made, ServeError> {
        let digest = inputs.digest(wanted, self.jpeg_quality);
        // What may be on the disk needs no worker.
        let on_disk = renders::is_worth_keeping(wanted);
        if !on_disk {
            self.turn_comes_in_time()?;
        }
        let held = self.set_aside(wanted).await?;
        if let Some(image) = self.renders.get(wanted, &digest).await {
            let finished = CachedPicture::new(image, digest, inputs.stamp(), held);
            return Ok(Made { finished: Arc::new(finished), anew: false });
        }
        if on_disk {
            self.turn_comes_in_time()?;
        }
        let (image, inputs) = self.picture(wanted, inputs).await?;
        // The artwork may have been another than the first choice.
        let digest = inputs.digest(wanted, self.jpeg_quality);
        let labels = inputs.data.labels();
        self.renders.keep(wanted, &digest, &image, labels);
        let finished = CachedPicture::new(image, digest, inputs.stamp(), held);
        Ok(Made { finished: Arc::new(finished), anew: true })
    }

    /// Whether one more picture would be painted while somebody still waits for it.
    fn turn_comes_in_time(&self) -> Result<(), ServeError> {
        if self.pool.is_hopeless(self.waiting()) { Err(PoolError::Busy.into()) } else { Ok(()) }
    }

    /// Waits until there is room for one more picture.
    async fn set_aside(&self, wanted: &PictureRequest) -> Result<Reservation, ServeError> {
        // What was evicted is let go of now.
        self.finished.run_pending_tasks();
        let bytes = weight::of_picture(&self.framing(wanted), wanted.format);
        let held = self.pictures.take(bytes, PICTURE_TIMEOUT).await;
        held.ok_or_else(|| PoolError::Busy.into())
    }

    /// The chosen artwork, unless it is late, too, and another was there before.
    async fn plain_picture(
        &self,
        wanted: &Arc<PictureRequest>,
        inputs: Inputs,
    ) -> Result<(EncodedImage, Inputs), ServeError> {
        let first = inputs.clone();
        let mut picture = std::pin::pin!(self.picture(wanted, inputs));
        if let Ok(made) = tokio::time::timeout(PLAIN_GRACE, picture.as_mut()).await {
            return made;
        }
        match self.kept(wanted, &first).await {
            Some(kept) => Ok(kept),
            None => picture.await,
        }
    }

    /// The artwork without ratings, for when they are late. Not remembered.
    fn make_plain(
        self: &Arc<Self>,
        wanted: &Arc<PictureRequest>,
    ) -> Flight<Result<Made, ServeError>> {
        self.plain.join(wanted, || {
            let (artworks, wanted) = (Arc::clone(self), Arc::clone(wanted));
            async move {
                let inputs = Inputs::gather(&artworks, &wanted, Completeness::Arrived).await?;
                artworks.turn_comes_in_time()?;
                let held = artworks.set_aside(&wanted).await?;
                let (image, inputs) = artworks.plain_picture(&wanted, inputs).await?;
                let digest = inputs.digest(&wanted, artworks.jpeg_quality);
                let finished = CachedPicture::new(image, digest, inputs.stamp(), held);
                Ok(Made { finished: Arc::new(finished), anew: true })
            }
        })
    }
}

impl Made {
    fn served(self) -> ServedPicture {
        let status = match (self.anew, self.finished.stale) {
            (true, _) => CacheStatus::Miss,
            (false, true) => CacheStatus::Stale,
            (false, false) => CacheStatus::Hit,
        };
        ServedPicture::new(self.finished, status)
    }
}

fn gauges(tier: &'static str, bytes: u64, entries: u64) {
    metrics::gauge!(CACHE_BYTES.name, "tier" => tier).set(bytes as f64);
    metrics::gauge!(CACHE_ENTRIES.name, "tier" => tier).set(entries as f64);
}

fn looked_up(tier: &'static str, outcome: &'static str) {
    metrics::counter!(CACHE_LOOKUPS.name, "tier" => tier, "outcome" => outcome).increment(1);
}

/// The outcome of a flight; one that panicked is an error of ours.
fn landed(made: Option<Result<Made, ServeError>>) -> Result<Made, ServeError> {
    made.unwrap_or(Err(ServeError::Internal))
}
