//! Blobs: pictures, artwork and answers that outlive the process.
//!
//! A [`BlobStore`] keeps them in a backend: on the local disk within a limit ([`local`]), or in an object
//! store that several servers share ([`object`]). Every backend passes the tests of `contract`: what is
//! read was verified by its checksum, and no request waits for a write.

mod batch;
#[cfg(test)]
mod contract;
mod entry;
mod format;
mod index;
mod local;
mod object;
mod reconcile;
mod shared;
mod worker;

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;

pub use entry::{Digest, Labels, Tier};
use local::LocalBlobs;
use object::ObjectBlobs;
pub use shared::TierUsage;

use super::PurgeScope;
use crate::budgets::{Budget, Budgets};
use crate::telemetry::Health;
use crate::telemetry::metrics::{BLOB_READS, BLOB_WRITES};

/// Larger blobs are neither written nor read.
const MAX_BLOB_BYTES: u64 = 64 << 20;
/// A store slower than this is worse than none.
const READ_TIMEOUT: Duration = Duration::from_secs(1);
/// Reads at the same time.
const PARALLEL_READS: usize = 64;

/// The bytes of a blob, in pieces that others may hold as well: nothing is copied to be queued.
#[derive(Clone, Debug)]
pub struct Payload([Bytes; 2]);

impl From<&Bytes> for Payload {
    fn from(bytes: &Bytes) -> Self {
        Self([bytes.clone(), Bytes::new()])
    }
}

impl From<[Bytes; 2]> for Payload {
    fn from(pieces: [Bytes; 2]) -> Self {
        Self(pieces)
    }
}

impl Payload {
    fn len(&self) -> u64 {
        self.0.iter().map(|piece| piece.len() as u64).sum()
    }

    /// Its length in KiB, rounded up to a whole one more: a payload is at most 64 MiB.
    fn kib(&self) -> u32 {
        (self.len() / 1024 + 1) as u32
    }
}

/// Why a purge was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    #[error("the disk cache is degraded: {0}")]
    Degraded(String),
    #[error("the disk cache is closed")]
    Closed,
}

/// A blob has so many bytes, which is more than the caller has memory for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge(pub usize);

/// Why a blob was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReadError {
    Missing,
    /// It has so many bytes.
    TooLarge(usize),
    /// Torn, foreign or misnamed.
    Corrupt,
    /// Not readable, or not in time.
    Failed,
}

/// Why a blob is not kept, by the word in metrics.
type Dropped = &'static str;

/// Where blobs are kept.
#[async_trait]
trait BlobBackend: Debug + Send + Sync {
    /// The payload, verified; nothing is read of a longer one than `max_bytes`. Waits
    /// [`READ_TIMEOUT`] at most.
    async fn read(&self, tier: Tier, digest: &Digest, max_bytes: usize)
    -> Result<Bytes, ReadError>;

    /// Queues a blob to be written in place of one of the same name, and never waits. Of several with
    /// one name the last stays, but for tiers that are named by content, where any will do.
    fn put(
        &self,
        tier: Tier,
        digest: &Digest,
        payload: Payload,
        labels: Labels,
    ) -> Result<(), Dropped>;

    /// Queues the removal of a blob that failed its checksum.
    fn forget(&self, tier: Tier, digest: &Digest);

    /// Notes that a blob was used; for backends that evict.
    fn touch(&self, tier: Tier, digest: &Digest);

    /// Removes what is in scope, also what waits to be written; returns how many blobs.
    async fn purge(&self, scope: &PurgeScope) -> Result<u64, BlobError>;

    /// Waits until everything queued so far is written.
    async fn flush(&self);

    /// Writes what is queued and drops what comes later; reads of files and objects still work.
    async fn close(&self);

    fn health(&self) -> Health;

    /// Space and number of a tier's blobs; none where the backend does not count them.
    fn usage(&self, tier: Tier) -> TierUsage;

    /// Bytes that wait to be written.
    fn queued_bytes(&self) -> usize;

    /// Space in use, metadata included; 0 where the backend does not count it.
    fn used_bytes(&self) -> u64;

    /// Tries a degraded backend again at once.
    #[cfg(test)]
    async fn recover_now(&self) {}
}

/// A store of blobs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BlobStore(Arc<dyn BlobBackend>);

