//! What was done to a library: which files are ours, what was there before, and how to take it all
//! back. Kept in the data directory, not in the library.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::new_file::{NewFile, is_plain_folder};
use super::owner::Owner;

/// A file that we wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ours {
    /// BLAKE3 of its bytes, in hexadecimal.
    pub hash: String,
    /// What was asked for.
    pub key: String,
    pub etag: Option<String>,
}

/// Which title an item was taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitleMatch {
    /// `movie-603`, `tv-1396`.
    pub title: String,
    /// `The Matrix (1999)`.
    pub label: String,
    /// 0 to 100.
    pub confidence: u8,
    /// The name said so by an id.
    pub by_id: bool,
}

/// A write, noted before it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct JournalEntry {
    run: u64,
    /// Below the root, with `/`.
    path: String,
    /// What was there; its bytes are kept under this name.
    before: Option<String>,
    /// The record of it, where it was ours.
    before_ours: Option<Ours>,
    after: String,
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum JournalLine {
    Write(JournalEntry),
    /// All of that run was taken back.
    Undone(u64),
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct LedgerRecords {
    ours: BTreeMap<String, Ours>,
    matches: BTreeMap<String, TitleMatch>,
}

/// What came of taking a file back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    Restored,
    Removed,
    /// Somebody has changed it since.
    LeftAlone,
}

/// The ledger of one library.
#[derive(Debug)]
pub struct Ledger {
    root: PathBuf,
    folder: PathBuf,
    records: LedgerRecords,
    journal: Vec<JournalLine>,
    run: u64,
    journal_file: File,
    _lock: File,
}

