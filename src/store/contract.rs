//! What every database of settings has to do; one suite per trait.

use super::*;

/// Runs all suites, each against a store of its own.
pub(super) async fn run<S: SettingsStore, F: Future<Output = S>>(open: impl Fn() -> F) {
    names_of_keys_in_use_are_unique(&open().await).await;
    a_rotated_key_has_two_pairs_until_the_grace_ends(&open().await).await;
    usage_adds_up_by_month(&open().await).await;
    facts_are_recorded_once_or_replaced(&open().await).await;
    the_revision_rises_with_settings_and_not_with_usage(&open().await).await;
    profiles_count_their_versions(&open().await).await;
    overrides_of_a_title_are_replaced_together(&open().await).await;
    wrappers_are_kept_until_they_are_deleted(&open().await).await;
    a_purge_waits_until_it_is_finished(&open().await).await;
}

fn new_key(name: &str) -> NewKey {
    NewKey {
        name: name.to_owned(),
        prefix: name.chars().take(3).collect(),
        hashes: hashes(name),
        settings: "{}".to_owned(),
        created_at: 100,
    }
}

fn hashes(text: &str) -> KeyHashes {
    let share = KeyHash::of(&format!("share of {text}"));
    KeyHashes { key: KeyHash::of(text), share, valid_until: None }
}

