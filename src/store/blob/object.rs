//! Blobs in an object store that several servers may share: one object each, named and laid out as files
//! on the local disk are.
//!
//! Nothing is counted and nothing evicted: that is for the store's own rules. Artwork, bases and pictures
//! are named by everything that decides about their bytes, so an object that is there already is as
//! good as the one that was to be written; answers are replaced.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutPayload};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::entry::path_of;
use super::format::{self, START_BYTES};
use super::shared::check_length;
use super::{
    BlobBackend, BlobError, Digest, Dropped, Labels, MAX_BLOB_BYTES, PARALLEL_READS, Payload,
    READ_TIMEOUT, ReadError, Tier, TierUsage, count_writes,
};
use crate::store::PurgeScope;
use crate::telemetry::Health;

/// Writes at the same time. Those of one name are one after the other.
const LANES: usize = 16;
/// Writes that may wait in each lane.
const LANE_ENTRIES: usize = 64;
/// A write that takes longer has failed.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// Objects that a purge looks at or deletes at the same time.
const PARALLEL_PURGES: usize = 8;

#[derive(Debug)]
enum LaneCommand {
    /// The permit counts its bytes while it waits.
    Write(Tier, Digest, PutPayload, OwnedSemaphorePermit),
    Forget(Tier, Digest),
    Flush(oneshot::Sender<()>),
}

/// The backend in an object store.
#[derive(Debug)]
pub(super) struct ObjectBlobs {
    store: Arc<dyn ObjectStore>,
    lanes: Vec<mpsc::Sender<LaneCommand>>,
    queue_kib: Arc<Semaphore>,
    max_queue_kib: usize,
    reads: Semaphore,
    /// Why the last write failed.
    failure: Arc<ArcSwapOption<String>>,
    closed: AtomicBool,
}

impl ObjectBlobs {
    pub(super) fn new(store: Arc<dyn ObjectStore>, queue_bytes: usize) -> Self {
        let max_queue_kib = queue_bytes / 1024;
        let failure = Arc::new(ArcSwapOption::empty());
        let lane = |_| {
            let (sender, queue) = mpsc::channel(LANE_ENTRIES);
            tokio::spawn(write_all(Arc::clone(&store), queue, Arc::clone(&failure)));
            sender
        };
        Self {
            lanes: (0..LANES).map(lane).collect(),
            store,
            queue_kib: Arc::new(Semaphore::new(max_queue_kib)),
            max_queue_kib,
            reads: Semaphore::new(PARALLEL_READS),
            failure,
            closed: AtomicBool::new(false),
        }
    }

    fn lane(&self, digest: &Digest) -> &mpsc::Sender<LaneCommand> {
        &self.lanes[usize::from(digest.as_bytes()[0]) % LANES]
    }

    async fn read_object(
        &self,
        tier: Tier,
        digest: &Digest,
        max_bytes: usize,
    ) -> Result<Bytes, ReadError> {
        let failed = |error: object_store::Error| match error {
            object_store::Error::NotFound { .. } => ReadError::Missing,
            _ => ReadError::Failed,
        };
        let _turn = self.reads.acquire().await.map_err(|_| ReadError::Failed)?;
        let found = self.store.get(&location_of(tier, digest)).await.map_err(failed)?;
        check_length(found.meta.size, max_bytes)?;
        let object = found.bytes().await.map_err(failed)?;
        format::decode(tier, digest, &object).map_err(|_| ReadError::Corrupt)
    }

    /// Removes the objects of a tier that are in scope; returns how many.
    async fn purge_tier(&self, tier: Tier, scope: &PurgeScope) -> object_store::Result<u64> {
        let removed = AtomicU64::new(0);
        let prefix = Path::from(tier.name());
        let counter = &removed;
        let listed = self.store.list(Some(&prefix));
        listed
            .try_for_each_concurrent(PARALLEL_PURGES, |object| async move {
                if self.is_in_scope(&object, scope).await? {
                    delete(self.store.as_ref(), &object.location).await?;
                    counter.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            })
            .await?;
        Ok(removed.into_inner())
    }

    /// Titles and families stand in the object's first bytes.
    async fn is_in_scope(
        &self,
        object: &ObjectMeta,
        scope: &PurgeScope,
    ) -> object_store::Result<bool> {
        if let PurgeScope::All | PurgeScope::Tier(_) = scope {
            return Ok(true);
        }
        let start = 0..START_BYTES.min(object.size);
        let start = match self.store.get_range(&object.location, start).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(false),
            read => read?,
        };
        let labels = format::read_labels(&start, object.size);
        Ok(labels.is_ok_and(|labels| match scope {
            PurgeScope::Title(title) => labels.titles.contains(title),
            PurgeScope::Family(kind) => labels.family == Some(*kind),
            PurgeScope::All | PurgeScope::Tier(_) => true,
        }))
    }
}

#[async_trait]
impl BlobBackend for ObjectBlobs {
    async fn read(
        &self,
        tier: Tier,
        digest: &Digest,
        max_bytes: usize,
    ) -> Result<Bytes, ReadError> {
        let reading = self.read_object(tier, digest, max_bytes);
        tokio::time::timeout(READ_TIMEOUT, reading).await.unwrap_or(Err(ReadError::Failed))
    }

