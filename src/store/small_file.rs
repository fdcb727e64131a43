//! A file of a few hundred bytes that is replaced whole.

use std::io;
use std::path::PathBuf;

use tokio::io::AsyncReadExt;

/// Larger files are none of ours.
const MAX_BYTES: u64 = 1 << 16;

/// A small file in the data directory. A reader sees the old bytes or the new, never half of them.
#[derive(Debug)]
pub struct SmallFile {
    path: PathBuf,
}

impl SmallFile {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The bytes; `None` when there are none, too many, or they cannot be read.
    pub async fn read(&self) -> Option<Vec<u8>> {
        let file = tokio::fs::File::open(&self.path).await.ok()?;
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).await.ok()?;
        (bytes.len() as u64 <= MAX_BYTES).then_some(bytes)
    }

    /// Puts `bytes` in the place of what was there. One writer at a time.
    pub async fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let new = self.path.with_extension("new");
        tokio::fs::write(&new, bytes).await?;
        tokio::fs::rename(&new, &self.path).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_written_last_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = SmallFile::new(dir.path().join("counts.json"));
        assert_eq!(file.read().await, None);
        file.write(b"one").await.unwrap();
        file.write(b"two").await.unwrap();
        assert_eq!(file.read().await.as_deref(), Some(&b"two"[..]));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn a_file_that_is_too_large_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = SmallFile::new(dir.path().join("counts.json"));
        file.write(&vec![b'x'; MAX_BYTES as usize + 1]).await.unwrap();
        assert_eq!(file.read().await, None);
    }
}
