//! What the requests and the worker share.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use tokio::sync::{Semaphore, watch};

use super::entry::path_of;
use super::format::HEADER_BYTES;
use super::index::Reader;
use super::{Digest, MAX_BLOB_BYTES, PARALLEL_READS, READ_TIMEOUT, ReadError, Tier, format};
use crate::store::now_micros;

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

#[derive(Debug, Default)]
struct TierTotals {
    bytes: AtomicU64,
    blobs: AtomicU64,
}

/// Which blobs lie in the index: most of what is asked for is new, and asking SQLite takes two
/// threads that wake each other. Eight bytes of a digest stand for it; two that share them cost a
/// question.
#[derive(Debug, Default)]
pub(super) struct Present {
    /// `None` until they have been read.
    names: Mutex<Option<HashSet<u64>>>,
}

impl Present {
    fn name(digest: &Digest) -> u64 {
        digest.as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Option<HashSet<u64>>) -> T) -> T {
        work(&mut self.names.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn lacks(&self, digest: &Digest) -> bool {
        self.with(|names| names.as_ref().is_some_and(|names| !names.contains(&Self::name(digest))))
    }

    pub(super) fn set(&self, digests: impl Iterator<Item = Digest>) {
        let read = digests.map(|digest| Self::name(&digest)).collect();
        self.with(|names| *names = Some(read));
    }

    pub(super) fn add(&self, digest: &Digest) {
        self.with(|names| names.as_mut().map(|names| names.insert(Self::name(digest))));
    }

    pub(super) fn remove(&self, digest: &Digest) {
        self.with(|names| names.as_mut().map(|names| names.remove(&Self::name(digest))));
    }
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) limit_bytes: u64,
    pub(super) queue_kib: Arc<Semaphore>,
    max_queue_kib: usize,
    root: Arc<Path>,
    /// `None` until the index could be opened.
    reader: ArcSwapOption<Reader>,
    present: Present,
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
    pub(super) fn new(root: &Path, limit_bytes: u64, queue_bytes: usize) -> Self {
        let max_queue_kib = queue_bytes / 1024;
        Self {
            limit_bytes,
            queue_kib: Arc::new(Semaphore::new(max_queue_kib)),
            max_queue_kib,
            root: root.into(),
            reader: ArcSwapOption::empty(),
            present: Present::default(),
            looked: watch::Sender::new(false),
            reads: Arc::new(Semaphore::new(PARALLEL_READS)),
            degraded: ArcSwapOption::empty(),
            uses: Mutex::default(),
            totals: Default::default(),
            overhead: AtomicU64::new(0),
        }
    }

    pub(super) fn queued_bytes(&self) -> usize {
        (self.max_queue_kib - self.queue_kib.available_permits()) * 1024
    }

    /// Why nothing is written, if so.
    pub(super) fn degraded(&self) -> Option<Arc<String>> {
        self.degraded.load_full()
    }

    pub(super) fn set_degraded(&self, reason: Option<String>) {
        self.degraded.store(reason.map(Arc::new));
    }

    /// Reads what lies in the index from now on by `reader`.
    pub(super) async fn set_reader(&self, reader: Reader) {
        if let Some(old) = self.reader.swap(Some(Arc::new(reader))) {
            old.close().await;
        }
    }

    pub(super) fn present(&self) -> &Present {
        &self.present
    }

    pub(super) async fn drop_reader(&self) {
        if let Some(reader) = self.reader.swap(None) {
            reader.close().await;
        }
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

    /// Reads and verifies one blob. On a hanging disk the caller goes on in time; the
    /// read keeps its place among the parallel ones until it ends, so threads stay bounded.
    pub(super) async fn read(
        &self,
        tier: Tier,
        digest: Digest,
        max_bytes: usize,
    ) -> Result<Bytes, ReadError> {
        let reads = Arc::clone(&self.reads);
        let reading = async move {
            // The sender lives as long as `self`.
            let _ = self.looked.subscribe().wait_for(|looked| *looked).await;
            if tier.is_in_index() {
                return self.read_from_index(tier, &digest).await;
            }
            let path = self.root.join(path_of(tier, &digest));
            let permit = reads.acquire_owned().await.map_err(|_| ReadError::Failed)?;
            #[expect(clippy::disallowed_methods, reason = "files, not pixels; so many at a time")]
            let task = tokio::task::spawn_blocking(move || {
                let file = read_file(&path, max_bytes);
                drop(permit);
                format::decode(tier, &digest, &file?.into()).map_err(|_| ReadError::Corrupt)
            });
            task.await.map_err(|_| ReadError::Failed)?
        };
        tokio::time::timeout(READ_TIMEOUT, reading).await.unwrap_or(Err(ReadError::Failed))
    }

    async fn read_from_index(&self, tier: Tier, digest: &Digest) -> Result<Bytes, ReadError> {
        if self.present.lacks(digest) {
            return Err(ReadError::Missing);
        }
        let reader = self.reader.load_full().ok_or(ReadError::Missing)?;
        let file = reader.content(tier, digest).await.map_err(|_| ReadError::Failed)?;
        let file = file.ok_or(ReadError::Missing)?;
        format::decode(tier, digest, &file.into()).map_err(|_| ReadError::Corrupt)
    }
}

/// The whole file, where its payload is not longer than `max_bytes`.
fn read_file(path: &Path, max_bytes: usize) -> Result<Vec<u8>, ReadError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Missing,
        _ => ReadError::Failed,
    };
    let mut file = File::open(path).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    check_length(bytes, max_bytes)?;
    // What grows meanwhile fails its checksum.
    let mut content = Vec::with_capacity(bytes as usize);
    file.by_ref().take(bytes).read_to_end(&mut content).map_err(failed)?;
    Ok(content)
}

