//! What earlier runs put into a folder: a file of JSON Lines in it, to which every run adds.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

const NAME: &str = ".laurel.jsonl";
/// Longer lines are none of ours.
const MAX_LINE: u64 = 16 << 10;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestRow {
    /// What was asked for, in full: the same key is the same file.
    pub key: String,
    /// Whose folder it is in.
    pub title: String,
    /// Below the folder of the manifest, with `/`.
    pub path: String,
    /// Something was missing: it is to be asked for again.
    #[serde(default)]
    pub provisional: bool,
}

/// The manifest of a folder.
#[derive(Debug)]
pub struct Manifest {
    state: Mutex<ManifestState>,
}

#[derive(Debug)]
struct ManifestState {
    file: File,
    rows: HashMap<String, ManifestRow>,
    paths: HashSet<String>,
    /// Folders in lower case, for file systems that know no other: whose they are.
    folders: HashMap<String, String>,
}

impl Manifest {
    /// Reads what is there; a last line that was not finished is passed over.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join(NAME);
        if std::fs::symlink_metadata(&path).is_ok_and(|there| !there.is_file()) {
            return Err(io::Error::other("the manifest is no plain file"));
        }
        let mut options = OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).open(path)?;
        let mut state = ManifestState {
            file: file.try_clone()?,
            rows: HashMap::new(),
            paths: HashSet::new(),
            folders: HashMap::new(),
        };
        let mut reader = BufReader::new(&file);
        let mut line = Vec::new();
        while reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? > 0 {
            if let Ok(row) = serde_json::from_slice::<ManifestRow>(&line) {
                state.take(row);
            }
            line.clear();
        }
        let mut last = [b'\n'];
        if file.seek(SeekFrom::End(0))? > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
        Ok(Self { state: Mutex::new(state) })
    }

    pub fn row(&self, key: &str) -> Option<ManifestRow> {
        self.lock().rows.get(key).cloned()
    }

    /// Whether an earlier run, or this one, wrote this file.
    pub fn owns(&self, path: &str) -> bool {
        self.lock().paths.contains(path)
    }

    /// The folder of a title: its name, or with `mark` behind it where another title has that name.
    pub fn claim(&self, name: &str, title: &str, mark: &str) -> String {
        let mut state = self.lock();
        let marked = format!("{name} {mark}");
        for folder in [name.to_owned(), marked.clone()] {
            let owner = state.folders.entry(folder.to_lowercase());
            if owner.or_insert_with(|| title.to_owned()) == title {
                return folder;
            }
        }
        marked
    }

    /// A file is in its place.
    pub fn add(&self, row: ManifestRow) -> io::Result<()> {
        let mut line = serde_json::to_vec(&row)?;
        line.push(b'\n');
        let mut state = self.lock();
        state.file.write_all(&line)?;
        state.take(row);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, ManifestState> {
        // Maps that are only inserted to: whole whatever panicked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ManifestState {
    fn take(&mut self, row: ManifestRow) {
        if let Some((folder, _)) = row.path.split_once('/') {
            self.folders.entry(folder.to_lowercase()).or_insert_with(|| row.title.clone());
        }
        self.paths.insert(row.path.clone());
        self.rows.insert(row.key.clone(), row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str, title: &str, path: &str) -> ManifestRow {
        let text = str::to_owned;
        ManifestRow { key: text(key), title: text(title), path: text(path), provisional: false }
    }

    #[test]
    fn what_one_run_wrote_the_next_one_knows() {
        let dir = tempfile::tempdir().unwrap();
        let manifest = Manifest::open(dir.path()).unwrap();
        let poster = row("tt1 poster", "movie-1", "One (2001)/poster.jpg");
        manifest.add(poster.clone()).unwrap();
        drop(manifest);
        // Killed in the middle of a line.
        let path = dir.path().join(NAME);
        let mut torn = std::fs::read(&path).unwrap();
        torn.extend_from_slice(b"{\"key\":\"tt2");
        std::fs::write(&path, torn).unwrap();
        let manifest = Manifest::open(dir.path()).unwrap();
        assert_eq!(manifest.row("tt1 poster"), Some(poster));
        assert!(manifest.owns("One (2001)/poster.jpg") && !manifest.owns("other"));
        manifest.add(row("tt2 poster", "movie-2", "Two/poster.jpg")).unwrap();
        let manifest = Manifest::open(dir.path()).unwrap();
        assert!(manifest.row("tt2 poster").is_some());
    }

    #[test]
    fn two_titles_of_one_name_have_two_folders() {
        let dir = tempfile::tempdir().unwrap();
        let manifest = Manifest::open(dir.path()).unwrap();
        assert_eq!(manifest.claim("Dune", "movie-1", "[tmdbid-1]"), "Dune");
        assert_eq!(manifest.claim("DUNE", "movie-2", "[tmdbid-2]"), "DUNE [tmdbid-2]");
        assert_eq!(manifest.claim("Dune", "movie-1", "[tmdbid-1]"), "Dune");
        manifest.add(row("k", "movie-1", "Dune/poster.jpg")).unwrap();
        let manifest = Manifest::open(dir.path()).unwrap();
        assert_eq!(manifest.claim("Dune", "movie-2", "[tmdbid-2]"), "Dune [tmdbid-2]");
    }
}
