//! Writing a data set's file: rows come in any order, the file that is left is packed and sorted.

use std::fs::{self, File};
use std::io;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

use super::build::{BuildJob, Set, SetId};
use super::error::DatasetError;
use super::table::{Notes, Table, layout_of, seconds};
use super::workspace::{TemporaryFile, Workspace};

/// Pages kept in memory while rows come in; IMDb's episodes come nearly in the order of
/// their series, so that few pages are read again.
const BUILD_CACHE_KIB: &str = "-49152";
/// The same while the packed copy is written.
const PACK_CACHE: &str = "PRAGMA cache_size = -8192; PRAGMA shrink_memory";
/// Rows in one statement: one message to SQLite's thread and back for all of them.
const ROWS_PER_STATEMENT: usize = 1000;

const ABOUT: &str = "CREATE TABLE about \
    (rows INTEGER NOT NULL, built_at INTEGER NOT NULL, notes TEXT NOT NULL) STRICT;";

/// A file under construction. Blocks, so it is used on a thread for such things.
#[derive(Debug)]
pub(super) struct TableBuilder<'a> {
    set: SetId,
    workspace: &'a Workspace,
    runtime: tokio::runtime::Handle,
    built_at: std::time::SystemTime,
    connection: SqliteConnection,
    loose: TemporaryFile,
}

impl<'a> TableBuilder<'a> {
    /// Creates an empty file with the tables of `schema`.
    pub(super) fn create<S: Set>(
        job: &BuildJob<'a, S>,
        schema: &'static str,
    ) -> Result<Self, DatasetError> {
        let loose = job.workspace.temporary("loose");
        // Nothing of it outlives a crash, so nothing of it is protected against one.
        let options = SqliteConnectOptions::new()
            .filename(loose.path())
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .locking_mode(SqliteLockingMode::Exclusive)
            .pragma("cache_size", BUILD_CACHE_KIB)
            .disable_statement_logging();
        let connection = job.runtime.block_on(async {
            let mut connection = SqliteConnection::connect_with(&options).await?;
            sqlx::raw_sql(schema).execute(&mut connection).await?;
            sqlx::raw_sql(ABOUT).execute(&mut connection).await?;
            sqlx::raw_sql("BEGIN").execute(&mut connection).await?;
            Ok::<_, sqlx::Error>(connection)
        })?;
        let built_at = job.clock.system_time();
        let (workspace, runtime) = (job.workspace, job.runtime.clone());
        Ok(Self { set: S::ID, workspace, runtime, built_at, connection, loose })
    }

    /// How many rows a table has.
    pub(super) fn count(&mut self, count: &'static str) -> Result<u64, DatasetError> {
        let query = sqlx::query_scalar::<_, i64>(count).fetch_one(&mut self.connection);
        Ok(self.runtime.block_on(query)?.unsigned_abs())
    }

    /// Packs the file, puts it in the place of the one before, and opens it.
    pub(super) fn finish(mut self, rows: u64, notes: &Notes) -> Result<Table, DatasetError> {
        let packed = self.workspace.temporary("packed");
        let runtime = self.runtime.clone();
        runtime.block_on(self.describe(rows, notes))?;
        runtime.block_on(self.pack(&packed))?;
        drop(self.loose);
        let path = self.workspace.dir().join(self.set.file_name());
        put_in_place(&packed, &path, self.workspace).map_err(DatasetError::Disk)?;
        runtime.block_on(Table::open(&path, self.set))?.ok_or(DatasetError::Damaged)
    }

    async fn describe(&mut self, rows: u64, notes: &Notes) -> Result<(), DatasetError> {
        let notes = serde_json::to_string(notes).map_err(io::Error::from);
        sqlx::query("INSERT INTO about (rows, built_at, notes) VALUES (?, ?, ?)")
            .bind(rows as i64)
            .bind(seconds(self.built_at) as i64)
            .bind(notes.map_err(DatasetError::Disk)?)
            .execute(&mut self.connection)
            .await?;
        let layout = format!("PRAGMA user_version = {}; COMMIT", layout_of(self.set));
        // A number of our own.
        sqlx::raw_sql(AssertSqlSafe(layout)).execute(&mut self.connection).await?;
        Ok(())
    }

    /// Copies the tables in order: rows that came out of order leave pages a third empty.
    async fn pack(&mut self, packed: &TemporaryFile) -> Result<(), DatasetError> {
        sqlx::raw_sql(PACK_CACHE).execute(&mut self.connection).await?;
        let path = packed.path().to_str().ok_or(DatasetError::Directory)?;
        sqlx::query("VACUUM INTO ?").bind(path).execute(&mut self.connection).await?;
        Ok(())
    }
}

fn put_in_place(
    packed: &TemporaryFile,
    path: &std::path::Path,
    workspace: &Workspace,
) -> io::Result<()> {
    File::open(packed.path())?.sync_all()?;
    fs::rename(packed.path(), path)?;
    // The rename itself rests in the directory.
    #[cfg(unix)]
    File::open(workspace.dir())?.sync_all()?;
    Ok(())
}

/// Rows of `N` columns on their way into a table, many in one statement.
#[derive(Debug)]
pub(super) struct Inserts<const N: usize> {
    /// Up to `VALUES`.
    head: &'static str,
    /// After the values: what to do where a row is there already.
    tail: &'static str,
    rows: Vec<[Option<i64>; N]>,
}

impl<const N: usize> Inserts<N> {
    pub(super) fn new(head: &'static str, tail: &'static str) -> Self {
        Self { head, tail, rows: Vec::with_capacity(ROWS_PER_STATEMENT) }
    }

    pub(super) fn push(
        &mut self,
        row: [Option<i64>; N],
        table: &mut TableBuilder<'_>,
    ) -> Result<(), DatasetError> {
        self.rows.push(row);
        if self.rows.len() == ROWS_PER_STATEMENT { self.send(table) } else { Ok(()) }
    }

    /// Writes what has not been written yet.
    pub(super) fn finish(mut self, table: &mut TableBuilder<'_>) -> Result<(), DatasetError> {
        if self.rows.is_empty() { Ok(()) } else { self.send(table) }
    }

    fn send(&mut self, table: &mut TableBuilder<'_>) -> Result<(), DatasetError> {
        let row = format!("({})", ["?"; N].join(","));
        let rows = vec![row.as_str(); self.rows.len()].join(",");
        // Made of literals and question marks.
        let statement = AssertSqlSafe(format!("{} VALUES {rows} {}", self.head, self.tail));
        let mut query = sqlx::query(statement);
        for value in self.rows.drain(..).flatten() {
            query = query.bind(value);
        }
        table.runtime.block_on(query.execute(&mut table.connection))?;
        Ok(())
    }
}
