//! Blobs that are written together: which they are, what they cost, how their files come about.

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use super::entry::path_of;
use super::index::BlobRow;
use super::local::{BlobCommand, Write};
use crate::store::now_micros;

/// Blobs written in one go, at most.
const MAX_WRITES: usize = 64;

/// Space that file systems hand out at a time, and what an inode and a folder's entry cost.
pub(super) const BLOCK_BYTES: u64 = 4096;
const INODE_BYTES: u64 = 256;

/// What a row of the index takes besides the blob in it, about.
const ROW_BYTES: u64 = 256;

/// What a file of `file_bytes` takes from the limit.
pub(super) fn file_cost(file_bytes: u64) -> u64 {
    file_bytes.next_multiple_of(BLOCK_BYTES) + INODE_BYTES
}

pub(super) fn cost_of(write: &Write) -> u64 {
    let bytes = write.bytes();
    if write.tier.is_in_index() { bytes + ROW_BYTES } else { file_cost(bytes) }
}

/// Takes the writes that wait behind `first`, as many as one go may hold; also the command that was
/// met behind them.
pub(super) fn gather(
    first: Write,
    queue: &mut mpsc::Receiver<BlobCommand>,
    limit_bytes: u64,
) -> (Vec<Write>, Option<BlobCommand>) {
    let mut bytes = first.bytes();
    let mut writes = vec![first];
    // All of them have to fit beside what is kept.
    while writes.len() < MAX_WRITES && bytes < limit_bytes / 16 {
        match queue.try_recv() {
            Ok(BlobCommand::Write(write)) => {
                bytes += write.bytes();
                writes.push(write);
            }
            Ok(command) => return (writes, Some(command)),
            Err(_) => break,
        }
    }
    (writes, None)
}

/// The last one of those with the same name.
pub(super) fn latest(writes: Vec<Write>) -> Vec<Write> {
    let mut met = HashSet::new();
    let mut kept: Vec<Write> =
        writes.into_iter().rev().filter(|write| met.insert((write.tier, write.digest))).collect();
    kept.reverse();
    kept
}

pub(super) fn row_of(write: &Write) -> BlobRow {
    BlobRow {
        tier: write.tier,
        digest: write.digest,
        cost: cost_of(write),
        last_used: now_micros(),
        labels: write.labels.clone(),
        content: write.tier.is_in_index().then(|| write.pieces().flatten().copied().collect()),
    }
}

/// Writes every file under another name and renames it, so that a file is whole or not there.
pub(super) async fn write_files(root: PathBuf, mut writes: Vec<Write>) -> io::Result<()> {
    writes.retain(|write| !write.tier.is_in_index());
    if writes.is_empty() {
        return Ok(());
    }
    #[expect(clippy::disallowed_methods, reason = "files, not pixels; one task at a time")]
    let task = tokio::task::spawn_blocking(move || {
        writes.iter().try_for_each(|write| write_file(&root, write))
    });
    task.await.map_err(io::Error::other)?
}

fn write_file(root: &Path, write: &Write) -> io::Result<()> {
    let path = root.join(path_of(write.tier, &write.digest));
    // A name that is no digest: swept up at the next start, should this one not end well.
    let staged = path.with_extension("new");
    let mut file = match std::fs::File::create(&staged) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // The first one in its folder.
            std::fs::create_dir_all(path.parent().unwrap_or(root))?;
            std::fs::File::create(&staged)?
        }
        created => created?,
    };
    write.pieces().try_for_each(|piece| file.write_all(piece))?;
    drop(file);
    std::fs::rename(&staged, &path)
}
