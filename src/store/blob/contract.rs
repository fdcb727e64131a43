//! What every backend has to do, whoever keeps the bytes.

use std::path::PathBuf;

use futures::FutureExt;
use futures::future::BoxFuture;
use object_store::memory::InMemory;
use object_store::{ObjectStoreExt, PutPayload};

use super::*;
use crate::model::ArtworkKind;

/// A place for blobs, and what a test does to it besides.
struct BlobPlace {
    /// Opens a store there, once more after it was closed.
    open: Box<dyn Fn() -> BlobStore>,
    /// Writes other bytes where a blob lies.
    spoil: Box<dyn Fn(String) -> BoxFuture<'static, ()>>,
}

async fn run(place: impl Fn() -> BlobPlace) {
    blobs_come_back_also_after_a_restart(place()).await;
    the_last_of_one_name_stays(place()).await;
    a_longer_payload_than_asked_for_is_not_read(place()).await;
    what_is_too_large_is_not_taken(place()).await;
    spoiled_blobs_are_never_returned_and_make_room(place()).await;
    purges_remove_what_is_in_scope_and_nothing_else(place()).await;
    a_purge_reaches_what_waits_to_be_written(place()).await;
    a_closed_store_takes_no_more(place()).await;
}

#[tokio::test]
async fn the_local_disk_does_what_every_backend_does() {
    let dir = tempfile::tempdir().unwrap();
    let number = std::cell::Cell::new(0);
    run(|| {
        number.set(number.get() + 1);
        let root = dir.path().join(number.get().to_string());
        let open_root = root.clone();
        BlobPlace {
            open: Box::new(move || BlobStore::open(&open_root, 512 << 20)),
            spoil: Box::new(move |path| spoil_file(root.join(path)).boxed()),
        }
    })
    .await;
}

async fn spoil_file(path: PathBuf) {
    tokio::fs::write(path, b"torn").await.unwrap();
}

#[tokio::test]
async fn an_object_store_in_memory_does_what_every_backend_does() {
    run(|| {
        let objects = Arc::new(InMemory::new());
        let spoiled = Arc::clone(&objects);
        BlobPlace {
            open: Box::new(move || {
                BlobStore::in_objects(Arc::clone(&objects) as _, &Budgets::default())
            }),
            spoil: Box::new(move |path| {
                let objects = Arc::clone(&spoiled);
                async move {
                    let torn = PutPayload::from_static(b"torn");
                    objects.put(&path.into(), torn).await.unwrap();
                }
                .boxed()
            }),
        }
    })
    .await;
}

#[tokio::test]
async fn a_shared_folder_does_what_every_backend_does() {
    let dir = tempfile::tempdir().unwrap();
    let number = std::cell::Cell::new(0);
    run(|| {
        number.set(number.get() + 1);
        let root = dir.path().join(number.get().to_string());
        let open_root = root.clone();
        let budgets = Budgets::default();
        BlobPlace {
            open: Box::new(move || BlobStore::in_shared_folder(&open_root, &budgets).unwrap()),
            spoil: Box::new(move |path| spoil_file(root.join(path)).boxed()),
        }
    })
    .await;
}

fn named(text: &str) -> (Digest, Bytes) {
    (Digest::of(text.as_bytes()), Bytes::from(text.repeat(100)))
}

fn labels(titles: &[&str], family: ArtworkKind) -> Labels {
    let titles = titles.iter().map(|title| (*title).to_owned()).collect();
    Labels { titles, family: Some(family) }
}

fn put(store: &BlobStore, tier: Tier, text: &str, labels: Labels) -> Digest {
    let (digest, payload) = named(text);
    assert!(store.put(tier, &digest, &payload, labels));
    digest
}

async fn blobs_come_back_also_after_a_restart(place: BlobPlace) {
    let store = (place.open)();
    let (digest, payload) = named("base");
    let (first, second) = (payload.slice(..7), payload.slice(7..));
    assert!(store.put(Tier::Base, &digest, [first, second], Labels::default()));
    store.flush().await;
    assert_eq!(store.get(Tier::Base, &digest).await, Some(payload.clone()));
    assert_eq!(store.get(Tier::Render, &digest).await, None);
    assert_eq!(store.get(Tier::Base, &Digest::of(b"another")).await, None);
    assert_eq!(store.health(), Health::Ready);
    store.close().await;
    assert_eq!((place.open)().get(Tier::Base, &digest).await, Some(payload));
}

