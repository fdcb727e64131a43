//! Purge requests from `laurel purge` to a running server.

use super::{Database, PurgeScope, StoreError, now_secs};

/// A purge that waits to be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurgeRequest {
    pub id: i64,
    pub scope: PurgeScope,
}

impl Database {
    pub async fn request_purge(&self, scope: &PurgeScope) -> Result<i64, StoreError> {
        let query = sqlx::query("INSERT INTO purges (scope, requested_at) VALUES (?, ?)");
        let query = query.bind(scope.to_string()).bind(now_secs());
        Ok(query.execute(&self.pool).await?.last_insert_rowid())
    }

    /// Oldest first; rows this version cannot read are left out.
    pub async fn pending_purges(&self) -> Result<Vec<PurgeRequest>, StoreError> {
        let query = sqlx::query_as::<_, (i64, String)>(
            "SELECT id, scope FROM purges WHERE finished_at IS NULL ORDER BY id LIMIT 100",
        );
        let rows = query.fetch_all(&self.pool).await?;
        let read =
            |(id, scope): (i64, String)| Some(PurgeRequest { id, scope: scope.parse().ok()? });
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Marks a purge as done and forgets those done more than a day ago.
    pub async fn finish_purge(&self, id: i64, removed: u64) -> Result<(), StoreError> {
        let removed = i64::try_from(removed).unwrap_or(i64::MAX);
        let query = sqlx::query("UPDATE purges SET finished_at = ?, removed = ? WHERE id = ?");
        query.bind(now_secs()).bind(removed).bind(id).execute(&self.pool).await?;
        let query = sqlx::query("DELETE FROM purges WHERE finished_at < ?");
        query.bind(now_secs() - 86_400).execute(&self.pool).await?;
        Ok(())
    }

    /// How many blobs a finished purge removed; `None` while it waits.
    pub async fn purge_result(&self, id: i64) -> Result<Option<u64>, StoreError> {
        let query = sqlx::query_scalar::<_, Option<i64>>("SELECT removed FROM purges WHERE id = ?");
        let removed = query.bind(id).fetch_optional(&self.pool).await?.flatten();
        Ok(removed.and_then(|count| u64::try_from(count).ok()))
    }

    /// Takes back a purge that no server carried out.
    pub async fn cancel_purge(&self, id: i64) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM purges WHERE id = ? AND finished_at IS NULL");
        query.bind(id).execute(&self.pool).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_purge_waits_until_it_is_finished() {
        let database = Database::in_memory().await;
        let scope = PurgeScope::Title("tt0903747".into());
        let id = database.request_purge(&scope).await.unwrap();
        assert_eq!(database.pending_purges().await.unwrap(), [PurgeRequest { id, scope }]);
        assert_eq!(database.purge_result(id).await.unwrap(), None);
        database.finish_purge(id, 3).await.unwrap();
        assert!(database.pending_purges().await.unwrap().is_empty());
        assert_eq!(database.purge_result(id).await.unwrap(), Some(3));
    }

    #[tokio::test]
    async fn a_cancelled_purge_is_gone() {
        let database = Database::in_memory().await;
        let id = database.request_purge(&PurgeScope::All).await.unwrap();
        database.cancel_purge(id).await.unwrap();
        assert!(database.pending_purges().await.unwrap().is_empty());
    }
}
