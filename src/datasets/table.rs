//! The file a data set is kept in: a header, up to seven sections of bytes, notes.
//!
//! ```text
//! 0    8   magic "LAURELDS"          32   80  offsets of eight sections' ends, u64 each
//! 8    4   version of the layout     96   32  blake3 of everything after the header
//! 12   4   which set                 128  32  blake3 of the 128 bytes before
//! 16   8   rows                      160      sections, one after the other;
//! 24   8   built, seconds since 1970          the last one is the notes, as JSON
//! ```
//!
//! All numbers are little-endian. A file is written under a temporary name, synced and
//! renamed, so a file with its final name is whole. Opening checks the header and the
//! length alone, which takes microseconds; [`Table::verify`] reads everything.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::error::DatasetError;
use super::map::Mapping;
use super::workspace::{TemporaryFile, Workspace};

const MAGIC: [u8; 8] = *b"LAURELDS";
/// Raise when a section's meaning changes; files of another version are built anew.
const VERSION: u32 = 1;
const SECTIONS: usize = 8;
const NOTES: usize = SECTIONS - 1;
const HEADER_BYTES: usize = 160;
/// Far more than seven pairs of validators need.
const MAX_NOTES_BYTES: usize = 64 * 1024;

/// What a source said about a file, to ask with next time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

/// What is kept beside the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Notes {
    /// Digest of the source's address: validators and sizes of another source mean nothing.
    pub(super) source: String,
    /// By the name of the part.
    pub(super) validators: BTreeMap<String, Validators>,
    /// Rows of the source that were not understood or not wanted.
    pub(super) skipped_rows: u64,
}

#[derive(Clone, Debug)]
struct Header {
    set: u32,
    rows: u64,
    built_at: u64,
    /// Where each section ends, counted from the beginning of the file.
    ends: [u64; SECTIONS],
    digest: [u8; 32],
}

impl Header {
    fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&self.set.to_le_bytes());
        bytes.extend_from_slice(&self.rows.to_le_bytes());
        bytes.extend_from_slice(&self.built_at.to_le_bytes());
        self.ends.iter().for_each(|end| bytes.extend_from_slice(&end.to_le_bytes()));
        bytes.extend_from_slice(&self.digest);
        let digest = blake3::hash(&bytes);
        bytes.extend_from_slice(digest.as_bytes());
        let mut header = [0; HEADER_BYTES];
        header.copy_from_slice(&bytes);
        header
    }

    fn from_bytes(bytes: &[u8; HEADER_BYTES]) -> Result<Self, DatasetError> {
        let number = |at: usize| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&bytes[at..at + 8]);
            u64::from_le_bytes(eight)
        };
        let (body, digest) = bytes.split_at(HEADER_BYTES - 32);
        if bytes[..8] != MAGIC || blake3::hash(body).as_bytes() != digest {
            return Err(DatasetError::Damaged);
        }
        let version_and_set = number(8);
        if version_and_set as u32 != VERSION {
            return Err(DatasetError::OtherVersion);
        }
        let mut payload = [0; 32];
        payload.copy_from_slice(&body[96..]);
        Ok(Self {
            set: (version_and_set >> 32) as u32,
            rows: number(16),
            built_at: number(24),
            ends: std::array::from_fn(|section| number(32 + 8 * section)),
            digest: payload,
        })
    }
}

/// An open data set file.
#[derive(Debug)]
pub(super) struct Table {
    map: Mapping,
    header: Header,
    notes: Notes,
    path: PathBuf,
}

