//! The index of the blobs: what lies on the disk, how large, when last used, for which title.
//!
//! A database of its own, because it is disposable: it can be made again from the files. Small blobs
//! lie in it as they are; they are the only ones that are lost with it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, SqlitePool};

use super::{Digest, Labels, Tier};
use crate::store::PurgeScope;

const FILE: &str = "index.db";
/// Kept in `user_version`; another number means another layout, and the index is made anew.
const LAYOUT: i64 = 2;

const SCHEMA: &str = "
CREATE TABLE blobs (
    tier INTEGER NOT NULL,
    digest BLOB NOT NULL,
    -- Disk space including metadata, see disk_cost().
    cost INTEGER NOT NULL,
    -- Microseconds since 1970.
    last_used INTEGER NOT NULL,
    family TEXT,
    -- Ids separated by spaces.
    titles TEXT NOT NULL,
    -- Where the blob is, where it has no file.
    content INTEGER,
    PRIMARY KEY (tier, digest)
) WITHOUT ROWID;
CREATE INDEX blobs_by_use ON blobs (tier, last_used);
-- Apart, so that looking for a row never reads a blob, and new ones follow each other on new pages.
CREATE TABLE contents (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TRIGGER blobs_removed AFTER DELETE ON blobs WHEN old.content IS NOT NULL BEGIN
    DELETE FROM contents WHERE id = old.content;
END;
PRAGMA user_version = 2;
";

/// One blob as the index knows it.
#[derive(Clone, Debug)]
pub(super) struct BlobRow {
    pub(super) tier: Tier,
    pub(super) digest: Digest,
    pub(super) cost: u64,
    /// Microseconds since 1970.
    pub(super) last_used: i64,
    pub(super) labels: Labels,
    /// The blob, where it has no file.
    pub(super) content: Option<Bytes>,
}

/// How closely an index that is there is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// That it is ours. A kill leaves it whole, and every blob is verified when it is read.
    Layout,
    /// Every page, which takes a while: after SQLite has met one that is torn.
    Pages,
}

/// Whether the rows tell about the files, or have to be made from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    Kept,
    Fresh,
}

pub(super) type IndexResult<T> = Result<T, sqlx::Error>;

#[derive(Debug)]
pub(super) struct Index {
    pool: SqlitePool,
    dir: PathBuf,
}

/// Whether the file is damaged or none of SQLite's, rather than out of reach at the moment. Source: the primary result
/// codes `SQLITE_CORRUPT` and `SQLITE_NOTADB`, <https://www.sqlite.org/rescode.html>.
fn is_torn(error: &sqlx::Error) -> bool {
    const CORRUPT: u32 = 11;
    const NOT_A_DATABASE: u32 = 26;
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let code = code.and_then(|code| code.parse::<u32>().ok());
    // The primary code is the low byte of an extended one.
    code.is_some_and(|code| matches!(code & 0xff, CORRUPT | NOT_A_DATABASE))
}

impl Index {
    /// Opens the index in `dir`; one that is missing, torn or of another layout is made anew.
    ///
    /// # Errors
    /// The index cannot be used now, on a full disk for example. It is left as it is: answers of providers
    /// have no other place.
    pub(super) async fn open(dir: &Path, check: Check) -> IndexResult<(Self, Opened)> {
        let is_there = tokio::fs::try_exists(dir.join(FILE)).await.unwrap_or(false);
        match Self::connect(dir, false).await {
            Ok(index) => match index.is_sound(check).await {
                Ok(true) => return Ok((index, Opened::Kept)),
                Err(error) if !is_torn(&error) => {
                    index.pool.close().await;
                    return Err(error);
                }
                Ok(false) | Err(_) => index.pool.close().await,
            },
            Err(error) if is_there && !is_torn(&error) => return Err(error),
            Err(_) => {}
        }
        for name in [FILE.to_owned(), format!("{FILE}-wal"), format!("{FILE}-shm")] {
            // Missing files are what we want; any other failure shows at once below.
            let _ = tokio::fs::remove_file(dir.join(name)).await;
        }
        let index = Self::connect(dir, true).await?;
        sqlx::raw_sql(SCHEMA).execute(&index.pool).await?;
        Ok((index, Opened::Fresh))
    }

    async fn connect(dir: &Path, create: bool) -> IndexResult<Self> {
        let options = options(dir)
            .create_if_missing(create)
            // A kill loses nothing; what a power cut tears is met when it is read, and made anew.
            .synchronous(SqliteSynchronous::Off)
            .page_size(8192)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .pragma("cache_size", "-1024")
            .pragma("wal_autocheckpoint", "256")
            .pragma("journal_size_limit", "2097152");
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        Ok(Self { pool, dir: dir.to_owned() })
    }

