//! The disk tier: blobs as files, their index and limit in SQLite, which also holds the small ones.
//!
//! Reads of files go straight to them; the index is not asked. Every read verifies a checksum. Writes, uses and
//! evictions are one background worker's work, fed through a bounded queue, so a request waits for
//! none of them. A directory that cannot be used makes the store *degraded*: nothing is written,
//! the server goes on from memory, and the worker tries again every few seconds.

mod batch;
mod entry;
mod format;
mod index;
mod reconcile;
mod shared;
mod worker;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

pub use entry::{Digest, Labels, Tier};
pub use shared::TierUsage;
use shared::{ReadError, Shared};

use super::PurgeScope;
use crate::budgets::{Budget, Budgets};
use crate::telemetry::Health;
use crate::telemetry::metrics::{BLOB_READS, BLOB_WRITES};

/// Larger blobs are neither written nor read.
const MAX_BLOB_BYTES: u64 = 64 << 20;
/// The same for those in the index, which is read and written in pages.
const MAX_INDEXED_BYTES: u64 = 1 << 20;
/// Writes that may wait; further ones are dropped and counted.
const QUEUE_ENTRIES: usize = 1024;
/// A disk slower than this is worse than no cache.
const READ_TIMEOUT: Duration = Duration::from_secs(1);

/// A blob on its way to the disk. The permit counts its bytes while it waits.
#[derive(Debug)]
struct Write {
    tier: Tier,
    digest: Digest,
    /// What stands before the payload in a file.
    head: Bytes,
    payload: Payload,
    labels: Labels,
    _permit: OwnedSemaphorePermit,
}

impl Write {
    fn bytes(&self) -> u64 {
        self.head.len() as u64 + self.payload.len()
    }

    /// The pieces of the file, in order.
    fn pieces(&self) -> impl Iterator<Item = &Bytes> {
        std::iter::once(&self.head).chain(&self.payload.0)
    }
}

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
}

#[derive(Debug)]
enum BlobCommand {
    Write(Write),
    /// A file that failed its checksum.
    Forget(Tier, Digest),
    Purge(PurgeScope, oneshot::Sender<Result<u64, BlobError>>),
    /// Answers when everything before it is done.
    Flush(oneshot::Sender<()>),
    Close(oneshot::Sender<()>),
    #[cfg(test)]
    Recover,
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

/// The disk cache. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BlobStore {
    shared: Arc<Shared>,
    commands: mpsc::Sender<BlobCommand>,
}

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
        let shared = Arc::new(Shared::new(limit_bytes, budgets[Budget::DiskQueue]));
        let (commands, queue) = mpsc::channel(QUEUE_ENTRIES);
        let worker = worker::Worker::new(dir.to_owned(), Arc::clone(&shared));
        tokio::spawn(worker.run(queue));
        Self { shared, commands }
    }

    /// The blob, verified. A file that is torn, foreign or misnamed is deleted, counted, and
    /// `None`; so is whatever cannot be read within a second.
    pub async fn get(&self, tier: Tier, digest: &Digest) -> Option<Bytes> {
        self.get_at_most(tier, digest, usize::MAX).await.ok().flatten()
    }

    /// The same for a file of at most so many bytes.
    ///
    /// # Errors
    /// The file has more: nothing was read of it.
    pub async fn get_at_most(
        &self,
        tier: Tier,
        digest: &Digest,
        max_bytes: usize,
    ) -> Result<Option<Bytes>, TooLarge> {
        let read = self.shared.read(tier, *digest, max_bytes, READ_TIMEOUT).await;
        let (outcome, blob) = match read {
            Ok(blob) => {
                self.shared.note_use(tier, *digest);
                ("hit", Some(blob))
            }
            Err(ReadError::TooLarge(bytes)) => return Err(TooLarge(bytes)),
            Err(ReadError::Missing) => ("miss", None),
            Err(ReadError::Corrupt) => {
                tracing::warn!(tier = tier.name(), "dropped a blob that failed its checksum");
                // A full queue only delays the deletion to the next read.
                let _ = self.commands.try_send(BlobCommand::Forget(tier, *digest));
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
        let queued = self.try_put(tier, digest, payload.into(), labels);
        if let Err(outcome) = queued {
            metrics::counter!(BLOB_WRITES.name, "tier" => tier.name(), "outcome" => outcome)
                .increment(1);
        }
        queued.is_ok()
    }

    fn try_put(
        &self,
        tier: Tier,
        digest: &Digest,
        payload: Payload,
        labels: Labels,
    ) -> Result<(), &'static str> {
        let most = if tier.is_in_index() { MAX_INDEXED_BYTES } else { MAX_BLOB_BYTES };
        let largest = most.min(self.shared.limit_bytes / 4);
        if payload.len() > largest {
            return Err("too_large");
        }
        if self.shared.degraded().is_some() {
            return Err("degraded");
        }
        // At most 64 MiB: fits u32 in KiB.
        let kib = (payload.len() / 1024 + 1) as u32;
        let permit = Arc::clone(&self.shared.queue_kib).try_acquire_many_owned(kib);
        let permit = permit.map_err(|_| "queue_full")?;
        let slot = self.commands.try_reserve().map_err(|_| "queue_full")?;
        let head = format::head(tier, digest, &payload, &labels);
        let digest = *digest;
        slot.send(BlobCommand::Write(Write {
            tier,
            digest,
            head,
            payload,
            labels,
            _permit: permit,
        }));
        Ok(())
    }

    /// Marks a blob as used without reading it, for hits in a memory tier above.
    pub fn touch(&self, tier: Tier, digest: &Digest) {
        self.shared.note_use(tier, *digest);
    }

    /// Removes what is in scope, also what waits to be written; returns how many blobs.
    pub async fn purge(&self, scope: &PurgeScope) -> Result<u64, BlobError> {
        let (answer, removed) = oneshot::channel();
        let command = BlobCommand::Purge(scope.clone(), answer);
        self.commands.send(command).await.map_err(|_| BlobError::Closed)?;
        removed.await.map_err(|_| BlobError::Closed)?
    }

    /// Waits until everything queued so far is on the disk.
    pub async fn flush(&self) {
        let (answer, done) = oneshot::channel();
        if self.commands.send(BlobCommand::Flush(answer)).await.is_ok() {
            let _ = done.await;
        }
    }

    /// Writes what is queued and closes the index. Later reads of files still work; writes are
    /// dropped.
    pub async fn close(&self) {
        let (answer, done) = oneshot::channel();
        if self.commands.send(BlobCommand::Close(answer)).await.is_ok() {
            let _ = done.await;
        }
    }

    /// Tries a degraded store again at once.
    #[cfg(test)]
    async fn recover_now(&self) {
        let _ = self.commands.send(BlobCommand::Recover).await;
    }

    pub fn health(&self) -> Health {
        match self.shared.degraded() {
            Some(reason) => Health::Degraded(reason.to_string()),
            None => Health::Ready,
        }
    }

    /// Disk space and number of blobs per tier.
    pub fn usage(&self, tier: Tier) -> TierUsage {
        self.shared.usage(tier)
    }

    /// Bytes that wait to be written.
    pub fn queued_bytes(&self) -> usize {
        self.shared.queued_bytes()
    }

    /// Disk space in use, metadata included.
    pub fn used_bytes(&self) -> u64 {
        self.shared.used_bytes()
    }
}

#[cfg(test)]
mod tests;
