use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::*;
use crate::model::ArtworkKind;

const LIMIT: u64 = 64 << 20;

fn blob(text: &str) -> (Digest, Bytes) {
    (Digest::of(text.as_bytes()), Bytes::from(text.repeat(100)))
}

async fn put(store: &BlobStore, tier: Tier, text: &str) -> (Digest, Bytes) {
    let (digest, payload) = blob(text);
    assert!(store.put(tier, &digest, &payload, Labels::default()));
    store.flush().await;
    (digest, payload)
}

fn file_of(dir: &Path, tier: Tier, digest: &Digest) -> PathBuf {
    dir.join(entry::path_of(tier, digest))
}

/// Waits for what the worker does by itself.
async fn eventually(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_secs(10), "never happened");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Space on the disk as `du` counts it: whole blocks and folders.
fn disk_usage(dir: &Path) -> u64 {
    let mut bytes = 4096;
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        bytes += if entry.file_type().unwrap().is_dir() {
            disk_usage(&entry.path())
        } else {
            entry.metadata().unwrap().len().next_multiple_of(4096)
        };
    }
    bytes
}

#[tokio::test]
async fn a_blob_comes_back_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path(), LIMIT);
    let (digest, payload) = put(&store, Tier::Base, "base").await;
    assert_eq!(store.get(Tier::Base, &digest).await, Some(payload.clone()));
    assert_eq!(store.get(Tier::Render, &digest).await, None);
    store.close().await;

    let store = BlobStore::open(dir.path(), LIMIT);
    // Also for a request that comes before the directory is open.
    assert_eq!(store.get(Tier::Base, &digest).await, Some(payload));
    store.flush().await;
    assert_eq!(store.usage(Tier::Base).blobs, 1);
    assert_eq!(store.health(), Health::Ready);
}

#[tokio::test]
async fn replacing_a_blob_counts_it_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path(), LIMIT);
    let digest = Digest::of(b"name");
    for size in [10, 100_000, 5_000] {
        store.put(Tier::Inputs, &digest, &Bytes::from(vec![1; size]), Labels::default());
        store.flush().await;
        assert_eq!(store.get(Tier::Inputs, &digest).await.unwrap().len(), size);
    }
    assert_eq!(store.usage(Tier::Inputs), TierUsage { bytes: 5_000 + 48 + 256, blobs: 1 });
}

#[tokio::test]
async fn torn_and_garbage_files_are_never_returned_and_are_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path(), LIMIT);
    let (digest, payload) = put(&store, Tier::Render, "picture").await;
    let path = file_of(dir.path(), Tier::Render, &digest);
    let whole = std::fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for bad in [&whole[..whole.len() / 2], &whole[..10], &[], &[9; 5000][..], &flipped] {
        std::fs::write(&path, bad).unwrap();
        assert_eq!(store.get(Tier::Render, &digest).await, None);
        store.flush().await;
        assert!(!path.exists());
        assert_eq!(store.usage(Tier::Render).blobs, 0);
        store.put(Tier::Render, &digest, &payload, Labels::default());
        store.flush().await;
        assert_eq!(store.get(Tier::Render, &digest).await, Some(payload.clone()));
    }
}

#[tokio::test]
async fn a_file_moved_to_another_name_is_not_returned() {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path(), LIMIT);
    let (one, _) = put(&store, Tier::Render, "one").await;
    let (two, _) = put(&store, Tier::Render, "two").await;
    let [one_file, two_file] = [one, two].map(|name| file_of(dir.path(), Tier::Render, &name));
    std::fs::copy(one_file, two_file).unwrap();
    assert_eq!(store.get(Tier::Render, &two).await, None);
}

#[tokio::test]
async fn what_a_kill_leaves_behind_is_cleared_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path(), LIMIT);
    let (kept, payload) = put(&store, Tier::Base, "kept").await;
    let (lost, _) = put(&store, Tier::Base, "lost").await;
    store.close().await;
    // A row without its file, a file without its row, and a torn temporary file.
    std::fs::remove_file(file_of(dir.path(), Tier::Base, &lost)).unwrap();
    let orphan = file_of(dir.path(), Tier::Base, &Digest::of(b"orphan"));
    std::fs::create_dir_all(orphan.parent().unwrap()).unwrap();
    std::fs::write(&orphan, b"half a pict").unwrap();
    let staged = file_of(dir.path(), Tier::Base, &kept).with_extension("#1");
    std::fs::write(&staged, b"half").unwrap();

    let store = BlobStore::open(dir.path(), LIMIT);
    store.flush().await;
    assert!(!orphan.exists() && !staged.exists());
    assert_eq!(store.usage(Tier::Base).blobs, 1);
    assert_eq!(store.get(Tier::Base, &kept).await, Some(payload));
}