async fn the_last_of_one_name_stays(place: BlobPlace) {
    let store = (place.open)();
    let digest = Digest::of(b"answer");
    for number in 0..20_u8 {
        let answer = Bytes::from(vec![number; 50]);
        assert!(store.put(Tier::Inputs, &digest, &answer, Labels::default()));
    }
    store.flush().await;
    assert_eq!(store.get(Tier::Inputs, &digest).await.unwrap()[..], [19; 50]);
}

async fn a_longer_payload_than_asked_for_is_not_read(place: BlobPlace) {
    let store = (place.open)();
    let digest = put(&store, Tier::Artwork, "artwork", Labels::default());
    store.flush().await;
    let length = named("artwork").1.len();
    let read = async |most| store.get_at_most(Tier::Artwork, &digest, most).await;
    assert_eq!(read(length - 1).await, Err(TooLarge(length)));
    assert_eq!(read(length).await.unwrap().map(|payload| payload.len()), Some(length));
}

async fn what_is_too_large_is_not_taken(place: BlobPlace) {
    let store = (place.open)();
    let huge = Bytes::from(vec![0; MAX_BLOB_BYTES as usize + 1]);
    assert!(!store.put(Tier::Base, &Digest::of(b"huge"), &huge, Labels::default()));
    store.flush().await;
    assert_eq!(store.get(Tier::Base, &Digest::of(b"huge")).await, None);
}

async fn spoiled_blobs_are_never_returned_and_make_room(place: BlobPlace) {
    let store = (place.open)();
    let digest = put(&store, Tier::Render, "picture", Labels::default());
    store.flush().await;
    (place.spoil)(entry::path_of(Tier::Render, &digest)).await;
    assert_eq!(store.get(Tier::Render, &digest).await, None);
    store.flush().await;
    put(&store, Tier::Render, "picture", Labels::default());
    store.flush().await;
    assert_eq!(store.get(Tier::Render, &digest).await, Some(named("picture").1));
}

async fn purges_remove_what_is_in_scope_and_nothing_else(place: BlobPlace) {
    let store = (place.open)();
    let poster = |titles: &[&str]| labels(titles, ArtworkKind::Poster);
    let bad = put(&store, Tier::Render, "bad", poster(&["tt0903747", "tv-1396"]));
    let close = put(&store, Tier::Render, "close", poster(&["tt09037470"]));
    let base = put(&store, Tier::Base, "base", labels(&["tv-1"], ArtworkKind::Backdrop));
    let answer = put(&store, Tier::Inputs, "answer", Labels::default());
    assert_eq!(store.purge(&PurgeScope::Title("tv-1396".into())).await, Ok(1));
    assert!(store.get(Tier::Render, &bad).await.is_none());
    assert!(store.get(Tier::Render, &close).await.is_some());
    assert_eq!(store.purge(&PurgeScope::Family(ArtworkKind::Poster)).await, Ok(1));
    assert_eq!(store.purge(&PurgeScope::Tier(Tier::Render)).await, Ok(0));
    assert!(store.get(Tier::Base, &base).await.is_some());
    assert!(store.get(Tier::Inputs, &answer).await.is_some());
    assert_eq!(store.purge(&PurgeScope::All).await, Ok(2));
    assert!(store.get(Tier::Base, &base).await.is_none());
    assert!(store.get(Tier::Inputs, &answer).await.is_none());
}

async fn a_purge_reaches_what_waits_to_be_written(place: BlobPlace) {
    let store = (place.open)();
    let digests: Vec<Digest> = (0..30)
        .map(|number| put(&store, Tier::Base, &number.to_string(), Labels::default()))
        .collect();
    assert_eq!(store.purge(&PurgeScope::Tier(Tier::Base)).await, Ok(30));
    for digest in digests {
        assert_eq!(store.get(Tier::Base, &digest).await, None);
    }
    assert_eq!(store.queued_bytes(), 0);
}

async fn a_closed_store_takes_no_more(place: BlobPlace) {
    let store = (place.open)();
    let digest = put(&store, Tier::Base, "in time", Labels::default());
    store.close().await;
    let (late, payload) = named("late");
    assert!(!store.put(Tier::Base, &late, &payload, Labels::default()));
    assert!(store.get(Tier::Base, &digest).await.is_some());
    assert!(matches!(store.health(), Health::Degraded(_)));
}