impl BlobStore {
    /// Starts a store in `dir` that holds at most `limit_bytes`, metadata included. It never
    /// fails: a directory that cannot be used shows in [`Self::health`]. A limit of 0 keeps
    /// nothing.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn open(dir: &Path, limit_bytes: u64) -> Self {
        Self::open_within(dir, limit_bytes, &Budgets::default())
    }

    /// The same, with as much in its queue as `budgets` say.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn open_within(dir: &Path, limit_bytes: u64, budgets: &Budgets) -> Self {
        Self(Arc::new(LocalBlobs::open(dir, limit_bytes, budgets)))
    }

    /// Keeps blobs in a folder that several servers may share, without a limit.
    ///
    /// # Errors
    /// The folder cannot be made.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub(crate) fn in_shared_folder(dir: &Path, budgets: &Budgets) -> std::io::Result<Self> {
        super::create_private_dir(dir)?;
        let folder = LocalFileSystem::new_with_prefix(dir).map_err(std::io::Error::other)?;
        Ok(Self::in_objects(Arc::new(folder), budgets))
    }

    /// Keeps blobs in `store`, which counts and evicts by rules of its own.
    fn in_objects(store: Arc<dyn ObjectStore>, budgets: &Budgets) -> Self {
        Self(Arc::new(ObjectBlobs::new(store, budgets[Budget::DiskQueue])))
    }

    /// The blob, verified. A file that is torn, foreign or misnamed is deleted, counted, and
    /// `None`; so is whatever cannot be read within a second.
    pub async fn get(&self, tier: Tier, digest: &Digest) -> Option<Bytes> {
        self.get_at_most(tier, digest, usize::MAX).await.ok().flatten()
    }

    /// The same for a blob of at most so many bytes.
    ///
    /// # Errors
    /// The blob has more: nothing was read of it.
    pub async fn get_at_most(
        &self,
        tier: Tier,
        digest: &Digest,
        max_bytes: usize,
    ) -> Result<Option<Bytes>, TooLarge> {
        let (outcome, blob) = match self.0.read(tier, digest, max_bytes).await {
            Ok(blob) => {
                self.0.touch(tier, digest);
                ("hit", Some(blob))
            }
            Err(ReadError::TooLarge(bytes)) => return Err(TooLarge(bytes)),
            Err(ReadError::Missing) => ("miss", None),
            Err(ReadError::Corrupt) => {
                tracing::warn!(tier = tier.name(), "dropped a blob that failed its checksum");
                self.0.forget(tier, digest);
                ("corrupt", None)
            }
            Err(ReadError::Failed) => ("failed", None),
        };
        metrics::counter!(BLOB_READS.name, "tier" => tier.name(), "outcome" => outcome)
            .increment(1);
        Ok(blob)
    }

    /// Queues a blob to be written, replacing one of the same name. Never waits: false when it
    /// was dropped, because the queue is full, the blob too large or the store degraded.
    pub fn put(
        &self,
        tier: Tier,
        digest: &Digest,
        payload: impl Into<Payload>,
        labels: Labels,
    ) -> bool {
        let queued = self.0.put(tier, digest, payload.into(), labels);
        if let Err(outcome) = queued {
            count_writes([tier], outcome);
        }
        queued.is_ok()
    }

    /// Marks a blob as used without reading it, for hits in a memory tier above.
    pub fn touch(&self, tier: Tier, digest: &Digest) {
        self.0.touch(tier, digest);
    }

    /// Removes what is in scope, also what waits to be written; returns how many blobs.
    pub async fn purge(&self, scope: &PurgeScope) -> Result<u64, BlobError> {
        self.0.purge(scope).await
    }

    /// Waits until everything queued so far is written.
    pub async fn flush(&self) {
        self.0.flush().await;
    }

    /// Writes what is queued; later writes are dropped.
    pub async fn close(&self) {
        self.0.close().await;
    }

    pub fn health(&self) -> Health {
        self.0.health()
    }

    /// Space and number of blobs per tier.
    pub fn usage(&self, tier: Tier) -> TierUsage {
        self.0.usage(tier)
    }

    /// Bytes that wait to be written.
    pub fn queued_bytes(&self) -> usize {
        self.0.queued_bytes()
    }

    /// Space in use, metadata included.
    pub fn used_bytes(&self) -> u64 {
        self.0.used_bytes()
    }

    #[cfg(test)]
    async fn recover_now(&self) {
        self.0.recover_now().await;
    }
}

fn count_writes(tiers: impl IntoIterator<Item = Tier>, outcome: &'static str) {
    for tier in tiers {
        metrics::counter!(BLOB_WRITES.name, "tier" => tier.name(), "outcome" => outcome)
            .increment(1);
    }
}

#[cfg(test)]
mod tests;
