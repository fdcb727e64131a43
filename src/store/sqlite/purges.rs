//! Purges in SQLite.

use async_trait::async_trait;

use super::{Database, count, whole};
use crate::store::{PurgeRequest, PurgeScope, PurgeStore, StoreError};

/// How long finished purges are remembered, in seconds.
const REMEMBERED_SECS: u64 = 86_400;

#[async_trait]
impl PurgeStore for Database {
    async fn request_purge(&self, scope: &PurgeScope, now: u64) -> Result<i64, StoreError> {
        let query = sqlx::query_scalar::<_, i64>(
            "INSERT INTO purges (scope, requested_at) VALUES ($1, $2) RETURNING id",
        );
        let query = query.bind(scope.to_string()).bind(whole(now));
        Ok(query.fetch_one(&self.pool).await?)
    }

    async fn pending_purges(&self) -> Result<Vec<PurgeRequest>, StoreError> {
        let query = sqlx::query_as::<_, (i64, String)>(
            "SELECT id, scope FROM purges WHERE finished_at IS NULL ORDER BY id LIMIT 100",
        );
        let rows = query.fetch_all(&self.pool).await?;
        let read =
            |(id, scope): (i64, String)| Some(PurgeRequest { id, scope: scope.parse().ok()? });
        Ok(rows.into_iter().filter_map(read).collect())
    }

    async fn finish_purge(&self, id: i64, removed: u64, now: u64) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE purges SET finished_at = $1, removed = $2 WHERE id = $3");
        let query = query.bind(whole(now)).bind(whole(removed)).bind(id);
        query.execute(&self.pool).await?;
        let query = sqlx::query("DELETE FROM purges WHERE finished_at < $1");
        query.bind(whole(now.saturating_sub(REMEMBERED_SECS))).execute(&self.pool).await?;
        Ok(())
    }

    async fn purge_result(&self, id: i64) -> Result<Option<u64>, StoreError> {
        let query =
            sqlx::query_scalar::<_, Option<i64>>("SELECT removed FROM purges WHERE id = $1");
        let removed = query.bind(id).fetch_optional(&self.pool).await?.flatten();
        Ok(removed.map(count))
    }
}
