//! The films and episodes of a library, as its files lie. Links are never followed.

use std::fs::{DirEntry, FileType as EntryType};
use std::path::Path;

/// Folders within folders.
const MAX_DEPTH: usize = 16;
/// More files are no library of one household.
const MAX_FILES: usize = 500_000;

const VIDEO: [&str; 18] = [
    "mkv", "mp4", "avi", "m4v", "mov", "wmv", "ts", "m2ts", "mpg", "mpeg", "webm", "ogm", "iso",
    "strm", "flv", "divx", "3gp", "vob",
];

/// Folders that hold no title of their own, at any depth: discs, and what servers and systems keep.
const NEVER: [&str; 12] = [
    "bdmv",
    "video_ts",
    "audio_ts",
    "hvdvd_ts",
    "certificate",
    "@eadir",
    "#recycle",
    "$recycle.bin",
    "system volume information",
    "lost+found",
    "plex versions",
    "metadata",
];

/// Folders of extras, inside a title's folder; at the top they may be somebody's collection.
const EXTRAS: [&str; 20] = [
    "extras",
    "extra",
    "featurettes",
    "behind the scenes",
    "deleted scenes",
    "interviews",
    "scenes",
    "shorts",
    "trailers",
    "trailer",
    "other",
    "samples",
    "sample",
    "subs",
    "subtitles",
    "clips",
    "backdrops",
    "theme-music",
    "bonus",
    "proof",
];

/// Endings of files that belong to a title and are none.
const EXTRA_ENDINGS: [&str; 10] = [
    "-trailer",
    "-sample",
    "-behindthescenes",
    "-deleted",
    "-featurette",
    "-interview",
    "-scene",
    "-short",
    "-other",
    "-clip",
];

/// What a walk has found.
#[derive(Debug, Default)]
pub struct Walk {
    /// Paths of videos below the root, with `/`, in order.
    pub videos: Vec<String>,
    /// Folders and files that could not be read, or whose names are no UTF-8.
    pub unreadable: Vec<String>,
}

impl Walk {
    /// Looks through everything below `root`, a folder that is no link.
    pub fn of(root: &Path) -> Self {
        let mut walk = Self::default();
        walk.folder(root, "", 0);
        walk.videos.sort();
        walk
    }

    fn folder(&mut self, folder: &Path, below: &str, depth: usize) {
        let Ok(entries) = std::fs::read_dir(folder) else {
            self.unreadable.push(below.to_owned());
            return;
        };
        for entry in entries {
            match entry {
                Ok(entry) => self.entry(&entry, below, depth),
                Err(_) => self.unreadable.push(below.to_owned()),
            }
        }
    }

    fn entry(&mut self, entry: &DirEntry, below: &str, depth: usize) {
        let Ok(name) = entry.file_name().into_string() else {
            self.unreadable.push(format!("{below}/{}", entry.file_name().to_string_lossy()));
            return;
        };
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        // Of the entry itself, not of what a link leads to.
        let kind = entry.file_type();
        let is = |test: fn(&EntryType) -> bool| kind.as_ref().is_ok_and(test);
        if name.starts_with('.') {
            return;
        }
        if is(EntryType::is_dir) && depth < MAX_DEPTH && !is_left_out(&name, depth) {
            self.folder(&entry.path(), &path, depth + 1);
        } else if is(EntryType::is_file) && is_video(&name) && self.videos.len() < MAX_FILES {
            self.videos.push(path);
        }
    }
}

fn is_left_out(name: &str, depth: usize) -> bool {
    let name = name.to_lowercase();
    NEVER.contains(&name.as_str()) || (depth > 0 && EXTRAS.contains(&name.as_str()))
}

fn is_video(name: &str) -> bool {
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let (stem, extension) = (stem.to_lowercase(), extension.to_lowercase());
    let is_extra = EXTRA_ENDINGS.iter().any(|ending| stem.ends_with(ending))
        || matches!(stem.as_str(), "trailer" | "sample" | "theme")
        || stem.split(['.', ' ', '_', '-']).any(|word| word == "sample");
    VIDEO.contains(&extension.as_str()) && !is_extra
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(root: &Path, path: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }

    #[test]
    fn films_are_found_and_extras_discs_links_and_hidden_ones_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        for path in [
            "A (2001)/A.mkv",
            "A (2001)/A-trailer.mkv",
            "A (2001)/Extras/making of.mkv",
            "A (2001)/sample.mkv",
            "A (2001)/a.sample.mkv",
            "A (2001)/A.nfo",
            "A (2001)/poster.jpg",
            "B/BDMV/STREAM/00001.m2ts",
            ".hidden/C.mkv",
            ".D.mkv",
            "Shorts/E (1999).MKV",
            "The Sample (2010).mkv",
        ] {
            touch(root, path);
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("A (2001)"), root.join("link")).unwrap();
            std::os::unix::fs::symlink(root.join("A (2001)/A.mkv"), root.join("link.mkv")).unwrap();
            std::os::unix::fs::symlink(root, root.join("A (2001)/loop")).unwrap();
        }
        let walk = Walk::of(root);
        assert_eq!(walk.videos, ["A (2001)/A.mkv", "Shorts/E (1999).MKV"]);
        assert!(walk.unreadable.is_empty(), "{:?}", walk.unreadable);
    }

    #[test]
    fn a_deep_folder_ends_somewhere() {
        let dir = tempfile::tempdir().unwrap();
        let deep = vec!["d"; 40].join("/");
        touch(dir.path(), &format!("{deep}/A.mkv"));
        assert!(Walk::of(dir.path()).videos.is_empty());
    }
}
