//! What the requests and the worker share.

use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use object_store::ObjectStoreExt;
use object_store::local::LocalFileSystem;
use tokio::sync::{Semaphore, watch};

use super::entry::path_of;
use super::format::HEADER_BYTES;
use super::{Digest, MAX_BLOB_BYTES, QUEUE_KIB, Tier, format};
use crate::store::now_micros;

/// Reads at the same time; each holds a thread while the disk works.
const PARALLEL_READS: usize = 64;
/// Uses remembered until the next write to the index; further ones are forgotten.
const MAX_USES: usize = 16_384;
/// Header and titles come on top of the payload.
const MAX_FILE_BYTES: u64 = MAX_BLOB_BYTES + HEADER_BYTES as u64 + u16::MAX as u64;

/// Space and number of one tier's blobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierUsage {
    pub bytes: u64,
    pub blobs: u64,
}

pub(super) enum ReadError {
    Missing,
    Corrupt,
    /// Not readable, or not in time.
    Failed,
}

#[derive(Debug, Default)]
struct TierTotals {
    bytes: AtomicU64,
    blobs: AtomicU64,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) limit_bytes: u64,
    pub(super) queue_kib: Arc<Semaphore>,
    /// `None` until the directory could be opened.
    files: ArcSwapOption<LocalFileSystem>,
    /// Whether that has been tried: until then reads wait, so that the first requests after a
    /// start find what is there.
    looked: watch::Sender<bool>,
    reads: Arc<Semaphore>,
    degraded: ArcSwapOption<String>,
    uses: Mutex<HashMap<(Tier, Digest), i64>>,
    totals: [TierTotals; Tier::ALL.len()],
    /// The index's files and the folders.
    overhead: AtomicU64,
}

impl Shared {
    pub(super) fn new(limit_bytes: u64) -> Self {
        Self {
            limit_bytes,
            queue_kib: Arc::new(Semaphore::new(QUEUE_KIB as usize)),
            files: ArcSwapOption::empty(),
            looked: watch::Sender::new(false),
            reads: Arc::new(Semaphore::new(PARALLEL_READS)),
            degraded: ArcSwapOption::empty(),
            uses: Mutex::default(),
            totals: Default::default(),
            overhead: AtomicU64::new(0),
        }
    }

    /// Why nothing is written, if so.
    pub(super) fn degraded(&self) -> Option<Arc<String>> {
        self.degraded.load_full()
    }

    pub(super) fn set_degraded(&self, reason: Option<String>) {
        self.degraded.store(reason.map(Arc::new));
    }

    pub(super) fn files(&self) -> Option<Arc<LocalFileSystem>> {
        self.files.load_full()
    }

    pub(super) fn set_files(&self, files: LocalFileSystem) {
        self.files.store(Some(Arc::new(files)));
    }

    /// The directory has been looked for, found or not.
    pub(super) fn set_looked(&self) {
        self.looked.send_replace(true);
    }

    pub(super) fn note_use(&self, tier: Tier, digest: Digest) {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        if uses.len() < MAX_USES || uses.contains_key(&(tier, digest)) {
            uses.insert((tier, digest), now_micros());
        }
    }

    pub(super) fn take_uses(&self) -> HashMap<(Tier, Digest), i64> {
        std::mem::take(&mut *self.uses.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn usage(&self, tier: Tier) -> TierUsage {
        let totals = &self.totals[usize::from(tier.number())];
        TierUsage {
            bytes: totals.bytes.load(Ordering::Relaxed),
            blobs: totals.blobs.load(Ordering::Relaxed),
        }
    }

    /// Only the worker writes totals, so load and store need not be one step.
    pub(super) fn set_usage(&self, tier: Tier, usage: TierUsage) {
        let totals = &self.totals[usize::from(tier.number())];
        totals.bytes.store(usage.bytes, Ordering::Relaxed);
        totals.blobs.store(usage.blobs, Ordering::Relaxed);
    }

    pub(super) fn set_overhead(&self, bytes: u64) {
        self.overhead.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn used_bytes(&self) -> u64 {
        let blobs: u64 = Tier::ALL.iter().map(|tier| self.usage(*tier).bytes).sum();
        blobs + self.overhead.load(Ordering::Relaxed)
    }

    /// Reads and verifies one file. On a hanging disk the caller goes on after `patience`; the
    /// read keeps its place among the parallel ones until it ends, so threads stay bounded.
    pub(super) async fn read(
        &self,
        tier: Tier,
        digest: Digest,
        patience: Duration,
    ) -> Result<Bytes, ReadError> {
        let reads = Arc::clone(&self.reads);
        let reading = async move {
            // The sender lives as long as `self`.
            let _ = self.looked.subscribe().wait_for(|looked| *looked).await;
            let files = self.files().ok_or(ReadError::Missing)?;
            let permit = reads.acquire_owned().await.map_err(|_| ReadError::Failed)?;
            let task = tokio::spawn(async move {
                let read = read_file(&files, tier, &digest).await;
                drop(permit);
                read
            });
            task.await.map_err(|_| ReadError::Failed)?
        };
        tokio::time::timeout(patience, reading).await.unwrap_or(Err(ReadError::Failed))
    }
}

async fn read_file(
    files: &LocalFileSystem,
    tier: Tier,
    digest: &Digest,
) -> Result<Bytes, ReadError> {
    let failed = |error: object_store::Error| match error {
        object_store::Error::NotFound { .. } => ReadError::Missing,
        _ => ReadError::Failed,
    };
    let found = files.get(&path_of(tier, digest)).await.map_err(failed)?;
    if found.meta.size > MAX_FILE_BYTES {
        return Err(ReadError::Corrupt);
    }
    let file = found.bytes().await.map_err(failed)?;
    format::decode(tier, digest, &file).map_err(|_| ReadError::Corrupt)
}

/// The first reason for an error that the system gave, without paths.
pub(super) fn reason(error: &(dyn Error + 'static)) -> String {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return error.kind().to_string();
        }
        if let Some(sqlx::Error::Database(error)) = error.downcast_ref::<sqlx::Error>() {
            return format!("index: {}", error.message());
        }
        next = error.source();
    }
    "the directory cannot be used".to_owned()
}

/// Tells a store with no room left from one that cannot be written at all.
pub(super) fn is_full(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(kind, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)) {
            return true;
        }
        if let Some(sqlx::Error::Database(error)) = error.downcast_ref::<sqlx::Error>() {
            // SQLITE_FULL
            return error.code().as_deref() == Some("13");
        }
        next = error.source();
    }
    false
}

/// Deletes a file; one that is gone already counts as deleted.
pub(super) async fn delete(
    files: &LocalFileSystem,
    tier: Tier,
    digest: &Digest,
) -> object_store::Result<()> {
    match files.delete(&path_of(tier, digest)).await {
        Err(object_store::Error::NotFound { .. }) => Ok(()),
        done => done,
    }
}
