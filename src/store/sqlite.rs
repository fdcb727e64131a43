//! The embedded database: `laurel.db` in the data directory.

use std::path::Path;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::{StoreError, create_private_dir};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long one statement waits for another process (`laurel keys`) to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Keys, facts and purge requests. Cheap to clone; never on the path of a cached picture.
#[derive(Clone, Debug)]
pub struct Database {
    pub(super) pool: SqlitePool,
}

impl Database {
    /// Opens, and creates when missing, `laurel.db` in `data_dir`, and brings its tables up to
    /// date.
    pub async fn open(data_dir: &Path) -> Result<Self, StoreError> {
        create_private_dir(data_dir).map_err(|error| StoreError::Directory(error.kind()))?;
        let options = SqliteConnectOptions::new()
            .filename(data_dir.join("laurel.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY_TIMEOUT);
        Self::connect(options, 2).await
    }

    /// A database of its own that ends with the value.
    #[cfg(test)]
    pub(crate) async fn in_memory() -> Self {
        let options = SqliteConnectOptions::new().in_memory(true);
        Self::connect(options, 1).await.unwrap()
    }

    async fn connect(options: SqliteConnectOptions, connections: u32) -> Result<Self, StoreError> {
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_with(options)
            .await?;
        MIGRATIONS.run(&pool).await?;
        Ok(Self { pool })
    }

    /// Waits for running statements and folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub async fn fact(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let query = sqlx::query_scalar("SELECT value FROM facts WHERE name = ?");
        Ok(query.bind(name).fetch_optional(&self.pool).await?)
    }

    /// Records a fact unless there is one of that name; tells whether it was recorded.
    pub async fn add_fact(&self, name: &str, value: &[u8]) -> Result<bool, StoreError> {
        let query =
            sqlx::query("INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING");
        let done = query.bind(name).bind(value).execute(&self.pool).await?;
        Ok(done.rows_affected() == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fact_is_recorded_once() {
        let database = Database::in_memory().await;
        assert!(database.add_fact("colour", b"green").await.unwrap());
        assert!(!database.add_fact("colour", b"red").await.unwrap());
        assert_eq!(database.fact("colour").await.unwrap().as_deref(), Some(&b"green"[..]));
        assert_eq!(database.fact("shape").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_an_error_and_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("laurel.db"), vec![7; 8192]).unwrap();
        assert!(Database::open(dir.path()).await.is_err());
        assert_eq!(std::fs::read(dir.path().join("laurel.db")).unwrap(), vec![7; 8192]);
    }

    #[tokio::test]
    async fn opening_twice_keeps_the_rows() {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::open(&dir.path().join("deep/data")).await.unwrap();
        database.add_fact("colour", b"green").await.unwrap();
        database.close().await;
        let database = Database::open(&dir.path().join("deep/data")).await.unwrap();
        assert!(database.fact("colour").await.unwrap().is_some());
    }
}
