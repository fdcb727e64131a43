//! Time that passes on disk.

use std::path::Path;

use laurel::store::{BlobStore, Digest, Labels, Tier};
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

/// The number of [`Tier::Inputs`] in the index.
const INPUTS: i64 = 3;

/// Every remembered answer was given so many seconds earlier.
pub(super) async fn grow(data_dir: &Path, blobs: &BlobStore, seconds: u64) {
    for digest in inputs(&data_dir.join("blobs/index.db")).await {
        let payload = blobs.get(Tier::Inputs, &digest).await.unwrap();
        let mut entry: Value = serde_json::from_slice(&payload).unwrap();
        entry["read_at"] = (entry["read_at"].as_u64().unwrap() - seconds).into();
        let payload = serde_json::to_vec(&entry).unwrap().into();
        assert!(blobs.put(Tier::Inputs, &digest, &payload, Labels::default()));
    }
    blobs.flush().await;
}

async fn inputs(index: &Path) -> Vec<Digest> {
    let options = SqliteConnectOptions::new().filename(index);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let query = sqlx::query_scalar::<_, Vec<u8>>("SELECT digest FROM blobs WHERE tier = ?");
    let digests = query.bind(INPUTS).fetch_all(&pool).await.unwrap();
    pool.close().await;
    assert!(!digests.is_empty());
    digests.into_iter().map(|digest| Digest::new(digest.try_into().unwrap())).collect()
}
