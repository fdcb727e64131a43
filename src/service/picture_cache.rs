//! Finished pictures in memory, by what was asked for.

use std::sync::Arc;
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::cached_picture::{CachedPicture, PictureRequest};
use super::error::ServeError;
use super::spec::RenderSpec;
use crate::budgets::{Budget, Budgets, MemoryBudget, Reservation};
use crate::cache::{CacheContext, Generations};
use crate::clock::Clock;
use crate::model::SharedOverrides;
use crate::render::{PoolError, weight};
use crate::store::{BlobStore, Digest};

/// Pictures that wait for memory before more are turned away.
const MAX_WAITING: usize = 1024;
/// Longer than any caller waits.
const MEMORY_TIMEOUT: Duration = Duration::from_secs(10);

/// A picture that is served from memory counts as used on disk so often, in seconds: no request
/// writes anything, and what is asked for all the time is never the least recently used.
const TOUCH_SECS: u64 = 60;

#[derive(Debug)]
pub(super) struct PictureCache {
    pictures: Cache<Arc<PictureRequest>, Arc<CachedPicture>>,
    /// Of all pictures that are in memory, cached or on their way to somebody.
    budget: MemoryBudget,
    generations: Arc<Generations>,
    blobs: BlobStore,
    clock: Clock,
    overrides: SharedOverrides,
}

impl PictureCache {
    pub(super) fn new(
        budgets: &Budgets,
        context: CacheContext,
        overrides: SharedOverrides,
    ) -> Self {
        let CacheContext { blobs, generations, clock } = context;
        let weigh = |_: &Arc<PictureRequest>, picture: &Arc<CachedPicture>| picture.weight();
        let capacity = budgets[Budget::PictureCache];
        // Those that are being made or sent come on top: clients that read slowly hold them.
        let bytes = capacity.saturating_add(budgets[Budget::Pictures]);
        let pictures = Cache::builder()
            .max_capacity(capacity as u64)
            .weigher(weigh)
            // A picture made for a client that will ask again has to be there then.
            .eviction_policy(EvictionPolicy::lru())
            .build();
        let budget = MemoryBudget::new(bytes, MAX_WAITING);
        Self { pictures, budget, generations, blobs, clock, overrides }
    }

    /// The picture, however old its data; not of artwork in whose place the admin has put another.
    pub(super) fn get(&self, request: &Arc<PictureRequest>) -> Option<Arc<CachedPicture>> {
        let picture = self.pictures.get(request)?;
        self.overrides.load().still_say(&picture.applied).then_some(picture)
    }

    /// The picture, if nothing speaks against it: no allocation, no wait.
    pub(super) fn current(&self, request: &Arc<PictureRequest>) -> Option<Arc<CachedPicture>> {
        let picture = self.get(request)?;
        let now = self.clock.unix_secs();
        let current = self.generations.is_current(&picture.watch) && now < picture.recheck_at;
        if !current {
            return None;
        }
        if picture.is_touch_due(now, TOUCH_SECS) {
            let (tier, digest) = picture.blob;
            self.blobs.touch(tier, &digest);
        }
        Some(picture)
    }

    /// The picture, however old, if it is the one that `key` names.
    pub(super) fn same(
        &self,
        request: &Arc<PictureRequest>,
        key: &Digest,
    ) -> Option<Arc<CachedPicture>> {
        self.get(request).filter(|picture| picture.digest == *key)
    }

    pub(super) fn insert(&self, request: &Arc<PictureRequest>, picture: Arc<CachedPicture>) {
        self.pictures.insert(Arc::clone(request), picture);
    }

    /// Waits until there is memory for one more picture.
    pub(super) async fn reserve(&self, spec: &RenderSpec) -> Result<Reservation, ServeError> {
        // What was evicted is let go of now.
        self.pictures.run_pending_tasks();
        let bytes = weight::of_picture(&spec.framing, spec.format);
        let reservation = self.budget.take(bytes, MEMORY_TIMEOUT).await;
        reservation.ok_or_else(|| PoolError::Busy.into())
    }

    /// Pictures that wait for memory.
    pub(super) fn waiting(&self) -> usize {
        self.budget.waiting()
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        self.pictures.invalidate_all();
        self.generations.bump_all();
    }

    /// Tells `/metrics` what is in use.
    pub(super) fn record_gauges(&self) {
        let (cached, _) = self.usage();
        let taken = self.budget.taken_bytes() as u64;
        Budget::PictureCache.used().set(cached as f64);
        Budget::Pictures.used().set(taken.saturating_sub(cached) as f64);
        Budget::DiskQueue.used().set(self.blobs.queued_bytes() as f64);
    }

    /// Bytes and entries.
    pub(super) fn usage(&self) -> (u64, u64) {
        self.pictures.run_pending_tasks();
        (self.pictures.weighted_size(), self.pictures.entry_count())
    }
}