/// Whether a file or object of so many bytes may be read for its payload.
pub(super) fn check_length(bytes: u64, max_payload: usize) -> Result<(), ReadError> {
    if bytes > MAX_FILE_BYTES {
        return Err(ReadError::Corrupt);
    }
    // The titles are not worth counting.
    match (bytes as usize).saturating_sub(HEADER_BYTES) {
        payload if payload > max_payload => Err(ReadError::TooLarge(payload)),
        _ => Ok(()),
    }
}

/// The first reason for an error that the system gave, without paths.
pub(super) fn reason(error: &(dyn Error + 'static)) -> String {
    for error in causes(error) {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return error.kind().to_string();
        }
        if let Some(sqlx::Error::Database(error)) = error.downcast_ref::<sqlx::Error>() {
            return format!("index: {}", error.message());
        }
    }
    "the directory cannot be used".to_owned()
}

/// Tells a store with no room left from one that cannot be written at all.
pub(super) fn is_full(error: &(dyn Error + 'static)) -> bool {
    let full = |error: &(dyn Error + 'static)| {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        matches!(kind, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    };
    // SQLITE_FULL
    causes(error).any(full) || sqlite_code(error) == Some(13)
}

/// SQLite has met a page that is torn, or a file that is no database.
pub(super) fn is_torn(error: &(dyn Error + 'static)) -> bool {
    // SQLITE_CORRUPT, SQLITE_NOTADB
    matches!(sqlite_code(error), Some(11 | 26))
}

/// The primary code of SQLite's error, if it is one.
fn sqlite_code(error: &(dyn Error + 'static)) -> Option<u32> {
    let error = causes(error).find_map(|error| error.downcast_ref::<sqlx::Error>())?;
    let extended: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xFF)
}

/// An error and what caused it.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Deletes a file; one that is gone already counts as deleted.
pub(super) async fn delete(root: &Path, tier: Tier, digest: &Digest) -> io::Result<()> {
    match tokio::fs::remove_file(root.join(path_of(tier, digest))).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