impl Ledger {
    /// Of the library at `root`, a canonical path, below `data_dir`. One process at a time.
    pub fn open(data_dir: &Path, root: &Path) -> io::Result<Self> {
        let name = blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex();
        let folder = data_dir.join("library").join(&name[..16]);
        std::fs::create_dir_all(folder.join("originals"))?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lock"))?;
        lock.try_lock().map_err(|_| io::Error::other("another laurel works on this library"))?;
        std::fs::write(folder.join("root.txt"), root.as_os_str().as_encoded_bytes())?;
        let records = match std::fs::read(folder.join("records.json")) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::other)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => LedgerRecords::default(),
            Err(error) => return Err(error),
        };
        let path = folder.join("journal.jsonl");
        let journal = read_journal(&path)?;
        let runs = journal.iter().map(|line| match line {
            JournalLine::Write(entry) => entry.run,
            JournalLine::Undone(run) => *run,
        });
        let run = runs.max().unwrap_or(0) + 1;
        let journal_file = OpenOptions::new().create(true).append(true).open(path)?;
        let mut ledger = Self {
            root: root.to_owned(),
            folder,
            records,
            journal,
            run,
            journal_file,
            _lock: lock,
        };
        ledger.catch_up();
        Ok(ledger)
    }

    /// A killed run has written files and journal, but no records.
    fn catch_up(&mut self) {
        let done = self.undone_runs();
        for line in &self.journal {
            let JournalLine::Write(entry) = line else { continue };
            let known = self.records.ours.get(&entry.path);
            if done.contains(&entry.run) || known.is_some_and(|ours| ours.hash == entry.after) {
                continue;
            }
            if hash_of(&self.root.join(&entry.path)).as_deref() == Some(&entry.after) {
                let (hash, key, etag) = (entry.after.clone(), String::new(), None);
                self.records.ours.insert(entry.path.clone(), Ours { hash, key, etag });
            }
        }
    }

    /// The record of a file, if what lies there is still what we wrote.
    pub fn ours(&self, path: &str) -> Option<Ours> {
        let ours = self.records.ours.get(path)?;
        (hash_of(&self.root.join(path)).as_deref() == Some(&ours.hash)).then(|| ours.clone())
    }

    pub fn matches(&self) -> &BTreeMap<String, TitleMatch> {
        &self.records.matches
    }

    pub fn set_matches(&mut self, matches: BTreeMap<String, TitleMatch>) {
        self.records.matches.extend(matches);
    }

    /// Notes what will be done, keeps what is there, then puts the file in its place.
    pub fn put(&mut self, path: &str, file: NewFile, ours: Ours) -> io::Result<()> {
        let place = self.root.join(path);
        let before = self.keep_original(&place)?;
        let before_ours = self.records.ours.get(path).cloned();
        let after = ours.hash.clone();
        let entry =
            JournalEntry { run: self.run, path: path.to_owned(), before, before_ours, after };
        self.note(JournalLine::Write(entry))?;
        file.put(&place)?;
        self.records.ours.insert(path.to_owned(), ours);
        Ok(())
    }

    /// A new tag of the same bytes.
    pub fn confirm(&mut self, path: &str, ours: Ours) {
        self.records.ours.insert(path.to_owned(), ours);
    }

    /// Copies what is in a place aside, under its hash.
    fn keep_original(&self, place: &Path) -> io::Result<Option<String>> {
        let bytes = match std::fs::read(place) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let hash = blake3::hash(&bytes).to_hex().to_string();
        let originals = self.folder.join("originals");
        if !originals.join(&hash).is_file() {
            let mut copy = NewFile::create(&originals, &hash)?;
            copy.write(&bytes)?;
            copy.put(&originals.join(&hash))?;
        }
        Ok(Some(hash))
    }

    /// On the disk when it returns.
    fn note(&mut self, line: JournalLine) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        self.journal_file.write_all(&bytes)?;
        self.journal_file.sync_data()?;
        self.journal.push(line);
        Ok(())
    }

    /// Writes the records. What is not written is found in the journal by the next run.
    pub fn save(&self) -> io::Result<()> {
        let mut file = NewFile::create(&self.folder, "records")?;
        file.write(&serde_json::to_vec(&self.records)?)?;
        file.put(&self.folder.join("records.json"))
    }

    fn undone_runs(&self) -> Vec<u64> {
        let undone = |line: &JournalLine| {
            if let JournalLine::Undone(run) = line { Some(*run) } else { None }
        };
        self.journal.iter().filter_map(undone).collect()
    }

    /// Takes back the last run that was not taken back yet: what lies there must still be what that run wrote.
    pub fn undo(&mut self) -> io::Result<Vec<(String, Undone)>> {
        let undone = self.undone_runs();
        let writes = self.journal.iter().filter_map(|line| match line {
            JournalLine::Write(entry) if !undone.contains(&entry.run) => Some(entry.clone()),
            _ => None,
        });
        let writes: Vec<JournalEntry> = writes.collect();
        let Some(run) = writes.iter().map(|entry| entry.run).max() else { return Ok(Vec::new()) };
        let mut told = Vec::new();
        for entry in writes.into_iter().rev().filter(|entry| entry.run == run) {
            let outcome = self.take_back(&entry)?;
            told.push((entry.path, outcome));
        }
        self.note(JournalLine::Undone(run))?;
        self.save()?;
        Ok(told)
    }

    fn take_back(&mut self, entry: &JournalEntry) -> io::Result<Undone> {
        let place = self.root.join(&entry.path);
        let Some(folder) = place.parent().filter(|folder| is_plain_folder(&self.root, folder))
        else {
            return Ok(Undone::LeftAlone);
        };
        if hash_of(&place).as_deref() != Some(&entry.after) {
            return Ok(Undone::LeftAlone);
        }
        match &entry.before {
            None => {
                std::fs::remove_file(&place)?;
                self.records.ours.remove(&entry.path);
                Ok(Undone::Removed)
            }
            Some(hash) => {
                let bytes = std::fs::read(self.folder.join("originals").join(hash))?;
                let mut file = NewFile::create(folder, &entry.path)?;
                file.write(&bytes)?;
                Owner::of(&place).give(file.path());
                file.put(&place)?;
                match entry.before_ours.clone() {
                    Some(ours) => self.records.ours.insert(entry.path.clone(), ours),
                    None => self.records.ours.remove(&entry.path),
                };
                Ok(Undone::Restored)
            }
        }
    }
}

