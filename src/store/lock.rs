//! One server per data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use super::create_private_dir;

/// Held as long as the value lives; the system lets go of it when the process dies, however.
#[derive(Debug)]
pub struct DataDirLock {
    _file: File,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("another laurel is running on this data directory")]
    Held,
    /// A read-only directory, or a file system without locks.
    #[error("the data directory cannot be locked: {0}")]
    Unavailable(std::io::ErrorKind),
}

impl DataDirLock {
    /// Takes the lock if it is free.
    pub fn try_take(data_dir: &Path) -> Result<Self, LockError> {
        let unavailable = |error: std::io::Error| LockError::Unavailable(error.kind());
        create_private_dir(data_dir).map_err(unavailable)?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let file = options.open(data_dir.join("laurel.lock")).map_err(unavailable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held),
            Err(TryLockError::Error(error)) => Err(unavailable(error)),
        }
    }

    /// Waits up to `patience` for another process to let go: a restart overlaps the old server's
    /// last requests.
    pub async fn take(data_dir: &Path, patience: Duration) -> Result<Self, LockError> {
        let start = Instant::now();
        loop {
            match Self::try_take(data_dir) {
                Err(LockError::Held) if start.elapsed() < patience => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                taken => return taken,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_second_lock_waits_for_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataDirLock::try_take(dir.path()).unwrap();
        assert!(matches!(DataDirLock::try_take(dir.path()), Err(LockError::Held)));
        let path = dir.path().to_owned();
        let second =
            tokio::spawn(async move { DataDirLock::take(&path, Duration::from_secs(5)).await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop(first);
        assert!(second.await.unwrap().is_ok());
    }

    #[test]
    fn a_directory_that_is_a_file_is_unavailable() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let taken = DataDirLock::try_take(file.path());
        assert!(matches!(taken, Err(LockError::Unavailable(_))));
    }
}
