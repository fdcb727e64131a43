//! Where bytes and rows rest: SQLite for keys and facts, files for blobs.

pub mod blob;
#[cfg(test)]
mod contract;
mod control_file;
mod key_hash;
mod lock;
mod scope;
mod settings;
mod small_file;
mod sqlite;

pub use blob::{BlobStore, Digest, Labels, Tier, TooLarge};
pub use control_file::{ControlFile, ControlInfo};
pub use key_hash::KeyHash;
pub use lock::{DataDirLock, LockError};
pub use scope::{PurgeScope, ScopeError};
pub use settings::{
    FactStore, KeyHashes, KeyRecord, KeyStore, MonthlyUsage, NewKey, OverrideRecord, OverrideStore,
    ProfileRecord, ProfileStore, PurgeRequest, PurgeStore, SettingsStore, WrapperRecord,
    WrapperStore,
};
pub use small_file::SmallFile;
pub use sqlite::Database;

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the data directory cannot be used: {0}")]
    Directory(std::io::ErrorKind),
    #[error("the database cannot be used")]
    Sql(#[source] sqlx::Error),
    #[error("a key in use has this name")]
    NameTaken,
    #[error("the database's tables cannot be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // The only text that is unique beside random hashes is a key's name.
        match error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
        {
            true => Self::NameTaken,
            false => Self::Sql(error),
        }
    }
}

/// Creates the directory, readable by its owner only: it holds hashes of keys.
fn create_private_dir(dir: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Microseconds since 1970: fine enough to order uses.
fn now_micros() -> i64 {
    micros_since_epoch(std::time::SystemTime::now())
}

/// 0 for times before 1970.
fn micros_since_epoch(time: std::time::SystemTime) -> i64 {
    let since = time.duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |age| i64::try_from(age.as_micros()).unwrap_or(i64::MAX))
}
