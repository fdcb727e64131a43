//! Artwork as fetched: from disk, else from its host, each file once.
//!
//! All of it together, from the first byte until it has been decoded, takes no more memory than
//! there is room for: a fetch begins when its bytes have been set aside.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use serde::Serialize;

use super::ServeError;
use super::spec::digest;
use crate::cache::{Flight, Flights};
use crate::gather::Providers;
use crate::model::{ArtworkRef, ArtworkSource};
use crate::render::{MemoryBudget, Reservation};
use crate::store::{BlobStore, Digest, Labels, Tier};
use crate::upstream::UpstreamError;
use crate::upstream::tmdb::TmdbSize;

/// Bytes of artwork that were fetched a moment ago: a guess waits here for the
/// choice, and a burst of sizes for its turn. More than this never pays.
const AT_HAND_BYTES: u64 = 16 << 20;
const AT_HAND: Duration = Duration::from_secs(20);

/// Bytes of artwork in memory: being fetched, waiting for a worker, at hand.
const ROOM_BYTES: usize = 40 << 20;
/// Set aside for a file whose size nothing tells: more than nearly all photographs of
/// 2000 x 3000 take.
const USUAL_BYTES: usize = 3 << 20;
const MIN_BYTES: usize = 256 << 10;
/// The largest file that is taken; the image hosts' clients have the same limit.
const LARGEST_BYTES: usize = 30 << 20;
/// Fetches that wait for room before more are turned away.
const MAX_WAITING: usize = 1024;
/// Longer than any caller waits: what is begun is finished for the next one.
const TIMEOUT: Duration = Duration::from_secs(10);
/// What a fetch that was turned away tells to wait.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// One file at a host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct SourceKey {
    pub(super) artwork: ArtworkRef,
    /// `None` where the host knows one size only.
    pub(super) size: Option<TmdbSize>,
}

impl SourceKey {
    fn digest(&self) -> Digest {
        digest(self)
    }

    /// Bytes that nearly always suffice: one a pixel of an upright picture, where photographs
    /// take a half.
    fn usual_bytes(&self) -> usize {
        let pixels = match self.size {
            Some(TmdbSize::Width(width)) => usize::from(width).pow(2) * 3 / 2,
            Some(TmdbSize::Height(height)) => usize::from(height).pow(2),
            Some(TmdbSize::Original) | None => USUAL_BYTES,
        };
        pixels.clamp(MIN_BYTES, USUAL_BYTES)
    }
}

/// A file in memory, and the room it takes.
#[derive(Debug)]
pub(super) struct Artwork {
    pub(super) bytes: Bytes,
    _held: Reservation,
}

pub(super) type Fetched = Result<Arc<Artwork>, ServeError>;

/// Fetches artwork and keeps it. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    blobs: BlobStore,
    at_hand: Cache<SourceKey, Arc<Artwork>>,
    flights: Flights<SourceKey, Fetched>,
    room: MemoryBudget,
}

/// Why a file is not there after all.
enum Missed {
    /// It takes at least so many bytes.
    Larger(usize),
    Failed(UpstreamError),
}

impl Sources {
    /// `capacity` in bytes of what is at hand.
    pub(super) fn new(capacity: u64, blobs: BlobStore) -> Self {
        let weigh = |_: &SourceKey, artwork: &Arc<Artwork>| {
            u32::try_from(artwork.bytes.len()).unwrap_or(u32::MAX)
        };
        let at_hand = Cache::builder()
            .max_capacity(capacity.min(AT_HAND_BYTES))
            // What came last is what is wanted next.
            .eviction_policy(EvictionPolicy::lru())
            .weigher(weigh)
            .time_to_live(AT_HAND)
            .build();
        let room = MemoryBudget::new(ROOM_BYTES, MAX_WAITING);
        Self { blobs, at_hand, flights: Flights::default(), room }
    }