#[tokio::test]
async fn a_torn_or_missing_index_is_made_again_from_the_files() {
    let dir = tempfile::tempdir().unwrap();
    let labels = Labels { titles: vec!["tt1".into()], family: Some(ArtworkKind::Logo) };
    for torn in [true, false] {
        let store = BlobStore::open(dir.path(), LIMIT);
        let (digest, payload) = blob("kept");
        store.put(Tier::Artwork, &digest, &payload, labels.clone());
        store.close().await;
        let index = dir.path().join("index.db");
        if torn {
            std::fs::write(&index, vec![7; 4096]).unwrap();
        } else {
            std::fs::remove_file(&index).unwrap();
        }
        let store = BlobStore::open(dir.path(), LIMIT);
        store.flush().await;
        assert_eq!(store.get(Tier::Artwork, &digest).await, Some(payload));
        assert_eq!(store.usage(Tier::Artwork).blobs, 1);
        assert_eq!(store.purge(&PurgeScope::Title("tt1".into())).await, Ok(1));
        store.close().await;
    }
}

#[tokio::test]
async fn the_limit_holds_with_metadata_and_the_oldest_renders_go_first() {
    let dir = tempfile::tempdir().unwrap();
    let limit = 8 << 20;
    let store = BlobStore::open(dir.path(), limit);
    let payload = Bytes::from(vec![3; 60_000]);
    let base = Digest::of(b"base");
    store.put(Tier::Base, &base, &payload, Labels::default());
    for number in 0_u32..300 {
        let digest = Digest::of(&number.to_le_bytes());
        assert!(store.put(Tier::Render, &digest, &payload, Labels::default()));
        if number % 50 == 0 {
            store.flush().await;
            assert!(store.used_bytes() <= limit);
        }
    }
    store.flush().await;
    assert!(store.used_bytes() <= limit, "{}", store.used_bytes());
    let on_disk = disk_usage(dir.path());
    assert!(on_disk <= limit + limit / 20, "{on_disk} on the disk");
    assert!(store.get(Tier::Base, &base).await.is_some());
    assert!(store.get(Tier::Render, &Digest::of(&299_u32.to_le_bytes())).await.is_some());
    assert!(store.get(Tier::Render, &Digest::of(&0_u32.to_le_bytes())).await.is_none());
}

#[tokio::test]
async fn a_flood_of_bases_leaves_other_tiers_their_floor() {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path(), 8 << 20);
    let payload = Bytes::from(vec![3; 40_000]);
    let inputs = Digest::of(b"inputs");
    store.put(Tier::Inputs, &inputs, &payload, Labels::default());
    for number in 0_u32..500 {
        store.put(Tier::Base, &Digest::of(&number.to_le_bytes()), &payload, Labels::default());
    }
    store.flush().await;
    assert!(store.get(Tier::Inputs, &inputs).await.is_some());
}

#[tokio::test]
async fn an_unusable_directory_degrades_and_the_store_recovers() {
    let dir = tempfile::tempdir().unwrap();
    // A file where the folder should be: also root cannot write below it.
    let path = dir.path().join("blobs");
    std::fs::write(&path, b"in the way").unwrap();
    let store = BlobStore::open(&path, LIMIT);
    store.flush().await;
    assert!(matches!(store.health(), Health::Degraded(_)), "{:?}", store.health());
    let (digest, payload) = blob("x");
    assert!(!store.put(Tier::Base, &digest, &payload, Labels::default()));
    assert_eq!(store.get(Tier::Base, &digest).await, None);
    assert!(matches!(store.purge(&PurgeScope::All).await, Err(BlobError::Degraded(_))));

    std::fs::remove_file(&path).unwrap();
    store.recover_now().await;
    eventually(|| store.health() == Health::Ready).await;
    assert!(store.put(Tier::Base, &digest, &payload, Labels::default()));
    store.flush().await;
    assert_eq!(store.get(Tier::Base, &digest).await, Some(payload));
}

