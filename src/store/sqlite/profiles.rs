//! Profiles and overrides of artwork in SQLite.

use async_trait::async_trait;

use super::{Database, bump_revision, count, whole};
use crate::store::{OverrideRecord, OverrideStore, ProfileRecord, ProfileStore, StoreError};

#[async_trait]
impl ProfileStore for Database {
    async fn profiles(&self) -> Result<Vec<ProfileRecord>, StoreError> {
        let query = sqlx::query_as::<_, (String, String, i64, i64)>(
            "SELECT name, document, revision, updated_at FROM profiles ORDER BY name",
        );
        let rows = query.fetch_all(&self.pool).await?.into_iter();
        let read = |(name, document, revision, updated_at)| ProfileRecord {
            name,
            document,
            revision: count(revision),
            updated_at: count(updated_at),
        };
        Ok(rows.map(read).collect())
    }

    async fn put_profile(&self, name: &str, document: &str, now: u64) -> Result<u64, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let query = sqlx::query_scalar::<_, i64>(
            "INSERT INTO profiles (name, document, revision, updated_at) VALUES ($1, $2, 1, $3) \
             ON CONFLICT (name) DO UPDATE SET document = excluded.document, \
             revision = profiles.revision + 1, updated_at = excluded.updated_at \
             RETURNING revision",
        );
        let query = query.bind(name).bind(document).bind(whole(now));
        let revision = query.fetch_one(&mut *transaction).await?;
        bump_revision(&mut transaction).await?;
        transaction.commit().await?;
        Ok(count(revision))
    }

    async fn delete_profile(&self, name: &str) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let query = sqlx::query("DELETE FROM profiles WHERE name = $1").bind(name);
        let done = query.execute(&mut *transaction).await?.rows_affected() == 1;
        bump_revision(&mut transaction).await?;
        transaction.commit().await?;
        Ok(done)
    }
}

#[async_trait]
impl OverrideStore for Database {
    async fn overrides(&self) -> Result<Vec<OverrideRecord>, StoreError> {
        let query = sqlx::query_as::<_, (String, String, String)>(
            "SELECT title, family, path FROM artwork_overrides ORDER BY title, family",
        );
        let rows = query.fetch_all(&self.pool).await?.into_iter();
        Ok(rows.map(|(title, family, path)| OverrideRecord { title, family, path }).collect())
    }

    async fn set_overrides(
        &self,
        title: &str,
        paths: &[(String, String)],
        now: u64,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        let query = sqlx::query("DELETE FROM artwork_overrides WHERE title = $1").bind(title);
        query.execute(&mut *transaction).await?;
        for (family, path) in paths {
            let query = sqlx::query(
                "INSERT INTO artwork_overrides (title, family, path, updated_at) \
                 VALUES ($1, $2, $3, $4)",
            );
            let query = query.bind(title).bind(family).bind(path).bind(whole(now));
            query.execute(&mut *transaction).await?;
        }
        bump_revision(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }
}