impl Table {
    /// Opens the file of the given set; no file is no table.
    pub(super) fn open(path: &Path, set: u32) -> Result<Option<Self>, DatasetError> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(DatasetError::Disk(error)),
        };
        let length = file.metadata().map_err(DatasetError::Disk)?.len();
        if length < HEADER_BYTES as u64 {
            return Err(DatasetError::Cut);
        }
        let map = Mapping::of(&file).map_err(DatasetError::Disk)?;
        let head = map.first_chunk().ok_or(DatasetError::Cut)?;
        let header = Header::from_bytes(head)?;
        let starts = std::iter::once(HEADER_BYTES as u64).chain(header.ends);
        let ascending = starts.zip(header.ends).all(|(start, end)| start <= end);
        if header.set != set || !ascending || header.ends[NOTES] != length {
            return Err(DatasetError::Damaged);
        }
        let mut table = Self { map, header, notes: Notes::default(), path: path.to_owned() };
        let notes = table.section(NOTES);
        if notes.len() > MAX_NOTES_BYTES {
            return Err(DatasetError::Damaged);
        }
        table.notes = serde_json::from_slice(notes).map_err(|_| DatasetError::Damaged)?;
        Ok(Some(table))
    }

    /// Reads the whole file once and compares its digest.
    ///
    /// Reads it as a file, not through the map: that would make every page resident.
    pub(super) fn verify(&self) -> Result<(), DatasetError> {
        let mut file = File::open(&self.path).map_err(DatasetError::Disk)?;
        file.seek(SeekFrom::Start(HEADER_BYTES as u64)).map_err(DatasetError::Disk)?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = file.read(&mut buffer).map_err(DatasetError::Disk)?;
            if read == 0 {
                break;
            }
            hasher.update(&buffer[..read]);
        }
        let whole = hasher.finalize().as_bytes() == &self.header.digest;
        whole.then_some(()).ok_or(DatasetError::Damaged)
    }

    /// A section's bytes. Sections never written are empty.
    pub(super) fn section(&self, index: usize) -> &[u8] {
        let before = index.checked_sub(1).and_then(|before| self.header.ends.get(before));
        let start = before.copied().unwrap_or(HEADER_BYTES as u64);
        let end = self.header.ends.get(index).copied().unwrap_or(start);
        self.map.get(start as usize..end as usize).unwrap_or_default()
    }

    pub(super) fn rows(&self) -> u64 {
        self.header.rows
    }

    pub(super) fn bytes(&self) -> u64 {
        self.map.len() as u64
    }

    pub(super) fn built_at(&self) -> u64 {
        self.header.built_at
    }

    pub(super) fn notes(&self) -> &Notes {
        &self.notes
    }

    /// When the source was last asked, in seconds since 1970: the file's time stamp.
    pub(super) fn checked_at(&self) -> u64 {
        let modified = fs::metadata(&self.path).and_then(|metadata| metadata.modified());
        modified.ok().map_or(self.built_at(), seconds)
    }

    /// Notes that the source was asked just now and had nothing newer.
    pub(super) fn touch(&self) -> io::Result<()> {
        File::open(&self.path)?.set_modified(SystemTime::now())
    }
}

/// Seconds since 1970.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs())
}

/// Writes a table's sections, each once and in order.
#[derive(Debug)]
pub(super) struct TableWriter<'a> {
    workspace: &'a Workspace,
    temporary: TemporaryFile,
    file: BufWriter<File>,
    hasher: blake3::Hasher,
    at: u64,
    ends: [u64; SECTIONS],
    section: usize,
}

/// What is known of a table once all rows are written.
#[derive(Debug)]
pub(super) struct Finished<'a> {
    pub(super) set: u32,
    /// The name beside the other data sets.
    pub(super) file_name: &'a str,
    pub(super) rows: u64,
    pub(super) notes: &'a Notes,
}

impl<'a> TableWriter<'a> {
    pub(super) fn create(workspace: &'a Workspace) -> io::Result<Self> {
        let temporary = workspace.temporary("table");
        let mut file = BufWriter::with_capacity(1 << 18, File::create(temporary.path())?);
        file.write_all(&[0; HEADER_BYTES])?;
        let at = HEADER_BYTES as u64;
        let hasher = blake3::Hasher::new();
        Ok(Self { workspace, temporary, file, hasher, at, ends: [at; SECTIONS], section: 0 })
    }