    async fn is_sound(&self, check: Check) -> IndexResult<bool> {
        let layout = sqlx::query_scalar::<_, i64>("PRAGMA user_version");
        if layout.fetch_one(&self.pool).await? != LAYOUT {
            return Ok(false);
        }
        let pages = sqlx::query_scalar::<_, String>("PRAGMA quick_check(1)");
        Ok(check == Check::Layout || pages.fetch_one(&self.pool).await? == "ok")
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

    /// Bytes of the index's own files.
    pub(super) async fn file_bytes(&self) -> u64 {
        let mut bytes = 0;
        for suffix in ["", "-wal", "-shm"] {
            let path = self.dir.join(format!("{FILE}{suffix}"));
            bytes += tokio::fs::metadata(path).await.map_or(0, |metadata| metadata.len());
        }
        bytes
    }

    /// Cost and number of each tier's blobs.
    pub(super) async fn totals(&self) -> IndexResult<HashMap<Tier, (u64, u64)>> {
        let query = sqlx::query_as::<_, (i64, i64, i64)>(
            "SELECT tier, SUM(cost), COUNT(*) FROM blobs GROUP BY tier",
        );
        let rows = query.fetch_all(&self.pool).await?;
        let read = |(tier, cost, count)| {
            Some((Tier::from_number(tier)?, (unsigned(cost), unsigned(count))))
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// What the named blobs cost, as far as they are there.
    pub(super) async fn costs_of(
        &self,
        names: &[(Tier, Digest)],
    ) -> IndexResult<HashMap<(Tier, Digest), u64>> {
        if names.is_empty() {
            return Ok(HashMap::new());
        }
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT tier, digest, cost FROM blobs WHERE (tier, digest) IN (VALUES ",
        );
        for (place, (tier, digest)) in names.iter().enumerate() {
            query.push(if place == 0 { "(" } else { ", (" });
            query.push_bind(i64::from(tier.number())).push(", ");
            query.push_bind(digest.as_bytes().to_vec()).push(")");
        }
        query.push(")");
        let rows: Vec<(i64, Vec<u8>, i64)> = query.build_query_as().fetch_all(&self.pool).await?;
        let read = |(tier, digest, cost): (i64, Vec<u8>, i64)| {
            Some(((Tier::from_number(tier)?, digest_from(&digest)?), unsigned(cost)))
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Adds rows that are not there yet, in one statement: every statement is a message to SQLite's
    /// thread and back.
    pub(super) async fn insert(&self, rows: &[BlobRow]) -> IndexResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut transaction = self.pool.begin().await?;
        let mut next = Self::insert_contents(rows, &mut transaction).await?;
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT OR REPLACE INTO blobs (tier, digest, cost, last_used, family, titles, content) ",
        );
        query.push_values(rows, |mut values, row| {
            values
                .push_bind(i64::from(row.tier.number()))
                .push_bind(row.digest.as_bytes().to_vec())
                .push_bind(i64::try_from(row.cost).unwrap_or(i64::MAX))
                .push_bind(row.last_used)
                .push_bind(row.labels.family_name())
                .push_bind(row.labels.joined_titles())
                .push_bind(row.content.as_ref().and_then(|_| next.next()));
        });
        query.build().execute(&mut *transaction).await?;
        transaction.commit().await
    }

    /// Stores the blobs of those rows that have one; their ids, in order.
    async fn insert_contents(
        rows: &[BlobRow],
        connection: &mut SqliteConnection,
    ) -> IndexResult<std::vec::IntoIter<i64>> {
        let contents: Vec<&Bytes> = rows.iter().filter_map(|row| row.content.as_ref()).collect();
        if contents.is_empty() {
            return Ok(Vec::new().into_iter());
        }
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO contents (bytes) ");
        query.push_values(&contents, |mut values, bytes| {
            values.push_bind(&bytes[..]);
        });
        query.push(" RETURNING id");
        let mut ids: Vec<i64> = query.build_query_scalar().fetch_all(connection).await?;
        // SQLite promises no order of what is returned; ids grow in the order of insertion.
        ids.sort_unstable();
        Ok(ids.into_iter())
    }

    pub(super) async fn remove(&self, names: &[(Tier, Digest)]) -> IndexResult<()> {
        let mut transaction = self.pool.begin().await?;
        for (tier, digest) in names {
            let query = sqlx::query("DELETE FROM blobs WHERE tier = ? AND digest = ?");
            let query = query.bind(i64::from(tier.number())).bind(&digest.as_bytes()[..]);
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    /// Records uses, `last_used` in microseconds since 1970.
    pub(super) async fn touch(&self, uses: &HashMap<(Tier, Digest), i64>) -> IndexResult<()> {
        let mut transaction = self.pool.begin().await?;
        for ((tier, digest), last_used) in uses {
            let query = sqlx::query("UPDATE blobs SET last_used = ? WHERE tier = ? AND digest = ?");
            let query = query.bind(last_used).bind(i64::from(tier.number()));
            query.bind(&digest.as_bytes()[..]).execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    /// The blobs of a tier that were not used for longest, with their costs.
    pub(super) async fn least_used(
        &self,
        tier: Tier,
        most: u32,
    ) -> IndexResult<Vec<(Digest, u64)>> {
        let query = sqlx::query_as::<_, (Vec<u8>, i64)>(
            "SELECT digest, cost FROM blobs WHERE tier = ? ORDER BY last_used LIMIT ?",
        );
        let query = query.bind(i64::from(tier.number())).bind(most);
        let rows = query.fetch_all(&self.pool).await?;
        let read = |(digest, cost): (Vec<u8>, i64)| Some((digest_from(&digest)?, unsigned(cost)));
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Up to `most` blobs that a purge removes.
    pub(super) async fn in_scope(
        &self,
        scope: &PurgeScope,
        most: u32,
    ) -> IndexResult<Vec<(Tier, Digest)>> {
        let tier = match scope {
            PurgeScope::Tier(tier) => Some(i64::from(tier.number())),
            _ => None,
        };
        let family = match scope {
            PurgeScope::Family(kind) => Some(kind.family()),
            _ => None,
        };
        let title = match scope {
            PurgeScope::Title(id) => Some(format!(" {id} ")),
            _ => None,
        };
        let query = sqlx::query_as::<_, (i64, Vec<u8>)>(
            "SELECT tier, digest FROM blobs WHERE tier = COALESCE(?1, tier) \
             AND (?2 IS NULL OR family = ?2) \
             AND (?3 IS NULL OR instr(' ' || titles || ' ', ?3) > 0) LIMIT ?4",
        );
        let query = query.bind(tier).bind(family).bind(title).bind(most);
        Ok(names(query.fetch_all(&self.pool).await?))
    }

    /// The name of every blob that has a file.
    pub(super) async fn with_files(&self) -> IndexResult<Vec<(Tier, Digest)>> {
        let query = sqlx::query_as::<_, (i64, Vec<u8>)>(
            "SELECT tier, digest FROM blobs WHERE content IS NULL",
        );
        Ok(names(query.fetch_all(&self.pool).await?))
    }

    /// The name of every blob that lies in the index.
    pub(super) async fn with_contents(&self) -> IndexResult<Vec<(Tier, Digest)>> {
        let query = sqlx::query_as::<_, (i64, Vec<u8>)>(
            "SELECT tier, digest FROM blobs WHERE content IS NOT NULL",
        );
        Ok(names(query.fetch_all(&self.pool).await?))
    }

    /// Gives pages of removed rows back to the file system.
    pub(super) async fn shrink(&self) -> IndexResult<()> {
        sqlx::raw_sql("PRAGMA incremental_vacuum").execute(&self.pool).await.map(|_| ())
    }
}

/// Reads blobs that lie in the index, beside its one writer.
#[derive(Debug)]
pub(super) struct Reader {
    pool: SqlitePool,
}

impl Reader {
    /// Two connections: one may be met by a page that is not in memory.
    const CONNECTIONS: u32 = 2;

    pub(super) async fn open(dir: &Path) -> IndexResult<Self> {
        let pool = SqlitePoolOptions::new()
            .max_connections(Self::CONNECTIONS)
            // Asking whether it still works is a message to its thread and back.
            .test_before_acquire(false)
            .connect_with(options(dir).pragma("query_only", "ON").pragma("cache_size", "-256"))
            .await?;
        Ok(Self { pool })
    }

    pub(super) async fn content(
        &self,
        tier: Tier,
        digest: &Digest,
    ) -> IndexResult<Option<Vec<u8>>> {
        let query = sqlx::query_scalar(
            "SELECT bytes FROM contents WHERE id = \
             (SELECT content FROM blobs WHERE tier = ? AND digest = ?)",
        );
        let query = query.bind(i64::from(tier.number())).bind(&digest.as_bytes()[..]);
        query.fetch_optional(&self.pool).await
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

fn options(dir: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(dir.join(FILE))
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(5))
}

fn names(rows: Vec<(i64, Vec<u8>)>) -> Vec<(Tier, Digest)> {
    let read =
        |(tier, digest): (i64, Vec<u8>)| Some((Tier::from_number(tier)?, digest_from(&digest)?));
    rows.into_iter().filter_map(read).collect()
}

fn digest_from(bytes: &[u8]) -> Option<Digest> {
    bytes.try_into().ok().map(Digest::new)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
