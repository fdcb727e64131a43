//! Wrapped add-ons of Stremio in SQLite.

use async_trait::async_trait;

use super::{Database, bump_revision, count, whole};
use crate::store::{StoreError, WrapperRecord, WrapperStore};

#[async_trait]
impl WrapperStore for Database {
    async fn wrappers(&self) -> Result<Vec<WrapperRecord>, StoreError> {
        let query = sqlx::query_as::<_, (String, String, i64)>(
            "SELECT id, document, created_at FROM stremio_wrappers ORDER BY created_at, id",
        );
        let rows = query.fetch_all(&self.pool).await?.into_iter();
        let read = |(id, document, created_at)| WrapperRecord {
            id,
            document,
            created_at: count(created_at),
        };
        Ok(rows.map(read).collect())
    }

    async fn add_wrapper(&self, wrapper: &WrapperRecord) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        let query = sqlx::query(
            "INSERT INTO stremio_wrappers (id, document, created_at) VALUES ($1, $2, $3)",
        );
        let query = query.bind(&wrapper.id).bind(&wrapper.document).bind(whole(wrapper.created_at));
        query.execute(&mut *transaction).await?;
        bump_revision(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }

    async fn delete_wrapper(&self, id: &str) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let query = sqlx::query("DELETE FROM stremio_wrappers WHERE id = $1").bind(id);
        let done = query.execute(&mut *transaction).await?.rows_affected() == 1;
        bump_revision(&mut transaction).await?;
        transaction.commit().await?;
        Ok(done)
    }
}
