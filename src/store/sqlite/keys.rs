//! Keys in SQLite.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::{FromRow, SqliteConnection};

use super::{Database, bump_revision, count, whole};
use crate::store::{KeyHash, KeyHashes, KeyRecord, KeyStore, MonthlyUsage, NewKey, StoreError};

#[derive(FromRow)]
struct KeyRow {
    id: i64,
    name: String,
    prefix: String,
    settings: String,
    created_at: i64,
    revoked_at: Option<i64>,
    last_used_at: Option<i64>,
    requests: i64,
}

impl KeyRow {
    fn into_record(self, hashes: Vec<KeyHashes>) -> KeyRecord {
        KeyRecord {
            id: self.id,
            name: self.name,
            prefix: self.prefix,
            hashes,
            settings: self.settings,
            created_at: count(self.created_at),
            revoked_at: self.revoked_at.map(count),
            last_used_at: self.last_used_at.map(count),
            requests: count(self.requests),
        }
    }
}

/// A pair of hashes: `hash`, key, and the hash of the share form that came with it.
#[derive(FromRow)]
struct HashRow {
    key_id: i64,
    hash: Vec<u8>,
    share: i64,
    valid_until: Option<i64>,
}

/// Pairs by key. Full and share hashes of one rotation end together, so the end joins them.
fn pairs(rows: Vec<HashRow>) -> HashMap<i64, Vec<KeyHashes>> {
    let mut shares: HashMap<(i64, Option<i64>), Vec<KeyHash>> = HashMap::new();
    let mut full = Vec::new();
    for row in rows {
        // The table's check leaves no other length.
        let Some(hash) = KeyHash::from_bytes(&row.hash) else { continue };
        match row.share {
            0 => full.push((row.key_id, row.valid_until, hash)),
            _ => shares.entry((row.key_id, row.valid_until)).or_default().push(hash),
        }
    }
    let mut by_key: HashMap<i64, Vec<KeyHashes>> = HashMap::new();
    for (key_id, valid_until, key) in full {
        let share = shares.get_mut(&(key_id, valid_until)).and_then(Vec::pop);
        let Some(share) = share else { continue };
        let hashes = KeyHashes { key, share, valid_until: valid_until.map(count) };
        by_key.entry(key_id).or_default().push(hashes);
    }
    by_key
}

async fn add_hashes(
    connection: &mut SqliteConnection,
    id: i64,
    hashes: &KeyHashes,
) -> Result<(), StoreError> {
    for (hash, share) in [(hashes.key, 0), (hashes.share, 1)] {
        let query = sqlx::query(
            "INSERT INTO key_hashes (hash, key_id, share, valid_until) VALUES ($1, $2, $3, $4)",
        );
        let query = query.bind(hash.as_bytes().to_vec()).bind(id).bind(share);
        query.bind(hashes.valid_until.map(whole)).execute(&mut *connection).await?;
    }
    Ok(())
}

#[async_trait]
impl KeyStore for Database {
    async fn create_key(&self, new: &NewKey) -> Result<i64, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let query = sqlx::query_scalar::<_, i64>(
            "INSERT INTO keys (name, prefix, settings, created_at, requests) \
             VALUES ($1, $2, $3, $4, 0) RETURNING id",
        );
        let query = query.bind(&new.name).bind(&new.prefix).bind(&new.settings);
        let id = query.bind(whole(new.created_at)).fetch_one(&mut *transaction).await?;
        add_hashes(&mut transaction, id, &new.hashes).await?;
        bump_revision(&mut transaction).await?;
        transaction.commit().await?;
        Ok(id)
    }

    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        let hashes = sqlx::query_as::<_, HashRow>(
            "SELECT key_id, hash, share, valid_until FROM key_hashes \
             ORDER BY key_id, valid_until IS NOT NULL, valid_until DESC",
        );
        let mut hashes = pairs(hashes.fetch_all(&self.pool).await?);
        let query = sqlx::query_as::<_, KeyRow>(
            "SELECT id, name, prefix, settings, created_at, revoked_at, last_used_at, requests \
             FROM keys ORDER BY id",
        );
        let rows = query.fetch_all(&self.pool).await?.into_iter();
        Ok(rows
            .map(|row| {
                let of_key = hashes.remove(&row.id).unwrap_or_default();
                row.into_record(of_key)
            })
            .collect())
    }

    async fn update_key(&self, id: i64, name: &str, settings: &str) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let query = sqlx::query(
            "UPDATE keys SET name = $1, settings = $2 WHERE id = $3 AND revoked_at IS NULL",
        );
        let query = query.bind(name).bind(settings).bind(id);
        let done = query.execute(&mut *transaction).await?.rows_affected() == 1;
        bump_revision(&mut transaction).await?;
        transaction.commit().await?;
        Ok(done)
    }

    async fn revoke_key(&self, id: i64, now: u64) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let query =
            sqlx::query("UPDATE keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL");
        let query = query.bind(whole(now)).bind(id);
        let done = query.execute(&mut *transaction).await?.rows_affected() == 1;
        bump_revision(&mut transaction).await?;
        transaction.commit().await?;
        Ok(done)
    }

    async fn rotate_key(
        &self,
        id: i64,
        prefix: &str,
        hashes: &KeyHashes,
        old_until: u64,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let query = sqlx::query("UPDATE keys SET prefix = $1 WHERE id = $2 AND revoked_at IS NULL");
        let done = query.bind(prefix).bind(id).execute(&mut *transaction).await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let query = sqlx::query(
            "UPDATE key_hashes SET valid_until = $1 \
             WHERE key_id = $2 AND (valid_until IS NULL OR valid_until > $1)",
        );
        query.bind(whole(old_until)).bind(id).execute(&mut *transaction).await?;
        add_hashes(&mut transaction, id, hashes).await?;
        bump_revision(&mut transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn add_usage(&self, usage: &[MonthlyUsage], now: u64) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        for used in usage {
            let query = sqlx::query(
                "UPDATE keys SET requests = requests + $1, last_used_at = $2 WHERE id = $3",
            );
            let query = query.bind(whole(used.requests)).bind(whole(now)).bind(used.key_id);
            if query.execute(&mut *transaction).await?.rows_affected() == 0 {
                continue;
            }
            let query = sqlx::query(
                "INSERT INTO key_usage (key_id, month, requests, made) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (key_id, month) DO UPDATE SET \
                 requests = key_usage.requests + excluded.requests, \
                 made = key_usage.made + excluded.made",
            );
            let query = query.bind(used.key_id).bind(&used.month);
            let query = query.bind(whole(used.requests)).bind(whole(used.made));
            query.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn usage_since(&self, month: &str) -> Result<Vec<MonthlyUsage>, StoreError> {
        let query = sqlx::query_as::<_, (i64, String, i64, i64)>(
            "SELECT key_id, month, requests, made FROM key_usage WHERE month >= $1 \
             ORDER BY key_id, month",
        );
        let rows = query.bind(month).fetch_all(&self.pool).await?.into_iter();
        let read = |(key_id, month, requests, made)| MonthlyUsage {
            key_id,
            month,
            requests: count(requests),
            made: count(made),
        };
        Ok(rows.map(read).collect())
    }
}
