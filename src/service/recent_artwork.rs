//! Artwork that was fetched a moment ago: a guess waits here for the choice, and a burst of sizes
//! for its turn.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::source::{Artwork, SourceKey};
use crate::budgets::Evict;

/// Longer never pays.
const MAX_AGE: Duration = Duration::from_secs(20);

/// Files by age, the oldest first. There are a hundred or two at most, so they are searched in order.
#[derive(Debug)]
pub(super) struct RecentArtwork {
    capacity: usize,
    files: Mutex<VecDeque<RecentFile>>,
}

#[derive(Debug)]
struct RecentFile {
    key: SourceKey,
    file: Arc<Artwork>,
    since: Instant,
}

impl RecentArtwork {
    /// For so many bytes.
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, files: Mutex::default() }
    }

    pub(super) fn get(&self, key: &SourceKey) -> Option<Arc<Artwork>> {
        let files = self.lock();
        let entry = files.iter().find(|entry| entry.key == *key && !entry.is_old());
        entry.map(|entry| Arc::clone(&entry.file))
    }

    pub(super) fn insert(&self, key: SourceKey, file: Arc<Artwork>) {
        let dropped = {
            let mut files = self.lock();
            let mut bytes: usize = files.iter().map(RecentFile::bytes).sum();
            let mut dropped = Vec::new();
            while bytes + file.bytes.len() > self.capacity
                && let Some(entry) = files.pop_front()
            {
                bytes -= entry.bytes();
                dropped.push(entry);
            }
            if file.bytes.len() <= self.capacity {
                files.push_back(RecentFile { key, file, since: Instant::now() });
            }
            dropped
        };
        // Not under the lock: what is given back may be asked for by somebody who evicts.
        drop(dropped);
    }

    pub(super) fn remove(&self, key: &SourceKey) {
        self.remove_where(|entry| entry.key == *key);
    }

    pub(super) fn remove_old(&self) {
        self.remove_where(RecentFile::is_old);
    }

    pub(super) fn bytes(&self) -> usize {
        self.lock().iter().map(RecentFile::bytes).sum()
    }

    fn remove_where(&self, is_out: impl Fn(&RecentFile) -> bool) {
        let mut files = self.lock();
        let (out, rest): (VecDeque<RecentFile>, _) = files.drain(..).partition(is_out);
        *files = rest;
        drop(files);
        // Not under the lock, as above.
        drop(out);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<RecentFile>> {
        // A panic while it was held left the list whole.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RecentFile {
    fn bytes(&self) -> usize {
        self.file.bytes.len()
    }

    fn is_old(&self) -> bool {
        self.since.elapsed() > MAX_AGE
    }
}

impl Evict for RecentArtwork {
    /// The oldest first; one that is being decoded gives nothing back, and is not waited for.
    fn evict(&self, bytes: usize) {
        let mut freed = 0;
        while freed < bytes {
            let Some(entry) = self.lock().pop_front() else { return };
            if Arc::strong_count(&entry.file) == 1 {
                freed += entry.bytes();
            }
        }
    }
}