/// A last line that was not finished is passed over: its write was never begun.
fn read_journal(path: &Path) -> io::Result<Vec<JournalLine>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let lines = BufReader::new(file).lines().map_while(Result::ok);
    Ok(lines.filter_map(|line| serde_json::from_str(&line).ok()).collect())
}

/// Of a plain file; `None` where there is none.
fn hash_of(path: &Path) -> Option<String> {
    let is_file = std::fs::symlink_metadata(path).is_ok_and(|there| there.is_file());
    let bytes = is_file.then(|| std::fs::read(path).ok()).flatten()?;
    Some(blake3::hash(&bytes).to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Library {
        dir: tempfile::TempDir,
    }

    impl Library {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            std::fs::create_dir(dir.path().join("films")).unwrap();
            Self { dir }
        }

        fn root(&self) -> PathBuf {
            self.dir.path().join("films")
        }

        fn ledger(&self) -> Ledger {
            Ledger::open(&self.dir.path().join("data"), &self.root()).unwrap()
        }

        fn write(&self, ledger: &mut Ledger, name: &str, bytes: &[u8]) {
            let mut file = NewFile::create(&self.root(), name).unwrap();
            file.write(bytes).unwrap();
            let hash = file.hash();
            ledger.put(name, file, Ours { hash, key: "k".into(), etag: None }).unwrap();
        }

        fn read(&self, name: &str) -> Option<Vec<u8>> {
            std::fs::read(self.root().join(name)).ok()
        }
    }

    #[test]
    fn every_byte_comes_back_run_by_run() {
        let library = Library::new();
        std::fs::write(library.root().join("theirs.jpg"), b"theirs").unwrap();
        let mut ledger = library.ledger();
        library.write(&mut ledger, "theirs.jpg", b"ours");
        library.write(&mut ledger, "new.jpg", b"new");
        ledger.save().unwrap();
        drop(ledger);
        let mut ledger = library.ledger();
        assert!(ledger.ours("new.jpg").is_some());
        library.write(&mut ledger, "new.jpg", b"newer");
        let undone = ledger.undo().unwrap();
        assert_eq!(undone, [("new.jpg".to_owned(), Undone::Restored)]);
        assert_eq!(library.read("new.jpg").unwrap(), b"new");
        assert!(ledger.ours("new.jpg").is_some(), "it is the first run's again");
        assert_eq!(ledger.undo().unwrap().len(), 2);
        assert_eq!(library.read("theirs.jpg").unwrap(), b"theirs");
        assert_eq!(library.read("new.jpg"), None);
        assert!(ledger.undo().unwrap().is_empty());
    }

    #[test]
    fn what_somebody_has_changed_since_is_left_alone() {
        let library = Library::new();
        let mut ledger = library.ledger();
        library.write(&mut ledger, "a.jpg", b"ours");
        std::fs::write(library.root().join("a.jpg"), b"theirs now").unwrap();
        assert_eq!(ledger.ours("a.jpg"), None);
        assert_eq!(ledger.undo().unwrap(), [("a.jpg".to_owned(), Undone::LeftAlone)]);
        assert_eq!(library.read("a.jpg").unwrap(), b"theirs now");
    }

    #[test]
    fn a_killed_run_can_be_taken_back() {
        let library = Library::new();
        let mut ledger = library.ledger();
        library.write(&mut ledger, "a.jpg", b"ours");
        // Not saved.
        drop(ledger);
        let mut ledger = library.ledger();
        assert!(ledger.ours("a.jpg").is_some());
        assert_eq!(ledger.undo().unwrap(), [("a.jpg".to_owned(), Undone::Removed)]);
        assert_eq!(library.read("a.jpg"), None);
    }

    #[test]
    fn one_process_at_a_time() {
        let library = Library::new();
        let _first = library.ledger();
        assert!(Ledger::open(&library.dir.path().join("data"), &library.root()).is_err());
    }
}
