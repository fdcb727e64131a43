//! Brings files and index together, at start and after the directory was unusable.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use tokio::fs::{self, DirEntry};
use tokio::io::AsyncReadExt;

use super::batch::file_cost;
use super::format::{self, START_BYTES};
use super::index::{BlobRow, Index, Opened};
use super::{Digest, Labels, Tier};
use crate::store::micros_since_epoch;

/// Rows written in one go.
const BATCH: usize = 512;

/// Why files and index could not be brought together.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReconcileError {
    #[error("the folder cannot be read")]
    Folder(#[from] io::Error),
    #[error("the index cannot be used")]
    Index(#[from] sqlx::Error),
}

/// Deletes files without a row (torn writes, leftovers) and rows without a file. A fresh index
/// gets its rows from the files' headers instead. Returns the folders: tier and first digit of a digest.
pub(super) async fn reconcile(
    root: &Path,
    index: &Index,
    opened: Opened,
) -> Result<HashSet<(Tier, u8)>, ReconcileError> {
    let mut sweep = Sweep {
        index,
        opened,
        missing: index.with_files().await?.into_iter().collect(),
        adopted: Vec::new(),
        folders: HashSet::new(),
    };
    for tier in Tier::ALL.into_iter().filter(|tier| !tier.is_in_index()) {
        sweep.tier(&root.join(tier.name()), tier).await?;
    }
    let missing: Vec<_> = sweep.missing.into_iter().collect();
    index.insert(&sweep.adopted).await?;
    for batch in missing.chunks(BATCH) {
        index.remove(batch).await?;
    }
    Ok(sweep.folders)
}

struct Sweep<'a> {
    index: &'a Index,
    opened: Opened,
    /// Rows whose file was not met yet.
    missing: HashSet<(Tier, Digest)>,
    adopted: Vec<BlobRow>,
    folders: HashSet<(Tier, u8)>,
}

impl Sweep<'_> {
    async fn tier(&mut self, dir: &Path, tier: Tier) -> Result<(), ReconcileError> {
        let mut folders = match fs::read_dir(dir).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened?,
        };
        while let Some(folder) = folders.next_entry().await? {
            if folder.file_type().await?.is_dir() {
                self.folders.extend(first_digit(&folder).map(|digit| (tier, digit)));
                let mut files = fs::read_dir(folder.path()).await?;
                while let Some(file) = files.next_entry().await? {
                    self.file(&file, tier).await?;
                }
            }
        }
        Ok(())
    }

    async fn file(&mut self, file: &DirEntry, tier: Tier) -> Result<(), ReconcileError> {
        let name = file.file_name().to_str().and_then(Digest::from_hex);
        let name = name.filter(|digest| is_in_its_folder(&file.path(), digest));
        let known = name.is_some_and(|digest| self.missing.remove(&(tier, digest)));
        if known {
            return Ok(());
        }
        if let (Opened::Fresh, Some(digest)) = (self.opened, name)
            && let Some(row) = read_row(file, tier, digest).await
        {
            self.adopted.push(row);
            if self.adopted.len() >= BATCH {
                self.index.insert(&self.adopted).await?;
                self.adopted.clear();
            }
            return Ok(());
        }
        if file.file_type().await?.is_dir() {
            return Ok(());
        }
        match fs::remove_file(file.path()).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

fn first_digit(folder: &DirEntry) -> Option<u8> {
    let name = folder.file_name();
    u8::from_str_radix(name.to_str().filter(|name| name.len() == 1)?, 16).ok()
}

fn is_in_its_folder(path: &Path, digest: &Digest) -> bool {
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    folder.is_some_and(|folder| folder.len() == 1 && digest.to_string().starts_with(folder))
}

/// `None` for a file that is no blob.
async fn read_row(file: &DirEntry, tier: Tier, digest: Digest) -> Option<BlobRow> {
    let metadata = file.metadata().await.ok().filter(std::fs::Metadata::is_file)?;
    let labels = read_labels(file, metadata.len()).await?;
    Some(BlobRow {
        tier,
        digest,
        cost: file_cost(metadata.len()),
        last_used: micros_since_epoch(metadata.modified().ok()?),
        labels,
        content: None,
    })
}

async fn read_labels(file: &DirEntry, file_bytes: u64) -> Option<Labels> {
    let mut start = Vec::new();
    let reader = fs::File::open(file.path()).await.ok()?;
    reader.take(START_BYTES).read_to_end(&mut start).await.ok()?;
    format::read_labels(&start, file_bytes).ok()
}