    /// Starts, or joins, the fetching of a file.
    pub(super) fn fetch(&self, providers: &Providers, key: &SourceKey) -> Flight<Fetched> {
        let (sources, providers, own_key) = (self.clone(), providers.clone(), key.clone());
        self.flights.join(key, move || async move {
            if let Some(artwork) = sources.at_hand.get(&own_key) {
                return Ok(artwork);
            }
            sources.obtain(&providers, own_key).await
        })
    }

    /// Fetches that wait for room.
    pub(super) fn waiting(&self) -> usize {
        self.room.waiting()
    }

    /// Bytes that are set aside, used or not.
    pub(super) fn held_bytes(&self) -> usize {
        self.room.taken_bytes()
    }

    async fn obtain(&self, providers: &Providers, key: SourceKey) -> Fetched {
        let mut bytes = key.usual_bytes();
        loop {
            let mut held = self.set_aside(bytes).await?;
            match self.read(providers, &key, bytes).await {
                Ok((bytes, at_host)) => {
                    held.shrink_to(bytes.len());
                    let artwork = Arc::new(Artwork { bytes, _held: held });
                    if at_host {
                        self.at_hand.insert(key, Arc::clone(&artwork));
                    }
                    return Ok(artwork);
                }
                // Once more with enough; meanwhile nothing is held, or two that grow would wait
                // for each other.
                Err(Missed::Larger(needed)) => bytes = needed,
                Err(Missed::Failed(error)) => return Err(ServeError::Upstream(Arc::new(error))),
            }
        }
    }

    /// The file, if it is here: no host is asked.
    pub(super) async fn find(&self, key: &SourceKey) -> Option<Arc<Artwork>> {
        if let Some(artwork) = self.at_hand.get(key) {
            return Some(artwork);
        }
        let mut held = self.set_aside(key.usual_bytes()).await.ok()?;
        let bytes = self.blobs.get(Tier::Artwork, &key.digest()).await?;
        if !held.covers(bytes.len()) {
            return None;
        }
        held.shrink_to(bytes.len());
        Some(Arc::new(Artwork { bytes, _held: held }))
    }

    async fn set_aside(&self, bytes: usize) -> Result<Reservation, ServeError> {
        let held = self.room.take(bytes, TIMEOUT).await;
        held.ok_or(ServeError::Busy { retry_after: RETRY_AFTER })
    }

    /// The file, if it takes no more than `limit`, and whether it came from its host.
    async fn read(
        &self,
        providers: &Providers,
        key: &SourceKey,
        limit: usize,
    ) -> Result<(Bytes, bool), Missed> {
        if let Some(bytes) = self.blobs.get(Tier::Artwork, &key.digest()).await {
            return match bytes.len() {
                length if length > limit => Err(Missed::Larger(length)),
                _ => Ok((bytes, false)),
            };
        }
        match from_host(providers, key, limit).await {
            Ok(bytes) => Ok((bytes, true)),
            Err(UpstreamError::TooLarge { .. }) if limit < LARGEST_BYTES => {
                Err(Missed::Larger(LARGEST_BYTES))
            }
            Err(error) => Err(Missed::Failed(error)),
        }
    }

    /// Keeps a file that was found good.
    pub(super) fn keep(&self, key: &SourceKey, bytes: &Bytes, labels: Labels) {
        self.blobs.put(Tier::Artwork, &key.digest(), bytes, labels);
    }

    /// Forgets a file that was found bad.
    pub(super) fn forget(&self, key: &SourceKey) {
        self.at_hand.invalidate(key);
    }
}

async fn from_host(
    providers: &Providers,
    key: &SourceKey,
    limit: usize,
) -> Result<Bytes, UpstreamError> {
    match key.artwork.source {
        ArtworkSource::Tmdb => {
            let size = key.size.unwrap_or(TmdbSize::Original);
            providers.tmdb.image(&key.artwork, size, limit).await
        }
        ArtworkSource::Fanart => match &providers.fanart {
            Some(fanart) => fanart.image(&key.artwork, limit).await,
            None => Err(UpstreamError::NotFound { provider: "fanart" }),
        },
    }
}
