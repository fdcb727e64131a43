//! The one task that writes, evicts and purges.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};

use super::batch::{self, BLOCK_BYTES, cost_of, latest, row_of, write_files};
use super::entry::folder_of;
use super::index::{BlobRow, Check, Index, Opened, Reader};
use super::local::{BlobCommand, Write};
use super::shared::{Shared, TierUsage, delete, is_full, is_torn, reason};
use super::{BlobError, Digest, Tier, count_writes, reconcile};
use crate::store::PurgeScope;
use crate::telemetry::metrics::{BLOB_BYTES, BLOB_DEGRADED, BLOB_EVICTIONS};

/// How often uses are written down and the index's files measured.
const MAINTENANCE_INTERVAL: Duration = Duration::from_secs(5);
/// How often a degraded store tries again.
const RETRY: Duration = Duration::from_secs(5);
/// Blobs removed in one go.
const BATCH: u32 = 64;

/// Why an operation on the disk failed.
#[derive(Debug, thiserror::Error)]
enum DiskError {
    #[error("the index cannot be used")]
    Index(#[from] sqlx::Error),
    #[error(transparent)]
    Reconcile(#[from] reconcile::ReconcileError),
    #[error("a folder or a file cannot be written or deleted")]
    Write(#[from] io::Error),
}

/// Index and folders that can be used.
struct Disk {
    index: Index,
    /// Folders that exist, each costing a block: tier and first digit of the digests in it.
    folders: HashSet<(Tier, u8)>,
}

impl Disk {
    /// The index and the folders, without the blobs in them.
    async fn overhead(&self, shared: &Shared) -> u64 {
        let in_index: u64 = Tier::ALL
            .into_iter()
            .filter(|tier| tier.is_in_index())
            .map(|tier| shared.usage(tier).bytes)
            .sum();
        let index = self.index.file_bytes().await.saturating_sub(in_index);
        index + self.folders.len() as u64 * BLOCK_BYTES
    }
}

pub(super) struct Worker {
    root: PathBuf,
    shared: Arc<Shared>,
    /// `None` while degraded.
    disk: Option<Disk>,
    next_retry: Instant,
    /// How the index is looked at when it is opened next.
    check: Check,
}

impl Worker {
    pub(super) fn new(root: PathBuf, shared: Arc<Shared>) -> Self {
        Self { root, shared, disk: None, next_retry: Instant::now(), check: Check::Layout }
    }

    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<BlobCommand>) {
        if self.shared.limit_bytes == 0 {
            self.shared.set_looked();
            return answer_without_disk(queue).await;
        }
        self.recover().await;
        let mut maintenance = tokio::time::interval(MAINTENANCE_INTERVAL);
        maintenance.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // What was met behind a row of writes.
        let mut held = None;
        loop {
            let next = async {
                match held.take() {
                    Some(command) => Some(command),
                    None => queue.recv().await,
                }
            };
            tokio::select! {
                command = next => match command {
                    Some(BlobCommand::Close(answer)) => {
                        self.close().await;
                        let _ = answer.send(());
                        return;
                    }
                    Some(BlobCommand::Write(first)) => {
                        let (writes, next) = batch::gather(first, &mut queue, self.shared.limit_bytes);
                        self.write(writes).await;
                        if let Some(next) = next {
                            held = Some(next);
                        }
                    }
                    Some(command) => self.obey(command).await,
                    None => return self.close().await,
                },
                _ = maintenance.tick() => self.maintain().await,
            }
        }
    }

    async fn obey(&mut self, command: BlobCommand) {
        match command {
            BlobCommand::Write(write) => self.write(vec![write]).await,
            BlobCommand::Forget(tier, digest) => {
                let removed = self.remove(&[(tier, digest)]).await;
                self.settle(removed.map(|_| ()));
            }
            BlobCommand::Purge(scope, answer) => {
                let removed = self.purge(&scope).await;
                // Whoever asked may be gone.
                let _ = answer.send(removed);
            }
            BlobCommand::Flush(answer) | BlobCommand::Close(answer) => {
                let _ = answer.send(());
            }
            #[cfg(test)]
            BlobCommand::Recover => self.recover().await,
        }
    }

    /// Stores blobs in one go. The rows come first: a row without a file costs a look-up, a file
    /// without a row would escape the limit.
    async fn write(&mut self, writes: Vec<Write>) {
        let tiers: Vec<Tier> = writes.iter().map(|write| write.tier).collect();
        let outcome = match self.try_write(writes).await {
            Ok(true) => "stored",
            Ok(false) => "degraded",
            Err(error) => {
                if is_full(&error) {
                    // Give back a sixteenth, so that others and we can go on.
                    let keep = self.shared.used_bytes() / 16 * 15;
                    let _ = self.shrink_to(keep).await;
                }
                self.degrade(&error);
                "failed"
            }
        };
        count_writes(tiers, outcome);
    }

    async fn try_write(&mut self, writes: Vec<Write>) -> Result<bool, DiskError> {
        let writes = latest(writes);
        let names: Vec<_> = writes.iter().map(|write| (write.tier, write.digest)).collect();
        let cost: u64 = writes.iter().map(cost_of).sum();
        let Some(disk) = &self.disk else {
            return Ok(false);
        };
        let replaced: Vec<_> = disk.index.costs_of(&names).await?.into_keys().collect();
        if !replaced.is_empty() {
            self.remove(&replaced).await?;
        }
        let Some(disk) = &mut self.disk else {
            return Ok(false);
        };
        // Before room is made: new folders need some of it, and so do the index's own files.
        let with_files = names.iter().filter(|(tier, _)| !tier.is_in_index());
        disk.folders.extend(with_files.map(|(tier, digest)| (*tier, folder_of(digest))));
        self.shared.set_overhead(disk.overhead(&self.shared).await);
        self.shrink_to(self.shared.limit_bytes.saturating_sub(cost)).await?;
        let Some(disk) = &self.disk else {
            return Ok(false);
        };
        let rows: Vec<BlobRow> = writes.iter().map(row_of).collect();
        disk.index.insert(&rows).await?;
        for row in rows {
            if row.content.is_some() {
                self.shared.present().add(&row.digest);
            }
            let usage = self.shared.usage(row.tier);
            let usage = TierUsage { bytes: usage.bytes + row.cost, blobs: usage.blobs + 1 };
            self.shared.set_usage(row.tier, usage);
        }
        if let Err(error) = write_files(self.root.clone(), writes).await {
            // Files that were written go with their rows. Should this fail too, the next start
            // brings both together.
            let _ = self.remove(&names).await;
            return Err(error.into());
        }
        Ok(true)
    }

    /// Evicts until at most `keep` bytes are in use: first from tiers above their floor, in the
    /// order in which they give way, then from any.
    async fn shrink_to(&mut self, keep: u64) -> Result<(), DiskError> {
        if self.shared.used_bytes() <= keep {
            return Ok(());
        }
        self.write_uses().await?;
        for respect_floors in [true, false] {
            for tier in Tier::EVICTION_ORDER {
                let floor = self.shared.limit_bytes / 100 * tier.floor_percent();
                let floor = if respect_floors { floor } else { 0 };
                while self.shared.used_bytes() > keep && self.shared.usage(tier).bytes > floor {
                    if !self.evict_some(tier, keep).await? {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// False when the tier is empty.
    async fn evict_some(&mut self, tier: Tier, keep: u64) -> Result<bool, DiskError> {
        let Some(disk) = &self.disk else {
            return Ok(false);
        };
        let mut excess = self.shared.used_bytes().saturating_sub(keep);
        let mut victims = Vec::new();
        for (digest, cost) in disk.index.least_used(tier, BATCH).await? {
            if excess == 0 {
                break;
            }
            excess = excess.saturating_sub(cost);
            victims.push((tier, digest));
        }
        let evicted = victims.len() as u64;
        self.remove(&victims).await?;
        metrics::counter!(BLOB_EVICTIONS.name, "tier" => tier.name()).increment(evicted);
        Ok(evicted > 0)
    }

    /// Removes files, then their rows, so that nothing on the disk is ever uncounted.
    async fn remove(&mut self, names: &[(Tier, Digest)]) -> Result<u64, DiskError> {
        let Some(disk) = &self.disk else { return Ok(0) };
        for (tier, digest) in names.iter().filter(|(tier, _)| !tier.is_in_index()) {
            delete(&self.root, *tier, digest).await?;
        }
        let costs = disk.index.costs_of(names).await?;
        for ((tier, _), cost) in &costs {
            let usage = self.shared.usage(*tier);
            let bytes = usage.bytes.saturating_sub(*cost);
            let blobs = usage.blobs.saturating_sub(1);
            self.shared.set_usage(*tier, TierUsage { bytes, blobs });
        }
        disk.index.remove(names).await?;
        for (_, digest) in names.iter().filter(|(tier, _)| tier.is_in_index()) {
            self.shared.present().remove(digest);
        }
        Ok(costs.len() as u64)
    }

    async fn purge(&mut self, scope: &PurgeScope) -> Result<u64, BlobError> {
        let mut removed = 0;
        loop {
            let batch = match self.purge_some(scope).await {
                Ok(batch) => batch,
                Err(error) => {
                    self.degrade(&error);
                    None
                }
            };
            match batch {
                Some(0) => return Ok(removed),
                Some(count) => removed += count,
                None => {
                    let reason = self.shared.degraded().map(|reason| reason.to_string());
                    return Err(BlobError::Degraded(reason.unwrap_or_default()));
                }
            }
        }
    }

    /// `None` while degraded.
    async fn purge_some(&mut self, scope: &PurgeScope) -> Result<Option<u64>, DiskError> {
        let Some(disk) = &self.disk else {
            return Ok(None);
        };
        let names = disk.index.in_scope(scope, BATCH).await?;
        Ok(Some(self.remove(&names).await?))
    }

    async fn write_uses(&mut self) -> Result<(), DiskError> {
        let Some(disk) = &self.disk else {
            return Ok(());
        };
        let uses = self.shared.take_uses();
        if !uses.is_empty() {
            disk.index.touch(&uses).await?;
        }
        Ok(())
    }

    async fn maintain(&mut self) {
        if self.disk.is_none() && Instant::now() >= self.next_retry {
            self.recover().await;
        }
        let done = self.try_maintain().await;
        self.settle(done);
        for tier in Tier::ALL {
            let bytes = self.shared.usage(tier).bytes;
            metrics::gauge!(BLOB_BYTES.name, "tier" => tier.name()).set(bytes as f64);
        }
        let degraded = self.shared.degraded().is_some();
        metrics::gauge!(BLOB_DEGRADED.name).set(f64::from(u8::from(degraded)));
    }

    async fn try_maintain(&mut self) -> Result<(), DiskError> {
        self.write_uses().await?;
        let Some(disk) = &self.disk else {
            return Ok(());
        };
        disk.index.shrink().await?;
        self.shared.set_overhead(disk.overhead(&self.shared).await);
        self.shrink_to(self.shared.limit_bytes).await
    }

    /// Opens folder and index, repairs what does not fit together, and writes once to be sure.
    async fn recover(&mut self) {
        match self.try_recover().await {
            Ok(()) => {
                if self.shared.degraded().is_some() {
                    tracing::info!("the disk cache works again");
                }
                self.shared.set_degraded(None);
            }
            Err(error) => self.degrade(&error),
        }
    }

    async fn try_recover(&mut self) -> Result<(), DiskError> {
        let made = tokio::fs::create_dir_all(&self.root).await;
        let index = self.open_index().await;
        // Reads can go on while the rest is looked at.
        self.shared.set_looked();
        made?;
        probe(&self.root).await?;
        let (index, opened) = index?;
        let folders = reconcile::reconcile(&self.root, &index, opened).await?;
        let present = index.with_contents().await?;
        self.shared.present().set(present.into_iter().map(|(_, digest)| digest));
        let totals = index.totals().await?;
        for tier in Tier::ALL {
            let (bytes, blobs) = totals.get(&tier).copied().unwrap_or_default();
            self.shared.set_usage(tier, TierUsage { bytes, blobs });
        }
        let disk = Disk { index, folders };
        self.shared.set_overhead(disk.overhead(&self.shared).await);
        self.disk = Some(disk);
        self.shrink_to(self.shared.limit_bytes).await
    }

    async fn open_index(&mut self) -> Result<(Index, Opened), DiskError> {
        let opened = Index::open(&self.root, self.check).await?;
        self.check = Check::Layout;
        self.shared.set_reader(Reader::open(&self.root).await?).await;
        Ok(opened)
    }

    fn settle(&mut self, done: Result<(), DiskError>) {
        if let Err(error) = done {
            self.degrade(&error);
        }
    }

    /// Stops writing until [`Self::recover`] succeeds. Reads go on.
    fn degrade(&mut self, error: &DiskError) {
        if is_torn(error) {
            self.check = Check::Pages;
        }
        let reason = reason(error);
        if self.shared.degraded().as_deref() != Some(&reason) {
            tracing::warn!(reason, "the disk cache is degraded: going on from memory");
        }
        self.shared.set_degraded(Some(reason));
        self.disk = None;
        self.next_retry = Instant::now() + RETRY;
    }

    async fn close(&mut self) {
        if let Err(error) = self.write_uses().await {
            self.degrade(&error);
        }
        self.shared.drop_reader().await;
        if let Some(disk) = self.disk.take() {
            disk.index.close().await;
        }
        self.shared.set_degraded(Some("closed".to_owned()));
    }
}

/// Fails where nothing can be written, as on a full or read-only disk.
async fn probe(root: &Path) -> io::Result<()> {
    let path = root.join("probe");
    tokio::fs::write(&path, [0; 4096]).await?;
    tokio::fs::remove_file(&path).await
}

/// A limit of 0: answers whoever asks, keeps nothing.
async fn answer_without_disk(mut queue: mpsc::Receiver<BlobCommand>) {
    while let Some(command) = queue.recv().await {
        match command {
            BlobCommand::Write(_) | BlobCommand::Forget(..) => {}
            BlobCommand::Purge(_, answer) => {
                let _ = answer.send(Ok(0));
            }
            BlobCommand::Flush(answer) | BlobCommand::Close(answer) => {
                let _ = answer.send(());
            }
            #[cfg(test)]
            BlobCommand::Recover => {}
        }
    }
}
