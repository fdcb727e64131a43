//! The embedded database: `laurel.db` in the data directory.

mod keys;
mod profiles;
mod purges;
mod wrappers;

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqliteConnection, SqlitePool};

use super::{FactStore, StoreError, create_private_dir};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long one statement waits for another process (`laurel keys`) to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// All that is set while the server runs. Cheap to clone; never on the path of a cached picture.
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
}

#[async_trait]
impl FactStore for Database {
    async fn fact(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let query = sqlx::query_scalar("SELECT value FROM facts WHERE name = $1");
        Ok(query.bind(name).fetch_optional(&self.pool).await?)
    }

    async fn add_fact(&self, name: &str, value: &[u8]) -> Result<bool, StoreError> {
        let query =
            sqlx::query("INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        let done = query.bind(name).bind(value).execute(&self.pool).await?;
        Ok(done.rows_affected() == 1)
    }

    async fn replace_fact(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        let query = sqlx::query(
            "INSERT INTO facts (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        );
        query.bind(name).bind(value).execute(&mut *transaction).await?;
        bump_revision(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }

    async fn revision(&self) -> Result<i64, StoreError> {
        let query = sqlx::query_scalar("SELECT revision FROM settings_revision");
        Ok(query.fetch_one(&self.pool).await?)
    }
}

/// Part of every change but usage; see [`FactStore::revision`].
async fn bump_revision(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let query = sqlx::query("UPDATE settings_revision SET revision = revision + 1");
    query.execute(connection).await?;
    Ok(())
}

/// SQL knows signed numbers only.
fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// 0 for what is below.
fn count(whole: i64) -> u64 {
    u64::try_from(whole).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{KeyHash, KeyStore, contract};

    #[tokio::test]
    async fn sqlite_keeps_the_contract_in_memory_and_in_a_file() {
        contract::run(Database::in_memory).await;
        let dir = tempfile::tempdir().unwrap();
        let files = std::sync::atomic::AtomicU32::new(0);
        let open = async || {
            let number = files.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Database::open(&dir.path().join(number.to_string())).await.unwrap()
        };
        contract::run(open).await;
    }

    #[tokio::test]
    async fn keys_of_the_first_version_are_taken_over_with_names() {
        let dir = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(dir.path().join("laurel.db"))
            .create_if_missing(true);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        for migration in MIGRATIONS.iter().filter(|migration| migration.version < 3) {
            sqlx::raw_sql(migration.sql.clone()).execute(&pool).await.unwrap();
        }
        for (id, label) in [(1, "tv"), (2, " tv"), (3, ""), (4, "kitchen")] {
            let query = sqlx::query(
                "INSERT INTO api_keys (id, key_hash, share_hash, prefix, label, created_at, \
                 requests) VALUES ($1, $2, $3, 't3-abcd', $4, 5, 7)",
            );
            let hash = |kind: &str| KeyHash::of(&format!("{kind}{id}")).as_bytes().to_vec();
            let query = query.bind(id).bind(hash("key")).bind(hash("share")).bind(label);
            query.execute(&pool).await.unwrap();
        }
        let third = MIGRATIONS.iter().find(|migration| migration.version == 3).unwrap();
        sqlx::raw_sql(third.sql.clone()).execute(&pool).await.unwrap();
        let keys = Database { pool }.keys().await.unwrap();
        let names: Vec<_> = keys.iter().map(|key| key.name.as_str()).collect();
        assert_eq!(names, ["key-1", "key-2", "key-3", "kitchen"]);
        assert!(keys[3].hashes[0].key.matches(&KeyHash::of("key4")));
        assert!(keys[3].hashes[0].share.matches(&KeyHash::of("share4")));
        assert_eq!((keys[3].requests, keys[3].created_at), (7, 5));
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
