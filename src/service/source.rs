//! Artwork as fetched: from disk, else from its host, each file once.
//!
//! All of it together, from the first byte until it has been decoded, takes no more memory than its
//! budget: see [`FileBudget`].

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use super::ServeError;
use super::recent_artwork::RecentArtwork;
use super::spec::digest;
use crate::budgets::{
    Budget, Budgets, Evict, FileBudget, FileError, FileReservation, MAX_FILE_BYTES, Reservation,
};
use crate::cache::{Flight, Flights};
use crate::gather::Providers;
use crate::model::{ArtworkRef, ArtworkSource};
use crate::store::{BlobStore, Digest, Labels, Tier, TooLarge};
use crate::upstream::tmdb::TmdbSize;
use crate::upstream::{Priority, UpstreamError};

/// When to come again where no memory was free in time.
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
}

/// A file in memory, and its part of the budget.
#[derive(Debug)]
pub(super) struct Artwork {
    pub(super) bytes: Bytes,
    _reservation: Reservation,
}

pub(super) type Fetched = Result<Arc<Artwork>, ServeError>;

/// Fetches artwork and stores it. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    blobs: BlobStore,
    recent: Arc<RecentArtwork>,
    flights: Flights<SourceKey, Fetched>,
    budget: FileBudget,
}

/// Why a file could not be read.
enum SourceError {
    Upstream(UpstreamError),
    /// Not on disk, where only the disk may be asked.
    Missing,
    /// It lies on disk, and there is no memory for it at the moment.
    NoMemory,
}

impl Sources {
    pub(super) fn new(budgets: &Budgets, blobs: BlobStore) -> Self {
        let recent = Arc::new(RecentArtwork::new(budgets[Budget::RecentArtwork]));
        let budget = FileBudget::new(budgets);
        let cache: Weak<RecentArtwork> = Arc::downgrade(&recent);
        budget.shared().evict_from(cache);
        Self { blobs, recent, flights: Flights::default(), budget }
    }

    /// Starts, or joins, the fetching of a file.
    pub(super) fn fetch(&self, providers: &Providers, key: &SourceKey) -> Flight<Fetched> {
        let (sources, providers, own_key) = (self.clone(), providers.clone(), key.clone());
        let priority = Priority::current();
        self.flights.join(key, move || {
            priority.scope(async move {
                match sources.recent.get(&own_key) {
                    Some(artwork) => Ok(artwork),
                    None => sources.obtain(&providers, own_key).await,
                }
            })
        })
    }

    /// Fetches that wait for memory.
    pub(super) fn waiting(&self) -> usize {
        self.budget.waiting()
    }

    /// Bytes that are reserved, used or not.
    pub(super) fn reserved_bytes(&self) -> usize {
        self.budget.taken_bytes()
    }

    async fn obtain(&self, providers: &Providers, key: SourceKey) -> Fetched {
        let from_host = AtomicBool::new(false);
        let (key_of, origin) = (&key, &from_host);
        let read = |reservation: FileReservation| async move {
            match self.on_disk(key_of, &reservation).await {
                Err(SourceError::Missing) => {
                    origin.store(true, Ordering::Relaxed);
                    let fetched = from_host_of(providers, key_of, &reservation).await;
                    fetched.map_err(SourceError::Upstream)
                }
                found => found,
            }
        };
        let artwork = self.read(read).await?;
        if from_host.into_inner() {
            self.recent.insert(key, Arc::clone(&artwork));
            if self.budget.waiting() > 0 {
                // What is only cached does not keep anybody waiting.
                self.recent.evict(usize::MAX);
            }
        }
        Ok(artwork)
    }

    /// The file, if it is here: no host is asked.
    pub(super) async fn find(&self, key: &SourceKey) -> Option<Arc<Artwork>> {
        if let Some(artwork) = self.recent.get(key) {
            return Some(artwork);
        }
        let read =
            |reservation: FileReservation| async move { self.on_disk(key, &reservation).await };
        self.read(read).await.ok()
    }

    async fn read<F>(&self, read: impl Fn(FileReservation) -> F) -> Fetched
    where
        F: Future<Output = Result<Bytes, SourceError>>,
    {
        let busy = ServeError::Busy { retry_after: RETRY_AFTER };
        match self.budget.fetch(read).await {
            Ok((bytes, reservation)) => Ok(Arc::new(Artwork { bytes, _reservation: reservation })),
            Err(FileError::Failed(SourceError::Upstream(error))) => {
                Err(ServeError::Upstream(Arc::new(error)))
            }
            Err(
                FileError::Busy | FileError::Failed(SourceError::Missing | SourceError::NoMemory),
            ) => Err(busy),
        }
    }

    /// The file from disk, where its length is known before it is read.
    async fn on_disk(
        &self,
        key: &SourceKey,
        reservation: &FileReservation,
    ) -> Result<Bytes, SourceError> {
        let digest = key.digest();
        let read = |most| self.blobs.get_at_most(Tier::Artwork, &digest, most);
        let found = match read(reservation.bytes()).await {
            Err(TooLarge(length)) if reservation.cover(length.min(MAX_FILE_BYTES)) => {
                read(length).await
            }
            found => found,
        };
        match found {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(SourceError::Missing),
            Err(TooLarge(_)) => Err(SourceError::NoMemory),
        }
    }

    /// Stores a file that was found good.
    pub(super) fn keep(&self, key: &SourceKey, bytes: &Bytes, labels: Labels) {
        self.blobs.put(Tier::Artwork, &key.digest(), bytes, labels);
    }

    /// Forgets a file that was found bad.
    pub(super) fn forget(&self, key: &SourceKey) {
        self.recent.remove(key);
    }

    /// Tells `/metrics` what is reserved.
    pub(super) fn record_gauges(&self) {
        self.recent.remove_old();
        Budget::RecentArtwork.used().set(self.recent.bytes() as f64);
        Budget::Artwork.used().set(self.budget.taken_bytes() as f64);
        Budget::LargeArtwork.used().set(self.budget.large_bytes() as f64);
    }
}

async fn from_host_of(
    providers: &Providers,
    key: &SourceKey,
    reservation: &FileReservation,
) -> Result<Bytes, UpstreamError> {
    match key.artwork.source {
        ArtworkSource::Tmdb => {
            let size = key.size.unwrap_or(TmdbSize::Original);
            let tmdb = providers.tmdb.with(Priority::current().into());
            tmdb.image(&key.artwork, size, reservation).await
        }
        ArtworkSource::Fanart => match &providers.fanart {
            Some(fanart) => {
                let fanart = fanart.with(Priority::current().into());
                fanart.image(&key.artwork, reservation).await
            }
            None => Err(UpstreamError::NotFound { provider: "fanart" }),
        },
    }
}
