//! `control.json` in the data directory: how commands find the server that runs on it.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const NAME: &str = "control.json";
/// Larger files are none of ours.
const MAX_BYTES: u64 = 4096;

/// Where a running server is, and the token that opens its admin API: new at each start.
#[derive(Clone, Serialize, Deserialize)]
pub struct ControlInfo {
    /// Ends in `/`.
    pub url: String,
    pub token: String,
}

impl std::fmt::Debug for ControlInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ControlInfo").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The file as long as the server runs; dropped, it is gone.
#[derive(Debug)]
pub struct ControlFile {
    path: PathBuf,
    info: ControlInfo,
}

impl ControlFile {
    /// Writes the file, readable by the owner only, in the place of one that a killed server left.
    pub fn write(data_dir: &Path, info: ControlInfo) -> io::Result<Self> {
        let path = data_dir.join(NAME);
        let new = data_dir.join(format!("{NAME}.{}", std::process::id()));
        // Never through a link, and never a file that others may have opened.
        match std::fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&new)?.write_all(&serde_json::to_vec(&info)?)?;
        std::fs::rename(&new, &path)?;
        Ok(Self { path, info })
    }

    /// What the server on that directory has written; `None` where there is no such file, or none
    /// that can be read.
    pub fn read(data_dir: &Path) -> Option<ControlInfo> {
        let file = std::fs::File::open(data_dir.join(NAME)).ok()?;
        serde_json::from_reader(io::Read::take(file, MAX_BYTES)).ok()
    }
}

impl Drop for ControlFile {
    fn drop(&mut self) {
        let data_dir = self.path.parent().unwrap_or(Path::new("."));
        // Unless a server that was started meanwhile has written its own.
        if Self::read(data_dir).is_some_and(|info| info.token == self.info.token) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(token: &str) -> ControlInfo {
        ControlInfo { url: "http://127.0.0.1:3000/".to_owned(), token: token.to_owned() }
    }

    #[test]
    fn the_file_is_the_owners_alone_and_goes_with_the_server() {
        let dir = tempfile::tempdir().unwrap();
        let file = ControlFile::write(dir.path(), info("one")).unwrap();
        assert_eq!(ControlFile::read(dir.path()).unwrap().token, "one");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(dir.path().join(NAME)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(!format!("{file:?}").contains("one"));
        drop(file);
        assert!(ControlFile::read(dir.path()).is_none());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_old_server_leaves_the_file_of_a_new_one() {
        let dir = tempfile::tempdir().unwrap();
        let old = ControlFile::write(dir.path(), info("one")).unwrap();
        let _new = ControlFile::write(dir.path(), info("two")).unwrap();
        drop(old);
        assert_eq!(ControlFile::read(dir.path()).unwrap().token, "two");
    }
}
