//! Blobs on the local disk: as files, their index and limit in SQLite, which also holds the small ones.
//!
//! Reads of files go straight to them; the index is not asked. Writes, uses and evictions are one
//! background worker's work, fed through a bounded queue. A directory that cannot be used makes the
//! store *degraded*: nothing is written, the server goes on from memory, and the worker tries again
//! every few seconds.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::shared::Shared;
use super::worker::Worker;
use super::{
    BlobBackend, BlobError, Digest, Dropped, Labels, MAX_BLOB_BYTES, Payload, ReadError, Tier,
    TierUsage, format,
};
use crate::budgets::{Budget, Budgets};
use crate::store::PurgeScope;
use crate::telemetry::Health;

/// Larger blobs are not written where they would lie in the index, which is read and written in pages.
const MAX_INDEXED_BYTES: u64 = 1 << 20;
/// Writes that may wait; further ones are dropped and counted.
const QUEUE_ENTRIES: usize = 1024;

/// A blob on its way to the disk. The permit counts its bytes while it waits.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) tier: Tier,
    pub(super) digest: Digest,
    /// What stands before the payload in a file.
    head: Bytes,
    payload: Payload,
    pub(super) labels: Labels,
    _permit: OwnedSemaphorePermit,
}

impl Write {
    pub(super) fn bytes(&self) -> u64 {
        self.head.len() as u64 + self.payload.len()
    }

    /// The pieces of the file, in order.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &Bytes> {
        std::iter::once(&self.head).chain(&self.payload.0)
    }
}

#[derive(Debug)]
pub(super) enum BlobCommand {
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

/// The backend on the local disk.
#[derive(Debug)]
pub(super) struct LocalBlobs {
    shared: Arc<Shared>,
    commands: mpsc::Sender<BlobCommand>,
}

impl LocalBlobs {
    pub(super) fn open(dir: &Path, limit_bytes: u64, budgets: &Budgets) -> Self {
        let shared = Shared::new(dir, limit_bytes, budgets[Budget::DiskQueue]);
        let shared = Arc::new(shared);
        let (commands, queue) = mpsc::channel(QUEUE_ENTRIES);
        let worker = Worker::new(dir.to_owned(), Arc::clone(&shared));
        tokio::spawn(worker.run(queue));
        Self { shared, commands }
    }
}

#[async_trait]
impl BlobBackend for LocalBlobs {
    async fn read(
        &self,
        tier: Tier,
        digest: &Digest,
        max_bytes: usize,
    ) -> Result<Bytes, ReadError> {
        self.shared.read(tier, *digest, max_bytes).await
    }

    fn put(
        &self,
        tier: Tier,
        digest: &Digest,
        payload: Payload,
        labels: Labels,
    ) -> Result<(), Dropped> {
        let most = if tier.is_in_index() { MAX_INDEXED_BYTES } else { MAX_BLOB_BYTES };
        let largest = most.min(self.shared.limit_bytes / 4);
        if payload.len() > largest {
            return Err("too_large");
        }
        if self.shared.degraded().is_some() {
            return Err("degraded");
        }
        let permit = Arc::clone(&self.shared.queue_kib).try_acquire_many_owned(payload.kib());
        let permit = permit.map_err(|_| "queue_full")?;
        let slot = self.commands.try_reserve().map_err(|_| "queue_full")?;
        let head = format::head(tier, digest, &payload, &labels);
        let digest = *digest;
        let write = Write { tier, digest, head, payload, labels, _permit: permit };
        slot.send(BlobCommand::Write(write));
        Ok(())
    }

    fn forget(&self, tier: Tier, digest: &Digest) {
        // A full queue only delays the deletion to the next read.
        let _ = self.commands.try_send(BlobCommand::Forget(tier, *digest));
    }

    fn touch(&self, tier: Tier, digest: &Digest) {
        self.shared.note_use(tier, *digest);
    }

    async fn purge(&self, scope: &PurgeScope) -> Result<u64, BlobError> {
        let (answer, removed) = oneshot::channel();
        let command = BlobCommand::Purge(scope.clone(), answer);
        self.commands.send(command).await.map_err(|_| BlobError::Closed)?;
        removed.await.map_err(|_| BlobError::Closed)?
    }

    async fn flush(&self) {
        let (answer, done) = oneshot::channel();
        if self.commands.send(BlobCommand::Flush(answer)).await.is_ok() {
            let _ = done.await;
        }
    }

    async fn close(&self) {
        let (answer, done) = oneshot::channel();
        if self.commands.send(BlobCommand::Close(answer)).await.is_ok() {
            let _ = done.await;
        }
    }

    fn health(&self) -> Health {
        match self.shared.degraded() {
            Some(reason) => Health::Degraded(reason.to_string()),
            None => Health::Ready,
        }
    }

    fn usage(&self, tier: Tier) -> TierUsage {
        self.shared.usage(tier)
    }

    fn queued_bytes(&self) -> usize {
        self.shared.queued_bytes()
    }

    fn used_bytes(&self) -> u64 {
        self.shared.used_bytes()
    }

    #[cfg(test)]
    async fn recover_now(&self) {
        let _ = self.commands.send(BlobCommand::Recover).await;
    }
}
