//! What was warmed when, so that a run goes on where an earlier one ended.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::clock::Clock;
use crate::library::NewFile;

const DAY_SECS: u64 = 86_400;
/// Longer lines are none of ours.
const MAX_LINE: u64 = 4096;
/// Entries older than this are forgotten.
const MAX_AGE_DAYS: u64 = 60;

/// Pictures that were made within some days.
#[derive(Debug)]
pub(super) struct DoneList {
    recent: HashSet<String>,
    file: Mutex<File>,
}

impl DoneList {
    /// Lines of a time in seconds since 1970 and what was made. What is too old is dropped from the file.
    pub(super) fn open(path: &Path, days: u64) -> io::Result<Self> {
        let now = Clock::system().unix_secs();
        let (mut recent, mut kept) = (HashSet::new(), Vec::new());
        match File::open(path) {
            Ok(file) => {
                for (at, key) in lines(file)? {
                    let age = now.saturating_sub(at);
                    if age < days * DAY_SECS {
                        recent.insert(key.clone());
                    }
                    if age < MAX_AGE_DAYS * DAY_SECS {
                        kept.push(format!("{at} {key}\n"));
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut new = NewFile::create(folder, "warmed")?;
        new.write(kept.concat().as_bytes())?;
        new.put(path)?;
        let file = OpenOptions::new().append(true).open(path)?;
        Ok(Self { recent, file: Mutex::new(file) })
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.recent.contains(key)
    }

    /// Forgotten where it cannot be written: then it is only asked for again.
    pub(super) fn add(&self, key: &str) {
        let line = format!("{} {key}\n", Clock::system().unix_secs());
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.write_all(line.as_bytes());
    }
}

fn lines(file: File) -> io::Result<Vec<(u64, String)>> {
    let mut reader = BufReader::new(file);
    let (mut found, mut line) = (Vec::new(), Vec::new());
    while reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line).into_owned();
        if let Some((at, key)) = text.strip_suffix('\n').and_then(|text| text.split_once(' '))
            && let Ok(at) = at.parse()
        {
            found.push((at, key.to_owned()));
        }
        line.clear();
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recent_is_known_and_what_is_old_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("warmed.list");
        let now = Clock::system().unix_secs();
        let (week, year) = (now - 8 * DAY_SECS, now - 365 * DAY_SECS);
        std::fs::write(&path, format!("{week} a poster \n{year} old\ntorn")).unwrap();
        let list = DoneList::open(&path, 7).unwrap();
        assert!(!list.contains("a poster "));
        list.add("b poster x=1");
        drop(list);
        let list = DoneList::open(&path, 10).unwrap();
        assert!(list.contains("a poster ") && list.contains("b poster x=1"));
        assert!(!std::fs::read_to_string(&path).unwrap().contains("old"));
    }
}