#[tokio::test]
async fn a_directory_that_vanishes_costs_misses_and_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("blobs");
    let store = BlobStore::open(&root, LIMIT);
    let (digest, _) = put(&store, Tier::Base, "x").await;
    std::fs::remove_dir_all(&root).unwrap();
    assert_eq!(store.get(Tier::Base, &digest).await, None);
    store.put(Tier::Base, &digest, &Bytes::from_static(b"again"), Labels::default());
    store.flush().await;
    store.recover_now().await;
    store.flush().await;
    eventually(|| store.health() == Health::Ready).await;
    put(&store, Tier::Base, "y").await;
}

#[tokio::test]
async fn a_limit_of_zero_keeps_nothing_and_is_healthy() {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(&dir.path().join("blobs"), 0);
    let (digest, payload) = blob("x");
    assert!(!store.put(Tier::Base, &digest, &payload, Labels::default()));
    assert_eq!(store.get(Tier::Base, &digest).await, None);
    assert_eq!(store.purge(&PurgeScope::All).await, Ok(0));
    store.flush().await;
    assert_eq!(store.health(), Health::Ready);
    assert!(!dir.path().join("blobs").exists());
}

#[tokio::test]
async fn a_full_queue_drops_instead_of_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path(), 1 << 30);
    let payload = Bytes::from(vec![1; 4 << 20]);
    // No await in between: on this runtime the worker cannot run, so the queue fills.
    let accepted = (0_u32..40).filter(|number| {
        let digest = Digest::of(&number.to_le_bytes());
        store.put(Tier::Base, &digest, &payload, Labels::default())
    });
    let fits = Budgets::default()[Budget::DiskQueue] / (4 << 20) - 1;
    assert_eq!(accepted.count(), fits);
    store.flush().await;
    assert_eq!(store.usage(Tier::Base).blobs, fits as u64);
}

#[tokio::test]
async fn small_blobs_lie_in_the_index_and_count_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path(), LIMIT);
    let name = |number: u32| Digest::of(&number.to_le_bytes());
    for number in 0..500 {
        let payload = Bytes::from(vec![number as u8; 6000]);
        store.put(Tier::Inputs, &name(number), &payload, Labels::default());
    }
    store.flush().await;
    assert_eq!(store.usage(Tier::Inputs), TierUsage { bytes: 500 * 6304, blobs: 500 });
    let on_disk = disk_usage(dir.path());
    assert!(on_disk < 8 << 20, "{on_disk} on the disk");
    store.close().await;

    let store = BlobStore::open(dir.path(), LIMIT);
    assert_eq!(store.get(Tier::Inputs, &name(77)).await.unwrap()[..], [77; 6000]);
    assert_eq!(store.get(Tier::Inputs, &name(777)).await, None);
    store.flush().await;
    assert_eq!(store.usage(Tier::Inputs).blobs, 500);
    assert_eq!(store.purge(&PurgeScope::Tier(Tier::Inputs)).await, Ok(500));
    assert_eq!(store.get(Tier::Inputs, &name(77)).await, None);
}

#[tokio::test]
async fn an_index_with_torn_pages_is_found_out_and_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path(), LIMIT);
    let name = |number: u32| Digest::of(&number.to_le_bytes());
    let fill = |store: &BlobStore| {
        for number in 0..300 {
            let payload = Bytes::from(vec![number as u8; 3000]);
            store.put(Tier::Inputs, &name(number), &payload, Labels::default());
        }
    };
    fill(&store);
    let (kept, picture) = put(&store, Tier::Base, "kept").await;
    store.close().await;
    let path = dir.path().join("index.db");
    let mut index = std::fs::read(&path).unwrap();
    let half = index.len() / 2;
    index[4096..half].fill(0xA5);
    std::fs::write(&path, index).unwrap();

    let store = BlobStore::open(dir.path(), LIMIT);
    for number in 0..300 {
        let read = store.get(Tier::Inputs, &name(number)).await;
        assert!(read.is_none_or(|read| read[..] == vec![number as u8; 3000]));
    }
    fill(&store);
    store.flush().await;
    store.recover_now().await;
    eventually(|| store.health() == Health::Ready).await;
    fill(&store);
    store.flush().await;
    assert_eq!(store.get(Tier::Inputs, &name(77)).await.unwrap()[..], [77; 3000]);
    assert_eq!(store.get(Tier::Base, &kept).await, Some(picture));
    assert_eq!(store.usage(Tier::Inputs).blobs, 300);
}