async fn names_of_keys_in_use_are_unique(store: &dyn KeyStore) {
    let id = store.create_key(&new_key("tv")).await.unwrap();
    let again = NewKey { hashes: hashes("other"), ..new_key("tv") };
    assert!(matches!(store.create_key(&again).await, Err(StoreError::NameTaken)));
    let other = store.create_key(&new_key("bedroom")).await.unwrap();
    assert!(matches!(store.update_key(other, "tv", "{}").await, Err(StoreError::NameTaken)));
    assert!(store.update_key(other, "kitchen", r#"{"quota":1}"#).await.unwrap());
    assert!(store.revoke_key(id, 200).await.unwrap());
    assert!(!store.revoke_key(id, 300).await.unwrap());
    assert!(!store.update_key(id, "radio", "{}").await.unwrap());
    store.create_key(&again).await.unwrap();
    let keys = store.keys().await.unwrap();
    let told: Vec<_> = keys.iter().map(|key| (key.name.as_str(), key.revoked_at)).collect();
    assert_eq!(told, [("tv", Some(200)), ("kitchen", None), ("tv", None)]);
    assert_eq!((keys[1].settings.as_str(), keys[1].created_at), (r#"{"quota":1}"#, 100));
}

async fn a_rotated_key_has_two_pairs_until_the_grace_ends(store: &dyn KeyStore) {
    let id = store.create_key(&new_key("tv")).await.unwrap();
    assert!(store.rotate_key(id, "new", &hashes("second"), 500).await.unwrap());
    let key = store.keys().await.unwrap().remove(0);
    assert_eq!(key.prefix, "new");
    let until: Vec<_> = key.hashes.iter().map(|pair| pair.valid_until).collect();
    assert_eq!(until, [None, Some(500)]);
    assert!(key.hashes[0].key.matches(&KeyHash::of("second")));
    assert!(key.hashes[1].share.matches(&KeyHash::of("share of tv")));
    // A later rotation never lengthens an earlier grace.
    assert!(store.rotate_key(id, "new", &hashes("third"), 900).await.unwrap());
    let key = store.keys().await.unwrap().remove(0);
    let until: Vec<_> = key.hashes.iter().map(|pair| pair.valid_until).collect();
    assert_eq!(until, [None, Some(900), Some(500)]);
    assert!(!store.rotate_key(99, "new", &hashes("fourth"), 900).await.unwrap());
}

async fn usage_adds_up_by_month(store: &dyn KeyStore) {
    let key_id = store.create_key(&new_key("tv")).await.unwrap();
    let used = |month: &str, requests, made| MonthlyUsage {
        key_id,
        month: month.to_owned(),
        requests,
        made,
    };
    let unknown = MonthlyUsage { key_id: 99, ..used("2026-11", 1, 1) };
    store.add_usage(&[used("2026-10", 5, 1), unknown], 700).await.unwrap();
    store.add_usage(&[used("2026-11", 2, 2)], 800).await.unwrap();
    store.add_usage(&[used("2026-11", 3, 0)], 900).await.unwrap();
    let all = store.usage_since("2026-01").await.unwrap();
    assert_eq!(all, [used("2026-10", 5, 1), used("2026-11", 5, 2)]);
    assert_eq!(store.usage_since("2026-11").await.unwrap(), [used("2026-11", 5, 2)]);
    let key = store.keys().await.unwrap().remove(0);
    assert_eq!((key.requests, key.last_used_at), (10, Some(900)));
}

async fn facts_are_recorded_once_or_replaced(store: &dyn FactStore) {
    assert!(store.add_fact("colour", b"green").await.unwrap());
    assert!(!store.add_fact("colour", b"red").await.unwrap());
    assert_eq!(store.fact("colour").await.unwrap().as_deref(), Some(&b"green"[..]));
    store.replace_fact("colour", b"blue").await.unwrap();
    assert_eq!(store.fact("colour").await.unwrap().as_deref(), Some(&b"blue"[..]));
    assert_eq!(store.fact("shape").await.unwrap(), None);
}

async fn the_revision_rises_with_settings_and_not_with_usage(store: &dyn SettingsStore) {
    let mut last = store.revision().await.unwrap();
    let mut rises = async || {
        let now = store.revision().await.unwrap();
        std::mem::replace(&mut last, now) < now
    };
    let key_id = store.create_key(&new_key("tv")).await.unwrap();
    assert!(rises().await);
    let month = "2026-11".to_owned();
    let usage = MonthlyUsage { key_id, month, requests: 1, made: 0 };
    store.add_usage(&[usage], 1).await.unwrap();
    assert!(!rises().await);
    store.update_key(key_id, "radio", "{}").await.unwrap();
    assert!(rises().await);
    store.rotate_key(key_id, "new", &hashes("second"), 5).await.unwrap();
    assert!(rises().await);
    store.revoke_key(key_id, 5).await.unwrap();
    assert!(rises().await);
    store.put_profile("night", "{}", 5).await.unwrap();
    assert!(rises().await);
    store.delete_profile("night").await.unwrap();
    assert!(rises().await);
    store.set_overrides("movie-603", &[("poster".into(), "/a.jpg".into())], 5).await.unwrap();
    assert!(rises().await);
    let (id, document) = ("w".to_owned(), "{}".to_owned());
    store.add_wrapper(&WrapperRecord { id, document, created_at: 1 }).await.unwrap();
    assert!(rises().await);
    store.delete_wrapper("w").await.unwrap();
    assert!(rises().await);
    store.replace_fact("admin", b"x").await.unwrap();
    assert!(rises().await);
}

async fn profiles_count_their_versions(store: &dyn ProfileStore) {
    assert_eq!(store.put_profile("night", "1", 10).await.unwrap(), 1);
    assert_eq!(store.put_profile("night", "2", 20).await.unwrap(), 2);
    assert_eq!(store.put_profile("day", "{}", 30).await.unwrap(), 1);
    let profiles = store.profiles().await.unwrap();
    let told: Vec<_> = profiles.iter().map(|p| (p.name.as_str(), p.revision)).collect();
    assert_eq!(told, [("day", 1), ("night", 2)]);
    assert_eq!((profiles[1].document.as_str(), profiles[1].updated_at), ("2", 20));
    assert!(store.delete_profile("night").await.unwrap());
    assert!(!store.delete_profile("night").await.unwrap());
}

async fn overrides_of_a_title_are_replaced_together(store: &dyn OverrideStore) {
    let path = |family: &str, path: &str| (family.to_owned(), path.to_owned());
    store.set_overrides("tv-1", &[path("poster", "/a"), path("logo", "/b")], 1).await.unwrap();
    store.set_overrides("movie-2", &[path("poster", "/c")], 1).await.unwrap();
    store.set_overrides("tv-1", &[path("poster", "/d")], 2).await.unwrap();
    let told: Vec<_> = store.overrides().await.unwrap();
    let told: Vec<_> = told.iter().map(|o| (o.title.as_str(), o.path.as_str())).collect();
    assert_eq!(told, [("movie-2", "/c"), ("tv-1", "/d")]);
    store.set_overrides("tv-1", &[], 3).await.unwrap();
    assert_eq!(store.overrides().await.unwrap().len(), 1);
}

async fn wrappers_are_kept_until_they_are_deleted(store: &dyn WrapperStore) {
    let wrapper = |id: &str, created_at| WrapperRecord {
        id: id.to_owned(),
        document: format!("{{\"name\":\"{id}\"}}"),
        created_at,
    };
    store.add_wrapper(&wrapper("second", 20)).await.unwrap();
    store.add_wrapper(&wrapper("first", 10)).await.unwrap();
    assert!(store.add_wrapper(&wrapper("first", 30)).await.is_err());
    assert_eq!(store.wrappers().await.unwrap(), [wrapper("first", 10), wrapper("second", 20)]);
    assert!(store.delete_wrapper("first").await.unwrap());
    assert!(!store.delete_wrapper("first").await.unwrap());
    assert_eq!(store.wrappers().await.unwrap(), [wrapper("second", 20)]);
}

async fn a_purge_waits_until_it_is_finished(store: &dyn PurgeStore) {
    let scope = PurgeScope::Title("tt0903747".into());
    let id = store.request_purge(&scope, 5).await.unwrap();
    assert_eq!(store.pending_purges().await.unwrap(), [PurgeRequest { id, scope }]);
    assert_eq!(store.purge_result(id).await.unwrap(), None);
    store.finish_purge(id, 3, 10).await.unwrap();
    assert!(store.pending_purges().await.unwrap().is_empty());
    assert_eq!(store.purge_result(id).await.unwrap(), Some(3));
    let next = store.request_purge(&PurgeScope::All, 90_000).await.unwrap();
    store.finish_purge(next, 0, 90_000).await.unwrap();
    assert_eq!(store.purge_result(id).await.unwrap(), None);
    assert_eq!(store.purge_result(next).await.unwrap(), Some(0));
}
