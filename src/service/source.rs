//! Artwork as fetched: from disk, else from its host, each file once.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::cache::{Flight, Flights};
use crate::gather::Providers;
use crate::model::{ArtworkRef, ArtworkSource};
use crate::store::{BlobStore, Digest, Labels, Tier};
use crate::upstream::UpstreamError;
use crate::upstream::tmdb::TmdbSize;

/// Bytes of artwork that were fetched a moment ago: a guess waits here for the
/// choice, and a burst of sizes for its turn.
const AT_HAND_BYTES: u64 = 16 << 20;
const AT_HAND: Duration = Duration::from_secs(20);

/// One file at a host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SourceKey {
    pub(super) artwork: ArtworkRef,
    /// `None` where the host knows one size only.
    pub(super) size: Option<TmdbSize>,
}

impl SourceKey {
    fn digest(&self) -> Digest {
        Digest::of(format!("source/1/{self:?}").as_bytes())
    }
}

pub(super) type Fetched = Result<Bytes, Arc<UpstreamError>>;

/// Fetches artwork and keeps it.
#[derive(Debug)]
pub(super) struct Sources {
    blobs: BlobStore,
    at_hand: Cache<SourceKey, Bytes>,
    flights: Flights<SourceKey, Fetched>,
}

impl Sources {
    pub(super) fn new(blobs: BlobStore) -> Self {
        let weigh = |_: &SourceKey, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let at_hand = Cache::builder()
            .max_capacity(AT_HAND_BYTES)
            // What came last is what is wanted next.
            .eviction_policy(EvictionPolicy::lru())
            .weigher(weigh)
            .time_to_live(AT_HAND)
            .build();
        Self { blobs, at_hand, flights: Flights::default() }
    }

    /// Starts, or joins, the fetching of a file.
    pub(super) fn fetch(&self, providers: &Providers, key: &SourceKey) -> Flight<Fetched> {
        let own_key = key.clone();
        let (blobs, at_hand, providers) =
            (self.blobs.clone(), self.at_hand.clone(), providers.clone());
        self.flights.join(key, move || async move {
            if let Some(bytes) = at_hand.get(&own_key) {
                return Ok(bytes);
            }
            if let Some(bytes) = blobs.get(Tier::Artwork, &own_key.digest()).await {
                return Ok(bytes);
            }
            let bytes = from_host(&providers, &own_key).await.map_err(Arc::new)?;
            at_hand.insert(own_key, bytes.clone());
            Ok(bytes)
        })
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

async fn from_host(providers: &Providers, key: &SourceKey) -> Result<Bytes, UpstreamError> {
    match key.artwork.source {
        ArtworkSource::Tmdb => {
            let size = key.size.unwrap_or(TmdbSize::Original);
            providers.tmdb.image(&key.artwork, size).await
        }
        ArtworkSource::Fanart => match &providers.fanart {
            Some(fanart) => fanart.image(&key.artwork).await,
            None => Err(UpstreamError::NotFound { provider: "fanart" }),
        },
    }
}