    fn put(
        &self,
        tier: Tier,
        digest: &Digest,
        payload: Payload,
        labels: Labels,
    ) -> Result<(), Dropped> {
        if payload.len() > MAX_BLOB_BYTES {
            return Err("too_large");
        }
        if self.closed.load(Ordering::Relaxed) {
            return Err("degraded");
        }
        let permit = Arc::clone(&self.queue_kib).try_acquire_many_owned(payload.kib());
        let permit = permit.map_err(|_| "queue_full")?;
        let slot = self.lane(digest).try_reserve().map_err(|_| "queue_full")?;
        let head = format::head(tier, digest, &payload, &labels);
        let object = std::iter::once(head).chain(payload.0).collect();
        slot.send(LaneCommand::Write(tier, *digest, object, permit));
        Ok(())
    }

    fn forget(&self, tier: Tier, digest: &Digest) {
        // A full lane only delays the deletion to the next read.
        let _ = self.lane(digest).try_send(LaneCommand::Forget(tier, *digest));
    }

    /// Objects are evicted by the store's rules, which ask nobody.
    fn touch(&self, _: Tier, _: &Digest) {}

    async fn purge(&self, scope: &PurgeScope) -> Result<u64, BlobError> {
        self.flush().await;
        let mut removed = 0;
        for tier in Tier::ALL {
            if !matches!(scope, PurgeScope::Tier(only) if *only != tier) {
                let purged = self.purge_tier(tier, scope).await;
                removed += purged.map_err(|error| BlobError::Degraded(reason(&error)))?;
            }
        }
        Ok(removed)
    }

    async fn flush(&self) {
        for lane in &self.lanes {
            let (answer, done) = oneshot::channel();
            if lane.send(LaneCommand::Flush(answer)).await.is_ok() {
                let _ = done.await;
            }
        }
    }

    async fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.flush().await;
    }

    fn health(&self) -> Health {
        match self.failure.load_full() {
            _ if self.closed.load(Ordering::Relaxed) => Health::Degraded("closed".to_owned()),
            Some(reason) => Health::Degraded(reason.to_string()),
            None => Health::Ready,
        }
    }

    fn usage(&self, _: Tier) -> TierUsage {
        TierUsage { bytes: 0, blobs: 0 }
    }

    fn queued_bytes(&self) -> usize {
        (self.max_queue_kib - self.queue_kib.available_permits()) * 1024
    }

    fn used_bytes(&self) -> u64 {
        0
    }
}

fn location_of(tier: Tier, digest: &Digest) -> Path {
    Path::from(path_of(tier, digest))
}

/// One lane: does what it is sent, in order.
async fn write_all(
    store: Arc<dyn ObjectStore>,
    mut queue: mpsc::Receiver<LaneCommand>,
    failure: Arc<ArcSwapOption<String>>,
) {
    while let Some(command) = queue.recv().await {
        let done = match command {
            LaneCommand::Write(tier, digest, object, _permit) => {
                let writing = write(store.as_ref(), tier, &digest, object);
                let done = tokio::time::timeout(WRITE_TIMEOUT, writing).await;
                let done = done.map_err(|_| "no answer in time".to_owned());
                let done = done.and_then(|done| done.map_err(|error| reason(&error)));
                count_writes([tier], if done.is_ok() { "stored" } else { "failed" });
                done
            }
            LaneCommand::Forget(tier, digest) => {
                let location = location_of(tier, &digest);
                delete(store.as_ref(), &location).await.map_err(|error| reason(&error))
            }
            LaneCommand::Flush(answer) => {
                // Whoever asked may be gone.
                let _ = answer.send(());
                continue;
            }
        };
        failure.store(done.err().map(Arc::new));
    }
}

async fn write(
    store: &dyn ObjectStore,
    tier: Tier,
    digest: &Digest,
    object: PutPayload,
) -> object_store::Result<()> {
    let location = location_of(tier, digest);
    if tier.is_named_by_content() {
        let created = store.put_opts(&location, object.clone(), PutMode::Create.into()).await;
        match created {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => return Ok(()),
            // A store without conditional writes: the same bytes are written again.
            Err(
                object_store::Error::NotImplemented { .. }
                | object_store::Error::NotSupported { .. },
            ) => {}
            Err(error) => return Err(error),
        }
    }
    store.put(&location, object).await.map(|_| ())
}

/// Deletes an object; one that is gone already counts as deleted.
async fn delete(store: &dyn ObjectStore, location: &Path) -> object_store::Result<()> {
    match store.delete(location).await {
        Err(object_store::Error::NotFound { .. }) => Ok(()),
        done => done,
    }
}

/// What went wrong, without addresses.
fn reason(error: &object_store::Error) -> String {
    match error {
        object_store::Error::PermissionDenied { .. } => "writing is not allowed".to_owned(),
        object_store::Error::Unauthenticated { .. } => "the credentials are refused".to_owned(),
        error => super::shared::reason(error),
    }
}
