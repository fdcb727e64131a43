//! Files that are there whole or not at all: written beside their place and renamed.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that is being written. Dropped before [`NewFile::put`] it leaves nothing.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    /// `None` once it is in place.
    file: Option<File>,
    written: u64,
    hasher: blake3::Hasher,
}

impl NewFile {
    /// Begins a file in a folder that is there. What a killed process left under the same `name` is replaced.
    pub fn create(folder: &Path, name: &str) -> io::Result<Self> {
        let hash = blake3::hash(name.as_bytes()).to_hex();
        let path = folder.join(format!(".laurel-{}.part", &hash[..16]));
        // Never through a link, and never a file that others may have opened.
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        Ok(Self { path, file: Some(file), written: 0, hasher: blake3::Hasher::new() })
    }

    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.write_all(bytes)?;
            self.written += bytes.len() as u64;
            self.hasher.update(bytes);
        }
        Ok(())
    }

    /// Forgets what was written.
    pub fn restart(&mut self) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.set_len(0)?;
            io::Seek::rewind(file)?;
        }
        self.written = 0;
        self.hasher.reset();
        Ok(())
    }

    /// BLAKE3 of what was written, in hexadecimal.
    pub fn hash(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }

    pub fn written(&self) -> u64 {
        self.written
    }

    /// Where it is being written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it in its place, in the same folder, over a file that is there: never through a link.
    pub fn put(mut self, place: &Path) -> io::Result<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let moved = file.sync_data().and_then(|()| {
            drop(file);
            // A rename replaces a link itself and not what it leads to; a link is somebody's all the same.
            match std::fs::symlink_metadata(place) {
                Ok(there) if !there.is_file() => Err(io::Error::other("there is no plain file")),
                _ => std::fs::rename(&self.path, place),
            }
        });
        moved.inspect_err(|_| remove(&self.path))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            remove(&self.path);
        }
    }
}

fn remove(path: &Path) {
    // It may be gone, or the disk may be.
    let _ = std::fs::remove_file(path);
}

/// Whether a folder below `root` can be reached from it without a link.
pub fn is_plain_folder(root: &Path, folder: &Path) -> bool {
    let Ok(below) = folder.strip_prefix(root) else { return false };
    let mut path = root.to_owned();
    below.components().all(|part| {
        path.push(part);
        std::fs::symlink_metadata(&path).is_ok_and(|there| there.is_dir())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("poster.jpg");
        let mut half = NewFile::create(dir.path(), "poster").unwrap();
        half.write(b"half").unwrap();
        drop(half);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        let mut file = NewFile::create(dir.path(), "poster").unwrap();
        file.write(b"wrong").unwrap();
        file.restart().unwrap();
        file.write(b"whole").unwrap();
        assert_eq!(file.written(), 5);
        file.put(&place).unwrap();
        assert_eq!(std::fs::read(&place).unwrap(), b"whole");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_process_left_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let mut killed = NewFile::create(dir.path(), "poster").unwrap();
        killed.write(b"a lot of bytes").unwrap();
        std::mem::forget(killed);
        let mut file = NewFile::create(dir.path(), "poster").unwrap();
        file.write(b"few").unwrap();
        file.put(&dir.path().join("poster.jpg")).unwrap();
        assert_eq!(std::fs::read(dir.path().join("poster.jpg")).unwrap(), b"few");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let dir = tempfile::tempdir().unwrap();
        let elsewhere = dir.path().join("elsewhere");
        std::fs::write(&elsewhere, b"somebody's").unwrap();
        let place = dir.path().join("poster.jpg");
        std::os::unix::fs::symlink(&elsewhere, &place).unwrap();
        let mut file = NewFile::create(dir.path(), "poster").unwrap();
        file.write(b"ours").unwrap();
        assert!(file.put(&place).is_err());
        assert_eq!(std::fs::read(&elsewhere).unwrap(), b"somebody's");
        assert!(std::fs::symlink_metadata(&place).unwrap().is_symlink());
        let folder = dir.path().join("folder");
        std::fs::create_dir(&folder).unwrap();
        std::os::unix::fs::symlink(&folder, dir.path().join("link")).unwrap();
        assert!(is_plain_folder(dir.path(), &folder));
        assert!(!is_plain_folder(dir.path(), &dir.path().join("link")));
        assert!(!is_plain_folder(&folder, dir.path()));
    }
}
