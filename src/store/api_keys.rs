//! Rows of API keys. Only hashes are kept.

use std::fmt;

use sqlx::FromRow;
use subtle::ConstantTimeEq;

use super::{Database, StoreError, now_secs};

/// The BLAKE3 hash of a key under a context of our own.
///
/// Unsalted and fast on purpose: the keys it guards against a leaked database are random (190
/// bits), so there is nothing to guess, and a check costs less than a microsecond.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    pub fn of(key: &str) -> Self {
        Self(blake3::derive_key("laurel 2026-01-01 api key hash v1", key.as_bytes()))
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Compares without telling by its duration where the difference is.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// 64 bits of the hash: names the key in tables without being the key.
    pub fn short(&self) -> u64 {
        let mut start = [0; 8];
        start.copy_from_slice(&self.0[..8]);
        u64::from_le_bytes(start)
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(***)")
    }
}

/// A key to be stored.
#[derive(Clone, Debug)]
pub struct NewKey {
    pub key: KeyHash,
    /// Of the share form, without its `h.`.
    pub share: KeyHash,
    /// First characters of the key, to recognise it by.
    pub prefix: String,
    pub label: String,
}

/// A stored key.
#[derive(Clone, Debug)]
pub struct ApiKeyRow {
    pub id: i64,
    pub key: KeyHash,
    pub share: KeyHash,
    pub prefix: String,
    pub label: String,
    /// Seconds since 1970.
    pub created_at: i64,
    pub revoked_at: Option<i64>,
    pub requests: u64,
}

#[derive(FromRow)]
struct RawRow {
    id: i64,
    key_hash: Vec<u8>,
    share_hash: Vec<u8>,
    prefix: String,
    label: String,
    created_at: i64,
    revoked_at: Option<i64>,
    requests: i64,
}

impl RawRow {
    /// `None` when a hash has another length, which the table's checks exclude.
    fn into_row(self) -> Option<ApiKeyRow> {
        Some(ApiKeyRow {
            id: self.id,
            key: KeyHash::from_bytes(&self.key_hash)?,
            share: KeyHash::from_bytes(&self.share_hash)?,
            prefix: self.prefix,
            label: self.label,
            created_at: self.created_at,
            revoked_at: self.revoked_at,
            requests: u64::try_from(self.requests).unwrap_or(0),
        })
    }
}

impl Database {
    pub async fn create_key(&self, new: &NewKey) -> Result<i64, StoreError> {
        let query = sqlx::query(
            "INSERT INTO api_keys (key_hash, share_hash, prefix, label, created_at) \
             VALUES (?, ?, ?, ?, ?)",
        );
        let query = query.bind(new.key.as_bytes()).bind(new.share.as_bytes());
        let query = query.bind(&new.prefix).bind(&new.label).bind(now_secs());
        Ok(query.execute(&self.pool).await?.last_insert_rowid())
    }

    /// All keys, also revoked ones, oldest first.
    pub async fn api_keys(&self) -> Result<Vec<ApiKeyRow>, StoreError> {
        let query = sqlx::query_as::<_, RawRow>("SELECT * FROM api_keys ORDER BY id");
        let rows = query.fetch_all(&self.pool).await?;
        Ok(rows.into_iter().filter_map(RawRow::into_row).collect())
    }

    /// Revokes one key; false when there is none of that id in use.
    pub async fn revoke_key(&self, id: i64) -> Result<bool, StoreError> {
        let query =
            sqlx::query("UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
        let done = query.bind(now_secs()).bind(id).execute(&self.pool).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Adds to the request counts, `(id, requests)`, all or none.
    pub async fn add_requests(&self, counts: &[(i64, u64)]) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        for (id, requests) in counts {
            let requests = i64::try_from(*requests).unwrap_or(i64::MAX);
            let query = sqlx::query("UPDATE api_keys SET requests = requests + ? WHERE id = ?");
            query.bind(requests).bind(id).execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Rises whenever a key is added, revoked or removed, by this process or another.
    pub async fn key_generation(&self) -> Result<i64, StoreError> {
        let query = sqlx::query_scalar("SELECT generation FROM key_generation");
        Ok(query.fetch_one(&self.pool).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_key(text: &str) -> NewKey {
        NewKey {
            key: KeyHash::of(text),
            share: KeyHash::of(&format!("share of {text}")),
            prefix: text.chars().take(3).collect(),
            label: text.to_owned(),
        }
    }

    #[tokio::test]
    async fn a_created_key_is_listed_and_counted() {
        let database = Database::in_memory().await;
        let id = database.create_key(&new_key("one")).await.unwrap();
        database.add_requests(&[(id, 5), (id, 2), (99, 1)]).await.unwrap();
        let rows = database.api_keys().await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].requests, rows[0].revoked_at), (7, None));
        assert!(rows[0].key.matches(&KeyHash::of("one")));
        assert!(!rows[0].key.matches(&KeyHash::of("One")));
    }

    #[tokio::test]
    async fn the_generation_rises_with_keys_but_not_with_counts() {
        let database = Database::in_memory().await;
        let start = database.key_generation().await.unwrap();
        let id = database.create_key(&new_key("one")).await.unwrap();
        let created = database.key_generation().await.unwrap();
        database.add_requests(&[(id, 1)]).await.unwrap();
        assert_eq!(database.key_generation().await.unwrap(), created);
        assert!(database.revoke_key(id).await.unwrap());
        assert!(!database.revoke_key(id).await.unwrap());
        assert!(start < created && created < database.key_generation().await.unwrap());
    }

    #[test]
    fn debug_does_not_show_the_hash() {
        assert_eq!(format!("{:?}", KeyHash::of("x")), "KeyHash(***)");
    }
}
