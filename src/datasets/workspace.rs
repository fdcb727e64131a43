//! The directory of the data sets: finished files, and temporary ones that clean up after themselves.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::build::SetId;

/// Temporary files of a run that was killed are older than this. Younger ones may
/// belong to another process (`laurel datasets refresh` beside a server).
const ABANDONED_AFTER: Duration = Duration::from_hours(6);

#[derive(Clone, Debug)]
pub(super) struct Workspace {
    dir: PathBuf,
}

impl Workspace {
    /// Makes the directory where needed and clears away what a killed run has left.
    pub(super) fn open(data_dir: &Path) -> io::Result<Self> {
        let workspace = Self { dir: data_dir.join("datasets") };
        fs::create_dir_all(workspace.temporary_dir())?;
        workspace.clear_abandoned();
        workspace.clear_outdated();
        Ok(workspace)
    }

    /// For data sets that are all off: makes nothing.
    pub(super) fn unused(data_dir: &Path) -> Self {
        Self { dir: data_dir.join("datasets") }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn temporary_dir(&self) -> PathBuf {
        self.dir.join("tmp")
    }

    /// A name nobody else uses, on the same file system as the finished files.
    pub(super) fn temporary(&self, purpose: &str) -> TemporaryFile {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{purpose}-{}-{number}", std::process::id());
        TemporaryFile { path: self.temporary_dir().join(name) }
    }

    /// Removes the files of the first layout, which were no databases.
    fn clear_outdated(&self) {
        for set in SetId::ALL {
            let _ = fs::remove_file(self.dir.join(format!("{set}.bin")));
        }
    }

    fn clear_abandoned(&self) {
        let Ok(entries) = fs::read_dir(self.temporary_dir()) else {
            return;
        };
        for entry in entries.flatten() {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            let age = modified.ok().and_then(|time| SystemTime::now().duration_since(time).ok());
            if age.is_some_and(|age| age > ABANDONED_AFTER) {
                // A file that cannot be removed costs space, not correctness.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Deleted when dropped, unless it has been renamed away.
#[derive(Debug)]
pub(super) struct TemporaryFile {
    path: PathBuf,
}

impl TemporaryFile {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_temporary_file_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(dir.path()).unwrap();
        let file = workspace.temporary("test");
        fs::write(file.path(), "x").unwrap();
        let path = file.path().to_owned();
        drop(file);
        assert!(!path.exists());
    }

    #[test]
    fn only_old_leftovers_are_cleared_away() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(dir.path()).unwrap();
        let (old, young) =
            (workspace.temporary_dir().join("old"), workspace.temporary_dir().join("young"));
        fs::write(&young, "x").unwrap();
        let file = fs::File::create(&old).unwrap();
        file.set_modified(SystemTime::now() - 2 * ABANDONED_AFTER).unwrap();
        Workspace::open(dir.path()).unwrap();
        assert!(!old.exists());
        assert!(young.exists());
    }
}