    /// Appends to the section being written.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Ends the section being written; at most seven are for the caller.
    pub(super) fn end_section(&mut self) {
        debug_assert!(self.section < NOTES, "the last section is for the notes");
        for end in &mut self.ends[self.section..] {
            *end = self.at;
        }
        self.section += 1;
    }

    /// Puts the table in the place of the one before, and opens it.
    pub(super) fn finish(mut self, finished: &Finished<'_>) -> Result<Table, DatasetError> {
        let path = self.workspace.dir().join(finished.file_name);
        self.put_in_place(finished, &path).map_err(DatasetError::Disk)?;
        Table::open(&path, finished.set)?.ok_or(DatasetError::Damaged)
    }

    fn put_in_place(&mut self, finished: &Finished<'_>, path: &Path) -> io::Result<()> {
        let notes = serde_json::to_vec(finished.notes)?;
        self.write(&notes)?;
        self.ends[NOTES] = self.at;
        let header = Header {
            set: finished.set,
            rows: finished.rows,
            built_at: seconds(SystemTime::now()),
            ends: self.ends,
            digest: *self.hasher.finalize().as_bytes(),
        };
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header.to_bytes())?;
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        fs::rename(self.temporary.path(), path)?;
        // The rename itself rests in the directory.
        #[cfg(unix)]
        File::open(self.workspace.dir())?.sync_all()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: u32 = 7;

    fn write(workspace: &Workspace, rows: u64) -> Table {
        let mut writer = TableWriter::create(workspace).unwrap();
        writer.write(b"first").unwrap();
        writer.end_section();
        writer.write(b"second").unwrap();
        writer.end_section();
        let notes = Notes { source: "here".into(), skipped_rows: 3, ..Notes::default() };
        let finished = Finished { set: SET, file_name: "test.bin", rows, notes: &notes };
        writer.finish(&finished).unwrap()
    }

    fn workspace() -> (tempfile::TempDir, Workspace) {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(dir.path()).unwrap();
        (dir, workspace)
    }

    #[test]
    fn sections_and_notes_come_back() {
        let (_dir, workspace) = workspace();
        let table = write(&workspace, 2);
        assert_eq!(table.section(0), b"first");
        assert_eq!(table.section(1), b"second");
        assert_eq!(table.section(2), b"");
        assert_eq!((table.rows(), table.notes().skipped_rows), (2, 3));
        table.verify().unwrap();
    }

    #[test]
    fn no_file_is_no_table() {
        let (_dir, workspace) = workspace();
        assert!(Table::open(&workspace.dir().join("test.bin"), SET).unwrap().is_none());
    }

    #[test]
    fn a_mapped_table_survives_its_replacement() {
        let (_dir, workspace) = workspace();
        let old = write(&workspace, 1);
        let new = write(&workspace, 2);
        assert_eq!((old.rows(), new.rows()), (1, 2));
        assert_eq!(old.section(1), b"second");
    }

    #[test]
    fn a_flipped_bit_anywhere_is_noticed() {
        let (_dir, workspace) = workspace();
        write(&workspace, 2);
        let path = workspace.dir().join("test.bin");
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            let copy = workspace.dir().join("copy.bin");
            fs::write(&copy, bytes).unwrap();
            let noticed = match Table::open(&copy, SET) {
                Ok(Some(table)) => table.verify().is_err(),
                other => other.is_err(),
            };
            assert!(noticed, "byte {at}");
        }
    }

    #[test]
    fn a_cut_file_of_any_length_is_refused() {
        let (_dir, workspace) = workspace();
        write(&workspace, 2);
        let whole = fs::read(workspace.dir().join("test.bin")).unwrap();
        for length in 0..whole.len() {
            let copy = workspace.dir().join("copy.bin");
            fs::write(&copy, &whole[..length]).unwrap();
            assert!(Table::open(&copy, SET).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_table_of_another_set_is_refused() {
        let (_dir, workspace) = workspace();
        write(&workspace, 2);
        assert!(Table::open(&workspace.dir().join("test.bin"), SET + 1).is_err());
    }
}
