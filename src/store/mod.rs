//! Where bytes and rows rest: SQLite for keys and facts, files for blobs.

mod api_keys;
pub mod blob;
mod lock;
mod purges;
mod scope;
mod small_file;
mod sqlite;

pub use api_keys::{ApiKeyRow, KeyHash, NewKey};
pub use blob::{BlobStore, Digest, Labels, Tier, TooLarge};
pub use lock::{DataDirLock, LockError};
pub use purges::PurgeRequest;
pub use scope::{PurgeScope, ScopeError};
pub use small_file::SmallFile;
pub use sqlite::Database;

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the data directory cannot be used: {0}")]
    Directory(std::io::ErrorKind),
    #[error("the database cannot be used")]
    Sql(#[from] sqlx::Error),
    #[error("the database's tables cannot be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// Creates the directory, readable by its owner only: it holds hashes of keys.
fn create_private_dir(dir: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Seconds since 1970.
fn now_secs() -> i64 {
    now_micros() / 1_000_000
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
