//! The file a data set is kept in: an SQLite database of its own, opened for reading only.
//!
//! One file per set, so that each is replaced alone: it is built under another name
//! (`TableBuilder`) and renamed. A file with its final name is never written again, so
//! it is opened as immutable: SQLite takes no locks and looks for no journal.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::build::SetId;
use super::error::DatasetError;

/// Raise when the tables of a set change; files of another layout are built anew.
const LAYOUT: u32 = 2;
/// A disk slower than this is as good as none: the other sources are asked instead.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(1);
/// Each is a thread while it is in use; one may wait for a page that is not in memory.
const CONNECTIONS: u32 = 2;
/// Pages that a connection keeps: the upper levels of its tables. The system keeps the others.
const CACHE_KIB: &str = "-1024";

/// What a source said about a file, to ask with next time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SourceValidators {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

/// What is kept beside the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Notes {
    /// Digest of the source's address: validators and sizes of another source mean nothing.
    pub(super) source: String,
    /// By the name of the part.
    pub(super) validators: BTreeMap<String, SourceValidators>,
    /// Rows of the source that were not understood or not wanted.
    pub(super) skipped_rows: u64,
}

/// An open data set file.
#[derive(Debug)]
pub(super) struct Table {
    set: SetId,
    pool: SqlitePool,
    rows: u64,
    bytes: u64,
    /// Seconds since 1970.
    built_at: u64,
    notes: Notes,
    path: PathBuf,
}

impl Table {
    /// Opens the file of the given set; no file is no table.
    pub(super) async fn open(path: &Path, set: SetId) -> Result<Option<Self>, DatasetError> {
        let bytes = match fs::metadata(path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(DatasetError::Disk(error)),
        };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(true)
            .immutable(true)
            .pragma("cache_size", CACHE_KIB);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            // Asking whether it still works is a message to its thread and back.
            .test_before_acquire(false)
            .acquire_timeout(LOOKUP_TIMEOUT)
            .connect_with(options)
            .await?;
        let layout: u32 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&pool).await?;
        if layout != layout_of(set) {
            return Err(DatasetError::OtherVersion);
        }
        let pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        let whole: i64 = sqlx::query_scalar(pages).fetch_one(&pool).await?;
        if whole.unsigned_abs() != bytes {
            return Err(DatasetError::Cut);
        }
        let about = sqlx::query_as("SELECT rows, built_at, notes FROM about");
        let (rows, built_at, notes): (i64, i64, String) = about.fetch_one(&pool).await?;
        Ok(Some(Self {
            set,
            pool,
            rows: rows.unsigned_abs(),
            bytes,
            built_at: built_at.unsigned_abs(),
            notes: serde_json::from_str(&notes).map_err(|_| DatasetError::Damaged)?,
            path: path.to_owned(),
        }))
    }

    /// Reads every page once and checks that they make whole, sorted tables.
    pub(super) async fn verify(&self) -> Result<(), DatasetError> {
        let check = sqlx::query_scalar::<_, String>("PRAGMA quick_check(1)");
        let verdict = check.fetch_one(&self.pool).await?;
        (verdict == "ok").then_some(()).ok_or(DatasetError::Damaged)
    }

    /// Where queries of the set's own tables go.
    pub(super) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// What a query of the set's tables found. One that fails or takes too long is logged and
    /// finds nothing: there are other sources, and the next check of the file refuses it.
    pub(super) async fn look_up<T: Default>(
        &self,
        query: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> T {
        match tokio::time::timeout(LOOKUP_TIMEOUT, query).await {
            Ok(Ok(found)) => return found,
            Ok(Err(error)) => tracing::warn!(dataset = %self.set, %error, "look-up failed"),
            Err(_) => tracing::warn!(dataset = %self.set, "look-up took too long"),
        }
        T::default()
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Size of the file.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn built_at(&self) -> u64 {
        self.built_at
    }

    pub(super) fn notes(&self) -> &Notes {
        &self.notes
    }

    /// When the source was last asked, in seconds since 1970: the file's time stamp.
    pub(super) fn checked_at(&self) -> u64 {
        let modified = fs::metadata(&self.path).and_then(|metadata| metadata.modified());
        modified.ok().map_or(self.built_at, seconds)
    }

    /// Notes that the source was asked at `now` and had nothing newer.
    pub(super) fn touch(&self, now: SystemTime) -> io::Result<()> {
        File::open(&self.path)?.set_modified(now)
    }
}

/// Says in the file which set it holds, and in which layout.
pub(super) fn layout_of(set: SetId) -> u32 {
    LAYOUT << 8 | set.number()
}

/// Seconds since 1970.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs())
}

#[cfg(test)]
mod tests {
    use super::super::build::test_support::Bench;
    use super::super::imdb::Ratings;
    use super::*;

    /// A file of some pages, and where it lies.
    fn built() -> (Bench, PathBuf) {
        let bench = Bench::new();
        let rows: Vec<String> = (1..9_000).map(|n| format!("tt{n}\t5.0\t9\n")).collect();
        let file = format!("tconst\taverageRating\tnumVotes\n{}", rows.concat());
        drop(bench.build::<Ratings>(&[file.as_bytes()]).unwrap());
        let path = bench.workspace.dir().join(SetId::ImdbRatings.file_name());
        (bench, path)
    }

    #[test]
    fn no_file_is_no_table() {
        let (bench, path) = built();
        let open = |set| bench.wait(Table::open(&path.with_extension("none"), set));
        assert!(open(SetId::ImdbRatings).unwrap().is_none());
    }

    #[test]
    fn a_whole_file_is_sound_and_counts_its_rows() {
        let (bench, path) = built();
        let table = bench.wait(Table::open(&path, SetId::ImdbRatings)).unwrap().unwrap();
        assert_eq!(table.rows(), 8_999);
        bench.wait(table.verify()).unwrap();
    }

    #[test]
    fn a_torn_page_anywhere_is_noticed() {
        const PAGE: usize = 4096;
        let (bench, path) = built();
        let whole = fs::read(&path).unwrap();
        assert!(whole.len() > 10 * PAGE);
        for page in 0..whole.len() / PAGE {
            let mut torn = whole.clone();
            torn[page * PAGE..][..PAGE].fill(0xA5);
            let copy = path.with_extension("copy");
            fs::write(&copy, torn).unwrap();
            let sound = bench.wait(async {
                match Table::open(&copy, SetId::ImdbRatings).await {
                    Ok(Some(table)) => table.verify().await.is_ok(),
                    Ok(None) | Err(_) => false,
                }
            });
            assert!(!sound, "page {page}");
        }
    }

    #[test]
    fn a_cut_file_is_refused() {
        let (bench, path) = built();
        let whole = fs::read(&path).unwrap();
        for length in [0, 50, 4096, whole.len() / 2, whole.len() - 1] {
            let copy = path.with_extension("copy");
            fs::write(&copy, &whole[..length]).unwrap();
            let sound = bench.wait(async {
                match Table::open(&copy, SetId::ImdbRatings).await {
                    Ok(Some(table)) => table.verify().await.is_ok(),
                    Ok(None) | Err(_) => false,
                }
            });
            assert!(!sound, "{length} bytes");
        }
    }

    #[test]
    fn a_table_of_another_set_is_refused() {
        let (bench, path) = built();
        let other = bench.wait(Table::open(&path, SetId::Awards));
        assert!(matches!(other, Err(DatasetError::OtherVersion)));
    }
}
